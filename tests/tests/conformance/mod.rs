//! The dev chain answers as a real node does: the same requests to both, the answers compared.
//!
//! `tests/fixtures/node-*.json` is what real nodes said. On a real node (`scripts/test-chain`) this test
//! checks that they still say it; `METEOR_RECORD=1` records it again.
#![allow(clippy::too_many_lines)] // lists of requests

mod blocks;
mod event;
mod letters;
mod multisig;
mod queries;
mod refusals;
mod said;
mod search;
mod shapes;
mod site;
mod wallet;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use meteor_tests::{Generation, Pace, Stage, Target};
use serde::Serialize;
use serde_json::{Map, Value, json};

use self::site::Site;

/// How far the dev chain's estimate may be from a real node's gas (percent).
const ESTIMATE: u64 = 20;

/// Every answer, by the name of its request.
type Answers = BTreeMap<String, Value>;

async fn answers(stage: &Stage) -> Answers {
    let mut site = Site::new(stage).await;
    let mut said = Answers::new();
    refusals::list(&site, &mut said).await;
    queries::list(&site, &mut said).await;
    blocks::list(&mut site, &mut said).await;
    search::list(&site, &mut said).await;
    shapes::list(&site, &mut said).await;
    multisig::list(&mut site, &mut said).await;
    letters::list(&site, &mut said).await;
    said
}

fn fixture(what: &str, generation: Generation) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/{what}-{}.json", generation.name()))
}

/// Says where two answers differ, as deep as they are alike.
fn differ(place: &str, node: &Value, here: &Value, differences: &mut Vec<String>) {
    match (node, here) {
        (Value::Object(node), Value::Object(here)) => {
            let keys: BTreeSet<&String> = node.keys().chain(here.keys()).collect();
            for key in keys {
                let of = |fields: &Map<String, Value>| fields.get(key).cloned().unwrap_or_default();
                differ(&format!("{place}/{key}"), &of(node), &of(here), differences);
            }
        }
        (Value::Array(node), Value::Array(here)) if node.len() == here.len() => {
            for (index, (node, here)) in node.iter().zip(here).enumerate() {
                differ(&format!("{place}/{index}"), node, here, differences);
            }
        }
        (node, here) if node == here => {}
        _ => differences.push(format!("{place}\n  node: {node}\n  here: {here}")),
    }
}

/// The generation to compare with, and whether to record it again; nothing where there is none.
fn compared(target: Target, file: impl Fn(Generation) -> PathBuf) -> Option<(PathBuf, bool)> {
    let generation = match target {
        // The dev chain models the newer generation.
        Target::Devnet => Generation::Wasmd061,
        Target::Taxed => {
            println!("skipped: the recorded nodes have no tax");
            return None;
        }
        Target::Real(generation) => generation,
    };
    let file = file(generation);
    let record = target != Target::Devnet && std::env::var_os("METEOR_RECORD").is_some();
    if generation == Generation::Terrad && !record && !file.exists() {
        println!("skipped: no answers of terrad are recorded; METEOR_RECORD=1 records them");
        return None;
    }
    Some((file, record))
}

fn write(file: &Path, said: &impl Serialize) {
    std::fs::write(file, serde_json::to_string_pretty(said).unwrap() + "\n").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dev_chain_answers_as_a_real_node() {
    let target = Target::from_env();
    let Some((file, record)) = compared(target, |of| fixture("node", of)) else { return };
    // On a real node time passes by itself: the shower must outlast the list. The rest is in events.
    let windows = Pace {
        length: 1_000,
        mint_window: 3_600,
        crack_window: 7_200,
        key_window: 86_400,
        reveal_timeout: 3_600,
        ..target.pace()
    };
    let stage = Stage::with_pace(1, windows).await;
    stage.open(1).await;
    let said = answers(&stage).await;
    stage.stop().await;
    let said = json!(said);
    if record {
        return write(&file, &said);
    }
    let real: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let mut differences = Vec::new();
    differ("", &real, &said, &mut differences);
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_event_is_as_on_a_real_node_and_its_gas_is_near() {
    let target = Target::from_env();
    let Some((file, record)) = compared(target, |of| fixture("event", of)) else { return };
    let stage = Stage::start(1).await;
    let here = event::of_an_event(&stage).await;
    stage.stop().await;
    if record {
        return write(&file, &here);
    }
    let real: event::Told = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    // A node's own gas moves a little with the lengths of numbers.
    let percent = if target == Target::Devnet { ESTIMATE } else { 3 };
    let mut far = Vec::new();
    for (name, node) in &real.gas {
        let here = here.gas[name];
        println!("{name:<26} node {node:>9}  here {here:>9}  {:>4} %", here * 100 / node);
        if here.abs_diff(*node) * 100 > node * percent {
            far.push(name);
        }
    }
    assert!(far.is_empty(), "more than {percent} % off: {far:?}");
    let mut differences = Vec::new();
    differ("", &json!(real.events), &json!(here.events), &mut differences);
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
}
