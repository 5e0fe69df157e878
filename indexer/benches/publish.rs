//! What publishing a block costs by the size of the shower it changes: processor time of making a view after the one
//! before, and from nothing.
//!
//! `cargo bench -p meteor-indexer --bench publish`
//!
//! A block brings 100 contributions, each of another wallet, nine in ten of them top-ups. Processor time is what a busy
//! machine doesn't distort. The least of several runs is given too: other programs take the caches away.
#![allow(clippy::as_conversions, clippy::cast_precision_loss, clippy::unwrap_used, missing_docs)]

use std::collections::HashMap;
use std::hint::black_box;

use meteor_indexer::fold::{Block, BlockPart, ChainEvent, Located, State, apply};
use meteor_indexer::view::View;
use meteor_messages::events::{Contribution, Json, Launch, ShowerEvent};
use rustix::time::{ClockId, clock_gettime};

#[path = "../tests/indexer/chain.rs"]
#[allow(
    dead_code,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    unreachable_pub
)]
mod chain;

/// Contributions in the block that is measured.
const CHANGES: u64 = 100;
/// Blocks that are measured.
const BLOCKS: u64 = 30;

/// An event that grows.
struct Growing {
    state: State,
    totals: HashMap<u64, u128>,
    seq: u64,
    total: u128,
    chance: u64,
}

impl Growing {
    fn launched() -> Self {
        let config = chain::instantiate(44);
        let launch =
            ShowerEvent::Launch(Launch { chain_id: chain::CHAIN.into(), config: Json(Box::new(config)) });
        let state = State::new(chain::CHAIN, &chain::shower_contract());
        let mut event =
            Self { state, totals: HashMap::new(), seq: 0, total: 0, chance: 0x9e37_79b9_7f4a_7c15 };
        event.block(vec![launch]);
        event
    }

    fn chance(&mut self) -> u64 {
        self.chance ^= self.chance << 13;
        self.chance ^= self.chance >> 7;
        self.chance ^= self.chance << 17;
        self.chance
    }

    fn contribution(&mut self, wallet: u64) -> ShowerEvent {
        let amount = 8_000_000 + u128::from(self.chance() >> 40);
        let total = self.totals.entry(wallet).or_default();
        *total += amount;
        self.seq += 1;
        self.total += amount;
        ShowerEvent::Contribution(Contribution {
            shower: 1,
            contributor: format!("terra1{wallet:038}"),
            amount,
            total: *total,
            seq: self.seq,
            shower_total: self.total,
            contributors: u32::try_from(self.totals.len()).unwrap(),
        })
    }

    fn block(&mut self, events: Vec<ShowerEvent>) {
        let hash = |height: u64| std::array::from_fn(|at| height.to_be_bytes().get(at).copied().unwrap_or(0));
        let at = self.state.at.height;
        let events = events.into_iter().enumerate().map(|(tx, event)| Located {
            place: BlockPart::Tx(tx),
            index: 0,
            event: ChainEvent::Shower(event),
        });
        let block = Block {
            height: at + 1,
            time_ns: (chain::OPENS + 1) * 1_000_000_000,
            hash: hash(at + 1),
            parent: Some(hash(at)),
            events: events.collect(),
        };
        apply(&mut self.state, &block).unwrap();
    }
}

/// Nanoseconds this thread has been on a processor.
fn on_cpu() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

/// Milliseconds of processor time.
fn timed<T>(what: impl FnOnce() -> T) -> (T, f64) {
    let start = on_cpu();
    let done = black_box(what());
    (done, (on_cpu() - start) / 1e6)
}

fn main() {
    println!("{CHANGES} contributions a block; milliseconds of processor time\n");
    println!("{:>9}  {:>16} {:>16} {:>13}", "wallets", "publish, median", "publish, least", "from nothing");
    for wallets in [1_000u64, 10_000, 100_000, 1_000_000] {
        let mut event = Growing::launched();
        let first: Vec<_> = (0..wallets).map(|wallet| event.contribution(wallet)).collect();
        event.block(first);
        let (mut view, whole) = timed(|| View::new(&event.state, "terra", None));
        let mut times = Vec::new();
        for _ in 0..BLOCKS {
            let changes = (0..CHANGES).map(|n| {
                let newest = u64::try_from(event.totals.len()).unwrap();
                let wallet = if n % 10 == 0 { newest } else { event.chance() % newest };
                event.contribution(wallet)
            });
            let changes = changes.collect();
            event.block(changes);
            let (next, time) = timed(|| View::new(&event.state, "terra", Some(&view)));
            times.push(time);
            view = next;
        }
        times.sort_unstable_by(f64::total_cmp);
        let (median, least) = (times.get(times.len() / 2), times.first());
        println!("{wallets:>9}  {:>16.3} {:>16.3} {whole:>13.1}", median.unwrap(), least.unwrap());
    }
}
