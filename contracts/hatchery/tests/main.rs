//! The hatchery contract's tests, one module for each verb or property.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // that is how tests fail

mod adversarial;
mod common;
mod test_cost;
mod test_crack;
mod test_migrate;
mod test_reveal;
