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
use meteor_indexer::fold::{Block, State, apply};
use meteor_indexer::view::View;
use meteor_messages::events::ShowerEvent;

#[path = "../tests/indexer/chain.rs"]
#[allow(dead_code, clippy::cast_possible_truncation, unreachable_pub)]
mod chain;
#[allow(unreachable_pub)]
mod contributions;
#[allow(dead_code, unreachable_pub)]
mod measure;

use contributions::{Contract, block, launch};
use measure::{on_cpu, resident};

const PER_BLOCK: usize = 1_000;

/// Blocks with `count` contributions of `wallets` wallets to `showers` showers, the launch in the first.
fn blocks(count: u64, wallets: u64, showers: u32) -> Vec<Block> {
    let mut contract = Contract::new(showers);
    let contributions = (1..=count).map(|seq| {
        let shower = 1 + u32::try_from((seq - 1) * u64::from(showers) / count).unwrap();
        let wallet = if wallets >= count { seq } else { contract.chance() % wallets };
        contract.contribute(shower, wallet).into()
    });
    let events: Vec<ShowerEvent> = [launch(showers).into()].into_iter().chain(contributions).collect();
    (1..).zip(events.chunks(PER_BLOCK)).map(|(height, events)| block(height, events.to_vec())).collect()
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
