//! Makes whole events out of nothing but a number: contributions, draws, reveals, the evidence of all.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use meteor_rules::catalogue::{Catalogue, Committed, Piece};
use meteor_rules::fairness::content::Tables;
use meteor_rules::fairness::evidence::{Beacon, CommittedPieces, Contribution, Fairness, Reveal, Shower};
use meteor_rules::fairness::hex::{Hex, Hex32};
use meteor_rules::fairness::key::{commitment, shower_key};
use meteor_rules::fairness::sealed::{Inputs, Sealed};
use meteor_rules::fairness::verify::{Checks, Evidence, Report, verify};
use meteor_rules::fairness::{Bytes32, Stream};
use meteor_rules::log::{Entry, extend, start};
use meteor_rules::ranking::Place;
use meteor_rules::tier::{PerTier, Tier, TierRule};
use sha2::{Digest, Sha256};

pub(crate) const CHAIN_ID: &str = "localterra";
pub(crate) const CONTRACT: &str = "terra14hj2tavq8fpesdwxxcu44rty3hh90vhujrvcmstl4zr3txmfvw9ssrc8au";
pub(crate) const TABLES: &str = include_str!("tables.json");
const GENESIS: u64 = 1_800_000_000;

/// The key of the example's beacon: its secret is SHA-256 of `meteor-shower example beacon`.
pub(crate) const PUBLIC_KEY: &str = "90f0e6d4997ee1fe28e2977b850141d432fae899f7f5df62d4b2173a0f2391e61ec453172d0e7e4aaf2258208cb2c8ff1058ae5faab7b89909162d45458c5cf7ccb4925184535a67552c488fb0f137685238ed07353bb4b7b889a40b953a52c6";

/// That beacon's signatures of the rounds that decide the example, made and verified by `verify_fairness.py`.
pub(crate) const SIGNATURES: [(u64, &str); 5] = [
    (221, "b8f0389ae46f967fe1babd2e79802e398182dc3c75ca6242738abb888dcac10288db0bff989cec87ff89fb7a1e178d79"),
    (341, "ad61c205f9e0eed30d03514c80bdd83480c53cfad9a03997dee3bc2ce7a5c1638ae7234e07695c5fc30266a53e1fb071"),
    (461, "a74c435b751494681dcd7d0f4bdb3a43994856cea6d62d055c751e66d8df1a802ba78bed0921dafa6fa4f7572a79e2c0"),
    (581, "a86b11a70c282cb9e77825551efb97749fc15e8d342fbc3ba35cf4a5b71161b8bc8f966fa67fc5516ffb8a2f85a0008d"),
    (701, "91ae1605d97485096e5dfaeb9647b109bbd1dabcccf3c7ce32be40feb82518693031a195ce3523e69ca6af9e7bf95925"),
];

pub(crate) fn hash(text: &str) -> Bytes32 {
    Sha256::digest(text).into()
}

pub(crate) fn master() -> Bytes32 {
    hash("meteor-shower example master key")
}

pub(crate) fn tables() -> Tables {
    serde_json::from_str(TABLES).unwrap()
}

/// Pieces of each tier: few, so that the lists start again.
const PIECES: PerTier<u32> = PerTier { legendary: 8, ancient: 3, rare: 5, common: 9 };

/// The pieces of a tier.
fn pieces(tier: Tier) -> Vec<Piece> {
    let piece = |index| {
        let digest = hash(&format!("picture {index} of {tier}"));
        let traits = digest[..2].iter().map(|number| u32::from(*number)).collect();
        Piece { image: cid(&digest), traits }
    };
    (0..*PIECES.get(tier)).map(piece).collect()
}

/// The CID of raw bytes with this SHA-256.
fn cid(digest: &Bytes32) -> String {
    let bytes = [&[1, 0x55, 0x12, 32][..], digest].concat();
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1)).collect();
    let digit = |bits: &[u8]| {
        let number = (0..5).fold(0, |number, at| number << 1 | bits.get(at).copied().unwrap_or(0));
        char::from(b"abcdefghijklmnopqrstuvwxyz234567"[usize::from(number)])
    };
    std::iter::once('b').chain(bits.chunks(5).map(digit)).collect()
}

/// `catalogue.csv` of the example.
pub(crate) fn catalogue_csv() -> String {
    let mut text = String::from("tier,index,image,distance,weight\n");
    for tier in Tier::ALL {
        for (index, Piece { image, traits }) in pieces(tier).iter().enumerate() {
            writeln!(text, "{tier},{index},{image},{},{}", traits[0], traits[1]).unwrap();
        }
    }
    text
}

fn committed() -> PerTier<CommittedPieces> {
    let catalogue = Catalogue::new(PerTier::from_fn(pieces));
    PerTier::from_fn(|tier| {
        let Committed { count, root } = catalogue.committed(tier).unwrap();
        CommittedPieces { count, root: Hex32(root) }
    })
}

/// How far a shower came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    Published,
    Drawn,
    Cancelled,
    Open,
}

/// An event with everything that there is to show of it.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) fairness: Fairness,
    pub(crate) contributions: BTreeMap<u32, Vec<Contribution>>,
    pub(crate) reveals: BTreeMap<u32, Vec<Reveal>>,
    pub(crate) tables: Vec<u8>,
    pub(crate) catalogue: String,
    pub(crate) sealed: BTreeMap<u32, Sealed>,
}

impl Event {
    /// An event whose showers have so many wallets and came so far.
    pub(crate) fn new(showers: &[(u32, Life)]) -> Self {
        let mut event = Self {
            fairness: Fairness {
                version: 1,
                chain_id: CHAIN_ID.into(),
                contract: CONTRACT.into(),
                tiers: TierRule { legendary: 10, ancient_bp: 900, rare_bp: 2250 },
                eggs: PerTier { legendary: 10, ancient: 2, rare: 3, common: 5 },
                tilt_bp: 2_000,
                beacon: Beacon {
                    genesis: GENESIS,
                    period: 3,
                    delay: 60,
                    public_key: PUBLIC_KEY.parse().unwrap(),
                },
                holdback_bp: 500,
                key_window: 7_200,
                tables: Hex32(Sha256::digest(TABLES).into()),
                catalogue: committed(),
                showers: Vec::new(),
            },
            contributions: BTreeMap::new(),
            reveals: BTreeMap::new(),
            tables: TABLES.into(),
            catalogue: catalogue_csv(),
            sealed: BTreeMap::new(),
        };
        let (mut seq, mut earlier) = (0, 0);
        for (number, (wallets, life)) in (1u32..).zip(showers) {
            event.shower(number, *wallets, *life, &mut seq, earlier);
            earlier += u64::from(*wallets);
        }
        event.fairness.validate().unwrap();
        event
    }

    fn shower(&mut self, shower: u32, wallets: u32, life: Life, seq: &mut u64, earlier: u64) {
        let contributions = contributions(shower, wallets, seq);
        let id = self.fairness.id(shower);
        let mut log = start(&id);
        let mut places = BTreeMap::new();
        for Contribution { seq, contributor, amount, total } in &contributions {
            log = extend(&log, &Entry { seq: *seq, contributor, amount: *amount, total: *total });
            places.insert(contributor, Place { amount: *total, seq: *seq });
        }
        let mut places: Vec<Place> = places.into_values().collect();
        places.sort_unstable();
        let amounts: Vec<u128> = places.iter().map(|place| place.amount).collect();

        let key = shower_key(&master(), &id);
        let closes_at = GENESIS + 598 + 360 * (u64::from(shower) - 1);
        let closed = matches!(life, Life::Published | Life::Drawn);
        let drawn = closed && wallets > 0;
        let closed_at = closed.then_some(closes_at + 2);
        let beacon_round = closed_at.and_then(|now| self.fairness.beacon.rule().round(now, closes_at));
        let beacon_signature = beacon_round.filter(|_| drawn).map(signature);
        let sealed = beacon_signature.as_ref().map(|signature| {
            let inputs = Inputs {
                id,
                key: &key,
                beacon_signature: &signature.0,
                log: &log,
                contributors: wallets,
                earlier,
                tiers: &self.fairness.tiers,
                eggs: &self.fairness.eggs,
                tilt_bp: self.fairness.tilt_bp,
                tables: &tables(),
            };
            Sealed::make(&inputs).unwrap()
        });
        let reveals = sealed.iter().flat_map(|sealed| {
            (0..sealed.leaves()).filter(|index| index % 3 == 1).map(|index| {
                let (content, salt) = sealed.content(index).unwrap();
                let content = content.clone();
                let token_id = earlier + 1 + u64::from(index);
                let (kind, image, traits) = (content.kind, content.image, content.traits);
                let proof = sealed.reveal(index).unwrap().proof.into_iter().map(Hex32).collect();
                Reveal { token_id, index, kind, image, traits, salt: Hex32(salt), proof }
            })
        });
        let reveals = reveals.collect();
        let facts = Shower {
            shower,
            closes_at,
            closed_at,
            commitment: Hex32(commitment(&id, &key)),
            beacon_round,
            beacon_signature,
            log: Hex32(log),
            contributors: wallets,
            total: amounts.iter().sum(),
            earlier,
            root: sealed.as_ref().map(|sealed| Hex32(sealed.root())),
            leaves: sealed.as_ref().map(Sealed::leaves),
            key: (life == Life::Published).then_some(Hex32(key)),
            key_in_time: life == Life::Published,
            cancelled: life == Life::Cancelled,
            paused: shower == 5,
        };
        self.fairness.showers.push(facts);
        self.contributions.insert(shower, contributions);
        self.reveals.insert(shower, reveals);
        self.sealed.extend(sealed.map(|sealed| (shower, sealed)));
    }

    /// Verifies one shower as it is now; genuine beacon signatures are the constants above.
    pub(crate) fn verify(&self, shower: u32) -> Report {
        verify(&self.evidence(shower), &CHECKS)
    }

    pub(crate) fn evidence(&self, shower: u32) -> Evidence<'_> {
        Evidence {
            event: &self.fairness,
            shower: self.fairness.shower(shower).unwrap(),
            contributions: &self.contributions[&shower],
            tables: &self.tables,
            reveals: &self.reveals[&shower],
        }
    }
}

pub(crate) const CHECKS: Checks<'static> = Checks {
    beacon: Some(&|round, given| {
        if Hex(given.to_vec()) == signature(round) { Ok(()) } else { Err("it does not verify".into()) }
    }),
    tables: &|bytes| serde_json::from_slice(bytes).map_err(|error| error.to_string()),
};

fn signature(round: u64) -> Hex {
    SIGNATURES.iter().find(|(of, _)| *of == round).map_or(Hex(vec![]), |(_, text)| text.parse().unwrap())
}

/// Every wallet once, in any order, and top-ups in between; amounts such that there are ties.
fn contributions(shower: u32, wallets: u32, seq: &mut u64) -> Vec<Contribution> {
    let mut stream = Stream::new(&hash("meteor-shower example contributions"), "example", shower);
    let mut totals: BTreeMap<u32, u128> = BTreeMap::new();
    let mut waiting: BTreeSet<u32> = (0..wallets).collect();
    let mut rows = Vec::new();
    while !waiting.is_empty() {
        let wallet = u32::try_from(stream.below(wallets.into()).unwrap()).unwrap();
        let wallet = if stream.below(3) == Some(0) { wallet } else { *waiting.first().unwrap() };
        waiting.remove(&wallet);
        let amount = 8_000_000 + stream.below(40).unwrap() * 500_000;
        let total = totals.entry(wallet).or_default();
        *total += amount;
        *seq += 1;
        let contributor = format!("terra1{}", &Hex32(hash(&format!("wallet {wallet}"))).to_string()[..38]);
        rows.push(Contribution { seq: *seq, contributor, amount, total: *total });
    }
    rows
}
