//! The indexer of a meteor shower: follows the chain, folds the contracts' events, serves the public API.
//!
//! Thin on purpose: the state is a pure function of the events ([`fold`]), what is served is an immutable picture of
//! it ([`view`]), and nothing here can hold a key. [`start`] runs it all inside any tokio runtime.

pub mod address;
mod admin;
pub mod api;
pub mod app;
pub mod audit;
pub mod config;
pub mod decode;
mod error;
pub mod fold;
mod follow;
mod metrics;
pub mod models;
pub mod rpc;
mod server;
pub mod view;

pub use config::{Config, ConfigError, Settings};
pub use error::IndexerError;
pub use server::{Server, start};
