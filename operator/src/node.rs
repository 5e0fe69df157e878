//! The nodes of one chain as jobs share them: a [`Pool`] that can be cloned.

use std::ops::Deref;
use std::sync::Arc;

use meteor_chain::blocks;
use meteor_chain::{NodeError, Pool};
use serde_json::json;

/// Blocks whose times say how long the next ones will take; nodes tell at most 20 headers at once.
const LOOKED_BACK: u64 = 19;
const NANOS: u64 = 1_000_000_000;

/// One node of a chain, or several that stand in for each other.
#[derive(Clone, Debug)]
pub struct Node(Arc<Pool>);

impl Deref for Node {
    type Target = Pool;

    fn deref(&self) -> &Pool {
        &self.0
    }
}

impl Node {
    /// A node at `url`, for example `http://127.0.0.1:26657`.
    ///
    /// # Errors
    /// [`NodeError::Address`] if it is not an address.
    pub fn new(url: &str) -> Result<Self, NodeError> {
        Self::pool(&[url])
    }

    /// Nodes of one chain at `urls`: what one doesn't answer is asked of the next, and transactions go to
    /// all.
    ///
    /// # Errors
    /// [`NodeError::Address`] if one is not an address, or there is none.
    pub fn pool<S: AsRef<str>>(urls: &[S]) -> Result<Self, NodeError> {
        Ok(Self(Arc::new(Pool::at(urls)?)))
    }

    /// How long a block takes, by the median of the last ones (seconds, rounded up, at least 1).
    ///
    /// # Errors
    /// If no node answers.
    pub async fn block_seconds(&self) -> Result<u64, NodeError> {
        let tip = self.status().await?.height;
        let from = tip.saturating_sub(LOOKED_BACK).max(1);
        let window = json!({"minHeight": from.to_string(), "maxHeight": tip.to_string()});
        let headers = self.ask("blockchain", window, |body| blocks::headers(body, from)).await?;
        let times = headers.iter().map(|header| header.time_ns);
        let mut gaps: Vec<u64> =
            times.clone().zip(times.skip(1)).map(|(later, time)| later.saturating_sub(time)).collect();
        gaps.sort_unstable();
        let median = gaps.get(gaps.len() / 2).copied().unwrap_or_default();
        Ok(median.div_ceil(NANOS).max(1))
    }
}
