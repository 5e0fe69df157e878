//! Addresses: bech32 with the chain's prefix. The checksum is verified, so a typo never looks like an empty
//! wallet.

use bech32::Bech32;
use bech32::primitives::decode::CheckedHrpstring;
use thiserror::Error;

/// Why a text is not an address.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AddressError {
    /// Not bech32, or mistyped.
    #[error("it is not an address: a letter is missing, extra or mistyped")]
    Mistyped,
    /// An address of another chain.
    #[error("it begins with {given}; addresses of this chain begin with {wanted}1")]
    Prefix {
        /// The prefix it has.
        given: String,
        /// The prefix it needs.
        wanted: String,
    },
    /// Neither a wallet's nor a contract's length.
    #[error("it has {0} bytes; an address has 20 (wallet) or 32 (contract)")]
    Length(usize),
}

/// Checks that `text` is an address with `prefix`, as the chain writes it (lower case).
///
/// # Errors
/// See [`AddressError`].
pub fn check(text: &str, prefix: &str) -> Result<(), AddressError> {
    let parsed = CheckedHrpstring::new::<Bech32>(text).map_err(|_| AddressError::Mistyped)?;
    if text.bytes().any(|b| b.is_ascii_uppercase()) {
        return Err(AddressError::Mistyped); // legal bech32, but no chain knows a wallet by it
    }
    let given = parsed.hrp().to_string();
    if given != prefix {
        return Err(AddressError::Prefix { given, wanted: prefix.to_owned() });
    }
    match parsed.byte_iter().count() {
        20 | 32 => Ok(()),
        length => Err(AddressError::Length(length)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bech32::Hrp;

    fn address(prefix: &str, bytes: &[u8]) -> String {
        bech32::encode::<Bech32>(Hrp::parse(prefix).unwrap(), bytes).unwrap()
    }

    #[test]
    fn addresses_are_checked_to_the_letter() {
        let good = address("terra", &[7; 20]);
        assert_eq!(check(&good, "terra"), Ok(()));
        assert_eq!(check(&address("terra", &[7; 32]), "terra"), Ok(()));
        assert_eq!(check(&good.to_uppercase(), "terra"), Err(AddressError::Mistyped));
        assert_eq!(check(&address("terra", &[7; 19]), "terra"), Err(AddressError::Length(19)));
        assert!(matches!(check(&address("juno", &[7; 20]), "terra"), Err(AddressError::Prefix { .. })));
        for at in 6..good.len() {
            let mut typo = good.clone().into_bytes();
            typo[at] = if typo[at] == b'q' { b'p' } else { b'q' };
            assert_eq!(check(&String::from_utf8(typo).unwrap(), "terra"), Err(AddressError::Mistyped));
        }
        for bad in ["", "terra1", "terra", "1", "☄"] {
            assert!(check(bad, "terra").is_err(), "{bad}");
        }
    }
}
