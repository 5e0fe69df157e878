//! The indexer of a meteor shower: follows the chain, folds the contracts' events, serves the public API.
//!
//! The state is a pure function of the events ([`fold`]). The server answers from an immutable picture of the
//! state ([`view`]). No code here can hold a key. [`start`] runs everything inside any tokio runtime.
//!
//! Imports go one way: `fold` <- `models`, `view` <- `api` <- `server`.

pub mod address;
mod admin;
pub mod api;
pub mod app;
pub mod audit;
pub mod config;
pub mod decode;
mod doubt;
mod error;
pub mod fold;
mod follow;
pub mod health;
pub mod healthcheck;
pub mod images;
mod latency;
mod mark;
mod metrics;
pub mod models;
mod page;
mod port;
pub mod relay;
pub mod rpc;
mod server;
mod standing;
pub mod store;
mod table;
mod tax;
pub mod view;

pub use config::{Config, ConfigError, Settings, Source};
pub use error::IndexerError;
pub use server::{Server, start, start_with};
