//! Where an event lives, whether it is there, and uploads of the contracts' code.

use std::io::Write as _;

use cosmos_sdk_proto::cosmwasm::wasm::v1::MsgStoreCode;
use cosmos_sdk_proto::traits::{Message, Name};
use cosmrs::Any;
use flate2::Compression;
use flate2::write::GzEncoder;
use meteor_chain::NodeError;
use meteor_chain::contracts::ShowerContract;
use meteor_chain::tx::Included;
use meteor_chain::words::Said;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::JobError;
use crate::account::{Account, AccountError};
use crate::node::Node;

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
    /// A height before the instantiation, or that of its block: nothing of the event is in earlier ones.
    pub height: u64,
}

/// Whether there is a shower contract at `shower`.
///
/// # Errors
/// If the node doesn't answer, or what is there is another contract.
pub async fn exists(node: &Node, shower: &str) -> Result<bool, JobError> {
    match ShowerContract::new(node, shower).config().await {
        Ok(_) => Ok(true),
        // Any other refusal comes from a contract: something is there.
        Err(NodeError::Query(refusal)) if refusal.said() == Said::NoContract => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Chains accept gzip. Without it, a simulation sends the wasm in hex, which exceeds the 1 MB that a node
/// accepts.
fn gzip(wasm: &[u8]) -> Result<Vec<u8>, JobError> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    writer.write_all(wasm).and_then(|()| writer.finish()).map_err(JobError::Compress)
}

/// A message with which `sender` uploads a contract.
///
/// # Errors
/// If the wasm can't be compressed.
pub fn store(sender: &str, wasm: &[u8]) -> Result<Any, JobError> {
    let store =
        MsgStoreCode { sender: sender.to_owned(), wasm_byte_code: gzip(wasm)?, instantiate_permission: None };
    Ok(Any { type_url: MsgStoreCode::type_url(), value: store.encode_to_vec() })
}

/// Uploads a contract; answers with its code id and the transaction's hash once the chain names the same
/// checksum.
///
/// # Errors
/// If the chain refuses, or holds other bytes afterwards.
pub async fn upload(account: &mut Account, wasm: &[u8]) -> Result<(u64, String), JobError> {
    let store = store(account.address(), wasm)?;
    let included = account.send(vec![store]).await?;
    let code_id =
        stored(&included).ok_or_else(|| JobError::Upload("there is no code id among its events".into()))?;
    let checksum: [u8; 32] = Sha256::digest(wasm).into();
    if account.node().code_checksum(code_id).await? != checksum {
        return Err(JobError::Upload(format!("code {code_id} has another checksum")));
    }
    Ok((code_id, included.hash))
}

/// The code that the account's last transaction uploaded, its checksum and the transaction's hash: a command
/// that was killed could not note it. `None` if that transaction did something else or the node no longer has
/// it.
///
/// # Errors
/// If the journal can't be read or no node answers.
pub async fn last_upload(account: &Account) -> Result<Option<(u64, Vec<u8>, String)>, JobError> {
    let history = account.journal().history().map_err(AccountError::from)?;
    let Some(last) = history.last().filter(|last| last.code == 0) else {
        return Ok(None);
    };
    let Some(included) = account.node().tx(&last.hash).await? else { return Ok(None) };
    let Some(code_id) = stored(&included) else { return Ok(None) };
    Ok(Some((code_id, account.node().code_checksum(code_id).await?, included.hash)))
}

/// The id of the code that a transaction uploaded.
fn stored(included: &Included) -> Option<u64> {
    let event = included.events.iter().find(|event| event.kind == "store_code")?;
    event.value("code_id")?.parse().ok()
}
