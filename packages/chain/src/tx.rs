//! A transaction that is in a block: as a node looks it up, and as it is found in a block without an index.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;

use crate::event::RawEvent;
use crate::nullable::{number, or_default};
use crate::words::Refusal;
use crate::{NodeError, jsonrpc};

/// A transaction that is in a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Included {
    /// Its hash, upper-case hex.
    pub hash: String,
    /// The block's height.
    pub height: u64,
    /// Why it failed; `None` for success.
    pub refusal: Option<Refusal>,
    /// Gas it used.
    pub gas_used: u64,
    /// Its events, with all their attributes.
    pub events: Vec<RawEvent<'static>>,
}

#[derive(Deserialize)]
struct Found<'a> {
    #[serde(deserialize_with = "number")]
    height: u64,
    #[serde(borrow)]
    tx_result: Outcome<'a>,
}

#[derive(Deserialize)]
struct Verdict {
    code: u32,
    #[serde(default, deserialize_with = "or_default")]
    codespace: String,
    #[serde(default, deserialize_with = "or_default")]
    log: String,
}

impl Verdict {
    fn refusal(self) -> Option<Refusal> {
        let Self { code, codespace, log } = self;
        (code != 0).then(|| Refusal::new(codespace, code, log))
    }
}

#[derive(Deserialize)]
struct Outcome<'a> {
    #[serde(flatten)]
    verdict: Verdict,
    #[serde(deserialize_with = "number")]
    gas_used: u64,
    #[serde(default, borrow, deserialize_with = "or_default")]
    events: Vec<RawEvent<'a>>,
}

impl Outcome<'_> {
    fn included(self, hash: &str, height: u64) -> Included {
        let Self { verdict, gas_used, events } = self;
        let events = events.into_iter().map(RawEvent::into_owned).collect();
        Included { hash: hash.to_owned(), height, refusal: verdict.refusal(), gas_used, events }
    }
}

/// What the chain says of a transaction that is not in a block yet, in an answer to `broadcast_tx_sync`:
/// `None` if it accepts it.
///
/// # Errors
/// What the node says instead, or [`NodeError::Malformed`].
pub fn checked(body: &[u8]) -> Result<Option<Refusal>, NodeError> {
    Ok(jsonrpc::result::<Verdict>(body)?.refusal())
}

/// The transaction in an answer to `tx`, which was asked for `hash`.
///
/// # Errors
/// What the node says instead, or [`NodeError::Malformed`].
pub fn found(body: &[u8], hash: &str) -> Result<Included, NodeError> {
    let found: Found<'_> = jsonrpc::result(body)?;
    Ok(found.tx_result.included(hash, found.height))
}

/// The transactions in an answer to `tx_search`.
///
/// # Errors
/// What the node says instead, or [`NodeError::Malformed`].
pub fn listed(body: &[u8]) -> Result<Vec<Included>, NodeError> {
    #[derive(Deserialize)]
    struct Answer<'a> {
        #[serde(default, borrow, deserialize_with = "or_default")]
        txs: Vec<Listed<'a>>,
    }
    #[derive(Deserialize)]
    struct Listed<'a> {
        #[serde(borrow)]
        hash: Cow<'a, str>,
        #[serde(deserialize_with = "number")]
        height: u64,
        #[serde(borrow)]
        tx_result: Outcome<'a>,
    }
    let answer: Answer<'_> = jsonrpc::result(body)?;
    let one = |tx: Listed<'_>| tx.tx_result.included(&tx.hash.to_ascii_uppercase(), tx.height);
    Ok(answer.txs.into_iter().map(one).collect())
}

/// The transactions in an answer to `block`, which was asked for `height`.
///
/// # Errors
/// What the node says instead; [`NodeError::Malformed`] if it is another height's.
pub fn of_block(body: &[u8], height: u64) -> Result<Vec<Vec<u8>>, NodeError> {
    #[derive(Deserialize)]
    struct Answer<'a> {
        #[serde(borrow)]
        block: Block<'a>,
    }
    #[derive(Deserialize)]
    struct Block<'a> {
        header: Header,
        #[serde(borrow)]
        data: Data<'a>,
    }
    #[derive(Deserialize)]
    struct Header {
        #[serde(deserialize_with = "number")]
        height: u64,
    }
    #[derive(Deserialize)]
    struct Data<'a> {
        #[serde(default, borrow, deserialize_with = "or_default")]
        txs: Vec<Cow<'a, str>>,
    }
    let block = jsonrpc::result::<Answer<'_>>(body)?.block;
    // The node may lie or be pruned: an empty block must say that it is this height's.
    if block.header.height != height {
        return Err(NodeError::malformed("a block of another height than asked"));
    }
    let bytes = |tx: Cow<'_, str>| BASE64.decode(tx.as_bytes());
    let txs: Result<_, _> = block.data.txs.into_iter().map(bytes).collect();
    txs.map_err(|_| NodeError::malformed("a transaction that is not base64"))
}

/// The transaction at place `position` in an answer to `block_results`, which was asked for `height`.
///
/// # Errors
/// What the node says instead; [`NodeError::Malformed`] if it is another height's or has too few.
pub fn at(body: &[u8], hash: &str, height: u64, position: usize) -> Result<Included, NodeError> {
    #[derive(Deserialize)]
    struct Results<'a> {
        #[serde(deserialize_with = "number")]
        height: u64,
        #[serde(default, borrow, deserialize_with = "or_default")]
        txs_results: Vec<Outcome<'a>>,
    }
    let results: Results<'_> = jsonrpc::result(body)?;
    if results.height != height {
        return Err(NodeError::malformed("results of another height than asked"));
    }
    let outcome = results.txs_results.into_iter().nth(position);
    Ok(outcome.ok_or_else(|| NodeError::malformed("too few results"))?.included(hash, height))
}
