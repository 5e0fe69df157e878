//! The team's tool as a library: the binary `meteor` and the end-to-end tests call it.

pub mod demo;
pub mod deploy;
pub mod devnet;
pub mod event;
pub mod jobs;
pub mod serve;
pub mod verify;
