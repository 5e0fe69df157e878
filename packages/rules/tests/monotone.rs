//! Odds before the draw: a better rank is never worse off, and the odds of a shower add up to its eggs.

use meteor_rules::Rank;
use meteor_rules::eggs::issue;
use meteor_rules::odds::{Odds, OddsError, Weights, monotone, odds};
use meteor_rules::tier::{PerTier, TierRule};

/// Most contributors that are looked at.
const MANY: u32 = 100_000;

/// What decides the odds of an event.
#[derive(Clone, Copy)]
struct Rules {
    name: &'static str,
    tiers: TierRule,
    eggs: PerTier<u32>,
    tilt_bp: u32,
}

const LEVANA: Rules = Rules {
    name: "levana-2021",
    tiers: TierRule { legendary: 10, ancient_bp: 900, rare_bp: 2250 },
    eggs: PerTier { legendary: 10, ancient: 30, rare: 61, common: 101 },
    tilt_bp: 2_000,
};
const DEMO: Rules = Rules {
    name: "demo",
    tiers: TierRule { legendary: 3, ancient_bp: 900, rare_bp: 2250 },
    eggs: PerTier { legendary: 3, ancient: 3, rare: 4, common: 6 },
    tilt_bp: 2_000,
};
const SHIPPED: [Rules; 2] = [LEVANA, DEMO];

/// The first number of contributors at which a better rank is worse off.
fn first_break(rules: &Rules) -> Option<OddsError> {
    let Rules { tiers, eggs, tilt_bp, .. } = rules;
    (1..=MANY).find_map(|count| monotone(tiers, eggs, *tilt_bp, count).err())
}

/// Whether `better` is at least as good as `worse`. The cross products fit: up to 100,000 contributors numerators
/// and denominators stay below 2^47.
fn at_least(better: Odds, worse: Odds) -> bool {
    better.numerator * worse.denominator >= worse.numerator * better.denominator
}

#[cfg(feature = "presets")]
#[test]
fn the_presets_are_those_looked_at_here() {
    use meteor_rules::preset::{NAMES, Preset};
    assert_eq!(SHIPPED.map(|rules| rules.name), NAMES);
    for rules in SHIPPED {
        let Preset { tiers, eggs, tilt_bp, .. } = Preset::named(rules.name).unwrap();
        assert_eq!((tiers, eggs, tilt_bp), (rules.tiers, rules.eggs, rules.tilt_bp), "{}", rules.name);
    }
}

/// `monotone` compares the last of each tier with the first of the next, and that is enough: inside a tier certain
/// places come first, the odds of all others are k·w / W with one k and one W, and w falls from place to place. The
/// next test looks at every rank all the same.
#[test]
fn a_better_rank_is_never_worse_off_in_any_shower_of_a_shipped_preset() {
    for rules in SHIPPED {
        assert_eq!(first_break(&rules), None, "{}", rules.name);
    }
}

#[test]
fn every_rank_is_at_least_as_well_off_as_the_next_and_odds_add_up_to_the_eggs() {
    // Every small shower, some of each size up to the largest, and those around powers of ten.
    let some = (300..MANY).step_by(7_919);
    let counts: Vec<u32> = (1..300).chain(some).chain([999, 1_000, 1_001, 9_999, 10_000, MANY]).collect();
    for Rules { name, tiers, eggs, tilt_bp } in SHIPPED {
        for count in &counts {
            let sizes = tiers.sizes(*count);
            let issued = issue(&eggs, &sizes).eggs;
            let (mut before, mut rank) = (Odds::CERTAIN, 0);
            for (tier, size) in sizes.iter() {
                let weights = Weights::new(*size, *issued.get(tier), tilt_bp);
                // In parts of the sum of the weights, so that fractions add up exactly.
                let whole = weights.sum().max(1);
                let mut sum = 0u128;
                for place in 0..*size {
                    rank += 1;
                    let odds = weights.odds(place);
                    assert!(at_least(before, odds), "{name}: rank {rank} of {count}");
                    assert!(
                        place < weights.certain() || odds != Odds::CERTAIN,
                        "{name}: rank {rank} of {count}"
                    );
                    assert_eq!(whole % odds.denominator, 0);
                    sum += odds.numerator * (whole / odds.denominator);
                    before = odds;
                }
                assert_eq!(sum, u128::from(*issued.get(tier)) * whole, "{name}: the {tier} of {count}");
            }
            assert_eq!(rank, *count);
        }
    }
}

#[test]
fn odds_by_rank_are_those_of_the_place_in_its_tier() {
    for Rules { tiers, eggs, tilt_bp, .. } in SHIPPED {
        for count in [1, 3, 10, 11, 31, 1_000] {
            let sizes = tiers.sizes(count);
            let issued = issue(&eggs, &sizes).eggs;
            let all = sizes.iter().flat_map(|(tier, size)| {
                let weights = Weights::new(*size, *issued.get(tier), tilt_bp);
                (0..*size).map(move |place| weights.odds(place))
            });
            for (rank, wanted) in (1..).zip(all) {
                assert_eq!(
                    odds(&tiers, &eggs, tilt_bp, count, Rank(rank)),
                    Some(wanted),
                    "{rank} of {count}"
                );
            }
        }
    }
}

/// Of the demo's old eggs, two in the Ancient tier were too few: with 31 contributors its three had less each than
/// the first of the six Rare.
#[test]
fn the_demos_old_eggs_break_it() {
    let old = Rules { eggs: PerTier { ancient: 2, ..DEMO.eggs }, ..DEMO };
    assert_eq!(first_break(&old).map(|error| error.contributors), Some(31));
}

#[test]
fn more_tilt_than_levanas_breaks_it() {
    let error = first_break(&Rules { tilt_bp: 2_200, ..LEVANA }).unwrap();
    let Rules { tiers, eggs, .. } = LEVANA;
    let of = |rank| odds(&tiers, &eggs, 2_200, error.contributors, rank).unwrap();
    // The rank that the error names is worse off than the next, and is the last of its tier.
    let next = Rank(error.rank.0 + 1);
    assert!(!at_least(of(error.rank), of(next)), "{error}");
    let tier = |rank| tiers.tier_of(rank, error.contributors);
    assert_ne!(tier(error.rank), tier(next));
    let said = error.to_string();
    assert!(
        said.contains(&format!("of {}", error.contributors))
            && said.contains(&format!("rank {}", error.rank))
    );
}

/// A launch is checked for every number of contributors, so an event with very many eggs must not cost more.
#[test]
fn many_eggs_are_as_fast() {
    let eggs = PerTier { legendary: u32::MAX, ancient: 0, rare: 0, common: 0 };
    assert_eq!(first_break(&Rules { eggs, ..LEVANA }), None);
    let nearly = PerTier { legendary: 0, ancient: 0, rare: 0, common: 49_999 };
    assert!(first_break(&Rules { eggs: nearly, ..LEVANA }).is_some(), "a Legendary without an egg");
    let flat = TierRule { legendary: 0, ancient_bp: 0, rare_bp: 0 };
    assert_eq!(first_break(&Rules { tiers: flat, eggs: nearly, tilt_bp: 10_000, ..LEVANA }), None);
}
