//! Which round of a public beacon decides a shower: one that is still in the future when contributing ends.

use serde::{Deserialize, Serialize};
use thiserror::Error;

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

/// Genesis (Unix seconds) and period (seconds) of drand quicknet.
const QUICKNET: (u64, u64) = (1_692_803_367, 3);

/// Public key of drand quicknet in hex (chain hash
/// `52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971`).
pub const QUICKNET_KEY: &str = "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a";

/// Least delay (seconds) with drand quicknet: a block's time may be behind real time, and within this difference
/// the round that it names may be public.
pub const QUICKNET_DELAY: u64 = 300;

/// Whose beacon decides an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// drand quicknet: run by many organisations, none of which can know a round ahead.
    Quicknet,
    /// Any other key: for test chains. Who holds it knows every round ahead.
    Own,
}

/// Why a beacon can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BeaconError {
    /// No period or no delay.
    #[error("a beacon needs a period and a delay of at least one second each")]
    Zero,
    /// quicknet's key with a rhythm that isn't its own.
    #[error(
        "quicknet's first round was due at {} and its period is {} seconds, not {genesis} and {period}: a round named by them may have been public for years",
        QUICKNET.0, QUICKNET.1
    )]
    Rhythm {
        /// Genesis as given (Unix seconds).
        genesis: u64,
        /// Period as given (seconds).
        period: u64,
    },
    /// A delay that block time may be behind.
    #[error("with quicknet the delay is at least {QUICKNET_DELAY} seconds, not {given}")]
    Delay {
        /// As given (seconds).
        given: u64,
    },
}

impl BeaconRule {
    /// Whose beacon this is by its public `key`. quicknet's key implies its genesis and period and a delay of at
    /// least [`QUICKNET_DELAY`].
    ///
    /// # Errors
    /// [`BeaconError`] for a rhythm that the key doesn't have, or that can't be.
    pub fn check(&self, key: &[u8]) -> Result<Network, BeaconError> {
        let Self { genesis, period, delay } = *self;
        if period == 0 || delay == 0 {
            return Err(BeaconError::Zero);
        }
        if !is_quicknet(key) {
            return Ok(Network::Own);
        }
        if (genesis, period) != QUICKNET {
            return Err(BeaconError::Rhythm { genesis, period });
        }
        if delay < QUICKNET_DELAY {
            return Err(BeaconError::Delay { given: delay });
        }
        Ok(Network::Quicknet)
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

/// Whether `key` is quicknet's, without making a text of it.
fn is_quicknet(key: &[u8]) -> bool {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |n: u8| DIGITS.get(usize::from(n)).copied();
    let hex = key.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
    hex.eq(QUICKNET_KEY.bytes().map(Some))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fairness::hex::Hex;
    use proptest::prelude::*;

    #[test]
    fn quicknets_key_implies_its_rhythm() {
        let mut key = QUICKNET_KEY.parse::<Hex>().unwrap().0;
        assert_eq!(QUICKNET.check(&key), Ok(Network::Quicknet));
        let (genesis, period) = (QUICKNET.genesis - 1, 30);
        assert_eq!(
            BeaconRule { genesis, ..QUICKNET }.check(&key),
            Err(BeaconError::Rhythm { genesis, period: 3 })
        );
        let slow = BeaconRule { period, ..QUICKNET };
        assert_eq!(slow.check(&key), Err(BeaconError::Rhythm { genesis: QUICKNET.genesis, period }));
        let hasty = BeaconRule { delay: 299, ..QUICKNET };
        assert_eq!(hasty.check(&key), Err(BeaconError::Delay { given: 299 }));
        assert_eq!(BeaconRule { delay: 300, ..QUICKNET }.check(&key), Ok(Network::Quicknet));
        for zero in [BeaconRule { period: 0, ..QUICKNET }, BeaconRule { delay: 0, ..QUICKNET }] {
            assert_eq!(zero.check(&key), Err(BeaconError::Zero));
        }
        key[5] ^= 1;
        assert_eq!(slow.check(&key), Ok(Network::Own));
        assert_eq!(QUICKNET.check(&[]), Ok(Network::Own));
    }

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
