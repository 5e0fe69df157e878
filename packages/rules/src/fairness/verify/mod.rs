//! Checks a shower from its evidence: recomputes everything and says, step by step, what holds.
//!
//! Nothing here is trusted but the chain's own bytes. No I/O: the beacon's signature is verified by a
//! function that the caller brings, because the curve's arithmetic stays out of what contracts are built
//! from.

mod catalogue;
mod event;
mod ranking;
mod report;
mod steps;

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;

use serde::Serialize;

pub use event::verify_event;
pub use report::{Outcome, Report, Step, StepName};

use self::Outcome::{Failed, NotChecked, Passed};
use self::ranking::Ranking;
use super::content::{Content, Kind, Tables};
use super::evidence::{Contribution, Fairness, Reveal, Shower, decimal};
use super::sealed::Sealed;
use crate::catalogue::piece;
use crate::ids::{Rank, ShowerId, TokenId};
use crate::odds::{Odds, odds};
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
    /// The odds that it holds an egg.
    pub odds: Odds,
    /// The place of its piece in the tier's list of the catalogue, from 0.
    pub piece: u32,
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
    let event = evidence.event;
    let name = StepName::Meteor;
    let rank = token_id.rank(earlier);
    let Some((rank, tier)) = rank.and_then(|rank| Some((rank, event.tiers.tier_of(rank, contributors)?)))
    else {
        report.push(name, Failed(format!("meteor {token_id} is not of shower {shower}")));
        return (report, None);
    };
    if evidence.shower.is_open() {
        report.push(name, NotChecked(OPEN.into()));
        return (report, None);
    }
    if let Some(failed) = report.failed(&[StepName::Contributions, StepName::Ranking]) {
        report.push(name, after(failed));
        return (report, None);
    }
    let stands = ranking.and_then(|ranking| ranking.at(rank));
    let odds = odds(&event.tiers, &event.eggs, event.tilt_bp, contributors, rank);
    let (Some((contributor, amount)), Some(odds), Some(piece)) =
        (stands, odds, piece_of(evidence, tier, rank))
    else {
        report.push(name, after(StepName::Ranking));
        return (report, None);
    };
    let index = rank.0.saturating_sub(1);
    let content =
        sealed.as_ref().and_then(|sealed| sealed.content(index)).map(|(content, _)| content.clone());
    let shown = evidence.reveals.iter().find(|reveal| reveal.token_id == token_id.0).map(Reveal::content);
    let stands = format!(
        "rank {rank} ({tier}), {contributor} with {amount}, piece {piece} of the {tier} list, odds of an egg \
         {}/{} ({} %)",
        odds.numerator,
        odds.denominator,
        odds.percent()
    );
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
    let (contributor, shower) = (contributor.to_string(), ShowerId(shower));
    (report, Some(MeteorFacts { token_id, shower, contributor, amount, rank, tier, odds, piece, content }))
}

/// The place of a meteor's piece in its tier's list: showers count in order, cancelled ones included.
fn piece_of(evidence: &Evidence<'_>, tier: Tier, rank: Rank) -> Option<u32> {
    let event = evidence.event;
    let sizes = |shower: &Shower| event.tiers.sizes(shower.contributors);
    let before = event.showers.iter().filter(|other| other.shower < evidence.shower.shower);
    let earlier = before.map(|other| u64::from(*sizes(other).get(tier))).sum();
    let sizes = sizes(evidence.shower);
    let above: u32 = sizes.iter().filter(|(other, _)| *other < tier).map(|(_, size)| *size).sum();
    let place = rank.0.checked_sub(1)?.checked_sub(above)?;
    piece(earlier, place, event.catalogue.get(tier).count)
}

/// Said of every step of a shower that is still open.
const OPEN: &str = "the shower has not closed: nothing of it is final";

struct Run<'a> {
    report: Report,
    ranking: Option<Ranking<'a>>,
    sealed: Option<Sealed>,
}

fn run<'a>(evidence: &Evidence<'a>, checks: &Checks<'_>) -> Run<'a> {
    let facts = evidence.shower;
    let mut report = Report::new(facts.shower, facts.paused);
    if facts.is_open() {
        for name in StepName::OF_A_SHOWER {
            report.push(name, NotChecked(OPEN.into()));
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
    let failed = report.failed(&[StepName::Contributions, StepName::Ranking]);
    report.push(StepName::Odds, failed.map_or_else(|| steps::odds(evidence), after));
    report.push(StepName::BeaconRound, steps::beacon_round(evidence));
    let failed = report.failed(&[StepName::BeaconRound]);
    report.push(StepName::Beacon, failed.map_or_else(|| steps::beacon(evidence, checks), after));
    report.push(StepName::Key, steps::key(evidence));
    let tables = steps::tables(evidence, checks);
    let hash = format!("SHA-256 {}", evidence.event.tables);
    report.push(StepName::Tables, held(tables.as_ref().map(|_| hash).map_err(Clone::clone)));
    let (outcome, sealed) = match (report.failed(&steps::DRAW_NEEDS), tables) {
        (None, Ok(tables)) => steps::draw(evidence, &tables),
        (failed, _) => (after(failed.unwrap_or(StepName::Tables)), None),
    };
    report.push(StepName::Draw, outcome);
    report.push(StepName::Reveals, steps::reveals(evidence, sealed.is_some()));
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
