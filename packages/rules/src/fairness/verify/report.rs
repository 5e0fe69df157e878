//! What a verifier says: one outcome for each step, in plain words.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::Serialize;

/// A step of the verification. The names are stable: scripts and pages go by them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepName {
    /// The beacon is one that nobody can know ahead.
    BeaconRule,
    /// The pieces are those that were committed to.
    Catalogue,
    /// The source says what the chain says.
    Chain,
    /// The contracts' code, and who may replace it.
    Code,
    /// The list of contributions is the chain's.
    Contributions,
    /// Wallets, total and numbering follow from it.
    Ranking,
    /// Odds by rank, known from the number of contributors alone.
    Odds,
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
    pub const OF_A_SHOWER: [Self; 9] = [
        Self::Contributions,
        Self::Ranking,
        Self::Odds,
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
            Self::BeaconRule => "beacon-rule",
            Self::Catalogue => "catalogue",
            Self::Chain => "chain",
            Self::Code => "code",
            Self::Contributions => "contributions",
            Self::Ranking => "ranking",
            Self::Odds => "odds",
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
            Self::BeaconRule => {
                "the rule names numbers of drand quicknet that nobody could know when a shower closed"
            }
            Self::Catalogue => {
                "the pieces that meteors get were fixed on the chain, in their order, before the first contribution"
            }
            Self::Chain => "a node of the chain says the same as the source",
            Self::Code => "the contracts run the code that was published, and who may replace it",
            Self::Contributions => {
                "no contribution was left out, added, changed or moved: the list hashes to the 32 bytes that the \
                 contract kept as the contributions came"
            }
            Self::Ranking => "contributors, total and meteor numbers on the chain follow from that list",
            Self::Odds => {
                "the odds of an egg follow from the number of contributors alone, and a better rank is never worse off"
            }
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
            Self::Reveals => "every meteor cracked so far was shown to hold what was sealed for it",
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

impl Step {
    /// A step that came out so.
    pub const fn new(name: StepName, outcome: Outcome) -> Self {
        Self { name, shows: name.shows(), outcome }
    }
}

/// What was found of one shower.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Which shower (1-based).
    pub shower: u32,
    /// Whether contributing was paused while it was open: whoever may pause could then decide its ranking.
    pub paused: bool,
    /// Every step, in order.
    pub steps: Vec<Step>,
}

impl Report {
    pub(super) const fn new(shower: u32, paused: bool) -> Self {
        Self { shower, paused, steps: Vec::new() }
    }

    pub(super) fn push(&mut self, name: StepName, outcome: Outcome) {
        self.steps.push(Step::new(name, outcome));
    }

    /// How a step came out, if it is in the report.
    pub fn outcome(&self, name: StepName) -> Option<&Outcome> {
        self.steps.iter().find(|step| step.name == name).map(|step| &step.outcome)
    }

    /// The first of `names` that does not hold.
    pub(super) fn failed(&self, names: &[StepName]) -> Option<StepName> {
        names.iter().copied().find(|name| matches!(self.outcome(*name), Some(Outcome::Failed(_))))
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
