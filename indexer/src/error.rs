//! Why the indexer can't start, or why waiting for a height ended.

use std::net::SocketAddr;

use meteor_chain::NodeError;
use thiserror::Error;

use crate::store::StoreError;

/// Why the indexer can't start, or why waiting for a height ended.
#[derive(Debug, Error)]
pub enum IndexerError {
    /// A port can't be opened.
    #[error("can't listen on {address}: another process may be using it")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// No HTTP client can be made.
    #[error("can't make an HTTP client")]
    Http(#[from] NodeError),
    /// The place of snapshots and segments can't be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Following the chain has halted for good.
    #[error("following the chain has halted: {0}")]
    Halted(String),
    /// The server has been stopped.
    #[error("the indexer has been stopped")]
    Stopped,
}
