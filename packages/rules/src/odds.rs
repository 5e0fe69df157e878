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
    pub fn new(size: u32, eggs: u32, tilt_bp: u32) -> Self {
        let (n, tilt) = (u128::from(size), u128::from(tilt_bp.min(MAX_TILT_BP)));
        // 1 for a tier of one; else n places of (n-1)*10,000 and the sum of tilt*(n-1-j). Below 2^79.
        let pairs = n * n.saturating_sub(1);
        let sum = if size == 1 { 1 } else { pairs * u128::from(BASIS_POINTS) + tilt * pairs / 2 };
        let mut weights = Self { size, tilt_bp, certain: 0, eggs: eggs.min(size), sum };
        // Eggs times a weight stay below 2^78, like the sum.
        while weights.eggs > 0 {
            let first = weights.weight(weights.certain);
            if u128::from(weights.eggs) * first < weights.sum {
                break;
            }
            weights.certain += 1;
            weights.eggs -= 1;
            weights.sum -= first;
        }
        weights
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
    fn a_tier_of_one_and_certain_places() {
        assert_eq!(Weights::new(1, 1, 2_000).odds(0), Odds::CERTAIN);
        assert_eq!(Weights::new(1, 0, 2_000).odds(0), Odds::NONE);
        // Two meteors, one egg: weights 12,000 and 10,000.
        let two = Weights::new(2, 1, 2_000);
        assert_eq!(two.odds(0), Odds { numerator: 6, denominator: 11 });
        assert_eq!(two.odds(1), Odds { numerator: 5, denominator: 11 });
        assert_eq!(Weights::new(3, 3, 2_000).certain(), 3);
    }

    #[test]
    fn fractions_compare_without_overflow() {
        use core::cmp::Ordering::{Equal, Greater, Less};
        assert_eq!(compare((1, 2), (2, 4)), Equal);
        assert_eq!(compare((u128::MAX, u128::MAX - 1), (1, 1)), Greater);
        assert_eq!(compare((u128::MAX - 2, u128::MAX - 1), (u128::MAX - 1, u128::MAX)), Less);
        assert_eq!(compare((0, 1), (1, u128::MAX)), Less);
    }

    proptest! {
        #[test]
        fn comparing_is_the_cross_product(a in 0u64.., b in 1u64.., c in 0u64.., d in 1u64..) {
            let wide = u128::from;
            prop_assert_eq!(compare((wide(a), wide(b)), (wide(c), wide(d))), (wide(a) * wide(d)).cmp(&(wide(c) * wide(b))));
        }
    }
}
