//! Block times: RFC 3339 in UTC with up to nanoseconds, as CometBFT writes them.

const SECONDS_A_DAY: u64 = 86_400;

/// Nanoseconds since the Unix epoch, or `None` for a text of another form or a time before 1970 or after 2554.
pub(super) fn parse(text: &str) -> Option<u64> {
    let (date, time) = text.split_once('T')?;
    let time = time.strip_suffix('Z').or_else(|| time.strip_suffix("+00:00"))?;
    let [year, month, day] = fields(date, '-')?;
    let (clock, fraction) = time.split_once('.').unwrap_or((time, ""));
    let [hour, minute, second] = fields(clock, ':')?;
    let valid = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second < 61;
    if !valid {
        return None;
    }
    let seconds = days(year, month, day)?
        .checked_mul(SECONDS_A_DAY)?
        .checked_add(hour * 3600 + minute * 60 + second)?;
    seconds.checked_mul(meteor_rules::NANOS_PER_SECOND)?.checked_add(nanos(fraction)?)
}

fn fields(text: &str, by: char) -> Option<[u64; 3]> {
    let mut parts = text.split(by).map(digits);
    let three = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(three)
}

fn digits(text: &str) -> Option<u64> {
    if text.bytes().all(|b| b.is_ascii_digit()) { text.parse().ok() } else { None }
}

fn nanos(fraction: &str) -> Option<u64> {
    if fraction.is_empty() {
        return Some(0);
    }
    let scale = 9u32.checked_sub(u32::try_from(fraction.len()).ok()?)?;
    digits(fraction)?.checked_mul(10u64.checked_pow(scale)?)
}

/// Days from 1970-01-01 (Howard Hinnant's `days_from_civil`, for years from 1970 on).
fn days(year: u64, month: u64, day: u64) -> Option<u64> {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year / 400, year % 400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    (era * 146_097 + of_era).checked_sub(719_468)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn times_as_nodes_write_them() {
        for (text, nanos) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2021-11-08T06:00:00Z", Some(1_636_351_200_000_000_000)),
            ("2021-11-08T06:00:00.5Z", Some(1_636_351_200_500_000_000)),
            ("2024-02-29T23:59:59.123456789Z", Some(1_709_251_199_123_456_789)),
            ("2024-03-01T00:00:00+00:00", Some(1_709_251_200_000_000_000)),
            ("0001-01-01T00:00:00Z", None),
            ("2024-13-01T00:00:00Z", None),
            ("2024-01-01T00:00:00+01:00", None),
            ("2024-01-01T00:00:00.1234567890Z", None),
            ("2024-01-01", None),
            ("", None),
        ] {
            assert_eq!(parse(text), nanos, "{text}");
        }
    }
}
