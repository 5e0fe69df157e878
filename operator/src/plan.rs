//! The plan of an event: which meteor goes to whom and what it shows, and what minting it costs. Everything follows
//! from the contract's rankings and the catalogue that the launch committed to, so the plan is what `Mint` will do.
//! It only reads.

mod cost;
mod error;
mod read;
mod sheet;
mod tally;

pub use cost::{Cost, Outlook};
pub use error::PlanError;
pub use read::{Fixed, Planned, read};
pub use sheet::{Row, header, line};
pub use tally::{Tallies, Tally};
