//! cw-multi-test suites of Meteor Shower that other contracts' tests can use.

pub mod contracts;
