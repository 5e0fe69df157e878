//! `meteor mint`: gives every contributor of a drawn shower a meteor.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::{Art, Status};
use meteor_operator::jobs::{self, Batches};
use meteor_rules::{Rank, ShowerId};

use super::Command;
use crate::art::stand_in;
use crate::event::{chosen, recorded};
use crate::preset;
use crate::signing::Signing;

/// Mint the meteors of drawn showers.
///
/// The operator signs. Run it again if it was interrupted: no meteor is minted twice.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Mint {
    #[command(flatten)]
    signing: Signing,
    /// The shower's number; all that are drawn and not minted if left out
    #[arg(long)]
    shower: Option<u32>,
    /// File with a line of JSON for each rank of that shower: {"image": "CID", "traits": [1, 2, 3]}
    #[arg(long, required_unless_present = "stand_in_art", requires = "shower")]
    art: Option<PathBuf>,
    /// Use made-up art that nobody hosts, for rehearsals; needs --deployment
    #[arg(long, conflicts_with = "art", requires = "deployment")]
    stand_in_art: bool,
    /// Most meteors in a transaction, in messages of 100
    #[arg(long, default_value_t = Batches::default().meteors)]
    batch: usize,
    /// Highest gas limit of a transaction; never more than a quarter of a block
    #[arg(long, default_value_t = Batches::default().gas)]
    tx_gas: u64,
}

impl Command for Mint {
    async fn run(self) -> Result<ExitCode> {
        let (mut account, deployment, config) = self.signing.open().await?;
        let showers = chosen(self.shower, &config)?;
        let given = self.art.as_deref().map(read_art).transpose()?;
        let template = match self.signing.event.deployment.as_deref().filter(|_| self.stand_in_art) {
            Some(path) => Some(preset::read(&recorded(path)?.0.preset)?.meteors.template),
            None => None,
        };
        let batches = Batches { meteors: self.batch, gas: self.tx_gas };
        for shower in showers {
            let state = ShowerContract::new(account.node(), &deployment.shower).shower(shower).await?;
            let due = state.status == Status::Closed && state.minted < state.contributors;
            if !due && self.shower.is_none() {
                continue;
            }
            let id = ShowerId(shower);
            let art = |rank: Rank| match (&given, &template) {
                (Some(given), _) => given.get(rank.index()?).cloned(),
                (None, Some(template)) => Some(stand_in(template, 0, id, rank)),
                (None, None) => None,
            };
            jobs::mint_in(batches, &mut account, &deployment.shower, id, art, |at| {
                println!("shower {shower}: minted {} of {}", at.minted, at.contributors);
            })
            .await?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn read_art(path: &Path) -> Result<Vec<Art>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let line = |(number, line)| {
        serde_json::from_str(line).with_context(|| format!("{} line {number}", path.display()))
    };
    (1..).zip(text.lines()).map(line).collect()
}
