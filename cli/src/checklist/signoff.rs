//! The file in which people sign: committed by the team, read at each run.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::list::Item;

/// What a person found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    /// It is in order.
    Pass,
    /// It is not.
    Fail,
}

/// One signature, or several people's.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Signed {
    /// What they found.
    pub(crate) state: Option<Verdict>,
    /// Their names.
    #[serde(default)]
    pub(crate) by: Vec<String>,
    /// When.
    pub(crate) date: Option<toml::value::Datetime>,
    /// Where the proof is, or what is left to do.
    #[serde(default)]
    pub(crate) note: String,
}

impl Signed {
    /// Their names, without the fields that nobody filled in; each person once.
    pub(crate) fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> =
            self.by.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// All signatures, by item.
pub(crate) type Signatures = BTreeMap<String, Signed>;

/// Reads the file. Every entry must be of an item that is signed.
///
/// # Errors
/// If it can't be read, or has an entry of no such item.
pub(crate) fn read(path: &Path, items: &[Item]) -> Result<Signatures> {
    let name = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {name}"))?;
    let signatures: Signatures = toml::from_str(&text).with_context(|| format!("{name}"))?;
    for id in signatures.keys() {
        let known = items.iter().any(|item| item.id == *id && item.sign.is_some());
        ensure!(known, "{name}: there is no item {id:?} that is signed: write the file anew with --template");
    }
    Ok(signatures)
}

/// The file with nothing filled in.
pub(crate) fn template(items: &[Item]) -> String {
    let mut text = String::from(
        "# Sign-off of the launch checklist. Fill in state (\"pass\" or \"fail\"), by (names) and date, and commit it.\n",
    );
    for item in items {
        let Some(sign) = &item.sign else { continue };
        let by = vec!["\"\""; item.people].join(", ");
        let _ = write!(
            text,
            "\n# {}\n# Confirm: {sign}\n# Owner: {}\n[{}]\n# state = \"pass\"\nby = [{by}]\n# date = 2026-12-01\nnote = \"\"\n",
            item.what, item.owner, item.id
        );
    }
    text
}
