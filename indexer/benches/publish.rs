//! What publishing a block costs by the size of the shower it changes: processor time of making a view after the one
//! before, and from nothing.
//!
//! `cargo bench -p meteor-indexer --bench publish`
//!
//! A block brings 100 contributions, each of another wallet, nine in ten of them top-ups. Processor time is what a busy
//! machine doesn't distort. The least of several runs is given too: other programs take the caches away.
#![allow(clippy::as_conversions, clippy::cast_precision_loss, clippy::unwrap_used, missing_docs)]

use std::hint::black_box;

use growing::Growing;
use meteor_indexer::view::View;
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
#[allow(clippy::missing_panics_doc)]
mod growing;

/// Contributions in the block that is measured.
const CHANGES: u64 = 100;
/// Blocks that are measured.
const BLOCKS: u64 = 30;

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
    held(); // before memory that is free again can hide what it takes
    println!("{CHANGES} contributions a block; milliseconds of processor time\n");
    println!("{:>9}  {:>16} {:>16} {:>13}", "wallets", "publish, median", "publish, least", "from nothing");
    for wallets in [1_000u64, 10_000, 100_000, 1_000_000] {
        let mut event = Growing::launched();
        event.come(wallets);
        let (mut view, whole) = timed(|| View::new(&event.state, "terra", None));
        let mut times = Vec::new();
        for _ in 0..BLOCKS {
            event.grow(CHANGES);
            let (next, time) = timed(|| View::new(&event.state, "terra", Some(&view)));
            times.push(time);
            view = next;
        }
        times.sort_unstable_by(f64::total_cmp);
        let (median, least) = (times.get(times.len() / 2), times.first());
        println!("{wallets:>9}  {:>16.3} {:>16.3} {whole:>13.1}", median.unwrap(), least.unwrap());
    }
}

/// What a reader of `contributions.csv` that stalls holds of a block that is gone, if one stalls at each block.
fn held() {
    let mut event = Growing::launched();
    event.come(100_000);
    let mut view = View::new(&event.state, "terra", None);
    let mut readers = Vec::new();
    let mut grown = [0.0; 2];
    for (stalled, grown) in [false, true].into_iter().zip(&mut grown) {
        let before = resident();
        for _ in 0..200 {
            event.grow(CHANGES);
            view = View::new(&event.state, "terra", Some(&view));
            if stalled {
                let mut reader = view.shower(1).unwrap().csv();
                reader.next();
                readers.push(reader);
            }
        }
        *grown = (resident() - before) / 200.0;
    }
    let [without, with] = grown;
    println!(
        "\n100,000 wallets, bytes of memory a block: {without:.0}, and {with:.0} with a stalled reader of each"
    );
    black_box(readers);
}

/// Resident memory in bytes, as Linux tells it.
fn resident() -> f64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<f64>().ok()).unwrap_or(0.0) * 4096.0
}
