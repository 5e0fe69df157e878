//! How large a snapshot of a whole event is, how long it takes from its bytes to a served view, and what memory that
//! takes: 44 showers of 10,000 wallets, a million contributions.
//!
//! `cargo bench -p meteor-indexer --bench snapshot`
#![allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    missing_docs
)]

use std::hint::black_box;
use std::path::PathBuf;
use std::process::Command;

use meteor_indexer::fold::{Block, BlockPart, ChainEvent, Collection, Located, State, apply};
use meteor_indexer::store::{Event, snapshot};
use meteor_indexer::view::View;
use meteor_messages::events::{
    Close, Collection as Made, Contribution, Json, Launch, Mint, Minted, NftEvent, ShowerEvent,
};
use meteor_messages::shower::InstantiateMsg;
use meteor_rules::fairness::Domain;
use meteor_rules::log;
use meteor_rules::ranking::Place;
use meteor_rules::{Rank, ShowerId};

#[path = "../tests/indexer/chain.rs"]
#[allow(dead_code, clippy::cast_possible_truncation, unreachable_pub)]
mod chain;
#[allow(dead_code, unreachable_pub)]
mod measure;

use measure::{resident, timed};

const SHOWERS: u32 = 44;
const WALLETS: u64 = 10_000;
const COUNT: u64 = 1_000_000;
const CONTRACT: &str = "terra1contract";
const PER_BLOCK: usize = 50;
const BATCH: usize = 100;

/// Applies events, some to a block.
struct Folding {
    state: State,
    events: Vec<Located>,
    time: u64,
}

impl Folding {
    fn push(&mut self, event: ChainEvent) {
        let place = BlockPart::Tx(self.events.len());
        self.events.push(Located { place, index: 0, event });
    }

    fn block(&mut self) {
        let height = self.state.at.height + 1;
        let mut hash = [0; 32];
        hash[..8].copy_from_slice(&height.to_be_bytes());
        let (parent, time_ns) = (Some(self.state.at.hash), self.time * 1_000_000_000);
        let events = std::mem::take(&mut self.events);
        apply(&mut self.state, &Block { height, time_ns, hash, parent, events }).unwrap();
        self.time += 6;
    }
}

/// The state after an event. `same`: whether the wallets of all showers are the same.
fn state(same: bool, minted: bool) -> State {
    let mut config = chain::instantiate(SHOWERS);
    config.schedule.interval = 1_000_000;
    config.schedule.first_close = config.schedule.opens_at + config.schedule.interval;
    let mut all =
        Folding { state: State::new(chain::CHAIN, CONTRACT), events: Vec::new(), time: chain::OPENS };
    let launch = Launch { chain_id: chain::CHAIN.into(), config: Json(Box::new(config.clone())) };
    all.push(ChainEvent::Shower(ShowerEvent::Launch(launch)));
    let meteors = Made { kind: "meteors".into(), address: chain::meteors_contract() };
    all.push(ChainEvent::Shower(ShowerEvent::Collection(meteors)));
    all.block();
    let mut chance = 0x9e37_79b9_7f4a_7c15u64;
    let (mut seq, mut earlier) = (0, 0);
    for shower in 1..=SHOWERS {
        let id = Domain { chain_id: chain::CHAIN, contract: CONTRACT, shower: ShowerId(shower) };
        let (mut total, mut contributors, mut hash) = (0, 0, log::start(&id));
        let mut places = vec![Place { amount: 0, seq: 0 }; WALLETS as usize];
        let end = COUNT * u64::from(shower) / u64::from(SHOWERS);
        for n in 0..end - seq {
            chance ^= chance << 13;
            chance ^= chance >> 7;
            chance ^= chance << 17;
            let wallet = if n < WALLETS { n } else { chance % WALLETS };
            let number = if same { wallet } else { u64::from(shower) * WALLETS + wallet };
            let contributor = format!("terra1{number:038}");
            seq += 1;
            let amount = 8_000_000 + u128::from(chance >> 36);
            let place = &mut places[wallet as usize];
            contributors += u32::from(place.seq == 0);
            *place = Place { amount: place.amount + amount, seq };
            total += amount;
            let entry = log::Entry { seq, contributor: &contributor, amount, total: place.amount };
            hash = log::extend(&hash, &entry);
            all.push(ChainEvent::Shower(ShowerEvent::Contribution(Contribution {
                shower,
                contributor,
                amount,
                total: place.amount,
                seq,
                shower_total: total,
                contributors,
            })));
            if all.events.len() >= PER_BLOCK {
                all.block();
            }
        }
        all.block();
        let closes_at = config.schedule.closes_at(shower).unwrap();
        all.time = closes_at + 6;
        let beacon_round = config.fairness.beacon.round(all.time, closes_at).unwrap();
        let close = Close { shower, contributors, total, log: hash, beacon_round };
        all.push(ChainEvent::Shower(ShowerEvent::Close(close)));
        all.block();
        if minted {
            mint(&mut all, &config, shower, earlier);
        }
        earlier += u64::from(contributors);
    }
    assert_eq!(all.state.contributions, COUNT);
    all.state
}

/// Mints the meteors of a shower.
fn mint(all: &mut Folding, config: &InstantiateMsg, shower: u32, earlier: u64) {
    let of = all.state.shower(shower).unwrap();
    let standings: Vec<_> = of.ranked().iter().map(|slot| of.standings[*slot as usize]).collect();
    let mut rank = 0;
    for batch in standings.chunks(BATCH) {
        all.push(ChainEvent::Shower(ShowerEvent::Mint(Mint {
            shower,
            first_rank: rank + 1,
            count: batch.len() as u32,
            tier: config.tiers.tier_of(Rank(rank + 1), standings.len() as u32).unwrap(),
            first_piece: 0,
            first_number: earlier + u64::from(rank) + 1,
            amount: batch.iter().map(|standing| standing.place.amount).sum(),
        })));
        for standing in batch {
            rank += 1;
            let minted = Minted {
                token_id: earlier + u64::from(rank),
                owner: all.state.wallets.get(standing.wallet).unwrap().address.to_string(),
                image: format!("bafkreicda5biahfartos6zu7ybftrjtprz4kvq4fk7xvuc4ksilx{:06}", rank % 1_000),
                traits: vec![1, rank, shower, rank % 7, rank % 11],
            };
            all.push(ChainEvent::Nft(Collection::Meteors, NftEvent::Minted(minted)));
        }
        all.block();
    }
}

/// Reads a snapshot in a process of its own, so that its memory is the snapshot's alone.
fn from(file: &str) {
    let before = resident();
    let bytes = std::fs::read(file).unwrap();
    let of = Event { chain_id: Some(chain::CHAIN), contract: CONTRACT, start_height: 1 };
    let (state, reading) = timed(|| snapshot::read(&bytes, &of).unwrap());
    drop(bytes);
    let with_state = resident();
    let (view, viewing) = timed(|| View::new(&state, "terra", None));
    println!(
        "  ready after {:.0} ms of processor: {:.0} to the state, {:.0} to the view",
        (reading + viewing) / 1e6,
        reading / 1e6,
        viewing / 1e6
    );
    println!(
        "  memory: {:.0} bytes a contribution in the state, {:.0} with a view of it",
        (with_state - before) / COUNT as f64,
        (resident() - before) / COUNT as f64
    );
    black_box((state, view));
}

fn main() {
    let mut args = std::env::args().skip(1);
    if args.next().as_deref() == Some("--from") {
        return from(&args.next().unwrap());
    }
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench.snapshot");
    for (name, same, minted) in [
        ("the same 10,000 wallets in each", true, false),
        ("the same, and their meteors", true, true),
        ("440,000 wallets, and their meteors", false, true),
    ] {
        println!("1M contributions to 44 showers of 10,000 wallets: {name}");
        let state = state(same, minted);
        let (bytes, writing) = timed(|| snapshot::write(&state).unwrap());
        println!("  {} bytes, written in {:.0} ms of processor", bytes.len(), writing / 1e6);
        drop(state);
        std::fs::write(&file, bytes).unwrap();
        let read = Command::new(std::env::current_exe().unwrap()).arg("--from").arg(&file).status();
        assert!(read.unwrap().success());
    }
    std::fs::remove_file(file).unwrap();
}
