//! Where an event lives, whether it is there, and uploads of the contracts' code.

use std::io::Write as _;

use cosmos_sdk_proto::cosmwasm::wasm::v1::MsgStoreCode;
use cosmos_sdk_proto::traits::{Message, Name};
use cosmrs::Any;
use flate2::Compression;
use flate2::write::GzEncoder;
use meteor_messages::shower::{ConfigResponse, QueryMsg};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::account::Account;
use crate::error::OperatorError;
use crate::node::{Included, Node};

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

/// Whether the shower contract is at `shower`, and not nothing.
///
/// # Errors
/// If the node doesn't answer, or what is there is another contract.
pub async fn exists(node: &Node, shower: &str) -> Result<bool, OperatorError> {
    match node.smart::<ConfigResponse>(shower, &QueryMsg::Config {}).await {
        Ok(_) => Ok(true),
        // Any other refusal is that of a contract: something is there.
        Err(OperatorError::Query { log, .. }) if log.contains("no such contract") => Ok(false),
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
    let store = MsgStoreCode {
        sender: account.address().to_owned(),
        wasm_byte_code: gzip(wasm)?,
        instantiate_permission: None,
    };
    let store = Any { type_url: MsgStoreCode::type_url(), value: store.encode_to_vec() };
    let included = account.send(vec![store]).await?;
    let malformed = |what: String| OperatorError::Malformed { method: "store code", what };
    let code_id = stored(&included).ok_or_else(|| malformed("no code id among its events".into()))?;
    let checksum: [u8; 32] = Sha256::digest(wasm).into();
    if account.node().code_checksum(code_id).await? != checksum {
        return Err(malformed(format!("code {code_id} has another checksum than what was uploaded")));
    }
    Ok((code_id, included.hash))
}

/// The code that the account's last transaction uploaded, its checksum and the transaction's hash: what a command left
/// that was killed before it could say so. `None` if that transaction did something else or the node has forgotten it.
///
/// # Errors
/// If the journal can't be read or no node answers.
pub async fn last_upload(account: &Account) -> Result<Option<(u64, Vec<u8>, String)>, OperatorError> {
    let Some(last) = account.journal().history()?.pop().filter(|last| last.code == 0) else {
        return Ok(None);
    };
    let Some(included) = account.node().tx(&last.hash).await? else { return Ok(None) };
    let Some(code_id) = stored(&included) else { return Ok(None) };
    Ok(Some((code_id, account.node().code_checksum(code_id).await?, included.hash)))
}

/// The id of the code that a transaction uploaded.
fn stored(included: &Included) -> Option<u64> {
    let mut attributes =
        included.events.iter().filter(|(kind, _)| kind == "store_code").flat_map(|(_, all)| all);
    attributes.find(|(key, _)| key == "code_id").and_then(|(_, id)| id.parse().ok())
}
