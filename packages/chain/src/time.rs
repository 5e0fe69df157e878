//! Times as nodes and configurations write them, RFC 3339, and as people are told them: in UTC, and how far from now.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Nanoseconds since the Unix epoch; `None` for a text of another form, or a time before 1970 or after 2554.
pub fn nanoseconds(text: &str) -> Option<u64> {
    u64::try_from(OffsetDateTime::parse(text, &Rfc3339).ok()?.unix_timestamp_nanos()).ok()
}

/// Unix seconds; `None` for a text of another form, or a time before 1970.
pub fn seconds(text: &str) -> Option<u64> {
    u64::try_from(OffsetDateTime::parse(text, &Rfc3339).ok()?.unix_timestamp()).ok()
}

/// Unix seconds as UTC, for example `2026-11-25T20:00:00Z`; `None` after the year 9999.
pub fn utc(seconds: u64) -> Option<String> {
    OffsetDateTime::from_unix_timestamp(i64::try_from(seconds).ok()?).ok()?.format(&Rfc3339).ok()
}

/// The same in words where it can't be.
fn shown(seconds: u64) -> String {
    utc(seconds).unwrap_or_else(|| format!("second {seconds}"))
}

/// `seconds` in at most two units: `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`.
pub fn span(seconds: u64) -> String {
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
pub fn from_now(at: u64, now: u64) -> String {
    match at.checked_sub(now) {
        Some(0) => "now".to_owned(),
        Some(left) => format!("in {}", span(left)),
        None => format!("{} ago", span(now.saturating_sub(at))),
    }
}

/// `at` (Unix seconds) in UTC and from `now`: `2026-11-26T18:48:21Z, in 12 min`.
pub fn when(at: u64, now: u64) -> String {
    format!("{}, {}", shown(at), from_now(at, now))
}

/// The same shorter: `18:48:21Z, in 12 min`, and from a day on `2026-11-28, in 2 d 3 h`.
pub fn soon(at: u64, now: u64) -> String {
    let full = shown(at);
    let (date, time) = full.split_once('T').unwrap_or((&full, &full));
    format!("{}, {}", if at.abs_diff(now) < DAY { time } else { date }, from_now(at, now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_nodes_write_them() {
        for (text, nanos) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2021-11-08T06:00:00Z", Some(1_636_351_200_000_000_000)),
            ("2021-11-08T06:00:00.5Z", Some(1_636_351_200_500_000_000)),
            ("2024-02-29T23:59:59.123456789Z", Some(1_709_251_199_123_456_789)),
            ("2024-03-01T00:00:00+00:00", Some(1_709_251_200_000_000_000)),
            ("2024-03-01T01:00:00+01:00", Some(1_709_251_200_000_000_000)),
            ("0001-01-01T00:00:00Z", None),
            ("2024-13-01T00:00:00Z", None),
            ("2024-02-30T00:00:00Z", None),
            ("2024-01-01", None),
            ("", None),
        ] {
            assert_eq!(nanoseconds(text), nanos, "{text}");
            assert_eq!(seconds(text), nanos.map(|nanos| nanos / 1_000_000_000), "{text}");
        }
    }

    #[test]
    fn times_are_written_in_utc() {
        assert_eq!(utc(1_636_351_200).as_deref(), Some("2021-11-08T06:00:00Z"));
        assert_eq!(utc(u64::MAX), None);
    }

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
