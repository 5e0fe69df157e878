//! Where the numbers of traits come from.

use std::collections::BTreeMap;

use meteor_rules::metadata::{Column, Values};
use meteor_rules::tier::{PerTier, Tier};

use super::form::Chances;
use super::wrong::Wrong;
use crate::draw::chance::Chance;

/// Where a trait's number comes from, for each tier.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// The weight of each number, from 0 on.
    Weights(PerTier<Vec<u32>>),
    /// From the first to the second.
    Range(PerTier<(u32, u32)>),
}

impl Source {
    /// Checks chances against the column that they are for.
    pub(super) fn new(chances: &Chances, column: &Column) -> Result<Self, Wrong> {
        let name = || column.trait_type.clone();
        let range = |tiers: PerTier<(u32, u32)>| {
            if !super::texts(&column.values).is_empty() {
                return Err(Wrong::RangeOfTexts { column: name() });
            }
            match tiers.iter().find(|(_, (from, to))| from > to) {
                Some((_, (from, to))) => Err(Wrong::Backwards { column: name(), from: *from, to: *to }),
                None => Ok(Self::Range(tiers)),
            }
        };
        match chances {
            Chances::Range(from, to) => range(PerTier::from_fn(|_| (*from, *to))),
            Chances::TierRange(tiers) => range(*tiers),
            Chances::Weights(weights) => {
                let weights = weighed(weights, column)?;
                Ok(Self::Weights(PerTier::from_fn(|_| weights.clone())))
            }
            Chances::TierWeights(tiers) => Ok(Self::Weights(PerTier {
                legendary: weighed(&tiers.legendary, column)?,
                ancient: weighed(&tiers.ancient, column)?,
                rare: weighed(&tiers.rare, column)?,
                common: weighed(&tiers.common, column)?,
            })),
        }
    }

    /// The least and the most over all tiers; `None` for values by name.
    pub(super) fn range(&self) -> Option<(u32, u32)> {
        match self {
            Self::Weights(_) => None,
            Self::Range(tiers) => {
                let least = tiers.iter().map(|(_, (from, _))| *from).min()?;
                Some((least, tiers.iter().map(|(_, (_, to))| *to).max()?))
            }
        }
    }

    /// The number of one piece.
    pub(super) fn number(&self, tier: Tier, chance: &mut Chance) -> u32 {
        match self {
            Self::Range(tiers) => {
                let (from, to) = *tiers.get(tier);
                let count = u64::from(to.saturating_sub(from)).saturating_add(1);
                from.saturating_add(u32::try_from(chance.below(count)).unwrap_or_default())
            }
            Self::Weights(tiers) => {
                let weights = tiers.get(tier);
                let mut left = chance.below(weights.iter().map(|weight| u64::from(*weight)).sum());
                for (number, weight) in (0_u32..).zip(weights) {
                    match left.checked_sub(u64::from(*weight)) {
                        Some(rest) => left = rest,
                        None => return number,
                    }
                }
                0
            }
        }
    }
}

/// The weight of each of the column's numbers; an error for a value that it doesn't have, or if all weigh nothing.
fn weighed(weights: &BTreeMap<String, u32>, column: &Column) -> Result<Vec<u32>, Wrong> {
    let name = || column.trait_type.clone();
    let values: Vec<&str> = match &column.values {
        Values::Number { .. } | Values::Tenths { .. } => {
            return Err(Wrong::WeightsOfNumbers { column: name() });
        }
        Values::Text(texts) => texts.iter().map(String::as_str).collect(),
        // Number 0 leaves the trait out.
        Values::TextOrNone(texts) => std::iter::once("").chain(texts.iter().map(String::as_str)).collect(),
    };
    if let Some(given) = weights.keys().find(|given| !values.contains(&given.as_str())) {
        let known = values.iter().map(|value| (*value).to_owned()).collect();
        return Err(Wrong::NoValue { column: name(), given: given.clone(), known });
    }
    if weights.values().all(|weight| *weight == 0) {
        return Err(Wrong::NoWeight { column: name() });
    }
    Ok(values.iter().map(|value| weights.get(*value).copied().unwrap_or_default()).collect())
}
