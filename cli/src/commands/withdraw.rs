//! `meteor withdraw`: sends payees what is booked for them.

use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::PayeeResponse;
use meteor_operator::account::Account;
use meteor_operator::jobs::{self, Withdrawn};
use meteor_operator::tax::Tax;

use super::{Command, PARTLY};
use crate::address::address;
use crate::amounts::{coins, payout};
use crate::next::IDLE;
use crate::out::{complain, report, say};
use crate::signing::Signing;

/// Send payees what is booked for them.
///
/// meteor settle does the same after it has booked. Anyone may sign: the money goes to the payees alone. A payee
/// that the chain refuses is reported and holds up no other; the exit code is then 3. It is
/// 4 if nobody is owed anything.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Withdraw {
    #[command(flatten)]
    signing: Signing,
    /// Address of the payee; all who are owed something if left out
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    payee: Option<String>,
}

impl Command for Withdraw {
    async fn run(self) -> Result<ExitCode> {
        let (mut account, deployment, config) = self.signing.open().await?;
        if let Some(payee) = &self.payee {
            let known = config.payees.iter().any(|row| row.address == *payee);
            ensure!(
                known,
                "{payee} is not a payee of this event: meteor withdraw without --payee pays all of them"
            );
        }
        let paid = pay(&mut account, &deployment.shower, &config.denom, self.payee.as_deref()).await?;
        if paid == Paid::Nobody {
            let line = "nothing to withdraw: nothing is booked that was not sent; next: meteor settle once a shower is \
                        minted";
            report!("nothing", {"said": line}, "{line}");
        }
        Ok(paid.code())
    }
}

/// Who was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paid {
    /// Nobody: nothing was owed.
    Nobody,
    /// All who were owed something.
    All,
    /// Not those whom the chain refuses.
    NotAll,
}

impl Paid {
    /// The exit code that says so.
    pub(super) fn code(self) -> ExitCode {
        match self {
            Self::Nobody => ExitCode::from(IDLE),
            Self::All => ExitCode::SUCCESS,
            Self::NotAll => ExitCode::from(PARTLY),
        }
    }
}

/// Sends each payee, or the one that is named, what is booked for it.
pub(super) async fn pay(
    account: &mut Account,
    contract: &str,
    denom: &str,
    only: Option<&str>,
) -> Result<Paid> {
    let tax = Tax::of(account.node(), denom).await.context("asking for the chain's tax")?;
    let mut paid = Paid::Nobody;
    for PayeeResponse { address, owed, .. } in ShowerContract::new(account.node(), contract).payees().await? {
        let leaves = owed.u128();
        if leaves == 0 || only.is_some_and(|only| only != address) {
            continue;
        }
        say!("payee {address}: {}", payout(leaves, tax.arrives(leaves), denom));
        match jobs::withdraw(account, contract, &address).await? {
            Withdrawn::Sent(amount) => {
                report!(
                    "paid",
                    {"payee": address, "amount": amount.to_string(), "denom": denom},
                    "payee {address}: paid {}",
                    coins(amount, denom)
                );
                paid = if paid == Paid::NotAll { paid } else { Paid::All };
            }
            Withdrawn::Refused(why) => {
                complain!(
                    "not_paid",
                    {"payee": address, "amount": leaves.to_string(), "denom": denom, "why": why},
                    "payee {address} was not paid: {why}; {} stay booked for it",
                    coins(leaves, denom)
                );
                paid = Paid::NotAll;
            }
        }
    }
    Ok(paid)
}
