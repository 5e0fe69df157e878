//! The test vectors of `docs/fairness/vectors.json`: each part of the protocol alone.

use meteor_rules::catalogue::{piece, piece_hash};
use meteor_rules::eggs::issue;
use meteor_rules::fairness::beacon::{BeaconRule, Network};
use meteor_rules::fairness::content::Meteor;
use meteor_rules::fairness::draw::draw;
use meteor_rules::fairness::hex::{Hex, Hex32};
use meteor_rules::fairness::key::{commitment, salt, seed, shower_key};
use meteor_rules::fairness::tree::{Leaf, Tree, leaf_hash, root_from_range};
use meteor_rules::fairness::{Bytes32, Domain, Stream};
use meteor_rules::log::{Entry, LogHash, extend, start};
use meteor_rules::odds::odds;
use meteor_rules::tier::{PerTier, Tier, TierRule};
use meteor_rules::{Rank, ShowerId, TokenId};
use serde_json::{Value, json};

use super::event::{CHAIN_ID, CONTRACT, PUBLIC_KEY, SIGNATURES, TABLES, hash, master, tables};

const ID: Domain<'static> = Domain { chain_id: CHAIN_ID, contract: CONTRACT, shower: ShowerId(3) };
const LEVANA: TierRule = TierRule { legendary: 10, ancient_bp: 900, rare_bp: 2250 };
const FEW: PerTier<u32> = PerTier { legendary: 4, ancient: 2, rare: 5, common: 9 };
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
        "odds": all_odds(),
        "draws": draws(),
        "tables": TABLES,
        "contents": contents(&seed, &key),
        "trees": trees,
        "pieces": pieces(),
        "turns": turns(),
        "ranges": ranges(),
        "beacon_rules": beacon_rules(),
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

/// The odds of some ranks of a shower.
fn odds_of(contributors: u32, tilt_bp: u32, eggs: PerTier<u32>, ranks: &[u32]) -> Value {
    let ranks: Vec<Value> = ranks
        .iter()
        .map(|rank| {
            let odds = odds(&LEVANA, &eggs, tilt_bp, contributors, Rank(*rank)).unwrap();
            json!({ "rank": rank, "odds": odds, "percent": odds.percent() })
        })
        .collect();
    json!({ "contributors": contributors, "tiers": LEVANA, "eggs": eggs, "tilt_bp": tilt_bp, "ranks": ranks })
}

fn all_odds() -> Vec<Value> {
    vec![
        odds_of(1_000, 2_000, EGGS, &[1, 10, 11, 55, 99, 100, 322, 323, 1_000]),
        odds_of(100_000, 2_000, EGGS, &[1, 10, 11, 9_009, 9_010, 31_507, 31_508, 100_000]),
        odds_of(11, 2_000, EGGS, &[10, 11]),
        // A tier of one without an egg, and one that has the only egg of two.
        odds_of(11, 2_000, PerTier { legendary: 10, ..PerTier::default() }, &[10, 11]),
        odds_of(12, 2_000, PerTier { legendary: 10, common: 1, ..PerTier::default() }, &[10, 11, 12]),
        // The steepest tilt makes first places certain, among them one whose share is exactly 1.
        odds_of(40, 10_000, FEW, &[1, 3, 10, 11, 12, 13, 14, 20, 21, 40]),
        odds_of(10, 10_000, PerTier { legendary: 8, ..PerTier::default() }, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        odds_of(4, 0, PerTier { legendary: 4, ..PerTier::default() }, &[1, 4]),
        odds_of(4, 0, PerTier { legendary: 3, ..PerTier::default() }, &[1, 4]),
    ]
}

fn draw_of(name: &str, contributors: u32, tilt_bp: u32, eggs: PerTier<u32>) -> Value {
    let seed = hash(name);
    let drawn = draw(&seed, &LEVANA, &eggs, tilt_bp, contributors).eggs;
    let holds: Vec<usize> =
        drawn.iter().enumerate().filter_map(|(index, egg)| egg.then_some(index)).collect();
    json!({
        "seed": Hex32(seed), "contributors": contributors, "tiers": LEVANA, "eggs": eggs, "tilt_bp": tilt_bp,
        "holds": holds,
    })
}

fn draws() -> Vec<Value> {
    let none = PerTier::default();
    vec![
        draw_of("one", 25, 2_000, FEW),
        draw_of("two", 300, 2_000, FEW),
        draw_of("three", 300, 0, FEW),
        draw_of("four", 300, 10_000, FEW),
        draw_of("five", 10, 10_000, PerTier { legendary: 8, ..none }),
        draw_of("six", 12, 2_000, PerTier { legendary: 10, common: 1, ..none }),
        draw_of("seven", 11, 2_000, PerTier { legendary: 9, ..none }),
        draw_of("eight", 2, 2_000, PerTier { legendary: 1, ..none }),
        draw_of("nine", 1, 2_000, EGGS),
        draw_of("ten", 60, 2_000, none),
        draw_of("eleven", 1_000, 2_000, EGGS),
    ]
}

fn pieces() -> Vec<Value> {
    [
        (
            Tier::Legendary,
            0,
            "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e",
            vec![0, 1, u32::MAX],
        ),
        (Tier::Ancient, 1, "QmXti2f5NJMVyNDfhZYyxaDJvybGk7V98t245fP7KtRMxK", vec![]),
        (Tier::Common, u32::MAX, "é", vec![7]),
    ]
    .into_iter()
    .map(|(tier, index, image, traits)| {
        let hash = Hex32(piece_hash(tier, index, image, &traits));
        json!({ "tier": tier, "index": index, "image": image, "traits": traits, "hash": hash })
    })
    .collect()
}

/// Which piece a meteor gets.
fn turns() -> Vec<Value> {
    [(0, 0, 1), (0, 2, 3), (2, 1, 3), (7, 9, 5), (u64::MAX, u32::MAX, u32::MAX)]
        .map(|(earlier, place, count)| {
            json!({ "earlier": earlier, "place": place, "count": count, "piece": piece(earlier, place, count) })
        })
        .into()
}

/// Leaves of the tree, first of the range, its leaves, proof, and the root that they lead to.
type Range = (u32, u32, Vec<Bytes32>, Vec<Bytes32>, Option<Bytes32>);

/// Range proofs, and some that are none.
fn ranges() -> Vec<Value> {
    let row = |count: u32, from: u32, to: u32| {
        let leaves: Vec<Bytes32> = (0..count).map(|n| hash(&format!("leaf {n}"))).collect();
        let tree = Tree::new(leaves.clone()).unwrap();
        let proof = tree.range_proof(from, to).unwrap();
        let range = (from..to).map(|at| leaves[usize::try_from(at).unwrap()]).collect();
        (count, from, range, proof, Some(tree.root()))
    };
    let mut rows: Vec<Range> = vec![
        row(1, 0, 1),
        row(2, 0, 1),
        row(2, 0, 2),
        row(5, 4, 5),
        row(7, 2, 5),
        row(8, 0, 8),
        row(13, 3, 11),
        row(13, 8, 13),
        row(100, 37, 61),
    ];
    let (count, from, range, proof, _) = row(13, 3, 6);
    let mut long = proof.clone();
    long.push([0; 32]);
    let short = proof[1..].to_vec();
    rows.push((count, from, range.clone(), long, None));
    rows.push((count, from, range.clone(), short, None));
    rows.push((count, from, vec![], proof.clone(), None));
    rows.push((5, 3, range.clone(), proof.clone(), None));
    rows.push((count, u32::MAX, range, proof, None));
    rows.into_iter()
        .map(|(count, from, leaves, proof, root)| {
            assert_eq!(root_from_range(&leaves, from, count, &proof), root);
            let texts = |hashes: Vec<Bytes32>| hashes.into_iter().map(Hex32).collect::<Vec<_>>();
            json!({
                "count": count, "from": from, "leaves": texts(leaves), "proof": texts(proof), "root": root.map(Hex32),
            })
        })
        .collect()
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

/// Whose beacon an event has; null for what can be neither.
fn beacon_rules() -> Vec<Value> {
    let quicknet = (1_692_803_367, 3, 300);
    [
        (QUICKNET, quicknet),
        (QUICKNET, (1_692_803_367, 3, 600)),
        (QUICKNET, (1_692_803_367, 3, 299)),
        (QUICKNET, (1_692_803_366, 3, 600)),
        (QUICKNET, (1_692_803_367, 30, 600)),
        (PUBLIC_KEY, quicknet),
        (PUBLIC_KEY, (1_800_000_000, 1, 1)),
        (PUBLIC_KEY, (1_800_000_000, 0, 60)),
        (PUBLIC_KEY, (1_800_000_000, 3, 0)),
    ]
    .map(|(public_key, (genesis, period, delay))| {
        let rule = BeaconRule { genesis, period, delay };
        let network = match rule.check(&public_key.parse::<Hex>().unwrap().0) {
            Ok(Network::Quicknet) => Some("quicknet"),
            Ok(Network::Own) => Some("test"),
            Err(_) => None,
        };
        json!({ "beacon": rule, "public_key": public_key, "network": network })
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
