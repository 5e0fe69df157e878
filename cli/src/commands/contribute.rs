//! `meteor contribute`: a contribution from the signing account, for rehearsals.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::{ExecuteMsg, Status};
use meteor_operator::gas::coins;
use meteor_operator::launch::utc;

use super::Command;
use crate::event::exists;
use crate::out::say;
use crate::signing::Signing;

/// Contribute to a shower, for rehearsals.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Contribute {
    #[command(flatten)]
    signing: Signing,
    /// The shower's number
    #[arg(long)]
    shower: u32,
    /// How much (micro-denom of the event)
    #[arg(long)]
    amount: u128,
}

impl Command for Contribute {
    async fn run(self) -> Result<ExitCode> {
        let (mut account, deployment, config) = self.signing.open().await?;
        let (shower, amount, denom) = (self.shower, self.amount, &config.denom);
        exists(shower, &config)?;
        ensure!(
            !config.paused,
            "contributions are paused, nothing was sent: the owner can end the pause with meteor resume"
        );
        let state = ShowerContract::new(account.node(), &deployment.shower).shower(shower).await?;
        let (from, until) = (utc(state.opens_at), utc(state.closes_at));
        ensure!(
            state.status == Status::Open,
            "shower {shower} is {:?}, nothing was sent: it accepts contributions from {from} until {until}",
            state.status
        );
        say!("shower {shower} is open until {until}; a wallet's minimum is {} {denom}", state.minimum);
        let message = ExecuteMsg::Contribute { shower };
        let included = account.execute(&deployment.shower, &message, &coins(amount, denom)).await?;
        say!("contributed {amount} {denom} in block {}", included.height);
        Ok(ExitCode::SUCCESS)
    }
}
