//! The team's jobs that sign transactions: deploy, close, draw, mint, settle, hatch, publish keys.
//!
//! [`node::Node`] talks to CometBFT nodes, [`signer::Signer`] holds one key, [`account::Account`] sends what
//! the key signs in order. The jobs in [`jobs`] decide nothing by themselves: the contract's own cursors say
//! what is left to do, so a job that runs twice does nothing twice.

pub mod account;
pub mod beacon;
pub mod gas;
pub mod jobs;
pub mod journal;
pub mod keys;
pub mod launch;
mod mnemonic;
pub mod node;
pub mod plan;
pub mod signer;
pub mod tx;

pub use meteor_chain::tax;
