//! Cancel and refund: end a shower, and send back what has no meteor. Running them again does nothing.

use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::{ExecuteMsg, ShowerResponse, Status};

use super::JobError;
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

/// Refunds everything of `shower` that can be refunded, batch by batch. Answers with how many contributions
/// this job refunded and what left the contract (micro-denom); the chain's tax may take a part of that.
/// `progress` is called after each batch.
///
/// # Errors
/// If the chain refuses. A second job at the same time is no error: nobody is refunded twice.
pub async fn refund(
    account: &mut Account,
    contract: &str,
    shower: u32,
    mut progress: impl FnMut(usize, u128),
) -> Result<(usize, u128), JobError> {
    let node = account.node().clone();
    let shown = ShowerContract::new(&node, contract);
    let mut start_after = None;
    let mut done: (usize, u128) = (0, 0);
    loop {
        let page = shown.refundable(shower, start_after).await?;
        if !page.refundable.is_empty() {
            let amount: u128 =
                page.refundable.iter().map(|row| row.amount.u128()).fold(0, u128::saturating_add);
            let contributors: Vec<String> =
                page.refundable.iter().map(|row| row.contributor.clone()).collect();
            let count = contributors.len();
            match account.execute(contract, &ExecuteMsg::Refund { shower, contributors }, &[]).await {
                Ok(_) => {
                    done = (done.0.saturating_add(count), done.1.saturating_add(amount));
                    progress(done.0, done.1);
                }
                Err(error) => {
                    // Another job refunded some of them first: the contract refused ours and says what is
                    // left.
                    let now = shown.refundable(shower, start_after).await?;
                    if !error.of_the_chain() || now == page {
                        return Err(error.into());
                    }
                    continue;
                }
            }
        }
        let Some(next) = page.next else { return Ok(done) };
        start_after = Some(next);
    }
}
