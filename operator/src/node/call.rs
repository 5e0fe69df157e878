//! One request to one node, and one question to all of them in turn.

use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::{Value, json};

use super::Node;
use crate::error::OperatorError;
use crate::jitter;

/// A whole event's answers fit many times; a node that sends more is not one of ours.
const MOST_BYTES: usize = 32 << 20;
/// How often a read is tried over all nodes before it fails.
const ROUNDS: u32 = 5;
/// The pause before the second try; it doubles with each.
const PAUSE: Duration = Duration::from_millis(200);

impl Node {
    pub(super) fn not_behind(&self, height: u64) -> Result<(), OperatorError> {
        let needed = self.floor.load(Ordering::Relaxed);
        if height < needed { Err(OperatorError::Behind { height, needed }) } else { Ok(()) }
    }

    /// Asks one node after the other until `read` is content with an answer; after each round over all of them it waits.
    pub(super) async fn ask<T>(
        &self,
        method: &'static str,
        params: Value,
        read: impl Fn(Value) -> Result<T, OperatorError>,
    ) -> Result<T, OperatorError> {
        let mut round = 0;
        loop {
            let mut last = OperatorError::Build("no node is named".into());
            for url in self.urls.iter() {
                match self.call(url, method, params.clone()).await.and_then(&read) {
                    Err(error) if error.of_the_node() => last = error,
                    other => return other,
                }
            }
            round += 1;
            if round >= ROUNDS {
                return Err(last);
            }
            tokio::time::sleep(jitter::backoff(PAUSE, round)).await;
        }
    }

    pub(super) async fn call(
        &self,
        url: &str,
        method: &'static str,
        params: Value,
    ) -> Result<Value, OperatorError> {
        let unreachable = |source| OperatorError::Unreachable { node: url.to_owned(), method, source };
        let request = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let mut response = self.http.post(url).json(&request).send().await.map_err(unreachable)?;
        let status = response.status();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if body.len().saturating_add(chunk.len()) > MOST_BYTES {
                return Err(OperatorError::Malformed {
                    method,
                    what: format!("more than {MOST_BYTES} bytes"),
                });
            }
            body.extend_from_slice(&chunk);
        }
        // CometBFT's own errors come with status 500 and a body that says more than the status.
        let mut answer: Value = match serde_json::from_slice(&body) {
            Ok(answer) => answer,
            Err(_) if !status.is_success() => {
                return Err(OperatorError::Busy { node: url.to_owned(), method, status: status.as_u16() });
            }
            Err(error) => return Err(OperatorError::Malformed { method, what: error.to_string() }),
        };
        if let Some(error) = answer.get("error").filter(|e| !e.is_null()) {
            let part = |key| error.get(key).and_then(Value::as_str).unwrap_or_default();
            return Err(OperatorError::Node {
                method,
                text: format!("{}: {}", part("message"), part("data")),
            });
        }
        answer
            .get_mut("result")
            .map(Value::take)
            .ok_or_else(|| OperatorError::Malformed { method, what: "no result".into() })
    }
}

/// The text at `pointer` in an answer.
pub(super) fn text(value: &Value, method: &'static str, pointer: &str) -> Result<String, OperatorError> {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .map(ToOwned::to_owned)
        .ok_or_else(|| OperatorError::Malformed { method, what: format!("no text at {pointer}") })
}

/// The number at `pointer` in an answer, where the node writes it as text.
pub(super) fn number(value: &Value, method: &'static str, pointer: &str) -> Result<u64, OperatorError> {
    text(value, method, pointer)?
        .parse()
        .map_err(|_| OperatorError::Malformed { method, what: format!("no number at {pointer}") })
}
