//! Cancel and refund: end a shower, and send back what has no meteor. Running them again does nothing.

use meteor_messages::shower::{ExecuteMsg, MAX_BATCH, QueryMsg, RefundableResponse, ShowerResponse, Status};

use crate::account::Account;
use crate::error::OperatorError;

/// Cancels `shower` if it is not refunding already; answers with what it then is. The owner's key signs.
///
/// # Errors
/// If the chain refuses.
pub async fn cancel(
    account: &mut Account,
    contract: &str,
    shower: u32,
) -> Result<ShowerResponse, OperatorError> {
    let query = QueryMsg::Shower { shower };
    let now: ShowerResponse = account.node().smart(contract, &query).await?;
    if now.status == Status::Refunding {
        return Ok(now);
    }
    account.execute(contract, &ExecuteMsg::Cancel { shower }, &[]).await?;
    account.node().smart(contract, &query).await
}

/// Refunds everything of `shower` that can be refunded, batch by batch; answers with how many contributions and how
/// much that was by this job: what left the contract (micro-denom), of which a tax may take its part. `progress` hears
/// of each batch.
///
/// # Errors
/// If the chain refuses. A second job at the same time is no error: nobody is refunded twice.
pub async fn refund(
    account: &mut Account,
    contract: &str,
    shower: u32,
    mut progress: impl FnMut(usize, u128),
) -> Result<(usize, u128), OperatorError> {
    let limit = u32::try_from(MAX_BATCH).ok();
    let mut start_after = None;
    let mut done: (usize, u128) = (0, 0);
    loop {
        let query = QueryMsg::Refundable { shower, start_after, limit };
        let page: RefundableResponse = account.node().smart(contract, &query).await?;
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
                    // Another job refunded some of them first: the contract refused ours, and says what is left.
                    let now: RefundableResponse = account.node().smart(contract, &query).await?;
                    if !error.of_the_chain() || now == page {
                        return Err(error);
                    }
                    continue;
                }
            }
        }
        let Some(next) = page.next else { return Ok(done) };
        start_after = Some(next);
    }
}
