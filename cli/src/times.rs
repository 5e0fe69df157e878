//! Times as people read them: in UTC, and how far they are from now. Now is the chain's clock, by which everything happens.

use meteor_operator::launch::utc;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// `seconds` in at most two units: `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`.
pub(crate) fn span(seconds: u64) -> String {
    let two = |large: u64, unit: &str, small: u64, rest: &str| {
        if small == 0 { format!("{large} {unit}") } else { format!("{large} {unit} {small} {rest}") }
    };
    match seconds {
        0..MINUTE => format!("{seconds} s"),
        MINUTE..HOUR => format!("{} min", seconds / MINUTE),
        HOUR..DAY => two(seconds / HOUR, "h", seconds % HOUR / MINUTE, "min"),
        DAY.. => two(seconds / DAY, "d", seconds % DAY / HOUR, "h"),
    }
}

/// How far `at` is from `now` (both Unix seconds): `in 12 min`, `now`, `5 s ago`.
pub(crate) fn from_now(at: u64, now: u64) -> String {
    match at.checked_sub(now) {
        Some(0) => "now".to_owned(),
        Some(left) => format!("in {}", span(left)),
        None => format!("{} ago", span(now.saturating_sub(at))),
    }
}

/// `at` (Unix seconds) in UTC and from `now`: `2026-11-26T18:48:21Z, in 12 min`.
pub(crate) fn when(at: u64, now: u64) -> String {
    format!("{}, {}", utc(at), from_now(at, now))
}

/// The same shorter: `18:48:21Z, in 12 min`, and from a day on `2026-11-28, in 2 d 3 h`.
pub(crate) fn soon(at: u64, now: u64) -> String {
    let full = utc(at);
    let (date, time) = full.split_once('T').unwrap_or((&full, &full));
    format!("{}, {}", if at.abs_diff(now) < DAY { time } else { date }, from_now(at, now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_in_at_most_two_units() {
        for (seconds, text) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (3_599, "59 min"),
            (3_600, "1 h"),
            (12_000, "3 h 20 min"),
            (86_399, "23 h 59 min"),
            (86_400, "1 d"),
            (190_000, "2 d 4 h"),
        ] {
            assert_eq!(span(seconds), text);
        }
    }

    #[test]
    fn times_are_said_from_now() {
        assert_eq!(when(1_795_632_501, 1_795_631_781), "2026-11-25T18:48:21Z, in 12 min");
        assert_eq!(soon(1_795_632_501, 1_795_631_781), "18:48:21Z, in 12 min");
        assert_eq!(soon(1_795_632_501, 1_795_632_501 - DAY), "2026-11-25, in 1 d");
        assert_eq!(from_now(7, 7), "now");
        assert_eq!(from_now(2, 7), "5 s ago");
        assert_eq!(from_now(u64::MAX, 0).split(' ').next(), Some("in"));
    }
}
