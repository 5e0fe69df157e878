//! What can go wrong with the beacon. A relay that is down and one that lies are told apart, and both are
//! named.

use std::fmt;

use meteor_beacon::SignatureError;
use thiserror::Error;

/// What was wrong with a relay's answer.
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
    /// It answers with something that isn't a round.
    #[error("sent something that is not a round: {0}")]
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
    /// Whether the relay said something false, rather than nothing. It should leave the configuration then.
    pub fn is_lie(&self) -> bool {
        matches!(
            self,
            Self::WrongRound { .. } | Self::BadSignature | Self::BadRandomness | Self::OtherBeacon(_)
        )
    }
}

/// A relay and what was wrong with its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFault {
    /// The relay's address.
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
    /// The configuration is wrong.
    #[error("the beacon can't be used: {0}")]
    Config(&'static str),
    /// A public key or a signature is refused.
    #[error(transparent)]
    Signature(#[from] SignatureError),
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
    /// All relays serve another beacon.
    #[error("no relay serves this beacon: {}", list(faults))]
    NoRelay {
        /// What was wrong with each of them.
        faults: Vec<SourceFault>,
    },
    /// No relay sent the round.
    #[error("no relay sent beacon round {round}: {}", list(faults))]
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
