//! The dev chain answers as a real node does: the same requests to both, the answers compared.
//!
//! `tests/fixtures/node-*.json` is what real nodes said. On a real node (`scripts/test-chain`) this test checks that they
//! still say it; `METEOR_RECORD=1` writes the file anew.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use meteor_messages::shower::ExecuteMsg;
use meteor_operator::gas::{GasPrice, coins};
use meteor_operator::jobs;
use meteor_operator::signer::{COIN_TYPE, Signer};
use meteor_operator::tx::{self, Place};
use meteor_tests::{Generation, Stage, Target};
use serde_json::{Value, json};

/// An account of the mnemonic that no chain funds.
const NOBODY: u32 = 15;

/// Where the dev chain says it in other words than the node (codes are the same): the node puts Go's wrapping and the
/// gas used around what a simulation failed of, and names Go's decoder and the store's operation.
const OTHER_WORDS: [&str; 6] = [
    "malformed transaction",
    "simulate: contract refuses",
    "simulate: insufficient funds",
    "simulate: unknown contract",
    "simulate: wrong sequence",
    "too little gas for the signature",
];

/// Every answer, by the name of its request.
type Answers = BTreeMap<&'static str, Value>;

async fn call(stage: &Stage, method: &str, params: Value) -> Value {
    let request = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    let client = reqwest::Client::new();
    client.post(&stage.chain.rpc).json(&request).send().await.unwrap().json().await.unwrap()
}

/// Code, codespace and words of a refusal.
async fn broadcast(stage: &Stage, bytes: &[u8]) -> Value {
    let data = cosmwasm_std::Binary::from(bytes).to_base64();
    let answer = call(stage, "broadcast_tx_sync", json!({"tx": data})).await;
    let result = &answer["result"];
    json!([result["code"], result["codespace"], words(result["log"].as_str().unwrap_or_default())])
}

/// Words without what is of one run: numbers, addresses, and the places in Go's sources.
fn words(log: &str) -> String {
    let mut said = String::new();
    let mut inside = 0_u32;
    for letter in log.chars() {
        match letter {
            '[' => inside += 1,
            ']' => inside = inside.saturating_sub(1),
            _ if inside > 0 => {}
            '0'..='9' if said.ends_with('N') => {}
            '0'..='9' => said.push('N'),
            other => said.push(other),
        }
    }
    said.split(' ')
        .map(|word| if word.contains("terraN") { "ADDRESS" } else { word })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Types of a transaction's events and the keys of their attributes, in order.
async fn events(stage: &Stage, hash: &str) -> Value {
    let answer = call(stage, "tx_search", json!({"query": format!("tx.hash='{hash}'"), "page": "1"})).await;
    let events = answer["result"]["txs"][0]["tx_result"]["events"].as_array().unwrap();
    let shape = |event: &Value| {
        let keys: Vec<&Value> =
            event["attributes"].as_array().unwrap().iter().map(|attribute| &attribute["key"]).collect();
        json!([event["type"], keys])
    };
    events.iter().map(shape).collect()
}

async fn answers(stage: &Stage) -> Answers {
    let signer = |index| Signer::from_mnemonic(&stage.chain.mnemonic, COIN_TYPE, index, "terra").unwrap();
    let me = signer(4);
    let nobody = signer(NOBODY).address().to_owned();
    let nobody = nobody.as_str();
    let state = stage.node.account(me.address()).await.unwrap();
    let (chain_id, _) = stage.node.status().await.unwrap();
    let place = Place { chain_id, number: state.number, sequence: state.sequence };
    let price = stage.chain.gas_price.clone();
    let contribute = |contract: &str, amount| {
        let message = ExecuteMsg::Contribute { shower: 1 };
        vec![tx::execute(me.address(), contract, &message, &coins(amount, "uusd")).unwrap()]
    };
    let shower = stage.deployment.shower.as_str();
    let good = || contribute(shower, 9_000_000);
    let sign = |place: &Place, messages, gas, price: &GasPrice| {
        tx::sign(&me, place, messages, gas, price, 0).unwrap()
    };
    let mut said = Answers::new();

    let ahead = Place { sequence: place.sequence + 1, ..place.clone() };
    said.insert("wrong sequence", broadcast(stage, &sign(&ahead, good(), 300_000, &price)).await);
    let elsewhere = Place { chain_id: "elsewhere".into(), ..place.clone() };
    said.insert("wrong chain id", broadcast(stage, &sign(&elsewhere, good(), 300_000, &price)).await);
    let free = GasPrice { denom: "uluna".into(), millionths: 1 };
    said.insert("insufficient fee", broadcast(stage, &sign(&place, good(), 300_000, &free)).await);
    said.insert(
        "too little gas for the signature",
        broadcast(stage, &sign(&place, good(), 1_000, &price)).await,
    );
    said.insert("fee that nobody can pay", {
        let dear = GasPrice { denom: "uluna".into(), millionths: 100_000_000_000_000 };
        broadcast(stage, &sign(&place, good(), 300_000, &dear)).await
    });
    let late = tx::sign(&me, &place, good(), 300_000, &price, 1).unwrap();
    said.insert("timeout height passed", broadcast(stage, &late).await);
    said.insert("malformed transaction", broadcast(stage, b"nonsense").await);
    said.insert("empty transaction", broadcast(stage, b"").await);

    for (name, messages) in [
        ("simulate: unknown contract", contribute(nobody, 9_000_000)),
        ("simulate: contract refuses", contribute(shower, 1)),
        ("simulate: insufficient funds", contribute(shower, u128::MAX)),
    ] {
        let refused = stage.node.simulate(tx::unsigned(&me, place.sequence, messages)).await.unwrap_err();
        said.insert(name, json!(words(&refused.to_string())));
    }
    let refused = stage.node.simulate(tx::unsigned(&me, place.sequence + 5, good())).await.unwrap_err();
    said.insert("simulate: wrong sequence", json!(words(&refused.to_string())));
    said.insert("no such account", json!(words(&stage.node.account(nobody).await.unwrap_err().to_string())));
    let query = json!({"config": {}});
    let missing = stage.node.smart::<Value>(nobody, &query).await.unwrap_err();
    said.insert("no such contract", json!(words(&missing.to_string())));
    assert!(!jobs::exists(&stage.node, nobody).await.unwrap());
    // Another contract is not nothing.
    jobs::exists(&stage.node, &stage.deployment.meteors).await.unwrap_err();
    let unknown = stage.node.smart::<Value>(shower, &json!({"shower": {"shower": 99}})).await.unwrap_err();
    said.insert("contract refuses a query", json!(words(&unknown.to_string())));
    let absent = call(stage, "tx", json!({"hash": cosmwasm_std::Binary::from([7; 32]).to_base64()})).await;
    said.insert("no such transaction", json!([absent["error"]["code"], absent["error"]["message"]]));
    let future = call(stage, "block_results", json!({"height": "99999999"})).await;
    said.insert("a height to come", json!([future["error"]["code"], future["error"]["message"]]));

    let sent = stage.contribute(4, 1, 9_000_000).await.unwrap();
    said.insert("contribute: events", events(stage, &sent.hash).await);
    let mut account = stage.account(4).await;
    let hash = account.submit(contribute(shower, 1), 60_000).await.unwrap();
    let failed = account.wait(&hash).await.unwrap();
    said.insert("out of gas: code", json!(failed.code));
    said.insert("out of gas: events", events(stage, &hash).await);
    let pause = tx::execute(me.address(), shower, &ExecuteMsg::Pause {}, &[]).unwrap();
    let hash = account.submit(vec![pause], 300_000).await.unwrap();
    let failed = account.wait(&hash).await.unwrap();
    said.insert("contract refuses in a block", json!([failed.code, words(&failed.log)]));
    said
}

fn fixture(generation: Generation) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/node-{}.json", generation.name()))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dev_chain_answers_as_a_real_node() {
    let target = Target::from_env();
    let stage = Stage::start(1).await;
    stage.open(1).await;
    let said = answers(&stage).await;
    stage.stop().await;
    // The dev chain models the newer generation.
    let file = fixture(match target {
        Target::Devnet | Target::Taxed => Generation::Wasmd061,
        Target::Real(generation) => generation,
    });
    let said = json!(said);
    if target != Target::Devnet && std::env::var_os("METEOR_RECORD").is_some() {
        std::fs::write(&file, serde_json::to_string_pretty(&said).unwrap() + "\n").unwrap();
        return;
    }
    if target == Target::Real(Generation::Terrad) && !file.exists() {
        println!("passed over: what a terrad answers was never recorded; METEOR_RECORD=1 does it");
        return;
    }
    let real: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let mut differences = Vec::new();
    for (name, expected) in real.as_object().unwrap() {
        if target == Target::Devnet && OTHER_WORDS.contains(&name.as_str()) {
            // Codes and codespaces are compared all the same, where the answer has them.
            let code = |answer: &Value| json!([answer[0], answer[1]]);
            assert_ne!(
                said[name], *expected,
                "{name}: the words are the node's by now, take it off the list"
            );
            if code(&said[name]) == code(expected) {
                continue;
            }
        }
        if said[name] != *expected {
            differences.push(format!("{name}\n  node: {expected}\n  here: {}", said[name]));
        }
    }
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
    assert_eq!(said.as_object().unwrap().len(), real.as_object().unwrap().len(), "the same list on both");
}
