//! A limit on a node's requests: a bucket that empties at a rate.

use std::time::Instant;

/// Requests that may come at once.
const BURST: f64 = 5.0;

/// So many requests a second, of which [`BURST`] may come at once; and what became of them.
pub(crate) struct Limit {
    rate: f64,
    level: f64,
    last: Instant,
    /// Requests that were answered.
    pub(crate) taken: u64,
    /// Requests that were refused.
    pub(crate) refused: u64,
}

impl Limit {
    /// Takes `rate` requests a second.
    pub(crate) fn of(rate: f64) -> Self {
        Self { rate, level: 0.0, last: Instant::now(), taken: 0, refused: 0 }
    }

    /// Whether a request is within it.
    pub(crate) fn take(&mut self) -> bool {
        self.level = (self.level - self.last.elapsed().as_secs_f64() * self.rate).max(0.0);
        self.last = Instant::now();
        let within = self.level + 1.0 <= BURST;
        if within {
            self.level += 1.0;
            self.taken += 1;
        } else {
            self.refused += 1;
        }
        within
    }
}
