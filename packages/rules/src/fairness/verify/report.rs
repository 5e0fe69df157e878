//! What a verifier says: one outcome for each step, in plain words.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::Serialize;

/// A step of the verification. The names are stable: scripts and pages go by them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepName {
    /// The list of contributions is the chain's.
    Contributions,
    /// Wallets, total and numbering follow from it.
    Ranking,
    /// The beacon round is the one that the rule names.
    BeaconRound,
    /// The beacon's signature is genuine.
    Beacon,
    /// The key is the one committed to.
    Key,
    /// The tables are those whose hash the chain stores.
    Tables,
    /// Recomputed draw and contents lead to the chain's root.
    Draw,
    /// What was revealed is what was drawn.
    Reveals,
    /// One meteor that was asked for.
    Meteor,
}

impl StepName {
    /// The steps of a shower, in order.
    pub const OF_A_SHOWER: [Self; 8] = [
        Self::Contributions,
        Self::Ranking,
        Self::BeaconRound,
        Self::Beacon,
        Self::Key,
        Self::Tables,
        Self::Draw,
        Self::Reveals,
    ];

    /// The name as scripts know it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Contributions => "contributions",
            Self::Ranking => "ranking",
            Self::BeaconRound => "beacon-round",
            Self::Beacon => "beacon",
            Self::Key => "key",
            Self::Tables => "tables",
            Self::Draw => "draw",
            Self::Reveals => "reveals",
            Self::Meteor => "meteor",
        }
    }

    /// What it shows if it passes, in plain words.
    pub const fn shows(self) -> &'static str {
        match self {
            Self::Contributions => {
                "no contribution was left out, added, changed or moved: the list hashes to the 32 bytes that the \
                 contract kept as the contributions came"
            }
            Self::Ranking => "contributors, total and meteor numbers on the chain follow from that list",
            Self::BeaconRound => {
                "the shower was decided by the public random number that the rule names, one that was still to come \
                 when the shower closed"
            }
            Self::Beacon => {
                "that random number is genuine: its makers' signature verifies, and nobody can forge it"
            }
            Self::Key => {
                "the operator's secret key is the one fixed on the chain before the first contribution"
            }
            Self::Tables => "the tables of traits are those whose hash was fixed on the chain",
            Self::Draw => {
                "drawing again from key, random number and contributions gives every egg, trait and salt that the \
                 operator sealed before any meteor was minted"
            }
            Self::Reveals => "every meteor cracked so far was shown to hold what the draw gave it",
            Self::Meteor => "this meteor's wallet, rank and content follow from the draw",
        }
    }
}

impl fmt::Display for StepName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a step came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", content = "detail", rename_all = "snake_case")]
pub enum Outcome {
    /// It holds; what was found.
    Passed(String),
    /// It does not hold; why.
    Failed(String),
    /// It was not or could not be checked; why.
    NotChecked(String),
}

/// One step with its outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Which step.
    pub name: StepName,
    /// What it shows if it passes.
    pub shows: &'static str,
    /// How it came out.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What was found of one shower.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Which shower (1-based).
    pub shower: u32,
    /// Every step, in order.
    pub steps: Vec<Step>,
}

impl Report {
    pub(super) const fn new(shower: u32) -> Self {
        Self { shower, steps: Vec::new() }
    }

    pub(super) fn push(&mut self, name: StepName, outcome: Outcome) {
        self.steps.push(Step { name, shows: name.shows(), outcome });
    }

    /// How a step came out, if it is in the report.
    pub fn outcome(&self, name: StepName) -> Option<&Outcome> {
        self.steps.iter().find(|step| step.name == name).map(|step| &step.outcome)
    }

    /// The first step that does not hold.
    pub fn first_failure(&self) -> Option<&Step> {
        self.steps.iter().find(|step| matches!(step.outcome, Outcome::Failed(_)))
    }

    /// Whether nothing is wrong with what could be checked.
    pub fn is_green(&self) -> bool {
        self.first_failure().is_none()
    }

    /// Whether every step was checked and holds.
    pub fn is_complete(&self) -> bool {
        self.steps.iter().all(|step| matches!(step.outcome, Outcome::Passed(_)))
    }
}
