//! The node and its blocks.
use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::{Answer, RestError, tax};
use crate::chain::node::Node;
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
    let prices: Vec<_> = prices.iter().map(|of| format!("{}{}", tax::price(of), of.denom)).collect();
    Ok(Json(json!({
        "minimum_gas_price": prices.join(","),
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
