//! Publish a shower's key, so that everyone can recompute its draw. Running it again does nothing.

use meteor_messages::shower::{DrawResponse, ExecuteMsg, QueryMsg};
use meteor_rules::ShowerId;
use meteor_rules::fairness::Domain;

use crate::account::Account;
use crate::error::OperatorError;
use crate::jobs::Deployment;
use crate::keys::KeySource;

/// Publishes the key of `shower` if it isn't public; answers whether it did.
///
/// # Errors
/// [`OperatorError::WrongKey`] before anything is sent, if the key isn't the one that was committed to; the chain's
/// words if the crack window has not passed.
pub async fn publish_key(
    account: &mut Account,
    deployment: &Deployment,
    keys: &impl KeySource,
    shower: u32,
) -> Result<bool, OperatorError> {
    let contract = &deployment.shower;
    let draw: DrawResponse = account.node().smart(contract, &QueryMsg::Draw { shower }).await?;
    if draw.key.is_some() {
        return Ok(false);
    }
    let id = Domain { chain_id: &deployment.chain_id, contract, shower: ShowerId(shower) };
    let key = keys.shower_key(&id).await?;
    if key.commitment(&id).as_slice() != draw.commitment.as_slice() {
        return Err(OperatorError::WrongKey { shower });
    }
    let message = ExecuteMsg::PublishKey { shower, key: key.publish().into() };
    account.execute(contract, &message, &[]).await?;
    Ok(true)
}
