//! Transactions: handed to all nodes, looked up by hash, searched in blocks.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Node;
use super::call::number;
use crate::error::OperatorError;

/// The chain's code for "is in the mempool already".
const IN_MEMPOOL: u32 = 19;

/// A transaction that is in a block.
#[derive(Clone, Debug)]
pub struct Included {
    /// Its hash, upper-case hex.
    pub hash: String,
    /// The block's height.
    pub height: u64,
    /// 0 for success.
    pub code: u32,
    /// What the chain said.
    pub log: String,
    /// Gas it used.
    pub gas_used: u64,
    /// Its events: type, and attributes as pairs of key and value.
    pub events: Vec<(String, Vec<(String, String)>)>,
}

impl Node {
    /// Hands a transaction to all nodes; answers with its hash once one of them has checked it, or has it already.
    ///
    /// # Errors
    /// [`OperatorError::Refused`] if all nodes refuse it: it is in none of their mempools then. Any other error says
    /// nothing about the transaction.
    pub async fn broadcast(&self, tx: &[u8]) -> Result<String, OperatorError> {
        const METHOD: &str = "broadcast_tx_sync";
        let mut tasks = tokio::task::JoinSet::new();
        for url in self.urls.iter() {
            let (node, url, params) = (self.clone(), url.clone(), json!({"tx": BASE64.encode(tx)}));
            tasks.spawn(async move {
                let answer = match node.call(&url, METHOD, params).await {
                    Err(OperatorError::Node { text, .. }) if text.contains("already exists in cache") => {
                        return Ok(());
                    }
                    other => other?,
                };
                let malformed = || OperatorError::Malformed { method: METHOD, what: "no code".into() };
                let code = answer.get("code").and_then(Value::as_u64).ok_or_else(malformed)?;
                let code = u32::try_from(code).unwrap_or(u32::MAX);
                if code == 0 || code == IN_MEMPOOL {
                    return Ok(());
                }
                let log = answer.get("log").and_then(Value::as_str).unwrap_or_default().to_owned();
                Err(OperatorError::Refused { code, log })
            });
        }
        let mut refused = None;
        let mut unknown = None;
        while let Some(done) = tasks.join_next().await {
            match done {
                Ok(Ok(())) => {
                    // The others shall have it too.
                    tasks.detach_all();
                    return Ok(hash(tx));
                }
                Ok(Err(error @ OperatorError::Refused { .. })) => refused = Some(error),
                Ok(Err(error)) => unknown = Some(error),
                Err(error) => unknown = Some(OperatorError::Build(error.to_string())),
            }
        }
        Err(unknown.or(refused).unwrap_or_else(|| OperatorError::Build("no node is named".into())))
    }

    /// The transaction with this hash, or `None` while no node knows a block that holds it.
    ///
    /// # Errors
    /// If no node answers.
    pub async fn tx(&self, hash: &str) -> Result<Option<Included>, OperatorError> {
        const METHOD: &str = "tx";
        let bytes = hex::decode(hash).map_err(|_| OperatorError::Build(format!("{hash} is no hash")))?;
        let params = json!({"hash": BASE64.encode(bytes), "prove": false});
        let (mut last, mut answered) = (None, false);
        for url in self.urls.iter() {
            match self.call(url, METHOD, params.clone()).await {
                Ok(answer) => return included(hash, &answer).map(Some),
                // A node without an index can't tell: the account's sequence does.
                Err(OperatorError::Node { text, .. })
                    if text.contains("not found") || text.contains("indexing is disabled") =>
                {
                    answered = true;
                }
                Err(error) => last = Some(error),
            }
        }
        // One dead node among several must not make a slow block look like a failure.
        match last {
            Some(error) if !answered => Err(error),
            _ => Ok(None),
        }
    }

    /// The transaction with this hash, searched in every block of a range: for nodes that have no index.
    ///
    /// # Errors
    /// If no node has the blocks.
    pub async fn scan(&self, hash: &str, from: u64, to: u64) -> Result<Option<Included>, OperatorError> {
        for height in from..=to {
            let params = json!({"height": height.to_string()});
            let position = self
                .ask("block", params.clone(), |block| {
                    // The node may lie or be pruned: an empty block must say that it is this height's.
                    if number(&block, "block", "/block/header/height")? != height {
                        return Err(OperatorError::Malformed {
                            method: "block",
                            what: "other height".into(),
                        });
                    }
                    let txs = block.pointer("/block/data/txs").and_then(Value::as_array);
                    Ok(txs.and_then(|txs| {
                        txs.iter().position(|tx| {
                            let bytes = tx.as_str().and_then(|tx| BASE64.decode(tx).ok());
                            bytes.is_some_and(|bytes| self::hash(&bytes) == hash)
                        })
                    }))
                })
                .await?;
            let Some(position) = position else { continue };
            let result = self
                .ask("block_results", params, |results| {
                    results.pointer(&format!("/txs_results/{position}")).cloned().ok_or_else(|| {
                        OperatorError::Malformed { method: "block_results", what: "too few".into() }
                    })
                })
                .await?;
            let answer = json!({"height": height.to_string(), "tx_result": result});
            return included(hash, &answer).map(Some);
        }
        Ok(None)
    }
}

/// A transaction's hash, as nodes and explorers write it: upper-case hex.
pub fn hash(tx: &[u8]) -> String {
    hex::encode_upper(Sha256::digest(tx))
}

fn included(hash: &str, answer: &Value) -> Result<Included, OperatorError> {
    let events = answer.pointer("/tx_result/events").and_then(Value::as_array).cloned().unwrap_or_default();
    let malformed = || OperatorError::Malformed { method: "tx", what: "no code".into() };
    let code = answer.pointer("/tx_result/code").and_then(Value::as_u64).ok_or_else(malformed)?;
    Ok(Included {
        hash: hash.to_owned(),
        height: number(answer, "tx", "/height")?,
        code: u32::try_from(code).map_err(|_| malformed())?,
        log: answer.pointer("/tx_result/log").and_then(Value::as_str).unwrap_or_default().to_owned(),
        gas_used: number(answer, "tx", "/tx_result/gas_used")?,
        events: events.iter().map(event).collect(),
    })
}

fn event(event: &Value) -> (String, Vec<(String, String)>) {
    let part =
        |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let attributes = event.get("attributes").and_then(Value::as_array).cloned().unwrap_or_default();
    (part(event, "type"), attributes.iter().map(|a| (part(a, "key"), part(a, "value"))).collect())
}
