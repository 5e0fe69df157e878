//! Checks a shower from its evidence: recomputes everything and says, step by step, what holds.
//!
//! Nothing here is trusted but the chain's own bytes. No I/O: the beacon's signature is verified by a
//! function that the caller brings, because the curve's arithmetic stays out of what contracts are built
//! from.

mod ranking;
mod report;

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;

use serde::Serialize;
use sha2::{Digest, Sha256};

pub use report::{Outcome, Report, Step, StepName};

use self::Outcome::{Failed, NotChecked, Passed};
use self::ranking::Ranking;
use super::content::{Content, Kind, Tables};
use super::evidence::{Contribution, Fairness, Reveal, Shower, decimal};
use super::hex::Hex32;
use super::key::commitment;
use super::sealed::{Inputs, Sealed};
use super::tree::{Leaf, leaf_hash, root_from};
use super::{Bytes32, Domain};
use crate::ids::{Rank, ShowerId, TokenId};
use crate::tier::Tier;

/// What there is to show of one shower.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The event, [validated](Fairness::validate).
    pub event: &'a Fairness,
    /// The shower, one of the event's.
    pub shower: &'a Shower,
    /// Its contributions, in order.
    pub contributions: &'a [Contribution],
    /// The tables file, byte for byte.
    pub tables: &'a [u8],
    /// What was revealed of it.
    pub reveals: &'a [Reveal],
}

/// What the caller brings.
#[derive(Clone, Copy)]
pub struct Checks<'a> {
    /// Verifies the beacon's signature of a round under the event's public key; `None` leaves that step out,
    /// and the report says so.
    pub beacon: Option<&'a BeaconCheck>,
    /// Reads a tables file.
    pub tables: &'a TablesReader,
}

/// Verifies the beacon's signature of a round; the error says why it is refused.
pub type BeaconCheck = dyn Fn(u64, &[u8]) -> Result<(), String>;

/// Reads a tables file; the error says why it can't be read.
pub type TablesReader = dyn Fn(&[u8]) -> Result<Tables, String>;

impl fmt::Debug for Checks<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checks").field("beacon", &self.beacon.is_some()).finish_non_exhaustive()
    }
}

/// One meteor as the evidence has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MeteorFacts {
    /// Its number.
    pub token_id: TokenId,
    /// Its shower.
    pub shower: ShowerId,
    /// Who contributed for it.
    pub contributor: String,
    /// With what total (micro-denom, decimal digits in a text).
    #[serde(serialize_with = "decimal::serialize")]
    pub amount: u128,
    /// Its rank.
    pub rank: Rank,
    /// Its tier.
    pub tier: Tier,
    /// What the draw gave it; `None` while the key is not published.
    pub content: Option<Content>,
}

/// Checks everything of a shower.
pub fn verify(evidence: &Evidence<'_>, checks: &Checks<'_>) -> Report {
    run(evidence, checks).report
}

/// Checks everything of a shower, and in a last step what it means for the meteor `token_id`.
pub fn verify_meteor(
    evidence: &Evidence<'_>,
    checks: &Checks<'_>,
    token_id: TokenId,
) -> (Report, Option<MeteorFacts>) {
    let Run { mut report, ranking, sealed } = run(evidence, checks);
    let Shower { shower, earlier, contributors, .. } = *evidence.shower;
    let name = StepName::Meteor;
    let rank = token_id.rank(earlier);
    let Some((rank, tier)) =
        rank.and_then(|rank| Some((rank, evidence.event.tiers.tier_of(rank, contributors)?)))
    else {
        report.push(name, Failed(format!("meteor {token_id} is not of shower {shower}")));
        return (report, None);
    };
    let index = rank.0.saturating_sub(1);
    let Some((contributor, amount)) = ranking.and_then(|ranking| ranking.at(rank)) else {
        report.push(name, after(StepName::Contributions));
        return (report, None);
    };
    let content =
        sealed.as_ref().and_then(|sealed| sealed.content(index)).map(|(content, _)| content.clone());
    let shown = evidence.reveals.iter().find(|reveal| reveal.token_id == token_id.0).map(Reveal::content);
    let stands = format!("rank {rank} ({tier}), {contributor} with {amount}");
    report.push(
        name,
        match (&content, shown) {
            (None, _) => NotChecked(format!("{stands}; what it holds can't be recomputed, see above")),
            (Some(drawn), Some(shown)) if *drawn != shown => {
                Failed(format!("{stands}: it was revealed to hold something other than what was drawn"))
            }
            (Some(drawn), shown) => {
                let kind = match drawn.kind {
                    Kind::Egg => "an egg",
                    Kind::Dust => "dust",
                };
                let cracked = if shown.is_some() { "as was revealed" } else { "not revealed" };
                Passed(format!("{stands}: {kind}, {cracked}"))
            }
        },
    );
    let contributor = contributor.to_string();
    (
        report,
        Some(MeteorFacts { token_id, shower: ShowerId(shower), contributor, amount, rank, tier, content }),
    )
}

/// Whether a reveal's proof leads to the root: what the hatchery checks, for who has a proof and no key yet.
pub fn proves(id: &Domain<'_>, root: &Bytes32, leaves: u32, reveal: &Reveal, proof: &[Bytes32]) -> bool {
    let content = reveal.content().bytes();
    let leaf = Leaf {
        index: reveal.index,
        token_id: TokenId(reveal.token_id),
        content: &content,
        salt: reveal.salt.0,
    };
    root_from(leaf_hash(id, &leaf), reveal.index, leaves, proof) == Some(*root)
}

struct Run<'a> {
    report: Report,
    ranking: Option<Ranking<'a>>,
    sealed: Option<Sealed>,
}

fn run<'a>(evidence: &Evidence<'a>, checks: &Checks<'_>) -> Run<'a> {
    let facts = evidence.shower;
    let mut report = Report::new(facts.shower);
    if facts.is_open() {
        for name in StepName::OF_A_SHOWER {
            report.push(name, NotChecked("the shower has not closed: nothing of it is final".into()));
        }
        return Run { report, ranking: None, sealed: None };
    }

    let mut ranking = None;
    match Ranking::of(evidence) {
        Err(why) => {
            report.push(StepName::Contributions, Failed(why));
            report.push(StepName::Ranking, after(StepName::Contributions));
        }
        Ok(ranked) => {
            let count = evidence.contributions.len();
            report.push(StepName::Contributions, Passed(format!("{count} contributions")));
            report.push(StepName::Ranking, held(ranked.check(evidence)));
            ranking = Some(ranked);
        }
    }
    report.push(StepName::BeaconRound, beacon_round(evidence));
    let outcome = match report.outcome(StepName::BeaconRound) {
        Some(Failed(_)) => after(StepName::BeaconRound),
        _ => beacon(evidence, checks),
    };
    report.push(StepName::Beacon, outcome);
    report.push(StepName::Key, key(evidence));
    let tables = match tables(evidence, checks) {
        Ok(tables) => {
            report.push(StepName::Tables, Passed(format!("SHA-256 {}", evidence.event.tables)));
            Some(tables)
        }
        Err(why) => {
            report.push(StepName::Tables, Failed(why));
            None
        }
    };
    let (outcome, sealed) = draw(evidence, &report, ranking.as_ref(), tables.as_ref());
    report.push(StepName::Draw, outcome);
    let outcome = reveals(evidence, &report, sealed.as_ref());
    report.push(StepName::Reveals, outcome);
    Run { report, ranking, sealed }
}

fn held(result: Result<String, String>) -> Outcome {
    match result {
        Ok(detail) => Passed(detail),
        Err(why) => Failed(why),
    }
}

fn after(name: StepName) -> Outcome {
    NotChecked(format!("depends on the step {name}, which failed"))
}

fn beacon_round(evidence: &Evidence<'_>) -> Outcome {
    let facts = evidence.shower;
    let rule = evidence.event.beacon.rule();
    let Some(round) = facts.beacon_round else {
        if facts.root.is_some() || facts.beacon_signature.is_some() {
            return Failed("the shower was drawn, and no beacon round was fixed for it".into());
        }
        return NotChecked("cancelled before a round was fixed".into());
    };
    let Some(expected) = rule.round(facts.closed_at.unwrap_or(facts.closes_at), facts.closes_at) else {
        return Failed("the beacon's rule names no round: its period is 0 or its times overflow".into());
    };
    match facts.closed_at {
        Some(_) if round == expected => Passed(format!("round {round}")),
        Some(closed_at) => Failed(format!(
            "for a shower closed at {closed_at} the rule names round {expected}, and the chain has {round}"
        )),
        None if round < expected => Failed(format!(
            "the chain has round {round}, and no round before {expected} may decide this shower"
        )),
        None => Passed(format!(
            "round {round} is late enough; without the time of the close it can't be said that it is the first such"
        )),
    }
}

fn beacon(evidence: &Evidence<'_>, checks: &Checks<'_>) -> Outcome {
    let facts = evidence.shower;
    match (&facts.beacon_signature, facts.beacon_round, checks.beacon) {
        (None, _, _) if facts.root.is_some() => {
            Failed("the shower was drawn, and no beacon signature is stored".into())
        }
        (None, _, _) => NotChecked("not drawn".into()),
        (Some(_), None, _) => after(StepName::BeaconRound),
        (Some(_), Some(_), None) => {
            NotChecked("skipped as asked: whether the beacon is genuine is NOT known".into())
        }
        (Some(signature), Some(round), Some(check)) => match check(round, &signature.0) {
            Ok(()) if evidence.event.beacon.network() == Ok(super::beacon::Network::Quicknet) => {
                Passed(format!("signature of round {round}, drand quicknet"))
            }
            Ok(()) => Passed(format!(
                "signature of round {round}, by a beacon of the event's own: who holds its key knew rounds ahead"
            )),
            Err(why) => Failed(format!("the signature of round {round} is not the beacon's: {why}")),
        },
    }
}

fn key(evidence: &Evidence<'_>) -> Outcome {
    let facts = evidence.shower;
    match &facts.key {
        None => NotChecked("not published yet: it is when the time for cracking is over".into()),
        Some(key) if commitment(&evidence.event.id(facts.shower), &key.0) == facts.commitment.0 => {
            Passed(format!("commitment {}", facts.commitment))
        }
        Some(_) => Failed("the published key is not the one committed to".into()),
    }
}

fn tables(evidence: &Evidence<'_>, checks: &Checks<'_>) -> Result<Tables, String> {
    let hash = Hex32(Sha256::digest(evidence.tables).into());
    if hash != evidence.event.tables {
        return Err(format!("the file hashes to {hash} and the chain has {}", evidence.event.tables));
    }
    (checks.tables)(evidence.tables).map_err(|why| format!("the chain's tables can't be read: {why}"))
}

/// Draws again. Gives the outcome, and what was recomputed if that was possible.
fn draw(
    evidence: &Evidence<'_>,
    report: &Report,
    ranking: Option<&Ranking<'_>>,
    tables: Option<&Tables>,
) -> (Outcome, Option<Sealed>) {
    let facts = evidence.shower;
    for name in StepName::OF_A_SHOWER.into_iter().filter(|name| *name < StepName::Draw) {
        if matches!(report.outcome(name), Some(Failed(_))) {
            return (after(name), None);
        }
    }
    let (Some(_), Some(tables)) = (ranking, tables) else {
        return (after(StepName::Contributions), None);
    };
    let (Some(root), Some(leaves)) = (facts.root, facts.leaves) else {
        let outcome = match (facts.root, facts.leaves) {
            (None, None) if facts.contributors == 0 => {
                Passed("nobody contributed: nothing was to be drawn".into())
            }
            (None, None) if facts.cancelled => NotChecked("cancelled before the draw: no meteors".into()),
            (None, None) => NotChecked("not drawn yet".into()),
            _ => Failed("root and number of leaves come together, and one is missing".into()),
        };
        return (outcome, None);
    };
    if facts.contributors != leaves {
        let why = format!("the sealed tree has {leaves} leaves for {} contributors", facts.contributors);
        return (Failed(why), None);
    }
    let (Some(key), Some(signature)) = (&facts.key, &facts.beacon_signature) else {
        let why = "needs the key: until it is published, the root is on the chain and can't be changed";
        return (NotChecked(why.into()), None);
    };
    let inputs = Inputs {
        id: evidence.event.id(facts.shower),
        key: &key.0,
        beacon_signature: &signature.0,
        log: &facts.log.0,
        contributors: facts.contributors,
        earlier: facts.earlier,
        tiers: &evidence.event.tiers,
        eggs: &evidence.event.eggs,
        tilt_bp: evidence.event.tilt_bp,
        tables,
    };
    match Sealed::make(&inputs) {
        Err(why) => (Failed(format!("{why}")), None),
        Ok(sealed) if sealed.root() != root.0 => {
            let why = format!(
                "drawing again leads to {}, and the operator sealed {root}: this draw was not honest",
                Hex32(sealed.root())
            );
            (Failed(why), None)
        }
        Ok(sealed) => {
            let issue = sealed.issue();
            let detail = format!("root {root}; {} eggs in {leaves} meteors", issue.eggs.total());
            (Passed(detail), Some(sealed))
        }
    }
}

fn reveals(evidence: &Evidence<'_>, report: &Report, sealed: Option<&Sealed>) -> Outcome {
    let count = evidence.reveals.len();
    let Some(sealed) = sealed else {
        if let Some(failed) = report.first_failure() {
            return after(failed.name);
        }
        return match (count, evidence.shower.root) {
            (0, _) => NotChecked("no meteor was revealed".into()),
            (_, None) => Failed(format!("{count} meteors are said to be revealed, and nothing was drawn")),
            _ => NotChecked(format!(
                "{count} reveals: each was proven to the hatchery against the root; recomputed with the draw"
            )),
        };
    };
    let mut seen = alloc::collections::BTreeSet::new();
    for reveal in evidence.reveals {
        let Reveal { token_id, index, .. } = *reveal;
        if sealed.index_of(TokenId(token_id)) != Some(index) {
            return Failed(format!("meteor {token_id} does not stand at place {index} of this shower"));
        }
        if !seen.insert(index) {
            return Failed(format!("meteor {token_id} is listed twice"));
        }
        let Some((content, salt)) = sealed.content(index) else {
            return Failed(format!("there is no meteor at place {index}"));
        };
        if *content != reveal.content() {
            return Failed(format!(
                "meteor {token_id} was revealed to hold something other than what was drawn"
            ));
        }
        if salt != reveal.salt.0 {
            return Failed(format!("meteor {token_id} was revealed with another salt than its own"));
        }
    }
    if count == 0 {
        return NotChecked("no meteor was revealed".into());
    }
    Passed(format!("{count} of {} meteors revealed, each as drawn", sealed.leaves()))
}
