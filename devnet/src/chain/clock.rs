//! Block times: the wall clock, sped up or shifted, or a fixed step. Strictly growing.
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cosmwasm_std::Timestamp;

use crate::config::Clock;

pub(crate) struct Ticker {
    clock: Clock,
    started: Instant,
    start: u64,
    /// Time travel so far; for a stepping clock, travel that the next block still has to make.
    offset: u64,
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

impl Ticker {
    pub(crate) fn new(clock: Clock) -> Ticker {
        let start = match clock {
            Clock::Wall { start: Some(start), .. } | Clock::Step { start, .. } => start.nanos(),
            Clock::Wall { start: None, .. } => {
                nanos(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
            }
        };
        Ticker { clock, started: Instant::now(), start, offset: 0 }
    }

    /// Moves all later blocks forward.
    pub(crate) fn advance(&mut self, by: Duration) {
        self.offset = self.offset.saturating_add(nanos(by));
    }

    /// The offset, to go back to it when a snapshot is restored.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    pub(crate) fn restore(&mut self, offset: u64) {
        self.offset = offset;
    }

    /// The time of the block after the one at `last`.
    pub(crate) fn next(&mut self, last: Option<Timestamp>) -> Timestamp {
        let time = match (self.clock, last) {
            (Clock::Wall { speed, .. }, _) => nanos(self.started.elapsed())
                .saturating_mul(u64::from(speed))
                .saturating_add(self.start)
                .saturating_add(self.offset),
            (Clock::Step { start, .. }, None) => start.nanos(),
            (Clock::Step { step, .. }, Some(last)) => {
                let travel = std::mem::take(&mut self.offset);
                last.nanos().saturating_add(nanos(step)).saturating_add(travel)
            }
        };
        // Contracts and wallets rely on time that never stands still between blocks.
        let least = last.map_or(0, |last| last.nanos().saturating_add(1));
        Timestamp::from_nanos(time.max(least))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stepping_clock_is_exact_and_travels_once() {
        let start = Timestamp::from_seconds(100);
        let mut ticker = Ticker::new(Clock::Step { start, step: Duration::from_secs(5) });
        let first = ticker.next(None);
        assert_eq!(first, start);
        ticker.advance(Duration::from_hours(1));
        let second = ticker.next(Some(first));
        assert_eq!(second, start.plus_seconds(3_605));
        assert_eq!(ticker.next(Some(second)), second.plus_seconds(5));
    }

    #[test]
    fn time_grows_even_when_the_clock_stands() {
        let mut ticker = Ticker::new(Clock::Wall { start: Some(Timestamp::from_seconds(1)), speed: 0 });
        let last = Timestamp::from_seconds(9);
        assert_eq!(ticker.next(Some(last)), last.plus_nanos(1));
    }
}
