//! `meteor hatch`: the worker that reveals what cracked meteors hold.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use meteor_operator::jobs::Hatcher;
use tokio_util::sync::CancellationToken;

use super::secrets::Secrets;
use crate::signing::Signing;

/// The worker that reveals what cracked meteors hold, until Ctrl-C.
///
/// Anyone may reveal: give it an account of its own, because no other command can sign with its account while it runs.
#[derive(Clone, Debug, clap::Args)]
pub struct Hatch {
    #[command(flatten)]
    signing: Signing,
    #[command(flatten)]
    secrets: Secrets,
    /// Seconds between looks at what is in custody
    #[arg(long, default_value_t = 5)]
    every: u64,
    /// Append a line to this file for each batch: when, and which meteors, never what they held
    #[arg(long)]
    audit_log: Option<PathBuf>,
    /// Reveal what is in custody now, then end
    #[arg(long)]
    once: bool,
}

/// Runs `meteor hatch` until `stop`.
///
/// # Errors
/// What stands in the way, with --once; otherwise it is reported and tried again.
pub async fn hatch(options: &Hatch, stop: &CancellationToken) -> Result<ExitCode> {
    let (mut account, deployment, _) = options.signing.open().await?;
    let (keys, tables) = options.secrets.open(&account.node().clone(), &deployment.shower).await?;
    let mut hatcher = Hatcher::new(&deployment, &keys, &tables);
    loop {
        match hatcher.round(&mut account).await {
            Ok(done) => {
                if !done.revealed.is_empty() {
                    println!("revealed {} meteors", done.revealed.len());
                    if let Some(path) = &options.audit_log {
                        append(path, account.node().time().await?, &done.revealed)?;
                    }
                }
                if !done.left.is_empty() {
                    println!("{} meteors waited too long and are left to their holders", done.left.len());
                }
            }
            Err(error) if options.once => return Err(error.into()),
            // The chain may be away for a while; what is in custody stays there.
            Err(error) => eprintln!("not revealed, trying again: {:#}", anyhow::Error::from(error)),
        }
        if options.once {
            return Ok(ExitCode::SUCCESS);
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(options.every)) => {}
            () = stop.cancelled() => return Ok(ExitCode::SUCCESS),
        }
    }
}

/// The audit log holds what the chain's history holds, so a line that a crash swallows can be found there.
fn append(path: &Path, time: u64, revealed: &[u64]) -> Result<()> {
    let line = serde_json::json!({ "time": time, "revealed": revealed });
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
    writeln!(file, "{line}").with_context(|| format!("writing {}", path.display()))
}
