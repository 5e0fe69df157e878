//! The rules of a meteor shower as pure functions: no I/O, no clock, no floats, no chain types.
//!
//! The shower contract decides with them, the indexer shows what they say, the verifiers recompute them.
//! Times are whole seconds in configuration and nanoseconds where block time enters; amounts are micro-denom
//! (`u128`); shares are basis points (1/10,000).
#![cfg_attr(not(any(test, feature = "openapi", feature = "presets", feature = "schema")), no_std)]

extern crate alloc;

pub mod catalogue;
pub mod eggs;
mod encode;
pub mod fairness;
pub mod holdback;
pub mod ids;
pub mod life;
pub mod log;
pub mod metadata;
#[cfg(feature = "presets")]
pub mod minimum;
pub mod odds;
#[cfg(feature = "presets")]
pub mod preset;
pub mod ranking;
pub mod schedule;
pub mod split;
pub mod tier;

pub use ids::{Rank, ShowerId, TokenId};

/// One whole in basis points.
pub const BASIS_POINTS: u32 = 10_000;

/// Nanoseconds in a second.
pub const NANOS_PER_SECOND: u64 = 1_000_000_000;
