//! Transactions at the nodes: handing one over, simulating it, finding out what became of it. The bytes were
//! signed elsewhere.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use cosmos_sdk_proto::cosmos::tx::v1beta1::{SimulateRequest, SimulateResponse};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::task::JoinSet;

use crate::query::Answer;
use crate::tx::{self, Included};
use crate::words::{Refusal, Said};
use crate::{NodeError, Pool};

/// What became of a broadcast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broadcast {
    /// One of them has it: its hash.
    Accepted(String),
    /// All of them refused it: it is in none of their mempools.
    Refused(Refusal),
}

impl Pool {
    /// Hands a transaction to all nodes that aren't waiting out a failure, until one of them has checked it, or
    /// has it already.
    ///
    /// # Errors
    /// If no node accepts it and one doesn't answer. That says nothing about the transaction.
    pub async fn broadcast(&self, tx: &[u8]) -> Result<Broadcast, NodeError> {
        let mut tasks = JoinSet::new();
        for node in self.at_hand() {
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
                // A full mempool took nothing. What another node may have taken matters more.
                Ok(Err(error @ NodeError::Refused { said: Said::MempoolFull, .. })) => {
                    unknown = unknown.or(Some(error));
                }
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
        let (mut last, mut answered) = (NodeError::NoNode, false);
        for node in self.at_hand() {
            match node.ask("tx", &params, |body| tx::found(body, hash)).await {
                Ok(included) => return Ok(Some(included)),
                // A node without an index can't tell: the account's sequence does.
                Err(NodeError::Refused { said: Said::NoTx | Said::NoTxIndex, .. }) => answered = true,
                Err(error) => last = error,
            }
        }
        // One dead node among several must not make a slow block look like a failure.
        if answered { Ok(None) } else { Err(last) }
    }

    /// The first 100 transactions that a query of CometBFT finds, the earliest first; `None` if no node has the index for
    /// that.
    ///
    /// # Errors
    /// If no node answers.
    pub async fn search(&self, query: &str) -> Result<Option<Vec<Included>>, NodeError> {
        let params = json!({"query": query, "per_page": "100", "order_by": "asc"});
        let (mut last, mut answered) = (NodeError::NoNode, false);
        for node in self.at_hand() {
            match node.ask("tx_search", &params, tx::listed).await {
                Ok(found) => return Ok(Some(found)),
                Err(NodeError::Refused { said: Said::NoTxIndex, .. }) => answered = true,
                Err(error) => last = error,
            }
        }
        if answered { Ok(None) } else { Err(last) }
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
