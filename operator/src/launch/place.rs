//! Where in the files of a launch something stands: the file, the key, and the key's line.

use std::fmt;

use toml::de::{DeTable, DeValue};

/// The files of a launch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// The launch file.
    Launch,
    /// The preset.
    Preset,
    /// The catalogue.
    Catalogue,
    /// The commitments.
    Commitments,
    /// The contracts' wasm.
    Artifacts,
}

/// A place in one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which file.
    pub file: File,
    /// The key, such as `payees[2].address`, counted from 1; empty for the whole file.
    pub key: String,
}

impl Place {
    pub(super) fn launch(key: impl Into<String>) -> Self {
        Self { file: File::Launch, key: key.into() }
    }

    pub(super) fn preset(key: impl Into<String>) -> Self {
        Self { file: File::Preset, key: key.into() }
    }

    pub(super) fn whole(file: File) -> Self {
        Self { file, key: String::new() }
    }
}

/// A TOML file that was read: what people call it, and its text for finding lines.
#[derive(Clone, Debug, Default)]
pub struct Text {
    /// Its path as it was given, or its name.
    pub name: String,
    /// What it holds; `None` for one that nobody can edit, such as a preset that comes with the program.
    pub text: Option<String>,
}

impl Text {
    /// The file's name with the line of `key`, or of what `key` would belong to if it isn't there: `launch.toml:12`.
    pub fn at(&self, key: &str) -> String {
        match self.text.as_deref().and_then(|text| line(text, key)) {
            Some(line) => format!("{}:{line}", self.name),
            None => self.name.clone(),
        }
    }
}

/// The line of `key` in a TOML text, or of the nearest thing around it.
fn line(text: &str, key: &str) -> Option<usize> {
    let table = DeTable::parse(text).ok()?;
    let mut found = None;
    let mut value: Option<&DeValue<'_>> = None;
    for step in steps(key) {
        let next = match (step, value) {
            (Step::Key(name), None) => entry(table.get_ref(), name),
            (Step::Key(name), Some(DeValue::Table(table))) => entry(table, name),
            (Step::At(at), Some(DeValue::Array(list))) => {
                list.get(at.checked_sub(1)?).map(|item| (item.span().start, item.get_ref()))
            }
            _ => None,
        };
        let Some((start, inner)) = next else { break };
        found = Some(start);
        value = Some(inner);
    }
    Some(line_at(text, found?))
}

/// Where a key of `table` stands, and its value.
fn entry<'t, 'i>(table: &'t DeTable<'i>, name: &str) -> Option<(usize, &'t DeValue<'i>)> {
    let (key, value) = table.iter().find(|(key, _)| key.get_ref() == name)?;
    Some((key.span().start, value.get_ref()))
}

enum Step<'a> {
    Key(&'a str),
    At(usize),
}

/// `payees[2].address` as payees, the second, address.
fn steps(key: &str) -> impl Iterator<Item = Step<'_>> {
    key.split('.').flat_map(|part| {
        let (name, at) = match part.split_once('[') {
            Some((name, at)) => (name, at.trim_end_matches(']').parse().ok()),
            None => (part, None),
        };
        [Some(Step::Key(name)), at.map(Step::At)].into_iter().flatten()
    })
}

fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count().saturating_add(1)
}

/// Why a text is not TOML of the expected form, in one line, and its line in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormError {
    /// The line, if there is one.
    pub line: Option<usize>,
    /// What is wrong.
    pub why: String,
}

impl FormError {
    /// What the reader of TOML says about `text`.
    pub fn new(text: &str, error: &toml::de::Error) -> Self {
        // Its own words hold the line and a drawing; the message alone is what people need beside file and line.
        let why = error.message().replace('\n', " ");
        Self { line: error.span().map(|span| line_at(text, span.start)), why }
    }
}

impl fmt::Display for FormError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.why),
            None => f.write_str(&self.why),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const TEXT: &str = r#"
label = "one"

payees = [
    { address = "a", share_bp = 1 },
    { address = "b", share_bp = 2 },
]

[chain]
id = "c"

[[more]]
x = 1
"#;

    #[test]
    fn a_key_has_its_line_or_that_of_what_it_would_belong_to() {
        for (key, wanted) in [
            ("label", 2),
            ("payees", 4),
            ("payees[1].address", 5),
            ("payees[2].share_bp", 6),
            ("payees[3]", 4),
            ("chain", 9),
            ("chain.id", 10),
            ("chain.denom", 9),
            ("more[1].x", 13),
        ] {
            assert_eq!(line(TEXT, key), Some(wanted), "{key}");
        }
        assert_eq!(line(TEXT, "salt"), None);
        assert_eq!(line("=", "salt"), None);
        let text = Text { name: "launch.toml".into(), text: Some(TEXT.into()) };
        assert_eq!((text.at("chain.id"), text.at("salt")), ("launch.toml:10".into(), "launch.toml".into()));
    }

    #[test]
    fn the_form_is_told_once() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct One {
            #[allow(dead_code)]
            label: String,
        }
        let told = |text: &str| FormError::new(text, &toml::from_str::<One>(text).unwrap_err()).to_string();
        assert_eq!(told("\nlable = 1\n"), "line 2: unknown field `lable`, expected `label`");
        assert_eq!(told("label = 1\n"), "line 1: invalid type: integer `1`, expected a string");
        assert!(told("label = \"").starts_with("line 1: "), "{}", told("label = \""));
    }
}
