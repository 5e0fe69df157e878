//! How long a node usually takes, and when another is asked too. Pure: whoever asks passes the time.

use std::time::{Duration, Instant};

/// Before anything is known.
const UNKNOWN: Duration = Duration::from_secs(2);
/// Shortest and longest time without a sign of life after which another node is asked too.
const PATIENCE: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(4));
/// Answers until something is known.
const FEWEST: u32 = 3;
/// A node that isn't asked is taken to become fast again: half of what is known is gone after this time.
const HALF_LIFE: Duration = Duration::from_mins(1);
/// Requests for each one that is sent to another node, too; and how many of those may come at once.
const EARNED: f64 = 0.1;
const MOST_EARNED: f64 = 5.0;

/// The time from a request to the first bytes of its answer, as a moving mean with its deviation (RFC 6298).
#[derive(Clone, Debug, Default)]
pub(crate) struct Latency {
    mean: f64,
    deviation: f64,
    answers: u32,
    last: Option<Instant>,
}

impl Latency {
    /// It took this long, or is given up after this long.
    pub(crate) fn took(&mut self, time: Duration, now: Instant) {
        let time = time.as_secs_f64();
        if self.answers == 0 {
            (self.mean, self.deviation) = (time, time / 2.0);
        } else {
            self.deviation += ((time - self.mean).abs() - self.deviation) / 4.0;
            self.mean += (time - self.mean) / 8.0;
        }
        self.answers = self.answers.saturating_add(1);
        self.last = Some(now);
    }

    /// How long it usually takes.
    pub(crate) fn usual(&self, now: Instant) -> Duration {
        let age = self.last.map_or(Duration::ZERO, |last| now.saturating_duration_since(last));
        let left = 0.5_f64.powf(age.as_secs_f64() / HALF_LIFE.as_secs_f64());
        Duration::try_from_secs_f64(self.mean * left).unwrap_or_default()
    }

    /// After how long without a sign of life another node is asked, too.
    pub(crate) fn patience(&self) -> Duration {
        if self.answers < FEWEST {
            return UNKNOWN;
        }
        let (shortest, longest) = PATIENCE;
        let unusual = Duration::try_from_secs_f64(4.0f64.mul_add(self.deviation, self.mean));
        unusual.unwrap_or(longest).clamp(shortest, longest)
    }
}

/// How many requests may be sent to a second node: some of all, so that nodes that are all slow don't get twice
/// the load.
#[derive(Debug)]
pub(crate) struct Hedges(f64);

impl Default for Hedges {
    fn default() -> Self {
        Self(MOST_EARNED)
    }
}

impl Hedges {
    /// A request is made.
    pub(crate) fn earn(&mut self) {
        self.0 = (self.0 + EARNED).min(MOST_EARNED);
    }

    /// Whether a second node may be asked, which is then counted.
    pub(crate) fn spend(&mut self) -> bool {
        let enough = self.0 >= 1.0;
        if enough {
            self.0 -= 1.0;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn patience_follows_what_is_usual() {
        let (mut latency, now) = (Latency::default(), Instant::now());
        assert_eq!(latency.patience(), UNKNOWN);
        for _ in 0..50 {
            latency.took(5 * MS, now);
        }
        assert_eq!(latency.patience(), PATIENCE.0, "a fast node is not left for a hiccup");
        for time in [600, 800].into_iter().cycle().take(100) {
            latency.took(time * MS, now);
        }
        assert!(latency.patience() > 900 * MS && latency.patience() < 1_300 * MS, "{:?}", latency.patience());
        for _ in 0..100 {
            latency.took(11_000 * MS, now);
        }
        assert_eq!(latency.patience(), PATIENCE.1, "a node that is always slow is not waited for");
        assert!(latency.usual(now) > 10_000 * MS);
    }

    #[test]
    fn a_node_that_was_slow_is_given_a_chance_again() {
        let (mut latency, now) = (Latency::default(), Instant::now());
        latency.took(8_000 * MS, now);
        assert_eq!(latency.usual(now), 8_000 * MS);
        let later = latency.usual(now + 4 * HALF_LIFE);
        assert!(later > 499 * MS && later < 501 * MS, "{later:?}");
    }

    #[test]
    fn few_requests_are_sent_twice() {
        let mut hedges = Hedges::default();
        let sent = (0..1_000).filter(|_| {
            hedges.earn();
            hedges.spend()
        });
        let sent = sent.count();
        assert!((100..=106).contains(&sent), "{sent}");
    }
}
