//! Windows of blocks from the nodes: headers that follow each other, and what happened in each block.

mod sizes;

use meteor_chain::blocks::{self, Header, RawBlock};
use meteor_chain::event::RawEvent;
use meteor_chain::{Node, NodeError, Pool, jsonrpc};
use serde_json::json;
pub use sizes::Sizes;

/// Most blocks that are fetched together. Their headers come in one batch: a node's limit on requests is spent on
/// what happened in them.
pub const WINDOW: u64 = 200;
/// Most headers that a node returns at once; it silently cuts longer windows.
const HEADERS: u64 = 20;

/// A batch's answer should have at most this many bytes.
const BATCH_BYTES: usize = 4 << 20;

/// Which blocks are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The contract to which payments of the bank are kept.
    pub shower: &'a str,
    /// The first.
    pub from: u64,
    /// The last, at most [`WINDOW`] in all.
    pub to: u64,
    /// About this many bytes are enough; one block is given always.
    pub enough: usize,
    /// Nodes that are not asked: they have said it already.
    pub not: &'a [usize],
}

/// Blocks as one node gave them.
#[derive(Debug)]
pub struct Told {
    /// Which node.
    pub node: usize,
    /// The blocks, in order: the first that were asked for, or all of them.
    pub blocks: Vec<RawBlock>,
    /// Bytes of their results on the wire.
    pub bytes: usize,
}

/// Blocks, all of one node. Of what contracts emit everything is kept, and of what the bank does payments to the
/// shower contract.
///
/// # Errors
/// [`NodeError::Pruned`] only if every node has pruned them; else the last node's error.
pub async fn blocks(pool: &Pool, sizes: &Sizes, ask: Ask<'_>) -> Result<Told, NodeError> {
    let of = |node| of(node, pool.chain_id(), sizes, ask);
    let (node, (blocks, bytes)) = pool.first_other(ask.to, "blocks", ask.not, of).await?;
    Ok(Told { node, blocks, bytes })
}

/// The header at `height`, and the node that gave it.
///
/// # Errors
/// As [`blocks`].
pub(crate) async fn header(pool: &Pool, height: u64) -> Result<(usize, Header), NodeError> {
    let one = |node| async move {
        let found = headers(node, pool.chain_id(), height, height).await?;
        found.into_iter().next().ok_or(NodeError::NotYet)
    };
    pool.first(height, "header", one).await
}

/// All of them and in order, or the first, or an error.
async fn of(
    node: &Node,
    chain_id: Option<&str>,
    sizes: &Sizes,
    Ask { shower, from, to, enough, .. }: Ask<'_>,
) -> Result<(Vec<RawBlock>, usize), NodeError> {
    let headers = headers(node, chain_id, from, to).await?;
    // Also of blocks without transactions: governance and other modules call contracts outside them.
    let all: Vec<&Header> = headers.iter().collect();
    let txs = |headers: &[&Header]| headers.iter().map(|header| header.txs).collect::<Vec<_>>().into_iter();
    let keep = |event: &RawEvent<'_>| event.of_a_contract() || event.pays(shower);
    let (mut results, mut bytes) = (Vec::with_capacity(all.len()), 0usize);
    let mut rest = all.get(..sizes.fitting(txs(&all), enough)).unwrap_or(&all);
    while !rest.is_empty() && (results.is_empty() || bytes < enough) {
        let most = node.batch().min(sizes.fitting(txs(rest), BATCH_BYTES));
        let (chunk, later) = rest.split_at(most.min(rest.len()));
        let request = |header: &&Header| {
            let params = json!({ "height": header.height.to_string() });
            jsonrpc::request(header.height, "block_results", &params)
        };
        let requests = chunk.iter().map(request).collect();
        let read = |body: &[u8]| Ok((blocks::results(body, chunk, keep)?, body.len()));
        match node.ask_batch(requests, read).await {
            Ok((more, length)) => {
                sizes.learn(chunk.len(), txs(chunk).sum(), length);
                bytes = bytes.saturating_add(length);
                results.extend(more);
                rest = later;
            }
            Err((_, true)) => {}
            // What came before the node asked for a pause is not lost.
            Err((NodeError::RateLimited { .. } | NodeError::Paced { .. }, false)) if !results.is_empty() => {
                break;
            }
            Err((error, false)) => return Err(error),
        }
    }
    // The header after the last result has its hash, too, if it was asked for.
    let told = headers.iter().skip(1).map(|child| child.last_results);
    if results.iter().zip(told).any(|(results, told)| told != Some(results.hash)) {
        return Err(malformed("results that are not those of which the next header has the hash"));
    }
    let blocks = headers.into_iter().zip(results).map(|(header, results)| RawBlock { header, results });
    Ok((blocks.collect(), bytes))
}

/// Headers `from..=to` in ascending order.
async fn headers(node: &Node, chain_id: Option<&str>, from: u64, to: u64) -> Result<Vec<Header>, NodeError> {
    let windows: Vec<_> = (from..=to)
        .step_by(usize::try_from(HEADERS).unwrap_or(1))
        .map(|from| (from, to.min(from.saturating_add(HEADERS - 1))))
        .collect();
    let mut headers = Vec::new();
    let mut rest = windows.as_slice();
    while !rest.is_empty() {
        let (chunk, later) = rest.split_at(node.batch().min(rest.len()));
        let request = |(from, to): &(u64, u64)| {
            let params = json!({ "minHeight": from.to_string(), "maxHeight": to.to_string() });
            jsonrpc::request(*from, "blockchain", &params)
        };
        let froms: Vec<_> = chunk.iter().map(|(from, _)| *from).collect();
        let requests = chunk.iter().map(request).collect();
        match node.ask_batch(requests, |body| blocks::windows(body, &froms)).await {
            Ok(given) => {
                for (window, (from, to)) in given.into_iter().zip(chunk) {
                    headers.extend(window_of(node, chain_id, window, *from, *to)?);
                }
                rest = later;
            }
            Err((_, true)) => {}
            Err((error, false)) => return Err(error),
        }
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

/// One window of headers. The node silently cuts it at its lowest height, at its tip and at 20, and answers in
/// descending order: every height is compared with the one asked for.
fn window_of(
    node: &Node,
    chain_id: Option<&str>,
    mut headers: Vec<Header>,
    from: u64,
    to: u64,
) -> Result<Vec<Header>, NodeError> {
    headers.reverse();
    // One address may stand for several nodes, so that its status doesn't vouch for every answer.
    if let Some(wanted) = chain_id
        && let Some(other) = headers.iter().find(|header| header.chain_id != wanted)
    {
        let (node, given) = (node.name().to_owned(), other.chain_id.clone());
        return Err(NodeError::WrongChain { node, given, wanted: wanted.to_owned() });
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
    Ok(headers)
}

fn malformed(what: &str) -> NodeError {
    NodeError::Malformed(what.to_owned())
}
