//! The shapes of CometBFT's answers. Integers of 64 bits are strings, hashes upper-case hex, bytes base64.
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use cosmrs::tendermint::block::Id;
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

use crate::app::events::Event;
use crate::app::execute::TxResult;
use crate::chain::block::{Block, BlockTx};
use crate::chain::blocks::Blocks;

pub(crate) fn base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// Protobuf's JSON writes empty bytes as null.
fn bytes_or_null(bytes: &[u8]) -> Value {
    if bytes.is_empty() { Value::Null } else { base64(bytes).into() }
}

fn hex(bytes: &[u8]) -> String {
    hex::encode_upper(bytes)
}

pub(crate) fn block_id(id: Option<&Id>) -> Value {
    match id {
        Some(id) => json!({
            "hash": hex(id.hash.as_bytes()),
            "parts": { "total": id.part_set_header.total, "hash": hex(id.part_set_header.hash.as_bytes()) },
        }),
        // Only the first block has no parent, and says so with empty values instead of null.
        None => json!({ "hash": "", "parts": { "total": 0, "hash": "" } }),
    }
}

pub(crate) fn header(block: &Block) -> Value {
    let header = &block.header;
    let hash = |hash: &Option<cosmrs::tendermint::Hash>| hash.map(|hash| hex(hash.as_bytes()));
    json!({
        "version": { "block": header.version.block.to_string() },
        "chain_id": header.chain_id.as_str(),
        "height": header.height.to_string(),
        "time": header.time.to_rfc3339(),
        "last_block_id": block_id(header.last_block_id.as_ref()),
        "last_commit_hash": hash(&header.last_commit_hash),
        "data_hash": hash(&header.data_hash),
        "validators_hash": hex(header.validators_hash.as_bytes()),
        "next_validators_hash": hex(header.next_validators_hash.as_bytes()),
        "consensus_hash": hex(header.consensus_hash.as_bytes()),
        "app_hash": hex(header.app_hash.as_bytes()),
        "last_results_hash": hash(&header.last_results_hash),
        "evidence_hash": hash(&header.evidence_hash),
        "proposer_address": hex(header.proposer_address.as_bytes()),
    })
}

/// The commit of a block. Its signature has the right shape and nothing else: we are the one validator.
pub(crate) fn commit(block: &Block) -> Value {
    let signature = Sha512::digest(block.id.hash.as_bytes());
    json!({
        "height": block.height().to_string(),
        "round": 0,
        "block_id": block_id(Some(&block.id)),
        "signatures": [{
            "block_id_flag": 2,
            "validator_address": hex(block.header.proposer_address.as_bytes()),
            "timestamp": block.header.time.to_rfc3339(),
            "signature": base64(&signature),
        }],
    })
}

pub(crate) fn block(blocks: &Blocks, block: &Block) -> Value {
    let txs: Vec<_> = block.txs.iter().map(|tx| base64(&tx.bytes)).collect();
    let parent = block.height().checked_sub(1).and_then(|height| blocks.get(height));
    // Of a pruned parent only the id is left.
    let last_commit = parent.map_or_else(
        || {
            let height = block.height().saturating_sub(1).to_string();
            let id = block_id(block.header.last_block_id.as_ref());
            json!({ "height": height, "round": 0, "block_id": id, "signatures": [] })
        },
        |parent| commit(parent),
    );
    json!({
        "header": header(block),
        "data": { "txs": txs },
        "evidence": { "evidence": [] },
        "last_commit": last_commit,
    })
}

pub(crate) fn block_meta(block: &Block) -> Value {
    json!({
        "block_id": block_id(Some(&block.id)),
        "block_size": block.size().to_string(),
        "header": header(block),
        "num_txs": block.txs.len().to_string(),
    })
}

pub(crate) fn events(events: &[Event]) -> Vec<Value> {
    events.iter().map(Event::to_json).collect()
}

/// Go writes an empty list as null.
pub(crate) fn list_or_null(list: Vec<Value>) -> Value {
    if list.is_empty() { Value::Null } else { list.into() }
}

pub(crate) fn tx_result(result: &TxResult) -> Value {
    json!({
        "code": result.code,
        "data": bytes_or_null(&result.data),
        "log": result.log,
        "info": "",
        "gas_wanted": result.gas_wanted.to_string(),
        "gas_used": result.gas_used.to_string(),
        "events": events(&result.events),
        "codespace": result.codespace,
    })
}

pub(crate) fn tx(block: &Block, index: usize, tx: &BlockTx) -> Value {
    json!({
        "hash": hex(&tx.hash),
        "height": block.height().to_string(),
        "index": index,
        "tx_result": tx_result(&tx.result),
        "tx": base64(&tx.bytes),
    })
}

/// What the SDK returns with each block, in full: clients refuse an object with only some of it.
pub(crate) fn consensus_params(max_gas: Option<u64>) -> Value {
    let max_gas = max_gas.map_or_else(|| "-1".into(), |gas| gas.to_string());
    json!({
        "block": { "max_bytes": "22020096", "max_gas": max_gas },
        "evidence": {
            "max_age_num_blocks": "100000",
            "max_age_duration": "172800000000000",
            "max_bytes": "1048576",
        },
        "validator": { "pub_key_types": ["ed25519"] },
        "version": {},
        "abci": {},
    })
}

pub(crate) fn node_info(chain_id: &str) -> Value {
    json!({
        "protocol_version": { "p2p": "8", "block": "11", "app": "0" },
        "id": "6d6574656f722d6465766e6574000000000000ff",
        "listen_addr": "tcp://0.0.0.0:26656",
        "network": chain_id,
        "version": super::VERSION,
        "channels": "40202122233038606100",
        "moniker": "meteor-devnet",
        "other": { "tx_index": "on", "rpc_address": "tcp://0.0.0.0:26657" },
    })
}
