//! `meteor pause`: stops contributions.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use meteor_messages::shower::{ConfigResponse, ExecuteMsg};
use meteor_operator::account::Account;
use meteor_operator::jobs::Deployment;

use super::Command;
use crate::next::IDLE;
use crate::out::{report, say};
use crate::owner::Owner;

/// Stop contributions, and nothing else.
///
/// No deadline moves. Closing, minting, cracking and refunds go on. A pause in a shower's last minutes decides
/// its ranking, so every shower that is open meanwhile is marked on the chain, and everyone sees it. The guardian
/// or the owner signs. Only the owner can resume.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Pause {
    #[command(flatten)]
    signing: Owner,
}

impl Command for Pause {
    async fn run(self) -> Result<ExitCode> {
        if self.signing.generate_only {
            return self.signing.print(&ExecuteMsg::Pause {}, |_| Ok(())).await;
        }
        let (mut account, deployment, config) = self.signing.open().await?;
        pause(&mut account, &deployment, &config).await
    }
}

/// Pauses contributions if they aren't already.
pub(super) async fn pause(
    account: &mut Account,
    deployment: &Deployment,
    config: &ConfigResponse,
) -> Result<ExitCode> {
    if config.paused {
        let line = "contributions are already paused, nothing was sent";
        report!("nothing", {"said": line}, "{line}");
        return Ok(ExitCode::from(IDLE));
    }
    let signs = account.address();
    ensure!(
        signs == config.guardian || config.owner.as_deref() == Some(signs),
        "{signs} is not the guardian or owner of this event and can't pause: name another --account"
    );
    let included = account.execute(&deployment.shower, &ExecuteMsg::Pause {}, &[]).await?;
    let height = included.height;
    report!(
        "paused",
        {"height": height, "tx": included.hash},
        "paused in block {height}: nobody can contribute until the owner resumes"
    );
    say!("showers that are open during the pause are marked on the chain");
    Ok(ExitCode::SUCCESS)
}
