//! What catching up costs: from the bytes of an answer to `block_results` to the state, each stage by itself.
//!
//! `cargo bench -p meteor-indexer --bench catchup`
//!
//! The blocks are full of contributions with all their events as recorded nodes of both generations write them
//! (`tests/fixtures/node-*.json`). Every figure is processor time of this thread, the median of some rounds: what a
//! busy machine doesn't distort. The bare alternative in the same run is `serde_json` passing over the same bytes.
#![allow(clippy::as_conversions, clippy::cast_precision_loss, clippy::unwrap_used, missing_docs)]

use std::borrow::Cow;
use std::fmt::Write as _;
use std::hint::black_box;

use meteor_chain::blocks::{self, Header, RawBlock, Results};
use meteor_chain::event::{Attribute, RawEvent, TxResult};
use meteor_indexer::decode::{Watched, decode};
use meteor_indexer::fold::{Block, BlockPart, ChainEvent, Located, State, apply};
use meteor_messages::events::{Contribution, Json, Launch, ShowerEvent};
use serde::de::IgnoredAny;
use serde_json::{Value, json};

#[path = "../tests/indexer/chain.rs"]
#[allow(dead_code, clippy::cast_possible_truncation, clippy::indexing_slicing, unreachable_pub)]
mod chain;
#[allow(dead_code, unreachable_pub)]
mod measure;

use measure::{median, timed};

/// Contributions in an answer, whatever the size of its blocks.
const CONTRIBUTIONS: u64 = 1_000;
const ROUNDS: usize = 30;

/// A node's generation: what it was recorded to answer, and whether it repeats the events in the log.
struct Node {
    name: &'static str,
    recorded: &'static str,
    events_in_log: bool,
}

const NODES: [Node; 2] = [
    Node {
        name: "wasmd 0.61",
        recorded: include_str!("../../tests/fixtures/node-0.61.json"),
        events_in_log: false,
    },
    Node {
        name: "wasmd 0.46",
        recorded: include_str!("../../tests/fixtures/node-0.46.json"),
        events_in_log: true,
    },
];

/// An answer to a batch, the headers of its blocks, and the state before them.
struct Answer {
    body: String,
    headers: Vec<Header>,
    before: State,
}

impl Node {
    /// An answer of so many contributions, each a transaction of its own, `per_block` to a block.
    fn answer(&self, per_block: u64) -> Answer {
        let recorded: Value = serde_json::from_str(self.recorded).unwrap();
        let events = recorded.pointer("/contribute/events").unwrap().to_string();
        let contract = chain::shower_contract();
        let (mut total, mut body, mut headers) = (0, String::from("["), Vec::new());
        for height in 2..2 + CONTRIBUTIONS / per_block {
            let results: Vec<String> = (0..per_block)
                .map(|tx| {
                    let seq = (height - 2) * per_block + tx + 1;
                    let amount = 8_000_000 + u128::from(seq * 7_919 % 100_000);
                    total += amount;
                    let contribution = Contribution {
                        shower: 1,
                        contributor: format!("terra1{seq:038}"),
                        amount,
                        total: amount,
                        seq,
                        shower_total: total,
                        contributors: u32::try_from(seq).unwrap(),
                    };
                    self.tx(&events, &contract, &contribution)
                })
                .collect();
            let comma = if height == 2 { "" } else { "," };
            let results = results.join(",");
            write!(
                body,
                r#"{comma}{{"jsonrpc":"2.0","id":{height},"result":{{"height":"{height}","txs_results":[{results}],"finalize_block_events":null,"validator_updates":null,"consensus_param_updates":null}}}}"#
            )
            .unwrap();
            headers.push(header(height, per_block));
        }
        body.push(']');
        Answer { body, headers, before: launched(&contract) }
    }

    /// A transaction's result as the node writes it, its fields in the node's order.
    fn tx(&self, events: &str, contract: &str, contribution: &Contribution) -> String {
        let written: cosmwasm_std::Event = contribution.clone().into();
        let signature =
            "kGYvhpSPlCb4xkk0pTJ4dIvWkXkLEiOyVBo4kFdDSTF8q0Y0kWlZ3pNFLYbTHHvuR0yN0mNvCkvZ1xJXmVx8bw==";
        let events = events
            .replace("ACCOUNT4", &contribution.contributor)
            .replace("SHOWER", contract)
            .replace("SIGNATURE", signature)
            .replace("9000000uusd", &format!("{}uusd", contribution.amount));
        let events: Vec<(String, Vec<String>)> = serde_json::from_str(&events).unwrap();
        let attribute = |kind: &str, pair: &String| {
            let (key, value) = pair.split_once('=').unwrap();
            let field =
                written.attributes.iter().find(|field| kind == "wasm-contribution" && field.key == key);
            let value = field.map_or(value, |field| &field.value);
            format!(r#"{{"key":"{key}","value":"{value}","index":true}}"#)
        };
        let events: Vec<String> = events
            .iter()
            .map(|(kind, pairs)| {
                let attributes: Vec<_> = pairs.iter().map(|pair| attribute(kind, pair)).collect();
                format!(r#"{{"type":"{kind}","attributes":[{}]}}"#, attributes.join(","))
            })
            .collect();
        // Those of the messages, which begin with the action.
        let of_messages = events.get(7..).unwrap_or_default().join(",");
        let log = if self.events_in_log {
            json!(format!(r#"[{{"msg_index":0,"events":[{of_messages}]}}]"#)).to_string()
        } else {
            r#""""#.to_owned()
        };
        let events = events.join(",");
        format!(
            r#"{{"code":0,"data":"Ei4KLC9jb3Ntd2FzbS53YXNtLnYxLk1zZ0V4ZWN1dGVDb250cmFjdFJlc3BvbnNl","log":{log},"info":"","gas_wanted":"220000","gas_used":"171229","events":[{events}],"codespace":""}}"#
        )
    }
}

fn hash(height: u64) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.iter_mut().zip(height.to_be_bytes()).for_each(|(to, byte)| *to = byte);
    hash
}

fn header(height: u64, txs: u64) -> Header {
    Header {
        height,
        time_ns: (chain::OPENS + 1) * 1_000_000_000,
        hash: hash(height),
        computed: hash(height),
        last_results: None,
        parent: Some(hash(height - 1)),
        txs,
        chain_id: chain::CHAIN.into(),
    }
}

fn launched(contract: &str) -> State {
    let launch = Launch { chain_id: chain::CHAIN.into(), config: Json(Box::new(chain::instantiate(1))) };
    let event = ChainEvent::Shower(ShowerEvent::Launch(launch));
    let events = vec![Located { place: BlockPart::Tx(0), index: 0, event }];
    let mut state = State::new(chain::CHAIN, contract);
    let time_ns = chain::OPENS * 1_000_000_000;
    apply(&mut state, &Block { height: 1, time_ns, hash: hash(1), parent: Some(hash(0)), events }).unwrap();
    state
}

fn read(answer: &Answer) -> Vec<Results> {
    let headers: Vec<&Header> = answer.headers.iter().collect();
    let shower = &answer.before.contract;
    blocks::results(answer.body.as_bytes(), &headers, |event| event.of_a_contract() || event.pays(shower))
        .unwrap()
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
        text(&event.kind)
            + event.attributes.capacity() * size_of::<Attribute<'_>>()
            + of_attributes.sum::<usize>()
    };
    let of_tx = |tx: &TxResult<'_>| {
        tx.events.capacity() * size_of::<RawEvent<'_>>() + tx.events.iter().map(of_event).sum::<usize>()
    };
    results.txs.capacity() * size_of::<TxResult<'_>>() + results.txs.iter().map(of_tx).sum::<usize>()
}

fn main() {
    println!("processor time a contribution, in microseconds");
    for node in &NODES {
        for per_block in [100, 1_000] {
            let answer = node.answer(per_block);
            let held: usize = read(&answer).iter().map(held).sum();
            let mut stages: [Vec<f64>; 5] = Default::default();
            for _ in 0..ROUNDS {
                let bytes = black_box(answer.body.as_bytes());
                let (_, floor) = timed(|| black_box(serde_json::from_slice::<IgnoredAny>(bytes).unwrap()));
                let (read, reading) = timed(|| black_box(read(&answer)));
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
                "{}, {per_block} a block of {} bytes each: skipped by serde_json {floor:.2}; read and hashed \
                 {reading:.2}, decoded {decoding:.2}, folded {folding:.2}, in all {all:.2}; {held:.0} bytes held",
                node.name,
                answer.body.len() as u64 / CONTRIBUTIONS,
                held = held as f64 / CONTRIBUTIONS as f64,
            );
        }
    }
}
