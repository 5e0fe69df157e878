//! How fast contributions are folded, how fast a view of them is made, and what memory they take.
//!
//! `cargo bench -p meteor-indexer --bench fold`
#![allow(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    missing_docs
)]

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use meteor_indexer::fold::{Block, BlockPart, ChainEvent, Located, State, apply};
use meteor_indexer::view::View;
use meteor_messages::events::{Contribution, Json, Launch, ShowerEvent};
use meteor_rules::ranking::Place;

#[path = "../tests/indexer/chain.rs"]
#[allow(dead_code, clippy::cast_possible_truncation, unreachable_pub)]
mod chain;
#[allow(dead_code, unreachable_pub)]
mod measure;

use measure::{on_cpu, resident};

const PER_BLOCK: usize = 1_000;

/// Blocks with `count` contributions of `wallets` wallets to `showers` showers, the launch in the first.
fn blocks(count: u64, wallets: u64, showers: u32) -> Vec<Block> {
    let mut events = vec![ChainEvent::Shower(ShowerEvent::Launch(Launch {
        chain_id: chain::CHAIN.into(),
        config: Json(Box::new(chain::instantiate(showers))),
    }))];
    let mut places = std::collections::HashMap::<(u32, u64), Place>::new();
    let mut totals = vec![(0u128, 0u32); showers as usize];
    let mut chance = 0x9e37_79b9_7f4a_7c15u64;
    for seq in 1..=count {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        let shower = 1 + u32::try_from((seq - 1) * u64::from(showers) / count).unwrap();
        let wallet = if wallets >= count { seq } else { chance % wallets };
        let amount = 8_000_000 + u128::from(chance >> 40);
        let (total, contributors) = &mut totals[shower as usize - 1];
        let place = places.entry((shower, wallet)).or_insert_with(|| {
            *contributors += 1;
            Place { amount: 0, seq }
        });
        place.amount += amount;
        *total += amount;
        events.push(ChainEvent::Shower(ShowerEvent::Contribution(Contribution {
            shower,
            contributor: format!("terra1{wallet:038}"),
            amount,
            total: place.amount,
            seq,
            shower_total: *total,
            contributors: *contributors,
        })));
    }
    let mut at = 0u64;
    let hash = |height: u64| {
        let mut hash = [0; 32];
        hash[..8].copy_from_slice(&height.to_be_bytes());
        hash
    };
    events
        .chunks(PER_BLOCK)
        .map(|events| {
            at += 1;
            let events = events
                .iter()
                .enumerate()
                .map(|(tx, event)| Located { place: BlockPart::Tx(tx), index: 0, event: event.clone() })
                .collect();
            let time_ns = (chain::OPENS + 1) * 1_000_000_000;
            Block { height: at, time_ns, hash: hash(at), parent: Some(hash(at - 1)), events }
        })
        .collect()
}

fn fold(blocks: &[Block]) -> State {
    let mut state = State::new("bench", "terra1contract");
    for block in blocks {
        apply(&mut state, block).unwrap();
    }
    state
}

fn folding(c: &mut Criterion) {
    let mut group = c.benchmark_group("fold");
    group.sample_size(10).measurement_time(Duration::from_secs(5));
    for (name, count, wallets, showers) in [
        ("2021: 200k contributions, 6,340 wallets, 44 showers", 200_000, 6_340, 44),
        ("one shower of 100,000 wallets", 200_000, 100_000, 1),
        ("every contribution a new wallet", 200_000, u64::MAX, 1),
    ] {
        let blocks = blocks(count, wallets, showers);
        group.throughput(Throughput::Elements(count));
        group.bench_function(name, |b| {
            b.iter_batched(|| (), |()| fold(black_box(&blocks)), BatchSize::PerIteration);
        });
    }
    group.finish();
}

fn viewing(c: &mut Criterion) {
    let mut group = c.benchmark_group("view after one changed shower");
    group.sample_size(10).measurement_time(Duration::from_secs(5));
    for wallets in [1_000, 100_000] {
        let blocks = blocks(wallets * 2, wallets, 1);
        let (last, before) = blocks.split_last().unwrap();
        let mut state = fold(before);
        let previous = View::new(&state, "terra", None);
        apply(&mut state, last).unwrap();
        group.bench_function(format!("{wallets} wallets"), |b| {
            b.iter(|| View::new(black_box(&state), "terra", Some(&previous)));
        });
    }
    group.finish();
}

/// The worst case for memory: a million wallets with one contribution each; and its speed once, from nothing.
fn million(_: &mut Criterion) {
    let count = 1_000_000u64;
    let blocks = blocks(count, u64::MAX, 1);
    let (before, start) = (resident(), on_cpu());
    let state = fold(&blocks);
    let took = on_cpu() - start;
    let after = resident();
    let view = View::new(&state, "terra", None);
    println!(
        "1M wallets, one contribution each: {:.0} bytes each in the state, {:.0} with a view of it; {:.0} ns of processor each",
        (after - before) / count as f64,
        (resident() - before) / count as f64,
        took / count as f64,
    );
    drop(black_box((state, view)));
    for (name, wallets, showers) in
        [("6,340 wallets, 44 showers", 6_340, 44), ("100,000 wallets, one shower", 100_000, 1)]
    {
        let blocks = self::blocks(count, wallets, showers);
        let start = on_cpu();
        black_box(fold(&blocks));
        println!("1M contributions of {name}: {:.0} ns of processor each", (on_cpu() - start) / count as f64);
    }
}

criterion_group!(benches, million, folding, viewing);
criterion_main!(benches);
