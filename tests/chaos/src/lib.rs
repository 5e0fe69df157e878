//! Faults on purpose: real indexers on a recorded chain, whose nodes misbehave on command, and clients that compare
//! every answer with a clean rebuild's.
//!
//! `record` makes the chain, `node` serves it wrongly, `plan` draws from a seed what happens, `round` lets it happen,
//! `client` and `oracle` say what was wrong.
#![allow(clippy::missing_panics_doc)]

mod alter;
pub mod bucket;
pub mod client;
pub mod fault;
pub mod live;
pub mod node;
pub mod oracle;
pub mod plan;
pub mod record;
pub mod replica;
pub mod round;
pub mod store;
pub mod tally;
