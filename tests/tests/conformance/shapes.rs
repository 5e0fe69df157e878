//! Which fields an answer has and what is in them.

use serde_json::json;

use super::Answers;
use super::refusals::contribute;
use super::said::shape;
use super::site::Site;
use super::wallet::{Wallet, any};

pub(crate) async fn list(site: &Site<'_>, said: &mut Answers) {
    let mut wallet = Wallet::open(site.stage, 6).await;
    let message = any(&contribute(site, &wallet.address, 9_000_000));
    let tx = site.run(&mut wallet, vec![message], 300_000).await;
    let height = &tx["height"];
    let hash = hex::decode(tx["hash"].as_str().unwrap()).unwrap();
    let list = [
        ("status", json!({})),
        ("health", json!({})),
        ("abci_info", json!({})),
        ("block", json!({"height": height})),
        ("block_results", json!({"height": height})),
        ("blockchain", json!({"minHeight": height, "maxHeight": height})),
        ("commit", json!({"height": height})),
        ("header", json!({"height": height})),
        ("validators", json!({"height": height})),
        ("consensus_params", json!({"height": height})),
        ("tx", json!({"hash": cosmwasm_std::Binary::from(hash).to_base64(), "prove": false})),
        ("tx_search", json!({"query": format!("tx.height={}", height.as_str().unwrap())})),
        ("block_search", json!({"query": format!("block.height={}", height.as_str().unwrap())})),
        ("num_unconfirmed_txs", json!({})),
        ("unconfirmed_txs", json!({})),
        ("net_info", json!({})),
        ("check_tx", json!({"tx": "bm9uc2Vuc2U="})),
        ("broadcast_tx_sync", json!({"tx": "bm9uc2Vuc2U="})),
        ("broadcast_tx_async", json!({"tx": "bm9uc2Vuc2Uh"})),
        ("broadcast_tx_commit", json!({"tx": "bm9uc2Vuc2U="})),
    ];
    for (method, params) in list {
        let mut answer = site.rpc(method, params).await;
        // The dev chain's genesis has no state; what a chain's parameters are is its own.
        said.insert(format!("fields of {method}"), shape(&answer["result"].take()));
    }
    // A block without a transaction: the first.
    for method in ["block", "block_results", "commit"] {
        let mut answer = site.rpc(method, json!({"height": "1"})).await;
        said.insert(format!("fields of the first {method}"), shape(&answer["result"].take()));
    }
}
