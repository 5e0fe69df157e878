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

    /// Every point of every order of small tiers: the points that mark a place are exactly its share of all points,
    /// in each order by itself. So the odds are exact whatever the shuffle does.
    #[test]
    fn over_all_points_each_place_is_marked_as_often_as_its_odds_say() {
        for (size, tilt) in [(1, 2_000), (2, 0), (2, 10_000), (3, 1), (3, 2_000)] {
            for eggs in 0..=size {
                exactly_as_the_odds_say(size, eggs, tilt, |weights, _| {
                    (0..weights.sum()).map(|u| (u, 1)).collect()
                });
            }
        }
    }

    /// The same for larger tiers, without taking each point: as the point moves, who is marked changes only where
    /// one of the points passes an end of somebody's stretch, which is at that end modulo the sum. Both ends of
    /// each stretch between such places are tried, and each counts for half of it.
    #[test]
    fn over_all_points_of_larger_tiers_too() {
        for (size, tilt) in [(4, 2_000), (5, 10_000), (6, 333)] {
            for eggs in 0..=size {
                exactly_as_the_odds_say(size, eggs, tilt, |weights, order| {
                    let share = |place: &u32| u128::from(weights.eggs()) * weights.weight(*place);
                    let ends = order.iter().scan(0, |end, place| {
                        *end += share(place);
                        Some(*end % weights.sum())
                    });
                    let mut cuts: Vec<u128> = ends.chain([0, weights.sum()]).collect();
                    cuts.sort_unstable();
                    cuts.dedup();
                    let stretches = cuts.windows(2).map(|cut| (cut[0], cut[1] - cut[0]));
                    stretches
                        .flat_map(|(from, long)| [(from, long.div_ceil(2)), (from + long - 1, long / 2)])
                        .collect()
                });
            }
        }
    }

    /// Chooses with each of the `points` (point, how many points it stands for) in every order of the rest, and
    /// compares how many mark each place with its odds.
    fn exactly_as_the_odds_say(
        size: u32,
        eggs: u32,
        tilt: u32,
        points: impl Fn(&Weights, &[u32]) -> Vec<(u128, u128)>,
    ) {
        let weights = Weights::new(size, eggs, tilt);
        let rest: Vec<u32> = (weights.certain()..size).collect();
        if weights.eggs() == 0 {
            // Nothing to draw: all odds are 0 or 1.
            assert!((0..size).all(|place| weights.odds(place).denominator == 1));
            return;
        }
        for order in permutations(&rest) {
            let points = points(&weights, &order);
            assert_eq!(points.iter().map(|(_, many)| many).sum::<u128>(), weights.sum());
            let mut marked = vec![0u128; usize::try_from(size).unwrap()];
            for (point, many) in points {
                let holds = choose(size, &weights, &order, point);
                assert_eq!(holds.iter().filter(|hold| **hold).count(), usize::try_from(eggs).unwrap());
                for (count, hold) in marked.iter_mut().zip(holds) {
                    *count += many * u128::from(hold);
                }
            }
            for (place, count) in (0..size).zip(marked) {
                let odds = weights.odds(place);
                assert_eq!(count * odds.denominator, odds.numerator * weights.sum(), "{order:?}");
            }
        }
    }

    /// Every order of the rest is drawn, all about equally often.
    #[test]
    fn every_order_is_equally_likely() {
        let weights = Weights::new(4, 1, TILT);
        let mut counts = alloc::collections::BTreeMap::new();
        for n in 0..4_800u32 {
            let mut seed = [4; 32];
            seed[..4].copy_from_slice(&n.to_be_bytes());
            let mut rest = vec![0, 1, 2, 3];
            let point = shuffle_and_point(&mut Stream::new(&seed, PURPOSE, 3), &mut rest, &weights).unwrap();
            assert!(point < weights.sum());
            *counts.entry(rest).or_insert(0u32) += 1;
        }
        assert_eq!(counts.len(), 24);
        // Chi-squared with 23 degrees of freedom: 49.7 is the 0.1 % point; the seeds are fixed.
        let chi: f64 = counts.values().map(|count| (f64::from(*count) - 200.0).powi(2) / 200.0).sum();
        assert!(chi < 49.7, "{chi}: {counts:?}");
    }

    /// The steps of docs/fairness.md by hand, so that the order in which the stream is used is fixed here too.
    #[test]
    fn the_stream_is_used_as_documented() {
        let weights = Weights::new(5, 2, TILT);
        let mut stream = Stream::new(&[8; 32], PURPOSE, 2);
        let mut order = vec![0u32, 1, 2, 3, 4];
        for i in [4usize, 3, 2, 1] {
            let other = usize::try_from(stream.below(u128::try_from(i + 1).unwrap()).unwrap()).unwrap();
            order.swap(i, other);
        }
        let point = stream.below(weights.sum()).unwrap();
        let drawn = draw_tier(&mut Stream::new(&[8; 32], PURPOSE, 2), 5, &weights);
        let mut from = 0;
        for place in order {
            let to = from + 2 * weights.weight(place);
            let marked = [point, point + weights.sum()].iter().any(|at| (from..to).contains(at));
            assert_eq!(drawn[usize::try_from(place).unwrap()], marked);
            from = to;
        }
        // Where no egg is left to draw for, nothing is taken from the stream.
        let mut untouched = Stream::new(&[8; 32], PURPOSE, 2);
        assert_eq!(draw_tier(&mut untouched, 3, &Weights::new(3, 3, TILT)), [true; 3]);
        assert_eq!(draw_tier(&mut untouched, 3, &Weights::new(3, 0, TILT)), [false; 3]);
        let mut fresh = Stream::new(&[8; 32], PURPOSE, 2);
        assert_eq!(untouched.below(u128::MAX), fresh.below(u128::MAX));
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
