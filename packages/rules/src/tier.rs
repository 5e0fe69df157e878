//! The four tiers of meteors and how ranks are cut into them.

use alloc::string::ToString;
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::BASIS_POINTS;
use crate::ids::Rank;

/// The tier of a meteor, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = TierName))]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// The top contributors, an absolute number of them.
    Legendary,
    /// The next share.
    Ancient,
    /// The share after that.
    Rare,
    /// Everyone else.
    Common,
}

impl Tier {
    /// All tiers, best first.
    pub const ALL: [Self; 4] = [Self::Legendary, Self::Ancient, Self::Rare, Self::Common];

    /// The tier's name as metadata shows it, for example `Legendary`.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Legendary => "Legendary",
            Self::Ancient => "Ancient",
            Self::Rare => "Rare",
            Self::Common => "Common",
        }
    }

    /// Place among the tiers: 0 for Legendary to 3 for Common.
    pub const fn index(self) -> u32 {
        match self {
            Self::Legendary => 0,
            Self::Ancient => 1,
            Self::Rare => 2,
            Self::Common => 3,
        }
    }
}

impl fmt::Display for Tier {
    /// Lower case, as events and the API write it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Legendary => "legendary",
            Self::Ancient => "ancient",
            Self::Rare => "rare",
            Self::Common => "common",
        })
    }
}

/// A text that names no tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("no such tier: it is one of legendary, ancient, rare, common")]
pub struct UnknownTier;

impl FromStr for Tier {
    type Err = UnknownTier;

    fn from_str(text: &str) -> Result<Self, UnknownTier> {
        Self::ALL.into_iter().find(|tier| tier.to_string() == text).ok_or(UnknownTier)
    }
}

/// One value for each tier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PerTier<T> {
    /// For Legendary.
    pub legendary: T,
    /// For Ancient.
    pub ancient: T,
    /// For Rare.
    pub rare: T,
    /// For Common.
    pub common: T,
}

impl<T> PerTier<T> {
    /// Makes the value of each tier, best first.
    pub fn from_fn(mut make: impl FnMut(Tier) -> T) -> Self {
        Self {
            legendary: make(Tier::Legendary),
            ancient: make(Tier::Ancient),
            rare: make(Tier::Rare),
            common: make(Tier::Common),
        }
    }

    /// The value of one tier.
    pub const fn get(&self, tier: Tier) -> &T {
        match tier {
            Tier::Legendary => &self.legendary,
            Tier::Ancient => &self.ancient,
            Tier::Rare => &self.rare,
            Tier::Common => &self.common,
        }
    }

    /// The value of one tier, to be changed.
    pub const fn get_mut(&mut self, tier: Tier) -> &mut T {
        match tier {
            Tier::Legendary => &mut self.legendary,
            Tier::Ancient => &mut self.ancient,
            Tier::Rare => &mut self.rare,
            Tier::Common => &mut self.common,
        }
    }

    /// Each tier with its value, best first.
    pub fn iter(&self) -> impl Iterator<Item = (Tier, &T)> {
        Tier::ALL.into_iter().map(|tier| (tier, self.get(tier)))
    }
}

impl PerTier<u32> {
    /// Sum over the tiers.
    pub fn total(&self) -> u64 {
        self.iter().map(|(_, n)| u64::from(*n)).sum()
    }
}

/// How ranks are cut into tiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TierRule {
    /// So many top ranks are Legendary.
    pub legendary: u32,
    /// Share of the remaining ranks that is Ancient (basis points, rounded half up).
    pub ancient_bp: u32,
    /// Share of the remaining ranks that is Rare (basis points, rounded half up).
    pub rare_bp: u32,
}

/// Why a tier rule can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("ancient and rare take {given} of {BASIS_POINTS} basis points: lower their shares")]
pub struct TierRuleError {
    /// Sum of the two shares as given.
    pub given: u64,
}

impl TierRule {
    /// Checks that the shares leave no less than nothing for Common.
    ///
    /// # Errors
    /// [`TierRuleError`] if Ancient and Rare together take more than everything.
    pub fn validate(&self) -> Result<(), TierRuleError> {
        let given = u64::from(self.ancient_bp) + u64::from(self.rare_bp);
        if given > u64::from(BASIS_POINTS) { Err(TierRuleError { given }) } else { Ok(()) }
    }

    /// How many meteors each tier has in a shower of `contributors`. The sizes add up to `contributors`.
    pub fn sizes(&self, contributors: u32) -> PerTier<u32> {
        let legendary = self.legendary.min(contributors);
        let rest = contributors - legendary;
        let ancient = share(rest, self.ancient_bp).min(rest);
        // The cap matters where both shares round up and Common would go below nothing (5,000 + 5,000 of 1).
        let rare = share(rest, self.rare_bp).min(rest - ancient);
        PerTier { legendary, ancient, rare, common: rest - ancient - rare }
    }

    /// The tier of `rank` in a shower of `contributors`; `None` outside `1..=contributors`.
    pub fn tier_of(&self, rank: Rank, contributors: u32) -> Option<Tier> {
        if rank.0 == 0 || rank.0 > contributors {
            return None;
        }
        let sizes = self.sizes(contributors);
        let mut last = 0u32;
        for (tier, size) in sizes.iter() {
            last += size; // sizes add up to `contributors`, so this stays within u32
            if rank.0 <= last {
                return Some(tier);
            }
        }
        None
    }
}

/// `bp` basis points of `of`, rounded half up.
fn share(of: u32, bp: u32) -> u32 {
    let whole = u64::from(BASIS_POINTS);
    let rounded = (u64::from(of) * u64::from(bp) + whole / 2) / whole;
    u32::try_from(rounded).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LEVANA: TierRule = TierRule { legendary: 10, ancient_bp: 900, rare_bp: 2250 };

    #[test]
    fn thousand_wallets_cut_as_in_2021() {
        let sizes = LEVANA.sizes(1000);
        assert_eq!(sizes, PerTier { legendary: 10, ancient: 89, rare: 223, common: 678 });
    }

    #[test]
    fn fewer_than_ten_are_all_legendary() {
        for n in 0..=10 {
            assert_eq!(LEVANA.sizes(n), PerTier { legendary: n, ..PerTier::default() });
        }
        assert_eq!(LEVANA.sizes(11).common, 1);
    }

    #[test]
    fn ranks_at_the_cuts() {
        for (rank, tier) in [
            (1, Tier::Legendary),
            (10, Tier::Legendary),
            (11, Tier::Ancient),
            (99, Tier::Ancient),
            (100, Tier::Rare),
            (322, Tier::Rare),
            (323, Tier::Common),
            (1000, Tier::Common),
        ] {
            assert_eq!(LEVANA.tier_of(Rank(rank), 1000), Some(tier), "rank {rank}");
        }
        assert_eq!(LEVANA.tier_of(Rank(0), 1000), None);
        assert_eq!(LEVANA.tier_of(Rank(1001), 1000), None);
    }

    #[test]
    fn halves_round_up_and_never_past_the_rest() {
        let halves = TierRule { legendary: 0, ancient_bp: 5000, rare_bp: 5000 };
        assert_eq!(halves.sizes(1), PerTier { legendary: 0, ancient: 1, rare: 0, common: 0 });
        assert_eq!(halves.validate(), Ok(()));
        assert_eq!(TierRule { rare_bp: 5001, ..halves }.validate(), Err(TierRuleError { given: 10_001 }));
    }

    #[test]
    fn names_survive_the_round_trip() {
        for tier in Tier::ALL {
            assert_eq!(tier.to_string().parse(), Ok(tier));
        }
        assert_eq!("Legendary".parse::<Tier>(), Err(UnknownTier));
    }

    proptest! {
        #[test]
        fn tiers_partition_ranks(
            legendary in 0u32..50, ancient_bp in 0u32..=10_000, rare_bp in 0u32..=10_000, n in 0u32..5_000
        ) {
            prop_assume!(ancient_bp + rare_bp <= 10_000);
            let rule = TierRule { legendary, ancient_bp, rare_bp };
            prop_assert_eq!(rule.sizes(n).total(), u64::from(n));
            let mut counted = PerTier::<u32>::default();
            let mut worst = Tier::Legendary;
            for rank in 1..=n {
                let tier = rule.tier_of(Rank(rank), n).unwrap();
                prop_assert!(tier >= worst, "a worse rank has a better tier");
                worst = tier;
                match tier {
                    Tier::Legendary => counted.legendary += 1,
                    Tier::Ancient => counted.ancient += 1,
                    Tier::Rare => counted.rare += 1,
                    Tier::Common => counted.common += 1,
                }
            }
            prop_assert_eq!(counted, rule.sizes(n));
        }

        #[test]
        fn any_size_is_cut_without_overflow(n in any::<u32>(), ancient_bp in 0u32..=10_000) {
            let rule = TierRule { legendary: 10, ancient_bp, rare_bp: 10_000 - ancient_bp };
            prop_assert_eq!(rule.sizes(n).total(), u64::from(n));
        }
    }
}
