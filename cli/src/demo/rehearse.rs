//! The rehearsal: a short event through everything that can happen in its night. Each step is done with what the team's
//! commands use, checked, and noted with its time for the report.

mod monitoring;
mod night;
mod notes;
mod replica;

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use meteor_operator::node::Node;
use tokio_util::sync::CancellationToken;

use self::monitoring::Monitoring;
use self::night::Night;
use self::notes::Notes;
use super::options::Options;
use super::{Site, Where};
use crate::preset;

/// How the rehearsal can be changed.
#[derive(Clone, Debug, clap::Args)]
pub struct Rehearsal {
    /// Wallets that take part
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(4..=2_000))]
    wallets: u32,
    /// Length of a shower in seconds; four of the chain's blocks must fit into a third of it
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u64).range(12..=86_400))]
    seconds: u64,
    /// Whose tiers, eggs and names: demo, levana-2021, or the path of a preset file
    #[arg(long, default_value = "demo")]
    preset: String,
    /// The same seed makes the same wallets, amounts and moments
    #[arg(long, default_value_t = 2021)]
    seed: u64,
    #[command(flatten)]
    monitoring: Monitoring,
    #[command(flatten)]
    at: Where,
}

/// Showers: one goes through to its payees, the other is cancelled.
const SHOWERS: u32 = 2;

/// Rehearses, or until `stop`, and keeps the report in `file`, which is there and still empty.
///
/// # Errors
/// With why it ended before its end.
pub async fn rehearse(rehearsal: &Rehearsal, file: &Path, stop: &CancellationToken) -> Result<()> {
    let mut notes = Notes::new(file);
    let told = || anyhow!("it was told to end");
    let site = tokio::select! {
        site = Site::open(&rehearsal.at) => site,
        () = stop.cancelled() => Err(told()),
    };
    let outcome = match site {
        Ok(site) => {
            let outcome = tokio::select! {
                outcome = Box::pin(hold(&site, rehearsal, &mut notes)) => outcome,
                // What was started ends with it.
                () = stop.cancelled() => Err(told()),
            };
            site.close().await;
            outcome
        }
        Err(error) => Err(error),
    };
    let written = notes.end(&outcome);
    outcome.and(written)
}

/// Holds the event at `site`.
async fn hold(site: &Site, rehearsal: &Rehearsal, notes: &mut Notes) -> Result<()> {
    let mut preset = preset::read(&rehearsal.preset)?;
    let options = Options {
        showers: Some(SHOWERS),
        wallets: rehearsal.wallets,
        seconds: Some(rehearsal.seconds),
        contributions: 3,
        seed: rehearsal.seed,
        listen: ([127, 0, 0, 1], 0).into(),
        preset: rehearsal.preset.clone(),
        exit: true,
        at: rehearsal.at.clone(),
    };
    options.fit(&mut preset, site.moves_time());
    let node = Node::new(&site.chain.rpc)?;
    notes.on(&node.status().await.context("asking the chain")?.chain_id, site.moves_time())?;
    let monitoring = rehearsal.monitoring.open().await?;
    Night::hold(site, &options, preset, monitoring.as_ref(), notes).await
}
