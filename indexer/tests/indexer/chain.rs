//! A chain to test with: a plain model of the contract that emits the events the contract would.

use std::collections::BTreeMap;
use std::sync::Mutex;

use bech32::{Bech32, Hrp};
use cosmwasm_std::{Event, HexBinary, Uint128};
use meteor_chain::blocks::{Header, RawBlock, Results};
use meteor_chain::event::{Attribute, RawEvent, TxResult};
use meteor_chain::{hashes, with_causes};
use meteor_indexer::decode::{Watched, decode};
use meteor_indexer::fold::{Block, State, apply};
use meteor_messages::events::{
    Burn, Close, Collection, Contribution, Crack, Draw, Json, Key, Launch, Mint, Minted, Nest, Reclaim,
    Revealed, Transfer,
};
use meteor_messages::hatchery::HatcheryInit;
use meteor_messages::nft::CollectionInit;
use meteor_messages::shower::{Fairness, InstantiateMsg, Payee};
use meteor_rules::fairness::Domain;
use meteor_rules::fairness::beacon::BeaconRule;
use meteor_rules::fairness::content::{Kind, Recipe, Source, Tables};
use meteor_rules::fairness::key::{commitment, shower_key};
use meteor_rules::fairness::sealed::{Inputs, Sealed};
use meteor_rules::log::{self, LogHash};
use meteor_rules::metadata::{Column, Template, Values};
use meteor_rules::ranking::Place;
use meteor_rules::schedule::Schedule;
use meteor_rules::tier::{PerTier, Tier, TierRule};
use meteor_rules::{Rank, ShowerId, TokenId};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// What every transaction wants and uses.
pub const GAS: [i64; 2] = [200_000, 150_000];

/// Every header made by a test, as a node writes it, by its hash.
pub static HEADERS: Mutex<BTreeMap<[u8; 32], Value>> = Mutex::new(BTreeMap::new());

pub const CHAIN: &str = "testerra";
pub const OPENS: u64 = 1_000;
pub const LENGTH: u64 = 100;
pub const IMAGE: &str = "bafkreicda5biahfartos6zu7ybftrjtprz4kvq4fk7xvuc4ksilx2h63b4";

pub fn address(number: u8) -> String {
    bech32::encode::<Bech32>(Hrp::parse("terra").unwrap(), &[number; 20]).unwrap()
}

pub fn shower_contract() -> String {
    bech32::encode::<Bech32>(Hrp::parse("terra").unwrap(), &[200; 32]).unwrap()
}

pub fn meteors_contract() -> String {
    bech32::encode::<Bech32>(Hrp::parse("terra").unwrap(), &[201; 32]).unwrap()
}

pub fn hatchery_contract() -> String {
    bech32::encode::<Bech32>(Hrp::parse("terra").unwrap(), &[202; 32]).unwrap()
}

pub fn eggs_contract() -> String {
    bech32::encode::<Bech32>(Hrp::parse("terra").unwrap(), &[203; 32]).unwrap()
}

pub fn dust_contract() -> String {
    bech32::encode::<Bech32>(Hrp::parse("terra").unwrap(), &[204; 32]).unwrap()
}

pub const TIMEOUT: u64 = 600;
const BEACON: &[u8] = &[5; 48];

/// The operator's side of the tests: the indexer has no such thing.
fn key(shower: u32) -> [u8; 32] {
    shower_key(&[7; 32], &id(&shower_contract(), shower))
}

fn id(contract: &str, shower: u32) -> Domain<'_> {
    Domain { chain_id: CHAIN, contract, shower: ShowerId(shower) }
}

fn tables() -> Tables {
    let images = PerTier::from_fn(|_| vec![IMAGE.to_owned()]);
    let common = vec![Source::Tier, Source::Rank];
    let egg = Recipe {
        images: images.clone(),
        sources: [common.clone(), vec![Source::Weights(vec![1, 2, 3])]].concat(),
    };
    Tables { egg, dust: Recipe { images, sources: common } }
}

/// The tables file.
pub fn tables_file() -> Vec<u8> {
    serde_json::to_vec_pretty(&tables()).unwrap()
}

fn nest(name: &str, symbol: &str, columns: Vec<Column>) -> CollectionInit {
    CollectionInit {
        code_id: 2,
        name: name.into(),
        symbol: symbol.into(),
        template: Template { name: format!("{{rarity}} {name} #{{id}}"), description: name.into(), columns },
        royalties: None,
    }
}

pub fn instantiate(count: u32) -> InstantiateMsg {
    let titles = Tier::ALL.map(|tier| tier.title().to_owned()).to_vec();
    let number = || Values::Number { suffix: String::new() };
    let rarity = || Column { trait_type: "rarity".into(), values: Values::Text(titles.clone()) };
    let rank = || Column { trait_type: "rank".into(), values: number() };
    let moons = ["Io", "Titan", "Luna"].map(str::to_owned).to_vec();
    let moon = Column { trait_type: "moon".into(), values: Values::Text(moons) };
    let contract = shower_contract();
    let commitments = (1..=count).map(|n| HexBinary::from(commitment(&id(&contract, n), &key(n))));
    InstantiateMsg {
        owner: address(100),
        operator: address(101),
        guardian: address(102),
        admin: None,
        denom: "uusd".into(),
        schedule: Schedule { opens_at: OPENS, first_close: OPENS + LENGTH, interval: LENGTH, count },
        minimum: Uint128::new(10),
        mint_window: 1_000,
        tiers: TierRule { legendary: 2, ancient_bp: 900, rare_bp: 2250 },
        eggs: PerTier { legendary: 2, ancient: 1, rare: 1, common: 2 },
        tilt_bp: 2_000,
        payees: vec![Payee { address: address(103), share_bp: 10_000 }],
        holdback_bp: 500,
        catalogue: PerTier::from_fn(|_| meteor_messages::shower::CatalogueTier {
            count: 1,
            root: [0; 32].into(),
        }),
        meteors: CollectionInit {
            code_id: 2,
            name: "Meteors".into(),
            symbol: "MTR".into(),
            template: Template {
                name: "{rarity} Meteor #{id}".into(),
                description: "A meteor".into(),
                columns: vec![rarity(), rank(), Column { trait_type: "shower".into(), values: number() }],
            },
            royalties: None,
        },
        fairness: Fairness {
            commitments: commitments.collect(),
            beacon: BeaconRule { genesis: 500, period: 3, delay: 60 },
            beacon_key: HexBinary::from(&[9; 96]),
            tables: HexBinary::from(<[u8; 32]>::from(Sha256::digest(tables_file()))),
            crack_window: 10,
            key_window: 20,
        },
        hatchery: HatcheryInit {
            code_id: 3,
            reveal_timeout: TIMEOUT,
            eggs: nest("Egg", "EGG", vec![rarity(), rank(), moon]),
            dust: nest("Dust", "DST", vec![rarity(), rank()]),
        },
    }
}

#[derive(Clone, Default)]
pub struct Model {
    pub amounts: BTreeMap<String, Place>,
    pub total: u128,
    pub log: LogHash,
    pub minted: u32,
}

impl Model {
    /// Addresses, best rank first.
    pub fn ranking(&self) -> Vec<(String, Place)> {
        let mut ranking: Vec<_> = self.amounts.iter().map(|(who, place)| (who.clone(), *place)).collect();
        ranking.sort_by_key(|(_, place)| *place);
        ranking
    }
}

/// The chain so far, and the transactions of the block to come.
#[derive(Clone)]
pub struct Chain {
    pub blocks: Vec<RawBlock>,
    pub showers: Vec<Model>,
    pub seq: u64,
    pub config: InstantiateMsg,
    txs: Vec<TxResult<'static>>,
    at: u64,
}

impl Chain {
    /// A chain with the launch in block 2.
    pub fn launched(showers: u32) -> Self {
        Self::launched_as(instantiate(showers))
    }

    /// With a launch of one's own.
    pub fn launched_as(config: InstantiateMsg) -> Self {
        let showers = config.schedule.count;
        let model = |n| Model { log: log::start(&id(&shower_contract(), n)), ..Model::default() };
        let mut chain = Self {
            blocks: Vec::new(),
            showers: (1..=showers).map(model).collect(),
            seq: 0,
            config,
            txs: Vec::new(),
            at: OPENS - 10,
        };
        chain.commit();
        let launch = Launch { chain_id: CHAIN.into(), config: Json(Box::new(chain.config.clone())) };
        let collection = |kind: &str, address| Collection { kind: kind.into(), address }.into();
        let nest = |kind: &str, address| Nest { kind: kind.into(), address }.into();
        // As on a chain: the events of what a contract makes come before its own.
        chain.tx(&[
            (shower_contract(), launch.into()),
            (shower_contract(), collection("meteors", meteors_contract())),
            (hatchery_contract(), nest("eggs", eggs_contract())),
            (hatchery_contract(), nest("dust", dust_contract())),
            (shower_contract(), collection("hatchery", hatchery_contract())),
        ]);
        chain.commit();
        chain
    }

    pub fn height(&self) -> u64 {
        self.blocks.len() as u64
    }

    /// Chain time of the blocks to come (seconds).
    pub fn time(&mut self, at: u64) {
        self.at = at;
    }

    pub fn tx(&mut self, events: &[(String, Event)]) {
        let events = events.iter().map(|(contract, event)| raw(contract, event)).collect();
        self.txs.push(TxResult { code: 0, events });
    }

    pub fn contribution(&mut self, shower: u32, who: &str, amount: u128) -> Contribution {
        self.seq += 1;
        let seq = self.seq;
        let model = &mut self.showers[shower as usize - 1];
        let place = model.amounts.entry(who.to_owned()).or_insert(Place { amount: 0, seq });
        *place = Place { amount: place.amount + amount, seq };
        let total = place.amount;
        model.total += amount;
        model.log = log::extend(&model.log, &log::Entry { seq, contributor: who, amount, total });
        Contribution {
            shower,
            contributor: who.to_owned(),
            amount,
            total,
            seq,
            shower_total: model.total,
            contributors: model.amounts.len() as u32,
        }
    }

    pub fn contribute(&mut self, shower: u32, who: &str, amount: u128) {
        let event = self.contribution(shower, who, amount);
        self.tx(&[(shower_contract(), event.into())]);
    }

    pub fn close_event(&self, shower: u32) -> Close {
        let model = &self.showers[shower as usize - 1];
        let closes_at = self.config.schedule.closes_at(shower).unwrap();
        Close {
            shower,
            contributors: model.amounts.len() as u32,
            total: model.total,
            log: model.log,
            beacon_round: self.config.fairness.beacon.round(self.at, closes_at).unwrap(),
        }
    }

    pub fn close(&mut self, shower: u32) {
        self.tx(&[(shower_contract(), self.close_event(shower).into())]);
    }

    /// Mints to the next `count` ranks, as one transaction.
    pub fn mint(&mut self, shower: u32, count: u32) {
        let earlier: usize = self.showers[..shower as usize - 1].iter().map(|m| m.amounts.len()).sum();
        let model = &mut self.showers[shower as usize - 1];
        let first = model.minted + 1;
        let ranking = model.ranking();
        let batch = &ranking[first as usize - 1..(first + count - 1) as usize];
        let mint = Mint {
            shower,
            first_rank: first,
            count,
            tier: self.config.tiers.tier_of(Rank(first), ranking.len() as u32).unwrap(),
            first_piece: 0,
            first_number: earlier as u64 + u64::from(first),
            amount: batch.iter().map(|(_, place)| place.amount).sum(),
        };
        let mut events = vec![(shower_contract(), Event::from(mint))];
        for (rank, (owner, _)) in (first..).zip(batch) {
            let tier = self.config.tiers.tier_of(Rank(rank), ranking.len() as u32).unwrap();
            let minted = Minted {
                token_id: earlier as u64 + u64::from(rank),
                owner: owner.clone(),
                image: IMAGE.into(),
                traits: vec![tier.index(), rank, shower],
            };
            events.push((meteors_contract(), minted.into()));
        }
        model.minted += count;
        self.tx(&events);
    }

    fn earlier(&self, shower: u32) -> u64 {
        self.showers[..shower as usize - 1].iter().map(|model| model.amounts.len() as u64).sum()
    }

    /// What the operator's draw gives the meteors of a shower.
    pub fn sealed(&self, shower: u32) -> Sealed {
        let model = &self.showers[shower as usize - 1];
        let contract = shower_contract();
        let inputs = Inputs {
            id: id(&contract, shower),
            key: &key(shower),
            beacon_signature: BEACON,
            log: &model.log,
            contributors: model.amounts.len() as u32,
            earlier: self.earlier(shower),
            tiers: &self.config.tiers,
            eggs: &self.config.eggs,
            tilt_bp: self.config.tilt_bp,
            tables: &tables(),
        };
        Sealed::make(&inputs).unwrap()
    }

    pub fn draw_event(&self, shower: u32) -> Draw {
        let sealed = self.sealed(shower);
        Draw { shower, root: sealed.root().into(), leaves: sealed.leaves(), beacon: BEACON.into() }
    }

    pub fn draw(&mut self, shower: u32) {
        self.tx(&[(shower_contract(), self.draw_event(shower).into())]);
    }

    pub fn key_event(shower: u32) -> Key {
        Key { shower, key: key(shower).into(), in_time: true }
    }

    pub fn crack_events(&self, token_id: u64, holder: &str) -> Vec<(String, Event)> {
        let (from, to) = (holder.to_owned(), hatchery_contract());
        let crack = Crack { token_id, holder: holder.into(), reclaim_at: self.at + TIMEOUT };
        vec![
            (meteors_contract(), Transfer { token_id, from, to }.into()),
            (hatchery_contract(), crack.into()),
        ]
    }

    pub fn crack(&mut self, token_id: u64, holder: &str) {
        self.tx(&self.crack_events(token_id, holder));
    }

    pub fn reclaim_events(token_id: u64, holder: &str) -> Vec<(String, Event)> {
        let (from, to) = (hatchery_contract(), holder.to_owned());
        vec![
            (hatchery_contract(), Reclaim { token_id, holder: holder.into() }.into()),
            (meteors_contract(), Transfer { token_id, from, to }.into()),
        ]
    }

    /// The events of one reveal: reveal, burn, mint.
    pub fn reveal_events(&self, shower: u32, token_id: u64, holder: &str) -> Vec<(String, Event)> {
        let sealed = self.sealed(shower);
        let index = sealed.index_of(TokenId(token_id)).unwrap();
        let (content, salt) = sealed.content(index).unwrap();
        let (image, traits, kind) = (content.image.clone(), content.traits.clone(), content.kind);
        let revealed = Revealed {
            token_id,
            shower,
            index,
            holder: holder.into(),
            kind,
            image: image.clone(),
            traits: traits.clone(),
            salt: salt.into(),
            proof: sealed.reveal(index).unwrap().proof.into_iter().map(HexBinary::from).collect(),
        };
        let of = if kind == Kind::Egg { eggs_contract() } else { dust_contract() };
        vec![
            (hatchery_contract(), revealed.into()),
            (meteors_contract(), Burn { token_id, owner: hatchery_contract() }.into()),
            (of, Minted { token_id, owner: holder.into(), image, traits }.into()),
        ]
    }

    pub fn reveal(&mut self, shower: u32, token_id: u64, holder: &str) {
        self.tx(&self.reveal_events(shower, token_id, holder));
    }

    /// The transactions so far, taken out of the block to come.
    pub fn take(&mut self) -> Vec<TxResult<'static>> {
        std::mem::take(&mut self.txs)
    }

    /// Puts transactions into the block to come.
    pub fn put(&mut self, txs: Vec<TxResult<'static>>) {
        self.txs.extend(txs);
    }

    /// Makes a block of the transactions so far.
    pub fn commit(&mut self) {
        let height = self.height() + 1;
        let txs = std::mem::take(&mut self.txs);
        let time_ns = self.at * 1_000_000_000;
        self.at += 1;
        let parent = self.blocks.last().map(|block| block.header.hash);
        let last_results = self.blocks.last().map_or(hashes::root(&[]), |block| block.results.hash);
        let data: Vec<_> = txs.iter().map(|tx| format!("{tx:?}").into_bytes()).collect();
        let data_hash = hashes::root(&data);
        let seconds = time_ns / 1_000_000_000;
        let clock = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let json = json!({
            "version": { "block": "11" },
            "chain_id": CHAIN,
            "height": height.to_string(),
            "time": format!("1970-01-01T{:02}:{:02}:{:02}.000000000Z", clock.0, clock.1, clock.2),
            "last_block_id": { "hash": parent.map(hex::encode_upper).unwrap_or_default() },
            "data_hash": hex::encode_upper(data_hash),
            "last_results_hash": hex::encode_upper(last_results),
        });
        let hash = hashes::header(json.to_string().as_bytes()).unwrap();
        HEADERS.lock().unwrap().insert(hash, json);
        let (chain_id, last_results, count) = (CHAIN.to_owned(), Some(last_results), txs.len() as u64);
        let header =
            Header { height, time_ns, hash, computed: hash, last_results, parent, txs: count, chain_id };
        let leaves: Vec<_> = txs.iter().map(|tx| hashes::result_leaf(tx.code, &[], GAS)).collect();
        let results = Results { hash: hashes::root(&leaves), txs, ..Results::default() };
        self.blocks.push(RawBlock { header, results });
    }

    /// The state after all blocks.
    pub fn state(&self) -> State {
        let mut state = State::new(CHAIN, &shower_contract());
        for block in &self.blocks {
            step(&mut state, block).unwrap();
        }
        state
    }
}

/// The bank's event of a payment to the shower contract.
pub fn payment(sender: &str, amount: &str) -> RawEvent<'static> {
    let attribute = |key: &'static str, value: &str| Attribute::new(key, value.to_owned());
    RawEvent {
        kind: "transfer".into(),
        attributes: vec![
            attribute("recipient", &shower_contract()),
            attribute("sender", sender),
            attribute("amount", amount),
            attribute("msg_index", "0"),
        ],
    }
}

pub fn raw(contract: &str, event: &Event) -> RawEvent<'static> {
    let mut attributes = vec![Attribute::new("_contract_address", contract.to_owned())];
    attributes.extend(event.attributes.iter().map(|a| Attribute::new(a.key.clone(), a.value.clone())));
    attributes.push(Attribute::new("msg_index", "0"));
    RawEvent { kind: format!("wasm-{}", event.ty).into(), attributes }
}

/// Decodes and applies one block; the error's text if it can't be.
pub fn step(state: &mut State, block: &RawBlock) -> Result<(), String> {
    let events = decode(&mut Watched::of(state), &block.results).map_err(|error| with_causes(&error))?;
    let Header { height, time_ns, hash, parent, .. } = block.header.clone();
    apply(state, &Block { height, time_ns, hash, parent, events }).map_err(|error| with_causes(&error))
}
