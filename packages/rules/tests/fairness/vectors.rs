//! The test vectors of `docs/fairness/vectors.json`: each part of the protocol alone.

use meteor_rules::eggs::issue;
use meteor_rules::fairness::beacon::BeaconRule;
use meteor_rules::fairness::content::Meteor;
use meteor_rules::fairness::draw::draw;
use meteor_rules::fairness::hex::{Hex, Hex32};
use meteor_rules::fairness::key::{commitment, salt, seed, shower_key};
use meteor_rules::fairness::tree::{Leaf, Tree, leaf_hash};
use meteor_rules::fairness::{Bytes32, Domain, Stream};
use meteor_rules::log::{Entry, LogHash, extend, start};
use meteor_rules::tier::{PerTier, Tier, TierRule};
use meteor_rules::{Rank, ShowerId, TokenId};
use serde_json::{Value, json};

use super::event::{CHAIN_ID, CONTRACT, PUBLIC_KEY, SIGNATURES, TABLES, hash, master, tables};

const ID: Domain<'static> = Domain { chain_id: CHAIN_ID, contract: CONTRACT, shower: ShowerId(3) };
const LEVANA: TierRule = TierRule { legendary: 10, ancient_bp: 900, rare_bp: 2250 };
const EGGS: PerTier<u32> = PerTier { legendary: 10, ancient: 30, rare: 61, common: 101 };

/// Key and two signatures of drand quicknet, as its public servers give them.
const QUICKNET: &str = meteor_rules::fairness::beacon::QUICKNET_KEY;
const QUICKNET_123: &str =
    "b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92";
const QUICKNET_657413: &str =
    "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b";

#[test]
fn the_vectors_are_what_the_rules_give() {
    let (log, logs) = logs();
    let key = shower_key(&master(), &ID);
    let signature: Hex = SIGNATURES[0].1.parse().unwrap();
    let seed = seed(&key, &signature.0, &log);
    let salts = [0, 1, 999].map(|index| json!({ "index": index, "salt": Hex32(salt(&key, index)) }));
    let tiers = [0, 1, 7, 10, 11, 12, 33, 100, 1000, 6340].map(tier_sizes);
    let trees = [1, 2, 3, 5, 8, 13].map(tree);
    let vectors = json!({
        "about": "Test vectors of docs/fairness.md; regenerate: METEOR_WRITE_VECTORS=1 cargo test -p meteor-rules --test rules fairness",
        "id": { "chain_id": CHAIN_ID, "contract": CONTRACT, "shower": 3 },
        "log": logs,
        "keys": {
            "master": Hex32(master()),
            "key": Hex32(key),
            "commitment": Hex32(commitment(&ID, &key)),
            "beacon_signature": signature,
            "seed": Hex32(seed),
            "salts": salts,
        },
        "streams": [streams(&seed, "draw", 0), streams(&seed, "draw", 3), streams(&seed, "content", 7)],
        "tiers": tiers,
        "draws": [draws("one", 25), draws("two", 300)],
        "tables": TABLES,
        "contents": contents(&seed, &key),
        "trees": trees,
        "rounds": rounds(),
        "beacons": beacons(),
    });
    super::keep(
        &super::docs().join("vectors.json"),
        &(serde_json::to_string_pretty(&vectors).unwrap() + "\n"),
    );
}

fn logs() -> (LogHash, Value) {
    let first = start(&ID);
    let mut log = first;
    let rows: Vec<Value> = [
        (41, "terra1aaa", 8_000_000, 8_000_000),
        (42, "terra1bbb", u128::MAX, u128::MAX),
        (45, "terra1aaa", 1, 8_000_001),
        (u64::MAX, "terra1ééé", 5, 5),
    ]
    .into_iter()
    .map(|(seq, contributor, amount, total)| {
        log = extend(&log, &Entry { seq, contributor, amount, total });
        json!({
            "seq": seq, "contributor": contributor, "amount": amount.to_string(), "total": total.to_string(),
            "log": Hex32(log),
        })
    })
    .collect();
    (log, json!({ "start": Hex32(first), "rows": rows }))
}

fn streams(seed: &Bytes32, purpose: &str, index: u32) -> Value {
    let mut stream = Stream::new(seed, purpose, index);
    // Above 2^127 nearly every second number is skipped.
    let bounds =
        [1, 2, 10, 1 << 64, 1_000_000_007, (1 << 127) + 1, (1 << 127) + 1, (1 << 127) + 1, u128::MAX, 3];
    let numbers = bounds
        .map(|bound| json!({ "bound": bound.to_string(), "is": stream.below(bound).unwrap().to_string() }));
    json!({ "purpose": purpose, "index": index, "numbers": numbers })
}

fn tier_sizes(wallets: u32) -> Value {
    let sizes = LEVANA.sizes(wallets);
    let issued = issue(&EGGS, &sizes);
    json!({
        "wallets": wallets, "rule": LEVANA, "eggs": EGGS,
        "sizes": sizes, "issued": issued.eggs, "unissued": issued.unissued,
    })
}

fn draws(name: &str, count: u32) -> Value {
    let seed = hash(name);
    let eggs = PerTier { legendary: 4, ancient: 2, rare: 5, common: 9 };
    let drawn = draw(&seed, &LEVANA, &eggs, 2_000, count).eggs;
    let holds: Vec<usize> =
        drawn.iter().enumerate().filter_map(|(index, egg)| egg.then_some(index)).collect();
    json!({ "seed": Hex32(seed), "tiers": LEVANA, "eggs": eggs, "tilt_bp": 2_000, "contributors": count, "holds": holds })
}

fn contents(seed: &Bytes32, key: &Bytes32) -> Vec<Value> {
    let tables = tables();
    let meteors = [
        (Tier::Legendary, 1, true),
        (Tier::Ancient, 11, false),
        (Tier::Rare, 100, true),
        (Tier::Common, 999, true),
        (Tier::Common, 1000, false),
    ];
    meteors
        .map(|(tier, rank, egg)| {
            let number = TokenId(2000 + u64::from(rank));
            let meteor = Meteor { tier, rank: Rank(rank), shower: ID.shower, number };
            let content = tables.content(seed, &meteor, egg).unwrap();
            let (bytes, salt) = (content.bytes(), salt(key, rank - 1));
            let leaf = Leaf { index: rank - 1, token_id: meteor.number, content: &bytes, salt };
            json!({
                "seed": Hex32(*seed), "egg": egg, "tier": tier, "rank": rank, "shower": ID.shower,
                "number": meteor.number, "content": content, "bytes": Hex(bytes.clone()),
                "salt": Hex32(salt), "leaf": Hex32(leaf_hash(&ID, &leaf)),
            })
        })
        .into()
}

fn tree(count: u32) -> Value {
    let leaves: Vec<Bytes32> = (0..count).map(|n| hash(&format!("leaf {n}"))).collect();
    let tree = Tree::new(leaves.clone()).unwrap();
    let proofs: Vec<Value> = (0..count)
        .map(|index| {
            let proof: Vec<Hex32> = tree.proof(index).unwrap().into_iter().map(Hex32).collect();
            json!({ "index": index, "proof": proof })
        })
        .collect();
    let leaves: Vec<Hex32> = leaves.into_iter().map(Hex32).collect();
    json!({ "leaves": leaves, "root": Hex32(tree.root()), "proofs": proofs })
}

fn rounds() -> Vec<Value> {
    let quicknet = BeaconRule { genesis: 1_692_803_367, period: 3, delay: 600 };
    let slow = BeaconRule { genesis: 2_000_000_000, period: 30, delay: 0 };
    [
        (quicknet, 1_800_000_000, 1_800_000_000),
        (quicknet, 1_800_000_001, 1_800_000_000),
        (quicknet, 1_800_000_002, 1_800_000_000),
        (quicknet, 1_800_000_000, 1_800_000_003),
        (slow, 1_900_000_000, 1_900_000_000),
        (slow, 2_000_000_000, 1_900_000_000),
        (slow, 2_000_000_001, 1_900_000_000),
    ]
    .map(|(rule, closed_at, closes_at)| {
        json!({
            "beacon": rule, "closed_at": closed_at, "closes_at": closes_at,
            "round": rule.round(closed_at, closes_at).unwrap(),
        })
    })
    .into()
}

fn beacons() -> Vec<Value> {
    let vector = |public_key: &str, round: u64, signature: &str, verifies: bool| json!({ "public_key": public_key, "round": round, "signature": signature, "verifies": verifies });
    // The same point with its other y, and the neutral point.
    let negated = QUICKNET_123.replacen('b', "9", 1);
    let neutral = format!("c0{}", "00".repeat(47));
    vec![
        vector(QUICKNET, 123, QUICKNET_123, true),
        vector(QUICKNET, 657_413, QUICKNET_657413, true),
        vector(QUICKNET, 124, QUICKNET_123, false),
        vector(QUICKNET, 123, &negated, false),
        vector(QUICKNET, 123, &neutral, false),
        vector(PUBLIC_KEY, 123, QUICKNET_123, false),
        vector(PUBLIC_KEY, SIGNATURES[0].0, SIGNATURES[0].1, true),
    ]
}
