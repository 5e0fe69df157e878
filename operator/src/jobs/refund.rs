//! Cancel and refund: end a shower, and send back what is the contributors'. Running them again does nothing.

use meteor_chain::contracts::ShowerContract;
use meteor_chain::tx::Included;
use meteor_messages::events::{Refund, ShowerEvent};
use meteor_messages::shower::{ExecuteMsg, Refundable, ShowerResponse, Status};

use super::JobError;
use super::halves::Halves;
use crate::account::Account;

/// Cancels `shower` if it is not refunding already; answers with its state afterwards. The owner's key signs.
///
/// # Errors
/// If the chain refuses.
pub async fn cancel(account: &mut Account, contract: &str, shower: u32) -> Result<ShowerResponse, JobError> {
    let now = ShowerContract::new(account.node(), contract).shower(shower).await?;
    if now.status == Status::Refunding {
        return Ok(now);
    }
    account.execute(contract, &ExecuteMsg::Cancel { shower }, &[]).await?;
    Ok(ShowerContract::new(account.node(), contract).shower(shower).await?)
}

/// What a refund job did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refunds {
    /// Contributors that this job sent something back to.
    pub count: usize,
    /// What left the contract (micro-denom); the chain's tax may take a part of it.
    pub amount: u128,
    /// Contributors whom the chain refuses to send anything. What is theirs stays in the contract.
    pub left_out: Vec<LeftOut>,
}

/// A contributor whom the chain refuses to send anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Who.
    pub contributor: String,
    /// What is theirs (micro-denom).
    pub amount: u128,
    /// The chain's words.
    pub why: String,
}

/// Refunds everything of `shower` that can be refunded, batch by batch: contributions without a meteor, and what
/// was held back where the key came too late. A contributor whom the bank refuses holds up no other. `progress`
/// is called after each batch.
///
/// # Errors
/// If the chain can't be reached or the account can't pay. A second job at the same time is no error: nobody is
/// refunded twice.
pub async fn refund(
    account: &mut Account,
    contract: &str,
    shower: u32,
    mut progress: impl FnMut(&Refunds),
) -> Result<Refunds, JobError> {
    let node = account.node().clone();
    let shown = ShowerContract::new(&node, contract);
    let mut start_after = None;
    let mut done = Refunds::default();
    loop {
        let page = shown.refundable(shower, start_after).await?;
        let mut halves = Halves::of(page.refundable);
        while let Some(mut batch) = halves.next() {
            let contributors = batch.iter().map(|row| row.contributor.clone()).collect();
            match account.execute(contract, &ExecuteMsg::Refund { shower, contributors }, &[]).await {
                Ok(included) => {
                    // Another job may have refunded some of them first: only what this one sent counts.
                    for amount in refunded(&included, contract, shower) {
                        done.count = done.count.saturating_add(1);
                        done.amount = done.amount.saturating_add(amount);
                    }
                    progress(&done);
                }
                Err(error) if !error.of_the_chain() => return Err(error.into()),
                Err(error) => {
                    let all = batch.len();
                    let now = shown.refundable(shower, start_after).await?.refundable;
                    batch.retain(|row| now.contains(row));
                    if batch.len() < all {
                        halves.again(batch);
                        continue;
                    }
                    let refusal = error.into_refusal()?;
                    if let Some(Refundable { contributor, amount, .. }) = halves.refused(batch) {
                        let (amount, why) = (amount.u128(), refusal.to_string());
                        done.left_out.push(LeftOut { contributor, amount, why });
                    }
                }
            }
        }
        let Some(next) = page.next else { return Ok(done) };
        start_after = Some(next);
    }
}

/// What a transaction sent back to each contributor of `shower` (micro-denom).
fn refunded(included: &Included, contract: &str, shower: u32) -> Vec<u128> {
    let of_contract = included.events.iter().filter(|event| event.contract() == Some(contract));
    let events = of_contract.map(|event| ShowerEvent::parse(&event.kind, &event.pairs()));
    events
        .filter_map(|event| match event {
            Ok(Some(ShowerEvent::Refund(Refund { shower: of, amount, .. }))) if of == shower => Some(amount),
            Ok(_) | Err(_) => None,
        })
        .collect()
}
