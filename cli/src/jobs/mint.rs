//! `meteor mint`: gives every contributor of a drawn shower a meteor.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use meteor_messages::shower::{Art, QueryMsg, ShowerResponse, Status};
use meteor_operator::jobs::{self, Batches};

use crate::demo;
use crate::signing::{Signing, exists, recorded};

/// Mints meteors.
#[derive(Clone, Debug, clap::Args)]
pub struct Mint {
    #[command(flatten)]
    signing: Signing,
    /// Which shower; all that are closed and not minted if left out
    #[arg(long)]
    shower: Option<u32>,
    /// A file with a line of JSON for each rank of that shower: {"image": CID, "traits": [numbers]}
    #[arg(long, required_unless_present = "stand_in_art", requires = "shower")]
    art: Option<PathBuf>,
    /// Well-formed art that nobody hosts, for rehearsals; needs --deployment
    #[arg(long, conflicts_with = "art", requires = "deployment")]
    stand_in_art: bool,
    /// Meteors a transaction at most, in messages of 100
    #[arg(long, default_value_t = Batches::default().meteors)]
    batch: usize,
    /// Gas that a transaction may be allowed at most; never more than a quarter of a block
    #[arg(long, default_value_t = Batches::default().gas)]
    tx_gas: u64,
}

/// Runs `meteor mint`.
///
/// # Errors
/// What stands in the way; run it again to go on.
pub async fn mint(options: &Mint) -> Result<ExitCode> {
    let (mut account, deployment, config) = options.signing.open().await?;
    if let Some(shower) = options.shower {
        exists(shower, &config)?;
    }
    let given = options.art.as_ref().map(read_art).transpose()?;
    let stand_in = match options.signing.event.deployment.as_deref().filter(|_| options.stand_in_art) {
        Some(path) => Some(demo::preset(&recorded(path)?.preset)?.meteors.template),
        None => None,
    };
    let batches = Batches { meteors: options.batch, gas: options.tx_gas };
    for shower in 1..=config.schedule.count {
        if options.shower.is_some_and(|only| only != shower) {
            continue;
        }
        let query = QueryMsg::Shower { shower };
        let state: ShowerResponse = account.node().smart(&deployment.shower, &query).await?;
        let due = state.status == Status::Closed && state.minted < state.contributors;
        if !due && options.shower.is_none() {
            continue;
        }
        let art = |rank: u32| match (&given, &stand_in) {
            (Some(given), _) => given.get(usize::try_from(rank).ok()?.checked_sub(1)?).cloned(),
            (None, Some(template)) => Some(demo::art(template, 0, shower, rank)),
            (None, None) => None,
        };
        jobs::mint_in(batches, &mut account, &deployment.shower, shower, art, |at| {
            println!("shower {shower}: minted {} of {}", at.minted, at.contributors);
        })
        .await?;
    }
    Ok(ExitCode::SUCCESS)
}

fn read_art(path: &PathBuf) -> Result<Vec<Art>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let line = |(number, line)| {
        serde_json::from_str(line).with_context(|| format!("{} line {number}", path.display()))
    };
    (1..).zip(text.lines()).map(line).collect()
}
