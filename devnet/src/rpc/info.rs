//! Methods about the node, its parameters and the application's state.
use serde_json::{Value, json};

use super::params::Params;
use super::{RpcError, shapes};
use crate::app::execute::TxResult;
use crate::chain::block::POWER;
use crate::chain::node::Node;
use crate::error::AppError;
use crate::query::{self, Answer};

pub(crate) fn status(node: &Node) -> Value {
    let chain_id = node.chain_id();
    let blocks = node.blocks().read();
    let sync = blocks.last().zip(blocks.first()).map(|(last, first)| {
        json!({
            "latest_block_hash": hex::encode_upper(last.id.hash.as_bytes()),
            "latest_app_hash": hex::encode_upper(last.header.app_hash.as_bytes()),
            "latest_block_height": last.height().to_string(),
            "latest_block_time": last.header.time.to_rfc3339(),
            "earliest_block_hash": hex::encode_upper(first.id.hash.as_bytes()),
            "earliest_app_hash": hex::encode_upper(first.header.app_hash.as_bytes()),
            "earliest_block_height": first.height().to_string(),
            "earliest_block_time": first.header.time.to_rfc3339(),
            "catching_up": false,
        })
    });
    json!({
        "node_info": shapes::node_info(&chain_id),
        "sync_info": sync,
        "validator_info": validator(node),
    })
}

fn validator(node: &Node) -> Value {
    json!({
        "address": hex::encode_upper(node.validator().address.as_bytes()),
        "pub_key": {
            "type": "tendermint/PubKeyEd25519",
            "value": shapes::base64(&node.validator().key.to_bytes()),
        },
        "voting_power": POWER.to_string(),
    })
}

pub(crate) fn net_info() -> Value {
    json!({ "listening": true, "listeners": ["Listener(@)"], "n_peers": "0", "peers": [] })
}

pub(crate) fn genesis(node: &Node) -> Value {
    let chain_id = node.chain_id();
    let blocks = node.blocks().read();
    let time = blocks.first().map(|block| block.header.time.to_rfc3339());
    json!({ "genesis": {
        "genesis_time": time,
        "chain_id": chain_id,
        "initial_height": "1",
        "consensus_params": shapes::consensus_params(node.max_gas()),
        "app_hash": "",
        "app_state": {},
    }})
}

pub(crate) fn abci_info(node: &Node) -> Result<Value, RpcError> {
    let blocks = node.blocks().read();
    let last = blocks.last().ok_or_else(|| RpcError::internal("no block yet"))?;
    Ok(json!({ "response": {
        "data": "meteor-devnet",
        "last_block_height": last.height().to_string(),
        "last_block_app_hash": shapes::base64(&last.app_hash),
    }}))
}

pub(crate) async fn abci_query(node: &Node, params: &Params) -> Result<Value, RpcError> {
    let path = params.text("path")?.unwrap_or_default();
    let data = params.hex("data")?;
    let height = params.integer("height")?.unwrap_or_default();
    let answer = match u64::try_from(height) {
        Err(_) => {
            Err(AppError::invalid_request("cannot query with height < 0; please provide a valid height"))
        }
        Ok(height) => {
            let answer = move |worker: &mut crate::chain::node::Worker| {
                query::query(&worker.chain, &path, &data, height)
            };
            node.call(answer).await?.map_err(query::QueryError::into_app)
        }
    };
    let (error, value, height) = match answer {
        Ok(Answer { value, height }) => (TxResult::default(), Some(value), height),
        Err(error) => (TxResult::of_check(Err(error)), None, 0),
    };
    Ok(json!({ "response": {
        "code": error.code,
        "log": error.log,
        "info": "",
        "index": "0",
        "key": null,
        "value": value.map(|value| shapes::base64(&value)),
        "proofOps": null,
        "height": height.to_string(),
        "codespace": error.codespace,
    }}))
}

pub(crate) fn validators(node: &Node, params: &Params) -> Result<Value, RpcError> {
    let height = super::lookup::height(&node.blocks().read(), params)?;
    let mut validator = validator(node);
    if let Some(object) = validator.as_object_mut() {
        object.insert("proposer_priority".into(), "0".into());
    }
    Ok(json!({
        "block_height": height.to_string(),
        "validators": [validator],
        "count": "1",
        "total": "1",
    }))
}

pub(crate) fn consensus_params(node: &Node, params: &Params) -> Result<Value, RpcError> {
    let height = super::lookup::height(&node.blocks().read(), params)?;
    let mut params = shapes::consensus_params(node.max_gas());
    if let Some(params) = params.as_object_mut() {
        // Here CometBFT writes zeros too.
        params.insert("version".into(), json!({ "app": "0" }));
        params.insert("abci".into(), json!({ "vote_extensions_enable_height": "0" }));
    }
    Ok(json!({ "block_height": height.to_string(), "consensus_params": params }))
}

pub(crate) async fn unconfirmed(node: &Node) -> Result<Value, RpcError> {
    let (count, bytes) =
        node.call(|worker| (worker.chain.mempool.len(), worker.chain.mempool.bytes())).await?;
    Ok(json!({
        "n_txs": count.to_string(),
        "total": count.to_string(),
        "total_bytes": bytes.to_string(),
        "txs": null,
    }))
}
