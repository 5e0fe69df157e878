//! Windows of blocks from the nodes: headers that follow each other, and what happened in each block.

use meteor_chain::blocks::{self, Header, RawBlock};
use meteor_chain::event::RawEvent;
use meteor_chain::{Node, NodeError, Pool, jsonrpc};
use serde_json::json;

/// Most headers that a node returns at once; it silently cuts longer windows.
pub const WINDOW: u64 = 20;

/// The blocks `from..=to` (at most [`WINDOW`]), all of one node, and which node it was. Of what contracts emit
/// everything is kept, and of what the bank does payments to `shower`.
///
/// # Errors
/// [`NodeError::Pruned`] only if every node has pruned them; else the last node's error.
pub async fn blocks(
    pool: &Pool,
    shower: &str,
    from: u64,
    to: u64,
) -> Result<(usize, Vec<RawBlock>), NodeError> {
    pool.first(to, "blocks", |node| of(node, pool.chain_id(), shower, from, to)).await
}

/// All of them and in order, or an error.
async fn of(
    node: &Node,
    chain_id: Option<&str>,
    shower: &str,
    from: u64,
    to: u64,
) -> Result<Vec<RawBlock>, NodeError> {
    let headers = headers(node, chain_id, from, to).await?;
    // Also of blocks without transactions: governance and other modules call contracts outside them.
    let all: Vec<&Header> = headers.iter().collect();
    let keep = |event: &RawEvent<'_>| event.of_a_contract() || event.pays(shower);
    let mut results = Vec::with_capacity(all.len());
    let mut rest = all.as_slice();
    while !rest.is_empty() {
        let (chunk, later) = rest.split_at(node.batch().min(rest.len()));
        let request = |header: &&Header| {
            let params = json!({ "height": header.height.to_string() });
            jsonrpc::request(header.height, "block_results", &params)
        };
        let requests = chunk.iter().map(request).collect();
        match node.ask_batch(requests, |body| blocks::results(body, chunk, keep)).await {
            Ok(more) => {
                results.extend(more);
                rest = later;
            }
            Err((_, true)) => {}
            Err((error, false)) => return Err(error),
        }
    }
    let told = headers.iter().skip(1).map(|child| child.last_results);
    if results.iter().zip(told).any(|(results, told)| told != Some(results.hash)) {
        return Err(malformed("results that are not those of which the next header has the hash"));
    }
    let mut results = results.into_iter();
    headers
        .into_iter()
        .map(|header| {
            let results = results.next().ok_or_else(|| malformed("results are missing"))?;
            Ok(RawBlock { header, results })
        })
        .collect()
}

/// Headers `from..=to` in ascending order. The node silently cuts a window at its lowest height, at its tip
/// and at 20, and answers in descending order: every height is compared with the one asked for.
async fn headers(node: &Node, chain_id: Option<&str>, from: u64, to: u64) -> Result<Vec<Header>, NodeError> {
    let params = json!({ "minHeight": from.to_string(), "maxHeight": to.to_string() });
    let mut headers = node.ask("blockchain", &params, |body| blocks::headers(body, from)).await?;
    headers.reverse();
    // One address may stand for several nodes, so that its status doesn't vouch for every answer.
    if let Some(wanted) = chain_id
        && let Some(other) = headers.iter().find(|header| header.chain_id != wanted)
    {
        let (node, given) = (node.name().to_owned(), other.chain_id.clone());
        return Err(NodeError::WrongChain { node, given, wanted: wanted.to_owned() });
    }
    if headers.iter().any(|header| header.hash != header.computed) {
        return Err(malformed("a header whose hash is not that of its fields"));
    }
    let (Some(first), Some(last)) = (headers.first(), headers.last()) else {
        return Err(NodeError::NotYet);
    };
    if last.height < to {
        return Err(NodeError::NotYet);
    }
    if first.height > from && last.height == to {
        return Err(NodeError::Pruned { lowest: Some(first.height) });
    }
    if !headers.iter().map(|header| header.height).eq(from..=to) {
        return Err(malformed("other headers than those asked for"));
    }
    let mut pairs = headers.iter().zip(headers.iter().skip(1));
    if pairs.any(|(parent, child)| child.parent != Some(parent.hash)) {
        return Err(malformed("headers that do not follow each other"));
    }
    let mut pairs = headers.iter().zip(headers.iter().skip(1));
    if pairs.any(|(parent, child)| child.time_ns < parent.time_ns) {
        return Err(malformed("a header that is older than its parent"));
    }
    Ok(headers)
}

fn malformed(what: &str) -> NodeError {
    NodeError::Malformed(what.to_owned())
}
