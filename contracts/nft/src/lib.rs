//! The CW721 contract of meteors, eggs and dust: cw721 0.22 with batch mint, metadata rendered on the chain
//! from a small stored row, and without every inherited power that would let anyone change a token or mint a
//! second source.
//!
//! One code, one instance for each collection. `SECURITY.md` says what is promised and which test proves it.

pub mod contract;
pub mod error;
mod instantiate;
mod queries;
pub mod row;
pub mod state;
mod text;
mod used;
mod verbs;

pub use error::ContractError;
