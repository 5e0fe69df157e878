//! Crack: sends meteors of the signing account to the hatchery.

use meteor_chain::tx::Included;
use meteor_messages::nft::ExecuteMsg;

use super::Deployment;
use crate::account::{Account, AccountError};
use crate::tx;

/// Cracks the account's meteors with these numbers, all or none.
///
/// # Errors
/// If one of them is not the account's, or the chain refuses.
pub async fn crack(
    account: &mut Account,
    deployment: &Deployment,
    meteors: &[u64],
) -> Result<Included, AccountError> {
    let mut messages = Vec::with_capacity(meteors.len());
    for meteor in meteors {
        let (contract, token_id) = (deployment.hatchery.clone(), meteor.to_string());
        let send = ExecuteMsg::SendNft { contract, token_id, msg: None };
        messages.push(tx::execute(account.address(), &deployment.meteors, &send, &[])?);
    }
    account.send(messages).await
}
