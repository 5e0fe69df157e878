//! `meteor settle`: pays the payees.

use std::process::ExitCode;

use anyhow::{Context, Result};
use meteor_chain::contracts::ShowerContract;
use meteor_operator::jobs;
use meteor_operator::tax::Rate;
use meteor_rules::split::split;

use super::Command;
use crate::event::chosen;
use crate::signing::Signing;

/// Pay the payees for what is minted and not yet paid.
///
/// Anyone may sign: the money goes to the payees alone. Before it sends, the command shows how much will
/// leave and how much will arrive after the chain's tax.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Settle {
    #[command(flatten)]
    signing: Signing,
    /// The shower's number; all with something to pay if left out
    #[arg(long)]
    shower: Option<u32>,
}

impl Command for Settle {
    async fn run(self) -> Result<ExitCode> {
        let (mut account, deployment, config) = self.signing.open().await?;
        let (showers, denom) = (chosen(self.shower, &config)?, &config.denom);
        let rate = Rate::of(account.node()).await.context("asking for the chain's tax")?;
        let shares: Vec<u32> = config.payees.iter().map(|payee| payee.share_bp).collect();
        for shower in showers {
            let state = ShowerContract::new(account.node(), &deployment.shower).shower(shower).await?;
            let leaves = state.minted_amount.saturating_sub(state.settled).u128();
            if leaves == 0 {
                continue;
            }
            // The chain rounds each payment by itself.
            let arrives = split(leaves, &shares).into_iter().map(|amount| rate.arrives(amount));
            let arrives = arrives.fold(0, u128::saturating_add);
            let tax = leaves.saturating_sub(arrives);
            println!(
                "shower {shower}: {leaves} {denom} will leave, {arrives} will arrive (the chain's tax takes {tax})"
            );
            let paid = jobs::settle(&mut account, &deployment.shower, shower).await?;
            println!("shower {shower}: paid {paid} {denom}");
        }
        Ok(ExitCode::SUCCESS)
    }
}
