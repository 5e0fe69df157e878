//! Terra Classic's tax on coins that are sent.

use crate::{NodeError, Pool};

/// The rate's unit: a chain's decimals have 18 places.
const UNIT: u128 = 1_000_000_000_000_000_000;
/// CometBFT of Terra Classic 3.x, which caps taxes out of a fee alone. What a contract sends is capped since 4.0.
const UNCAPPED: &str = "0.37.";

/// The part of an amount that the chain keeps.
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

    /// This part of `amount`, rounded down as the chain does.
    fn part(self, amount: u128) -> u128 {
        // Split so that no product overflows: the rate is at most the unit, 60 bits.
        let whole = (amount / UNIT).saturating_mul(self.0);
        let rest = amount % UNIT;
        whole.saturating_add(rest * self.0 / UNIT)
    }

    /// The least amount of which `due` is left without this part; `None` if nothing is ever left or the amount
    /// exceeds 128 bits.
    fn to_leave(self, due: u128) -> Option<u128> {
        // Since the part is rounded down, of x is left x(1 - rate), rounded up: at least `due` where x(1 -
        // rate) > due - 1.
        let Some(below) = due.checked_sub(1) else { return Some(0) };
        below.checked_mul(UNIT)?.checked_div(UNIT.checked_sub(self.0)?)?.checked_add(1)
    }
}

/// What the chain keeps of each transfer in one denom: a part, but no more than a cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tax {
    rate: Rate,
    /// In micro-denom.
    cap: u128,
}

impl Tax {
    /// A part of each transfer, at most `cap` (micro-denom) if there is one.
    pub fn new(rate: Rate, cap: Option<u128>) -> Self {
        Self { rate, cap: cap.unwrap_or(u128::MAX) }
    }

    /// The chain's tax on `denom` now; nothing on a chain without this tax.
    ///
    /// # Errors
    /// If no node answers, or with what can be no tax.
    pub async fn of(node: &Pool, denom: &str) -> Result<Self, NodeError> {
        let rate = Rate::of(node).await?;
        if rate == Rate::default() || node.status().await?.version.starts_with(UNCAPPED) {
            return Ok(Self::new(rate, None));
        }
        let Some(text) = node.tax_cap(denom).await? else { return Ok(Self::new(rate, None)) };
        let cap = text.parse().map_err(|_| NodeError::Malformed(format!("tax cap {text} of {denom}")))?;
        Ok(Self::new(rate, Some(cap)))
    }

    /// The part of each transfer, before the cap.
    pub fn rate(self) -> Rate {
        self.rate
    }

    /// The most that it takes of one transfer (micro-denom); `None` if it takes the part of any amount.
    pub fn cap(self) -> Option<u128> {
        (self.cap < u128::MAX).then_some(self.cap)
    }

    /// Whether it takes nothing of anything.
    pub fn is_zero(self) -> bool {
        self.rate == Rate::default() || self.cap == 0
    }

    /// The tax on `amount` (micro-denom).
    pub fn on(self, amount: u128) -> u128 {
        self.rate.part(amount).min(self.cap)
    }

    /// What arrives when a contract sends `amount` (micro-denom).
    pub fn arrives(self, amount: u128) -> u128 {
        amount.saturating_sub(self.on(amount))
    }

    /// The least amount of which `due` arrives (both micro-denom); `None` if the tax takes everything or the
    /// amount exceeds 128 bits.
    pub fn to_arrive(self, due: u128) -> Option<u128> {
        match (self.rate.to_leave(due), due.checked_add(self.cap)) {
            (Some(part), Some(capped)) => Some(part.min(capped)),
            (least, None) | (None, least) => least,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn tax(rate: u128, cap: Option<u128>) -> Tax {
        Tax::new(Rate::new(rate).unwrap(), cap)
    }

    #[test]
    fn what_arrives_is_what_a_node_of_the_chain_showed() {
        let tax = tax(UNIT / 200, None);
        assert_eq!(tax.arrives(10_000_000), 9_950_000);
        assert_eq!(tax.arrives(199), 199);
        assert_eq!(tax.arrives(200), 199);
        assert_eq!(Tax::new(Rate::default(), None).arrives(7), 7);
        assert_eq!(self::tax(UNIT, None).arrives(u128::MAX), 0);
        assert_eq!([None, Some(0), Some(7)].map(|cap| self::tax(1, cap).cap()), [None, Some(0), Some(7)]);
        assert_eq!(Rate::new(UNIT + 1), None);
        // Terra Classic 4.0 with the cap that its genesis has, one SDR.
        assert_eq!(self::tax(UNIT / 200, Some(1_000_000)).arrives(3_173_844_393), 3_172_844_393);
        assert_eq!(tax.arrives(3_173_844_393), 3_157_975_172, "without the cap");
    }

    #[test]
    fn the_cap_takes_over_where_the_part_is_more() {
        let tax = tax(UNIT / 200, Some(1_000_000));
        assert_eq!(
            [199_999_999, 200_000_000, 200_000_199].map(|amount| tax.on(amount)),
            [999_999, 1_000_000, 1_000_000]
        );
        assert!(
            self::tax(UNIT / 200, Some(0)).is_zero() && self::tax(0, Some(5)).is_zero() && !tax.is_zero()
        );
    }

    #[test]
    fn a_rate_is_written_without_idle_zeros() {
        let written = |atomics| Rate::new(atomics).unwrap().decimal();
        assert_eq!([0, 1, UNIT / 200, UNIT].map(written), ["0", "0.000000000000000001", "0.005", "1"]);
    }

    #[test]
    fn what_arrives_is_exactly_what_is_due() {
        for rate in [0, 1, UNIT / 200, UNIT / 3, UNIT - 1] {
            for cap in [None, Some(0), Some(1), Some(40_000), Some(1_000_000)] {
                let tax = tax(rate, cap);
                for due in [0, 1, 199, 200, 8_000_000, 198_999_999, 199_000_000, 199_000_001, 74_195_123_457]
                {
                    let amount = tax.to_arrive(due).unwrap();
                    assert_eq!(tax.arrives(amount), due, "{tax:?}");
                    assert!(amount == 0 || tax.arrives(amount - 1) < due, "no less would do");
                }
            }
        }
        assert_eq!(tax(UNIT, None).to_arrive(1), None);
        assert_eq!(tax(UNIT, Some(5)).to_arrive(1), Some(6));
        assert_eq!(tax(0, None).to_arrive(u128::MAX), None);
    }
}
