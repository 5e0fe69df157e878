//! What the demo's wallets will do, decided from a seed before anything starts. The same seed makes the same
//! event.

use rand::Rng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

/// The least contribution of 2021 (micro-UST).
pub(super) const MINIMUM: u128 = 8_000_000;

/// A planned contribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Planned {
    /// Which wallet.
    pub wallet: usize,
    /// To which shower (1-based).
    pub shower: u32,
    /// When, in thousandths of the shower's length.
    pub at: u32,
    /// How much (micro-denom).
    pub amount: u128,
}

/// What the demo's wallets will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// 32 bytes for each wallet's key.
    pub keys: Vec<[u8; 32]>,
    /// The contributions, in the order of time.
    pub contributions: Vec<Planned>,
}

/// Contributions stop at this thousandth of a shower, so that a slow block doesn't carry one into the next.
const LAST_MOMENT: u32 = 850;
const FIRST_MOMENT: u32 = 40;

impl Plan {
    /// `wallets` wallets, of which most join each of `showers` showers and contribute up to `most` times
    /// there. Amounts are spread as in 2021: most near 8 UST, a few in the tens of thousands.
    pub(super) fn new(seed: u64, wallets: usize, showers: u32, most: u32) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let keys = (0..wallets).map(|_| rng.random()).collect();
        let mut contributions = Vec::new();
        for shower in 1..=showers {
            let mut joined: Vec<usize> = (0..wallets).collect();
            joined.shuffle(&mut rng);
            if showers > 1 {
                joined.truncate(wallets.saturating_mul(9).div_ceil(10));
            }
            for wallet in joined {
                let times = if showers > 1 { rng.random_range(1..=most.max(1)) } else { most.max(1) };
                let mut moments: Vec<u32> =
                    (0..times).map(|_| rng.random_range(FIRST_MOMENT..LAST_MOMENT)).collect();
                moments.sort_unstable();
                let first = budget(&mut rng);
                for (turn, at) in moments.into_iter().enumerate() {
                    let amount = if turn == 0 { first } else { rng.random_range(500_000..=first) };
                    contributions.push(Planned { wallet, shower, at, amount });
                }
            }
        }
        contributions.sort_by_key(|c| (c.shower, c.at));
        Self { keys, contributions }
    }

    /// What a wallet is funded with (micro-denom): exactly what it contributes, at least 1.
    pub(super) fn gets(&self, wallet: usize) -> u128 {
        self.spends(wallet).max(1)
    }

    /// What a wallet contributes in all (micro-denom).
    pub(super) fn spends(&self, wallet: usize) -> u128 {
        self.contributions.iter().filter(|c| c.wallet == wallet).map(|c| c.amount).sum()
    }
}

/// A first contribution (micro-UST). Many give exactly the minimum, so that ties happen.
fn budget(rng: &mut ChaCha20Rng) -> u128 {
    let ust = match rng.random_range(0..1000u32) {
        0..300 => return MINIMUM,
        300..650 => rng.random_range(8..=12),
        650..900 => rng.random_range(12..=80),
        900..975 => rng.random_range(80..=700),
        975..995 => rng.random_range(700..=6_000),
        _ => rng.random_range(6_000..=74_000u128),
    };
    ust * 1_000_000 + rng.random_range(0..1_000_000u128)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_is_the_same_event() {
        assert_eq!(Plan::new(7, 50, 4, 3), Plan::new(7, 50, 4, 3));
        assert_ne!(Plan::new(7, 50, 4, 3), Plan::new(8, 50, 4, 3));
    }

    #[test]
    fn a_shower_of_2021_has_its_spread() {
        let plan = Plan::new(2021, 1000, 1, 3);
        assert_eq!(plan.contributions.len(), 3000);
        let mut totals: Vec<u128> = (0..1000).map(|wallet| plan.spends(wallet)).collect();
        totals.sort_unstable();
        assert!(totals[0] >= MINIMUM);
        assert!(totals[500] < 60_000_000, "half are small: {}", totals[500]);
        assert!(totals[999] > 10_000_000_000, "some are very large: {}", totals[999]);
        assert!(plan.contributions.windows(2).all(|w| w[0].at <= w[1].at));
    }
}
