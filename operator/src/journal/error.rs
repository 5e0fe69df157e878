//! What can go wrong with a journal.

use std::path::PathBuf;

use thiserror::Error;

/// What can go wrong with a journal.
#[derive(Debug, Error)]
pub enum JournalError {
    /// A file can't be read or written.
    #[error("the journal's file {path} can't be used")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another process has the journal.
    #[error("the journal {path} is in use: another job signs with this account; wait for it, or end it")]
    InUse {
        /// Which.
        path: PathBuf,
    },
    /// A file does not hold what it should.
    #[error(
        "the journal's file {path} can't be understood ({what}): look up its transaction before moving it away"
    )]
    Garbled {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The journal belongs to another account or chain.
    #[error("the journal {path} holds a transaction of {address} on {chain_id}: name another directory")]
    Foreign {
        /// Which.
        path: PathBuf,
        /// The address that it is of.
        address: String,
        /// The chain that it is of.
        chain_id: String,
    },
}
