//! The shower contract's tests, one module for each verb or property.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // that is how tests fail

mod adversarial;
mod properties;
mod test_cancel;
mod test_close;
mod test_contribute;
mod test_cost;
mod test_draw;
mod test_event;
mod test_instantiate;
mod test_migrate;
mod test_minimum;
mod test_mint;
mod test_pause;
mod test_queries;
mod test_refund;
mod test_roles;
mod test_settle;
mod test_unasked;
