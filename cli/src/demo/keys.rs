//! Keys: those of most showers are published in time, and what was held back is the payees'. One comes too late,
//! and contributors take it back.

use anyhow::{Context, Result, ensure};
use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::ShowerResponse;
use meteor_operator::account::Account;
use meteor_operator::jobs::{self, Deployment, Withdrawn};

use super::Stage;
use super::report::{Check, amount};
use crate::out::say;

/// Publishes the keys, each in its time; refunds and settles what was held back.
pub(super) async fn run(stage: &Stage<'_>, operator: &mut Account) -> Result<Check> {
    let Stage { site, preset, deployment, secret, schedule, .. } = *stage;
    let (node, contract) = (operator.node().clone(), &deployment.shower);
    let late = stage.late();
    let last = schedule.closes_at(schedule.count).context("a shower without an end")?;
    site.pass_to(&node, last.saturating_add(preset.crack.crack_window)).await?;
    for shower in (1..=schedule.count).filter(|shower| Some(*shower) != late) {
        jobs::publish_key(operator, deployment, &secret.keys, shower).await?;
        jobs::settle(operator, contract, shower).await?;
    }
    let mut returned = jobs::Refunds::default();
    if let Some(shower) = late {
        let closes_at = schedule.closes_at(shower).context("a shower without an end")?;
        site.pass_to(&node, closes_at.saturating_add(preset.crack.key_window)).await?;
        // By anyone: here by a stranger.
        let mut stranger = stage.chain.account(6).await?;
        returned = jobs::refund(&mut stranger, contract, shower, |_| ()).await?;
        // Late, it still proves the draw.
        jobs::publish_key(operator, deployment, &secret.keys, shower).await?;
        say!(
            "keys           shower {shower}: too late, {} UST held back went back to {} contributors",
            amount(returned.amount),
            returned.count
        );
    }
    let others = schedule.count.saturating_sub(u32::from(late.is_some()));
    say!("keys           {others} in time: what was held back is the payees'");
    let outcome = held(stage, &ShowerContract::new(&node, contract), &returned).await;
    let claim = match late {
        Some(_) => "a late key gave back what was held back; keys in time released it",
        None => "a key in time released what was held back",
    };
    Ok(Check { claim, outcome })
}

/// What the contract says of what was held back.
async fn held(stage: &Stage<'_>, contract: &ShowerContract<'_>, returned: &jobs::Refunds) -> Result<String> {
    let mut released = 0u128;
    for shower in 1..=stage.schedule.count {
        let state = contract.shower(shower).await?;
        let ShowerResponse { held, held_returned, minted_amount, settled, key_in_time, .. } = state;
        if Some(shower) == stage.late() {
            ensure!(!key_in_time, "the key of shower {shower} counts as in time");
            ensure!(held_returned == held, "of {held} held back {held_returned} went back");
            ensure!(held.u128() == returned.amount, "{} of {held} was refunded", returned.amount);
            ensure!(settled.checked_add(held)? == minted_amount, "the payees have a part of what went back");
        } else {
            ensure!(key_in_time, "the key of shower {shower} counts as late");
            ensure!(held_returned.is_zero(), "{held_returned} of shower {shower} went back");
            ensure!(settled == minted_amount, "{settled} of {minted_amount} is settled");
            released = released.saturating_add(held.u128());
        }
    }
    Ok(format!("{} went back, {} released", amount(returned.amount), amount(released)))
}

/// Sends each payee what is booked for it; answers with each payment, by the payee's place.
pub(super) async fn withdraw(
    account: &mut Account,
    deployment: &Deployment,
    payees: &[(String, u32, u128)],
) -> Result<Vec<(usize, u128)>> {
    let mut paid = Vec::with_capacity(payees.len());
    for (place, (payee, _, _)) in payees.iter().enumerate() {
        match jobs::withdraw(account, &deployment.shower, payee).await? {
            Withdrawn::Sent(amount) => paid.push((place, amount)),
            Withdrawn::Refused(why) => anyhow::bail!("payee {payee} was not paid: {why}"),
        }
    }
    let sum = paid.iter().map(|(_, amount)| *amount).fold(0, u128::saturating_add);
    say!("payees         {} UST sent", amount(sum));
    Ok(paid)
}
