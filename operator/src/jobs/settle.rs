//! Settle: pay the payees for what was minted. Anyone may; with nothing to pay it does nothing.

use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::ExecuteMsg;

use super::JobError;
use crate::account::Account;

/// Pays the payees for the minted contributions of `shower` that were not paid yet; answers with how much
/// that was (micro-denom), 0 if nothing was due.
///
/// # Errors
/// If the chain refuses.
pub async fn settle(account: &mut Account, contract: &str, shower: u32) -> Result<u128, JobError> {
    let now = ShowerContract::new(account.node(), contract).shower(shower).await?;
    let due = now.minted_amount.saturating_sub(now.settled);
    if due.is_zero() {
        return Ok(0);
    }
    account.execute(contract, &ExecuteMsg::Settle { shower }, &[]).await?;
    Ok(due.u128())
}
