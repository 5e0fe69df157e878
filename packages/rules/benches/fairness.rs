//! What a draw costs: 100,000 meteors sealed, one proof, and a whole event of 44 showers verified.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, missing_docs)] // criterion's macros; a benchmark may panic
#![allow(dead_code, unreachable_pub)] // the tests' events are used in part

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use meteor_rules::ShowerId;
use meteor_rules::fairness::Domain;
use meteor_rules::fairness::draw::draw;
use meteor_rules::fairness::sealed::{Inputs, Sealed};
use meteor_rules::fairness::tree::Tree;
use meteor_rules::fairness::verify::{Checks, verify};
use meteor_rules::tier::{PerTier, TierRule};

#[path = "../tests/fairness/event.rs"]
mod event;

const MANY: u32 = 100_000;

fn sealing(criterion: &mut Criterion) {
    let tables = event::tables();
    let inputs = Inputs {
        id: Domain { chain_id: event::CHAIN_ID, contract: event::CONTRACT, shower: ShowerId(1) },
        key: &[7; 32],
        beacon_signature: &[1; 48],
        log: &[2; 32],
        contributors: MANY,
        earlier: 0,
        tiers: &TierRule { legendary: 10, ancient_bp: 900, rare_bp: 2250 },
        eggs: &PerTier { legendary: 10, ancient: 30, rare: 61, common: 101 },
        tilt_bp: 2_000,
        tables: &tables,
    };
    let mut group = criterion.benchmark_group("fairness");
    group.throughput(Throughput::Elements(MANY.into())).sample_size(10);
    group.bench_function("draw, contents and tree of 100,000", |b| {
        b.iter(|| Sealed::make(black_box(&inputs)).unwrap().root());
    });
    group.bench_function("draw of 100,000", |b| {
        b.iter(|| draw(&[3; 32], inputs.tiers, inputs.eggs, inputs.tilt_bp, black_box(MANY)));
    });
    let leaves: Vec<[u8; 32]> = (0..MANY).map(|n| event::hash(&n.to_string())).collect();
    group.bench_function("tree of 100,000", |b| {
        b.iter(|| Tree::new(black_box(leaves.clone())).unwrap().root());
    });
    group.throughput(Throughput::Elements(1)).sample_size(100);
    let sealed = Sealed::make(&inputs).unwrap();
    let mut index = 0;
    group.bench_function("one reveal of 100,000 with its proof", |b| {
        b.iter(|| {
            index = (index + 7_919) % MANY;
            sealed.reveal(black_box(index)).unwrap()
        });
    });
    group.finish();
}

fn verifying(criterion: &mut Criterion) {
    let event = event::Event::new(&[(1000, event::Life::Published); 44]);
    let genuine = Checks { beacon: Some(&|_, _| Ok(())), ..event::CHECKS };
    let mut group = criterion.benchmark_group("fairness");
    group.throughput(Throughput::Elements(44_000)).sample_size(10);
    group.bench_function("verify 44 showers of 1,000", |b| {
        b.iter(|| {
            for shower in 1..=44 {
                let report = verify(&event.evidence(shower), &genuine);
                assert!(report.is_complete(), "{report:?}");
            }
        });
    });
    group.finish();
}

criterion_group!(benches, sealing, verifying);
criterion_main!(benches);
