//! Blocks full of contributions, as nodes of both generations write them (`tests/fixtures/node-*.json`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use cosmwasm_std::Event;
use meteor_chain::hashes;
use serde_json::{Value, json};

use crate::chain;
use crate::contributions::{Contract, launch};

/// What wasmd answers to a contribution, and what it asks and uses of gas.
const DATA: &str = "Ei4KLC9jb3Ntd2FzbS53YXNtLnYxLk1zZ0V4ZWN1dGVDb250cmFjdFJlc3BvbnNl";
const GAS: [i64; 2] = [220_000, 171_229];
const SIGNATURE: &str =
    "kGYvhpSPlCb4xkk0pTJ4dIvWkXkLEiOyVBo4kFdDSTF8q0Y0kWlZ3pNFLYbTHHvuR0yN0mNvCkvZ1xJXmVx8bw==";

/// A node's generation: what it was recorded to answer, and whether it repeats the events in the log.
pub(crate) struct Generation {
    /// Its name.
    pub(crate) name: &'static str,
    recorded: &'static str,
    events_in_log: bool,
}

/// Both generations.
pub(crate) const GENERATIONS: [Generation; 2] = [
    Generation {
        name: "wasmd 0.61",
        recorded: include_str!("../../../tests/fixtures/node-0.61.json"),
        events_in_log: false,
    },
    Generation {
        name: "wasmd 0.46",
        recorded: include_str!("../../../tests/fixtures/node-0.46.json"),
        events_in_log: true,
    },
];

/// A block as JSON: its part in an answer to `blockchain`, and the result of `block_results`.
pub(crate) struct Recorded {
    /// Its meta.
    pub(crate) meta: String,
    /// Its results.
    pub(crate) results: String,
    /// What the next header says of its results.
    hash: String,
}

impl Generation {
    /// A chain of so many blocks, each of so many contributions by so many wallets, after a block with the launch.
    pub(crate) fn chain(&self, blocks: u64, per_block: u64, wallets: u64) -> Vec<Recorded> {
        let recorded: Value = serde_json::from_str(self.recorded).unwrap();
        let events = recorded.pointer("/contribute/events").unwrap().to_string();
        let mut contract = Contract::new(1);
        let mut chain: Vec<Recorded> = Vec::new();
        for height in 1..=blocks + 1 {
            let txs: Vec<String> = if height == 1 {
                let launch = chain::raw(&chain::shower_contract(), &launch(1).into());
                let attributes = launch
                    .attributes
                    .iter()
                    .map(|a| json!({ "key": a.key, "value": a.value, "index": true }));
                let attributes = attributes.collect::<Value>().to_string();
                vec![self.tx(&[event(&launch.kind, &attributes)])]
            } else {
                let one = |_| {
                    let wallet = contract.chance() % wallets;
                    self.contribution(&events, &contract.contribute(1, wallet).into())
                };
                (0..per_block).map(one).collect()
            };
            let next = block(height, chain.last(), &txs);
            chain.push(next);
        }
        chain
    }

    /// A contribution's transaction.
    fn contribution(&self, events: &str, written: &Event) -> String {
        let field =
            |key: &str| written.attributes.iter().find(|field| field.key == key).map(|a| a.value.as_str());
        let events = events
            .replace("ACCOUNT4", field("contributor").unwrap())
            .replace("SHOWER", &chain::shower_contract())
            .replace("SIGNATURE", SIGNATURE)
            .replace("9000000uusd", &format!("{}uusd", field("amount").unwrap()));
        let events: Vec<(String, Vec<String>)> = serde_json::from_str(&events).unwrap();
        let attribute = |kind: &str, pair: &String| {
            let (key, value) = pair.split_once('=').unwrap();
            let value = field(key).filter(|_| kind == "wasm-contribution").unwrap_or(value);
            format!(r#"{{"key":"{key}","value":"{value}","index":true}}"#)
        };
        let written = |(kind, pairs): &(String, Vec<String>)| {
            let attributes: Vec<_> = pairs.iter().map(|pair| attribute(kind, pair)).collect();
            event(kind, &format!("[{}]", attributes.join(",")))
        };
        self.tx(&events.iter().map(written).collect::<Vec<_>>())
    }

    /// A transaction's result, its fields in the node's order.
    fn tx(&self, events: &[String]) -> String {
        // Those of the messages, which begin with the action.
        let of_messages = events.get(7..).unwrap_or_default().join(",");
        let log = format!(r#"[{{"msg_index":0,"events":[{of_messages}]}}]"#);
        let log = json!(if self.events_in_log { &log } else { "" });
        let ([wanted, used], events) = (GAS, events.join(","));
        format!(
            r#"{{"code":0,"data":"{DATA}","log":{log},"info":"","gas_wanted":"{wanted}","gas_used":"{used}","events":[{events}],"codespace":""}}"#
        )
    }
}

fn event(kind: &str, attributes: &str) -> String {
    format!(r#"{{"type":"{kind}","attributes":{attributes}}}"#)
}

/// The block at `height` after `parent`, whose hashes are right.
fn block(height: u64, parent: Option<&Recorded>, txs: &[String]) -> Recorded {
    let meta: Option<Value> = parent.map(|parent| serde_json::from_str(&parent.meta).unwrap());
    let leaf = hashes::result_leaf(0, &BASE64.decode(DATA).unwrap(), GAS);
    let of_results = hashes::root(&vec![leaf; txs.len()]);
    let header = json!({
        "version": { "block": "11" },
        "chain_id": chain::CHAIN,
        "height": height.to_string(),
        "time": format!("1970-01-01T{:02}:{:02}:00.000000000Z", chain::OPENS / 3_600, chain::OPENS / 60 % 60 + 1),
        "last_block_id": { "hash": meta.as_ref().map_or("", |meta| meta["block_id"]["hash"].as_str().unwrap()) },
        "data_hash": hex::encode_upper(hashes::root(&[txs.concat().into_bytes()])),
        "last_results_hash":
            parent.map_or_else(|| hex::encode_upper(hashes::root(&[])), |parent| parent.hash.clone()),
    });
    let hash = hex::encode_upper(hashes::header(header.to_string().as_bytes()).unwrap());
    let meta = json!({ "block_id": { "hash": hash }, "header": header, "num_txs": txs.len().to_string() });
    let results = format!(
        r#"{{"height":"{height}","txs_results":[{}],"finalize_block_events":null,"validator_updates":null,"consensus_param_updates":null}}"#,
        txs.join(",")
    );
    Recorded { meta: meta.to_string(), results, hash: hex::encode_upper(of_results) }
}
