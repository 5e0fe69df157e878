//! Blocks: what a node says of itself, of headers and of results, checked against what was asked.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::event::{RawEvent, TxEvent, TxResult, kept};
use crate::hashes::{self, BlockId, WireHeader, WireTx};
use crate::nullable::{number, or_default};
use crate::words::Said;
use crate::{NodeError, jsonrpc, time};

/// Hash of a block.
pub type BlockHash = [u8; 32];

/// A block's header, as far as it is of interest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Its height.
    pub height: u64,
    /// Its time (nanoseconds since the Unix epoch).
    pub time_ns: u64,
    /// The block's hash, as the node says it.
    pub hash: BlockHash,
    /// The hash that the header's fields give; equal to `hash` if the node is right.
    pub computed: BlockHash,
    /// Hash of the results of the block before it, as the header has it; `None` if it has none.
    pub last_results: Option<BlockHash>,
    /// Hash of the block before it; `None` for the first block of a chain.
    pub parent: Option<BlockHash>,
    /// Transactions in the block.
    pub txs: u64,
    /// The chain it says it is of.
    pub chain_id: String,
}

/// A block as a node shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawBlock {
    /// Its header.
    pub header: Header,
    /// What happened in it.
    pub results: Results,
}

/// What happened in a block, in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Results {
    /// Hash of its transactions' codes, data and gas: what the next header says of them.
    pub hash: BlockHash,
    /// Events of the block's beginning, outside any transaction: what modules do, and contracts that they call.
    pub begin: Vec<RawEvent<'static>>,
    /// The results of its transactions.
    pub txs: Vec<TxResult<'static>>,
    /// Events of the block's end, outside any transaction: governance, for example.
    pub end: Vec<RawEvent<'static>>,
}

/// What a node says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The chain it follows.
    pub chain_id: String,
    /// Its CometBFT version.
    pub version: String,
    /// Height of its last block, whose results may not be there yet.
    pub height: u64,
    /// Time of its last block (nanoseconds since the Unix epoch).
    pub time_ns: u64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AbciInfo {
    #[serde(deserialize_with = "or_default")]
    response: AbciInfoResponse,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AbciInfoResponse {
    #[serde(deserialize_with = "number")]
    last_block_height: u64,
}

/// The height in an answer to `abci_info`: the last whose results can be asked for. `status` names the block
/// store's, which is ahead of the results for a moment.
///
/// # Errors
/// What the node says instead, or [`NodeError::Malformed`], also for height 0: no chain that is followed has it.
pub fn tip(body: &[u8]) -> Result<u64, NodeError> {
    let height = jsonrpc::result::<AbciInfo>(body)?.response.last_block_height;
    if height == 0 { Err(NodeError::malformed("a tip of 0")) } else { Ok(height) }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireStatus {
    #[serde(deserialize_with = "or_default")]
    node_info: NodeInfo,
    #[serde(deserialize_with = "or_default")]
    sync_info: SyncInfo,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NodeInfo {
    #[serde(deserialize_with = "or_default")]
    network: String,
    #[serde(deserialize_with = "or_default")]
    version: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SyncInfo {
    #[serde(deserialize_with = "number")]
    latest_block_height: u64,
    #[serde(deserialize_with = "or_default")]
    latest_block_time: String,
}

/// An answer to `status`. Height and time are 0 if the node doesn't say them.
///
/// # Errors
/// What the node says instead, or [`NodeError::Malformed`] if it names no chain.
pub fn status(body: &[u8]) -> Result<Status, NodeError> {
    let WireStatus { node_info, sync_info } = jsonrpc::result(body)?;
    if node_info.network.is_empty() {
        return Err(NodeError::malformed("status names no chain"));
    }
    let time = sync_info.latest_block_time;
    Ok(Status {
        chain_id: node_info.network,
        version: node_info.version,
        height: sync_info.latest_block_height,
        time_ns: if time.is_empty() { 0 } else { block_time(&time)? },
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Blockchain<'a> {
    #[serde(borrow, deserialize_with = "or_default")]
    block_metas: Vec<Meta<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta<'a> {
    #[serde(borrow, deserialize_with = "or_default")]
    block_id: BlockId<'a>,
    #[serde(borrow, deserialize_with = "or_default")]
    header: WireHeader<'a>,
    #[serde(deserialize_with = "number")]
    num_txs: u64,
}

/// The headers in an answer to `blockchain`, which was asked for those from height `from` on, as the node
/// orders them (descending).
///
/// # Errors
/// What the node says instead, or [`NodeError::Malformed`], also for a hash that is not that of its header.
pub fn headers(body: &[u8], from: u64) -> Result<Vec<Header>, NodeError> {
    of_window(jsonrpc::result(body), from)
}

/// The headers in an answer to a batch of `blockchain`, whose requests are numbered by the first height of each
/// window, in the order of `froms`.
///
/// # Errors
/// As [`headers`]; [`NodeError::Malformed`] if a window is missing.
pub fn windows(body: &[u8], froms: &[u64]) -> Result<Vec<Vec<Header>>, NodeError> {
    let mut by_from = BTreeMap::new();
    for (from, answer) in jsonrpc::each(body)? {
        match answer {
            // The batch as a whole.
            Err(error) if !froms.contains(&from) => return Err(error),
            answer => drop(by_from.insert(from, answer)),
        }
    }
    let mut one = |from: &u64| match by_from.remove(from) {
        Some(answer) => of_window(answer, *from),
        None => Err(NodeError::malformed("a request of a batch is not answered")),
    };
    froms.iter().map(&mut one).collect()
}

fn of_window(answer: Result<Blockchain<'_>, NodeError>, from: u64) -> Result<Vec<Header>, NodeError> {
    let answer = answer.map_err(|error| window_error(error, from))?;
    answer
        .block_metas
        .into_iter()
        .map(|meta| {
            let parent = &meta.header.last_block_id.hash;
            let optional = |text: &str| if text.is_empty() { Ok(None) } else { hash(text).map(Some) };
            // The header has only the root over the transactions; of their count it tells none or some.
            if meta.header.without_data()? != (meta.num_txs == 0) {
                return Err(NodeError::malformed(
                    "another number of transactions than the header's data hash",
                ));
            }
            let (given, computed) = (hash(&meta.block_id.hash)?, meta.header.hash()?);
            if given != computed {
                return Err(NodeError::malformed("a header whose hash is not that of its fields"));
            }
            Ok(Header {
                height: meta.header.height,
                time_ns: block_time(&meta.header.time)?,
                hash: given,
                computed,
                last_results: optional(&meta.header.last_results_hash)?,
                parent: optional(parent)?,
                txs: meta.num_txs,
                chain_id: meta.header.chain_id,
            })
        })
        .collect()
}

/// A window beyond either end of what the node has is refused with the cut window. If its lower end was
/// raised the node has pruned it, else it lags.
fn window_error(error: NodeError, from: u64) -> NodeError {
    match error {
        NodeError::Refused { said: Said::NoWindow { from: Some(lowest) }, .. } if lowest > from => {
            NodeError::Pruned { lowest: Some(lowest) }
        }
        NodeError::Refused { said: Said::NoWindow { .. }, .. } => NodeError::NotYet,
        other => other,
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct BlockResults<'a> {
    #[serde(deserialize_with = "number")]
    height: u64,
    #[serde(borrow, deserialize_with = "or_default")]
    txs_results: Vec<Option<WireTx<'a>>>,
    /// CometBFT 0.37.
    #[serde(borrow, deserialize_with = "or_default")]
    begin_block_events: Vec<RawEvent<'a>>,
    /// CometBFT 0.37.
    #[serde(borrow, deserialize_with = "or_default")]
    end_block_events: Vec<RawEvent<'a>>,
    /// CometBFT 0.38, for both: the SDK adds `mode`, which says of which of the two.
    #[serde(borrow, deserialize_with = "or_default")]
    finalize_block_events: Vec<RawEvent<'a>>,
}

/// The attribute and its value by which the SDK marks an event of a block's beginning.
const BEGINNING: (&str, &str) = ("mode", "BeginBlock");

/// The results in an answer to a batch of `block_results`, whose requests are numbered by height: those of
/// the blocks with these headers, in their order. In the place of an event that `keep` doesn't want stands an empty
/// one. Of a transaction's events it is asked with attributes only about those of contracts, and payments.
///
/// # Errors
/// What the node says instead; [`NodeError::Malformed`] if one is missing, is another block's, or has not as
/// many transactions as its header says.
pub fn results(
    body: &[u8],
    headers: &[&Header],
    keep: impl Fn(&RawEvent<'_>) -> bool,
) -> Result<Vec<Results>, NodeError> {
    let keep = &keep;
    let mut by_height = jsonrpc::results::<BlockResults<'_>>(body)?;
    let mut of = |header: &&Header| {
        let results = by_height.remove(&header.height);
        let results = results.ok_or_else(|| NodeError::malformed("a request of a batch is not answered"))?;
        if results.height != header.height {
            return Err(NodeError::malformed("results of another height than asked"));
        }
        // A lagging or lying node could leave some out, and nothing later would show it.
        if u64::try_from(results.txs_results.len()).ok() != Some(header.txs) {
            return Err(NodeError::malformed("another number of results than the header has transactions"));
        }
        let count = results.txs_results.len();
        let (mut txs, mut leaves) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for result in results.txs_results {
            let tx = result.ok_or_else(|| NodeError::malformed("a transaction without result"))?;
            leaves.push(tx.leaf()?);
            let events = tx.events.into_iter().map(|TxEvent(event)| event).collect();
            txs.push(TxResult { code: tx.code, events: kept(events, keep) });
        }
        let hash = hashes::root_of(&leaves);
        let (key, value) = BEGINNING;
        let (mut begin, mut end) = (results.begin_block_events, results.end_block_events);
        for event in results.finalize_block_events {
            if event.value(key) == Some(value) { begin.push(event) } else { end.push(event) }
        }
        Ok(Results { hash, begin: kept(begin, keep), txs, end: kept(end, keep) })
    };
    headers.iter().map(&mut of).collect()
}

fn hash(text: &str) -> Result<BlockHash, NodeError> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes)
        .map_err(|_| NodeError::malformed("a block hash is not 32 bytes of hex"))?;
    Ok(bytes)
}

fn block_time(text: &str) -> Result<u64, NodeError> {
    time::nanoseconds(text).ok_or_else(|| NodeError::Malformed(format!("block time {text:?}")))
}
