//! Addresses that people type: one that is mistyped is refused before anything is asked or sent.

use anyhow::{Result, ensure};
use bech32::Bech32;
use bech32::primitives::decode::{CheckedHrpstring, CheckedHrpstringError};

/// Bytes of an account's address and of a contract's.
const LENGTHS: [usize; 2] = [20, 32];

/// Reads an address, for an option's `value_parser`: in lower case, as the chain writes it.
///
/// # Errors
/// What is wrong with it, in words that follow a colon.
pub(crate) fn address(text: &str) -> Result<String, String> {
    let checked = CheckedHrpstring::new::<Bech32>(text).map_err(|error| match error {
        CheckedHrpstringError::Checksum(_) => "it is mistyped (checksum)".to_owned(),
        CheckedHrpstringError::Parse(_) => "it is not an address: they look like terra1…".to_owned(),
        _ => "it is not an address".to_owned(),
    })?;
    let bytes = checked.byte_iter().count();
    if !LENGTHS.contains(&bytes) {
        return Err(format!("it is no account and no contract: an address has 20 or 32 bytes, this {bytes}"));
    }
    Ok(text.to_ascii_lowercase())
}

/// What addresses of its chain begin with.
fn prefix(address: &str) -> &str {
    address.rsplit_once('1').map_or("", |(prefix, _)| prefix)
}

/// Checks that the address given with `option` is one of the event's chain, as its contract's is.
///
/// # Errors
/// If it begins otherwise.
pub(crate) fn of_chain(option: &str, address: &str, contract: &str) -> Result<()> {
    let (given, ours) = (prefix(address), prefix(contract));
    ensure!(
        given == ours,
        "{option} {address} is no account of this chain: its addresses begin with {ours}1, nothing was sent"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const GOOD: &str = "terra1y3hz0k2wjpnju6wcykhmkrxts2me3zc5z47gtv";

    #[test]
    fn what_is_mistyped_is_no_address() {
        assert_eq!(address(GOOD).unwrap(), GOOD);
        assert_eq!(address(&GOOD.to_uppercase()).unwrap(), GOOD);
        // Every letter that is another makes it a mistyped one.
        for at in "terra1".len()..GOOD.len() {
            let mut typed = GOOD.to_owned();
            let other = if typed.get(at..=at) == Some("q") { "p" } else { "q" };
            typed.replace_range(at..=at, other);
            assert_eq!(address(&typed).unwrap_err(), "it is mistyped (checksum)", "{typed}");
        }
        for text in ["", "bob", "terra1", "terra1bob", &GOOD[..20], &format!("{GOOD}b")] {
            assert!(address(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_address_of_another_chain_is_refused() {
        let hrp = bech32::Hrp::parse("cosmos").unwrap();
        let other = bech32::encode::<Bech32>(hrp, &[7; 20]).unwrap();
        assert_eq!(address(&other).unwrap(), other);
        let error = of_chain("--operator", &other, GOOD).unwrap_err().to_string();
        assert!(error.starts_with(&format!("--operator {other} is no account of this chain")), "{error}");
        assert!(of_chain("--operator", GOOD, GOOD).is_ok());
        let short = bech32::encode::<Bech32>(hrp, &[7; 19]).unwrap();
        assert!(address(&short).unwrap_err().contains("20 or 32 bytes, this 19"));
    }
}
