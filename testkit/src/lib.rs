//! cw-multi-test suites of Meteor Shower that other contracts' tests can use.
//!
//! A [`Suite`] is a chain with an event on it: named wallets, verbs that own the time, assertions, and
//! [`invariants`] that are checked after every message against a plain Rust [`model`] of what should be.
//!
//! This is a library for tests: its verbs and assertions panic where a test should fail, and say why. A
//! contract under test never panics because of it; a refusal is a value, [`Refusal`].
#![allow(clippy::expect_used, clippy::panic)] // panicking is how a test fails

pub mod art;
mod assertions;
pub mod bank;
mod builder;
pub mod contracts;
pub mod fairness;
pub mod invariants;
pub mod metered;
pub mod model;
mod outcome;
mod predict;
mod suite;
mod verbs;
pub mod wallets;

pub use builder::{BEGIN, SuiteBuilder, committed};
pub use outcome::{Outcome, Reason, Refusal};
pub use suite::{Suite, TerraApp};
pub use verbs::reveal_of;

/// The examples of `docs/integrators.md`, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/integrators.md")]
pub struct Integrators;
