//! The contracts' messages, their answers, and the typed events they emit, with the one parser for them.
//!
//! Shared by the contracts, the indexer and the team's jobs, so that a word means the same everywhere. The
//! rules behind the words are in `meteor-rules`.

pub mod events;
mod field;
pub mod hatchery;
pub mod limits;
pub mod nft;
pub mod shower;
#[cfg(test)]
mod unknown_fields;
