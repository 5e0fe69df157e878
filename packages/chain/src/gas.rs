//! Fees: how much gas a transaction may use and what a unit costs.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A gas price that can't be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("gas price {0:?} can't be read: write it like 0.15uusd, without spaces or exponents")]
pub struct GasPriceError(String);

/// What a unit of gas costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GasPrice {
    /// Denom of the fee.
    pub denom: String,
    /// Price in millionths of a micro-denom: `0.15uusd` is 150,000.
    pub millionths: u64,
}

const MILLION: u64 = 1_000_000;

impl GasPrice {
    /// The fee for `gas`, rounded up (micro-denom).
    pub fn fee(&self, gas: u64) -> u128 {
        (u128::from(gas) * u128::from(self.millionths)).div_ceil(u128::from(MILLION))
    }

    /// The price as a decimal number: `0.15`.
    pub fn decimal(&self) -> String {
        let (whole, fraction) = (self.millionths / MILLION, self.millionths % MILLION);
        let text = format!("{whole}.{fraction:06}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

impl fmt::Display for GasPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (self.millionths / MILLION, self.millionths % MILLION);
        write!(f, "{whole}.{fraction:06}{}", self.denom)
    }
}

impl FromStr for GasPrice {
    type Err = GasPriceError;

    /// Reads a decimal number of at most six places followed by the denom, as in `0.15uusd`.
    fn from_str(text: &str) -> Result<Self, GasPriceError> {
        let bad = || GasPriceError(text.to_owned());
        let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(bad)?;
        let (number, denom) = text.split_at_checked(digits).ok_or_else(bad)?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        // `1e3uusd` would be a price of 1 in a denom that nobody meant.
        let exponent = denom
            .strip_prefix(['e', 'E'])
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+'));
        let plain = denom.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/:._-".contains(&byte));
        if whole.is_empty() || fraction.len() > 6 || denom.len() < 3 || exponent || !plain {
            return Err(bad());
        }
        let whole: u64 = whole.parse().map_err(|_| bad())?;
        let fraction: u64 = format!("{fraction:0<6}").parse().map_err(|_| bad())?;
        let millionths = whole.checked_mul(MILLION).and_then(|w| w.checked_add(fraction)).ok_or_else(bad)?;
        Ok(Self { denom: denom.to_owned(), millionths })
    }
}

/// The price of `denom` in a node's list of least prices (`28.325000000000000000uluna,0.75uusd`), rounded up to what a
/// [`GasPrice`] can be; `None` if it isn't in there.
pub fn least(list: &str, denom: &str) -> Option<GasPrice> {
    let is_number = |number: &&str| number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let mut numbers = list.split(',').filter_map(|price| price.trim().strip_suffix(denom).filter(is_number));
    let number = numbers.next()?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let (kept, cut) = fraction.split_at_checked(6).unwrap_or((fraction, ""));
    let whole: u64 = whole.parse().ok()?;
    let fraction: u64 = format!("{kept:0<6}").parse().ok()?;
    let up = u64::from(cut.bytes().any(|digit| digit != b'0'));
    let millionths = whole.checked_mul(MILLION)?.checked_add(fraction)?.checked_add(up)?;
    Some(GasPrice { denom: denom.to_owned(), millionths })
}

/// What was measured, and a third more: the block will have another state than the simulation.
pub fn with_margin(simulated: u64) -> u64 {
    simulated.saturating_add(simulated / 3).saturating_add(10_000)
}

/// The most that may be measured so that it fits `limit` with its margin.
pub const fn within(limit: u64) -> u64 {
    limit.saturating_sub(10_000) / 4 * 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_and_fees_rounded_up() {
        let price: GasPrice = "0.15uusd".parse().unwrap();
        assert_eq!(price, GasPrice { denom: "uusd".into(), millionths: 150_000 });
        assert_eq!(price.fee(1), 1);
        assert_eq!(price.fee(200_000), 30_000);
        assert_eq!("28.325uluna".parse::<GasPrice>().unwrap().fee(1_000), 28_325);
        let decimal = |text: &str| text.parse::<GasPrice>().unwrap().decimal();
        assert_eq!(
            ["0.15uusd", "28.325uluna", "100uluna", "0uluna"].map(decimal),
            ["0.15", "28.325", "100", "0"]
        );
        assert_eq!("1uluna".parse::<GasPrice>().unwrap().fee(7), 7);
    }

    #[test]
    fn the_least_price_is_the_one_of_the_denom_and_never_less_than_it_is() {
        let list = "28.325000000000000000uluna, 0.0000001uusd,7ukrw";
        let of = |denom: &str| least(list, denom).map(|price| price.millionths);
        assert_eq!(["uluna", "uusd", "ukrw"].map(of), [Some(28_325_000), Some(1), Some(7_000_000)]);
        assert_eq!([of("luna"), of("ueur"), least("", "uusd").map(|_| 0)], [None; 3]);
    }

    #[test]
    fn what_is_within_a_limit_fits_it_with_its_margin() {
        for limit in [0, 9_999, 10_000, 10_004, 1_000_000, 20_000_000, u64::MAX] {
            assert!(with_margin(within(limit)) <= limit.max(10_000), "{limit}");
        }
        assert!(with_margin(within(20_000_000) + 10) > 20_000_000, "and not much more would");
    }

    #[test]
    fn bad_prices_say_so() {
        for bad in [
            "",
            "uusd",
            ".5uusd",
            "0.1234567uusd",
            "0.1",
            "1.2.3uusd",
            "99999999999999999999uusd",
            "1 uusd",
            "1uusd ",
            " 1uusd",
            "1e3uusd",
            "1E-3uusd",
            "1uusd,2uluna",
        ] {
            assert!(bad.parse::<GasPrice>().is_err(), "{bad}");
        }
        assert!("1eur".parse::<GasPrice>().is_ok(), "a denom may begin with e");
    }
}
