//! The dev chain answers as a real node does: the same requests to both, the answers compared.
//!
//! `tests/fixtures/node-*.json` is what real nodes said. On a real node (`scripts/test-chain`) this test checks that they
//! still say it; `METEOR_RECORD=1` writes the file anew.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
#![allow(clippy::too_many_lines)] // lists of requests

mod blocks;
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
use serde_json::{Map, Value, json};

use crate::site::Site;

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
    said
}

fn fixture(generation: Generation) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/node-{}.json", generation.name()))
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

#[tokio::test(flavor = "multi_thread")]
async fn the_dev_chain_answers_as_a_real_node() {
    let target = Target::from_env();
    // The dev chain models the newer generation.
    let generation = match target {
        Target::Devnet => Generation::Wasmd061,
        Target::Taxed => {
            println!("passed over: the nodes that were recorded take no tax");
            return;
        }
        Target::Real(generation) => generation,
    };
    let file = fixture(generation);
    let record = target != Target::Devnet && std::env::var_os("METEOR_RECORD").is_some();
    if generation == Generation::Terrad && !record && !file.exists() {
        println!("passed over: what a terrad answers was never recorded; METEOR_RECORD=1 does it");
        return;
    }
    // On a real node time passes by itself: the shower must outlast the list. The rest is in events.
    let windows =
        Pace { length: 1_000, mint_window: 3_600, crack_window: 60, reveal_timeout: 3_600, ..target.pace() };
    let stage = Stage::with_pace(1, windows).await;
    stage.open(1).await;
    let said = answers(&stage).await;
    stage.stop().await;
    let said = json!(said);
    if record {
        std::fs::write(&file, serde_json::to_string_pretty(&said).unwrap() + "\n").unwrap();
        return;
    }
    let real: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let mut differences = Vec::new();
    differ("", &real, &said, &mut differences);
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
}
