//! Close: fix a shower's contributors and total. Anyone may; running it again does nothing.

use meteor_messages::shower::{ExecuteMsg, QueryMsg, ShowerResponse, Status};

use crate::account::Account;
use crate::error::OperatorError;

/// Closes `shower` if it has ended and nobody has closed it yet; answers with what it then is.
///
/// # Errors
/// If the chain refuses, for example because the shower has not ended.
pub async fn close(
    account: &mut Account,
    contract: &str,
    shower: u32,
) -> Result<ShowerResponse, OperatorError> {
    let query = QueryMsg::Shower { shower };
    let now: ShowerResponse = account.node().smart(contract, &query).await?;
    if now.closed || now.status == Status::Refunding {
        return Ok(now);
    }
    account.execute(contract, &ExecuteMsg::Close { shower }, &[]).await?;
    account.node().smart(contract, &query).await
}
