//! The hashes of CometBFT: a header's from its fields, and that of a block's results. What a node says is compared
//! with them.
//!
//! Both are Merkle trees (RFC 6962) over protobuf, as of CometBFT 0.34 to 0.38.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::blocks::BlockHash;
use crate::event::TxEvent;
use crate::nullable::{number, or_default, text};
use crate::{NodeError, time};

/// A header as a node writes it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct WireHeader<'a> {
    #[serde(deserialize_with = "or_default")]
    version: Version,
    #[serde(deserialize_with = "or_default")]
    pub(crate) chain_id: String,
    #[serde(deserialize_with = "number")]
    pub(crate) height: u64,
    #[serde(borrow, deserialize_with = "text")]
    pub(crate) time: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "or_default")]
    pub(crate) last_block_id: BlockId<'a>,
    #[serde(borrow, deserialize_with = "text")]
    last_commit_hash: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "text")]
    data_hash: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "text")]
    validators_hash: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "text")]
    next_validators_hash: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "text")]
    consensus_hash: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "text")]
    app_hash: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "text")]
    pub(crate) last_results_hash: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "text")]
    evidence_hash: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "text")]
    proposer_address: Cow<'a, str>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Version {
    #[serde(deserialize_with = "number")]
    block: u64,
    #[serde(deserialize_with = "number")]
    app: u64,
}

/// A block's identity as a node writes it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct BlockId<'a> {
    #[serde(borrow, deserialize_with = "text")]
    pub(crate) hash: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "or_default")]
    parts: Parts<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Parts<'a> {
    #[serde(deserialize_with = "number")]
    total: u64,
    #[serde(borrow, deserialize_with = "text")]
    hash: Cow<'a, str>,
}

/// A transaction's result as a node writes it. `last_results_hash` covers all but the events.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct WireTx<'a> {
    #[serde(deserialize_with = "or_default")]
    pub(crate) code: u32,
    #[serde(borrow, deserialize_with = "text")]
    data: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "text")]
    gas_wanted: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "text")]
    gas_used: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "or_default")]
    pub(crate) events: Vec<TxEvent<'a>>,
}

impl WireHeader<'_> {
    /// Whether it says that the block has no transactions.
    pub(crate) fn without_data(&self) -> Result<bool, NodeError> {
        Ok(self.data_hash.is_empty() || hex(&self.data_hash)? == root(&[]))
    }

    /// The hash of these fields.
    pub(crate) fn hash(&self) -> Result<BlockHash, NodeError> {
        let version = [varint(1, self.version.block), varint(2, self.version.app)].concat();
        let nanos = time::nanoseconds(&self.time).ok_or_else(|| NodeError::malformed("a header's time"))?;
        let second = 1_000_000_000;
        let time = [varint(1, nanos / second), varint(2, nanos % second)].concat();
        let BlockId { hash, parts } = &self.last_block_id;
        let parts = [varint(1, parts.total), bytes(2, &hex(&parts.hash)?)].concat();
        // Its parts are written even if they are empty.
        let parts = if parts.is_empty() { vec![0x12, 0] } else { bytes(2, &parts) };
        let last_block = [bytes(1, &hex(hash)?), parts].concat();
        let mut leaves =
            vec![version, bytes(1, self.chain_id.as_bytes()), varint(1, self.height), time, last_block];
        for field in [
            &self.last_commit_hash,
            &self.data_hash,
            &self.validators_hash,
            &self.next_validators_hash,
            &self.consensus_hash,
            &self.app_hash,
            &self.last_results_hash,
            &self.evidence_hash,
            &self.proposer_address,
        ] {
            leaves.push(bytes(1, &hex(field)?));
        }
        Ok(root(&leaves))
    }
}

/// The hash of a header as a node writes it (JSON).
///
/// # Errors
/// [`NodeError::Malformed`].
pub fn header(json: &[u8]) -> Result<BlockHash, NodeError> {
    let header: WireHeader<'_> =
        serde_json::from_slice(json).map_err(|error| NodeError::Malformed(error.to_string()))?;
    header.hash()
}

/// A transaction's result as a leaf of the results' tree. `gas` is what it wanted and what it used.
pub fn result_leaf(code: u32, data: &[u8], gas: [i64; 2]) -> Vec<u8> {
    let [wanted, used] = gas.map(|gas| u64::from_ne_bytes(gas.to_ne_bytes()));
    let mut leaf = Vec::new();
    put_varint(&mut leaf, 1, code.into());
    put_bytes(&mut leaf, 2, data);
    put_varint(&mut leaf, 5, wanted);
    put_varint(&mut leaf, 6, used);
    leaf
}

impl WireTx<'_> {
    /// The hash of its leaf in the tree of the results.
    pub(crate) fn leaf(&self) -> Result<BlockHash, NodeError> {
        let data = BASE64.decode(self.data.as_bytes());
        let data = data.map_err(|_| NodeError::malformed("a result's data are no base64"))?;
        let gas = |text: &str| if text.is_empty() { Ok(0) } else { text.parse() };
        let gas = gas(&self.gas_wanted).and_then(|wanted| Ok([wanted, gas(&self.gas_used)?]));
        let gas = gas.map_err(|_| NodeError::malformed("a result's gas is no number"))?;
        Ok(leaf(&result_leaf(self.code, &data, gas)))
    }
}

/// The root of the Merkle tree over `leaves`.
pub fn root(leaves: &[Vec<u8>]) -> BlockHash {
    root_of(&leaves.iter().map(|bytes| leaf(bytes)).collect::<Vec<_>>())
}

/// The hash of a leaf.
fn leaf(bytes: &[u8]) -> BlockHash {
    Sha256::new_with_prefix([0]).chain_update(bytes).finalize().into()
}

/// The root of the Merkle tree over leaves with these hashes.
pub(crate) fn root_of(leaves: &[BlockHash]) -> BlockHash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => *leaf,
        more => {
            // The largest power of two below their number.
            let (left, right) = more.split_at(more.len().next_power_of_two() / 2);
            Sha256::new_with_prefix([1])
                .chain_update(root_of(left))
                .chain_update(root_of(right))
                .finalize()
                .into()
        }
    }
}

/// A number's field of protobuf; nothing for zero.
fn varint(field: u8, value: u64) -> Vec<u8> {
    let mut to = Vec::new();
    put_varint(&mut to, field, value);
    to
}

/// A field of bytes of protobuf; nothing if there are none.
fn bytes(field: u8, value: &[u8]) -> Vec<u8> {
    let mut to = Vec::new();
    put_bytes(&mut to, field, value);
    to
}

fn put_varint(to: &mut Vec<u8>, field: u8, value: u64) {
    if value > 0 {
        to.push(field << 3);
        put_digits(to, value);
    }
}

fn put_bytes(to: &mut Vec<u8>, field: u8, value: &[u8]) {
    if !value.is_empty() {
        to.push(field << 3 | 2);
        put_digits(to, u64::try_from(value.len()).unwrap_or(u64::MAX));
        to.extend_from_slice(value);
    }
}

fn put_digits(to: &mut Vec<u8>, mut value: u64) {
    loop {
        let [low, ..] = value.to_le_bytes();
        value >>= 7;
        if value == 0 {
            to.push(low & 0x7f);
            return;
        }
        to.push(low | 0x80);
    }
}

fn hex(text: &str) -> Result<Vec<u8>, NodeError> {
    hex::decode(text).map_err(|_| NodeError::malformed("a header's hash is no hex"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::blocks;

    /// Blocks of real nodes, of both generations: meta and results.
    fn recorded() -> [Vec<Value>; 2] {
        [
            include_str!("../../../tests/fixtures/blocks-0.46.json"),
            include_str!("../../../tests/fixtures/blocks-0.61.json"),
        ]
        .map(|text| serde_json::from_str(text).unwrap())
    }

    fn read(block: &Value) -> (blocks::Header, blocks::Results) {
        let metas = json!({ "id": 1, "result": { "block_metas": [block["meta"]] } }).to_string();
        let header = blocks::headers(metas.as_bytes(), 1).unwrap().remove(0);
        let results = json!([{ "id": header.height, "result": block["results"] }]).to_string();
        let results = blocks::results(results.as_bytes(), &[&header], |_| true).unwrap().remove(0);
        (header, results)
    }

    #[test]
    fn what_real_nodes_hash_is_what_we_hash() {
        let mut followed = [0, 0];
        for (count, blocks) in followed.iter_mut().zip(recorded()) {
            let read: Vec<_> = blocks.iter().map(read).collect();
            assert!(read.iter().all(|(header, _)| header.hash == header.computed));
            for pair in read.windows(2) {
                let [(parent, results), (child, _)] = pair else { continue };
                if child.parent == Some(parent.hash) {
                    assert_eq!(child.last_results, Some(results.hash), "{}", child.height);
                    *count += results.txs.len();
                }
            }
            let codes: Vec<u32> = read.iter().flat_map(|(_, r)| r.txs.iter().map(|tx| tx.code)).collect();
            assert!(codes.contains(&0) && codes.contains(&5), "transactions of both kinds");
        }
        assert!(followed.iter().all(|count| *count >= 6), "{followed:?}");
    }

    #[test]
    fn a_count_of_transactions_that_the_data_hash_contradicts_is_refused() {
        for block in recorded().into_iter().flatten() {
            let count: u64 = block["meta"]["num_txs"].as_str().unwrap().parse().unwrap();
            let read = |count: u64| {
                let mut meta = block["meta"].clone();
                meta["num_txs"] = json!(count.to_string());
                let answer = json!({ "id": 1, "result": { "block_metas": [meta] } }).to_string();
                blocks::headers(answer.as_bytes(), 1)
            };
            read(count).unwrap();
            read(u64::from(count == 0)).unwrap_err();
        }
    }

    #[test]
    fn every_field_of_a_header_counts() {
        let [_, blocks] = recorded();
        let header = &blocks[3]["meta"]["header"];
        let hash = |header: &Value| super::header(header.to_string().as_bytes()).unwrap();
        let mut seen = std::collections::BTreeSet::from([hash(header)]);
        let mut fields = 0;
        for (field, value) in header.as_object().unwrap() {
            let other = match (field.as_str(), value.as_str()) {
                ("version", _) => json!({ "block": "11", "app": "1" }),
                ("time", _) => json!("2027-11-26T04:31:19.100775891Z"),
                ("last_block_id", _) => json!({ "hash": "AA", "parts": { "total": 1, "hash": "BB" } }),
                ("height", _) => json!("7"),
                (_, Some(_)) => json!("ABCD"),
                (_, None) => panic!("{field}"),
            };
            let mut changed = header.clone();
            changed[field] = other;
            fields += 1;
            assert!(seen.insert(hash(&changed)), "{field}");
        }
        assert_eq!(fields, 14);
    }

    #[test]
    fn what_a_result_is_counts() {
        let leaf = |code, data: &[u8], gas| root(&[result_leaf(code, data, gas)]);
        let all =
            [leaf(0, b"a", [1, 2]), leaf(1, b"a", [1, 2]), leaf(0, b"b", [1, 2]), leaf(0, b"a", [2, 1])];
        assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
        assert_eq!(result_leaf(0, &[], [0, -1]).len(), 11, "a negative number has ten digits");
    }
}
