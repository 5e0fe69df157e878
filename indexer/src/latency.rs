//! How long the public API takes to answer, by class of request.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::http::StatusCode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;

/// Upper bounds in seconds. Most answers take microseconds.
const BUCKETS: [f64; 9] = [1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0];

/// Histograms of the seconds from a request's headers to those of its answer, and how many answers said that we failed.
#[derive(Debug)]
pub struct Latency {
    /// Pages rendered in advance.
    pub page: Histogram,
    /// Wallets, made on demand.
    pub wallet: Histogram,
    /// Caves, made on demand.
    pub cave: Histogram,
    /// Everything else: rankings, quotes, the status, and whatever the router answers.
    pub other: Histogram,
    pub(crate) all: Family<[(&'static str, &'static str); 1], Histogram>,
    /// Answers with a status of 500 or more.
    pub(crate) failed: Counter,
}

impl Default for Latency {
    fn default() -> Self {
        let all: Family<_, _, fn() -> Histogram> = Family::new_with_constructor(|| Histogram::new(BUCKETS));
        let of = |class| all.get_or_create_owned(&[("class", class)]);
        Self {
            page: of("page"),
            wallet: of("wallet"),
            cave: of("cave"),
            other: of("other"),
            all,
            failed: Counter::default(),
        }
    }
}

/// Upper bounds in seconds. A block takes some seconds to be made.
const LAGS: [f64; 10] = [0.5, 1.0, 2.0, 3.0, 6.0, 10.0, 15.0, 30.0, 60.0, 300.0];

/// How old a block is when it is served: by this machine's clock, and of blocks at the tip only.
#[derive(Clone, Debug)]
pub struct Lag(pub(crate) Histogram);

impl Default for Lag {
    fn default() -> Self {
        Self(Histogram::new(LAGS))
    }
}

impl Lag {
    /// A block of `time_ns` (nanoseconds since the Unix epoch) is served now. A clock that is behind counts as no lag.
    pub(crate) fn observe(&self, time_ns: u64) {
        let block = UNIX_EPOCH + Duration::from_nanos(time_ns);
        self.0.observe(SystemTime::now().duration_since(block).unwrap_or_default().as_secs_f64());
    }
}

impl Latency {
    /// Counts an answer that says that we failed. The others are counted by the histograms.
    pub(crate) fn answered(&self, status: StatusCode) {
        if status.is_server_error() {
            self.failed.inc();
        }
    }
}

/// Adds the time since `start`.
pub(crate) fn observe(histogram: &Histogram, start: Instant) {
    histogram.observe(start.elapsed().as_secs_f64());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_failures_count_against_the_error_budget() {
        let latency = Latency::default();
        for status in [200, 304, 404, 422, 429, 500, 502, 503] {
            latency.answered(StatusCode::from_u16(status).unwrap());
        }
        assert_eq!(latency.failed.get(), 3);
    }
}
