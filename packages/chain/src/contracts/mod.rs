//! Our contracts as a node shows them: each query is a method that returns its own answer.

mod collection;
mod hatchery;
mod shower;

pub use collection::{Collection, CollectionName};
pub use hatchery::HatcheryContract;
pub use shower::ShowerContract;

/// Rows in a page: what the contracts give at most.
const PAGE: u32 = 100;
