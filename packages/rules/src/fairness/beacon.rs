//! Which round of a public beacon decides a shower: one that is still in the future when contributing ends.

use serde::{Deserialize, Serialize};

/// A beacon's schedule, and how far ahead a round is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BeaconRule {
    /// When round 1 is due (Unix seconds).
    pub genesis: u64,
    /// Seconds between rounds; at least 1.
    pub period: u64,
    /// Seconds between a shower's end and the earliest round that may decide it. Covers the difference
    /// between block time and real time, so that nobody knows the round's value while contributions are
    /// possible.
    pub delay: u64,
}

/// Stub
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// S
    Quicknet,
    /// S
    Own,
}
/// Stub
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BeaconError {
    /// S
    #[error("x")]
    X,
}

impl BeaconRule {
    /// Stub
    pub fn check(&self, _key: &[u8]) -> Result<Network, BeaconError> {
        Ok(Network::Own)
    }

    /// The first round due at or after `max(now, closes_at) + delay`; times in seconds, `now` being the time
    /// of the block that closes the shower, rounded up. `None` if the period is 0 or the time overflows.
    pub fn round(&self, now: u64, closes_at: u64) -> Option<u64> {
        let from = now.max(closes_at).checked_add(self.delay)?;
        if self.period == 0 {
            return None;
        }
        from.saturating_sub(self.genesis).div_ceil(self.period).checked_add(1)
    }

    /// When `round` is due (Unix seconds); `None` for round 0 or on overflow.
    pub fn due(&self, round: u64) -> Option<u64> {
        self.period.checked_mul(round.checked_sub(1)?)?.checked_add(self.genesis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const QUICKNET: BeaconRule = BeaconRule { genesis: 1_692_803_367, period: 3, delay: 600 };

    #[test]
    fn rounds_at_the_edges() {
        assert_eq!(QUICKNET.due(1), Some(1_692_803_367));
        assert_eq!(QUICKNET.due(0), None);
        let rule = BeaconRule { genesis: 100, period: 10, delay: 0 };
        assert_eq!(rule.round(0, 50), Some(1));
        assert_eq!(rule.round(100, 50), Some(1));
        assert_eq!(rule.round(101, 50), Some(2));
        assert_eq!(rule.round(50, 110), Some(2));
        assert_eq!(BeaconRule { period: 0, ..rule }.round(1, 1), None);
        assert_eq!(rule.round(u64::MAX, 0), Some((u64::MAX - 100).div_ceil(10) + 1));
    }

    proptest! {
        #[test]
        fn the_round_is_the_first_that_is_due_late_enough(now in 1_600_000_000u64..1_900_000_000, closes_at in 1_600_000_000u64..1_900_000_000) {
            let from = now.max(closes_at) + QUICKNET.delay;
            let round = QUICKNET.round(now, closes_at).unwrap();
            prop_assert!(QUICKNET.due(round).unwrap() >= from);
            prop_assert!(round == 1 || QUICKNET.due(round - 1).unwrap() < from);
        }
    }
}
