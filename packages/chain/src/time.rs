//! Times as nodes and configurations write them: RFC 3339.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

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
}
