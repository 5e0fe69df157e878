//! What catching up costs: from the bytes of an answer to `block_results` to the state, each stage by itself; then the
//! whole process, over HTTP, from a node in another process.
//!
//! `cargo bench -p meteor-indexer --bench catchup`; with `-- --limited` only a day of blocks from a node that limits
//! requests, which takes five minutes; with `-- --narrow` only full blocks over a narrow link, which takes two.
//!
//! Times are of processors, which a busy machine doesn't distort, those of the stages the median of some rounds. The
//! bare alternative in the same run is `serde_json` passing over the same bytes.
#![allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub
)]

use std::borrow::Cow;
use std::hint::black_box;
use std::process::Command;
use std::time::Instant;

use meteor_chain::blocks::{self, Header, RawBlock, Results};
use meteor_chain::event::{Attribute, RawEvent, TxResult};
use meteor_indexer::Config;
use meteor_indexer::decode::{Watched, decode};
use meteor_indexer::fold::{Block, State, apply};
use serde::de::IgnoredAny;
use tokio::runtime::{Builder, Runtime};

#[path = "../../tests/indexer/chain.rs"]
#[allow(dead_code)]
mod chain;
#[path = "../contributions/mod.rs"]
#[allow(dead_code)]
mod contributions;
mod limit;
mod link;
#[path = "../measure/mod.rs"]
#[allow(dead_code)]
mod measure;
mod node;
mod recorded;

use measure::{median, of_process, peak, timed};
use node::Node;
use recorded::{GENERATIONS, Recorded};

/// Contributions in an answer, whatever the size of its blocks.
const CONTRIBUTIONS: u64 = 1_000;
const ROUNDS: usize = 30;
/// Contributions that the whole process catches up with, and the wallets they are of.
const ALL: u64 = 50_000;
const WALLETS: u64 = 10_000;
/// Blocks of a day, one every six seconds, and the requests a second that a node takes which limits them.
const DAY: u64 = 14_400;
const RATE: u64 = 5;
/// Blocks that come over a narrow link, the transactions of each, and the link's bits a second.
const NARROW: [u64; 3] = [60, 625, 10_000_000];

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// An answer to a batch, the headers of its blocks, and the state before them.
struct Answer {
    body: String,
    headers: Vec<Header>,
    before: State,
}

impl Answer {
    fn of(chain: &[Recorded]) -> Self {
        let (launch, rest) = chain.split_first().unwrap();
        let headers: Vec<Header> = (1..)
            .zip(chain)
            .map(|(height, Recorded { meta, .. })| {
                let body = format!(r#"{{"id":1,"result":{{"block_metas":[{meta}]}}}}"#);
                blocks::headers(body.as_bytes(), height).unwrap().remove(0)
            })
            .collect();
        let body = |first: u64, blocks: &[Recorded]| {
            let one = |(id, block): (u64, &Recorded)| format!(r#"{{"id":{id},"result":{}}}"#, block.results);
            format!("[{}]", (first..).zip(blocks).map(one).collect::<Vec<_>>().join(","))
        };
        let mut before = State::new(chain::CHAIN, &chain::shower_contract());
        let first = Self {
            body: body(1, std::slice::from_ref(launch)),
            headers: headers[..1].to_vec(),
            before: before.clone(),
        };
        let results = first.read().remove(0);
        let block = decoded(&before, &RawBlock { header: headers[0].clone(), results });
        apply(&mut before, &block).unwrap();
        Self { body: body(2, rest), headers: headers[1..].to_vec(), before }
    }

    fn read(&self) -> Vec<Results> {
        let headers: Vec<&Header> = self.headers.iter().collect();
        let keep = |event: &RawEvent<'_>| event.of_a_contract() || event.pays(&self.before.contract);
        blocks::results(self.body.as_bytes(), &headers, keep).unwrap()
    }
}

fn decoded(state: &State, RawBlock { header, results }: &RawBlock) -> Block {
    let events = decode(&mut Watched::of(state), results).unwrap();
    let (height, time_ns, hash, parent) = (header.height, header.time_ns, header.hash, header.parent);
    Block { height, time_ns, hash, parent, events }
}

/// Bytes that a block's results take, without what the allocator adds.
fn held(results: &Results) -> usize {
    let text = |text: &Cow<'_, str>| match text {
        Cow::Borrowed(_) => 0,
        Cow::Owned(text) => text.capacity(),
    };
    let of_event = |event: &RawEvent<'_>| {
        let of_attributes = event.attributes.iter().map(|a| text(&a.key) + text(&a.value));
        let attributes = event.attributes.capacity() * size_of::<Attribute<'_>>();
        text(&event.kind) + attributes + of_attributes.sum::<usize>()
    };
    let of_tx = |tx: &TxResult<'_>| {
        tx.events.capacity() * size_of::<RawEvent<'_>>() + tx.events.iter().map(of_event).sum::<usize>()
    };
    results.txs.capacity() * size_of::<TxResult<'_>>() + results.txs.iter().map(of_tx).sum::<usize>()
}

/// Each stage by itself.
fn stages() {
    println!("processor time a contribution, in microseconds");
    for generation in &GENERATIONS {
        for per_block in [100, CONTRIBUTIONS] {
            let answer = Answer::of(&generation.chain(CONTRIBUTIONS / per_block, per_block, WALLETS));
            let held: usize = answer.read().iter().map(held).sum();
            let mut stages: [Vec<f64>; 5] = Default::default();
            for _ in 0..ROUNDS {
                let bytes = black_box(answer.body.as_bytes());
                let (_, floor) = timed(|| black_box(serde_json::from_slice::<IgnoredAny>(bytes).unwrap()));
                let (read, reading) = timed(|| black_box(answer.read()));
                let headers = answer.headers.iter().cloned();
                let raw = headers.zip(read).map(|(header, results)| RawBlock { header, results });
                let raw: Vec<_> = raw.collect();
                let mut state = answer.before.clone();
                let (blocks, decoding) =
                    timed(|| raw.iter().map(|block| decoded(&state, block)).collect::<Vec<_>>());
                let ((), folding) =
                    timed(|| blocks.iter().for_each(|block| apply(&mut state, block).unwrap()));
                assert_eq!(state.contributions, CONTRIBUTIONS);
                // Catching up frees what it has read, too.
                let ((), freeing) = timed(|| drop((blocks, raw)));
                let all = reading + decoding + folding + freeing;
                for (stage, took) in stages.iter_mut().zip([floor, reading, decoding, folding, all]) {
                    stage.push(took / CONTRIBUTIONS as f64 / 1_000.0);
                }
            }
            let [floor, reading, decoding, folding, all] = stages.map(median);
            println!(
                "{}, {per_block} a block of {} bytes each: passed over by serde_json {floor:.2}; read and hashed \
                 {reading:.2}, decoded {decoding:.2}, folded {folding:.2}, in all {all:.2}; {:.0} bytes held",
                generation.name,
                answer.body.len() as u64 / CONTRIBUTIONS,
                held as f64 / CONTRIBUTIONS as f64,
            );
        }
    }
}

/// The whole process, from a node beside it: HTTP, the stages above, views. Every figure is of a process of its own.
fn whole() {
    for generation in 0..GENERATIONS.len() as u64 {
        for per_block in [1, 100, 1_000] {
            let program = std::env::current_exe().unwrap();
            let arguments = [generation, per_block].map(|number| number.to_string());
            assert!(Command::new(program).arg("--follow").args(arguments).status().unwrap().success());
        }
    }
}

fn config(node: &Node) -> Config {
    let mut config = Config::new(std::slice::from_ref(&node.url), &chain::shower_contract()).unwrap();
    config.listen = "127.0.0.1:0".parse().unwrap();
    config.admin_listen = config.listen;
    config
}

/// A day of blocks from a node that limits requests: how near it comes to what the limit allows.
fn limited() {
    // A block with the launch, and the others with a contribution each.
    let node = Node::start(0, [DAY - 1, 1, WALLETS], RATE, 0);
    let (config, start) = (config(&node), Instant::now());
    runtime().block_on(async {
        let server = meteor_indexer::start(config).await.unwrap();
        server.wait_applied(DAY).await.unwrap();
        let (took, least) = (start.elapsed().as_secs_f64(), (DAY / 10) as f64 / RATE as f64);
        let counts = reqwest::get(format!("{}/limit", node.url)).await.unwrap().text().await.unwrap();
        println!(
            "{DAY} blocks at {RATE} requests a second: {took:.0} s, {:.2} of the {least:.0} s that batches of ten \
             need; {counts}",
            took / least
        );
        assert_eq!(server.view().contributions, DAY - 1);
        server.shutdown().await;
    });
}

/// Full blocks over a narrow link: how near it comes to what the link carries.
fn narrow() {
    let [blocks, per_block, bits] = NARROW;
    for generation in 0..GENERATIONS.len() as u64 {
        let node = Node::start(generation, [blocks, per_block, WALLETS], 0, bits);
        let (config, start) = (config(&node), Instant::now());
        runtime().block_on(async {
            let server = meteor_indexer::start(config).await.unwrap();
            let mut heights = server.applied();
            let (mut last, mut longest) = (start, 0.0f64);
            while *heights.borrow_and_update() <= blocks {
                heights.changed().await.unwrap();
                longest = longest.max(last.elapsed().as_secs_f64());
                last = Instant::now();
            }
            let took = start.elapsed().as_secs_f64();
            let carried = reqwest::get(format!("{}/link", node.url)).await.unwrap().text().await.unwrap();
            let carried: Vec<f64> = carried.split(' ').map(|bytes| bytes.parse().unwrap()).collect();
            let least = carried[1] * 8.0 / bits as f64;
            println!(
                "{}: {blocks} blocks of {per_block} transactions ({:.2} MB each) at {} Mbit/s: {took:.0} s, {:.2} of \
                 the {least:.0} s that the link needs for them; {:.2} of their bytes were sent; at most {longest:.1} s \
                 without a new block",
                GENERATIONS[generation as usize].name,
                carried[1] / blocks as f64 / 1e6,
                bits / 1_000_000,
                took / least,
                carried[0] / carried[1],
            );
            server.shutdown().await;
        });
    }
}

/// Follows such a chain to its tip, and tells what that took.
fn follow(numbers: &[u64]) {
    let &[generation, per_block] = numbers else { panic!("{numbers:?}") };
    // Headers and requests count for more where blocks hold less.
    let all = if per_block == 1 { ALL / 10 } else { ALL };
    let node = Node::start(generation, [all / per_block, per_block, WALLETS], 0, 0);
    let config = config(&node);
    let (cpu, wall) = (of_process(), Instant::now());
    runtime().block_on(async {
        let server = meteor_indexer::start(config).await.unwrap();
        server.wait_applied(all / per_block + 1).await.unwrap();
        let (cpu, wall) = (of_process() - cpu, wall.elapsed().as_secs_f64());
        println!(
            "{}, {per_block} a block, the whole process: {:.2} us of processor a contribution, {:.0} \
             contributions a second, {:.0} MB at most",
            GENERATIONS[generation as usize].name,
            cpu / all as f64 / 1_000.0,
            all as f64 / wall,
            peak() / 1e6,
        );
        server.shutdown().await;
    });
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mode = arguments.next().unwrap_or_default();
    let numbers = || arguments.map(|number| number.parse().unwrap()).collect::<Vec<u64>>();
    match mode.as_str() {
        "--node" => node::run(&numbers()),
        "--follow" => follow(&numbers()),
        "--limited" => limited(),
        "--narrow" => narrow(),
        _ => {
            stages();
            whole();
        }
    }
}
