//! What each settlement holds back until the shower's key is published.

use crate::BASIS_POINTS;

/// What is held back of a contribution of `amount` (micro-denom): `holdback_bp` basis points of it, rounded
/// down. The parts of all contributions add up to what a shower holds back, so each can be returned to the
/// last unit.
pub fn held(amount: u128, holdback_bp: u32) -> u128 {
    let (whole, share) = (u128::from(BASIS_POINTS), u128::from(holdback_bp.min(BASIS_POINTS)));
    // In two halves, so that no amount overflows: share <= 10,000.
    (amount / whole).saturating_mul(share).saturating_add(amount % whole * share / whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_share_rounded_down() {
        assert_eq!(held(8_000_000, 500), 400_000);
        assert_eq!(held(19, 500), 0);
        assert_eq!(held(20, 500), 1);
        assert_eq!(held(u128::MAX, 10_000), u128::MAX);
        assert_eq!(held(u128::MAX, 0), 0);
    }

    proptest! {
        #[test]
        fn never_more_than_the_share(amount in any::<u128>(), bp in 0u32..=10_000) {
            let part = held(amount, bp);
            prop_assert!(part <= amount);
            if let Some(product) = amount.checked_mul(bp.into()) {
                prop_assert_eq!(part, product / 10_000);
            }
        }
    }
}
