//! The hatchery: a holder cracks a meteor by sending it here; anyone who can prove what it holds reveals it;
//! the meteor is burnt and its holder has an egg or dust of the same number.
//!
//! The contract decides nothing: what a meteor holds was committed to by the shower's draw before any meteor
//! existed, and only a proof against that root is accepted. What is not revealed in time goes back to its
//! holder. `SECURITY.md` says what is promised and which test proves it.

pub mod contract;
mod error;
mod instantiate;
mod queries;
pub mod state;
mod verbs;

pub use error::ContractError;
