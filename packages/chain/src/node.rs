//! One node.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Response, Url};
use serde_json::Value;
use tokio::time::Instant;

use crate::batch::Batch;
use crate::gate::Gate;
use crate::http::{self, node_name};
use crate::latency::Latency;
use crate::limiter::Lane;
use crate::progress::alive;
use crate::record::Trouble;
use crate::waits::Wait;
use crate::{NodeError, jsonrpc};

/// A node may send nothing for this long: before the first bytes of an answer, and between two pieces of it.
const IDLE: Duration = Duration::from_secs(10);
/// A body may take this long, and as much longer as it has bytes at [`SLOWEST`]: it is known to be large only
/// from what has come.
const WHOLE: Duration = Duration::from_secs(30);
/// Bytes a second. 10 Mbit/s are twelve times as many.
const SLOWEST: u64 = 100_000;
/// A body may have this many bytes. What is too large is asked for in smaller batches.
const MOST_BYTES: usize = 32 << 20;
/// A single answer can't be asked for in parts.
const MOST_BYTES_ALONE: usize = 64 << 20;

/// The JSON-RPC of one node. It makes single attempts; [`crate::Pool`] repeats and chooses. Clones share what is
/// known of the node: its limit above all.
#[derive(Clone, Debug)]
pub struct Node {
    name: String,
    url: Url,
    http: Client,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    gate: Gate,
    batch: Mutex<Batch>,
    /// Of single requests and of batches.
    latency: Mutex<[Latency; 2]>,
}

impl Node {
    /// A client for the node at `url`.
    ///
    /// # Errors
    /// [`NodeError::Unreachable`] if no HTTP client can be made.
    pub fn new(url: &Url) -> Result<Self, NodeError> {
        let name = node_name(url);
        let http = http::patient(IDLE).map_err(|error| NodeError::unreachable(&name, error))?;
        Ok(Self { name, url: url.clone(), http, shared: Arc::default() })
    }

    /// The same with another time that the node may send nothing.
    pub(crate) fn with_idle(self, idle: Duration) -> Result<Self, NodeError> {
        let http = http::patient(idle).map_err(|error| NodeError::unreachable(&self.name, error))?;
        Ok(Self { http, ..self })
    }

    /// The same under another name: two nodes on one host.
    pub(crate) fn named(self, name: String) -> Self {
        Self { name, ..self }
    }

    /// Host and port. The address itself may hold a password.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Scheme, host and port, as people write a node's address. The rest of it may hold a password.
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// Asks for `method`; `read` reads the body. It waits for its turn at the node's rate: requests for blocks and
    /// tips go before others.
    ///
    /// # Errors
    /// [`NodeError`].
    pub async fn ask<T>(
        &self,
        method: &str,
        params: &Value,
        read: impl Fn(&[u8]) -> Result<T, NodeError>,
    ) -> Result<T, NodeError> {
        let lane = match Trouble::of(method) {
            Trouble::Queries => Lane::Rest,
            Trouble::Tip | Trouble::Blocks | Trouble::Doubts | Trouble::Lies | Trouble::Behind => {
                Lane::Following
            }
        };
        let _waits = Wait::answer(&self.origin(), method);
        let request = jsonrpc::request(1, method, params).to_string();
        let send = || async {
            let body = self.send(request.clone(), false).await?;
            read(&body).map_err(|error| self.of_no_rpc(error, &body))
        };
        let answer = self.shared.gate.through(lane, send).await?;
        self.sizes().single();
        Ok(answer)
    }

    /// How many requests the next batch may have.
    pub fn batch(&self) -> usize {
        self.sizes().size()
    }

    /// Sends a batch; `read` reads the body. Errors that may come from its size make the next ones smaller, as do
    /// answers that are large or take long.
    ///
    /// # Errors
    /// [`NodeError`], and whether a smaller batch is worth trying at once.
    pub async fn ask_batch<T>(
        &self,
        mut requests: Vec<Value>,
        read: impl Fn(&[u8]) -> Result<T, NodeError>,
    ) -> Result<T, (NodeError, bool)> {
        let asked = requests.len();
        // A node that knows no batches knows single requests.
        let request = if asked == 1 { requests.remove(0) } else { Value::Array(requests) }.to_string();
        let send = || async {
            let start = Instant::now();
            let body = self.send(request.clone(), asked > 1).await?;
            Ok((read(&body)?, body.len(), start.elapsed()))
        };
        match self.shared.gate.through(Lane::Following, send).await {
            Ok((answer, bytes, took)) => {
                self.sizes().worked(asked, bytes, took);
                Ok(answer)
            }
            Err(error) => {
                let at_once = self.sizes().failed(asked, &error);
                Err((error, at_once))
            }
        }
    }

    fn sizes(&self) -> MutexGuard<'_, Batch> {
        // Nothing can panic while it is held.
        self.shared.batch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn latency(&self) -> MutexGuard<'_, [Latency; 2]> {
        self.shared.latency.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn took(&self, batch: bool, time: Duration) {
        let [single, batches] = &mut *self.latency();
        if batch { batches } else { single }.took(time, Instant::now().into_std());
    }

    /// How long it usually takes until the answer to a request begins.
    pub(crate) fn usual(&self) -> Duration {
        let now = Instant::now().into_std();
        let [single, batches] = &*self.latency();
        single.usual(now).max(batches.usual(now))
    }

    /// After how long without a sign of life another node is asked, too.
    pub(crate) fn patience(&self) -> Duration {
        let [single, batches] = &*self.latency();
        single.patience().max(batches.patience())
    }

    /// It was given up after this long without a sign of life.
    pub(crate) fn given_up(&self, time: Duration) {
        self.took(false, time);
    }

    /// What is known of its limit, and the requests that wait for it.
    pub(crate) fn gate(&self) -> &Gate {
        &self.shared.gate
    }

    async fn send(&self, request: String, batch: bool) -> Result<Vec<u8>, NodeError> {
        let start = Instant::now();
        let post = self.http.post(self.url.clone()).header(CONTENT_TYPE, "application/json");
        let sent = post.body(request).send().await;
        // A refused connection says nothing of how long answers take.
        if sent.as_ref().err().is_none_or(reqwest::Error::is_timeout) {
            self.took(batch, start.elapsed());
        }
        let response = sent.map_err(|error| NodeError::unreachable(&self.name, error))?;
        alive();
        let status = response.status().as_u16();
        if status == 429 || status == 503 {
            return Err(NodeError::RateLimited { after: http::retry_after(response.headers()) });
        }
        let body = self.body(response, if batch { MOST_BYTES } else { MOST_BYTES_ALONE }).await?;
        // Errors of the RPC come with status 200 or 500, and with the JSON that says more than the status.
        let json = body.first().is_some_and(|byte| matches!(byte, b'{' | b'['));
        if json || status == 200 {
            return Ok(body);
        }
        Err(match status {
            // A proxy that has trouble with the node behind it says 5xx.
            404 | 405 | 501 => NodeError::NotRpc { node: self.name.clone(), what: kind(&body) },
            status => NodeError::Status { node: self.name.clone(), status },
        })
    }

    /// An answer that can't be read may be none of an RPC at all.
    fn of_no_rpc(&self, error: NodeError, body: &[u8]) -> NodeError {
        const MARK: &[u8] = b"\"jsonrpc\"";
        match error {
            NodeError::Malformed(_) if !body.windows(MARK.len()).any(|part| part == MARK) => {
                NodeError::NotRpc { node: self.name.clone(), what: kind(body) }
            }
            error => error,
        }
    }

    /// The body, as long as it keeps coming.
    async fn body(&self, mut response: Response, most: usize) -> Result<Vec<u8>, NodeError> {
        if response.content_length().is_some_and(|length| usize::try_from(length).is_ok_and(|it| it > most)) {
            return Err(NodeError::TooLarge(most));
        }
        let (start, mut body) = (Instant::now(), Vec::new());
        let broken = |error| NodeError::unreachable(&self.name, error);
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            alive();
            if body.len().saturating_add(chunk.len()) > most {
                return Err(NodeError::TooLarge(most));
            }
            body.extend_from_slice(&chunk);
            let (bytes, seconds) = (body.len(), start.elapsed().as_secs());
            let earned = u64::try_from(bytes).unwrap_or(u64::MAX) / SLOWEST;
            if seconds > WHOLE.as_secs().saturating_add(earned) {
                return Err(NodeError::TooSlow { node: self.name.clone(), bytes, seconds });
            }
        }
        Ok(body)
    }
}

/// What answers with such a body.
fn kind(body: &[u8]) -> &'static str {
    match body.trim_ascii_start().first() {
        Some(b'<') => "a web page",
        Some(b'{' | b'[') => "another API",
        Some(_) | None => "something else",
    }
}
