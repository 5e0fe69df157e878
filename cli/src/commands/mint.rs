//! `meteor mint`: gives every contributor of a drawn shower a meteor.

use std::ops::ControlFlow;
use std::process::ExitCode;

use anyhow::{Context, Result};
use meteor_chain::contracts::{Collection, ShowerContract};
use meteor_messages::shower::Status;
use meteor_operator::jobs::{self, Batches, MintProgress};
use meteor_rules::ShowerId;
use serde_json::json;

use super::Command;
use crate::catalogue;
use crate::event::chosen;
use crate::next::nothing;
use crate::progress::Progress;
use crate::signing::Signing;

/// Mint the meteors of drawn showers.
///
/// Anyone may sign: the catalogue was fixed at the launch, and the contract accepts no other pieces. So what an
/// operator leaves half-way, anyone finishes: with --node, --contract and --catalogue, which may be the
/// address of any copy of the file, for example /v1/catalogue of the event's server. A file that is not the
/// event's is refused before anything is sent. Run it again if it was interrupted: no meteor is minted twice.
/// The exit code is 4 if there is nothing to mint.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Mint {
    #[command(flatten)]
    signing: Signing,
    /// The shower's number; all that are drawn and not minted if left out
    #[arg(long)]
    shower: Option<u32>,
    /// The event's catalogue: a file or the address of one. If it is left out, catalogue.csv beside the
    /// event's file, where meteor deploy keeps it
    #[arg(long, value_name = "FILE|URL")]
    catalogue: Option<String>,
    /// Most meteors in a transaction, in messages of up to 100
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
        let template = Collection::new(account.node(), &deployment.meteors).template().await?;
        let catalogue = catalogue::read(&self.source()?, &template).await?;
        let batches = Batches { meteors: self.batch, gas: self.tx_gas };
        let mut did = false;
        for shower in showers.clone() {
            let state = ShowerContract::new(account.node(), &deployment.shower).shower(shower).await?;
            let drawn =
                ShowerContract::new(account.node(), &deployment.shower).draw(shower).await?.root.is_some();
            if !(drawn && state.status == Status::Closed && state.minted < state.contributors) {
                continue;
            }
            did = true;
            let mut progress = Progress::new(format!("shower {shower}: minted"), state.contributors.into());
            jobs::mint_in(batches, &mut account, &deployment.shower, ShowerId(shower), &catalogue, |at| {
                let MintProgress { minted, contributors } = at;
                let fields = || json!({"shower": shower, "minted": minted, "of": contributors});
                let line = format_args!("shower {shower}: minted {minted} of {contributors}");
                progress.at(minted.into(), "minted", fields, line);
                ControlFlow::Continue(())
            })
            .await?;
        }
        if did {
            Ok(ExitCode::SUCCESS)
        } else {
            nothing("mint", account.node(), &deployment.shower, showers).await
        }
    }
}

impl Mint {
    /// Where the catalogue is.
    fn source(&self) -> Result<String> {
        if let Some(source) = &self.catalogue {
            return Ok(source.clone());
        }
        let file = self.signing.event.file();
        let beside = file.map(|path| path.with_file_name(catalogue::FILE));
        let beside = beside.context("name the event's catalogue: --catalogue FILE or URL")?;
        Ok(beside.to_string_lossy().into_owned())
    }
}
