//! Times as people read them: in UTC, by the clock on their wall, and how far they are from now. Now is the chain's clock,
//! by which everything happens.

use jiff::Timestamp;
use jiff::tz::TimeZone;
pub(crate) use meteor_chain::time::{clock, from_now, soon, span, tell_local, when};

/// By how many seconds local time is ahead of UTC at `seconds` (Unix). `TZ` says where we are, or else /etc/localtime; the
/// time zones are built in, since a container has no files of them.
pub(crate) fn ahead(seconds: u64) -> Option<i64> {
    let at = Timestamp::from_second(i64::try_from(seconds).ok()?).ok()?;
    Some(TimeZone::system().to_offset(at).seconds().into())
}
