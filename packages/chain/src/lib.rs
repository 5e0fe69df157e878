//! What a node says, and nothing that could sign: requests to CometBFT nodes, and their answers as types.
//!
//! [`Pool`] chooses among nodes and repeats; [`Node`] makes single requests. Everything that reads an answer
//! is a pure function from bytes: [`jsonrpc`], [`blocks`], [`hashes`], [`query`], [`tx`] and [`time`]; [`words`] says
//! what its errors mean. [`contracts`] are our contracts, a method for each query; [`transactions`] hands over
//! what others signed, [`gas`] and [`tax`] say what it costs.

mod accounts;
pub mod backoff;
mod batch;
pub mod blocks;
pub mod contracts;
mod error;
pub mod event;
pub mod gas;
pub mod hashes;
pub mod http;
pub mod jsonrpc;
mod node;
mod nullable;
mod pool;
pub mod query;
mod state;
pub mod tax;
pub mod time;
pub mod transactions;
pub mod tx;
pub mod words;

pub use accounts::AccountState;
pub use error::{NodeError, with_causes};
pub use node::Node;
pub use pool::{NodeStatus, Pool};
