//! How long to wait before the next attempt: longer each time, and not the same for everybody.

use std::time::Duration;

use backon::{BackoffBuilder as _, ConstantBuilder, ExponentialBuilder};

/// The longest wait.
pub const LONGEST: Duration = Duration::from_secs(30);

/// A random half to whole of `wait`.
pub fn spread(wait: Duration) -> Duration {
    ConstantBuilder::default().with_delay(wait / 2).with_jitter().build().next().unwrap_or(wait)
}

/// The wait after attempt number `attempt` (from 1): `first` doubled each time up to `longest`, of which a
/// random half to whole.
pub fn after(first: Duration, longest: Duration, attempt: u32) -> Duration {
    let doublings = attempt.saturating_sub(1).min(31);
    spread(first.saturating_mul(1_u32.checked_shl(doublings).unwrap_or(u32::MAX)).min(longest))
}

/// Waits between `attempts` of something, which double from `first`.
pub fn waits(first: Duration, attempts: usize) -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_jitter()
        .with_min_delay(first / 2)
        .with_max_delay(LONGEST / 2)
        .with_max_times(attempts.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let first = Duration::from_millis(100);
        for attempt in 1..100 {
            let whole = first.saturating_mul(1 << (attempt - 1).min(16)).min(LONGEST);
            let wait = after(first, LONGEST, attempt);
            assert!(wait >= whole / 2 && wait <= whole, "{attempt}: {wait:?}");
        }
        assert_eq!(after(Duration::ZERO, LONGEST, 5), Duration::ZERO);
    }
}
