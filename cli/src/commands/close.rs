//! `meteor close`: fixes who contributed to a shower that has ended.

use std::process::ExitCode;

use anyhow::Result;
use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::Status;
use meteor_operator::jobs;

use super::Command;
use crate::amounts::counted;
use crate::event::chosen;
use crate::next::nothing;
use crate::out::report;
use crate::signing::Signing;

/// Close showers that have ended.
///
/// Anyone may sign. Closing fixes the ranking and names the beacon's round that decides the draw.
/// The exit code is 4 if there is nothing to close.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Close {
    #[command(flatten)]
    signing: Signing,
    /// The shower's number; all that have ended if left out
    #[arg(long)]
    shower: Option<u32>,
}

impl Command for Close {
    async fn run(self) -> Result<ExitCode> {
        let (mut account, deployment, config) = self.signing.open().await?;
        let now = account.node().time().await?;
        let showers = chosen(self.shower, &config)?;
        let mut did = false;
        for shower in showers.clone() {
            let state = ShowerContract::new(account.node(), &deployment.shower).shower(shower).await?;
            if state.status == Status::Ended {
                let state = jobs::close(&mut account, &deployment.shower, shower).await?;
                let contributors = state.contributors;
                report!(
                    "closed",
                    {"shower": shower, "contributors": contributors},
                    "shower {shower}: closed, {}",
                    counted(contributors, "contributor")
                );
                did = true;
            } else if state.closes_at > now {
                break; // as do all that follow
            }
        }
        if did {
            Ok(ExitCode::SUCCESS)
        } else {
            nothing("close", account.node(), &deployment.shower, showers).await
        }
    }
}
