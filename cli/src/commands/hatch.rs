//! `meteor hatch`: the worker that reveals what cracked meteors hold.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use meteor_chain::contracts::HatcheryContract;
use meteor_operator::jobs::{Hatched, Hatcher, Sealer};
use meteor_operator::launch::utc;
use meteor_rules::TokenId;

use super::{Command, PARTLY};
use crate::next::IDLE;
use crate::out::{say, tell};
use crate::secrets::Secrets;
use crate::signals::{end_when_told, stop_when_told};
use crate::signing::Signing;

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
}

impl Command for Hatch {
    async fn run(self) -> Result<ExitCode> {
        let opening = end_when_told();
        let (mut account, deployment, config) = self.signing.open().await?;
        let (keys, tables) = self.secrets.open(&account.node().clone(), &deployment.shower).await?;
        // From here on a signal ends the worker between two rounds; until here, at a prompt, at once.
        let stop = stop_when_told();
        opening.abort();
        let sealer = Sealer { deployment: &deployment, config: &config, keys: &keys, tables: &tables };
        let mut hatcher = Hatcher::new(sealer);
        let node = account.node().clone();
        let hatchery = HatcheryContract::new(&node, &deployment.hatchery);
        let mut idle = false;
        loop {
            match hatcher.round(&mut account).await {
                Ok(done) => {
                    if !done.revealed.is_empty() {
                        say!("revealed {} meteors", done.revealed.len());
                        if let Some(path) = &self.audit_log {
                            append(path, account.node().time().await?, &done.revealed)?;
                        }
                    }
                    let all = report(&done, hatchery).await;
                    let nothing = all && done.revealed.is_empty();
                    if self.once {
                        if nothing {
                            say!("nothing to reveal: no meteor is in custody");
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
                Err(error) if self.once => return Err(error.into()),
                // The chain may be away for a while; what is in custody stays there.
                Err(error) => tell!("not revealed, trying again: {:#}", anyhow::Error::from(error)),
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_secs(self.every)) => {}
                () = stop.cancelled() => return Ok(ExitCode::SUCCESS),
            }
        }
    }
}

/// Waiting meteors that are named one by one.
const SHOWN: usize = 10;

/// Says what was not revealed and why; whether that is nothing.
async fn report(done: &Hatched, hatchery: HatcheryContract<'_>) -> bool {
    let Hatched { revealed: _, left, held, unfit, refused } = done;
    if !left.is_empty() {
        tell!("{} meteors are too near to their reclaim time: their holders can reclaim them", left.len());
    }
    if !unfit.is_empty() {
        let showers: Vec<String> = unfit.iter().map(ToString::to_string).collect();
        let (count, showers) = (held.len(), showers.join(", "));
        tell!("{count} meteors can't be revealed: key, root or tables of shower {showers} don't fit");
        for token_id in held.iter().take(SHOWN) {
            // A node that doesn't answer just now is no reason to stop revealing.
            if let Ok(Some(custody)) = hatchery.custody(token_id.0).await {
                tell!(
                    "meteor {token_id} waits; its holder can take it back from {}",
                    utc(custody.reclaim_at)
                );
            }
        }
    }
    for (token_id, why) in refused {
        tell!("meteor {token_id} can't be revealed: {why}");
    }
    left.is_empty() && held.is_empty() && refused.is_empty()
}

/// A line that a crash loses can be found in the chain's history, which holds the same.
fn append(path: &Path, time: u64, revealed: &[TokenId]) -> Result<()> {
    let line = serde_json::json!({ "time": time, "revealed": revealed });
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
    writeln!(file, "{line}").with_context(|| format!("writing {}", path.display()))
}
