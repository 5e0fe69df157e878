//! Deploy: upload codes, instantiate the shower contract and read back what came of it.

use std::io::Write as _;

use cosmos_sdk_proto::cosmwasm::wasm::v1::MsgStoreCode;
use cosmos_sdk_proto::traits::{Message, Name};
use cosmrs::Any;
use flate2::Compression;
use flate2::write::GzEncoder;
use meteor_messages::shower::{ConfigResponse, Fairness, InstantiateMsg, QueryMsg};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::account::Account;
use crate::error::OperatorError;
use crate::node::Node;
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
    read_back(account.node(), shower, included.height, message).await
}

/// Whether something answers at `shower` as the shower contract does.
///
/// # Errors
/// If the node doesn't answer.
pub async fn exists(node: &Node, shower: &str) -> Result<bool, OperatorError> {
    match node.smart::<ConfigResponse>(shower, &QueryMsg::Config {}).await {
        Ok(_) => Ok(true),
        Err(OperatorError::Query { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Chains take gzip as well: simulating a contract as it is, in hex, is more than the 1 MB a node takes in a request.
fn gzip(wasm: &[u8]) -> Result<Vec<u8>, OperatorError> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    writer
        .write_all(wasm)
        .and_then(|()| writer.finish())
        .map_err(|error| OperatorError::Build(format!("compressing a contract: {error}")))
}

/// Uploads a contract; answers with its code id and the transaction's hash once the chain names the same checksum.
///
/// # Errors
/// If the chain refuses, or holds other bytes afterwards.
pub async fn upload(account: &mut Account, wasm: &[u8]) -> Result<(u64, String), OperatorError> {
    let malformed = |what: String| OperatorError::Malformed { method: "store code", what };
    let store = MsgStoreCode {
        sender: account.address().to_owned(),
        wasm_byte_code: gzip(wasm)?,
        instantiate_permission: None,
    };
    let store = Any { type_url: MsgStoreCode::type_url(), value: store.encode_to_vec() };
    let included = account.send(vec![store]).await?;
    let code_id = included
        .events
        .iter()
        .filter(|(kind, _)| kind == "store_code")
        .flat_map(|(_, attributes)| attributes)
        .find(|(key, _)| key == "code_id")
        .and_then(|(_, id)| id.parse().ok())
        .ok_or_else(|| malformed("no code id among its events".into()))?;
    let checksum: [u8; 32] = Sha256::digest(wasm).into();
    if account.node().code_checksum(code_id).await? != checksum {
        return Err(malformed(format!("code {code_id} has another checksum than what was uploaded")));
    }
    Ok((code_id, included.hash))
}

/// Compares what the chain holds at `shower` with what was asked for, `height` being before all of it.
///
/// # Errors
/// [`OperatorError::Malformed`] if it is something else.
pub async fn read_back(
    node: &Node,
    shower: String,
    height: u64,
    message: &InstantiateMsg,
) -> Result<Deployment, OperatorError> {
    let config: ConfigResponse = node.smart(&shower, &QueryMsg::Config {}).await?;
    let fairness: Fairness = node.smart(&shower, &QueryMsg::Fairness {}).await?;
    let as_asked = config.denom == message.denom
        && config.schedule == message.schedule
        && config.payees == message.payees
        && config.tiers == message.tiers
        && config.eggs == message.eggs
        && config.operator == message.operator
        && config.guardian == message.guardian
        && config.mint_window == message.mint_window
        && config.owner.as_deref() == Some(message.owner.as_str())
        && fairness == message.fairness;
    if !as_asked {
        return Err(OperatorError::Malformed {
            method: "instantiate",
            what: format!("{shower} holds another configuration than was sent"),
        });
    }
    let (chain_id, _) = node.status().await?;
    Ok(Deployment { chain_id, shower, meteors: config.meteors, hatchery: config.hatchery, height })
}
