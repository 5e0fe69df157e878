//! Keys, commitments and a beacon for tests. Nothing here is secret.

use meteor_messages::shower::Fairness;
use meteor_rules::ShowerId;
use meteor_rules::fairness::beacon::BeaconRule;
use meteor_rules::fairness::content::Tables;
use meteor_rules::fairness::key::{commitment, shower_key};
use meteor_rules::fairness::{Bytes32, Domain};
use sha2::{Digest, Sha256};

/// Chain id of a suite.
pub const CHAIN_ID: &str = "meteor-test-1";
/// The master key of every suite's event, unless it brings commitments of its own.
pub const MASTER_KEY: Bytes32 = [0x4d; 32];
/// Rhythm of the beacon.
pub const BEACON: BeaconRule = BeaconRule { genesis: 1_600_000_000, period: 3, delay: 1 };

/// The key of a shower of the event at `contract`.
pub fn key(contract: &str, shower: u32) -> Bytes32 {
    shower_key(&MASTER_KEY, &id(contract, shower))
}

/// Commitments to the keys of so many showers of the event at `contract`.
pub fn commitments(contract: &str, showers: u32) -> Vec<Bytes32> {
    (1..=showers).map(|n| commitment(&id(contract, n), &key(contract, n))).collect()
}

/// The beacon's signature of a round: 48 bytes that look like one.
pub fn beacon(round: u64) -> Vec<u8> {
    let half = |n: u8| Sha256::new().chain_update([n]).chain_update(round.to_be_bytes()).finalize();
    half(0).into_iter().chain(half(1)).take(48).collect()
}

/// Everything but the commitments, which need the contract's address.
pub(crate) fn without_commitments(tables: &Tables, crack_window: u64, key_window: u64) -> Fairness {
    let text = serde_json::to_vec(tables).expect("tables serialise");
    let hash: Bytes32 = Sha256::digest(text).into();
    Fairness {
        commitments: vec![],
        beacon: BEACON,
        beacon_key: [0xb0; 96].into(),
        tables: hash.into(),
        crack_window,
        key_window,
    }
}

/// Which shower of the event at `contract`, on a suite's chain.
pub fn id(contract: &str, shower: u32) -> Domain<'_> {
    Domain { chain_id: CHAIN_ID, contract, shower: ShowerId(shower) }
}
