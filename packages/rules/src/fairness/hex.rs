//! Bytes as the evidence files write them: lower-case hexadecimal, nothing before or after it.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

use super::Bytes32;

/// A text that is not the expected hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum HexError {
    /// Not pairs of `0`-`9` and `a`-`f`.
    #[error("not lower-case hexadecimal in pairs of digits")]
    Digits,
    /// Not 32 bytes.
    #[error("{given} bytes where a hash or key has 32")]
    Length {
        /// Bytes given.
        given: usize,
    },
}

/// Any number of bytes, written in hexadecimal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, pattern = "^([0-9a-f]{2})*$"))]
pub struct Hex(pub Vec<u8>);

/// A hash, key or salt, written in hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, pattern = "^[0-9a-f]{64}$"))]
pub struct Hex32(pub Bytes32);

impl FromStr for Hex {
    type Err = HexError;

    fn from_str(text: &str) -> Result<Self, HexError> {
        let bytes = hex::decode(text).map_err(|_| HexError::Digits)?;
        // The decoder accepts capitals too.
        if hex::encode(&bytes) == text { Ok(Self(bytes)) } else { Err(HexError::Digits) }
    }
}

impl FromStr for Hex32 {
    type Err = HexError;

    fn from_str(text: &str) -> Result<Self, HexError> {
        let bytes = Hex::from_str(text)?.0;
        let given = bytes.len();
        bytes.try_into().map(Self).map_err(|_| HexError::Length { given })
    }
}

macro_rules! written_as_text {
    ($($name:ident)*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(&self.0))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&hex::encode(&self.0))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    )*};
}
written_as_text!(Hex Hex32);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_canonical_text_is_read() {
        assert_eq!("00ff1a".parse(), Ok(Hex(vec![0, 255, 26])));
        assert_eq!(Hex(vec![0, 255, 26]).to_string(), "00ff1a");
        for bad in ["0", "0F", "0x", "zz", " 0", "é"] {
            assert_eq!(bad.parse::<Hex>(), Err(HexError::Digits), "{bad}");
        }
        assert_eq!("00".parse::<Hex32>(), Err(HexError::Length { given: 1 }));
        assert_eq!("ab".repeat(32).parse(), Ok(Hex32([0xab; 32])));
    }
}
