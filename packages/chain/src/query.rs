//! `abci_query`: what is asked of the chain's modules and contracts, and their answers.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use cosmos_sdk_proto::cosmwasm::wasm::v1::QuerySmartContractStateRequest;
use cosmos_sdk_proto::traits::Message;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::nullable::{number, or_default, text};
use crate::words::{Refusal, Said};
use crate::{NodeError, jsonrpc};

/// The call.
pub const METHOD: &str = "abci_query";
/// Path of a contract's answers.
pub const SMART: &str = "/cosmwasm.wasm.v1.Query/SmartContractState";
/// Path of what a contract has stored.
pub const RAW: &str = "/cosmwasm.wasm.v1.Query/RawContractState";

/// What a node answered, and the height at which it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<A> {
    /// The answer.
    pub value: A,
    /// Its height; 0 if the node doesn't say.
    pub height: u64,
}

/// The parameters of a query at `height`; at the latest for 0.
pub fn params(path: &str, request: &impl Message, height: u64) -> Value {
    let data = hex::encode(request.encode_to_vec());
    json!({ "path": path, "data": data, "height": height.to_string(), "prove": false })
}

/// The question `query` (JSON) to `contract`.
pub fn smart(contract: &str, query: Vec<u8>) -> QuerySmartContractStateRequest {
    QuerySmartContractStateRequest { address: contract.to_owned(), query_data: query }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AbciQuery<'a> {
    #[serde(borrow, deserialize_with = "or_default")]
    response: Response<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Response<'a> {
    #[serde(deserialize_with = "or_default")]
    code: u32,
    #[serde(deserialize_with = "or_default")]
    codespace: String,
    #[serde(deserialize_with = "or_default")]
    log: String,
    #[serde(borrow, deserialize_with = "text")]
    value: Cow<'a, str>,
    #[serde(deserialize_with = "number")]
    height: u64,
}

/// Reads an answer to `abci_query`.
///
/// # Errors
/// [`NodeError::Query`] if the chain or a contract refuses; [`NodeError::Pruned`] or [`NodeError::NotYet`] if the node
/// hasn't the state at that height; what the node says instead; [`NodeError::Malformed`].
pub fn answer<A: Message + Default>(body: &[u8]) -> Result<Answer<A>, NodeError> {
    let response = jsonrpc::result::<AbciQuery<'_>>(body)?.response;
    if response.code != 0 {
        let Response { codespace, code, log, .. } = response;
        let refusal = Refusal::new(codespace, code, log);
        // Neither of the first two is the chain's word: another node may have the state at this height.
        return Err(match refusal.said() {
            Said::HeightPruned { lowest } => NodeError::Pruned { lowest },
            Said::HeightToCome => NodeError::NotYet,
            _said => NodeError::Query(refusal),
        });
    }
    // An empty answer comes as null: the default of protobuf.
    let bytes = BASE64.decode(response.value.as_bytes());
    let bytes = bytes.map_err(|_| NodeError::malformed("a value that is not base64"))?;
    let value = A::decode(bytes.as_slice());
    let value = value.map_err(|error| NodeError::Malformed(format!("the answer to a query: {error}")))?;
    Ok(Answer { value, height: response.height })
}
