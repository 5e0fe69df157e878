//! Odds and draw: what was known before each draw, and what the verifier recomputes once the keys are out.

use anyhow::{Context, Result, bail, ensure};
use meteor_messages::shower::ShowerResponse;
use meteor_rules::fairness::content::Kind;
use meteor_rules::fairness::verify::{Outcome, StepName, verify_meteor};
use meteor_rules::odds::{Odds, odds};
use meteor_rules::preset::Preset;
use meteor_rules::tier::Tier;
use meteor_rules::{Rank, TokenId};

use super::Stage;
use super::report::Check;
use crate::evidence::{self, Bundle};
use crate::out::say;

/// The rank whose odds are shown: the first Rare. Where the eggs suffice for all of them, the first whose odds are
/// open; else the last.
fn shown(preset: &Preset, contributors: u32) -> (Rank, Tier) {
    let sizes = preset.tiers.sizes(contributors);
    let first = sizes.legendary.saturating_add(sizes.ancient).saturating_add(1);
    let Preset { tiers, eggs, tilt_bp, .. } = preset;
    let open = (first..=contributors).find(|rank| {
        let odds = odds(tiers, eggs, *tilt_bp, contributors, Rank(*rank));
        odds.is_some_and(|odds| odds != Odds::CERTAIN)
    });
    let rank = Rank(open.unwrap_or(contributors));
    (rank, tiers.tier_of(rank, contributors).unwrap_or(Tier::Common))
}

/// The exact odds of one rank, known from the number of contributors alone.
pub(super) fn before_the_draw(preset: &Preset, contributors: u32) -> Option<String> {
    let (rank, tier) = shown(preset, contributors);
    let odds = odds(&preset.tiers, &preset.eggs, preset.tilt_bp, contributors, rank)?;
    Some(format!(
        "rank {rank} of {contributors}, {}: {} % before the draw ({} of {})",
        tier.title(),
        odds.percent(),
        odds.numerator,
        odds.denominator
    ))
}

/// Everything that the verifier says, and that it doesn't say so of a changed copy.
pub(super) async fn run(stage: &Stage<'_>, states: &[ShowerResponse]) -> Result<Vec<Check>> {
    let api = stage.api;
    let bundle = evidence::load(api).await?;
    say!("verify         keys are published: meteor verify {api}");
    Ok(vec![
        Check { claim: "the draw of every shower verifies", outcome: verifies(&bundle) },
        Check { claim: "odds were exact before the draw", outcome: exact(stage, &bundle, states) },
        Check { claim: "one changed contribution does not", outcome: corrupted_fails(bundle) },
    ])
}

fn verifies(bundle: &Bundle) -> Result<String> {
    for step in bundle.verify_event() {
        match step.outcome {
            Outcome::Passed(_) => {}
            // The beacon here is a test chain's, as the verifier has to say.
            Outcome::NotChecked(_) if step.name == StepName::BeaconRule => {}
            Outcome::Failed(_) | Outcome::NotChecked(_) => {
                bail!("the event fails at {}: {:?}", step.name, step.outcome);
            }
        }
    }
    let reports = bundle.verify(None);
    for report in &reports {
        if let Some(step) = report.first_failure() {
            bail!("shower {} fails at {}: {:?}", report.shower, step.name, step.outcome);
        }
        ensure!(
            report.is_complete() || bundle.is_empty(report.shower),
            "shower {}: not every step could be checked: {:?}",
            report.shower,
            report.steps
        );
    }
    Ok(format!("{} showers, every step; the beacon is a test chain's", reports.len()))
}

/// The verifier has the same odds as were known before, and says what the meteor drew.
fn exact(stage: &Stage<'_>, bundle: &Bundle, states: &[ShowerResponse]) -> Result<String> {
    let mut example = None;
    for state in states.iter().filter(|state| state.contributors > 0) {
        let (rank, _) = shown(stage.preset, state.contributors);
        let before = before_the_draw(stage.preset, state.contributors).context("a rank without odds")?;
        let meteor = TokenId::of(state.earlier, rank).context("a rank without a meteor")?;
        let evidence = bundle.each().find(|evidence| evidence.shower.shower == state.shower);
        let evidence = evidence.context("a shower without evidence")?;
        let (_, facts) = bundle.with_checks(|checks| verify_meteor(&evidence, checks, meteor));
        let facts = facts.with_context(|| format!("nothing about meteor {meteor}"))?;
        let (numerator, denominator) = (facts.odds.numerator, facts.odds.denominator);
        ensure!(
            facts.rank == rank && before.ends_with(&format!("({numerator} of {denominator})")),
            "shower {}: {before}, but the verifier has {numerator} of {denominator} for rank {}",
            state.shower,
            facts.rank
        );
        let content = facts.content.with_context(|| format!("meteor {meteor} is not drawn"))?;
        let holds = match content.kind {
            Kind::Egg => "an egg",
            Kind::Dust => "dust",
        };
        example.get_or_insert(format!("{before}; the verifier drew the same: {holds}"));
    }
    example.context("nobody contributed")
}

fn corrupted_fails(mut bundle: Bundle) -> Result<String> {
    let rows = bundle.showers.iter_mut().map(|(rows, _)| rows).find(|rows| !rows.is_empty());
    let row = rows.and_then(|rows| rows.first_mut()).context("nothing to corrupt")?;
    row.amount ^= 1;
    let reports = bundle.verify(None);
    let found = reports.iter().find_map(|report| report.first_failure());
    Ok(format!("caught at {}", found.context("a corrupted copy passed")?.name))
}
