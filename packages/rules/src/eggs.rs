//! How many eggs each tier of a shower holds.

use serde::{Deserialize, Serialize};

use crate::tier::PerTier;

/// What a shower issues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// Eggs in each tier.
    pub eggs: PerTier<u32>,
    /// Eggs left over because every meteor of their tier and the tiers below holds one. They are not issued.
    pub unissued: u32,
}

/// The eggs of a shower whose tiers have `sizes`, when `rule` says how many each tier should hold. A tier
/// smaller than its eggs has one in every meteor and passes the surplus to the next tier down.
pub fn issue(rule: &PerTier<u32>, sizes: &PerTier<u32>) -> Issue {
    let mut surplus = 0u32;
    let eggs = PerTier::from_fn(|tier| {
        let due = rule.get(tier).saturating_add(surplus);
        let here = due.min(*sizes.get(tier));
        surplus = due - here;
        here
    });
    Issue { eggs, unissued: surplus }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tier::TierRule;
    use proptest::prelude::*;

    const LEVANA: TierRule = TierRule { legendary: 10, ancient_bp: 900, rare_bp: 2250 };
    const EGGS: PerTier<u32> = PerTier { legendary: 10, ancient: 30, rare: 61, common: 101 };

    #[test]
    fn a_full_shower_issues_202() {
        let issued = issue(&EGGS, &LEVANA.sizes(1000));
        assert_eq!(issued, Issue { eggs: EGGS, unissued: 0 });
    }

    #[test]
    fn surplus_falls_to_the_next_tier_down() {
        let sizes = PerTier { legendary: 10, ancient: 8, rare: 20, common: 62 };
        let issued = issue(&EGGS, &sizes);
        assert_eq!(issued, Issue { eggs: sizes, unissued: 102 });
        let roomy = PerTier { legendary: 10, ancient: 8, rare: 90, common: 500 };
        assert_eq!(issue(&EGGS, &roomy).eggs, PerTier { legendary: 10, ancient: 8, rare: 83, common: 101 });
    }

    proptest! {
        #[test]
        fn eggs_fit_their_tiers_and_sum_to_the_lesser(n in 0u32..20_000) {
            let sizes = LEVANA.sizes(n);
            let issued = issue(&EGGS, &sizes);
            for (tier, eggs) in issued.eggs.iter() {
                prop_assert!(eggs <= sizes.get(tier));
            }
            prop_assert_eq!(issued.eggs.total(), u64::from(n.min(202)));
            prop_assert_eq!(issued.eggs.total() + u64::from(issued.unissued), 202);
        }

        #[test]
        fn nothing_is_lost_under_any_rule(rule in any::<[u32; 4]>(), sizes in any::<[u32; 4]>()) {
            let per = |x: [u32; 4]| PerTier { legendary: x[0] / 4, ancient: x[1] / 4, rare: x[2] / 4, common: x[3] / 4 };
            let (rule, sizes) = (per(rule), per(sizes));
            let issued = issue(&rule, &sizes);
            prop_assert_eq!(issued.eggs.total() + u64::from(issued.unissued), rule.total());
        }
    }
}
