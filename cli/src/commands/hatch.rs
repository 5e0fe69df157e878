//! `meteor hatch`: the worker that reveals what cracked meteors hold.

mod health;

use std::collections::BTreeMap;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use meteor_chain::contracts::HatcheryContract;
use meteor_operator::jobs::{Batch, Hatched, Hatcher, Sealer, in_custody};
use meteor_operator::node::Node;
use meteor_rules::TokenId;

use self::health::{Health, Waits};
use super::{Command, PARTLY};
use crate::amounts::counted;
use crate::next::IDLE;
use crate::out::{report, say, tell};
use crate::progress::Progress;
use crate::secrets::Secrets;
use crate::signals::{end_when_told, stop_when_told};
use crate::signing::Signing;
use crate::times::{clock, when};

/// Reveal what cracked meteors hold, until Ctrl-C.
///
/// Anyone may sign. Give this worker an account of its own, because no other command can sign with its
/// account while it runs. A meteor that can't be revealed is reported and holds up no other. A meteor whose
/// reclaim time is near is not revealed: its holder would see what it holds and could still take it back. With
/// --once the exit code is 3 if something that is in custody was not revealed, and 4 if nothing is in custody.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Hatch {
    #[command(flatten)]
    signing: Signing,
    #[command(flatten)]
    secrets: Secrets,
    /// Seconds between two looks at what is in custody
    #[arg(long, default_value_t = 5)]
    every: u64,
    /// File to which a line is appended for each batch: when, and which meteors, never what they held
    #[arg(long)]
    audit_log: Option<PathBuf>,
    /// Reveal what is in custody now, then end
    #[arg(long)]
    once: bool,
    /// Where to answer /healthz, /readyz and /metrics, for example 127.0.0.1:9091. The public must not reach it
    #[arg(long, value_name = "ADDRESS", conflicts_with = "once")]
    admin: Option<SocketAddr>,
}

impl Command for Hatch {
    async fn run(self) -> Result<ExitCode> {
        let opening = end_when_told();
        let every = Duration::from_secs(self.every);
        let health = Health::new(every);
        if let Some(listen) = self.admin {
            // Before the signing account is opened, which turns lines for people off.
            self.signing.terms.choose_output();
            say!("admin: http://{}", health.serve(listen).await?);
        }
        let (mut account, deployment, config) = self.signing.open().await?;
        let (keys, tables) =
            self.secrets.open(&self.signing.event, &account.node().clone(), &deployment.shower).await?;
        // From here on a signal ends the worker between two rounds; until here, at a prompt, at once.
        let stop = stop_when_told();
        opening.abort();
        let sealer = Sealer { deployment: &deployment, config: &config, keys: &keys, tables: &tables };
        let mut hatcher = Hatcher::new(sealer);
        let node = account.node().clone();
        let hatchery = HatcheryContract::new(&node, &deployment.hatchery);
        let (mut idle, mut told) = (false, Hatched::default());
        loop {
            let mut progress = None;
            let each = |batch| self.tell(batch, &mut progress);
            let round = hatcher.round_by_batches(&mut account, each).await;
            drop(progress);
            match round {
                Ok(done) => {
                    let (waits, lines) = waiting(&done, hatchery, &node).await;
                    let all = waits == Waits::default();
                    health.good(done.revealed.len(), waits);
                    let nothing = all && done.revealed.is_empty();
                    // Every few seconds the same would hide what is new. The words differ: they say how long it is.
                    let waits = Hatched { revealed: vec![], ..done };
                    if waits != told {
                        if !lines.is_empty() {
                            tell!("{lines}");
                        }
                        told = waits;
                    }
                    if self.once || self.signing.terms.dry_run {
                        if nothing {
                            let line = "nothing to reveal: no meteor is in custody";
                            report!("nothing", {"said": line}, "{line}");
                        }
                        return Ok(match (nothing, all) {
                            (true, _) => ExitCode::from(IDLE),
                            (false, true) => ExitCode::SUCCESS,
                            (false, false) => ExitCode::from(PARTLY),
                        });
                    }
                    if nothing && !idle {
                        say!("nothing is in custody; waiting for meteors to be cracked");
                    }
                    idle = nothing;
                }
                Err(error) if self.once || self.signing.terms.dry_run => return Err(error.into()),
                // The chain may be away for a while; what is in custody stays there.
                Err(error) => {
                    let why = crate::out::in_words(&error.into());
                    tell!("not revealed, trying again: {why}");
                    health.failed(why);
                }
            }
            tokio::select! {
                () = tokio::time::sleep(every) => {}
                () = stop.cancelled() => return Ok(ExitCode::SUCCESS),
            }
        }
    }
}

impl Hatch {
    /// Reports a batch, and shows how far the round is.
    fn tell(&self, batch: Batch, progress: &mut Option<Progress>) {
        let Batch { revealed, time, done, of } = batch;
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        let progress = progress.get_or_insert_with(|| Progress::new("revealing".to_owned(), count(of)));
        if !revealed.is_empty() {
            report!("revealed", {"meteors": revealed}, "revealed {}", counted(revealed.len(), "meteor"));
            if let Some(path) = &self.audit_log {
                // Holders wait for what comes next, and the chain's history has the same.
                if let Err(error) = append(path, time, &revealed) {
                    tell!("the audit log lacks the line of this batch: {}", crate::out::in_words(&error));
                }
            }
        }
        progress.show(count(done));
    }
}

/// Waiting meteors of a kind that are named one by one.
const SHOWN: usize = 10;

/// What was not revealed: how many, and in words which and until when.
async fn waiting(done: &Hatched, hatchery: HatcheryContract<'_>, node: &Node) -> (Waits, String) {
    let Hatched { revealed: _, left, held, unfit, refused } = done;
    let mut waits = Waits { near: left.len(), unfit: held.len(), refused: refused.len(), first: None };
    if waits == Waits::default() {
        return (waits, String::new());
    }
    // A node that doesn't answer just now is no reason to stop revealing.
    let custodies = in_custody(hatchery).await.unwrap_or_default();
    let until: BTreeMap<u64, u64> = custodies.iter().map(|one| (one.token_id, one.reclaim_at)).collect();
    let now = node.time().await.ok();
    let late = |token_id: &TokenId| {
        let at = until.get(&token_id.0).copied();
        let at = at.map(|at| now.map_or_else(|| clock(at), |now| when(at, now)));
        at.map_or_else(String::new, |at| format!("; its holder can take it back from {at}"))
    };
    let ours = left.iter().chain(held).chain(refused.keys());
    waits.first = ours.filter_map(|token_id| until.get(&token_id.0)).min().copied();
    let mut lines = Vec::new();
    for token_id in left.iter().take(SHOWN) {
        lines.push(format!(
            "meteor {token_id} is not revealed, its reclaim time is too near{}",
            late(token_id)
        ));
    }
    if !unfit.is_empty() {
        let showers: Vec<String> = unfit.iter().map(ToString::to_string).collect();
        let (count, showers) = (held.len(), showers.join(", "));
        lines.push(format!(
            "{} can't be revealed: key, root or tables of shower {showers} don't fit",
            counted(count, "meteor")
        ));
    }
    for token_id in held.iter().take(SHOWN) {
        lines.push(format!("meteor {token_id} waits{}", late(token_id)));
    }
    for (token_id, why) in refused.iter().take(SHOWN) {
        lines.push(format!("meteor {token_id} can't be revealed: {why}{}", late(token_id)));
    }
    let more: usize =
        [left.len(), held.len(), refused.len()].iter().map(|count| count.saturating_sub(SHOWN)).sum();
    if more > 0 {
        lines.push(format!("and {more} more wait"));
    }
    (waits, lines.join("\n"))
}

/// A line that a crash loses can be found in the chain's history, which holds the same.
fn append(path: &Path, time: u64, revealed: &[TokenId]) -> Result<()> {
    let line = serde_json::json!({ "time": time, "revealed": revealed });
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .with_context(|| format!("opening {}", path.display()))?;
    writeln!(file, "{line}").with_context(|| format!("writing {}", path.display()))
}
