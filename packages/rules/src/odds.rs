//! Exact odds of an egg, by rank: known from the number of contributors alone, and never worse for a better one.
//!
//! Inside a tier of n meteors the weight falls in a straight line from the first place to the last. The first
//! places whose share of the tier's k eggs would exceed one are certain; of the rest each has exactly its share.
//! `docs/fairness.md`, "Odds", has the formulas; `fairness::draw` draws by these weights.

use alloc::format;
use alloc::string::String;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::BASIS_POINTS;
use crate::eggs::issue;
use crate::fairness::decimal;
use crate::ids::Rank;
use crate::tier::{PerTier, TierRule};

/// Most tilt (basis points): the first of a tier is at most twice as likely as its last.
pub const MAX_TILT_BP: u32 = 10_000;

/// A probability as a fraction in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Odds {
    /// So many of `denominator` cases (decimal digits in a text).
    #[serde(with = "decimal")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{1,39}$"))]
    pub numerator: u128,
    /// All cases; at least 1 (decimal digits in a text).
    #[serde(with = "decimal")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{1,39}$"))]
    pub denominator: u128,
}

impl Odds {
    /// No egg.
    pub const NONE: Self = Self { numerator: 0, denominator: 1 };
    /// An egg for sure.
    pub const CERTAIN: Self = Self { numerator: 1, denominator: 1 };

    /// `numerator` of `denominator` in lowest terms; [`Odds::NONE`] of nothing.
    fn of(numerator: u128, denominator: u128) -> Self {
        let (mut a, mut b) = (numerator, denominator);
        while b > 0 {
            (a, b) = (b, a % b);
        }
        match (numerator.checked_div(a), denominator.checked_div(a)) {
            (Some(numerator), Some(denominator)) if denominator > 0 => Self { numerator, denominator },
            _ => Self::NONE,
        }
    }

    /// The share in per cent with two decimals, rounded down: `27.43`.
    pub fn percent(&self) -> String {
        // Numerators stay below 2^110 (`Weights`), so this fits.
        let hundredths = self.numerator.saturating_mul(10_000).checked_div(self.denominator).unwrap_or(0);
        format!("{}.{:02}", hundredths / 100, hundredths % 100)
    }

    /// Whether these odds are at least as good as `other`.
    fn at_least(&self, other: &Self) -> bool {
        // Cross products of two reduced fractions can exceed 128 bits; compared by continued fractions instead.
        compare((self.numerator, self.denominator), (other.numerator, other.denominator)).is_ge()
    }
}

/// Compares two fractions (numerator, denominator) exactly, without multiplying.
fn compare(left: (u128, u128), right: (u128, u128)) -> core::cmp::Ordering {
    let whole = |of: (u128, u128)| of.0.checked_div(of.1);
    let rest = |of: (u128, u128)| of.0.checked_rem(of.1);
    match (whole(left), whole(right)) {
        (Some(ours), Some(theirs)) if ours != theirs => ours.cmp(&theirs),
        (Some(_), Some(_)) => match (rest(left).unwrap_or(0), rest(right).unwrap_or(0)) {
            (0, 0) => core::cmp::Ordering::Equal,
            (0, _) => core::cmp::Ordering::Less,
            (_, 0) => core::cmp::Ordering::Greater,
            // The larger reciprocal of the remainder is the smaller fraction.
            (ours, theirs) => compare((right.1, theirs), (left.1, ours)),
        },
        // A denominator of 0 is beyond every number.
        (None, None) => core::cmp::Ordering::Equal,
        (None, Some(_)) => core::cmp::Ordering::Greater,
        (Some(_), None) => core::cmp::Ordering::Less,
    }
}

/// The weights of one tier's meteors, and which of them are certain of an egg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights {
    size: u32,
    tilt_bp: u32,
    certain: u32,
    eggs: u32,
    sum: u128,
}

impl Weights {
    /// The weights of a tier of `size` meteors with `eggs` eggs. Eggs beyond the size don't count.
    ///
    /// Constant time: whether a place is certain is asked of 32 places at most. If one is certain, so are all
    /// better ones: their weight is no smaller, and taking them out leaves fewer eggs for less weight.
    pub fn new(size: u32, eggs: u32, tilt_bp: u32) -> Self {
        let eggs = eggs.min(size);
        let mut weights = Self { size, tilt_bp, certain: 0, eggs, sum: 0 };
        let mut beyond = eggs; // the first place that is not certain is in `certain..=beyond`
        while weights.certain < beyond {
            let place = u32::midpoint(weights.certain, beyond);
            // Eggs times a weight stay below 2^79, like the sum.
            let share = u128::from(eggs.saturating_sub(place)) * weights.weight(place);
            if share >= weights.sum_from(place) { weights.certain = place + 1 } else { beyond = place }
        }
        weights.eggs = eggs.saturating_sub(weights.certain);
        weights.sum = weights.sum_from(weights.certain);
        weights
    }

    /// Sum of the weights from `place` (from 0) to the last.
    fn sum_from(&self, place: u32) -> u128 {
        let rest = u128::from(self.size.saturating_sub(place));
        if rest == 0 {
            return 0;
        }
        // They fall in a straight line: the sum is their number times the mean of the first and the last. The
        // product is even whatever the tilt, because rest * (rest - 1) is.
        rest * (self.weight(place) + self.weight(self.size.saturating_sub(1))) / 2
    }

    /// The weight of the meteor at `place` (from 0, the best first).
    pub fn weight(&self, place: u32) -> u128 {
        let below = u128::from(self.size.saturating_sub(1).saturating_sub(place));
        let step = u128::from(self.tilt_bp.min(MAX_TILT_BP));
        if self.size == 1 {
            return 1;
        }
        u128::from(self.size.saturating_sub(1)) * u128::from(BASIS_POINTS) + step * below
    }

    /// So many of the first meteors hold an egg for certain.
    pub const fn certain(&self) -> u32 {
        self.certain
    }

    /// Eggs that the rest draw for.
    pub const fn eggs(&self) -> u32 {
        self.eggs
    }

    /// Sum of the rest's weights.
    pub const fn sum(&self) -> u128 {
        self.sum
    }

    /// The odds of the meteor at `place` (from 0).
    pub fn odds(&self, place: u32) -> Odds {
        if place >= self.size {
            Odds::NONE
        } else if place < self.certain {
            Odds::CERTAIN
        } else {
            Odds::of(u128::from(self.eggs) * self.weight(place), self.sum)
        }
    }
}

/// The odds of an egg for `rank` in a shower of `contributors`; `None` outside `1..=contributors`.
pub fn odds(
    tiers: &TierRule,
    eggs: &PerTier<u32>,
    tilt_bp: u32,
    contributors: u32,
    rank: Rank,
) -> Option<Odds> {
    let sizes = tiers.sizes(contributors);
    let issued = issue(eggs, &sizes).eggs;
    let mut place = rank.0.checked_sub(1)?;
    for (tier, size) in sizes.iter() {
        if place < *size {
            return Some(Weights::new(*size, *issued.get(tier), tilt_bp).odds(place));
        }
        place -= size;
    }
    None
}

/// Odds under which a better rank is worse off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "in a shower of {contributors} the odds of rank {rank} would be worse than those of the next rank: give its tier more eggs, or less tilt"
)]
pub struct OddsError {
    /// Contributors of such a shower.
    pub contributors: u32,
    /// The better rank.
    pub rank: Rank,
}

/// Checks that in a shower of `contributors` no rank has worse odds than the next one. Inside a tier weights
/// fall and certain places come first, so only the last of each tier and the first of the next are compared.
///
/// # Errors
/// [`OddsError`] with the first rank that is worse off.
pub fn monotone(
    tiers: &TierRule,
    eggs: &PerTier<u32>,
    tilt_bp: u32,
    contributors: u32,
) -> Result<(), OddsError> {
    let sizes = tiers.sizes(contributors);
    let issued = issue(eggs, &sizes).eggs;
    let mut before: Option<Odds> = None;
    let mut last = 0u32; // sizes add up to `contributors`
    for (tier, size) in sizes.iter().filter(|(_, size)| **size > 0) {
        let weights = Weights::new(*size, *issued.get(tier), tilt_bp);
        if before.is_some_and(|before| !before.at_least(&weights.odds(0))) {
            return Err(OddsError { contributors, rank: Rank(last) });
        }
        before = Some(weights.odds(size.saturating_sub(1)));
        last = last.saturating_add(*size);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LEVANA: TierRule = TierRule { legendary: 10, ancient_bp: 900, rare_bp: 2250 };
    const EGGS: PerTier<u32> = PerTier { legendary: 10, ancient: 30, rare: 61, common: 101 };

    #[test]
    fn a_thousand_wallets() {
        let percent = |rank| odds(&LEVANA, &EGGS, 2_000, 1_000, Rank(rank)).unwrap().percent();
        assert_eq!((percent(1), percent(10)), ("100.00".into(), "100.00".into()));
        assert_eq!((percent(11), percent(99)), ("36.77".into(), "30.64".into()));
        assert_eq!((percent(100), percent(322)), ("29.84".into(), "24.86".into()));
        assert_eq!(odds(&LEVANA, &EGGS, 2_000, 1_000, Rank(0)), None);
        assert_eq!(odds(&LEVANA, &EGGS, 2_000, 1_000, Rank(1_001)), None);
    }

    #[test]
    fn a_tier_with_too_few_eggs_is_named() {
        // Of 31: 3 Legendary, 3 Ancient, 6 Rare. With 2 of 3 the last Ancient has 20/33, with 4 of 6 the first Rare 8/11.
        let tiers = TierRule { legendary: 3, ..LEVANA };
        let eggs = |ancient| PerTier { legendary: 3, ancient, rare: 4, common: 6 };
        let found = Err(OddsError { contributors: 31, rank: Rank(6) });
        assert_eq!(monotone(&tiers, &eggs(2), 2_000, 31), found);
        assert_eq!(monotone(&tiers, &eggs(3), 2_000, 31), Ok(()));
        let at = |rank| odds(&tiers, &eggs(2), 2_000, 31, Rank(rank)).unwrap();
        assert_eq!(
            (at(6), at(7)),
            (Odds { numerator: 20, denominator: 33 }, Odds { numerator: 8, denominator: 11 })
        );
        // Equal odds are not worse: nobody's tier matters where nobody has an egg.
        assert_eq!(monotone(&tiers, &PerTier::default(), 2_000, 31), Ok(()));
    }

    #[test]
    fn a_tier_of_one_and_certain_places() {
        assert_eq!(Weights::new(1, 1, 2_000).odds(0), Odds::CERTAIN);
        assert_eq!(Weights::new(1, 0, 2_000).odds(0), Odds::NONE);
        // Two meteors, one egg: weights 12,000 and 10,000.
        let two = Weights::new(2, 1, 2_000);
        assert_eq!(two.odds(0), Odds { numerator: 6, denominator: 11 });
        assert_eq!(two.odds(1), Odds { numerator: 5, denominator: 11 });
        let all = Weights::new(3, 3, 2_000);
        assert_eq!((all.certain(), all.eggs(), all.sum()), (3, 0, 0));
        assert_eq!((all.odds(2), all.odds(3)), (Odds::CERTAIN, Odds::NONE));
        let none = Weights::new(0, 5, 2_000);
        assert_eq!((none.certain(), none.eggs(), none.sum(), none.odds(0)), (0, 0, 0, Odds::NONE));
    }

    #[test]
    fn the_largest_tiers_fit() {
        for (eggs, tilt_bp) in [(0, 0), (1, MAX_TILT_BP), (u32::MAX - 1, MAX_TILT_BP), (u32::MAX, 0)] {
            let weights = Weights::new(u32::MAX, eggs, tilt_bp);
            assert_eq!(weights.certain() + weights.eggs(), eggs);
            assert!(weights.sum() < 1 << 79);
            assert!(weights.odds(u32::MAX - 1).numerator < 1 << 110);
        }
        // More tilt than there may be counts as the most.
        assert_eq!(Weights::new(9, 1, u32::MAX).odds(0), Weights::new(9, 1, MAX_TILT_BP).odds(0));
    }

    #[test]
    fn percents_are_rounded_down() {
        let percent = |numerator, denominator| Odds { numerator, denominator }.percent();
        assert_eq!((percent(2, 3), percent(1, 400)), ("66.66".into(), "0.25".into()));
        assert_eq!((percent(1, 20), percent(1, 10_001)), ("5.00".into(), "0.00".into()));
        assert_eq!((Odds::NONE.percent(), Odds::CERTAIN.percent()), ("0.00".into(), "100.00".into()));
    }

    #[test]
    fn fractions_are_in_lowest_terms() {
        assert_eq!(Odds::of(12, 18), Odds { numerator: 2, denominator: 3 });
        assert_eq!(Odds::of(0, 7), Odds::NONE);
        assert_eq!((Odds::of(5, 0), Odds::of(0, 0)), (Odds::NONE, Odds::NONE));
    }

    #[test]
    fn fractions_are_written_as_decimal_texts() {
        let odds = Odds { numerator: 1 << 100, denominator: 3 };
        let text = r#"{"numerator":"1267650600228229401496703205376","denominator":"3"}"#;
        assert_eq!(serde_json::to_string(&odds).unwrap(), text);
        assert_eq!(serde_json::from_str::<Odds>(text).unwrap(), odds);
    }

    #[test]
    fn fractions_compare_without_overflow() {
        use core::cmp::Ordering::{Equal, Greater, Less};
        assert_eq!(compare((1, 2), (2, 4)), Equal);
        assert_eq!(compare((u128::MAX, u128::MAX - 1), (1, 1)), Greater);
        assert_eq!(compare((u128::MAX - 2, u128::MAX - 1), (u128::MAX - 1, u128::MAX)), Less);
        assert_eq!(compare((0, 1), (1, u128::MAX)), Less);
        assert_eq!((compare((1, 3), (0, 5)), compare((0, 3), (0, 5))), (Greater, Equal));
        assert_eq!(
            (compare((1, 0), (9, 1)), compare((9, 1), (1, 0)), compare((1, 0), (2, 0))),
            (Greater, Less, Equal)
        );
    }

    /// As the design says it: while the first of the rest is certain, it is taken out.
    fn one_by_one(size: u32, eggs: u32, tilt_bp: u32) -> (u32, u32, u128) {
        let weigh = |place: u32| match size {
            1 => 1,
            _ => u128::from(size - 1) * 10_000 + u128::from(tilt_bp) * u128::from(size - 1 - place),
        };
        let mut sum: u128 = (0..size).map(weigh).sum();
        let (mut certain, mut eggs) = (0, eggs.min(size));
        while eggs > 0 && u128::from(eggs) * weigh(certain) >= sum {
            sum -= weigh(certain);
            (certain, eggs) = (certain + 1, eggs - 1);
        }
        (certain, eggs, sum)
    }

    #[test]
    fn certain_places_are_those_taken_out_one_by_one() {
        for size in 0..60 {
            for eggs in 0..=size + 1 {
                for tilt_bp in [0, 1, 333, 2_000, MAX_TILT_BP] {
                    let Weights { certain, eggs: left, sum, .. } = Weights::new(size, eggs, tilt_bp);
                    assert_eq!(
                        (certain, left, sum),
                        one_by_one(size, eggs, tilt_bp),
                        "{size} {eggs} {tilt_bp}"
                    );
                }
            }
        }
    }

    proptest! {
        #[test]
        fn certain_places_of_large_tiers(size in 0u32..5_000, share in 0.0f64..1.2, tilt_bp in 0u32..=MAX_TILT_BP) {
            #[allow(clippy::as_conversions, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a test's draw
            let eggs = (f64::from(size) * share) as u32;
            let Weights { certain, eggs: left, sum, .. } = Weights::new(size, eggs, tilt_bp);
            prop_assert_eq!((certain, left, sum), one_by_one(size, eggs, tilt_bp));
        }

        #[test]
        fn comparing_is_the_cross_product(a in 0u64.., b in 1u64.., c in 0u64.., d in 1u64..) {
            let wide = u128::from;
            prop_assert_eq!(compare((wide(a), wide(b)), (wide(c), wide(d))), (wide(a) * wide(d)).cmp(&(wide(c) * wide(b))));
        }
    }
}
