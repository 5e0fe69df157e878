//! `meteor settle`: books what showers brought and sends it to the payees.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::process::ExitCode;

use anyhow::{Context, Result};
use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::ConfigResponse;
use meteor_operator::jobs;
use meteor_operator::node::Node;
use meteor_operator::tax::Tax;
use meteor_rules::split::split;

use super::Command;
use super::withdraw::{Paid, pay};
use crate::amounts::{coins, payout};
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

/// Says what will be booked and what each payee will get. A dry run ends at the first transaction, and whoever wants to know
/// where the money goes wants all of it.
async fn forecast(
    node: &Node,
    contract: &str,
    config: &ConfigResponse,
    showers: RangeInclusive<u32>,
) -> Result<()> {
    let (shown, denom) = (ShowerContract::new(node, contract), &config.denom);
    let tax = Tax::of(node, denom).await.context("asking for the chain's tax")?;
    let shares: Vec<u32> = config.payees.iter().map(|payee| payee.share_bp).collect();
    let mut owed: BTreeMap<String, u128> =
        shown.payees().await?.into_iter().map(|row| (row.address, row.owed.u128())).collect();
    for shower in showers {
        let due = jobs::unsettled(&shown.shower(shower).await?);
        if due == 0 {
            continue;
        }
        report!(
            "to_book",
            {"shower": shower, "amount": due.to_string(), "denom": denom},
            "shower {shower}: {} to book for the payees",
            coins(due, denom)
        );
        // Each booking is rounded by itself.
        for (payee, part) in config.payees.iter().zip(split(due, &shares)) {
            let sum = owed.entry(payee.address.clone()).or_default();
            *sum = sum.saturating_add(part);
        }
    }
    for payee in &config.payees {
        let leaves = owed.get(&payee.address).copied().unwrap_or_default();
        if leaves > 0 {
            let arrives = tax.arrives(leaves);
            report!(
                "to_pay",
                {"payee": payee.address, "amount": leaves.to_string(), "arrives": arrives.to_string(), "denom": denom},
                "payee {}: {}",
                payee.address,
                payout(leaves, arrives, denom)
            );
        }
    }
    Ok(())
}

impl Command for Settle {
    async fn run(self) -> Result<ExitCode> {
        let (mut account, deployment, config) = self.signing.open().await?;
        let (contract, denom) = (&deployment.shower, &config.denom);
        let showers = chosen(self.shower, &config)?;
        if self.signing.terms.dry_run {
            forecast(account.node(), contract, &config, showers.clone()).await?;
        }
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
