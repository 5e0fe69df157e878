//! How money is split between the payees, to the last micro-unit.

use alloc::vec::Vec;

use crate::BASIS_POINTS;

/// Splits `amount` (micro-denom) by `shares` (basis points that add up to 10,000): each gets its share
/// rounded down, and the first also gets what the rounding left, so that the parts always add up to `amount`.
///
/// Shares that don't add up to 10,000 are the caller's to refuse; the parts still never exceed `amount` as
/// long as the shares don't exceed the whole.
pub fn split(amount: u128, shares: &[u32]) -> Vec<u128> {
    let whole = u128::from(BASIS_POINTS);
    let (thousands, rest) = (amount / whole, amount % whole);
    let mut parts: Vec<u128> = shares
        .iter()
        .map(|share| {
            // In two halves, so that no amount overflows: share <= 10,000.
            let share = u128::from(*share);
            thousands.saturating_mul(share).saturating_add(rest * share / whole)
        })
        .collect();
    let paid: u128 = parts.iter().fold(0, |sum, part| sum.saturating_add(*part));
    if let Some(first) = parts.first_mut() {
        *first += amount.saturating_sub(paid);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_remainder_goes_to_the_first() {
        assert_eq!(split(10, &[3333, 3333, 3334]), vec![4, 3, 3]);
        assert_eq!(split(1, &[1650, 8350]), vec![1, 0]);
        assert_eq!(split(0, &[8350, 1650]), vec![0, 0]);
        assert_eq!(split(5, &[]), Vec::<u128>::new());
    }

    proptest! {
        #[test]
        fn parts_add_up(amount in any::<u128>(), cuts in prop::collection::vec(0u32..=10_000, 0..6)) {
            let mut cuts = cuts;
            cuts.sort_unstable();
            cuts.push(10_000);
            let mut from = 0;
            let shares: Vec<u32> = cuts.iter().map(|to| { let share = to - from; from = *to; share }).collect();
            let parts = split(amount, &shares);
            prop_assert_eq!(parts.iter().sum::<u128>(), amount);
            for (part, share) in parts.iter().zip(&shares).skip(1) {
                let exact = amount / 10_000 * u128::from(*share);
                prop_assert!(*part >= exact && *part - exact <= u128::from(*share));
            }
        }
    }
}
