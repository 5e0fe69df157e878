//! `meteor refund`: sends back to contributors what is theirs.

use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::{Refunded, ShowerResponse, Status};
use meteor_operator::jobs::{self, LeftOut};
use meteor_operator::tax::Tax;
use serde_json::json;

use super::{Command, PARTLY};
use crate::amounts::{coins, counted, payout};
use crate::event::chosen;
use crate::next::nothing;
use crate::out::{complain, say};
use crate::progress::Progress;
use crate::signing::Signing;
use crate::times::clock;

/// Send back contributions without a meteor: those of cancelled showers, or after the mint deadline. Send back
/// what was held back, too, where the key was not published by its deadline.
///
/// Anyone may sign. It costs fees, the money goes to the contributors alone, and nobody is refunded twice,
/// however often this runs. On a chain that taxes what contracts send (Terra Classic) contributors get less
/// than they gave: before it sends, the command shows how much will leave and how much will arrive. A contributor
/// whom the chain refuses to send anything is left out and reported; all others are refunded, and the exit code
/// is 3. It is 4 if there is nothing to refund.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Refund {
    #[command(flatten)]
    signing: Signing,
    /// The shower's number; all that can be refunded if left out
    #[arg(long)]
    shower: Option<u32>,
}

/// What can be refunded of a shower.
#[derive(Default)]
struct Due {
    /// Contributions without a meteor.
    contributions: usize,
    /// Contributions with a meteor, of which something was held back.
    holdbacks: usize,
    /// What leaves the contract (micro-denom).
    leaves: u128,
    /// What arrives (micro-denom).
    arrives: u128,
}

async fn due(contract: ShowerContract<'_>, shower: u32, tax: Tax) -> Result<Due> {
    let mut start_after = None;
    let mut due = Due::default();
    loop {
        let page = contract.refundable(shower, start_after).await?;
        for row in page.refundable {
            let count = match row.what {
                Refunded::Contribution => &mut due.contributions,
                Refunded::Holdback => &mut due.holdbacks,
            };
            *count = count.saturating_add(1);
            let amount = row.amount.u128();
            due.leaves = due.leaves.saturating_add(amount);
            // The chain rounds and caps each transfer by itself.
            due.arrives = due.arrives.saturating_add(tax.arrives(amount));
        }
        let Some(next) = page.next else { return Ok(due) };
        start_after = Some(next);
    }
}

/// Whether something of the shower may yet become refundable at `now` (Unix seconds).
fn early(state: &ShowerResponse, now: u64) -> bool {
    state.status != Status::Refunding && !state.key_in_time && now < state.key_deadline
}

impl Command for Refund {
    async fn run(self) -> Result<ExitCode> {
        let (mut account, deployment, config) = self.signing.open().await?;
        let (contract, denom) = (&deployment.shower, &config.denom);
        let showers = chosen(self.shower, &config)?;
        let tax = Tax::of(account.node(), denom).await.context("asking for the chain's tax")?;
        let now = account.node().time().await?;
        let (mut complete, mut did) = (true, false);
        for shower in showers.clone() {
            let shown = ShowerContract::new(account.node(), contract);
            let state = shown.shower(shower).await?;
            let Due { contributions, holdbacks, leaves, arrives } = due(shown, shower, tax).await?;
            let count = contributions.saturating_add(holdbacks);
            if count == 0 {
                ensure!(
                    self.shower.is_none() || !early(&state, now),
                    "shower {shower} is {}: it can be refunded once it is cancelled (meteor cancel), from {} what is \
                     not minted by then, and from {} what is held back if its key is not public by then",
                    jobs::in_a_word(state.status),
                    clock(state.mint_deadline),
                    clock(state.key_deadline)
                );
                continue;
            }
            did = true;
            say!(
                "shower {shower}: {}, {}, {}",
                counted(contributions, "contribution"),
                counted(holdbacks, "held part"),
                payout(leaves, arrives, denom)
            );
            let all = u64::try_from(count).unwrap_or(u64::MAX);
            let mut progress = Progress::new(format!("shower {shower}: refunded"), all);
            let done = jobs::refund(&mut account, contract, shower, |done| {
                let (refunded, amount) = (done.count, done.amount.to_string());
                let fields = || json!({"shower": shower, "count": refunded, "of": count, "amount": amount, "denom": denom});
                let line = format_args!("shower {shower}: refunded {refunded} of {count}, {}", coins(done.amount, denom));
                progress.at(u64::try_from(refunded).unwrap_or(u64::MAX), "refunded", fields, line);
            })
            .await?;
            for LeftOut { contributor, amount, why } in &done.left_out {
                complain!(
                    "left_out",
                    {"shower": shower, "contributor": contributor, "amount": amount.to_string(), "denom": denom, "why": why},
                    "shower {shower}: {contributor} was left out with {}: {why}",
                    coins(*amount, denom)
                );
            }
            complete &= done.left_out.is_empty();
        }
        if !did {
            return nothing("refund", account.node(), contract, showers).await;
        }
        Ok(if complete { ExitCode::SUCCESS } else { ExitCode::from(PARTLY) })
    }
}
