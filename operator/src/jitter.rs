//! How long to wait before the next attempt: longer each time, and not the same for everybody.

use std::time::Duration;

/// The longest wait.
const MOST: Duration = Duration::from_secs(30);

/// The wait after attempt number `attempt` (from 1): `first` doubled each time up to half a minute, of which a random
/// half to whole.
pub(crate) fn backoff(first: Duration, attempt: u32) -> Duration {
    let doubled =
        first.saturating_mul(1_u32.checked_shl(attempt.saturating_sub(1).min(16)).unwrap_or(u32::MAX));
    spread(doubled.min(MOST))
}

/// A random half to whole of `wait`.
pub(crate) fn spread(wait: Duration) -> Duration {
    let mut byte = [0];
    // Without random numbers everybody waits for the same time: no harm done.
    let _ = getrandom::fill(&mut byte);
    let [byte] = byte;
    wait / 2 + (wait / 2).saturating_mul(u32::from(byte)) / 255
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_most() {
        let first = Duration::from_millis(100);
        for attempt in 1..100 {
            let whole = first.saturating_mul(1 << (attempt - 1).min(16)).min(MOST);
            let wait = backoff(first, attempt);
            assert!(wait >= whole / 2 && wait <= whole, "{attempt}: {wait:?}");
        }
        assert_eq!(backoff(Duration::ZERO, 5), Duration::ZERO);
    }
}
