//! The least contribution as a preset writes it: a number of micro-denom, or a text with a unit, such as "8 UST".

use std::fmt;
use std::string::{String, ToString};

use serde::de::{Deserialize, Deserializer, Visitor};
use serde::{Serialize, Serializer};
use thiserror::Error;

/// Micro-denoms in a whole coin: places after its point.
const PLACES: usize = 6;

/// The least total of a wallet in a shower, as a preset writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Minimum {
    /// Micro-denom.
    Micro(u64),
    /// With a unit: `8 UST`, `8.5 UST` or `8000000uusd`.
    Written(String),
}

/// Why a minimum is no amount of the event's denom.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MinimumError {
    /// Not a number and a unit.
    #[error(
        "{0:?} is not an amount: write it like \"8 UST\", with at most six places after the point, or as micro-denom without a unit"
    )]
    Form(String),
    /// An amount of something else.
    #[error("{given:?} is not an amount of {denom}, the denom of this launch: write it in {unit}")]
    Unit {
        /// As written.
        given: String,
        /// The launch's denom.
        denom: String,
        /// What a million of it is called.
        unit: String,
    },
}

impl Minimum {
    /// The amount in `denom` (micro-denom).
    ///
    /// # Errors
    /// [`MinimumError`].
    pub fn micro(&self, denom: &str) -> Result<u64, MinimumError> {
        let text = match self {
            Self::Micro(micro) => return Ok(*micro),
            Self::Written(text) => text.trim(),
        };
        let bad = || MinimumError::Form(text.to_string());
        let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at_checked(digits).ok_or_else(bad)?;
        let unit = unit.trim_start();
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let ends_with_point = number.ends_with('.');
        if whole.is_empty() || !plain(whole) || !plain(fraction) || fraction.len() > PLACES || ends_with_point
        {
            return Err(bad());
        }
        if unit == denom {
            return if fraction.is_empty() { whole.parse().map_err(|_| bad()) } else { Err(bad()) };
        }
        if !names(denom).iter().any(|name| name.eq_ignore_ascii_case(unit)) {
            if unit.is_empty() || !unit.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return Err(bad());
            }
            let unit = names(denom).first().cloned().unwrap_or_else(|| denom.to_string());
            return Err(MinimumError::Unit { given: text.to_string(), denom: denom.to_string(), unit });
        }
        // The places after the point, filled up, are the micro-denom's last digits.
        std::format!("{whole}{fraction:0<PLACES$}").parse().map_err(|_| bad())
    }
}

/// What a million of `denom` is called; nothing where that isn't known.
pub fn names(denom: &str) -> std::vec::Vec<String> {
    match denom {
        "uusd" => std::vec!["UST".to_string(), "USTC".to_string()],
        "uluna" => std::vec!["LUNA".to_string(), "LUNC".to_string()],
        _ => denom.strip_prefix('u').map(str::to_ascii_uppercase).into_iter().collect(),
    }
}

impl<'de> Deserialize<'de> for Minimum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl Visitor<'_> for Any {
            type Value = Minimum;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of micro-denom, or a text such as \"8 UST\"")
            }
            fn visit_u64<E>(self, micro: u64) -> Result<Minimum, E> {
                Ok(Minimum::Micro(micro))
            }
            fn visit_i64<E: serde::de::Error>(self, micro: i64) -> Result<Minimum, E> {
                let micro = u64::try_from(micro);
                micro.map(Minimum::Micro).map_err(|_| E::custom("a minimum is never below zero"))
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Minimum, E> {
                if text.is_empty() {
                    return Err(E::custom("the minimum is empty: write it like \"8 UST\""));
                }
                Ok(Minimum::Written(text.to_string()))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

impl Serialize for Minimum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Micro(micro) => serializer.serialize_u64(*micro),
            Self::Written(text) => serializer.serialize_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, denom: &str) -> Result<u64, MinimumError> {
        Minimum::Written(text.into()).micro(denom)
    }

    #[test]
    fn an_amount_may_have_its_unit() {
        assert_eq!(Minimum::Micro(8_000_000).micro("uusd"), Ok(8_000_000));
        for text in ["8 UST", "8UST", "8 ust", "8.0 USTC", " 8.000000 UST ", "8000000uusd", "8000000 uusd"] {
            assert_eq!(written(text, "uusd"), Ok(8_000_000), "{text}");
        }
        assert_eq!(written("0.000001 LUNA", "uluna"), Ok(1));
        assert_eq!(written("1.5 ATOM", "uatom"), Ok(1_500_000));
    }

    #[test]
    fn what_is_no_amount_of_the_denom_is_refused() {
        for bad in [
            "UST",
            "8",
            "8. UST",
            ".5 UST",
            "8.0000001 UST",
            "1e3 UST",
            "-8 UST",
            "8,5 UST",
            "8.5uusd",
            "99999999999999 UST",
        ] {
            assert!(matches!(written(bad, "uusd"), Err(MinimumError::Form(_))), "{bad}");
        }
        let error = written("8 LUNA", "uusd").unwrap_err().to_string();
        assert_eq!(error, "\"8 LUNA\" is not an amount of uusd, the denom of this launch: write it in UST");
        assert!(matches!(written("8 XYZ", "factory/x/y"), Err(MinimumError::Unit { .. })));
    }
}
