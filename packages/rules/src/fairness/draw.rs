//! Which meteors hold eggs: weighted sampling without replacement inside each tier, in integers.

use alloc::vec;
use alloc::vec::Vec;

use super::{Bytes32, Stream};
use crate::eggs::{Issue, issue};
use crate::tier::{PerTier, TierRule};

const PURPOSE: &str = "draw";

/// The result of a draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draw {
    /// For each rank, from the first on: whether its meteor holds an egg.
    pub eggs: Vec<bool>,
    /// Eggs of each tier, and those that were left over.
    pub issue: Issue,
}

/// Draws the eggs of a shower whose contributions are `amounts` (micro-denom, in rank order). In each tier
/// one egg after the other goes to a meteor without one, each as likely as its contribution is large: the
/// next number of the tier's stream below the sum of the remaining contributions says which.
pub fn draw(seed: &Bytes32, tiers: &TierRule, eggs: &PerTier<u32>, amounts: &[u128]) -> Draw {
    let contributors = u32::try_from(amounts.len()).unwrap_or(u32::MAX);
    let sizes = tiers.sizes(contributors);
    let issue = issue(eggs, &sizes);
    let mut drawn = Vec::with_capacity(amounts.len());
    for (tier, size) in sizes.iter() {
        let size = usize::try_from(*size).unwrap_or(usize::MAX);
        let weights: Vec<u128> = amounts.iter().skip(drawn.len()).take(size).copied().collect();
        let mut holds = vec![false; weights.len()];
        let mut remaining = Fenwick::new(&weights);
        let mut stream = Stream::new(seed, PURPOSE, tier.index());
        for _ in 0..*issue.eggs.get(tier) {
            // Contributions are never 0, so there is always a sum to draw from.
            let Some(at) = stream.below(remaining.total()) else { break };
            let place = remaining.place(at);
            if let (Some(weight), Some(holds)) = (weights.get(place), holds.get_mut(place)) {
                remaining.remove(place, *weight);
                *holds = true;
            }
        }
        drawn.append(&mut holds);
    }
    Draw { eggs: drawn, issue }
}

/// Sums over prefixes that can change: finding a place and removing it take logarithmic time.
struct Fenwick {
    sums: Vec<u128>,
    total: u128,
}

impl Fenwick {
    fn new(weights: &[u128]) -> Self {
        let mut sums: Vec<u128> = core::iter::once(0).chain(weights.iter().copied()).collect();
        let length = sums.len();
        for at in 1..length {
            let parent = at + lowest_bit(at);
            let sum = sums.get(at).copied().unwrap_or(0);
            if let Some(parent) = sums.get_mut(parent) {
                *parent = parent.saturating_add(sum);
            }
        }
        // The contract keeps a shower's total within 128 bits.
        let total = weights.iter().fold(0u128, |sum, weight| sum.saturating_add(*weight));
        Self { sums, total }
    }

    const fn total(&self) -> u128 {
        self.total
    }

    /// The first place (from 0) up to and with which the weights sum to more than `at`.
    fn place(&self, mut at: u128) -> usize {
        let mut place = 0;
        let mut step = self.sums.len().next_power_of_two();
        while step > 0 {
            if let Some(sum) = self.sums.get(place + step)
                && *sum <= at
            {
                place += step;
                at -= sum;
            }
            step /= 2;
        }
        place
    }

    fn remove(&mut self, place: usize, weight: u128) {
        self.total = self.total.saturating_sub(weight);
        let mut at = place + 1;
        while let Some(sum) = self.sums.get_mut(at) {
            *sum = sum.saturating_sub(weight);
            at += lowest_bit(at);
        }
    }
}

const fn lowest_bit(at: usize) -> usize {
    at & at.wrapping_neg()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tier::Tier;
    use proptest::prelude::*;

    const TIERS: TierRule = TierRule { legendary: 10, ancient_bp: 900, rare_bp: 2250 };
    const EGGS: PerTier<u32> = PerTier { legendary: 10, ancient: 30, rare: 61, common: 101 };

    /// The rule as one would write it down: walk the remaining weights one by one.
    fn plain(seed: &Bytes32, tiers: &TierRule, eggs: &PerTier<u32>, amounts: &[u128]) -> Vec<bool> {
        let sizes = tiers.sizes(u32::try_from(amounts.len()).unwrap());
        let mut drawn = vec![false; amounts.len()];
        let mut start = 0;
        for tier in Tier::ALL {
            let size = usize::try_from(*sizes.get(tier)).unwrap();
            let mut stream = Stream::new(seed, PURPOSE, tier.index());
            for _ in 0..*issue(eggs, &sizes).eggs.get(tier) {
                let left: Vec<usize> = (start..start + size).filter(|i| !drawn[*i]).collect();
                let mut at = stream.below(left.iter().map(|i| amounts[*i]).sum()).unwrap();
                for i in left {
                    if at < amounts[i] {
                        drawn[i] = true;
                        break;
                    }
                    at -= amounts[i];
                }
            }
            start += size;
        }
        drawn
    }

    #[test]
    fn a_full_shower_draws_202() {
        let amounts: Vec<u128> = (1..=1000).rev().map(|n| n * 1_000_000).collect();
        let drawn = draw(&[9; 32], &TIERS, &EGGS, &amounts);
        assert_eq!(drawn.eggs.iter().filter(|e| **e).count(), 202);
        assert!(drawn.eggs[..10].iter().all(|e| *e), "every Legendary holds one");
        assert_eq!(drawn.issue.unissued, 0);
    }

    #[test]
    fn more_is_likelier_by_the_exact_odds() {
        // One egg among weights 1, 2, 3, 4: counted over many seeds.
        let tiers = TierRule { legendary: 4, ancient_bp: 0, rare_bp: 0 };
        let eggs = PerTier { legendary: 1, ..PerTier::default() };
        let amounts = [4u128, 3, 2, 1];
        let mut counts = [0u32; 4];
        for n in 0..20_000u32 {
            let mut seed = [5; 32];
            seed[..4].copy_from_slice(&n.to_be_bytes());
            let at = draw(&seed, &tiers, &eggs, &amounts).eggs.iter().position(|e| *e).unwrap();
            counts[at] += 1;
        }
        let chi: f64 = counts
            .iter()
            .zip([8_000.0, 6_000.0, 4_000.0, 2_000.0])
            .map(|(seen, expected)| (f64::from(*seen) - expected).powi(2) / expected)
            .sum();
        assert!(chi < 16.3, "3 degrees of freedom, 0.1 % point: {counts:?}");
    }

    proptest! {
        #[test]
        fn the_tree_draws_as_the_plain_walk(
            seed in any::<[u8; 32]>(), mut amounts in prop::collection::vec(1u128..1_000_000_000_000, 0..300)
        ) {
            amounts.sort_unstable_by(|a, b| b.cmp(a));
            let drawn = draw(&seed, &TIERS, &EGGS, &amounts);
            prop_assert_eq!(&drawn.eggs, &plain(&seed, &TIERS, &EGGS, &amounts));
            let sizes = TIERS.sizes(u32::try_from(amounts.len()).unwrap());
            let mut from = 0;
            for (tier, size) in sizes.iter() {
                let to = from + usize::try_from(*size).unwrap();
                let eggs = drawn.eggs[from..to].iter().filter(|e| **e).count();
                prop_assert_eq!(u32::try_from(eggs).unwrap(), *drawn.issue.eggs.get(tier));
                from = to;
            }
        }
    }
}
