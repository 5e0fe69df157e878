//! Deploy: instantiate the shower contract and read back what came of it.

use meteor_messages::shower::{ConfigResponse, InstantiateMsg, QueryMsg};
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
    /// Height of the block that holds the instantiation: nothing of the event is before it.
    pub height: u64,
}

/// Instantiates the shower contract from code `code_id`; it makes its own collection of meteors.
///
/// # Errors
/// If the chain refuses, or if what it holds afterwards is not what was asked for.
pub async fn deploy(
    account: &mut Account,
    code_id: u64,
    label: &str,
    message: &InstantiateMsg,
) -> Result<Deployment, OperatorError> {
    let instantiate = tx::instantiate(account.address(), code_id, label, message)?;
    let included = account.send(vec![instantiate]).await?;
    // The first `instantiate` event is the shower's; the second is the collection's.
    let shower = included
        .events
        .iter()
        .filter(|(kind, _)| kind == "instantiate")
        .find_map(|(_, attributes)| attributes.iter().find(|(key, _)| key == "_contract_address"))
        .map(|(_, address)| address.clone())
        .ok_or_else(|| OperatorError::Malformed {
            method: "instantiate",
            what: "no contract address".into(),
        })?;
    let config: ConfigResponse = account.node().smart(&shower, &QueryMsg::Config {}).await?;
    let as_asked = config.denom == message.denom
        && config.schedule == message.schedule
        && config.payees == message.payees
        && config.tiers == message.tiers
        && config.eggs == message.eggs
        && config.operator == message.operator
        && config.owner.as_deref() == Some(message.owner.as_str());
    if !as_asked {
        return Err(OperatorError::Malformed {
            method: "instantiate",
            what: format!("{shower} holds another configuration than was sent"),
        });
    }
    let (chain_id, _) = account.node().status().await?;
    Ok(Deployment { chain_id, shower, meteors: config.meteors, height: included.height })
}
