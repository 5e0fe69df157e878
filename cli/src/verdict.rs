//! What was found of an event: as text whose last line sums it up, and as JSON (`docs/fairness.md`, "What a verifier
//! says").

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::Result;
use meteor_rules::fairness::beacon::Network;
use meteor_rules::fairness::evidence::Beacon;
use meteor_rules::fairness::verify::{MeteorFacts, Outcome, Report, Step, StepName};
use serde_json::{Value, json};

use crate::evidence::Closing;

/// What was found of an event.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    /// The chain's id.
    pub(crate) chain_id: String,
    /// The shower contract.
    pub(crate) contract: String,
    /// The event's beacon.
    pub(crate) beacon: Beacon,
    /// Steps that concern the whole event.
    pub(crate) event: Vec<Step>,
    /// The showers that were asked for.
    pub(crate) showers: Vec<ShowerVerdict>,
    /// The meteor that was asked for.
    pub(crate) meteor: Option<MeteorFacts>,
    /// Whose word was believed for what the chain says; `None` if a node was asked.
    pub(crate) believed: Option<&'static str>,
    /// Who may replace the contracts' code; `None` if no node was asked.
    pub(crate) admins: Option<BTreeSet<String>>,
}

/// What was found of a shower.
#[derive(Clone, Debug)]
pub(crate) struct ShowerVerdict {
    /// Its steps.
    pub(crate) report: Report,
    /// Whether it was cancelled.
    pub(crate) cancelled: bool,
    /// The block that closed it.
    pub(crate) closing: CloseBlock,
}

/// The block that closed a shower.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CloseBlock {
    /// No node was asked, or it isn't closed.
    NotAsked,
    /// The node no longer has it.
    Gone,
    /// It was found.
    Found(Closing),
}

/// The first step that fails, and of which shower it is.
pub(crate) struct Failure<'a> {
    shower: Option<u32>,
    step: StepName,
    detail: &'a str,
}

/// `shower 2` or `showers 2, 3`.
pub(crate) fn named(showers: &[u32]) -> String {
    let numbers: Vec<_> = showers.iter().map(ToString::to_string).collect();
    format!("{} {}", if showers.len() == 1 { "shower" } else { "showers" }, numbers.join(", "))
}

impl Verdict {
    fn steps(&self) -> impl Iterator<Item = (Option<u32>, &Step)> {
        let event = self.event.iter().map(|step| (None, step));
        let showers = self.showers.iter().flat_map(|ShowerVerdict { report, .. }| {
            report.steps.iter().map(move |step| (Some(report.shower), step))
        });
        event.chain(showers)
    }

    /// The first step that fails.
    pub(crate) fn first_failure(&self) -> Option<Failure<'_>> {
        self.steps().find_map(|(shower, step)| match &step.outcome {
            Outcome::Failed(detail) => Some(Failure { shower, step: step.name, detail }),
            Outcome::Passed(_) | Outcome::NotChecked(_) => None,
        })
    }

    fn not_checked(&self) -> usize {
        self.steps().filter(|(_, step)| matches!(step.outcome, Outcome::NotChecked(_))).count()
    }

    fn everything_holds(&self) -> bool {
        let quicknet = self.beacon.network() == Ok(Network::Quicknet);
        quicknet && self.steps().all(|(_, step)| matches!(step.outcome, Outcome::Passed(_)))
    }

    fn paused(&self) -> Vec<u32> {
        self.showers.iter().map(|shower| &shower.report).filter(|r| r.paused).map(|r| r.shower).collect()
    }

    /// Showers after whose close the chain stood still for longer than the beacon's delay.
    fn stalled(&self) -> Vec<u32> {
        let stalled = |shower: &&ShowerVerdict| match shower.closing {
            CloseBlock::Found(closing) => closing.after.is_some_and(|after| after > self.beacon.delay),
            CloseBlock::NotAsked | CloseBlock::Gone => false,
        };
        self.showers.iter().filter(stalled).map(|shower| shower.report.shower).collect()
    }

    /// The last line.
    fn conclusion(&self) -> String {
        let count = self.steps().count();
        let mut said = vec![match self.first_failure() {
            Some(Failure { shower, step, detail }) => {
                let shower = shower.map(|shower| format!("shower {shower}, ")).unwrap_or_default();
                format!("WRONG, or not the evidence of this event: {shower}step {step}: {detail}.")
            }
            None if self.everything_holds() => format!("Everything holds: {count} steps."),
            None => format!(
                "Nothing is wrong with what could be checked; {} of {count} steps could not be, see above.",
                self.not_checked()
            ),
        }];
        if self.beacon.network() == Ok(Network::Own) {
            said.push("The beacon is one for test chains: who holds its key knew every number ahead.".into());
        }
        let (paused, stalled) = (self.paused(), self.stalled());
        if !paused.is_empty() {
            let showers = named(&paused);
            said.push(format!(
                "Contributing was paused during {showers}: whoever may pause could decide its ranking."
            ));
        }
        if !stalled.is_empty() {
            said.push(format!(
                "The chain stood still at the close of {}, longer than the beacon's delay: whoever closed may have \
                 known the number.",
                named(&stalled)
            ));
        }
        if let Some(admins) = self.admins.as_ref().filter(|admins| !admins.is_empty()) {
            let admins: Vec<_> = admins.iter().map(String::as_str).collect();
            said.push(format!("{} may replace the contracts' code.", admins.join(", ")));
        }
        if let Some(whose) = self.believed {
            said.push(format!("What the chain says was believed of {whose}: --node asks the chain."));
        }
        said.join(" ")
    }

    /// The report for people.
    pub(crate) fn text(&self) -> String {
        let mut explained = BTreeSet::new();
        let mut text = format!("Meteor shower {} on {}\n\nEvent\n", self.contract, self.chain_id);
        lines(&mut text, &self.event, &mut explained);
        for ShowerVerdict { report, cancelled, closing } in &self.showers {
            let marks = match (cancelled, report.paused) {
                (true, true) => " (cancelled, paused)",
                (true, false) => " (cancelled)",
                (false, true) => " (paused)",
                (false, false) => "",
            };
            let _ = writeln!(text, "\nShower {}{marks}", report.shower);
            lines(&mut text, &report.steps, &mut explained);
            let closed = match closing {
                CloseBlock::NotAsked => continue,
                CloseBlock::Gone => "the node no longer has the block that closed it".to_owned(),
                CloseBlock::Found(closing) => closing_line(*closing),
            };
            let _ = writeln!(text, "       {:<14} {closed}", "");
        }
        let _ = writeln!(text, "\n{}", self.conclusion());
        text
    }

    /// The report for programs.
    pub(crate) fn json(&self) -> Result<Value> {
        let mut showers = Vec::with_capacity(self.showers.len());
        for shower in &self.showers {
            let mut value = serde_json::to_value(&shower.report)?;
            let closing = match shower.closing {
                CloseBlock::NotAsked => None,
                CloseBlock::Gone => Some(Value::Null),
                CloseBlock::Found(Closing { height, before, after }) => {
                    Some(json!({ "height": height, "before": before, "after": after }))
                }
            };
            if let (Some(closing), Some(object)) = (closing, value.as_object_mut()) {
                object.insert("closing".into(), closing);
            }
            showers.push(value);
        }
        let failure = self.first_failure();
        let mut said = json!({
            "ok": failure.is_none(),
            "everything_holds": self.everything_holds(),
            "beacon": match self.beacon.network() {
                Ok(Network::Quicknet) => Some("quicknet"),
                Ok(Network::Own) => Some("test"),
                Err(_) => None,
            },
            "believed": self.believed,
            "admins": self.admins,
            "not_checked": self.not_checked(),
            "first_failure": failure.map(|Failure { shower, step, detail }| {
                json!({ "shower": shower, "step": step, "detail": detail })
            }),
            "paused": self.paused(),
            "stalled": self.stalled(),
            "event": self.event,
            "showers": showers,
        });
        if let (Some(meteor), Some(object)) = (&self.meteor, said.as_object_mut()) {
            object.insert("meteor".into(), serde_json::to_value(meteor)?);
        }
        Ok(said)
    }
}

/// Each step on a line; what it shows, where it comes first.
fn lines(text: &mut String, steps: &[Step], explained: &mut BTreeSet<StepName>) {
    for step in steps {
        let (mark, detail) = match &step.outcome {
            Outcome::Passed(detail) => ("ok  ", detail),
            Outcome::Failed(detail) => ("FAIL", detail),
            Outcome::NotChecked(detail) => ("--  ", detail),
        };
        let _ = writeln!(text, "  {mark} {:<14} {detail}", step.name.as_str());
        if explained.insert(step.name) {
            let _ = writeln!(text, "       {:<14} shows that {}", "", step.shows);
        }
    }
}

fn closing_line(Closing { height, before, after }: Closing) -> String {
    let before = before.map(|seconds| format!("{seconds} s after the block before"));
    let after = after.map(|seconds| format!("{seconds} s before the block after"));
    let gaps: Vec<_> = before.into_iter().chain(after).collect();
    format!("closed in block {height}, {}", gaps.join(" and "))
}
