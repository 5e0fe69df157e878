//! `meteor resume`: lets contributions go on after a pause.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use meteor_messages::shower::ExecuteMsg;

use super::Command;
use crate::next::IDLE;
use crate::out::report;
use crate::owner::Owner;

/// Let contributions go on after a pause.
///
/// Showers that ended during the pause are over, because no deadline moved. Those that were open during it stay
/// marked on the chain; the owner can cancel one until the round that decides its draw is due. The owner signs:
/// the guardian can pause but not resume.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Resume {
    #[command(flatten)]
    signing: Owner,
}

impl Command for Resume {
    async fn run(self) -> Result<ExitCode> {
        if self.signing.generate_only {
            return self.signing.print(&ExecuteMsg::Resume {}, |_| Ok(())).await;
        }
        let (mut account, deployment, config) = self.signing.open().await?;
        if !config.paused {
            let line = "contributions are not paused, nothing was sent";
            report!("nothing", {"said": line}, "{line}");
            return Ok(ExitCode::from(IDLE));
        }
        let signs = account.address();
        ensure!(
            config.owner.as_deref() == Some(signs),
            "{signs} is not the owner of this event and can't resume: name another --account"
        );
        let included = account.execute(&deployment.shower, &ExecuteMsg::Resume {}, &[]).await?;
        let height = included.height;
        report!(
            "resumed",
            {"height": height, "tx": included.hash},
            "resumed in block {height}: contributions go on"
        );
        Ok(ExitCode::SUCCESS)
    }
}
