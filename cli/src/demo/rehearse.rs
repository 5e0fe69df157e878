//! The rehearsal: a short event through everything that can happen in its night. Each step is done with what the team's
//! commands use, checked, and noted with its time for the report.

mod night;
mod notes;
mod replica;

use anyhow::{Context, Result, anyhow};
use meteor_operator::node::Node;
use tokio_util::sync::CancellationToken;

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
    at: Where,
}

/// Showers: one goes through to its payees, the other is cancelled.
const SHOWERS: u32 = 2;

/// Rehearses, or until `stop`; answers with the report, and with why it ended before its end.
///
/// # Errors
/// If nothing could be begun.
pub async fn rehearse(rehearsal: &Rehearsal, stop: &CancellationToken) -> Result<(String, Result<()>)> {
    let site = Site::open(&rehearsal.at).await?;
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
    let mut notes = Notes::new(node.status().await.context("asking the chain")?.chain_id, site.moves_time());
    let outcome = tokio::select! {
        outcome = Box::pin(Night::hold(&site, &options, preset, &mut notes)) => outcome,
        // What was started ends with it.
        () = stop.cancelled() => Err(anyhow!("it was told to end")),
    };
    site.close().await;
    if let Err(error) = &outcome {
        notes.failed(error);
    }
    Ok((notes.markdown(), outcome))
}
