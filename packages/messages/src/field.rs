//! How values are written into event attributes and read back: numbers as decimal strings, bytes as hex,
//! whole messages as JSON.

use cosmwasm_std::{HexBinary, from_json, to_json_string};
use meteor_rules::fairness::content::Kind;
use meteor_rules::log::LogHash;
use meteor_rules::tier::Tier;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::shower::Refunded;

/// A value that fits an event attribute.
pub(crate) trait Field: Sized {
    /// The attribute's text.
    fn write(&self) -> String;
    /// The value, or `None` if the text is not exactly what [`Field::write`] would write.
    fn read(text: &str) -> Option<Self>;
}

macro_rules! number {
    ($($number:ty),*) => {$(
        impl Field for $number {
            fn write(&self) -> String {
                self.to_string()
            }
            fn read(text: &str) -> Option<Self> {
                // Digits only and no leading zero: one number has one text.
                let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text.len() == 1 || !text.starts_with('0'));
                if plain { text.parse().ok() } else { None }
            }
        }
    )*};
}
number!(u32, u64, u128);

impl Field for String {
    fn write(&self) -> String {
        self.clone()
    }
    fn read(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl Field for LogHash {
    fn write(&self) -> String {
        hex::encode(self)
    }
    fn read(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        (hex::encode(bytes) == text).then_some(bytes)
    }
}

impl Field for HexBinary {
    fn write(&self) -> String {
        self.to_hex()
    }
    fn read(text: &str) -> Option<Self> {
        let bytes = Self::from_hex(text).ok()?;
        (bytes.to_hex() == text).then_some(bytes)
    }
}

impl Field for Kind {
    fn write(&self) -> String {
        match self {
            Self::Egg => "egg".to_owned(),
            Self::Dust => "dust".to_owned(),
        }
    }
    fn read(text: &str) -> Option<Self> {
        match text {
            "egg" => Some(Self::Egg),
            "dust" => Some(Self::Dust),
            _ => None,
        }
    }
}

impl Field for Tier {
    fn write(&self) -> String {
        self.to_string()
    }
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Field for Refunded {
    fn write(&self) -> String {
        match self {
            Self::Contribution => "contribution".to_owned(),
            Self::Holdback => "holdback".to_owned(),
        }
    }
    fn read(text: &str) -> Option<Self> {
        match text {
            "contribution" => Some(Self::Contribution),
            "holdback" => Some(Self::Holdback),
            _ => None,
        }
    }
}

impl Field for bool {
    fn write(&self) -> String {
        self.to_string()
    }
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// Numbers joined by commas; an empty text is no numbers.
impl Field for Vec<u32> {
    fn write(&self) -> String {
        self.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
    }
    fn read(text: &str) -> Option<Self> {
        if text.is_empty() { Some(Self::new()) } else { text.split(',').map(u32::read).collect() }
    }
}

/// Byte strings joined by commas; an empty text is none.
impl Field for Vec<HexBinary> {
    fn write(&self) -> String {
        self.iter().map(HexBinary::to_hex).collect::<Vec<_>>().join(",")
    }
    fn read(text: &str) -> Option<Self> {
        if text.is_empty() { Some(Self::new()) } else { text.split(',').map(HexBinary::read).collect() }
    }
}

/// A whole message as JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Json<T>(pub Box<T>);

impl<T: Serialize + DeserializeOwned> Field for Json<T> {
    fn write(&self) -> String {
        // Our messages always serialise; an empty text would be refused by `read`.
        to_json_string(&self.0).unwrap_or_default()
    }
    fn read(text: &str) -> Option<Self> {
        from_json(text.as_bytes()).ok().map(|value| Json(Box::new(value)))
    }
}
