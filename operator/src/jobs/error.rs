//! What can go wrong in a job.

use meteor_chain::NodeError;
use meteor_chain::time::clock;
use meteor_messages::shower::Status;
use meteor_rules::TokenId;
use meteor_rules::fairness::sealed::SealedError;
use meteor_rules::tier::Tier;
use thiserror::Error;

use crate::account::{AccountError, Planned};
use crate::beacon::BeaconError;
use crate::keys::KeyError;
use crate::tx::TxError;

impl JobError {
    /// In a dry run: what the job would send next.
    pub fn planned(&self) -> Option<&Planned> {
        match self {
            Self::Account(AccountError::DryRun(planned)) => Some(planned),
            Self::Account(_)
            | Self::Node(_)
            | Self::Tx(_)
            | Self::Key(_)
            | Self::Beacon(_)
            | Self::Sealed(_)
            | Self::WrongCatalogue { .. }
            | Self::NotMintable { .. }
            | Self::NotClosed { .. }
            | Self::TooLate { .. }
            | Self::WrongKey { .. }
            | Self::WrongRoot { .. }
            | Self::NoSuchMeteor { .. }
            | Self::Log { .. }
            | Self::Compress(_)
            | Self::Upload(_) => None,
        }
    }
}

/// What can go wrong in a job.
#[derive(Debug, Error)]
pub enum JobError {
    /// A transaction could not be sent, or failed.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The nodes don't answer, or refuse what they were asked.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// A message or an address can't be built.
    #[error(transparent)]
    Tx(#[from] TxError),
    /// The shower's key can't be had.
    #[error("the shower's key is not available")]
    Key(#[from] KeyError),
    /// The beacon's signature can't be had.
    #[error("the beacon's signature is not available")]
    Beacon(#[from] BeaconError),
    /// What the meteors hold can't be derived.
    #[error("what the meteors hold can't be derived")]
    Sealed(#[from] SealedError),
    /// A catalogue that is not the one which the launch committed to.
    #[error(
        "this is not the event's catalogue: the chain committed to other {tier} pieces ({wanted} of them, the file has \
         {pieces}). Nothing was sent; take the file that the launch published"
    )]
    WrongCatalogue {
        /// The first tier that differs.
        tier: Tier,
        /// Its pieces in the file.
        pieces: u32,
        /// Its pieces on the chain.
        wanted: u32,
    },
    /// The shower can't be minted now.
    #[error("shower {shower} can't be minted now: it is {}", super::in_a_word(*.status))]
    NotMintable {
        /// Which shower.
        shower: u32,
        /// Where it stands.
        status: Status,
    },
    /// The shower is not closed or not drawn, so nothing can be drawn or revealed.
    #[error("shower {shower} has no draw yet: close it, then run draw")]
    NotClosed {
        /// Which shower.
        shower: u32,
    },
    /// The shower's mint deadline came before its draw.
    #[error("round {round} of the beacon did not come before the mint deadline, {}: next: meteor refund", clock(*deadline))]
    TooLate {
        /// The round that decides the shower.
        round: u64,
        /// The shower's mint deadline (Unix seconds).
        deadline: u64,
    },
    /// Another key than the one committed to.
    #[error("this key is not the one that was committed to for shower {shower}: open the key of this event")]
    WrongKey {
        /// Which shower.
        shower: u32,
    },
    /// A root that does not follow from key, beacon and ranking.
    #[error(
        "the root on the chain for shower {shower} does not follow from key, beacon and ranking: check the tables"
    )]
    WrongRoot {
        /// Which shower.
        shower: u32,
    },
    /// A number that is no meteor's.
    #[error("there is no meteor {token_id}")]
    NoSuchMeteor {
        /// The number.
        token_id: TokenId,
    },
    /// The contract's log hash can't be one.
    #[error("the log hash of shower {shower} is not 32 bytes: check the contract's address")]
    Log {
        /// Which shower.
        shower: u32,
    },
    /// A contract's wasm can't be compressed.
    #[error("the contract can't be compressed for its upload")]
    Compress(#[source] std::io::Error),
    /// The chain did not store the code that was uploaded.
    #[error("the chain did not store what was uploaded: {0}")]
    Upload(String),
}
