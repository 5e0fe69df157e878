//! `meteor publish-key`: lets everyone verify a shower.

use std::process::ExitCode;

use anyhow::Result;
use meteor_operator::jobs;

use super::secrets::Secrets;
use crate::signing::{Signing, exists};

/// Publishes the keys of showers whose crack window has passed.
#[derive(Clone, Debug, clap::Args)]
pub struct PublishKey {
    #[command(flatten)]
    signing: Signing,
    #[command(flatten)]
    secrets: Secrets,
    /// Which shower
    #[arg(long)]
    shower: u32,
}

/// Runs `meteor publish-key`.
///
/// # Errors
/// What stands in the way.
pub async fn publish_key(options: &PublishKey) -> Result<ExitCode> {
    let (mut account, deployment, config) = options.signing.open().await?;
    exists(options.shower, &config)?;
    let (keys, _) = options.secrets.open(&account.node().clone(), &deployment.shower).await?;
    if jobs::publish_key(&mut account, &deployment, &keys, options.shower).await? {
        println!("shower {}: its key is public now; everyone can verify it", options.shower);
    } else {
        println!("shower {}: its key was public already", options.shower);
    }
    Ok(ExitCode::SUCCESS)
}
