//! Terra Classic's tax on coins that are sent.

use crate::{NodeError, Pool};

/// The rate's unit: a chain's decimals have 18 places.
const UNIT: u128 = 1_000_000_000_000_000_000;

/// The part of an amount that the chain keeps when a contract sends it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate(u128);

impl Rate {
    /// A rate in units of 10⁻¹⁸, or `None` if it is above one.
    pub fn new(atomics: u128) -> Option<Self> {
        (atomics <= UNIT).then_some(Self(atomics))
    }

    /// The chain's rate now; zero on a chain without this tax.
    ///
    /// # Errors
    /// If no node answers, or with a rate above one.
    pub async fn of(node: &Pool) -> Result<Self, NodeError> {
        let Some(text) = node.burn_tax_rate().await? else { return Ok(Self::default()) };
        let malformed = || NodeError::Malformed(format!("tax rate {text}"));
        text.parse().ok().and_then(Self::new).ok_or_else(malformed)
    }

    /// The rate as a decimal number: `0.005`.
    pub fn decimal(self) -> String {
        let text = format!("{}.{:018}", self.0 / UNIT, self.0 % UNIT);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    /// The tax on `amount` (micro-denom), rounded down as the chain does.
    pub fn tax(self, amount: u128) -> u128 {
        // Split so that no product overflows: the rate is at most the unit, 60 bits.
        let whole = (amount / UNIT).saturating_mul(self.0);
        let rest = amount % UNIT;
        whole.saturating_add(rest * self.0 / UNIT)
    }

    /// What arrives when a contract sends `amount` (micro-denom).
    pub fn arrives(self, amount: u128) -> u128 {
        amount.saturating_sub(self.tax(amount))
    }

    /// The least amount of which `due` arrives (both micro-denom); `None` if the tax takes everything or the
    /// amount exceeds 128 bits.
    pub fn to_arrive(self, due: u128) -> Option<u128> {
        // Since the tax is rounded down, of x arrives x(1 - rate), rounded up: at least `due` where x(1 -
        // rate) > due - 1.
        let Some(below) = due.checked_sub(1) else { return Some(0) };
        below.checked_mul(UNIT)?.checked_div(UNIT.checked_sub(self.0)?)?.checked_add(1)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_arrives_is_what_a_node_of_the_chain_showed() {
        let rate = Rate::new(5_000_000_000_000_000).unwrap();
        assert_eq!(rate.arrives(10_000_000), 9_950_000);
        assert_eq!(rate.arrives(199), 199);
        assert_eq!(rate.arrives(200), 199);
        assert_eq!(Rate::default().arrives(7), 7);
        assert_eq!(Rate::new(UNIT).unwrap().arrives(u128::MAX), 0);
        assert_eq!(Rate::new(UNIT + 1), None);
    }

    #[test]
    fn a_rate_is_written_without_idle_zeros() {
        let written = |atomics| Rate::new(atomics).unwrap().decimal();
        assert_eq!([0, 1, UNIT / 200, UNIT].map(written), ["0", "0.000000000000000001", "0.005", "1"]);
    }

    #[test]
    fn what_arrives_is_exactly_what_is_due() {
        for rate in [0, 1, UNIT / 200, UNIT / 3, UNIT - 1] {
            let rate = Rate::new(rate).unwrap();
            for due in [0, 1, 199, 200, 8_000_000, 74_195_123_457] {
                let amount = rate.to_arrive(due).unwrap();
                assert_eq!(rate.arrives(amount), due);
                assert!(amount == 0 || rate.arrives(amount - 1) < due, "no less would do");
            }
        }
        assert_eq!(Rate::new(UNIT).unwrap().to_arrive(1), None);
        assert_eq!(Rate::default().to_arrive(u128::MAX), None);
    }
}
