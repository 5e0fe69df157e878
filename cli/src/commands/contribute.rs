//! `meteor contribute`: a contribution from the signing account, for rehearsals.

use std::process::ExitCode;

use anyhow::{Result, bail, ensure};
use meteor_chain::NodeError;
use meteor_chain::amounts::coins as shown;
use meteor_chain::contracts::ShowerContract;
use meteor_chain::time::when;
use meteor_messages::shower::{ExecuteMsg, Status};
use meteor_operator::gas::coins;

use super::Command;
use crate::amounts::micro;
use crate::event::exists;
use crate::out::{report, say};
use crate::signing::Signing;

/// Contribute to a shower, for rehearsals.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Contribute {
    #[command(flatten)]
    signing: Signing,
    /// The shower's number
    #[arg(long)]
    shower: u32,
    /// How much, for example "75 UST"; without a unit in the denom's smallest
    #[arg(long)]
    amount: String,
}

impl Command for Contribute {
    async fn run(self) -> Result<ExitCode> {
        let (mut account, deployment, config) = self.signing.open().await?;
        let (shower, denom) = (self.shower, &config.denom);
        let amount = micro(&self.amount, denom)?;
        exists(shower, &config)?;
        ensure!(
            !config.paused,
            "contributions are paused, nothing was sent: the owner can end the pause with meteor resume"
        );
        let node = account.node().clone();
        let contract = ShowerContract::new(&node, &deployment.shower);
        let state = contract.shower(shower).await?;
        let now = node.time().await?;
        let until = when(state.closes_at, now);
        match state.status {
            Status::Open => {}
            Status::Upcoming => {
                bail!(
                    "shower {shower} is not open yet, nothing was sent: it opens at {}",
                    when(state.opens_at, now)
                )
            }
            Status::Ended | Status::Closed | Status::Minted | Status::Refunding => {
                bail!("shower {shower} is over, nothing was sent: it was open until {until}")
            }
        }
        let given = match contract.contribution(shower, account.address()).await {
            Ok(contribution) => contribution.amount.u128(),
            // That the wallet has none yet.
            Err(NodeError::Query(_)) => 0,
            Err(error) => return Err(error.into()),
        };
        let (total, minimum) = (given.saturating_add(amount), state.minimum.u128());
        ensure!(amount > 0, "nothing was sent: --amount is 0");
        ensure!(
            total >= minimum,
            "nothing was sent: {} would have {} in shower {shower}, and the minimum is {}",
            account.address(),
            shown(total, denom),
            shown(minimum, denom)
        );
        say!("shower {shower} is open until {until}; a wallet's minimum is {}", shown(minimum, denom));
        let message = ExecuteMsg::Contribute { shower };
        let included = account.execute(&deployment.shower, &message, &coins(amount, denom)).await?;
        let height = included.height;
        report!(
            "contributed",
            {"shower": shower, "amount": amount.to_string(), "denom": denom, "height": height, "tx": included.hash},
            "contributed {} in block {height}",
            shown(amount, denom)
        );
        Ok(ExitCode::SUCCESS)
    }
}
