//! When each shower is open: half-open windows on block time.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::NANOS_PER_SECOND;

/// When the showers of an event open and close. All times are whole seconds since the Unix epoch, so that
/// they survive JSON numbers in every language; block time is compared in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Shower 1 opens here (seconds).
    pub opens_at: u64,
    /// Shower 1 closes and shower 2 opens here (seconds).
    pub first_close: u64,
    /// Length of every later shower (seconds).
    pub interval: u64,
    /// How many showers there are.
    pub count: u32,
}

/// Why a schedule can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ScheduleError {
    /// No showers at all.
    #[error("a schedule needs at least one shower: set count to 1 or more")]
    NoShowers,
    /// The first shower would be empty.
    #[error("the first shower closes at {first_close}, not after it opens at {opens_at}: move one of them")]
    ClosesBeforeOpening {
        /// Given opening (seconds).
        opens_at: u64,
        /// Given first close (seconds).
        first_close: u64,
    },
    /// Later showers would be empty.
    #[error("showers after the first need a length: set interval to at least one second")]
    NoInterval,
    /// The last close lies beyond what nanoseconds in 64 bits can say.
    #[error(
        "the last shower closes after the year 2554, which block time can't express: shorten the schedule"
    )]
    TooLong,
}

/// The half-open window `[start, end)` of one shower, in nanoseconds of block time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First instant at which the shower is open.
    pub start: u64,
    /// First instant at which it no longer is.
    pub end: u64,
}

impl Window {
    /// Whether `now` (nanoseconds) lies inside.
    pub const fn contains(&self, now: u64) -> bool {
        self.start <= now && now < self.end
    }
}

/// Where an event stands at some block time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Shower 1 has not opened.
    Before,
    /// This shower (1-based) is open.
    Open(u32),
    /// The last shower has closed.
    Over,
}

impl Schedule {
    /// Checks that every window is non-empty and every close fits nanoseconds in 64 bits.
    ///
    /// # Errors
    /// The first reason found, see [`ScheduleError`].
    pub const fn validate(&self) -> Result<(), ScheduleError> {
        if self.count == 0 {
            return Err(ScheduleError::NoShowers);
        }
        if self.first_close <= self.opens_at {
            return Err(ScheduleError::ClosesBeforeOpening {
                opens_at: self.opens_at,
                first_close: self.first_close,
            });
        }
        if self.interval == 0 && self.count > 1 {
            return Err(ScheduleError::NoInterval);
        }
        match self.window(self.count) {
            Some(_) => Ok(()),
            None => Err(ScheduleError::TooLong),
        }
    }

    /// When shower `shower` (1-based) closes, in seconds; `None` for a shower that the schedule doesn't have.
    pub const fn closes_at(&self, shower: u32) -> Option<u64> {
        if shower == 0 || shower > self.count {
            return None;
        }
        // `u64::from` is not const; widening a u32 loses nothing.
        #[allow(clippy::as_conversions, clippy::cast_lossless)]
        let earlier = (shower - 1) as u64;
        match self.interval.checked_mul(earlier) {
            Some(later) => self.first_close.checked_add(later),
            None => None,
        }
    }

    /// The window of shower `shower` (1-based); `None` for a shower that the schedule doesn't have.
    pub const fn window(&self, shower: u32) -> Option<Window> {
        let Some(end) = self.closes_at(shower) else { return None };
        let start = if shower == 1 {
            self.opens_at
        } else {
            match self.closes_at(shower - 1) {
                Some(start) => start,
                None => return None,
            }
        };
        match (start.checked_mul(NANOS_PER_SECOND), end.checked_mul(NANOS_PER_SECOND)) {
            (Some(start), Some(end)) => Some(Window { start, end }),
            _ => None,
        }
    }

    /// The first and the last shower that are open at some time from `from` to `to` (both included,
    /// nanoseconds of block time, `from <= to`); `None` if none is.
    pub fn open_between(&self, from: u64, to: u64) -> Option<(u32, u32)> {
        let first = match self.phase(from) {
            Phase::Before => 1,
            Phase::Open(shower) => shower,
            Phase::Over => return None,
        };
        let last = match self.phase(to) {
            Phase::Before => return None,
            Phase::Open(shower) => shower,
            Phase::Over => self.count,
        };
        Some((first, last))
    }

    /// Which shower is open at block time `now` (nanoseconds). Constant time, whatever the count.
    pub fn phase(&self, now: u64) -> Phase {
        let now_seconds = now / NANOS_PER_SECOND; // windows start and end on whole seconds
        if now_seconds < self.opens_at {
            return Phase::Before;
        }
        if now_seconds < self.first_close {
            return Phase::Open(1);
        }
        let since = now_seconds - self.first_close;
        // checked_div: a one-shower schedule may have no interval.
        let closed_later = since.checked_div(self.interval).unwrap_or(u64::MAX);
        match u32::try_from(closed_later.saturating_add(2)) {
            Ok(shower) if shower <= self.count => Phase::Open(shower),
            _ => Phase::Over,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LEVANA: Schedule =
        Schedule { opens_at: 1_636_351_200, first_close: 1_636_354_800, interval: 3600, count: 44 };

    #[test]
    fn boundaries_to_the_nanosecond() {
        let first = LEVANA.window(1).unwrap();
        let last = LEVANA.window(44).unwrap();
        assert_eq!(LEVANA.phase(first.start - 1), Phase::Before);
        assert_eq!(LEVANA.phase(first.start), Phase::Open(1));
        assert_eq!(LEVANA.phase(first.end - 1), Phase::Open(1));
        assert_eq!(LEVANA.phase(first.end), Phase::Open(2));
        assert_eq!(LEVANA.phase(last.end - 1), Phase::Open(44));
        assert_eq!(LEVANA.phase(last.end), Phase::Over);
        assert_eq!(last.end, 1_636_509_600 * NANOS_PER_SECOND, "10 Nov 2021 02:00 UTC");
    }

    #[test]
    fn showers_outside_the_schedule_have_no_window() {
        assert_eq!(LEVANA.window(0), None);
        assert_eq!(LEVANA.window(45), None);
        assert_eq!(LEVANA.closes_at(u32::MAX), None);
    }

    #[test]
    fn one_shower_needs_no_interval() {
        let one = Schedule { interval: 0, count: 1, ..LEVANA };
        assert_eq!(one.validate(), Ok(()));
        let end = one.window(1).unwrap().end;
        assert_eq!(one.phase(end - 1), Phase::Open(1));
        assert_eq!(one.phase(end), Phase::Over);
    }

    #[test]
    fn bad_schedules_are_refused() {
        assert_eq!(Schedule { count: 0, ..LEVANA }.validate(), Err(ScheduleError::NoShowers));
        assert_eq!(Schedule { interval: 0, ..LEVANA }.validate(), Err(ScheduleError::NoInterval));
        assert!(matches!(
            Schedule { first_close: LEVANA.opens_at, ..LEVANA }.validate(),
            Err(ScheduleError::ClosesBeforeOpening { .. })
        ));
        assert_eq!(Schedule { interval: u64::MAX, ..LEVANA }.validate(), Err(ScheduleError::TooLong));
        assert_eq!(
            Schedule { first_close: u64::MAX / NANOS_PER_SECOND + 1, count: 1, ..LEVANA }.validate(),
            Err(ScheduleError::TooLong)
        );
    }

    prop_compose! {
        fn schedules()(opens_at in 0u64..2_000_000_000, first in 1u64..100_000, interval in 1u64..100_000, count in 1u32..100)
            -> Schedule {
            Schedule { opens_at, first_close: opens_at + first, interval, count }
        }
    }

    proptest! {
        #[test]
        fn windows_partition_time(s in schedules(), t in 0u64..3_000_000_000_000_000_000) {
            prop_assert!(s.validate().is_ok());
            let inside: Vec<u32> = (1..=s.count).filter(|n| s.window(*n).unwrap().contains(t)).collect();
            match s.phase(t) {
                Phase::Open(n) => prop_assert_eq!(inside, vec![n]),
                Phase::Before => { prop_assert!(inside.is_empty()); prop_assert!(t < s.window(1).unwrap().start); }
                Phase::Over => { prop_assert!(inside.is_empty()); prop_assert!(t >= s.window(s.count).unwrap().end); }
            }
        }

        #[test]
        fn open_between_are_those_whose_window_the_time_overlaps(
            s in schedules(), from in 0u64..3_000_000_000, length in 0u64..1_000_000
        ) {
            let (from, to) = (from * NANOS_PER_SECOND, (from + length) * NANOS_PER_SECOND);
            let overlap = |n: &u32| { let w = s.window(*n).unwrap(); w.start <= to && from < w.end };
            let all: Vec<u32> = (1..=s.count).filter(overlap).collect();
            let ends = all.first().copied().zip(all.last().copied());
            prop_assert_eq!(s.open_between(from, to), ends);
        }

        #[test]
        fn windows_touch(s in schedules()) {
            for n in 1..s.count {
                prop_assert_eq!(s.window(n).unwrap().end, s.window(n + 1).unwrap().start);
                let edge = s.window(n).unwrap().end;
                prop_assert_eq!(s.phase(edge - 1), Phase::Open(n));
                prop_assert_eq!(s.phase(edge), Phase::Open(n + 1));
            }
        }
    }
}
