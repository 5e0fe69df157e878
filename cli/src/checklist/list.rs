//! The items, as ops/checklist/checklist.toml has them.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// The list that comes with the program.
const TEXT: &str = include_str!("../../../ops/checklist/checklist.toml");

/// Where an item comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Source {
    /// Harmony's launch checklist, line by line.
    Harmony,
    /// The operational readiness review of AWS.
    Orr,
    /// Ours.
    Ours,
}

/// What an item needs besides the repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Need {
    /// A launch file or an event's.
    Chain,
    /// The launch file, before.
    Launch,
    /// The event's file, after.
    Event,
    /// The event's public server.
    Site,
    /// The Alertmanager that is in use.
    Alertmanager,
}

/// How an item is proven: one of them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Evidence {
    /// A command, run in the repository; its exit code decides.
    Command(String),
    /// A file or folder of the repository, with a heading after #, if only that is meant.
    File(String),
    /// A check of this program's.
    Check(Check),
}

/// What this program checks itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Check {
    /// Nothing is wrong with the launch, and the chain would take it.
    Launch,
    /// Every payee takes a coin.
    Payees,
    /// Every node answers, and they agree.
    Nodes,
    /// Every relay of the beacon serves the event's beacon.
    Beacon,
    /// The published catalogue has the roots that the launch commits to.
    Catalogue,
    /// Code and admin of the contracts are what was launched.
    Code,
    /// The public server serves this event.
    Site,
    /// A test alert leaves the Alertmanager for every receiver.
    Alerts,
}

/// One item.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Item {
    /// Names it for good: sign-offs refer to it.
    pub(crate) id: String,
    /// Where it comes from.
    pub(crate) source: Source,
    /// The heading it stands under.
    pub(crate) section: String,
    /// The source's own words, where it is a line of a list.
    pub(crate) line: Option<String>,
    /// What must be true.
    pub(crate) what: String,
    /// What happens otherwise.
    pub(crate) why: String,
    /// Who sees to it.
    pub(crate) owner: String,
    /// How it is proven.
    pub(crate) evidence: Evidence,
    /// What that needs.
    #[serde(default)]
    pub(crate) needs: Vec<Need>,
    /// How long a command may take (seconds).
    pub(crate) seconds: Option<u64>,
    /// What people confirm besides, by signing.
    pub(crate) sign: Option<String>,
    /// How many people sign.
    #[serde(default = "one")]
    pub(crate) people: usize,
    /// Why the source's words don't apply here, and what stands in their place.
    pub(crate) instead: Option<String>,
}

const fn one() -> usize {
    1
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    item: Vec<Item>,
}

/// The items that come with the program.
///
/// # Errors
/// If the file is not of its form, which the tests exclude.
pub(crate) fn items() -> Result<Vec<Item>> {
    let list: List = toml::from_str(TEXT).context("ops/checklist/checklist.toml")?;
    Ok(list.item)
}
