//! `meteor close`: fixes who contributed to a shower that has ended.

use std::process::ExitCode;

use anyhow::Result;
use meteor_operator::jobs;

use crate::signing::{Signing, exists};

/// Closes a shower that has ended.
#[derive(Clone, Debug, clap::Args)]
pub struct Close {
    #[command(flatten)]
    signing: Signing,
    /// Which shower; all that have ended if left out
    #[arg(long)]
    shower: Option<u32>,
}

/// Runs `meteor close`.
///
/// # Errors
/// What stands in the way.
pub async fn close(options: &Close) -> Result<ExitCode> {
    let (mut account, deployment, config) = options.signing.open().await?;
    if let Some(shower) = options.shower {
        exists(shower, &config)?;
    }
    let now = account.node().time().await?;
    for shower in 1..=config.schedule.count {
        let ended = config.schedule.closes_at(shower).is_some_and(|closes_at| now >= closes_at);
        if options.shower.map_or(ended, |only| only == shower) {
            let state = jobs::close(&mut account, &deployment.shower, shower).await?;
            println!("shower {shower}: closed, {} contributors", state.contributors);
        }
    }
    Ok(ExitCode::SUCCESS)
}
