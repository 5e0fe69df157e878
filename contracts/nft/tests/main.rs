//! The nft contract's tests, one module for each verb or property.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // that is how tests fail

mod chain;
mod collection;
mod standard;
mod test_cost;
