//! The GET form: `/block?height=5`, `/tx?hash=0x..`. Errors come with HTTP 500, as from a real node.
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::http::reply;
use super::params::Params;
use super::{RpcError, arguments, dispatch, respond};
use crate::chain::node::Node;

pub(crate) async fn call(
    State(node): State<Node>,
    Path(method): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response {
    // CometBFT answers GET with this id, whatever was asked.
    let id = json!(-1);
    // The controls change the chain, and a GET is sent by any page with an image tag.
    if arguments(&method).is_none() || method.starts_with("dev_") {
        return reply(StatusCode::NOT_FOUND, &respond(&id, Err(RpcError::method_not_found())));
    }
    match dispatch(&node, &method, &Params::from_uri(pairs.into_iter())).await {
        Ok(result) => reply(StatusCode::OK, &respond(&id, Ok(result))),
        Err(error) => reply(StatusCode::INTERNAL_SERVER_ERROR, &respond(&id, Err(error))),
    }
}
