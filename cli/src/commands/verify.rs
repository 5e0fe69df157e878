//! `meteor verify`: recomputes the draw of every shower, or of one meteor, and explains each step. It trusts
//! nothing but the bytes that the chain holds.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use meteor_operator::node::Node;
use meteor_rules::TokenId;
use meteor_rules::fairness::evidence::read_csv;
use meteor_rules::fairness::verify::{Evidence, Outcome, Report, verify_meteor};

use super::Command;
use crate::evidence::{self, Bundle};

/// Recompute the draws of an event, or what one meteor holds, and show what is proven.
///
/// Exit code 0 means that nothing is wrong with what could be checked, 1 that something is.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Verify {
    /// A server's address (http://…), or an evidence folder with fairness.json, tables.json and showers/
    source: String,
    /// Ask this node (CometBFT RPC) what the chain states, instead of using the source's fairness.json
    #[arg(long, requires = "contract")]
    node: Option<String>,
    /// With --node: address of the shower contract, from somewhere you trust
    #[arg(long)]
    contract: Option<String>,
    /// Only this shower
    #[arg(long)]
    shower: Option<u32>,
    /// Only this meteor, by its number
    #[arg(long)]
    meteor: Option<u64>,
    /// With --shower: a file of contributions, instead of the source's
    #[arg(long, requires = "shower")]
    contributions: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

const NOT_GREEN: u8 = 1;

impl Command for Verify {
    async fn run(self) -> Result<ExitCode> {
        let bundle = self.bundle().await?;
        let reports = match self.meteor {
            Some(meteor) => vec![one_meteor(&bundle, meteor)?],
            None => bundle.verify(self.shower),
        };
        ensure!(!reports.is_empty(), "there is no such shower");
        let shown = if self.json {
            serde_json::to_string_pretty(&reports)? + "\n"
        } else {
            reports.iter().map(text).collect::<String>()
        };
        // A reader that has seen enough, such as `head`, is no reason to fail.
        let _ = std::io::stdout().write_all(shown.as_bytes());
        let wrong = reports.iter().find_map(|report| Some((report.shower, report.first_failure()?)));
        if let Some((shower, step)) = wrong {
            eprintln!("WRONG: shower {shower} fails at {}", step.name);
            return Ok(ExitCode::from(NOT_GREEN));
        }
        if !self.json {
            eprintln!("Nothing is wrong with what could be checked.");
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Verify {
    /// The evidence that the options name.
    async fn bundle(&self) -> Result<Bundle> {
        let mut bundle = evidence::load(&self.source).await?;
        if let (Some(node), Some(contract)) = (&self.node, &self.contract) {
            bundle.fairness = evidence::from_chain(&Node::new(node)?, contract).await?;
            let (here, there) = (bundle.showers.len(), bundle.fairness.showers.len());
            ensure!(here == there, "the source has {here} showers and the contract {there}");
        }
        if let (Some(shower), Some(path)) = (self.shower, &self.contributions) {
            let reading = || format!("reading {}", path.display());
            let rows =
                read_csv(&std::fs::read_to_string(path).with_context(reading)?).with_context(reading)?;
            let place = usize::try_from(shower)?.checked_sub(1).context("showers are numbered from 1")?;
            bundle.showers.get_mut(place).context("no such shower")?.0 = rows;
        }
        Ok(bundle)
    }
}

fn one_meteor(bundle: &Bundle, meteor: u64) -> Result<Report> {
    let evidence = bundle
        .each()
        .find(|Evidence { shower, .. }| {
            let rank = TokenId(meteor).rank(shower.earlier);
            rank.is_some_and(|rank| rank.0 <= shower.contributors)
        })
        .with_context(|| format!("there is no meteor {meteor}"))?;
    let (report, facts) = bundle.with_checks(|checks| verify_meteor(&evidence, checks, TokenId(meteor)));
    if let Some(facts) = facts {
        eprintln!("meteor {meteor}: {}", serde_json::to_string(&facts)?);
    }
    Ok(report)
}

fn text(report: &Report) -> String {
    let mut text = format!("Shower {}\n", report.shower);
    for step in &report.steps {
        let (mark, detail) = match &step.outcome {
            Outcome::Passed(detail) => ("ok     ", detail),
            Outcome::Failed(detail) => ("WRONG  ", detail),
            Outcome::NotChecked(detail) => ("not yet", detail),
        };
        let _ = writeln!(text, "  {mark} {:<14} {}", step.name.as_str(), step.shows);
        let _ = writeln!(text, "                         {detail}");
    }
    text
}
