//! The whole system, end to end: one module for each thing that must go right.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // that is how tests fail

mod account;
mod audit;
mod conformance;
mod cosmjs;
mod crack;
mod demo;
mod event;
mod faults;
mod hatch;
mod holdback;
mod mint;
mod outside;
mod real_node;
mod refund;
mod relay;
mod renamed;
mod tax;
