//! `meteor close`: fixes who contributed to a shower that has ended.

use std::process::ExitCode;

use anyhow::Result;
use meteor_operator::jobs;

use super::Command;
use crate::event::chosen;
use crate::out::say;
use crate::signing::Signing;

/// Close showers that have ended.
///
/// Anyone may sign. Closing fixes the ranking and names the beacon's round that decides the draw.
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
        for shower in chosen(self.shower, &config)? {
            let ended = config.schedule.closes_at(shower).is_some_and(|closes_at| now >= closes_at);
            if ended || self.shower.is_some() {
                let state = jobs::close(&mut account, &deployment.shower, shower).await?;
                say!("shower {shower}: closed, {} contributors", state.contributors);
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
