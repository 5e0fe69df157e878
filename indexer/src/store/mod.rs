//! What is kept of an event beyond a restart: snapshots of its state, and segments of its blocks.

mod envelope;
pub mod segment;
pub mod snapshot;

pub use envelope::{Bound, Damage, Event, FormatError};
