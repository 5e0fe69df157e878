//! One block: a CometBFT header with its real hash, the transactions and their results.
use cosmos_sdk_proto::prost::Message as _;
use cosmos_sdk_proto::tendermint::v0_38::abci::ExecTxResult;
use cosmrs::tendermint::block::header::Version;
use cosmrs::tendermint::block::parts::Header as PartSetHeader;
use cosmrs::tendermint::block::{Header, Height, Id};
use cosmrs::tendermint::crypto::default::Sha256 as MerkleSha256;
use cosmrs::tendermint::merkle::simple_hash_from_byte_vectors;
use cosmrs::tendermint::{AppHash, Hash, PublicKey, Time, account, chain, validator};
use cosmwasm_std::Timestamp;
use sha2::{Digest, Sha256};

use crate::app::events::Event;
use crate::app::execute::TxResult;
use crate::error::DevnetError;

/// A transaction in its block.
pub(crate) struct BlockTx {
    pub(crate) hash: [u8; 32],
    pub(crate) bytes: Vec<u8>,
    pub(crate) result: TxResult,
}

pub(crate) struct Block {
    pub(crate) header: Header,
    pub(crate) id: Id,
    pub(crate) time: Timestamp,
    pub(crate) txs: Vec<BlockTx>,
    /// What happened outside of transactions.
    pub(crate) events: Vec<Event>,
    /// After this block; the next header carries it.
    pub(crate) app_hash: [u8; 32],
}

impl Block {
    pub(crate) fn height(&self) -> u64 {
        self.header.height.value()
    }

    pub(crate) fn size(&self) -> usize {
        // A header and commit of one validator are about this long.
        self.txs.iter().fold(700, |size: usize, tx| size.saturating_add(tx.bytes.len()))
    }
}

/// The one validator. Its key is public (RFC 8032, test 1); commits are not really signed.
pub(crate) struct Validator {
    pub(crate) key: PublicKey,
    pub(crate) address: account::Id,
    hash: Hash,
}

const VALIDATOR_KEY: [u8; 32] = [
    0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e,
    0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a,
];

/// Voting power of the one validator.
pub(crate) const POWER: u32 = 10;

impl Validator {
    pub(crate) fn new() -> Result<Validator, DevnetError> {
        let key = PublicKey::from_raw_ed25519(&VALIDATOR_KEY)
            .ok_or_else(|| DevnetError::Config("the validator's key does not decode".into()))?;
        let info = validator::Info::new(key, POWER.into());
        let address = info.address;
        let hash = validator::Set::without_proposer(vec![info]).hash();
        Ok(Validator { key, address, hash })
    }
}

/// What the next header repeats of the block before.
pub(crate) struct Parent<'a>(pub(crate) Option<&'a Block>);

fn sha256(parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    Hash::Sha256(hasher.finalize().into())
}

fn merkle(leaves: &[Vec<u8>]) -> Hash {
    Hash::Sha256(simple_hash_from_byte_vectors::<MerkleSha256>(leaves))
}

/// What `last_results_hash` commits to: code, data and gas, not events.
fn results_hash(txs: &[BlockTx]) -> Hash {
    let leaves: Vec<_> = txs
        .iter()
        .map(|tx| {
            let TxResult { code, data, gas_wanted, gas_used, .. } = &tx.result;
            let gas = |gas: u64| i64::try_from(gas).unwrap_or(i64::MAX);
            let (gas_wanted, gas_used) = (gas(*gas_wanted), gas(*gas_used));
            let data = data.clone().into();
            ExecTxResult { code: *code, data, gas_wanted, gas_used, ..ExecTxResult::default() }
                .encode_to_vec()
        })
        .collect();
    merkle(&leaves)
}

/// Makes the block after `parent`. Its hash depends on everything in it.
pub(crate) fn seal(
    chain_id: &chain::Id,
    validator: &Validator,
    parent: &Parent<'_>,
    height: u64,
    time: Timestamp,
    txs: Vec<BlockTx>,
    events: Vec<Event>,
) -> Result<Block, DevnetError> {
    let broken = |what: &str| DevnetError::Argument(format!("block {height} cannot be made: {what}"));
    let seconds = i64::try_from(time.seconds()).map_err(|_| broken("its time is too far away"))?;
    let subsec = u32::try_from(time.subsec_nanos()).map_err(|_| broken("its time is odd"))?;
    let hashes: Vec<_> = txs.iter().map(|tx| tx.hash.to_vec()).collect();
    let data_hash = merkle(&hashes);
    let before = parent.0.map_or([0; 32], |parent| parent.app_hash);
    let last_results = results_hash(parent.0.map_or(&[], |parent| &parent.txs));
    let header = Header {
        version: Version { block: 11, app: 0 },
        chain_id: chain_id.clone(),
        height: Height::try_from(height).map_err(|_| broken("its height is too great"))?,
        time: Time::from_unix_timestamp(seconds, subsec).map_err(|_| broken("its time is too far away"))?,
        last_block_id: parent.0.map(|parent| parent.id),
        last_commit_hash: Some(match parent.0 {
            Some(parent) => merkle(&[parent.id.hash.as_bytes().to_vec()]),
            None => merkle(&[]),
        }),
        data_hash: Some(data_hash),
        validators_hash: validator.hash,
        next_validators_hash: validator.hash,
        consensus_hash: sha256(&[b"meteor devnet"]),
        app_hash: AppHash::try_from(before.to_vec()).map_err(|_| broken("its app hash is odd"))?,
        last_results_hash: Some(last_results),
        evidence_hash: Some(merkle(&[])),
        proposer_address: validator.address,
    };
    let hash = header.hash();
    let parts = sha256(&[b"parts", hash.as_bytes(), data_hash.as_bytes()]);
    let id =
        Id { hash, part_set_header: PartSetHeader::new(1, parts).map_err(|_| broken("its parts are odd"))? };
    // No tree over the state here: a chain of hashes over what happened says as much about equality.
    let results = results_hash(&txs);
    let mut app_hash = Sha256::new()
        .chain_update(before)
        .chain_update(data_hash.as_bytes())
        .chain_update(results.as_bytes());
    for event in &events {
        app_hash.update(event.to_json().to_string());
    }
    let app_hash = app_hash.finalize().into();
    Ok(Block { header, id, time, txs, events, app_hash })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(parent: Option<&Block>, height: u64, txs: Vec<BlockTx>) -> Block {
        with_events(parent, height, txs, Vec::new())
    }

    fn with_events(parent: Option<&Block>, height: u64, txs: Vec<BlockTx>, events: Vec<Event>) -> Block {
        let chain_id: chain::Id = "test-1".parse().unwrap();
        let validator = Validator::new().unwrap();
        let time = Timestamp::from_seconds(height);
        seal(&chain_id, &validator, &Parent(parent), height, time, txs, events).unwrap()
    }

    #[test]
    fn blocks_link_to_their_parent_and_depend_on_their_content() {
        let first = block(None, 1, Vec::new());
        let second = block(Some(&first), 2, Vec::new());
        assert_eq!(second.header.last_block_id, Some(first.id));
        let tx = BlockTx { hash: [7; 32], bytes: vec![7], result: TxResult::default() };
        let other = block(Some(&first), 2, vec![tx]);
        assert_ne!(other.id.hash, second.id.hash);
        assert_ne!(other.app_hash, second.app_hash);
        let called = with_events(Some(&first), 2, Vec::new(), vec![Event::new("execute")]);
        assert_ne!(called.app_hash, second.app_hash, "what a call outside of transactions did counts");
        assert_eq!(block(None, 1, Vec::new()).id.hash, first.id.hash, "the same content, the same hash");
    }
}
