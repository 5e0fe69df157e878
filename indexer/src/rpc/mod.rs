//! A small client for the CometBFT JSON-RPC: what following a chain needs, with every trap of those calls named
//! where it is avoided.

mod client;
mod error;
mod pool;
mod proto;
mod time;
pub mod wire;

pub use client::Node;
pub(crate) use client::node_name;
pub use error::{RpcError, chain};
pub(crate) use pool::jitter;
pub use pool::{NodeStatus, Pool};

use crate::decode::TxResult;
use crate::fold::BlockHash;

/// Most headers that a node returns at once; it silently cuts longer windows.
pub const WINDOW: u64 = 20;
/// Most requests in a batch that a node answers by default since CometBFT 0.38.8.
pub const BATCH: usize = 10;

/// A block's header, as far as it is of interest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Its height.
    pub height: u64,
    /// Its time (nanoseconds since the Unix epoch).
    pub time_ns: u64,
    /// The block's hash.
    pub hash: BlockHash,
    /// Hash of the block before it; `None` for the first block of a chain.
    pub parent: Option<BlockHash>,
    /// Transactions in the block.
    pub txs: u64,
    /// The chain it says it is of.
    pub chain_id: String,
}

/// A block as a node tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawBlock {
    /// Its header.
    pub header: Header,
    /// The results of its transactions, in order.
    pub txs: Vec<TxResult>,
}

/// What a node says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The chain it follows.
    pub chain_id: String,
    /// Its CometBFT version.
    pub version: String,
}

/// The answer to a smart query, with the height it was true at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmartAnswer {
    /// Height that was asked of; 0 if the node doesn't say.
    pub height: u64,
    /// The contract's answer (JSON).
    pub data: Vec<u8>,
}
