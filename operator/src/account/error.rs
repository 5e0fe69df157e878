//! What can go wrong between an account and the chain.

use meteor_chain::NodeError;
use meteor_chain::amounts::coins;
use meteor_chain::time::span;
use meteor_chain::words::Refusal;
use thiserror::Error;

use super::Planned;
use crate::journal::JournalError;
use crate::tx::TxError;

/// Why an account's transaction did not happen, or may not have.
#[derive(Debug, Error)]
pub enum AccountError {
    /// The nodes don't answer, or refuse what they were asked.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The transaction can't be built.
    #[error(transparent)]
    Tx(#[from] TxError),
    /// The journal can't be used.
    #[error("the account's journal can't be used")]
    Journal(#[from] JournalError),
    /// A simulation says that the transaction would fail. It was not sent.
    #[error("nothing was sent, the transaction would fail: {0}")]
    WouldFail(Refusal),
    /// All nodes refused the transaction before it entered a block. Nothing happened.
    #[error("nothing happened, the chain did not accept the transaction: {0}")]
    Refused(Refusal),
    /// The transaction entered a block and failed. Only its fee was taken.
    #[error("transaction {hash} failed in block {height}, only its fee was taken: {refusal}")]
    Failed {
        /// The transaction's hash.
        hash: String,
        /// The block it is in.
        height: u64,
        /// Why.
        refusal: Refusal,
    },
    /// A transaction was accepted but has not shown up in a block. It may still.
    #[error(
        "transaction {hash} was accepted but is in no block by height {height}: look it up before you send it again"
    )]
    NotIncluded {
        /// The transaction's hash.
        hash: String,
        /// The height waited for.
        height: u64,
    },
    /// The chain has made no block for long while a transaction was under way. It may still get into one.
    #[error(
        "the chain stands still: it has been at height {height} for {}, and transaction {hash} is in no block yet. It \
         may still get into one: run the command again once the chain goes on, and it finds out first",
        span(*seconds)
    )]
    StandsStill {
        /// The transaction's hash.
        hash: String,
        /// The last height that was seen.
        height: u64,
        /// For how long.
        seconds: u64,
    },
    /// No node answers while a transaction is under way. It may be in a block.
    #[error(
        "what became of transaction {hash} is not known: it may be in a block. Run the command again once a node answers, \
         and it finds out first"
    )]
    Lost {
        /// The transaction's hash.
        hash: String,
        /// Why.
        source: NodeError,
    },
    /// No block took any of the transactions that were signed, and none ever will.
    #[error(
        "signed {signatures} times, the transaction got into no block: each time it expired, or another job used its sequence first. The \
         last was {hash}, and no block above {until} can hold it. Nothing is under way; run the job again"
    )]
    NeverIncluded {
        /// How many were signed.
        signatures: u32,
        /// The hash of the last.
        hash: String,
        /// The last height that could have held it.
        until: u64,
    },
    /// A transaction with a last height of its own got into no block up to there.
    #[error("no block up to {until} holds the transaction and none above it may: nothing is under way")]
    TooLate {
        /// The last height that could have held it.
        until: u64,
    },
    /// The account never had coins, so that the chain does not know it.
    #[error("{address} has never had coins: send it {denom}, or is --account right?")]
    NoAccount {
        /// The address.
        address: String,
        /// What it would pay fees with.
        denom: String,
    },
    /// The account can't pay the fee.
    #[error("{address} can't pay the fee, it lacks {}: send it that and run the command again", coins(*missing, denom))]
    CannotPay {
        /// The address.
        address: String,
        /// What is missing (micro-denom).
        missing: u128,
        /// The fee's denom.
        denom: String,
    },
    /// This is a dry run: the transaction was simulated, and not signed.
    #[error("dry run: nothing was signed")]
    DryRun(Box<Planned>),
    /// A journal has room for one transaction.
    #[error("an account with a journal sends one transaction at a time")]
    OneAtATime,
}

impl AccountError {
    /// Whether the chain itself said no, so that nothing is under way.
    pub(crate) const fn of_the_chain(&self) -> bool {
        match self {
            Self::WouldFail(_) | Self::Refused(_) | Self::Failed { .. } => true,
            Self::Node(_)
            | Self::Tx(_)
            | Self::Journal(_)
            | Self::NotIncluded { .. }
            | Self::StandsStill { .. }
            | Self::Lost { .. }
            | Self::NeverIncluded { .. }
            | Self::TooLate { .. }
            | Self::NoAccount { .. }
            | Self::CannotPay { .. }
            | Self::DryRun(_)
            | Self::OneAtATime => false,
        }
    }

    /// What the chain says against the messages themselves. Any other error stays what it is: another choice of
    /// messages would meet it too.
    pub(crate) fn into_refusal(self) -> Result<Refusal, Self> {
        match self {
            Self::WouldFail(refusal) | Self::Failed { refusal, .. } => Ok(refusal),
            other @ (Self::Refused(_)
            | Self::Node(_)
            | Self::Tx(_)
            | Self::Journal(_)
            | Self::NotIncluded { .. }
            | Self::StandsStill { .. }
            | Self::Lost { .. }
            | Self::NeverIncluded { .. }
            | Self::TooLate { .. }
            | Self::NoAccount { .. }
            | Self::CannotPay { .. }
            | Self::DryRun(_)
            | Self::OneAtATime) => Err(other),
        }
    }
}
