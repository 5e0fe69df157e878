//! A thin reading of what nodes send: only the fields of interest, everything else ignored.
//!
//! Everything is nullable, because it is: nodes write `null` for empty lists, leave fields out, and write 64-bit
//! numbers as texts. A full model of a block would refuse a whole block for a field that nobody needs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use serde_json::Value;

use super::{Header, Identity, RpcError, SmartAnswer, time};
use crate::decode::{RawEvent, TxResult};
use crate::fold::BlockHash;

fn malformed(what: &str) -> RpcError {
    RpcError::Malformed(what.to_owned())
}

/// `null` and a missing field alike are the default.
fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(from)?.unwrap_or_default())
}

/// A number, written as a number or as a text.
fn number<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    match Option::<Value>::deserialize(from)? {
        None | Some(Value::Null) => Ok(0),
        Some(Value::String(text)) if text.is_empty() => Ok(0),
        Some(Value::String(text)) => text.parse().map_err(D::Error::custom),
        Some(Value::Number(number)) => {
            number.as_u64().ok_or_else(|| D::Error::custom("a number out of range"))
        }
        Some(_) => Err(D::Error::custom("not a number")),
    }
}

fn hash(text: &str) -> Result<BlockHash, RpcError> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).map_err(|_| malformed("a block hash is not 32 bytes of hex"))?;
    Ok(bytes)
}

/// A JSON-RPC response.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Response {
    /// The number of the request it answers.
    #[serde(deserialize_with = "nullable")]
    pub id: Value,
    /// The result.
    pub result: Option<Value>,
    /// Or why there is none.
    pub error: Option<Fault>,
}

/// A JSON-RPC error.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Fault {
    /// What it is.
    #[serde(deserialize_with = "nullable")]
    pub message: String,
    /// What it is about; where nodes say most.
    pub data: Option<Value>,
}

impl Response {
    /// The result, or the error as one of ours.
    ///
    /// # Errors
    /// What the node says, see [`RpcError`].
    pub fn into_result(self) -> Result<Value, RpcError> {
        if let Some(fault) = self.error {
            let data = match fault.data {
                Some(Value::String(data)) => data,
                _ => String::new(),
            };
            return Err(RpcError::from_node(&fault.message, &data));
        }
        self.result.ok_or_else(|| malformed("neither result nor error"))
    }
}

fn read<T: for<'de> Deserialize<'de>>(value: Value) -> Result<T, RpcError> {
    serde_json::from_value(value).map_err(|error| RpcError::Malformed(error.to_string()))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AbciInfo {
    #[serde(deserialize_with = "nullable")]
    response: AbciInfoResponse,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AbciInfoResponse {
    #[serde(deserialize_with = "number")]
    last_block_height: u64,
}

/// The height of `abci_info`: the last whose results can be asked for. `/status` names the block store's, which is
/// ahead of the results for a moment.
///
/// # Errors
/// [`RpcError::Malformed`].
pub fn tip(value: Value) -> Result<u64, RpcError> {
    Ok(read::<AbciInfo>(value)?.response.last_block_height)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Status {
    #[serde(deserialize_with = "nullable")]
    node_info: NodeInfo,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NodeInfo {
    #[serde(deserialize_with = "nullable")]
    network: String,
    #[serde(deserialize_with = "nullable")]
    version: String,
}

/// What `status` says of the node.
///
/// # Errors
/// [`RpcError::Malformed`] if it names no chain.
pub fn identity(value: Value) -> Result<Identity, RpcError> {
    let info = read::<Status>(value)?.node_info;
    if info.network.is_empty() {
        return Err(malformed("status names no chain"));
    }
    Ok(Identity { chain_id: info.network, version: info.version })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Blockchain {
    #[serde(deserialize_with = "nullable")]
    block_metas: Vec<Meta>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta {
    #[serde(deserialize_with = "nullable")]
    block_id: BlockId,
    #[serde(deserialize_with = "nullable")]
    header: MetaHeader,
    #[serde(deserialize_with = "number")]
    num_txs: u64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct BlockId {
    #[serde(deserialize_with = "nullable")]
    hash: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct MetaHeader {
    #[serde(deserialize_with = "nullable")]
    chain_id: String,
    #[serde(deserialize_with = "number")]
    height: u64,
    #[serde(deserialize_with = "nullable")]
    time: String,
    #[serde(deserialize_with = "nullable")]
    last_block_id: BlockId,
}

/// The headers of a `blockchain` answer, as the node orders them (descending).
///
/// # Errors
/// [`RpcError::Malformed`].
pub fn headers(value: Value) -> Result<Vec<Header>, RpcError> {
    let metas = read::<Blockchain>(value)?.block_metas;
    metas
        .into_iter()
        .map(|meta| {
            let parent = meta.header.last_block_id.hash;
            Ok(Header {
                height: meta.header.height,
                time_ns: time::parse(&meta.header.time).ok_or_else(|| malformed("a block time"))?,
                hash: hash(&meta.block_id.hash)?,
                parent: if parent.is_empty() { None } else { Some(hash(&parent)?) },
                txs: meta.num_txs,
                chain_id: meta.header.chain_id,
            })
        })
        .collect()
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct BlockResults {
    #[serde(deserialize_with = "number")]
    height: u64,
    #[serde(deserialize_with = "nullable")]
    txs_results: Vec<Option<WireTx>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireTx {
    #[serde(deserialize_with = "nullable")]
    code: u32,
    #[serde(deserialize_with = "nullable")]
    events: Vec<WireEvent>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireEvent {
    #[serde(rename = "type", deserialize_with = "nullable")]
    kind: String,
    #[serde(deserialize_with = "nullable")]
    attributes: Vec<WireAttribute>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireAttribute {
    #[serde(deserialize_with = "nullable")]
    key: String,
    #[serde(deserialize_with = "nullable")]
    value: String,
}

/// The results of a block's transactions, which must be those of `header`.
///
/// # Errors
/// [`RpcError::Malformed`] if they are another block's or not as many as the header says.
pub fn results(value: Value, header: &Header) -> Result<Vec<TxResult>, RpcError> {
    let results: BlockResults = read(value)?;
    if results.height != header.height {
        return Err(malformed("results of another height than asked"));
    }
    // A lagging or lying node could leave some out, and nothing later would show it.
    if u64::try_from(results.txs_results.len()).ok() != Some(header.txs) {
        return Err(malformed("another number of results than the header has transactions"));
    }
    let tx = |tx: WireTx| TxResult {
        code: tx.code,
        events: tx
            .events
            .into_iter()
            .map(|event| RawEvent {
                attributes: event.attributes.into_iter().map(|a| (a.key, a.value)).collect(),
                kind: event.kind,
            })
            .collect(),
    };
    let none = || malformed("a transaction without result");
    results.txs_results.into_iter().map(|result| result.map(tx).ok_or_else(none)).collect()
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AbciQuery {
    #[serde(deserialize_with = "nullable")]
    response: AbciQueryResponse,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AbciQueryResponse {
    #[serde(deserialize_with = "nullable")]
    code: u32,
    #[serde(deserialize_with = "nullable")]
    log: String,
    #[serde(deserialize_with = "nullable")]
    value: String,
    #[serde(deserialize_with = "number")]
    height: u64,
}

/// The answer of a smart query.
///
/// # Errors
/// [`RpcError::Refused`] if the contract or the node refuses, [`RpcError::Malformed`] if it can't be read.
pub fn smart_answer(value: Value) -> Result<SmartAnswer, RpcError> {
    let response = read::<AbciQuery>(value)?.response;
    if response.code != 0 {
        return Err(RpcError::Refused(response.log.chars().take(300).collect()));
    }
    let bytes = STANDARD.decode(&response.value).map_err(|_| malformed("a value that is not base64"))?;
    let data = super::proto::smart_response(&bytes).ok_or_else(|| malformed("not a smart query's answer"))?;
    Ok(SmartAnswer { height: response.height, data })
}
