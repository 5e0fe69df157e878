//! Deploy: instantiate the shower contract and read back what came of it.

use meteor_messages::shower::{ConfigResponse, Fairness, InstantiateMsg, QueryMsg};
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::error::OperatorError;
use crate::tx;

/// Where an event lives: what every other command needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployment {
    /// The chain's id.
    pub chain_id: String,
    /// Address of the shower contract.
    pub shower: String,
    /// Address of the meteors' CW721 contract.
    pub meteors: String,
    /// Address of the contract that cracks meteors.
    pub hatchery: String,
    /// Height of the block that holds the instantiation: nothing of the event is before it.
    pub height: u64,
}

/// Where an event will live that `account` deploys from code `code_id` with `salt`: known before it exists, because the
/// commitments to its keys are bound to it.
///
/// # Errors
/// If there is no such code.
pub async fn address(account: &Account, code_id: u64, salt: &[u8]) -> Result<String, OperatorError> {
    let checksum = account.node().code_checksum(code_id).await?;
    tx::contract_address(&checksum, account.address(), salt)
}

/// Instantiates the shower contract from code `code_id`; it makes its own collection of meteors and its hatchery.
///
/// # Errors
/// If the chain refuses, or if what it holds afterwards is not what was asked for.
pub async fn deploy(
    account: &mut Account,
    code_id: u64,
    label: &str,
    salt: &[u8],
    message: &InstantiateMsg,
) -> Result<Deployment, OperatorError> {
    let instantiate = tx::instantiate(account.address(), code_id, label, salt, message)?;
    let included = account.send(vec![instantiate]).await?;
    let shower = address(account, code_id, salt).await?;
    let config: ConfigResponse = account.node().smart(&shower, &QueryMsg::Config {}).await?;
    let fairness: Fairness = account.node().smart(&shower, &QueryMsg::Fairness {}).await?;
    let as_asked = config.denom == message.denom
        && config.schedule == message.schedule
        && config.payees == message.payees
        && config.tiers == message.tiers
        && config.eggs == message.eggs
        && config.operator == message.operator
        && config.owner.as_deref() == Some(message.owner.as_str())
        && fairness == message.fairness;
    if !as_asked {
        return Err(OperatorError::Malformed {
            method: "instantiate",
            what: format!("{shower} holds another configuration than was sent"),
        });
    }
    let (chain_id, _) = account.node().status().await?;
    Ok(Deployment {
        chain_id,
        shower,
        meteors: config.meteors,
        hatchery: config.hatchery,
        height: included.height,
    })
}
