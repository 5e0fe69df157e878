//! One node.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use serde_json::{Value, json};

use super::wire::{self, Response};
use super::{BATCH, Header, Identity, RawBlock, RpcError, SmartAnswer, proto};

/// A request may take so long, its body included.
const DEADLINE: Duration = Duration::from_secs(10);
/// A body may have so many bytes: ten full blocks' results.
const MAX_BODY: usize = 32 * 1024 * 1024;
/// Longest wait that we let a node ask for.
const MAX_WAIT: Duration = Duration::from_mins(5);

/// The JSON-RPC of one node. It makes single attempts; [`super::Pool`] repeats and chooses.
#[derive(Clone, Debug)]
pub struct Node {
    name: String,
    url: reqwest::Url,
    http: reqwest::Client,
}

impl Node {
    /// A client for the node at `url`.
    ///
    /// # Errors
    /// [`RpcError::Transport`] if no HTTP client can be made.
    pub fn new(url: &reqwest::Url) -> Result<Self, RpcError> {
        let http = reqwest::Client::builder()
            .timeout(DEADLINE)
            .connect_timeout(Duration::from_secs(5))
            .tcp_nodelay(true)
            .user_agent(concat!("meteor-indexer/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(RpcError::Transport)?;
        Ok(Self { name: node_name(url), url: url.clone(), http })
    }

    /// Host and port: addresses of nodes may hold a password or an API key, which belong in no log.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The last height whose results can be asked for.
    ///
    /// # Errors
    /// See [`RpcError`].
    pub async fn tip(&self) -> Result<u64, RpcError> {
        wire::tip(self.call("abci_info", json!({})).await?)
    }

    /// Which chain the node follows, and its version.
    ///
    /// # Errors
    /// See [`RpcError`].
    pub async fn identity(&self) -> Result<Identity, RpcError> {
        wire::identity(self.call("status", json!({})).await?)
    }

    /// The blocks `from..=to` (at most [`super::WINDOW`]), all of them and in order, or an error.
    ///
    /// # Errors
    /// See [`RpcError`].
    pub async fn blocks(&self, chain_id: &str, from: u64, to: u64) -> Result<Vec<RawBlock>, RpcError> {
        let headers = self.headers(chain_id, from, to).await?;
        let full: Vec<&Header> = headers.iter().filter(|header| header.txs > 0).collect();
        let mut results = Vec::with_capacity(full.len());
        for chunk in full.chunks(BATCH) {
            results.extend(self.results(chunk).await?);
        }
        let mut results = results.into_iter();
        headers
            .into_iter()
            .map(|header| {
                // Blocks without transactions have nothing to ask for.
                let txs = if header.txs == 0 { Some(Vec::new()) } else { results.next() };
                txs.map(|txs| RawBlock { header, txs }).ok_or_else(|| malformed("results are missing"))
            })
            .collect()
    }

    /// Headers `from..=to` in ascending order. The node silently cuts a window at its lowest height, at its tip and
    /// at 20, and answers in descending order: every height is compared with the one asked for.
    async fn headers(&self, chain_id: &str, from: u64, to: u64) -> Result<Vec<Header>, RpcError> {
        let params = json!({ "minHeight": from.to_string(), "maxHeight": to.to_string() });
        let answer = self.call("blockchain", params).await.map_err(|error| window_error(error, from))?;
        let mut headers = wire::headers(answer)?;
        headers.reverse();
        if let Some(header) = headers.iter().find(|header| header.chain_id != chain_id) {
            let (given, wanted) = (header.chain_id.clone(), chain_id.to_owned());
            return Err(RpcError::WrongChain { given, wanted });
        }
        let (Some(first), Some(last)) = (headers.first(), headers.last()) else {
            return Err(RpcError::NotYet);
        };
        if last.height < to {
            return Err(RpcError::NotYet);
        }
        if first.height > from && last.height == to {
            return Err(RpcError::Pruned { lowest: Some(first.height) });
        }
        if !headers.iter().map(|header| header.height).eq(from..=to) {
            return Err(malformed("other headers than those asked for"));
        }
        let mut pairs = headers.iter().zip(headers.iter().skip(1));
        if pairs.any(|(parent, child)| child.parent != Some(parent.hash)) {
            return Err(malformed("headers that do not follow each other"));
        }
        Ok(headers)
    }

    /// The results of blocks with transactions (at most [`BATCH`]), in the order asked for.
    async fn results(&self, headers: &[&Header]) -> Result<Vec<Vec<crate::decode::TxResult>>, RpcError> {
        let requests: Vec<Value> = headers
            .iter()
            .map(|header| {
                request(header.height, "block_results", json!({ "height": header.height.to_string() }))
            })
            .collect();
        let body = self.post(&Value::Array(requests)).await?;
        let answers: Vec<Response> = match serde_json::from_slice(&body) {
            Ok(answers) => answers,
            // A batch that is refused as a whole is answered by one error.
            Err(_) => vec![parse(&body)?],
        };
        let mut by_height = std::collections::BTreeMap::new();
        for answer in answers {
            let height = answer.id.as_u64().or_else(|| answer.id.as_str()?.parse().ok());
            // Answers to a batch may come in any order; one without a number is the refusal of all.
            by_height.insert(height.unwrap_or(0), answer.into_result()?);
        }
        headers
            .iter()
            .map(|header| {
                let value = by_height.remove(&header.height);
                wire::results(value.ok_or_else(|| malformed("a request of a batch is not answered"))?, header)
            })
            .collect()
    }

    /// Asks `contract` the `query` (JSON), at `height`; at the latest for 0.
    ///
    /// # Errors
    /// See [`RpcError`].
    pub async fn smart_query(
        &self,
        contract: &str,
        query: &[u8],
        height: u64,
    ) -> Result<SmartAnswer, RpcError> {
        let data = hex::encode(proto::smart_request(contract, query));
        let params =
            json!({ "path": proto::SMART_QUERY, "data": data, "height": height.to_string(), "prove": false });
        wire::smart_answer(self.call("abci_query", params).await?)
    }

    async fn call(&self, method: &str, params: Value) -> Result<Value, RpcError> {
        parse(&self.post(&request(1, method, params)).await?)?.into_result()
    }

    async fn post(&self, body: &Value) -> Result<Vec<u8>, RpcError> {
        let request = self.http.post(self.url.clone()).header(CONTENT_TYPE, "application/json");
        // Errors of reqwest name the address; see `Node::name` for why it must not get into a log.
        let transport = |error: reqwest::Error| RpcError::Transport(error.without_url());
        let mut response = request.body(body.to_string()).send().await.map_err(transport)?;
        let status = response.status().as_u16();
        if status == 429 || status == 503 {
            let after =
                response.headers().get(RETRY_AFTER).and_then(|v| v.to_str().ok()?.trim().parse().ok());
            let after = after.map(|seconds| Duration::from_secs(seconds).min(MAX_WAIT));
            return Err(RpcError::RateLimited { after });
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(transport)? {
            if bytes.len().saturating_add(chunk.len()) > MAX_BODY {
                return Err(malformed("more bytes than any answer has"));
            }
            bytes.extend_from_slice(&chunk);
        }
        // Errors of the RPC come with status 200 or 500, and with the JSON that says more than the status.
        let json = bytes.first().is_some_and(|byte| matches!(byte, b'{' | b'['));
        if status != 200 && !json { Err(RpcError::Status(status)) } else { Ok(bytes) }
    }
}

fn request(id: u64, method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

fn parse(body: &[u8]) -> Result<Response, RpcError> {
    serde_json::from_slice(body).map_err(|error| RpcError::Malformed(error.to_string()))
}

fn malformed(what: &str) -> RpcError {
    RpcError::Malformed(what.to_owned())
}

/// A window beyond either end of what the node has is refused with the cut window in the text: "min height 9 can't be
/// greater than max height 5". If the lower end was raised the node has pruned it, else it lags.
fn window_error(error: RpcError, from: u64) -> RpcError {
    let RpcError::Refused(text) = &error else { return error };
    let Some(cut) = text.split("min height").nth(1) else { return error };
    match super::error::number(cut) {
        Some(lowest) if lowest > from => RpcError::Pruned { lowest: Some(lowest) },
        _ => RpcError::NotYet,
    }
}

pub(crate) fn node_name(url: &reqwest::Url) -> String {
    let host = url.host_str().unwrap_or("node");
    url.port_or_known_default().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
