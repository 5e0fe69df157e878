//! The dev chain, asked as wallets and scripts ask it.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // that is how tests fail

mod amino;
mod blocks;
mod common;
mod controls;
mod cosmjs;
mod hostile;
mod mempool;
mod rest;
mod rpc;
mod tax;
mod throughput;
mod transactions;
mod uploads;
