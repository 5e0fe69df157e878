//! Over many events: nothing public tells what an uncracked meteor holds. Without tilt, rank and number say nothing;
//! with it only the rank does, and by the exact odds.
#![allow(clippy::as_conversions, clippy::cast_precision_loss)] // counts far below 2^52

use std::sync::LazyLock;

use meteor_rules::Rank;
use meteor_rules::fairness::draw::draw;
use meteor_rules::fairness::key::seed;
use meteor_rules::odds::odds;
use meteor_rules::tier::{PerTier, TierRule};

const TIERS: TierRule = TierRule { legendary: 10, ancient_bp: 900, rare_bp: 2250 };
const EGGS: PerTier<u32> = PerTier { legendary: 10, ancient: 30, rare: 61, common: 101 };
const EVENTS: u32 = 2_000;

/// How often each rank of 1,000 held an egg, over events that differ in their key alone.
fn counts(tilt_bp: u32) -> Vec<u32> {
    let mut counts = vec![0u32; 1000];
    for event in 0..EVENTS {
        let mut key = [0x5a; 32];
        for (at, byte) in key.iter_mut().zip(event.to_be_bytes()) {
            *at = byte;
        }
        let seed = seed(&key, b"the same beacon", &[1; 32]);
        for (count, egg) in counts.iter_mut().zip(draw(&seed, &TIERS, &EGGS, tilt_bp, 1_000).eggs) {
            *count += u32::from(egg);
        }
    }
    counts
}

/// Without tilt; counted once for the tests that need it.
static LEVEL: LazyLock<Vec<u32>> = LazyLock::new(|| counts(0));

/// Chi-squared of `counts` against all being equal.
fn chi_squared(counts: &[u32]) -> f64 {
    let mean = f64::from(counts.iter().sum::<u32>()) / counts.len() as f64;
    counts.iter().map(|count| (f64::from(*count) - mean).powi(2) / mean).sum()
}

#[test]
fn rank_and_number_say_nothing_where_all_gave_alike() {
    let counts: &[u32] = &LEVEL;
    // Tier, its ranks, and the 0.1 % point of chi-squared at one less degrees of freedom. Sampling without
    // replacement spreads less than that, so the bound is generous; the seeds are fixed.
    for (name, ranks, bound) in
        [("ancient", 10..99, 135.0), ("rare", 99..322, 293.0), ("common", 322..1000, 795.0)]
    {
        let tier = counts.get(ranks).unwrap_or_default();
        let chi = chi_squared(tier);
        assert!(chi < bound, "{name}: {chi}");
        // Even and odd numbers, first and second half: the same, within five standard deviations.
        let even: u32 = tier.iter().step_by(2).sum();
        let odd: u32 = tier.iter().skip(1).step_by(2).sum();
        let half = tier.len() / 2;
        let first: u32 = tier.iter().take(half).sum();
        let second: u32 = tier.iter().skip(tier.len() - half).sum();
        let spread = 5.0 * f64::from(even + odd).sqrt();
        let a_rank = f64::from(even + odd) / tier.len() as f64;
        assert!((f64::from(even) - f64::from(odd)).abs() < spread + a_rank, "{name}: {even} even, {odd} odd");
        assert!(
            (f64::from(first) - f64::from(second)).abs() < spread,
            "{name}: {first} before, {second} after"
        );
    }
    assert!(counts.iter().take(10).all(|count| *count == EVENTS), "every Legendary holds an egg");
}

/// Chi-squared of `counts` against odds that fall in each tier as `tilt_bp` says.
fn against_odds(counts: &[u32], tilt_bp: u32) -> f64 {
    let part = |(rank, count): (u32, &u32)| {
        let odds = odds(&TIERS, &EGGS, tilt_bp, 1_000, Rank(rank)).unwrap();
        let odds = odds.numerator as f64 / odds.denominator as f64;
        let (mean, spread) = (f64::from(EVENTS) * odds, f64::from(EVENTS) * odds * (1.0 - odds));
        (f64::from(*count) - mean).powi(2) / spread
    };
    (11..).zip(counts.iter().skip(10)).map(part).sum() // the ten Legendary are certain
}

#[test]
fn each_rank_holds_an_egg_as_often_as_its_odds_say() {
    let counts = counts(2_000);
    // 990 ranks of three tiers, whose eggs add up: 987 degrees of freedom, mean 987, deviation 44. Between the
    // 0.1 % points on both sides: the seeds are fixed. Too little would be as wrong as too much.
    let chi = against_odds(&counts, 2_000);
    assert!((855.0..1_131.0).contains(&chi), "{chi}");
    // And the test tells tilts apart.
    assert!(against_odds(&counts, 0) > 1_400.0 && against_odds(&counts, 4_000) > 1_300.0);
}

#[test]
fn a_bias_would_be_seen() {
    let mut counts = LEVEL.clone();
    // An egg in 30 moved from the second half of the Common tier to the first.
    for (at, count) in counts.iter_mut().enumerate().skip(322) {
        if at < 661 { *count += 10 } else { *count -= 10 }
    }
    let first: u32 = counts.iter().skip(322).take(339).sum();
    let second: u32 = counts.iter().skip(661).sum();
    assert!(f64::from(first.abs_diff(second)) > 5.0 * f64::from(first + second).sqrt());
}
