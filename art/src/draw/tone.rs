//! Colours: read from `#rrggbb`, mixed and lit.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;
use tiny_skia::Color;

use crate::draw::number::mix;

/// A colour; each part from 0 to 1, more where light adds up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Tone {
    pub(crate) r: f32,
    pub(crate) g: f32,
    pub(crate) b: f32,
}

/// A text that is no colour.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{given:?} is no colour: write # and six hexadecimal digits, such as \"#ffd27a\"")]
pub struct NoTone {
    /// As given, cut short.
    given: String,
}

/// White.
pub(crate) const WHITE: Tone = Tone { r: 1.0, g: 1.0, b: 1.0 };
/// Black.
pub(crate) const BLACK: Tone = Tone { r: 0.0, g: 0.0, b: 0.0 };

impl FromStr for Tone {
    type Err = NoTone;

    fn from_str(text: &str) -> Result<Self, NoTone> {
        let wrong = || NoTone { given: text.chars().take(24).collect() };
        let digits = text.strip_prefix('#').filter(|rest| rest.len() == 6).ok_or_else(wrong)?;
        let part = |at: usize| {
            let pair = digits.get(at..at + 2).filter(|pair| pair.bytes().all(|b| b.is_ascii_hexdigit()));
            let byte = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()).ok_or_else(wrong)?;
            Ok(f32::from(byte) / 255.0)
        };
        Ok(Self { r: part(0)?, g: part(2)?, b: part(4)? })
    }
}

impl fmt::Display for Tone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = [self.r, self.g, self.b].map(|part| super::number::byte(part * 255.0));
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

impl Tone {
    pub(crate) fn mix(self, other: Self, t: f32) -> Self {
        Self { r: mix(self.r, other.r, t), g: mix(self.g, other.g, t), b: mix(self.b, other.b, t) }
    }

    /// So many times as bright.
    pub(crate) fn lit(self, by: f32) -> Self {
        Self { r: self.r * by, g: self.g * by, b: self.b * by }
    }

    /// Both lights together.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self { r: self.r + other.r, g: self.g + other.g, b: self.b + other.b }
    }

    /// For tiny-skia, with an opacity from 0 to 1.
    pub(crate) fn colour(self, alpha: f32) -> Color {
        let [r, g, b, a] = [self.r, self.g, self.b, alpha].map(|part| part.clamp(0.0, 1.0));
        Color::from_rgba(r, g, b, a).unwrap_or(Color::TRANSPARENT)
    }
}

/// Light, middle and dark of a material, or of a tier's sky.
pub(crate) type Tones = [Tone; 3];

/// The tone of a material between its dark (0) and its light (1).
pub(crate) fn shade(tones: &Tones, light: f32) -> Tone {
    let [bright, middle, dark] = *tones;
    if light < 0.5 {
        dark.mix(middle, light.max(0.0) * 2.0)
    } else {
        middle.mix(bright, light.min(1.0) * 2.0 - 1.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn colours_are_read_and_shown() {
        assert_eq!("#ffd27a".parse::<Tone>().unwrap().to_string(), "#ffd27a");
        for bad in ["ffd27a", "#ffd27", "#ffd27ag", "#+fd27a", "#ffé7a", ""] {
            assert!(bad.parse::<Tone>().is_err(), "{bad}");
        }
    }
}
