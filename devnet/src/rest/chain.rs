//! The node and its blocks.
use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::{Answer, RestError};
use crate::chain::block::POWER;
use crate::chain::node::Node;
use crate::query::node;
use crate::rpc::shapes;

pub(crate) async fn node_info(State(node): State<Node>) -> Json<Value> {
    Json(json!({
        // Wallets compare `default_node_info.network` with the chain id they were told.
        "default_node_info": shapes::node_info(&node.chain_id()),
        "application_version": {
            "name": "meteor-devnet",
            "app_name": "meteor-devnet",
            "version": env!("CARGO_PKG_VERSION"),
            "git_commit": "",
            "build_tags": "",
            "go_version": "",
            "build_deps": [],
            "cosmos_sdk_version": "v0.53.6",
        },
    }))
}

/// With the prices that [`crate::app::ante`] enforces.
pub(crate) async fn config(State(node): State<Node>) -> Answer {
    let prices = node.call(|worker| worker.chain.app.gas_prices.clone()).await?;
    Ok(Json(json!({
        "minimum_gas_price": node::prices(&prices),
        "pruning_keep_recent": "0",
        "pruning_interval": "0",
        "halt_height": "0",
    })))
}

pub(crate) async fn status(State(node): State<Node>) -> Answer {
    let blocks = node.blocks().read();
    let last = blocks.last().ok_or_else(|| RestError::internal("no block yet"))?;
    Ok(Json(json!({
        "earliest_store_height": "0",
        "height": last.height().to_string(),
        "timestamp": last.header.time.to_rfc3339(),
        "app_hash": shapes::base64(&last.app_hash),
        "validator_hash": shapes::base64(last.header.validators_hash.as_bytes()),
    })))
}

pub(crate) async fn syncing() -> Json<Value> {
    Json(json!({ "syncing": false }))
}

pub(crate) async fn bech32(State(node): State<Node>) -> Json<Value> {
    Json(json!({ "bech32_prefix": node.prefix() }))
}

/// The one validator, at any height that the chain has.
pub(crate) async fn validators(State(node): State<Node>, Path(height): Path<String>) -> Answer {
    let last = node.blocks().read().height();
    let height = match height.as_str() {
        "latest" => last,
        height => height.parse().map_err(|_| RestError::invalid("height is not a number"))?,
    };
    if height > last {
        return Err(RestError::invalid("requested block height is bigger then the chain length"));
    }
    let validator = node.validator();
    let hrp = bech32::Hrp::parse(&format!("{}valcons", node.prefix()));
    let address =
        hrp.ok().and_then(|hrp| bech32::encode::<bech32::Bech32>(hrp, validator.address.as_bytes()).ok());
    Ok(Json(json!({
        "block_height": height.to_string(),
        "validators": [{
            "address": address,
            "pub_key": {
                "@type": "/cosmos.crypto.ed25519.PubKey",
                "key": shapes::base64(&validator.key.to_bytes()),
            },
            "voting_power": POWER.to_string(),
            "proposer_priority": "0",
        }],
        "pagination": { "next_key": null, "total": "1" },
    })))
}

pub(crate) async fn consensus(State(node): State<Node>) -> Json<Value> {
    let mut params = shapes::consensus_params(node.max_gas());
    if let Some(params) = params.as_object_mut() {
        params.insert("version".into(), json!({ "app": "0" }));
        params.insert("abci".into(), json!({ "vote_extensions_enable_height": "0" }));
        // Here a duration is text.
        if let Some(age) =
            params.get_mut("evidence").and_then(|evidence| evidence.get_mut("max_age_duration"))
        {
            *age = "172800s".into();
        }
    }
    Json(json!({ "params": params }))
}

pub(crate) async fn block(State(node): State<Node>, Path(height): Path<String>) -> Answer {
    let blocks = node.blocks().read();
    let block = match height.as_str() {
        "latest" => blocks.last(),
        height => blocks.get(height.parse().map_err(|_| RestError::invalid("height is not a number"))?),
    };
    let block = block.ok_or_else(|| RestError::invalid("requested block height is not available"))?;
    let json = shapes::block(&blocks, block);
    Ok(Json(json!({ "block_id": shapes::block_id(Some(&block.id)), "block": json, "sdk_block": json })))
}
