//! What can go wrong with the beacon: a source that is down is not a source that lies, and both are named.

use std::fmt;

use thiserror::Error;

/// What was wrong with one source's answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// It can't be reached or breaks off.
    #[error("is down: {0}")]
    Down(&'static str),
    /// It answers with an error.
    #[error("is down: HTTP status {0}")]
    Status(u16),
    /// It doesn't have the round yet.
    #[error("does not have the round yet")]
    NotYet,
    /// It answers with what isn't a round.
    #[error("sent what is not a round: {0}")]
    Garbage(&'static str),
    /// It answers with another round than asked for.
    #[error("lies: it sent round {got} instead")]
    WrongRound {
        /// The round it sent.
        got: u64,
    },
    /// The signature isn't the beacon's.
    #[error("lies: the signature is not the beacon's")]
    BadSignature,
    /// The randomness isn't the signature's hash.
    #[error("lies: the randomness is not the hash of the signature")]
    BadRandomness,
    /// It serves another beacon.
    #[error("serves another beacon: its {0} differs")]
    OtherBeacon(&'static str),
}

impl Fault {
    /// Whether the source said something false, rather than nothing. Such a source should leave the configuration.
    pub fn is_lie(&self) -> bool {
        matches!(
            self,
            Self::WrongRound { .. } | Self::BadSignature | Self::BadRandomness | Self::OtherBeacon(_)
        )
    }
}

/// A source and what was wrong with its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFault {
    /// The source's address.
    pub url: String,
    /// What was wrong.
    pub fault: Fault,
}

impl fmt::Display for SourceFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.url, self.fault)
    }
}

/// What can go wrong with the beacon.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BeaconError {
    /// The configuration can't work.
    #[error("the beacon can't be used: {0}")]
    Config(&'static str),
    /// A public key that is none.
    #[error(
        "the beacon's public key is not 96 bytes of a point on G2 in hexadecimal: copy it from /info again"
    )]
    PublicKey,
    /// There is no such round.
    #[error("there is no beacon round {0}")]
    NoSuchRound(u64),
    /// The round isn't due yet.
    #[error("beacon round {round} is due in {} seconds", due.saturating_sub(*now))]
    NotDue {
        /// Which round.
        round: u64,
        /// When it is due (Unix seconds).
        due: u64,
        /// The time now.
        now: u64,
    },
    /// The signature isn't the beacon's for this round.
    #[error("the signature is not the beacon's for round {round}")]
    BadSignature {
        /// Which round.
        round: u64,
    },
    /// All relays serve another beacon.
    #[error("no relay serves this beacon: {}", list(faults))]
    NoRelay {
        /// What was wrong with each of them.
        faults: Vec<SourceFault>,
    },
    /// No source gave the round.
    #[error("no source gave beacon round {round}: {}", list(faults))]
    NoSource {
        /// Which round.
        round: u64,
        /// What was wrong with each of them.
        faults: Vec<SourceFault>,
    },
}

fn list(faults: &[SourceFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
