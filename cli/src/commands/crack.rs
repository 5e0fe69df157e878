//! `meteor crack`: a holder gives up meteors for what they hold.

use std::process::ExitCode;

use anyhow::{Result, bail, ensure};
use meteor_chain::NodeError;
use meteor_chain::contracts::Collection;
use meteor_chain::words::Said;
use meteor_operator::jobs;

use super::Command;
use crate::amounts::counted;
use crate::out::report;
use crate::signing::Signing;

/// Crack meteors of the signing account, for rehearsals.
///
/// They go to the hatchery and don't come back, unless nobody reveals in time what they hold: then their
/// holder can reclaim them. The egg or dust with the same number arrives once meteor hatch has revealed it.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Crack {
    #[command(flatten)]
    signing: Signing,
    /// The meteor's number; may be repeated
    #[arg(long, required = true)]
    meteor: Vec<u64>,
}

impl Command for Crack {
    async fn run(self) -> Result<ExitCode> {
        let (mut account, deployment, _) = self.signing.open().await?;
        for meteor in &self.meteor {
            let owner = match Collection::new(account.node(), &deployment.meteors).owner_of(*meteor).await {
                Err(NodeError::Query(refusal)) if refusal.said() == Said::NoToken => {
                    bail!(
                        "there is no meteor {meteor}, nothing was sent: it is not minted yet, or was revealed before"
                    )
                }
                owner => owner?,
            };
            ensure!(
                owner != deployment.hatchery,
                "meteor {meteor} is cracked already, nothing was sent; next: meteor hatch reveals it"
            );
            let signs = account.address();
            ensure!(
                owner == signs,
                "meteor {meteor} belongs to {owner}, nothing was sent: {signs} signs, name another --account"
            );
        }
        let included = jobs::crack(&mut account, &deployment, &self.meteor).await?;
        let count = self.meteor.len();
        let height = included.height;
        report!(
            "cracked",
            {"meteors": self.meteor, "height": height, "tx": included.hash},
            "cracked {} in block {height}; next: meteor hatch reveals {}",
            counted(count, "meteor"),
            if count == 1 { "it" } else { "them" }
        );
        Ok(ExitCode::SUCCESS)
    }
}
