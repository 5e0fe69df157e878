//! One node.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Url};
use serde_json::Value;

use crate::batch::Batch;
use crate::http::{self, node_name};
use crate::{NodeError, jsonrpc};

/// A request may take this long, its body included.
const DEADLINE: Duration = Duration::from_secs(10);
/// A batch may take this long, as long as something arrives: full blocks over a slow line are large.
const BATCH_DEADLINE: Duration = Duration::from_mins(2);
/// A body may have this many bytes: ten full blocks' results.
const MOST_BYTES: usize = 32 << 20;

/// The JSON-RPC of one node. It makes single attempts; [`crate::Pool`] repeats and chooses.
#[derive(Clone, Debug)]
pub struct Node {
    name: String,
    url: Url,
    http: Client,
    batch: Arc<Mutex<Batch>>,
}

impl Node {
    /// A client for the node at `url`.
    ///
    /// # Errors
    /// [`NodeError::Unreachable`] if no HTTP client can be made.
    pub fn new(url: &Url) -> Result<Self, NodeError> {
        let name = node_name(url);
        let http = http::client(DEADLINE).map_err(|error| NodeError::unreachable(&name, error))?;
        Ok(Self { name, url: url.clone(), http, batch: Arc::default() })
    }

    /// Host and port. The address itself may hold a password.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Asks for `method`; `read` reads the body.
    ///
    /// # Errors
    /// [`NodeError`].
    pub async fn ask<T>(
        &self,
        method: &str,
        params: &Value,
        read: impl FnOnce(&[u8]) -> Result<T, NodeError>,
    ) -> Result<T, NodeError> {
        read(&self.post(&jsonrpc::request(1, method, params)).await?)
    }

    /// How many requests the next batch may have.
    pub fn batch(&self) -> usize {
        self.sizes().size()
    }

    /// Sends a batch; `read` reads the body. Errors that may come from its size make the next ones smaller.
    ///
    /// # Errors
    /// [`NodeError`], and whether a smaller batch is worth trying at once.
    pub async fn ask_batch<T>(
        &self,
        mut requests: Vec<Value>,
        read: impl FnOnce(&[u8]) -> Result<T, NodeError>,
    ) -> Result<T, (NodeError, bool)> {
        let asked = requests.len();
        // A node that knows no batches knows single requests.
        let request = if asked == 1 { requests.remove(0) } else { Value::Array(requests) };
        let body = self.send(&request, BATCH_DEADLINE).await;
        match body.and_then(|body| Ok((read(&body)?, body.len()))) {
            Ok((answer, bytes)) => {
                self.sizes().worked(bytes);
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
        self.batch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The body of the answer to a request or a batch of them.
    ///
    /// # Errors
    /// [`NodeError`].
    pub async fn post(&self, request: &Value) -> Result<Vec<u8>, NodeError> {
        self.send(request, DEADLINE).await
    }

    async fn send(&self, request: &Value, deadline: Duration) -> Result<Vec<u8>, NodeError> {
        let post =
            self.http.post(self.url.clone()).header(CONTENT_TYPE, "application/json").timeout(deadline);
        let sent = post.body(request.to_string()).send().await;
        let response = sent.map_err(|error| NodeError::unreachable(&self.name, error))?;
        let status = response.status().as_u16();
        if status == 429 || status == 503 {
            return Err(NodeError::RateLimited { after: http::retry_after(response.headers()) });
        }
        let body = http::body(response, MOST_BYTES).await;
        let body = body.map_err(|error| NodeError::body(&self.name, error))?;
        // Errors of the RPC come with status 200 or 500, and with the JSON that says more than the status.
        let json = body.first().is_some_and(|byte| matches!(byte, b'{' | b'['));
        if status != 200 && !json {
            Err(NodeError::Status { node: self.name.clone(), status })
        } else {
            Ok(body)
        }
    }
}
