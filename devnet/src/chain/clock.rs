//! Block times: the wall clock, sped up or shifted, or a fixed step. Strictly growing.
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cosmwasm_std::Timestamp;

use crate::config::Clock;

pub(crate) struct Ticker {
    clock: Clock,
    position: Position,
}

/// Where the clock stands: what a snapshot keeps of it.
#[derive(Clone, Copy)]
pub(crate) struct Position {
    /// The chain's time was `start` when the computer's was `started`.
    started: Instant,
    start: u64,
    /// Time travel so far; for a stepping clock, travel that the next block still has to make.
    offset: u64,
    /// The next block's time, when somebody set it.
    next: Option<u64>,
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
        Ticker { clock, position: Position { started: Instant::now(), start, offset: 0, next: None } }
    }

    /// Moves all later blocks forward.
    pub(crate) fn advance(&mut self, by: Duration) {
        self.position.offset = self.position.offset.saturating_add(nanos(by));
    }

    /// Gives the next block exactly this time; the clock goes on from there.
    pub(crate) fn set(&mut self, time: Timestamp) {
        let start = time.nanos();
        self.position = Position { started: Instant::now(), start, offset: 0, next: Some(start) };
    }

    /// To go back to when a snapshot is restored.
    pub(crate) fn position(&self) -> Position {
        self.position
    }

    pub(crate) fn restore(&mut self, position: Position) {
        self.position = position;
    }

    /// The time of the block after the one at `last`.
    pub(crate) fn next(&mut self, last: Option<Timestamp>) -> Timestamp {
        let set = self.position.next.take();
        let time = set.unwrap_or_else(|| match (self.clock, last) {
            (Clock::Wall { speed, .. }, _) => nanos(self.position.started.elapsed())
                .saturating_mul(u64::from(speed))
                .saturating_add(self.position.start)
                .saturating_add(self.position.offset),
            (Clock::Step { start, .. }, None) => start.nanos(),
            (Clock::Step { step, .. }, Some(last)) => {
                let travel = std::mem::take(&mut self.position.offset);
                last.nanos().saturating_add(nanos(step)).saturating_add(travel)
            }
        });
        // Contracts and wallets rely on time that advances with every block.
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
    fn a_time_that_was_set_is_exact_on_both_clocks() {
        let start = Timestamp::from_seconds(100);
        let clocks = [
            Clock::Wall { start: Some(start), speed: 1 },
            Clock::Step { start, step: Duration::from_secs(5) },
        ];
        for clock in clocks {
            let mut ticker = Ticker::new(clock);
            let first = ticker.next(None);
            ticker.advance(Duration::from_secs(7));
            ticker.set(start.plus_seconds(1_000));
            let second = ticker.next(Some(first));
            assert_eq!(second, start.plus_seconds(1_000));
            assert!(ticker.next(Some(second)) > second);
        }
    }

    #[test]
    fn time_grows_even_when_the_clock_stands() {
        let mut ticker = Ticker::new(Clock::Wall { start: Some(Timestamp::from_seconds(1)), speed: 0 });
        let last = Timestamp::from_seconds(9);
        assert_eq!(ticker.next(Some(last)), last.plus_nanos(1));
    }
}
