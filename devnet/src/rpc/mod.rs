//! CometBFT's RPC: JSON-RPC over POST (single and batch), the GET form, and the WebSocket.
mod broadcast;
mod dev;
mod http;
mod info;
mod lookup;
mod params;
pub(crate) mod shapes;
mod uri;
mod ws;

pub(crate) use http::router;

use serde_json::{Value, json};
use thiserror::Error;

use crate::chain::node::Node;
use crate::error::DevnetError;
use params::Params;

/// CometBFT's version we answer as: clients pick their dialect by it.
pub(crate) const VERSION: &str = "0.38.21";

/// An error object of JSON-RPC, with CometBFT's codes.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{message}: {data}")]
pub(crate) struct RpcError {
    code: i32,
    message: &'static str,
    data: String,
}

impl RpcError {
    pub(crate) fn parse(data: impl Into<String>) -> RpcError {
        RpcError { code: -32_700, message: "Parse error. Invalid JSON", data: data.into() }
    }

    pub(crate) fn invalid_request(data: impl Into<String>) -> RpcError {
        RpcError { code: -32_600, message: "Invalid Request", data: data.into() }
    }

    pub(crate) fn method_not_found() -> RpcError {
        RpcError { code: -32_601, message: "Method not found", data: String::new() }
    }

    pub(crate) fn invalid_params(data: impl std::fmt::Display) -> RpcError {
        let data = format!("error converting json params to arguments: {data}");
        RpcError { code: -32_602, message: "Invalid params", data }
    }

    /// The same of a GET.
    pub(crate) fn invalid_query(data: impl std::fmt::Display) -> RpcError {
        let data = format!("error converting http params to arguments: {data}");
        RpcError { code: -32_602, message: "Invalid params", data }
    }

    pub(crate) fn internal(data: impl std::fmt::Display) -> RpcError {
        RpcError { code: -32_603, message: "Internal error", data: data.to_string() }
    }

    pub(crate) fn server(data: impl Into<String>) -> RpcError {
        RpcError { code: -32_000, message: "Server error", data: data.into() }
    }

    fn to_json(&self) -> Value {
        if self.data.is_empty() {
            json!({ "code": self.code, "message": self.message })
        } else {
            json!({ "code": self.code, "message": self.message, "data": self.data })
        }
    }
}

impl From<DevnetError> for RpcError {
    fn from(error: DevnetError) -> RpcError {
        RpcError::internal(error)
    }
}

/// A response with the id of its request.
pub(crate) fn respond(id: &Value, result: Result<Value, RpcError>) -> Value {
    match result {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err(error) => json!({ "jsonrpc": "2.0", "id": id, "error": error.to_json() }),
    }
}

/// The arguments of each method in CometBFT's order, which the array form of params relies on.
fn arguments(method: &str) -> Option<&'static [&'static str]> {
    Some(match method {
        "health"
        | "status"
        | "net_info"
        | "genesis"
        | "abci_info"
        | "num_unconfirmed_txs"
        | "dev_snapshot" => &[],
        "blockchain" => &["minHeight", "maxHeight"],
        "block" | "block_results" | "commit" | "header" | "consensus_params" => &["height"],
        "block_by_hash" | "header_by_hash" => &["hash"],
        "validators" => &["height", "page", "per_page"],
        "tx" => &["hash", "prove"],
        "tx_search" => &["query", "prove", "page", "per_page", "order_by"],
        "block_search" => &["query", "page", "per_page", "order_by"],
        "unconfirmed_txs" => &["limit"],
        "broadcast_tx_sync" | "broadcast_tx_async" | "broadcast_tx_commit" | "check_tx" => &["tx"],
        "abci_query" => &["path", "data", "height", "prove"],
        "dev_setBalance" => &["address", "denom", "amount"],
        "dev_advanceTime" | "dev_setTime" => &["seconds"],
        "dev_mine" => &["blocks"],
        "dev_refuse" => &["address"],
        "dev_call" => &["contract", "msg", "sender", "denom", "amount"],
        "dev_renameChain" => &["chain_id"],
        "dev_revert" => &["id"],
        "dev_setBlocks" => &["mode", "interval_ms"],
        _ => return None,
    })
}

/// Answers one call. `raw` are the params of JSON-RPC, as object or array.
pub(crate) async fn call(node: &Node, method: &str, raw: Option<&Value>) -> Result<Value, RpcError> {
    let names = arguments(method).ok_or_else(RpcError::method_not_found)?;
    dispatch(node, method, &Params::from_json(raw, names)?).await
}

async fn dispatch(node: &Node, method: &str, params: &Params) -> Result<Value, RpcError> {
    match method {
        "health" => Ok(json!({})),
        "status" => Ok(info::status(node)),
        "net_info" => Ok(info::net_info()),
        "genesis" => Ok(info::genesis(node)),
        "abci_info" => info::abci_info(node),
        "abci_query" => info::abci_query(node, params).await,
        "validators" => info::validators(node, params),
        "consensus_params" => info::consensus_params(node, params),
        "num_unconfirmed_txs" | "unconfirmed_txs" => info::unconfirmed(node).await,
        "blockchain" => lookup::blockchain(node, params),
        "block" => lookup::block(node, params),
        "block_by_hash" => lookup::block_by_hash(node, params),
        "block_results" => lookup::block_results(node, params),
        "header" => lookup::header(node, params),
        "header_by_hash" => lookup::header_by_hash(node, params),
        "commit" => lookup::commit(node, params),
        "tx" => lookup::tx(node, params),
        "tx_search" => lookup::tx_search(node, params),
        "block_search" => lookup::block_search(node, params),
        "check_tx" => broadcast::check(node, params).await,
        "broadcast_tx_sync" => broadcast::sync(node, params).await,
        "broadcast_tx_async" => broadcast::asynchronous(node, params).await,
        "broadcast_tx_commit" => broadcast::commit(node, params).await,
        method => match method.strip_prefix("dev_") {
            Some(control) => dev::call(node, control, params).await,
            None => Err(RpcError::method_not_found()),
        },
    }
}
