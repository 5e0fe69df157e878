//! Which meteors hold eggs: the exact-odds draw of each tier (`docs/fairness.md`, "Draw").

use alloc::vec;
use alloc::vec::Vec;

use super::{Bytes32, Stream};
use crate::eggs::{Issue, issue};
use crate::odds::Weights;
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

/// Draws the eggs of a shower of `contributors`. The odds of each rank are exactly
/// [`odds`](crate::odds::odds()).
pub fn draw(seed: &Bytes32, tiers: &TierRule, eggs: &PerTier<u32>, tilt_bp: u32, contributors: u32) -> Draw {
    let sizes = tiers.sizes(contributors);
    let issue = issue(eggs, &sizes);
    let mut drawn = Vec::with_capacity(usize::try_from(contributors).unwrap_or_default());
    for (tier, size) in sizes.iter() {
        let mut stream = Stream::new(seed, PURPOSE, tier.index());
        drawn.append(&mut draw_tier(
            &mut stream,
            *size,
            &Weights::new(*size, *issue.eggs.get(tier), tilt_bp),
        ));
    }
    Draw { eggs: drawn, issue }
}

/// Draws one tier: the certain ones first; the rest stands in random order on a line as long as their weights
/// together, in which `weights.eggs()` points at equal distances mark those that hold an egg.
fn draw_tier(stream: &mut Stream, size: u32, weights: &Weights) -> Vec<bool> {
    let mut rest: Vec<u32> = (weights.certain()..size).collect();
    // Without eggs left the sum may be 0 and nothing is taken from the stream.
    let point = if weights.eggs() == 0 { None } else { shuffle_and_point(stream, &mut rest, weights) };
    let Some(point) = point else { return (0..size).map(|place| place < weights.certain()).collect() };
    choose(size, weights, &rest, point)
}

/// Puts the rest in random order and takes the number that decides.
fn shuffle_and_point(stream: &mut Stream, rest: &mut [u32], weights: &Weights) -> Option<u128> {
    for last in (1..rest.len()).rev() {
        // Fisher and Yates: every order is equally likely.
        let other = stream.below(u128::try_from(last).ok()?.checked_add(1)?)?;
        rest.swap(last, usize::try_from(other).ok()?);
    }
    stream.below(weights.sum())
}

/// Who holds an egg when the rest stands in `order` and the first point lies at `point`, below the sum.
///
/// Each of the rest takes up `eggs * weight`; the points lie `sum` apart. No one of the rest takes up as much as
/// `sum` (it would be certain), so nobody is marked twice, and all of the points fall on somebody.
fn choose(size: u32, weights: &Weights, order: &[u32], point: u128) -> Vec<bool> {
    let mut holds = vec![false; usize::try_from(size).unwrap_or_default()];
    holds
        .iter_mut()
        .take(usize::try_from(weights.certain()).unwrap_or_default())
        .for_each(|hold| *hold = true);
    let (mut next, mut end) = (point, 0u128);
    for place in order {
        end = end.saturating_add(u128::from(weights.eggs()).saturating_mul(weights.weight(*place)));
        if next < end {
            if let Some(hold) = usize::try_from(*place).ok().and_then(|place| holds.get_mut(place)) {
                *hold = true;
            }
            next = next.saturating_add(weights.sum());
        }
    }
    holds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Rank;
    use crate::odds::odds;
    use proptest::prelude::*;

    const TIERS: TierRule = TierRule { legendary: 10, ancient_bp: 900, rare_bp: 2250 };
    const EGGS: PerTier<u32> = PerTier { legendary: 10, ancient: 30, rare: 61, common: 101 };
    const TILT: u32 = 2_000;

    #[test]
    fn a_full_shower_draws_202() {
        let drawn = draw(&[9; 32], &TIERS, &EGGS, TILT, 1_000);
        assert_eq!(drawn.eggs.iter().filter(|e| **e).count(), 202);
        assert!(drawn.eggs[..10].iter().all(|e| *e), "every Legendary holds one");
        assert_eq!(drawn.issue.unissued, 0);
    }

    /// Whatever the order of the rest, the points that mark a place are exactly its share of all points: so the
    /// odds don't depend on the shuffle at all.
    #[test]
    fn over_all_points_each_place_is_marked_as_often_as_its_odds_say() {
        for size in 1..=5u32 {
            for eggs in 0..=size {
                for tilt in [1, 2_000] {
                    let weights = Weights::new(size, eggs, tilt);
                    if weights.eggs() == 0 {
                        continue;
                    }
                    let rest: Vec<u32> = (weights.certain()..size).collect();
                    for order in permutations(&rest) {
                        let mut marked = vec![0u128; usize::try_from(size).unwrap()];
                        for point in 0..weights.sum() {
                            let holds = choose(size, &weights, &order, point);
                            assert_eq!(holds.iter().filter(|h| **h).count(), usize::try_from(eggs).unwrap());
                            for (count, hold) in marked.iter_mut().zip(holds) {
                                *count += u128::from(hold);
                            }
                        }
                        for (place, count) in (0..size).zip(marked) {
                            let odds = weights.odds(place);
                            assert_eq!(count * odds.denominator, odds.numerator * weights.sum());
                        }
                        if order.len() > 3 {
                            break; // one order of the large ones: each costs a pass over all points
                        }
                    }
                }
            }
        }
    }

    fn permutations(items: &[u32]) -> Vec<Vec<u32>> {
        if items.len() <= 1 {
            return vec![items.to_vec()];
        }
        let mut all = vec![];
        for (at, first) in items.iter().enumerate() {
            let mut others = items.to_vec();
            others.remove(at);
            for mut rest in permutations(&others) {
                rest.insert(0, *first);
                all.push(rest);
            }
        }
        all
    }

    proptest! {
        #[test]
        fn every_tier_gets_its_eggs_and_certain_ones_are_certain(
            seed in any::<[u8; 32]>(), contributors in 0u32..3_000, tilt in 0u32..=10_000
        ) {
            let drawn = draw(&seed, &TIERS, &EGGS, tilt, contributors);
            let mut from = 0;
            for (tier, size) in TIERS.sizes(contributors).iter() {
                let to = from + usize::try_from(*size).unwrap();
                let eggs = drawn.eggs[from..to].iter().filter(|e| **e).count();
                prop_assert_eq!(u32::try_from(eggs).unwrap(), *drawn.issue.eggs.get(tier));
                from = to;
            }
            prop_assert_eq!(drawn.eggs.len(), from);
            for (index, egg) in (0u32..).zip(&drawn.eggs) {
                let odds = odds(&TIERS, &EGGS, tilt, contributors, Rank::at(index).unwrap()).unwrap();
                prop_assert!(*egg || odds != crate::odds::Odds::CERTAIN);
                prop_assert!(!*egg || odds != crate::odds::Odds::NONE);
            }
        }
    }
}
