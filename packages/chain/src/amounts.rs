//! Amounts as people write them: `75 UST` for 75000000uusd.

use std::fmt::Display;

/// Micro-denoms in a whole.
const MICRO: u128 = 1_000_000;

/// `amount` (micro-denom) of `denom`, exactly: `1,234.5 UST`; a denom that isn't in millionths stays what it is.
pub fn coins(amount: u128, denom: &str) -> String {
    match symbol(denom) {
        Some(symbol) => format!("{} {symbol}", decimal(amount)),
        None => format!("{} {denom}", grouped(amount)),
    }
}

/// About `amount`, for an estimate: rounded up to three digits.
pub fn about(amount: u128, denom: &str) -> String {
    let digits = u32::try_from(amount.to_string().len()).unwrap_or(u32::MAX);
    let unit = 10_u128.checked_pow(digits.saturating_sub(3)).unwrap_or(1);
    coins(amount.div_ceil(unit).saturating_mul(unit), denom)
}

/// What people call a denom of millionths; `None` for any other. Terra's stablecoins are `uusd` for UST, `ukrw` for KRT.
fn symbol(denom: &str) -> Option<String> {
    let name = denom.strip_prefix('u').filter(|name| name.bytes().all(|byte| byte.is_ascii_lowercase()))?;
    match name.len() {
        0..3 => None,
        3 => name.get(..2).map(|two| format!("{}T", two.to_uppercase())),
        4.. => Some(name.to_uppercase()),
    }
}

fn decimal(amount: u128) -> String {
    let (whole, fraction) = (grouped(amount / MICRO), format!("{:06}", amount % MICRO));
    match fraction.trim_end_matches('0') {
        "" => whole,
        fraction => format!("{whole}.{fraction}"),
    }
}

/// So many wallets.
pub fn wallets(count: u128) -> String {
    counted(grouped(count), "wallet")
}

/// So many of what is called `one`: `1 shower`, `2 showers`.
pub fn counted(count: impl Display, one: &str) -> String {
    let count = count.to_string();
    let many = if count == "1" { "" } else { "s" };
    format!("{count} {one}{many}")
}

/// A whole number with commas between its thousands.
pub fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len().saturating_sub(at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_not_many() {
        assert_eq!([0, 1, 11].map(|count| counted(count, "shower")), ["0 showers", "1 shower", "11 showers"]);
        assert_eq!([1, 1_000].map(wallets), ["1 wallet", "1,000 wallets"]);
    }

    #[test]
    fn amounts_are_exact_and_have_their_symbol() {
        for (amount, denom, text) in [
            (75_000_000, "uusd", "75 UST"),
            (1_234_500_000, "uusd", "1,234.5 UST"),
            (1, "uluna", "0.000001 LUNA"),
            (3_980_000_000_000, "ukrw", "3,980,000 KRT"),
            (1_000_000, "uatom", "1 ATOM"),
            (1_000_000, "ibc/0471", "1,000,000 ibc/0471"),
            (999, "stake", "999 stake"),
            (0, "us", "0 us"),
        ] {
            assert_eq!(coins(amount, denom), text);
        }
        assert_eq!(about(213_947_959, "uluna"), "214 LUNA");
        assert_eq!(about(12, "uluna"), "0.000012 LUNA");
        assert_eq!(about(9_724_908, "uluna"), "9.73 LUNA");
    }
}
