//! Publish a shower's key, so that everyone can recompute its draw. Running it again does nothing.

use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::ExecuteMsg;
use meteor_rules::ShowerId;
use meteor_rules::fairness::Domain;

use super::sealed::committed_key;
use super::{Deployment, JobError};
use crate::account::Account;
use crate::keys::KeySource;

/// Publishes the key of `shower` if it isn't public; answers whether it did.
///
/// # Errors
/// [`JobError::WrongKey`] before anything is sent, if the key isn't the one that was committed to; otherwise
/// if the chain refuses, for example because the crack window has not passed.
pub async fn publish_key(
    account: &mut Account,
    deployment: &Deployment,
    keys: &impl KeySource,
    shower: u32,
) -> Result<bool, JobError> {
    let contract = &deployment.shower;
    let shown = ShowerContract::new(account.node(), contract);
    let draw = shown.draw(shower).await?;
    if draw.key.is_some() {
        return Ok(false);
    }
    // The name that the chain had at the launch: it may have another by now.
    let chain_id = shown.config().await?.chain_id;
    let id = Domain { chain_id: &chain_id, contract, shower: ShowerId(shower) };
    let key = committed_key(keys, &id, &draw).await?;
    let message = ExecuteMsg::PublishKey { shower, key: key.publish().into() };
    account.execute(contract, &message, &[]).await?;
    Ok(true)
}
