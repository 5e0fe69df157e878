//! The parts that talk to other servers: beacon relays and the key service.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // that is how tests fail

mod beacon;
mod kms;
