//! The team's tool as a library: the binary `meteor` and the end-to-end tests call it.

pub mod account;
pub mod appoint;
pub mod beacon;
pub mod crack;
pub mod demo;
pub mod deploy;
pub mod devnet;
pub mod end;
pub mod event;
pub mod jobs;
pub mod owner;
pub mod pause;
pub mod serve;
pub mod signing;
pub mod verify;
