//! The hatchery contract's tests, one module for each verb or property.

mod adversarial;
mod common;
mod test_cost;
mod test_crack;
mod test_reveal;
