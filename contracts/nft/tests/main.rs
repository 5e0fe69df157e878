//! The nft contract's tests, one module for each verb or property.

mod chain;
mod collection;
mod test_cost;
