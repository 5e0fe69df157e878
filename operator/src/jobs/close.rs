//! Close: fix a shower's contributors and total. Anyone may; running it again does nothing.

use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::{ExecuteMsg, ShowerResponse, Status};

use super::JobError;
use crate::account::Account;

/// Closes `shower` if it has ended and nobody has closed it yet; answers with its state afterwards.
///
/// # Errors
/// If the chain refuses, for example because the shower has not ended.
pub async fn close(account: &mut Account, contract: &str, shower: u32) -> Result<ShowerResponse, JobError> {
    let now = ShowerContract::new(account.node(), contract).shower(shower).await?;
    if now.closed || now.status == Status::Refunding {
        return Ok(now);
    }
    account.execute(contract, &ExecuteMsg::Close { shower }, &[]).await?;
    Ok(ShowerContract::new(account.node(), contract).shower(shower).await?)
}
