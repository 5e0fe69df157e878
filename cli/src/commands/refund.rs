//! `meteor refund`: sends back contributions that have no meteor.

use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::Status;
use meteor_operator::jobs;
use meteor_operator::launch::utc;
use meteor_operator::tax::Rate;

use super::Command;
use crate::event::chosen;
use crate::signing::Signing;

/// Send back contributions without a meteor: those of cancelled showers, or after the mint deadline.
///
/// Anyone may sign. It costs fees, the money goes to the contributors alone, and nobody is refunded twice,
/// however often this runs. On a chain that taxes what contracts send (Terra Classic) contributors get less
/// than they gave: before it sends, the command shows how much will leave and how much will arrive.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Refund {
    #[command(flatten)]
    signing: Signing,
    /// The shower's number; all that can be refunded if left out
    #[arg(long)]
    shower: Option<u32>,
}

/// What can be refunded: how many contributions, what leaves the contract, what arrives (micro-denom).
async fn due(contract: ShowerContract<'_>, shower: u32, rate: Rate) -> Result<(usize, u128, u128)> {
    let mut start_after = None;
    let mut due: (usize, u128, u128) = (0, 0, 0);
    loop {
        let page = contract.refundable(shower, start_after).await?;
        for row in page.refundable {
            let amount = row.amount.u128();
            // The chain rounds each transfer by itself.
            let arrives = due.2.saturating_add(rate.arrives(amount));
            due = (due.0.saturating_add(1), due.1.saturating_add(amount), arrives);
        }
        let Some(next) = page.next else { return Ok(due) };
        start_after = Some(next);
    }
}

impl Command for Refund {
    async fn run(self) -> Result<ExitCode> {
        let (mut account, deployment, config) = self.signing.open().await?;
        let (contract, denom) = (&deployment.shower, &config.denom);
        let showers = chosen(self.shower, &config)?;
        let rate = Rate::of(account.node()).await.context("asking for the chain's tax")?;
        for shower in showers {
            let shown = ShowerContract::new(account.node(), contract);
            let state = shown.shower(shower).await?;
            if state.status != Status::Refunding {
                ensure!(
                    self.shower.is_none(),
                    "shower {shower} is {:?}: it can be refunded once it is cancelled (meteor cancel), and from {} \
                     what is not minted by then",
                    state.status,
                    utc(state.mint_deadline)
                );
                continue;
            }
            let (count, leaves, arrives) = due(shown, shower, rate).await?;
            if count == 0 {
                println!("shower {shower}: nothing is left to refund");
                continue;
            }
            let tax = leaves.saturating_sub(arrives);
            println!(
                "shower {shower}: {count} contributions, {leaves} {denom} will leave, {arrives} will arrive (the \
                 chain's tax takes {tax})"
            );
            jobs::refund(&mut account, contract, shower, |done, amount| {
                println!("shower {shower}: refunded {done} of {count}, {amount} {denom}");
            })
            .await?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
