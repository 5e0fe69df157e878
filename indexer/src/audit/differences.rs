//! What differs between the fold and the chain, in words.

use std::fmt::Display;

/// A line for each difference.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Differences(pub(super) Vec<String>);

impl Differences {
    /// Notes a difference if `ours` isn't `theirs`.
    pub(super) fn same<T: PartialEq + Display>(&mut self, what: impl Display, ours: T, theirs: T) {
        if ours != theirs {
            self.0.push(format!("{what}: {ours} here, {theirs} in the contract"));
        }
    }
}
