//! What can go wrong with the beacon. A relay that is down and one that lies are told apart, and both are
//! named.

use std::fmt;

use meteor_beacon::SignatureError;
use thiserror::Error;

/// What was wrong with a relay's answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// It can't be reached or breaks off.
    #[error("does not answer: {0}")]
    Down(&'static str),
    /// It answers with an error.
    #[error("answers with HTTP status {0}")]
    Status(u16),
    /// It serves the beacon and doesn't have the round: HTTP status 404 or 425.
    #[error("does not have the round yet")]
    NotYet(u16),
    /// There is a server, and no beacon of this chain hash.
    #[error("is no relay of this beacon: HTTP status {0}")]
    NoBeacon(u16),
    /// It answers with something that no relay sends.
    #[error("is no relay of a beacon: what it sent is not what a relay sends ({0})")]
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
        match self {
            Self::WrongRound { .. } | Self::BadSignature | Self::BadRandomness | Self::OtherBeacon(_) => true,
            Self::Down(_) | Self::Status(_) | Self::NotYet(_) | Self::NoBeacon(_) | Self::Garbage(_) => false,
        }
    }

    /// Whether asking for the beacon's description again may help: it is down, not another thing.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Down(_) | Self::Status(_) => true,
            Self::NotYet(_)
            | Self::NoBeacon(_)
            | Self::Garbage(_)
            | Self::WrongRound { .. }
            | Self::BadSignature
            | Self::BadRandomness
            | Self::OtherBeacon(_) => false,
        }
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
    /// No relay serves this beacon.
    #[error("no relay serves the event's beacon: {}; check --beacon-url", list(faults))]
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

impl BeaconError {
    /// Whether a relay of the beacon answered that it doesn't have the round yet. What others did says no more.
    pub fn not_yet(&self) -> bool {
        match self {
            Self::NoSource { faults, .. } => {
                faults.iter().any(|source| matches!(source.fault, Fault::NotYet(_)))
            }
            Self::Config(_) | Self::Signature(_) | Self::NoSuchRound(_) | Self::NoRelay { .. } => false,
        }
    }
}

fn list(faults: &[SourceFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
