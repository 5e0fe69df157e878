//! The envelope of CometBFT's JSON-RPC: requests, and what is in an answer, read straight into its type.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::NodeError;
use crate::nullable::or_default;
use crate::words::Said;

/// Most requests in a batch that a node answers by default since CometBFT 0.38.8.
pub const BATCH: usize = 10;
/// Characters of a node's text that are kept.
const MOST_TEXT: usize = 2_000;

/// A request of number `id`.
pub fn request(id: u64, method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

#[derive(Deserialize)]
struct Answer<T> {
    /// The number of the request that it answers.
    #[serde(default)]
    id: Value,
    result: Option<T>,
    error: Option<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    #[serde(default, deserialize_with = "or_default")]
    message: String,
    /// Where nodes say most.
    data: Option<Value>,
}

impl<T> Answer<T> {
    fn into_result(self) -> Result<T, NodeError> {
        if let Some(fault) = self.error {
            let data = fault.data.as_ref().and_then(Value::as_str).unwrap_or_default();
            return Err(refusal(&fault.message, data));
        }
        self.result.ok_or_else(|| NodeError::malformed("neither result nor error"))
    }
}

/// The result in the body of an answer to one request.
///
/// # Errors
/// What the node says instead, or [`NodeError::Malformed`].
pub fn result<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, NodeError> {
    parse::<Answer<T>>(body)?.into_result()
}

/// The results in the body of an answer to a batch, by the numbers of the requests. They come in any order.
///
/// # Errors
/// What the node says instead of any of them, or [`NodeError::Malformed`].
pub fn results<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<BTreeMap<u64, T>, NodeError> {
    each(body)?.map(|(number, result)| Ok((number, result?))).collect()
}

/// The same, each with what the node says instead of it. A batch that is refused as a whole is answered by one error,
/// of number 0.
///
/// # Errors
/// [`NodeError::Malformed`].
pub fn each<'a, T: Deserialize<'a>>(
    body: &'a [u8],
) -> Result<impl Iterator<Item = (u64, Result<T, NodeError>)>, NodeError> {
    let answers: Vec<Answer<T>> =
        if body.trim_ascii_start().starts_with(b"[") { parse(body)? } else { vec![parse(body)?] };
    let number = |id: &Value| id.as_u64().or_else(|| id.as_str()?.parse().ok()).unwrap_or_default();
    Ok(answers.into_iter().map(move |answer| (number(&answer.id), answer.into_result())))
}

fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, NodeError> {
    // Looking for bad UTF-8 once, not in each of its texts, is a fifth faster. A node that writes some into a text
    // that nobody reads is not refused for it.
    let read = str::from_utf8(body).map_or_else(|_| serde_json::from_slice(body), serde_json::from_str);
    read.map_err(|error| NodeError::Malformed(error.to_string()))
}

/// Reads the error that a node gives.
fn refusal(message: &str, data: &str) -> NodeError {
    let text = if data.is_empty() { message } else { data };
    let text: String = text.chars().take(MOST_TEXT).collect();
    match Said::of_rpc(message, data) {
        Said::HeightPruned { lowest } => NodeError::Pruned { lowest },
        Said::HeightToCome => NodeError::NotYet,
        Said::TooManyRequests => NodeError::RateLimited { after: None },
        Said::NoMethod => NodeError::NoMethod(text),
        said => NodeError::Refused { text, said },
    }
}
