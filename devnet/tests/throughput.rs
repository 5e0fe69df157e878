//! How fast transactions go through. Prints a number and asserts none: run it with
//! `cargo test --release -p meteor-devnet --test devnet throughput -- --ignored --nocapture`.
#![allow(clippy::as_conversions, clippy::cast_precision_loss)]

use crate::common;

use std::sync::Arc;
use std::time::Instant;

use crate::common::{Envelope, start_with};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use meteor_devnet::Config;
use serde_json::json;

const WALLETS: usize = 300;
const EACH: u64 = 10;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "prints a measurement"]
async fn three_thousand_deposits() {
    let client = start_with(Config { accounts: 300, ..common::config() }).await;
    let vault = client.instantiate().await;
    let mut all = Vec::new();
    for wallet in 1..WALLETS {
        let number = client.account(&client.address(wallet)).await.account_number;
        let key = client.key(wallet);
        let txs = (0..EACH).map(|sequence| {
            let msg = client.execute(wallet, &vault, json!({"deposit": {}}), 8_000_000);
            BASE64.encode(common::sign(&key, vec![msg], number, sequence, &Envelope::default()))
        });
        all.push(txs.collect::<Vec<_>>());
    }
    let client = Arc::new(client);
    let started = Instant::now();
    let senders = all.chunks(40).map(<[Vec<String>]>::to_vec).map(|wallets| {
        let client = Arc::clone(&client);
        tokio::spawn(async move {
            for txs in wallets {
                let call = |tx| json!({ "id": 1, "method": "broadcast_tx_sync", "params": { "tx": tx } });
                let answers = client.post(&txs.into_iter().map(call).collect()).await;
                for answer in answers.as_array().unwrap() {
                    assert_eq!(answer["result"]["code"], 0, "{answer}");
                }
            }
        })
    });
    for sender in senders.collect::<Vec<_>>() {
        sender.await.unwrap();
    }
    let broadcast = started.elapsed();
    let height = client.devnet.mine(1).await.unwrap();
    let total = started.elapsed();
    let results = client.rpc("block_results", json!({ "height": height.to_string() })).await;
    let count = results["txs_results"].as_array().unwrap().len();
    let per_second = count as f64 / total.as_secs_f64();
    println!(
        "{count} deposits: broadcast and check {broadcast:?}, block {:?}, together {per_second:.0} tx/s",
        total.checked_sub(broadcast).unwrap()
    );
}
