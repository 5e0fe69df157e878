//! Keeps what the chain said, so that a restart needs no history from a node: snapshots of the state, and segments
//! of the blocks that it was made from.
//!
//! Only confirmed blocks are kept: those whose results the next header has named. The content of an object follows
//! from its name, so that any number of replicas write to one store without a leader: whoever comes second compares.
//! A segment is always written before a snapshot of its blocks: segments reach from the start to any snapshot.
//! `queue` holds what waits, `write` stores it, `load` chooses what to begin with, `fill` asks nodes for what is missing.

mod credentials;
mod durable;
mod envelope;
mod error;
mod files;
mod fill;
mod health;
mod inspect;
mod load;
mod names;
mod place;
mod queue;
mod retain;
pub mod segment;
pub mod snapshot;
mod write;

use std::sync::Arc;

pub use envelope::{Bound, Damage, Event, FormatError};
pub use error::StoreError;
pub use files::Files;
pub(crate) use health::Report;
pub use health::{Start, StoreHealth};
pub use inspect::{Held, Kept, Opened, Replayed};
pub(crate) use load::{apply, chain};
pub(crate) use names::LONGEST;
pub use place::{Bucket, Place};
pub(crate) use place::{Named, standard};
pub(crate) use queue::Queue;
pub(crate) use write::run;

use names::Names;

use crate::fold::State;

/// The snapshots and segments of one event on one chain.
#[derive(Debug)]
pub(crate) struct Store {
    files: Arc<Files>,
    names: Names,
    /// What everything in it must be bound to.
    bound: Bound,
    health: Arc<StoreHealth>,
}

impl Store {
    /// What `files` hold of this event. Nothing is asked yet.
    pub(crate) fn new(files: Arc<Files>, bound: Bound, health: Arc<StoreHealth>) -> Self {
        Self { names: Names::new(files.prefix(), &bound), files, bound, health }
    }

    /// The chain that it is of.
    pub(crate) fn chain_id(&self) -> &str {
        &self.bound.chain_id
    }

    /// The state before any block.
    pub(crate) fn empty(&self) -> State {
        State::new(&self.bound.chain_id, &self.bound.contract)
    }

    pub(crate) fn health(&self) -> &StoreHealth {
        &self.health
    }
}
