//! Methods that look up blocks and transactions, with a real node's clamps and words.
use std::sync::Arc;

use serde_json::{Value, json};

use super::params::Params;
use super::{RpcError, shapes};
use crate::chain::block::{Block, BlockTx};
use crate::chain::blocks::Blocks;
use crate::chain::node::Node;
use crate::chain::search::Query;
use crate::gowords;

/// Headers in one window of `/blockchain`.
const WINDOW: i64 = 20;
const PER_PAGE: i64 = 30;
const MAX_PER_PAGE: i64 = 100;

fn signed(height: u64) -> i64 {
    i64::try_from(height).unwrap_or(i64::MAX)
}

/// The height asked for, the tip if none is, or a real node's words for why not.
pub(crate) fn height(blocks: &Blocks, params: &Params) -> Result<u64, RpcError> {
    let (base, tip) = (blocks.base(), blocks.height());
    let Some(height) = params.integer("height")? else { return Ok(tip) };
    let Some(found) = u64::try_from(height).ok().filter(|height| *height > 0) else {
        return Err(RpcError::internal(format!("height must be greater than 0, but got {height}")));
    };
    if found > tip {
        return Err(RpcError::internal(format!(
            "height {height} must be less than or equal to the current blockchain height {tip}"
        )));
    }
    if found < base {
        return Err(RpcError::internal(format!("height {height} is not available, lowest height is {base}")));
    }
    Ok(found)
}

fn at(blocks: &Blocks, params: &Params) -> Result<Arc<Block>, RpcError> {
    let height = height(blocks, params)?;
    blocks.get(height).cloned().ok_or_else(|| RpcError::internal("no block yet"))
}

pub(crate) fn blockchain(node: &Node, params: &Params) -> Result<Value, RpcError> {
    let blocks = node.blocks().read();
    let (base, tip) = (signed(blocks.base()), signed(blocks.height()));
    let min = params.integer("minHeight")?.unwrap_or_default();
    let max = params.integer("maxHeight")?.unwrap_or_default();
    if min < 0 || max < 0 {
        return Err(RpcError::internal("heights must be non-negative"));
    }
    // The order of these clamps is CometBFT's: a window that is too long silently loses its lower end.
    let max = if max == 0 { tip } else { max.min(tip) };
    let min = min.max(1).max(base).max(max.saturating_sub(WINDOW).saturating_add(1));
    if min > max {
        return Err(RpcError::internal(format!("min height {min} can't be greater than max height {max}")));
    }
    let metas: Vec<_> = (min..=max)
        .rev()
        .filter_map(|height| blocks.get(u64::try_from(height).ok()?))
        .map(|block| shapes::block_meta(block))
        .collect();
    Ok(json!({ "last_height": tip.to_string(), "block_metas": metas }))
}

pub(crate) fn block(node: &Node, params: &Params) -> Result<Value, RpcError> {
    let blocks = node.blocks().read();
    let block = at(&blocks, params)?;
    Ok(whole_block(&blocks, &block))
}

fn whole_block(blocks: &Blocks, block: &Block) -> Value {
    json!({ "block_id": shapes::block_id(Some(&block.id)), "block": shapes::block(blocks, block) })
}

pub(crate) fn block_by_hash(node: &Node, params: &Params) -> Result<Value, RpcError> {
    let hash = params.base64("hash")?;
    let blocks = node.blocks().read();
    Ok(match blocks.by_hash(&hash) {
        Some(block) => whole_block(&blocks, block),
        None => json!({ "block_id": shapes::block_id(None), "block": null }),
    })
}

pub(crate) fn header(node: &Node, params: &Params) -> Result<Value, RpcError> {
    let block = at(&node.blocks().read(), params)?;
    Ok(json!({ "header": shapes::header(&block) }))
}

pub(crate) fn header_by_hash(node: &Node, params: &Params) -> Result<Value, RpcError> {
    let hash = params.hex("hash")?;
    let blocks = node.blocks().read();
    Ok(json!({ "header": blocks.by_hash(&hash).map(|block| shapes::header(block)) }))
}

pub(crate) fn commit(node: &Node, params: &Params) -> Result<Value, RpcError> {
    let blocks = node.blocks().read();
    let block = at(&blocks, params)?;
    Ok(json!({
        "signed_header": { "header": shapes::header(&block), "commit": shapes::commit(&block) },
        "canonical": block.height() != blocks.height(),
    }))
}

pub(crate) fn block_results(node: &Node, params: &Params) -> Result<Value, RpcError> {
    let block = at(&node.blocks().read(), params)?;
    let results: Vec<_> = block.txs.iter().map(|tx| shapes::tx_result(&tx.result)).collect();
    Ok(json!({
        "height": block.height().to_string(),
        "txs_results": shapes::list_or_null(results),
        "finalize_block_events": shapes::list_or_null(shapes::events(&block.events)),
        "validator_updates": null,
        "consensus_param_updates": shapes::consensus_params(node.max_gas()),
        "app_hash": shapes::base64(&block.app_hash),
    }))
}

pub(crate) fn tx(node: &Node, params: &Params) -> Result<Value, RpcError> {
    let hash = params.base64("hash")?;
    if hash.is_empty() {
        return Err(RpcError::internal("transaction hash cannot be empty"));
    }
    let found = {
        let blocks = node.blocks().read();
        blocks.tx(&hash).map(|(block, index)| (Arc::clone(block), index))
    };
    found
        .and_then(|(block, index)| Some(shapes::tx(&block, index, block.txs.get(index)?)))
        .ok_or_else(|| RpcError::internal(format!("tx ({}) not found", hex::encode_upper(&hash))))
}

fn hash(text: &str) -> Result<Vec<u8>, RpcError> {
    gowords::hex(text)
        .map_err(|why| RpcError::internal(format!("error during searching for a hash in the query: {why}")))
}

fn parse(params: &Params) -> Result<Query, RpcError> {
    Query::parse(&params.text("query")?.unwrap_or_default()).map_err(RpcError::internal)
}

pub(crate) fn tx_search(node: &Node, params: &Params) -> Result<Value, RpcError> {
    let query = parse(params)?;
    let mut found: Vec<(Arc<Block>, usize)> = Vec::new();
    let matches = |block: &Block, tx: &BlockTx| query.matches_tx(block, tx);
    {
        let blocks = node.blocks().read();
        // A hash names one transaction: no need to look through all of them, which wallets poll for.
        match query.wants("tx.hash").map(hash).transpose()? {
            Some(hash) => found.extend(blocks.tx(&hash).map(|(block, index)| (Arc::clone(block), index))),
            None => {
                for block in blocks.iter() {
                    found.extend((0..block.txs.len()).map(|index| (Arc::clone(block), index)));
                }
            }
        }
    }
    found.retain(|(block, index)| block.txs.get(*index).is_some_and(|tx| matches(block, tx)));
    if descending(params, false)? {
        found.reverse();
    }
    let (items, total) = page(found, params)?;
    let txs: Vec<_> = items
        .iter()
        .filter_map(|(block, index)| Some(shapes::tx(block, *index, block.txs.get(*index)?)))
        .collect();
    Ok(json!({ "txs": txs, "total_count": total.to_string() }))
}

pub(crate) fn block_search(node: &Node, params: &Params) -> Result<Value, RpcError> {
    let query = parse(params)?;
    let blocks = node.blocks().read();
    let mut found: Vec<_> = blocks.iter().filter(|block| query.matches_block(block)).cloned().collect();
    if descending(params, true)? {
        found.reverse();
    }
    let (items, total) = page(found, params)?;
    let list: Vec<_> = items.iter().map(|block| whole_block(&blocks, block)).collect();
    Ok(json!({ "blocks": list, "total_count": total.to_string() }))
}

fn descending(params: &Params, default: bool) -> Result<bool, RpcError> {
    match params.text("order_by")?.as_deref() {
        None | Some("") => Ok(default),
        Some("asc") => Ok(false),
        Some("desc") => Ok(true),
        Some(_) => Err(RpcError::internal("expected order_by to be either `asc` or `desc` or empty")),
    }
}

fn page<T>(items: Vec<T>, params: &Params) -> Result<(Vec<T>, usize), RpcError> {
    let total = items.len();
    let per_page = match params.integer("per_page")? {
        None | Some(..=0) => PER_PAGE,
        Some(size) => size.min(MAX_PER_PAGE),
    };
    let per_page = usize::try_from(per_page).unwrap_or(1);
    let pages = total.div_ceil(per_page).max(1);
    let page = params.integer("page")?.unwrap_or(1);
    let Some(index) = usize::try_from(page).ok().filter(|page| (1..=pages).contains(page)) else {
        let text = format!("page should be within [1, {pages}] range, given {page}");
        return Err(RpcError::internal(text));
    };
    let skip = index.saturating_sub(1).saturating_mul(per_page);
    Ok((items.into_iter().skip(skip).take(per_page).collect(), total))
}
