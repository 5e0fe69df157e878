//! Times as nodes and configurations write them, RFC 3339, and as people are told them: in UTC, by the clock on their wall
//! if a tool asks for that, and how far from now.

use std::sync::OnceLock;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// By how many seconds local time is ahead of UTC at a time (Unix seconds); `None` where that is not known.
pub type Offset = fn(u64) -> Option<i64>;

static LOCAL: OnceLock<Offset> = OnceLock::new();

/// From here on people are told local times, too. For a tool with one reader; what a server answers stays in UTC.
pub fn tell_local(offset: Offset) {
    LOCAL.get_or_init(|| offset);
}

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

/// Unix seconds as people are told them: `2026-11-26T18:48:21Z (19:48 here)`.
pub fn clock(seconds: u64) -> String {
    here(seconds, local(seconds))
}

/// By how much local time is ahead, if people are told it.
fn local(seconds: u64) -> Option<i64> {
    LOCAL.get().and_then(|offset| offset(seconds))
}

fn here(seconds: u64, ahead: Option<i64>) -> String {
    let Some(full) = utc(seconds) else { return format!("second {seconds}") };
    let local = ahead.filter(|ahead| *ahead != 0).and_then(|ahead| utc(seconds.checked_add_signed(ahead)?));
    let (Some(local), Some((date, _))) = (local, full.split_once('T')) else { return full };
    let Some((day, time)) = local.split_once('T') else { return full };
    let minute = time.get(..5).unwrap_or(time);
    // Only around midnight is it another day.
    if day == date { format!("{full} ({minute} here)") } else { format!("{full} ({day} {minute} here)") }
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

/// `at` (Unix seconds) and how far it is from `now`: `2026-11-26T18:48:21Z (19:48 here), in 12 min`.
pub fn when(at: u64, now: u64) -> String {
    format!("{}, {}", clock(at), from_now(at, now))
}

/// The same shorter: `18:48:21Z (19:48 here), in 12 min`, and from a day on `2026-11-28, in 2 d 3 h`.
pub fn soon(at: u64, now: u64) -> String {
    let full = clock(at);
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
    fn local_time_is_told_where_it_is_another() {
        let at = 1_795_632_501;
        let utc = "2026-11-25T18:48:21Z";
        for (ahead, told) in [
            (None, ""),
            (Some(0), ""),
            (Some(3_600), " (19:48 here)"),
            (Some(-12_600), " (15:18 here)"),
            (Some(20_700), " (2026-11-26 00:33 here)"),
        ] {
            assert_eq!(here(at, ahead), format!("{utc}{told}"));
        }
        assert_eq!(here(u64::MAX, Some(3_600)), format!("second {}", u64::MAX));
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
