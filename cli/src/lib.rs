//! The team's tool as a library: the binary `meteor` and the end-to-end tests call it.

pub mod art;
pub mod chain;
pub mod commands;
pub mod demo;
pub mod deploy;
pub mod devnet;
pub mod evidence;
pub mod out;
pub mod preset;
pub mod serve;
pub mod settings;

mod address;
mod alertmanager;
mod amounts;
mod catalogue;
mod checklist;
mod cockpit;
mod confirm;
mod event;
mod halted;
mod keys;
mod next;
mod owner;
mod progress;
mod secrets;
mod signals;
mod signing;
mod terminal;
mod times;
mod verdict;
mod waits;
mod wallet;
mod watch;
