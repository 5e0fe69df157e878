//! `meteor verify`: recomputes the draw of every shower, or of one meteor, and explains each step.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use meteor_operator::node::Node;
use meteor_rules::TokenId;
use meteor_rules::fairness::evidence::{Fairness, read_csv};
use meteor_rules::fairness::verify::{Evidence, MeteorFacts, Outcome, Report, Step, StepName, verify_meteor};

use super::Command;
use crate::evidence::{self, Bundle, Checksums, Source};
use crate::out::{begin, in_words, say, tell};
use crate::verdict::{self, CloseBlock, ShowerVerdict, Verdict};

/// Recompute the draws of an event, or what one meteor holds, and show what is proven.
///
/// Exit code 0 means that nothing is wrong with what could be checked: the last line says what could not be, and
/// whose word was believed. 1 means that something is wrong, 2 that the evidence can't be read.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Verify {
    /// A server's address (http://…), or an evidence folder with fairness.json, tables.json and showers/
    source: String,
    /// Ask this node (CometBFT RPC) what the chain says, compare the source with it, and check the contracts' code.
    /// May be repeated: if one does not answer, the next is asked
    #[arg(long, value_name = "URL", value_delimiter = ',')]
    node: Vec<String>,
    /// With --node: address of the shower contract, as it was announced; else the source's word is taken for it
    #[arg(long, value_name = "ADDRESS", requires = "node", value_parser = crate::address::address)]
    contract: Option<String>,
    /// With --node: SHA-256 of the contracts' published code, as sha256sum writes it, instead of the built-in ones
    #[arg(long, requires = "node")]
    checksums: Option<PathBuf>,
    /// Only this shower
    #[arg(long)]
    shower: Option<u32>,
    /// Only this meteor, by its number
    #[arg(long, conflicts_with = "shower")]
    meteor: Option<u64>,
    /// With --shower: a file of contributions, instead of the source's
    #[arg(long, requires = "shower")]
    contributions: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

const WRONG: u8 = 1;
const UNREADABLE: u8 = 2;

impl Command for Verify {
    async fn run(self) -> Result<ExitCode> {
        let verdict = match self.verdict().await {
            Ok(verdict) => verdict,
            Err(error) => {
                if self.json {
                    let said = serde_json::json!({ "ok": false, "unreadable": in_words(&error) });
                    say!("{said}");
                } else {
                    tell!("can't be checked: {}", in_words(&error));
                }
                return Ok(ExitCode::from(UNREADABLE));
            }
        };
        let shown =
            if self.json { serde_json::to_string_pretty(&verdict.json()?)? + "\n" } else { verdict.text() };
        begin!("{shown}");
        Ok(if verdict.first_failure().is_some() { ExitCode::from(WRONG) } else { ExitCode::SUCCESS })
    }
}

/// What a node says of the event.
struct Asked {
    node: Node,
    steps: Vec<Step>,
    admins: BTreeSet<String>,
}

impl Verify {
    async fn verdict(&self) -> Result<Verdict> {
        let source = Source::named(&self.source);
        let said = source.fairness().await?;
        let (fairness, asked) = if self.node.is_empty() {
            (said, None)
        } else {
            let (fairness, asked) = self.ask(&said).await?;
            (fairness, Some(asked))
        };
        let mut bundle = source.bundle(fairness).await?;
        self.replace_contributions(&mut bundle)?;
        let (reports, meteor) = match self.meteor {
            Some(meteor) => {
                let (report, facts) = one_meteor(&bundle, meteor)?;
                (vec![report], facts)
            }
            None => (bundle.verify(self.shower), None),
        };
        ensure!(!reports.is_empty() || self.shower.is_none(), "there is no such shower");
        let mut event = bundle.verify_event();
        let mut showers = Vec::with_capacity(reports.len());
        for report in reports {
            let facts = bundle.fairness.shower(report.shower);
            let closed_at = facts.and_then(|facts| facts.closed_at);
            let closing = match (&asked, closed_at) {
                (Some(Asked { node, .. }), Some(at)) => {
                    evidence::closing(node, at).await?.map_or(CloseBlock::Gone, CloseBlock::Found)
                }
                (None, _) | (_, None) => CloseBlock::NotAsked,
            };
            let cancelled = facts.is_some_and(|facts| facts.cancelled);
            showers.push(ShowerVerdict { report, cancelled, closing });
        }
        let believed = asked.is_none().then(|| source.said_by());
        let admins = asked.map(|asked| {
            event.extend(asked.steps);
            asked.admins
        });
        let Fairness { chain_id, contract, beacon, .. } = bundle.fairness;
        Ok(Verdict { chain_id, contract, beacon, event, showers, meteor, believed, admins })
    }

    /// What the chain says in place of the source, and the steps that compare the two.
    async fn ask(&self, said: &Fairness) -> Result<(Fairness, Asked)> {
        let node = Node::pool(&self.node)?;
        let contract = self.contract.as_ref().unwrap_or(&said.contract);
        let mut fairness = evidence::from_chain(&node, contract).await?;
        let network = node.status().await?.chain_id;
        let found = evidence::compare(said, &fairness)?;
        let chain = if found.wrong.is_empty() {
            let mut told = vec![format!("{contract}, asked of {}", self.node.join(", "))];
            if network != fairness.chain_id {
                told.push(format!("the chain is called {network} now"));
            }
            if self.contract.is_none() {
                told.push("the source named this address: compare it with the one announced".into());
            }
            if !found.behind.is_empty() {
                told.push(format!("the source is behind with {}", verdict::named(&found.behind)));
            }
            Outcome::Passed(told.join("; "))
        } else {
            let first: Vec<_> = found.wrong.iter().take(5).map(String::as_str).collect();
            Outcome::Failed(format!("the source says what the chain doesn't: {}", first.join("; ")))
        };
        let published = match &self.checksums {
            None => Checksums::built_in()?,
            Some(path) => {
                let reading = || format!("reading {}", path.display());
                Checksums::read(&std::fs::read_to_string(path).with_context(reading)?)
                    .with_context(reading)?
            }
        };
        let code = evidence::code(&node, contract, &published).await?;
        let admins: Vec<_> = code.admins.iter().map(String::as_str).collect();
        let outcome = if code.other.is_empty() {
            let admins = if admins.is_empty() { "nobody".to_owned() } else { admins.join(", ") };
            Outcome::Passed(format!("five contracts run the published code; admin: {admins}"))
        } else {
            Outcome::Failed(code.other.join("; "))
        };
        // A shower that is open in the source stays so: its files don't have all of it yet.
        for (facts, ours) in fairness.showers.iter_mut().zip(&said.showers) {
            if ours.is_open() {
                facts.clone_from(ours);
            }
        }
        let steps = vec![Step::new(StepName::Chain, chain), Step::new(StepName::Code, outcome)];
        Ok((fairness, Asked { node, steps, admins: code.admins }))
    }

    fn replace_contributions(&self, bundle: &mut Bundle) -> Result<()> {
        let (Some(shower), Some(path)) = (self.shower, &self.contributions) else { return Ok(()) };
        let reading = || format!("reading {}", path.display());
        let rows = read_csv(&std::fs::read_to_string(path).with_context(reading)?).with_context(reading)?;
        let place = usize::try_from(shower)?.checked_sub(1).context("showers are numbered from 1")?;
        bundle.showers.get_mut(place).context("no such shower")?.0 = rows;
        Ok(())
    }
}

fn one_meteor(bundle: &Bundle, meteor: u64) -> Result<(Report, Option<MeteorFacts>)> {
    let evidence = bundle
        .each()
        .find(|Evidence { shower, .. }| {
            let rank = TokenId(meteor).rank(shower.earlier);
            rank.is_some_and(|rank| rank.0 <= shower.contributors)
        })
        .with_context(|| format!("there is no meteor {meteor}"))?;
    Ok(bundle.with_checks(|checks| verify_meteor(&evidence, checks, TokenId(meteor))))
}
