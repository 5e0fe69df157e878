//! Texts with placeholders for what a piece is.

use crate::collection::wrong::Wrong;
use crate::picture::Facts;

/// Why a text's placeholders can't be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// A name that there isn't.
    Name(String),
    /// A bracket that nothing closes, with the text after it.
    Open(String),
}

impl Unfit {
    /// As what is wrong where only `known` can be named.
    pub(crate) fn wrong(self, known: Vec<String>) -> Wrong {
        match self {
            Self::Name(given) => Wrong::NoName { given, known },
            Self::Open(given) => Wrong::Open { given },
        }
    }
}

/// A text whose placeholders are filled in for each piece.
#[derive(Clone, Debug)]
pub(crate) struct Filled(Vec<Part>);

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Name(String),
}

impl Filled {
    /// Reads a text with placeholders between `brackets`.
    ///
    /// # Errors
    /// A name that isn't `known`, or a bracket that nothing closes.
    pub(crate) fn new(text: &str, brackets: [&str; 2], known: impl Fn(&str) -> bool) -> Result<Self, Unfit> {
        let [open, close] = brackets;
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(open) {
            let cut = |text: &str| text.chars().take(40).collect::<String>();
            let (name, tail) =
                after.split_once(close).ok_or_else(|| Unfit::Open(format!("{open}{}", cut(after))))?;
            let name = name.trim();
            if !known(name) {
                return Err(Unfit::Name(cut(name)));
            }
            parts.extend([Part::Text(before.to_owned()), Part::Name(name.to_owned())]);
            rest = tail;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self(parts))
    }

    /// The names of its placeholders.
    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        self.0.iter().filter_map(|part| match part {
            Part::Name(name) => Some(name),
            Part::Text(_) => None,
        })
    }

    /// The text with each name's value; nothing for one without.
    pub(crate) fn with(&self, value: impl Fn(&str) -> Option<String>) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Name(name) => value(name).unwrap_or_default(),
        };
        self.0.iter().map(part).collect()
    }

    /// The text for a piece.
    pub(crate) fn fill(&self, facts: &Facts<'_>) -> String {
        self.with(|name| Some(facts.value(name)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn placeholders_are_filled_and_unknown_or_open_ones_told() {
        let known = |name: &str| name == "a";
        let text = Filled::new("x{a}y{ a }", ["{", "}"], known).unwrap();
        assert_eq!(text.with(|_| Some("1".to_owned())), "x1y1");
        assert_eq!(Filled::new("{b}", ["{", "}"], known).unwrap_err(), Unfit::Name("b".to_owned()));
        assert_eq!(Filled::new("{a", ["{", "}"], known).unwrap_err(), Unfit::Open("{a".to_owned()));
    }
}
