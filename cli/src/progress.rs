//! How far a long job is: a bar on a terminal, a line for each step elsewhere.

use std::fmt::Arguments;
use std::io::{IsTerminal as _, stderr, stdout};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::out;
use crate::times::span;

/// Characters of the bar itself.
const WIDTH: u64 = 24;

/// A job of known length.
pub(crate) struct Progress {
    /// What is done, for example "shower 1: minted".
    label: String,
    /// How many in all.
    total: u64,
    /// Where the first step found it, and when.
    begun: Option<(u64, Instant)>,
    bar: bool,
}

impl Progress {
    /// A job of `total` steps, of which none is done yet.
    pub(crate) fn new(label: String, total: u64) -> Self {
        let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        // Where the lines go to a file and only errors to the terminal, the file gets them.
        let bar = stderr().is_terminal() && stdout().is_terminal() && !dumb && out::speaks();
        Self { label, total, begun: None, bar }
    }

    /// `done` of the total are done, which is reported where there is no bar, and at the end.
    pub(crate) fn at(&mut self, done: u64, what: &str, fields: impl FnOnce() -> Value, line: Arguments<'_>) {
        let (from, start) = *self.begun.get_or_insert_with(|| (done, Instant::now()));
        if self.bar && done < self.total {
            let left = left(start.elapsed(), done.saturating_sub(from), self.total.saturating_sub(done));
            out::bar(&format!("{} {}{}", self.label, drawn(done, self.total), told(left)));
        } else {
            out::reported(what, fields, line);
        }
    }

    /// How long the rest takes with `done` of the total done (seconds), if it goes on as it did; `None` while that
    /// can't be told.
    pub(crate) fn left(&self, done: u64) -> Option<u64> {
        let (from, start) = self.begun?;
        left(start.elapsed(), done.saturating_sub(from), self.total.saturating_sub(done))
    }
}

/// The bar and the numbers.
fn drawn(done: u64, total: u64) -> String {
    let full =
        usize::try_from(WIDTH.saturating_mul(done).checked_div(total).unwrap_or(WIDTH)).unwrap_or_default();
    let width = usize::try_from(WIDTH).unwrap_or_default();
    format!("[{:<width$}] {done} of {total}", "#".repeat(full))
}

/// How long the rest takes if it goes on like this (seconds); `None` while that can't be told.
fn left(elapsed: Duration, done: u64, rest: u64) -> Option<u64> {
    elapsed.as_secs().saturating_mul(rest).checked_div(done)
}

/// The same in words; nothing while it can't be told.
pub(crate) fn told(left: Option<u64>) -> String {
    left.map_or_else(String::new, |seconds| format!(", about {} left", span(seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_full_as_the_job() {
        assert_eq!(drawn(0, 4), "[                        ] 0 of 4");
        assert_eq!(drawn(3, 4), "[##################      ] 3 of 4");
        assert_eq!(drawn(4, 4), "[########################] 4 of 4");
        assert_eq!(drawn(0, 0), "[########################] 0 of 0");
    }

    #[test]
    fn the_rest_takes_as_long_as_what_is_done() {
        assert_eq!(told(left(Duration::from_mins(1), 100, 300)), ", about 3 min left");
        assert_eq!(told(left(Duration::from_mins(1), 0, 300)), "");
    }
}
