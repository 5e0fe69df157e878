//! How nodes write fields: `null` or left out for what is empty, 64-bit numbers as texts.
//!
//! A full model of a block would refuse a whole block for a field that nobody needs.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

/// `null` and a missing field alike are the default.
pub(crate) fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    from: D,
) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(from)?.unwrap_or_default())
}

/// A text, borrowed where it has no escapes.
#[derive(Default, Deserialize)]
pub(crate) struct Text<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

/// A text, where `null` and a missing field alike are empty.
pub(crate) fn text<'de: 'a, 'a, D: Deserializer<'de>>(from: D) -> Result<Cow<'a, str>, D::Error> {
    Ok(Option::<Text<'a>>::deserialize(from)?.map_or(Cow::Borrowed(""), |text| text.0))
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Number<'a> {
    Plain(u64),
    Text(#[serde(borrow)] Cow<'a, str>),
}

/// A number, written as a number or as a text.
pub(crate) fn number<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    match Option::<Number<'_>>::deserialize(from)? {
        None => Ok(0),
        Some(Number::Plain(number)) => Ok(number),
        Some(Number::Text(text)) if text.is_empty() => Ok(0),
        Some(Number::Text(text)) => text.parse().map_err(D::Error::custom),
    }
}
