//! The WebSocket: ordinary calls, and subscriptions to new blocks and transactions.
//!
//! A client that reads too slowly loses its subscriptions with an error instead of growing a queue.
use std::sync::Arc;

use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;

use super::http::single;
use super::params::Params;
use super::{RpcError, respond, shapes};
use crate::chain::block::{Block, BlockTx};
use crate::chain::node::Node;
use crate::chain::search::Query;

/// CometBFT's `max_subscriptions_per_client`.
const MAX_SUBSCRIPTIONS: usize = 5;
const MAX_MESSAGE: usize = 2_000_000;

struct Subscription {
    /// Events carry the id of the request that asked for them.
    id: Value,
    text: String,
    query: Query,
}

pub(crate) async fn upgrade(State(node): State<Node>, upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE)
        .on_upgrade(move |socket| serve(node, socket))
}

async fn serve(node: Node, mut socket: WebSocket) {
    let mut subscriptions: Vec<Subscription> = Vec::new();
    let mut news = node.subscribe();
    loop {
        let messages = tokio::select! {
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => request(&node, &mut subscriptions, text.as_bytes()).await,
                Some(Ok(Message::Binary(bytes))) => request(&node, &mut subscriptions, &bytes).await,
                // Pings are answered by the library.
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => Vec::new(),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
            },
            block = news.recv() => match block {
                Ok(block) => subscriptions.iter().flat_map(|one| events(&node, one, &block)).collect(),
                Err(RecvError::Lagged(_)) => {
                    let slow = RpcError::server("subscription was canceled (reason: slow client)");
                    subscriptions.drain(..).map(|one| respond(&one.id, Err(slow.clone()))).collect()
                }
                Err(RecvError::Closed) => return,
            },
        };
        for message in messages {
            if socket.send(Message::Text(message.to_string().into())).await.is_err() {
                return;
            }
        }
    }
}

async fn request(node: &Node, subscriptions: &mut Vec<Subscription>, bytes: &[u8]) -> Vec<Value> {
    let request: Value = match serde_json::from_slice(bytes) {
        Ok(request) => request,
        Err(error) => {
            let error = RpcError::parse(format!("error unmarshaling request: {error}"));
            return vec![respond(&Value::Null, Err(error))];
        }
    };
    let id = request.get("id").cloned().unwrap_or_default();
    let params = request.get("params");
    let result = match request.get("method").and_then(Value::as_str) {
        Some("subscribe") => subscribe(subscriptions, &id, params),
        Some("unsubscribe") => unsubscribe(subscriptions, params),
        Some("unsubscribe_all") => {
            subscriptions.clear();
            Ok(json!({}))
        }
        _ => return single(node, &request).await.into_iter().collect(),
    };
    vec![respond(&id, result)]
}

fn query(params: Option<&Value>) -> Result<(String, Query), RpcError> {
    let text = Params::from_json(params, &["query"])?.text("query")?.unwrap_or_default();
    let query =
        Query::parse(&text).map_err(|error| RpcError::internal(format!("failed to parse query: {error}")))?;
    Ok((text, query))
}

fn subscribe(
    subscriptions: &mut Vec<Subscription>,
    id: &Value,
    params: Option<&Value>,
) -> Result<Value, RpcError> {
    let (text, query) = query(params)?;
    if subscriptions.len() >= MAX_SUBSCRIPTIONS {
        let text = format!("max_subscriptions_per_client {MAX_SUBSCRIPTIONS} reached");
        return Err(RpcError::internal(text));
    }
    if subscriptions.iter().any(|one| one.query == query) {
        return Err(RpcError::internal("already subscribed"));
    }
    subscriptions.push(Subscription { id: id.clone(), text, query });
    Ok(json!({}))
}

fn unsubscribe(subscriptions: &mut Vec<Subscription>, params: Option<&Value>) -> Result<Value, RpcError> {
    let (_, query) = query(params)?;
    let before = subscriptions.len();
    subscriptions.retain(|one| one.query != query);
    if subscriptions.len() == before {
        Err(RpcError::internal("subscription not found"))
    } else {
        Ok(json!({}))
    }
}

/// What a subscription gets from a block.
fn events(node: &Node, subscription: &Subscription, block: &Arc<Block>) -> Vec<Value> {
    let Subscription { id, text, query } = subscription;
    let event = |kind: &str, value: Value, events: Value| {
        let data = json!({ "type": kind, "value": value });
        respond(id, Ok(json!({ "query": text, "data": data, "events": events })))
    };
    match query.wants("tm.event") {
        Some("NewBlock") if query.matches_block(block) => {
            let value = new_block(node, block);
            vec![event("tendermint/event/NewBlock", value, json!({ "tm.event": ["NewBlock"] }))]
        }
        Some("NewBlockHeader") => {
            let value = json!({ "header": shapes::header(block) });
            vec![event("tendermint/event/NewBlockHeader", value, json!({ "tm.event": ["NewBlockHeader"] }))]
        }
        Some("Tx") => block
            .txs
            .iter()
            .enumerate()
            .filter(|(_, tx)| query.matches_tx(block, tx))
            .map(|(index, tx)| event("tendermint/event/Tx", new_tx(block, index, tx), tx_events(block, tx)))
            .collect(),
        _ => Vec::new(),
    }
}

fn new_block(node: &Node, block: &Block) -> Value {
    let results: Vec<_> = block.txs.iter().map(|tx| shapes::tx_result(&tx.result)).collect();
    json!({
        "block": shapes::block(&node.blocks().read(), block),
        "block_id": shapes::block_id(Some(&block.id)),
        "result_finalize_block": {
            "events": shapes::events(&block.events),
            "tx_results": results,
            "validator_updates": [],
            "consensus_param_updates": shapes::consensus_params(node.max_gas()),
            "app_hash": shapes::base64(&block.app_hash),
        },
    })
}

fn new_tx(block: &Block, index: usize, tx: &BlockTx) -> Value {
    json!({ "TxResult": {
        "height": block.height().to_string(),
        "index": index,
        "tx": shapes::base64(&tx.bytes),
        "result": shapes::tx_result(&tx.result),
    }})
}

/// All attributes as `type.key` with their values, as CometBFT groups them.
fn tx_events(block: &Block, tx: &BlockTx) -> Value {
    let mut grouped = serde_json::Map::new();
    let mut add = |key: String, value: String| {
        if let Some(list) = grouped.entry(key).or_insert_with(|| json!([])).as_array_mut() {
            list.push(value.into());
        }
    };
    add("tm.event".into(), "Tx".into());
    add("tx.hash".into(), hex::encode_upper(tx.hash));
    add("tx.height".into(), block.height().to_string());
    for event in &tx.result.events {
        for (key, value) in &event.attributes {
            add(format!("{}.{key}", event.kind), value.clone());
        }
    }
    grouped.into()
}
