//! The words of Go's libraries for bad input. A real node repeats them, and scripts look for them.
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use bech32::Hrp;
use bech32::primitives::decode::{CheckedHrpstring, CheckedHrpstringError, UncheckedHrpstring};

/// Bytes of hex digits, or `encoding/hex`'s words.
pub(crate) fn hex(text: &str) -> Result<Vec<u8>, String> {
    let wrong = text.chars().find(|letter| !letter.is_ascii_hexdigit());
    match wrong {
        Some(letter) => Err(format!("encoding/hex: invalid byte: U+{:04X} {letter:?}", u32::from(letter))),
        None => hex::decode(text).map_err(|_| "encoding/hex: odd length hex string".into()),
    }
}

/// Bytes of base64, or `encoding/base64`'s words.
pub(crate) fn base64(text: &str) -> Result<Vec<u8>, String> {
    BASE64.decode(text).map_err(|error| {
        let at = match error {
            base64::DecodeError::InvalidByte(at, _) | base64::DecodeError::InvalidLastSymbol(at, _) => at,
            base64::DecodeError::InvalidLength(_) | base64::DecodeError::InvalidPadding => text.len(),
        };
        format!("illegal base64 data at input byte {at}")
    })
}

/// Bytes as text: each that is no UTF-8 by the replacement character.
pub(crate) fn text(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    text
}

/// Why `address` is none, in the words of the SDK and its bech32; nothing if it is one of `prefix`.
pub(crate) fn bad_address(address: &str, prefix: &str) -> Option<String> {
    if address.trim().is_empty() {
        return Some("empty address string is not allowed".into());
    }
    let failed = |what: String| Some(format!("decoding bech32 failed: {what}"));
    if address.len() < 8 || address.len() > 1023 {
        return failed(format!("invalid bech32 string length {}", address.len()));
    }
    if let Some(letter) = address.chars().find(|letter| !('!'..='~').contains(letter)) {
        return failed(format!("invalid character in string: '{letter}'"));
    }
    if address.to_lowercase() != *address && address.to_uppercase() != *address {
        return failed("string not all lowercase or all uppercase".into());
    }
    match address.rfind('1') {
        Some(at) if at >= 1 && at.saturating_add(7) <= address.len() => {}
        at => {
            let at = at.map_or("-1".into(), |at| at.to_string());
            return failed(format!("invalid separator index {at}"));
        }
    }
    match CheckedHrpstring::new::<bech32::Bech32>(address) {
        Ok(checked) if checked.hrp().to_lowercase() == prefix => match checked.byte_iter().len() {
            1..=255 => None,
            length => Some(format!("address max length is 255, got {length}: unknown address")),
        },
        Ok(checked) => Some(format!("invalid Bech32 prefix; expected {prefix}, got {}", checked.hrp())),
        Err(CheckedHrpstringError::Checksum(_)) => failed(checksum(address)),
        Err(error) => failed(error.to_string()),
    }
}

/// `address` as the chain writes it: bech32 may come all in upper case. What is no address stays as it is.
pub(crate) fn address(address: &str, prefix: &str) -> String {
    if bad_address(address, prefix).is_none() { one_case(address) } else { address.into() }
}

/// Lower case, if all letters are in upper case.
pub(crate) fn one_case(address: &str) -> String {
    if address.bytes().any(|byte| byte.is_ascii_lowercase()) {
        address.into()
    } else {
        address.to_lowercase()
    }
}

/// Says which checksum would have been right.
fn checksum(address: &str) -> String {
    let (rest, got) = address.split_at_checked(address.len().saturating_sub(6)).unwrap_or_default();
    let expected = || -> Option<String> {
        let unchecked = UncheckedHrpstring::new(address).ok()?;
        let hrp: Hrp = unchecked.hrp();
        let data = unchecked.data_part_ascii();
        let values = data.get(..data.len().checked_sub(6)?)?;
        let fes = values.iter().filter_map(|byte| bech32::Fe32::from_char(char::from(*byte)).ok());
        let whole: String = bech32::primitives::iter::Fe32IterExt::with_checksum::<bech32::Bech32>(fes, &hrp)
            .chars()
            .collect();
        whole.strip_prefix(&rest.to_lowercase()).map(ToString::to_string)
    };
    format!("invalid checksum (expected {} got {got})", expected().unwrap_or_default())
}

/// A request that does not decode: prost's error as Go has it.
pub(crate) fn protobuf(error: &cosmos_sdk_proto::prost::DecodeError) -> String {
    let words = error.to_string();
    if words.contains("underflow") || words.contains("varint") { "unexpected EOF".into() } else { words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_and_base64() {
        assert_eq!(hex("0aFF"), Ok(vec![10, 255]));
        assert_eq!(hex("nope").unwrap_err(), "encoding/hex: invalid byte: U+006E 'n'");
        assert_eq!(hex("abc").unwrap_err(), "encoding/hex: odd length hex string");
        assert_eq!(base64("?").unwrap_err(), "illegal base64 data at input byte 0");
        assert_eq!(base64("aGk=").unwrap(), b"hi");
    }

    proptest::proptest! {
        #[test]
        fn nothing_makes_them_panic(words in ".{0,40}", address in "terra1[ -~]{0,50}", bytes: Vec<u8>) {
            let _ = (hex(&words), base64(&words), text(&bytes), bad_address(&words, "terra"));
            let _ = bad_address(&address, "terra");
        }
    }

    #[test]
    fn every_bad_byte_is_replaced_by_itself() {
        assert_eq!(text(b"a\xe2\x82b\xff"), "a\u{fffd}\u{fffd}b\u{fffd}");
    }

    #[test]
    fn addresses() {
        let good = "terra1x46rqay4d3cssq8gxxvqz8xt6nwlz4td20k38v";
        let why = |address: &str| bad_address(address, "terra").unwrap_or_default();
        assert_eq!(bad_address(good, "terra"), None);
        assert_eq!(address(&good.to_uppercase(), "terra"), good);
        assert_eq!(address("TERRA1NOPE", "terra"), "TERRA1NOPE");
        assert_eq!(why(" "), "empty address string is not allowed");
        assert_eq!(why("nope"), "decoding bech32 failed: invalid bech32 string length 4");
        assert_eq!(why("terra1nope"), "decoding bech32 failed: invalid separator index 5");
        assert_eq!(why("terranopenope"), "decoding bech32 failed: invalid separator index -1");
        assert_eq!(bad_address(good, "cosmos").unwrap(), "invalid Bech32 prefix; expected cosmos, got terra");
        let wrong = good.replace("38v", "38q");
        assert_eq!(why(&wrong), "decoding bech32 failed: invalid checksum (expected 20k38v got 20k38q)");
    }
}
