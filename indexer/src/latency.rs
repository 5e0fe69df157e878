//! How long the public API takes to answer, by route.

use std::time::Instant;

use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;

/// Upper bounds in seconds. Most answers take microseconds.
const BUCKETS: [f64; 9] = [1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0];

/// A histogram of seconds for each route, from the request's headers to those of the answer.
#[derive(Clone, Debug)]
pub struct Latency(pub(crate) Family<[(&'static str, String); 1], Histogram>);

impl Default for Latency {
    fn default() -> Self {
        Self(Family::new_with_constructor(|| Histogram::new(BUCKETS)))
    }
}

impl Latency {
    /// The histogram of a route.
    pub fn of(&self, route: &str) -> Histogram {
        self.0.get_or_create_owned(&[("route", route.to_owned())])
    }
}

/// Waits for `answer` and notes how long that took.
pub(crate) async fn timed<F: Future>(histogram: Histogram, answer: F) -> F::Output {
    let start = Instant::now();
    let answer = answer.await;
    histogram.observe(start.elapsed().as_secs_f64());
    answer
}
