//! `meteor settle`: books what showers brought and sends it to the payees.

use std::process::ExitCode;

use anyhow::Result;
use meteor_chain::contracts::ShowerContract;
use meteor_operator::jobs;

use super::Command;
use super::withdraw::{Paid, pay};
use crate::amounts::coins;
use crate::event::chosen;
use crate::next::nothing;
use crate::out::report;
use crate::signing::Signing;

/// Book for the payees what minted showers brought, and send it to them.
///
/// Anyone may sign: the money goes to the payees alone. What is held back of a shower is booked once its key is
/// public. Before it sends, the command shows how much will leave and how much will arrive after the chain's
/// tax. A payee that the chain refuses is reported and holds up no other; what it is owed stays booked, and the
/// exit code is 3. It is 4 if there is nothing to book or to send.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Settle {
    #[command(flatten)]
    signing: Signing,
    /// The shower's number; all with something to book if left out
    #[arg(long)]
    shower: Option<u32>,
}

impl Command for Settle {
    async fn run(self) -> Result<ExitCode> {
        let (mut account, deployment, config) = self.signing.open().await?;
        let (contract, denom) = (&deployment.shower, &config.denom);
        let showers = chosen(self.shower, &config)?;
        let mut did = false;
        for shower in showers.clone() {
            let booked = jobs::settle(&mut account, contract, shower).await?;
            if booked == 0 {
                continue;
            }
            did = true;
            let state = ShowerContract::new(account.node(), contract).shower(shower).await?;
            let held = if state.key_in_time { 0 } else { state.held.u128() };
            let later = match held {
                0 => String::new(),
                held => format!(", {} held back until its key is public", coins(held, denom)),
            };
            report!(
                "booked",
                {"shower": shower, "amount": booked.to_string(), "held_back": held.to_string(), "denom": denom},
                "shower {shower}: booked {} for the payees{later}",
                coins(booked, denom)
            );
        }
        match pay(&mut account, contract, denom, None).await? {
            Paid::Nobody if !did => nothing("settle", account.node(), contract, showers).await,
            // Booked, and another job sent it first.
            Paid::Nobody => Ok(ExitCode::SUCCESS),
            paid @ (Paid::All | Paid::NotAll) => Ok(paid.code()),
        }
    }
}
