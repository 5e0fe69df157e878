//! What a node says, and nothing that could sign: requests to CometBFT nodes, and their answers as types.
//!
//! [`Pool`] chooses among nodes and repeats; [`Node`] makes single requests, at the rate that it has learned.
//! Everything that reads an answer is a pure function from bytes: [`jsonrpc`], [`blocks`], [`hashes`], [`query`],
//! [`tx`] and [`time`]; [`words`] says what its errors mean. [`amounts`] writes amounts as people do. [`contracts`] are
//! our contracts, a method for each query; [`transactions`] hands over what others signed, [`gas`] and [`tax`] say what
//! it costs. [`waits`] is what the process waits for now.

mod accounts;
pub mod amounts;
pub mod backoff;
mod batch;
pub mod blocks;
pub mod contracts;
mod error;
pub mod event;
pub mod gas;
mod gate;
pub mod hashes;
pub mod http;
pub mod jsonrpc;
mod latency;
mod limiter;
mod node;
mod nullable;
mod pool;
mod progress;
pub mod query;
mod record;
mod state;
pub mod tax;
pub mod time;
pub mod transactions;
pub mod tx;
pub mod waits;
pub mod words;

pub use accounts::AccountState;
pub use error::{NodeError, with_causes};
pub use node::Node;
pub use pool::Pool;
pub use record::NodeStatus;
