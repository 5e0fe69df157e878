//! Broadcasting: check only, fire and forget, or wait for the block.
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::broadcast::error::RecvError;

use super::params::Params;
use super::{RpcError, shapes};
use crate::app::execute::TxResult;
use crate::chain::block::Block;
use crate::chain::node::Node;

/// CometBFT's `timeout_broadcast_tx_commit`.
const COMMIT_TIMEOUT: Duration = Duration::from_secs(10);

async fn submit(node: &Node, bytes: &[u8]) -> Result<TxResult, RpcError> {
    node.broadcast(bytes).await.map(TxResult::of_check).map_err(RpcError::internal)
}

fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn accepted(bytes: &[u8], TxResult { code, log, codespace, .. }: &TxResult) -> Value {
    let hash = hex::encode_upper(hash(bytes));
    json!({ "code": code, "data": "", "log": log, "codespace": codespace, "hash": hash })
}

pub(crate) async fn sync(node: &Node, params: &Params) -> Result<Value, RpcError> {
    let bytes = params.base64("tx")?;
    Ok(accepted(&bytes, &submit(node, &bytes).await?))
}

/// The check alone: nothing waits for a block afterwards.
pub(crate) async fn check(node: &Node, params: &Params) -> Result<Value, RpcError> {
    let bytes = params.base64("tx")?;
    let checked = node.check(&bytes).await.map_err(RpcError::internal)?;
    Ok(shapes::tx_result(&TxResult::of_check(checked)))
}

pub(crate) async fn asynchronous(node: &Node, params: &Params) -> Result<Value, RpcError> {
    let bytes = params.base64("tx")?;
    // A real node answers before the check; the answer is the same.
    submit(node, &bytes).await?;
    Ok(accepted(&bytes, &TxResult::default()))
}

pub(crate) async fn commit(node: &Node, params: &Params) -> Result<Value, RpcError> {
    let bytes = params.base64("tx")?;
    let hash = hash(&bytes);
    // Before sending, or the block could pass unseen.
    let mut news = node.subscribe();
    let check = submit(node, &bytes).await?;
    let answer = |result: &TxResult, height: u64| {
        json!({
            "check_tx": shapes::tx_result(&check),
            "tx_result": shapes::tx_result(result),
            "hash": hex::encode_upper(hash),
            "height": height.to_string(),
        })
    };
    if check.code != 0 {
        return Ok(answer(&TxResult::default(), 0));
    }
    let find = |block: &Block| block.txs.iter().position(|tx| tx.hash == hash);
    let wait = async {
        loop {
            let block = match news.recv().await {
                Ok(block) => Some(block).filter(|block| find(block).is_some()),
                // We fell behind: the block may be among those missed.
                Err(RecvError::Lagged(_)) => {
                    node.blocks().read().tx(&hash).map(|(block, _)| Arc::clone(block))
                }
                Err(RecvError::Closed) => return None,
            };
            if let Some(block) = block {
                return Some(block);
            }
        }
    };
    let block = tokio::time::timeout(COMMIT_TIMEOUT, wait)
        .await
        .map_err(|_| RpcError::internal("timed out waiting for tx to be included in a block"))?
        .ok_or_else(|| RpcError::internal("txSub was canceled (reason: CometBFT exited)"))?;
    let result = find(&block).and_then(|index| block.txs.get(index)).map(|tx| &tx.result);
    result
        .map(|result| answer(result, block.height()))
        .ok_or_else(|| RpcError::internal("the block lost its transaction"))
}
