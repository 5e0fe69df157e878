//! What is kept of an event beyond a restart: snapshots of its state, and segments of its blocks.

mod envelope;
pub mod snapshot;

pub use envelope::{Bound, Event, FormatError};
