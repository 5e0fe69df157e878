//! The nodes of one chain as jobs use them: [`Pool`] reads, and this broadcasts, simulates and looks up
//! transactions.

use std::ops::Deref;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use cosmos_sdk_proto::cosmos::tx::v1beta1::{SimulateRequest, SimulateResponse};
use meteor_chain::blocks;
use meteor_chain::query::Answer;
use meteor_chain::tx::{self, Included};
use meteor_chain::words::{Refusal, Said};
use meteor_chain::{NodeError, Pool};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::task::JoinSet;

/// Blocks whose times say how long the next ones will take; nodes tell at most 20 headers at once.
const LOOKED_BACK: u64 = 19;
const NANOS: u64 = 1_000_000_000;

/// One node of a chain, or several that stand in for each other.
#[derive(Clone, Debug)]
pub struct Node(Arc<Pool>);

/// What became of a broadcast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broadcast {
    /// One of them has it: its hash.
    Accepted(String),
    /// All of them refused it: it is in none of their mempools.
    Refused(Refusal),
}

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

    /// Hands a transaction to all nodes, until one of them has checked it, or has it already.
    ///
    /// # Errors
    /// If no node accepts it and one doesn't answer. That says nothing about the transaction.
    pub async fn broadcast(&self, tx: &[u8]) -> Result<Broadcast, NodeError> {
        let mut tasks = JoinSet::new();
        for node in self.nodes() {
            let (node, params) = (node.clone(), json!({"tx": BASE64.encode(tx)}));
            tasks.spawn(async move {
                match node.ask("broadcast_tx_sync", &params, tx::checked).await {
                    Err(NodeError::Refused { said: Said::TxInCache, .. }) => Ok(None),
                    other => Ok(other?.filter(|refusal| refusal.said() != Said::TxInCache)),
                }
            });
        }
        let mut refused = None;
        let mut unknown = None;
        while let Some(done) = tasks.join_next().await {
            match done {
                Ok(Ok(None)) => {
                    // The other nodes should have it too.
                    tasks.detach_all();
                    return Ok(Broadcast::Accepted(hash(tx)));
                }
                Ok(Ok(Some(refusal))) => refused = Some(refusal),
                Ok(Err(error)) => unknown = Some(error),
                Err(error) => unknown = Some(NodeError::Malformed(error.to_string())),
            }
        }
        match (unknown, refused) {
            (Some(error), _) => Err(error),
            (None, Some(refusal)) => Ok(Broadcast::Refused(refusal)),
            (None, None) => Err(NodeError::NoNode),
        }
    }

    /// How much gas the transaction would use now.
    ///
    /// # Errors
    /// [`NodeError::Query`] with the chain's words if the transaction would fail.
    pub async fn simulate(&self, tx_bytes: Vec<u8>) -> Result<u64, NodeError> {
        let request = SimulateRequest { tx_bytes, ..SimulateRequest::default() };
        let answer: Answer<SimulateResponse> =
            self.query("/cosmos.tx.v1beta1.Service/Simulate", &request).await?;
        let gas = answer.value.gas_info.map(|gas| gas.gas_used);
        gas.ok_or_else(|| NodeError::Malformed("a simulation without gas".into()))
    }

    /// The transaction with this hash; `None` while no node has a block with it.
    ///
    /// # Errors
    /// If no node answers.
    pub async fn tx(&self, hash: &str) -> Result<Option<Included>, NodeError> {
        let bytes = hex::decode(hash).map_err(|_| NodeError::Malformed(format!("{hash} is no hash")))?;
        let params = json!({"hash": BASE64.encode(bytes), "prove": false});
        let (mut last, mut answered) = (None, false);
        for node in self.nodes() {
            match node.ask("tx", &params, |body| tx::found(body, hash)).await {
                Ok(included) => return Ok(Some(included)),
                // A node without an index can't tell: the account's sequence does.
                Err(NodeError::Refused { said: Said::NoTx | Said::NoTxIndex, .. }) => answered = true,
                Err(error) => last = Some(error),
            }
        }
        // One dead node among several must not make a slow block look like a failure.
        match last {
            Some(error) if !answered => Err(error),
            _ => Ok(None),
        }
    }

    /// The transaction with this hash, searched for in every block of a range: for nodes without an index.
    ///
    /// # Errors
    /// If no node has the blocks.
    pub async fn scan(&self, hash: &str, from: u64, to: u64) -> Result<Option<Included>, NodeError> {
        for height in from..=to {
            let params = json!({"height": height.to_string()});
            let txs = self.ask("block", params.clone(), |body| tx::of_block(body, height)).await?;
            if let Some(position) = txs.iter().position(|tx| self::hash(tx) == hash) {
                let read = |body: &[u8]| tx::at(body, hash, height, position);
                return self.ask("block_results", params, read).await.map(Some);
            }
        }
        Ok(None)
    }
}

/// A transaction's hash, as nodes and explorers write it: upper-case hex.
pub fn hash(tx: &[u8]) -> String {
    hex::encode_upper(Sha256::digest(tx))
}
