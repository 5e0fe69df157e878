//! Tests of the indexer from outside: decoding, fold, RPC client, following, API, configuration.
#![allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub
)]

mod agree;
mod api;
mod chain;
mod config;
mod decode;
mod fold;
mod follow;
mod frames;
mod healthcheck;
mod images;
mod limits;
mod node;
mod relay;
mod rpc;
mod segment;
mod snapshot;
mod store;
mod view;
