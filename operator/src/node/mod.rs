//! CometBFT nodes of one chain over JSON-RPC, which stand in for each other: `call` asks them, `queries` reads the
//! chain's state at the tip, `transactions` hands transactions over and finds them again.

mod call;
mod queries;
mod transactions;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;

use call::{number, text};
pub use queries::AccountState;
pub use transactions::{Included, hash};

use crate::error::OperatorError;

const TIMEOUT: Duration = Duration::from_secs(10);
/// How often the chain's time is looked at while something waits for it.
const SHORTEST_LOOK: Duration = Duration::from_millis(100);
const LONGEST_LOOK: Duration = Duration::from_secs(1);

/// One node of a chain, or several that stand in for each other.
#[derive(Clone, Debug)]
pub struct Node {
    urls: Arc<[String]>,
    http: reqwest::Client,
    /// Height that is known to exist: an answer from below it is old.
    floor: Arc<AtomicU64>,
}

impl Node {
    /// A node at `url`, for example `http://127.0.0.1:26657`.
    ///
    /// # Errors
    /// [`OperatorError::Unreachable`] if no HTTP client can be made.
    pub fn new(url: &str) -> Result<Self, OperatorError> {
        Self::pool(&[url])
    }

    /// Nodes of one chain at `urls`: what one doesn't answer is asked of the next, and transactions go to all.
    ///
    /// # Errors
    /// [`OperatorError::Build`] if `urls` is empty; [`OperatorError::Unreachable`] if no HTTP client can be made.
    pub fn pool<S: AsRef<str>>(urls: &[S]) -> Result<Self, OperatorError> {
        let urls: Vec<String> =
            urls.iter().map(|url| url.as_ref().trim_end_matches('/').to_owned()).collect();
        let Some(first) = urls.first() else {
            return Err(OperatorError::Build("no node is named".into()));
        };
        let http = reqwest::Client::builder().timeout(TIMEOUT).build().map_err(|source| {
            OperatorError::Unreachable { node: first.clone(), method: "connect", source }
        })?;
        Ok(Self { urls: urls.into(), http, floor: Arc::default() })
    }

    /// The first node's address.
    pub fn url(&self) -> &str {
        self.urls.first().map_or("", String::as_str)
    }

    /// Height `height` is known to exist: answers from below it count as old from now on.
    pub fn seen(&self, height: u64) {
        self.floor.fetch_max(height, Ordering::Relaxed);
    }

    /// Makes sure that all nodes that answer are of one chain; answers with its id.
    ///
    /// # Errors
    /// [`OperatorError::OtherChain`] if they aren't; if none answers.
    pub async fn one_chain(&self) -> Result<String, OperatorError> {
        let (expected, _) = self.status().await?;
        for url in self.urls.iter().filter(|_| self.urls.len() > 1) {
            let Ok(status) = self.call(url, "status", json!({})).await else { continue };
            let chain_id = text(&status, "status", "/node_info/network")?;
            if chain_id != expected {
                return Err(OperatorError::OtherChain { node: url.clone(), chain_id, expected });
            }
        }
        Ok(expected)
    }

    /// The chain's id and the height of its last block.
    ///
    /// # Errors
    /// If the node doesn't answer as a CometBFT node does.
    pub async fn status(&self) -> Result<(String, u64), OperatorError> {
        self.ask("status", json!({}), |status| {
            let chain_id = text(&status, "status", "/node_info/network")?;
            let height = number(&status, "status", "/sync_info/latest_block_height")?;
            self.not_behind(height)?;
            Ok((chain_id, height))
        })
        .await
    }

    /// Time of the chain's last block (Unix seconds).
    ///
    /// # Errors
    /// If the node doesn't answer as a CometBFT node does.
    pub async fn time(&self) -> Result<u64, OperatorError> {
        let time = self
            .ask("status", json!({}), |status| {
                self.not_behind(number(&status, "status", "/sync_info/latest_block_height")?)?;
                text(&status, "status", "/sync_info/latest_block_time")
            })
            .await?;
        let malformed = || OperatorError::Malformed { method: "status", what: format!("block time {time}") };
        let time = cosmrs::tendermint::Time::parse_from_rfc3339(&time).map_err(|_| malformed())?;
        u64::try_from(time.unix_timestamp()).map_err(|_| malformed())
    }

    /// Waits until the chain's last block is of `seconds` (Unix) or later. Contracts go by block time, which is behind
    /// every clock: what is due by ours may still be refused, by a simulation as well.
    ///
    /// # Errors
    /// If the node doesn't answer as a CometBFT node does.
    pub async fn wait_for_time(&self, seconds: u64) -> Result<(), OperatorError> {
        loop {
            let now = self.time().await?;
            if now >= seconds {
                return Ok(());
            }
            let missing = Duration::from_secs(seconds.saturating_sub(now));
            tokio::time::sleep(missing.clamp(SHORTEST_LOOK, LONGEST_LOOK)).await;
        }
    }
}
