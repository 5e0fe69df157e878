//! Transactions: simulate, broadcast, look up.
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use cosmos_sdk_proto::cosmos::tx::v1beta1::{SimulateRequest, SimulateResponse, TxRaw};
use cosmos_sdk_proto::prost::Message;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Answer, RestError, ask};
use crate::app::execute::TxResult;
use crate::chain::block::Block;
use crate::chain::node::Node;
use crate::chain::search::Query as Search;
use crate::rpc::shapes;

#[derive(Deserialize)]
struct TxBytes {
    tx_bytes: String,
}

/// The body is read as JSON whatever its content type says, as the gateway does.
fn tx_bytes(body: &[u8]) -> Result<Vec<u8>, RestError> {
    let TxBytes { tx_bytes } =
        serde_json::from_slice(body).map_err(|error| RestError::invalid(format!("body: {error}")))?;
    BASE64.decode(tx_bytes).map_err(|error| RestError::invalid(format!("tx_bytes: {error}")))
}

pub(crate) async fn simulate(State(node): State<Node>, body: Bytes) -> Answer {
    let request = SimulateRequest { tx_bytes: tx_bytes(&body)?, ..SimulateRequest::default() };
    let response: SimulateResponse = ask(&node, "/cosmos.tx.v1beta1.Service/Simulate", &request).await?;
    let gas = response.gas_info.unwrap_or_default();
    let result = response.result.unwrap_or_default();
    let responses: Vec<_> = result
        .msg_responses
        .iter()
        .map(|any| json!({ "@type": any.type_url, "value": BASE64.encode(&any.value) }))
        .collect();
    Ok(Json(json!({
        "gas_info": { "gas_wanted": gas.gas_wanted.to_string(), "gas_used": gas.gas_used.to_string() },
        "result": { "data": "", "log": result.log, "events": [], "msg_responses": responses },
    })))
}

pub(crate) async fn broadcast(State(node): State<Node>, body: Bytes) -> Answer {
    let bytes = tx_bytes(&body)?;
    let result = TxResult::of_check(node.broadcast(&bytes).await?);
    let result = TxResult { gas_used: 0, ..result };
    let txhash = hex::encode_upper(Sha256::digest(&bytes));
    Ok(Json(json!({ "tx_response": shown(0, &txhash, &result, &Value::Null, "") })))
}

fn response(block: &Block, index: usize) -> Option<Value> {
    let tx = block.txs.get(index)?;
    // Messages as protobuf: the dev chain does not spell them out.
    let message = json!({ "@type": "/cosmos.tx.v1beta1.Tx", "value": BASE64.encode(&tx.bytes) });
    let txhash = hex::encode_upper(tx.hash);
    Some(shown(block.height(), &txhash, &tx.result, &message, &block.header.time.to_rfc3339()))
}

fn shown(height: u64, txhash: &str, result: &TxResult, tx: &Value, timestamp: &str) -> Value {
    json!({
        "height": height.to_string(),
        "txhash": txhash,
        "codespace": result.codespace,
        "code": result.code,
        "data": hex::encode_upper(&result.data),
        "raw_log": result.log,
        "logs": [],
        "info": "",
        "gas_wanted": result.gas_wanted.to_string(),
        "gas_used": result.gas_used.to_string(),
        "tx": tx,
        "timestamp": timestamp,
        "events": shapes::events(&result.events),
    })
}

fn signatures(bytes: &[u8]) -> Vec<String> {
    let raw = TxRaw::decode(bytes).unwrap_or_default();
    raw.signatures.iter().map(|signature| BASE64.encode(signature)).collect()
}

pub(crate) async fn tx(State(node): State<Node>, Path(hash): Path<String>) -> Answer {
    let bytes = hex::decode(&hash).map_err(|error| RestError::invalid(format!("hash: {error}")))?;
    let blocks = node.blocks().read();
    let missing = || RestError::not_found(format!("tx not found: {hash}"));
    let (block, index) = blocks.tx(&bytes).ok_or_else(missing)?;
    let tx = block.txs.get(index).ok_or_else(missing)?;
    Ok(Json(json!({
        "tx": { "signatures": signatures(&tx.bytes) },
        "tx_response": response(block, index),
    })))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Filter {
    /// Before SDK 0.50 it was `events`, which is read no more.
    query: Option<String>,
    limit: Option<usize>,
    page: Option<usize>,
}

/// Pages as the SDK counts them: from 1.
pub(crate) async fn search(State(node): State<Node>, Query(filter): Query<Filter>) -> Answer {
    let text = filter.query.unwrap_or_default();
    if text.is_empty() {
        return Err(RestError::internal("query cannot be empty"));
    }
    let query = Search::parse(&text).map_err(RestError::invalid)?;
    let limit = filter.limit.unwrap_or(100).clamp(1, 100);
    let skip = filter.page.unwrap_or(1).max(1).saturating_sub(1).saturating_mul(limit);
    let blocks = node.blocks().read();
    let found: Vec<_> = blocks
        .iter()
        .flat_map(|block| {
            let matching = block.txs.iter().enumerate().filter(|(_, tx)| query.matches_tx(block, tx));
            matching.map(|(index, _)| (block, index)).collect::<Vec<_>>()
        })
        .collect();
    let responses: Vec<_> =
        found.iter().skip(skip).take(limit).filter_map(|(block, index)| response(block, *index)).collect();
    Ok(Json(json!({
        "txs": [],
        "tx_responses": responses,
        "pagination": null,
        "total": found.len().to_string(),
    })))
}
