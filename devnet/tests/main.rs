//! The dev chain, asked as wallets and scripts ask it.

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
