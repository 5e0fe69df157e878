//! How far a long job is: a bar on a terminal, a line for each step elsewhere.

use std::fmt::Arguments;
use std::io::{IsTerminal as _, stderr, stdout};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::out;
use crate::terminal::size;
use crate::times::span;

/// Most characters of the bar itself, and least: a shorter one shows nothing.
const WIDTH: usize = 24;
const LEAST: usize = 4;

/// A job of known length. Its bar is there for as long as this lives.
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
            self.draw(done, &told(left));
        } else {
            self.end();
            out::reported(what, fields, line);
        }
    }

    /// `done` of the total are done, which is only shown: what was done is reported by itself, above the bar.
    pub(crate) fn show(&mut self, done: u64) {
        let (from, start) = *self.begun.get_or_insert_with(|| (done, Instant::now()));
        let left = left(start.elapsed(), done.saturating_sub(from), self.total.saturating_sub(done));
        self.draw(done, &if done < self.total { told(left) } else { String::new() });
    }

    /// The same, where `doing` is next.
    pub(crate) fn next(&self, done: u64, doing: &str) {
        self.draw(done, &format!(": {doing}"));
    }

    fn draw(&self, done: u64, then: &str) {
        if !self.bar {
            return;
        }
        let columns = size(stderr()).map_or(usize::MAX, |(columns, _)| columns);
        out::bar(drawn(&self.label, done, self.total, then, columns));
    }

    fn end(&self) {
        if self.bar {
            out::no_bar();
        }
    }

    /// How long the rest takes with `done` of the total done (seconds), if it goes on as it did; `None` while that
    /// can't be told.
    pub(crate) fn left(&self, done: u64) -> Option<u64> {
        let (from, start) = self.begun?;
        left(start.elapsed(), done.saturating_sub(from), self.total.saturating_sub(done))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}

/// The bar with what it is about and the numbers, for a terminal of so many columns. It leaves the last one free, after
/// which a terminal would begin another line.
fn drawn(label: &str, done: u64, total: u64, then: &str, columns: usize) -> String {
    let numbers = format!("{done} of {total}{then}");
    let room = columns.saturating_sub(1);
    let taken = [label, &numbers].map(|text| text.chars().count()).iter().sum::<usize>();
    // Brackets and spaces between.
    let width = room.saturating_sub(taken).saturating_sub(4).min(WIDTH);
    let line = if width < LEAST {
        format!("{label} {numbers}")
    } else {
        let most = u64::try_from(width).unwrap_or_default();
        let full = most.saturating_mul(done).checked_div(total).unwrap_or(most);
        let full = usize::try_from(full).unwrap_or_default();
        format!("{label} [{:<width$}] {numbers}", "#".repeat(full))
    };
    line.chars().take(room).collect()
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
        let bar = |done, total| drawn("done", done, total, "", 80);
        assert_eq!(bar(0, 4), "done [                        ] 0 of 4");
        assert_eq!(bar(3, 4), "done [##################      ] 3 of 4");
        assert_eq!(bar(4, 4), "done [########################] 4 of 4");
        assert_eq!(bar(0, 0), "done [########################] 0 of 0");
    }

    #[test]
    fn a_bar_fits_a_narrow_terminal() {
        let bar = |columns| drawn("shower 1: minted", 10_000, 41_000, ", about 12 min left", columns);
        assert_eq!(bar(80), "shower 1: minted [#####                   ] 10000 of 41000, about 12 min left");
        assert_eq!(bar(60), "shower 1: minted [#     ] 10000 of 41000, about 12 min left");
        assert_eq!(bar(56), "shower 1: minted 10000 of 41000, about 12 min left");
        assert_eq!(bar(30), "shower 1: minted 10000 of 410");
        for columns in 0..100 {
            assert!(bar(columns).chars().count() <= columns.saturating_sub(1));
        }
    }

    #[test]
    fn the_rest_takes_as_long_as_what_is_done() {
        assert_eq!(told(left(Duration::from_mins(1), 100, 300)), ", about 3 min left");
        assert_eq!(told(left(Duration::from_mins(1), 0, 300)), "");
    }
}
