//! The HTTP side of the RPC: POST `/`, GET `/method?args`, and the upgrade to a WebSocket.
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::Value;
use tower_http::cors::CorsLayer;

use super::{RpcError, call, respond, uri, ws};
use crate::chain::node::Node;

/// CometBFT's `max_body_bytes`.
const MAX_BODY: usize = 1_000_000;
/// CometBFT's `max_request_batch_size` since 0.38.8: what works here must work there.
const MAX_BATCH: usize = 10;

pub(crate) fn router(node: Node) -> Router {
    Router::new()
        .route("/", post(rpc).get(list))
        .route("/websocket", get(ws::upgrade))
        .route("/{method}", get(uri::call))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        // Pages of any origin may ask: the browser wallets do.
        .layer(CorsLayer::permissive())
        .with_state(node)
}

pub(crate) fn reply(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

async fn list() -> Html<&'static str> {
    Html("<html><body>The dev chain of Meteor Shower. Try <a href=\"/status\">/status</a>.</body></html>")
}

async fn rpc(State(node): State<Node>, body: Result<Bytes, BytesRejection>) -> Response {
    let Ok(body) = body else {
        let error = RpcError::invalid_request("error reading request body: http: request body too large");
        return reply(StatusCode::BAD_REQUEST, &respond(&Value::Null, Err(error)));
    };
    if body.is_empty() {
        return list().await.into_response();
    }
    match answer(&node, &body).await {
        Ok(Some(body)) => reply(StatusCode::OK, &body),
        // Nothing but notifications.
        Ok(None) => StatusCode::OK.into_response(),
        Err(error) => reply(StatusCode::INTERNAL_SERVER_ERROR, &respond(&Value::Null, Err(error))),
    }
}

/// Answers a request or a batch; `None` when nothing wants an answer.
async fn answer(node: &Node, body: &[u8]) -> Result<Option<Value>, RpcError> {
    let body: Value = serde_json::from_slice(body)
        .map_err(|error| RpcError::parse(format!("error unmarshaling request: {error}")))?;
    let requests = match body {
        Value::Array(requests) => requests,
        request @ Value::Object(_) => vec![request],
        _ => return Err(RpcError::parse("error unmarshaling request: neither object nor array")),
    };
    if requests.len() > MAX_BATCH {
        let text = format!("batch request exceeds maximum ({MAX_BATCH}) allowed number of requests");
        return Ok(Some(respond(&Value::Null, Err(RpcError::invalid_request(text)))));
    }
    let mut answers = Vec::new();
    for request in &requests {
        answers.extend(single(node, request).await);
    }
    // A batch of one is answered without the array: CometBFT does, and clients know.
    Ok(match answers.len() {
        0 => None,
        1 => answers.pop(),
        _ => Some(answers.into()),
    })
}

/// Answers one request; a notification (no id) gets none.
pub(crate) async fn single(node: &Node, request: &Value) -> Option<Value> {
    let id = request.get("id").filter(|id| !id.is_null())?;
    if !id.is_string() && !id.is_number() {
        let error = RpcError::invalid_request("id is neither string nor number");
        return Some(respond(&Value::Null, Err(error)));
    }
    let result = match request.get("method").and_then(Value::as_str) {
        Some(method) => call(node, method, request.get("params")).await,
        None => Err(RpcError::invalid_request("no method")),
    };
    Some(respond(id, result))
}
