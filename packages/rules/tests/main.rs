//! The rules and the published formats, from outside.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // that is how tests fail

mod catalogue;
mod fairness;
mod monotone;
mod odds;
