//! The shower contract: it holds the money and the order.
//!
//! Contributions leave in two ways only: to the payees fixed at instantiation, for meteors that were minted
//! (`Settle`), or back to who sent them (`Refund`). `SECURITY.md` says what is promised and which test proves
//! it.

pub mod contract;
mod error;
mod instantiate;
mod queries;
pub mod state;
mod verbs;

pub use error::ContractError;
