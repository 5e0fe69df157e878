//! Why the contract refuses. Every text says what happened and what to do.

use cosmwasm_std::StdError;
use meteor_contract_kit::KitError;
use thiserror::Error;

/// Why the contract refuses.
#[derive(Debug, Error, PartialEq)]
pub enum ContractError {
    /// The chain or its storage failed.
    #[error(transparent)]
    Std(#[from] StdError),
    /// What every contract refuses: coins, a strange reply, a wrong migration.
    #[error(transparent)]
    Kit(#[from] KitError),
    /// A token that is no meteor of this event.
    #[error("only meteors of {meteors} are cracked here: this came from {given}")]
    NotAMeteor {
        /// The meteors' contract.
        meteors: String,
        /// Who sent the message.
        given: String,
    },
    /// An id that is no meteor's number.
    #[error("{given:?} is not the number of a meteor")]
    BadTokenId {
        /// As given, cut short.
        given: String,
    },
    /// A meteor that nobody cracked, or that was revealed or taken back.
    #[error("meteor {token_id} is not in custody: its holder cracks it by sending it here")]
    NotInCustody {
        /// Its number.
        token_id: u64,
    },
    /// A meteor that waited too long.
    #[error(
        "meteor {token_id} could be revealed until {reclaim_at} (Unix seconds): now it can only be reclaimed"
    )]
    TooLate {
        /// Its number.
        token_id: u64,
        /// When that ended (seconds).
        reclaim_at: u64,
    },
    /// A meteor that may still be revealed.
    #[error("meteor {token_id} may still be revealed: it can be reclaimed at {reclaim_at} (Unix seconds)")]
    TooEarly {
        /// Its number.
        token_id: u64,
        /// When (seconds).
        reclaim_at: u64,
    },
    /// A shower without a draw.
    #[error("no draw was committed for shower {shower}")]
    NoDraw {
        /// Which shower.
        shower: u32,
    },
    /// A leaf that is not the meteor's.
    #[error("meteor {token_id} does not stand at place {index} of shower {shower}")]
    WrongPlace {
        /// Its number.
        token_id: u64,
        /// Which shower.
        shower: u32,
        /// Which place, from 0.
        index: u32,
    },
    /// A proof that leads elsewhere.
    #[error("the proof of meteor {token_id} does not lead to the root of shower {shower}")]
    WrongProof {
        /// Its number.
        token_id: u64,
        /// Which shower.
        shower: u32,
    },
}
