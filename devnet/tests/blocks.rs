//! Blocks as a follower of the chain reads them: windows, links, results, searches, pruning.

use crate::common;

use crate::common::{START, start, start_with};
use meteor_devnet::Config;
use serde_json::{Value, json};

fn heights(window: &Value) -> Vec<String> {
    let metas = window["block_metas"].as_array().unwrap();
    metas.iter().map(|meta| meta["header"]["height"].as_str().unwrap().to_string()).collect()
}

#[tokio::test]
async fn windows_descend_and_clamp_without_a_word() {
    let client = start().await;
    client.devnet.mine(29).await.unwrap();
    let window = async |min: &str, max: &str| {
        client.rpc("blockchain", json!({ "minHeight": min, "maxHeight": max })).await
    };
    let all = window("1", "30").await;
    assert_eq!(all["last_height"], "30");
    let found = heights(&all);
    assert_eq!((found.len(), found[0].as_str(), found[19].as_str()), (20, "30", "11"));
    assert_eq!(heights(&window("5", "7").await), ["7", "6", "5"]);
    assert_eq!(heights(&window("29", "99").await), ["30", "29"]);
    assert_eq!(heights(&window("0", "0").await).len(), 20);
    let error = client.rpc_error("blockchain", json!({ "minHeight": "9", "maxHeight": "8" })).await;
    assert_eq!(error, "min height 9 can't be greater than max height 8");
    let error = client.rpc_error("blockchain", json!({ "minHeight": "-1", "maxHeight": "8" })).await;
    assert_eq!(error, "heights must be non-negative");
}

#[tokio::test]
async fn headers_link_and_time_grows() {
    let client = start().await;
    client.devnet.mine(4).await.unwrap();
    let window = client.rpc("blockchain", json!({})).await;
    let metas = window["block_metas"].as_array().unwrap();
    for pair in metas.windows(2) {
        assert_eq!(pair[0]["header"]["last_block_id"], pair[1]["block_id"]);
        assert_eq!(pair[0]["num_txs"], "0");
        assert!(pair[0]["header"]["time"].as_str() > pair[1]["header"]["time"].as_str());
    }
    let first = client.rpc("block", json!({ "height": "1" })).await;
    assert_eq!(
        first["block"]["header"]["last_block_id"],
        json!({"hash": "", "parts": {"total": 0, "hash": ""}})
    );
    assert_eq!(first["block"]["header"]["time"], "2021-11-08T06:00:00Z");
    assert_eq!(first["block"]["last_commit"]["block_id"]["hash"], "");
    let fifth = client.rpc("block", json!({ "height": "5" })).await;
    assert_eq!(fifth["block"]["header"]["time"], "2021-11-08T06:00:24Z");
    assert_eq!(client.devnet.tip().await.unwrap().time.seconds(), START + 24);
    let hash = fifth["block_id"]["hash"].as_str().unwrap();
    let header = client.rpc("header_by_hash", json!({ "hash": hash })).await;
    assert_eq!(header["header"], fifth["block"]["header"]);
    let commit = client.rpc("commit", json!({ "height": "4" })).await;
    assert_eq!(commit["canonical"], true);
    assert_eq!(commit["signed_header"]["commit"], fifth["block"]["last_commit"]);
}

#[tokio::test]
async fn results_use_null_where_go_does() {
    let client = start().await;
    let results = client.rpc("block_results", json!({ "height": "1" })).await;
    for key in ["txs_results", "finalize_block_events", "validator_updates"] {
        assert_eq!(results[key], Value::Null, "{key}");
    }
    assert_eq!(results["height"], "1");
    let vault = client.instantiate().await;
    let tx = client.run(1, vec![client.execute(1, &vault, json!({"deposit": {}}), 5)]).await;
    let results = client.rpc("block_results", json!({ "height": tx["height"] })).await;
    assert_eq!(results["txs_results"][0], tx["tx_result"]);
    let window = client.rpc("blockchain", json!({})).await;
    assert_eq!(window["block_metas"][0]["num_txs"], "1");
    let block = client.rpc("block", json!({ "height": tx["height"] })).await;
    assert_eq!(block["block"]["data"]["txs"][0], tx["tx"]);
    let info = client.rpc("abci_info", json!({})).await;
    assert_eq!(info["response"]["last_block_height"], tx["height"]);
    assert_eq!(info["response"]["last_block_app_hash"], results["app_hash"]);
}

#[tokio::test]
async fn heights_out_of_reach_get_a_real_node_s_words() {
    let client = start_with(Config { keep_blocks: 3, keep_states: 2, ..common::config() }).await;
    client.devnet.mine(5).await.unwrap();
    for method in ["block", "block_results", "commit", "header", "validators"] {
        let ask = async |height: &str| client.rpc_error(method, json!({ "height": height })).await;
        assert_eq!(ask("7").await, "height 7 must be less than or equal to the current blockchain height 6");
        assert_eq!(ask("3").await, "height 3 is not available, lowest height is 4");
        assert_eq!(ask("0").await, "height must be greater than 0, but got 0");
    }
    let status = client.rpc("status", json!({})).await;
    assert_eq!(status["sync_info"]["earliest_block_height"], "4");
    assert_eq!(heights(&client.rpc("blockchain", json!({ "minHeight": "1" })).await), ["6", "5", "4"]);
}

#[tokio::test]
async fn transactions_are_found_by_hash_height_and_attribute() {
    let client = start().await;
    let vault = client.instantiate().await;
    let mut last = Value::Null;
    for amount in 1..=3 {
        last = client.run(1, vec![client.execute(1, &vault, json!({"deposit": {}}), amount)]).await;
    }
    let search = async |query: String, more: Value| {
        let mut params = more;
        params["query"] = query.into();
        client.rpc("tx_search", params).await
    };
    let hash = last["hash"].as_str().unwrap();
    let found = search(format!("tx.hash='{hash}'"), json!({ "page": "1" })).await;
    assert_eq!((&found["total_count"], &found["txs"][0]), (&json!("1"), &last));
    let found = search(format!("wasm-deposit._contract_address='{vault}'"), json!({})).await;
    assert_eq!(found["total_count"], "3");
    let query = format!("wasm-deposit._contract_address='{vault}' AND tx.height>=4 AND tx.height<=5");
    let found = search(query.clone(), json!({ "per_page": "1", "page": "2", "order_by": "desc" })).await;
    assert_eq!((&found["total_count"], &found["txs"][0]["height"]), (&json!("2"), &json!("4")));
    let error = client.rpc_error("tx_search", json!({ "query": query, "page": "9", "per_page": "1" })).await;
    assert_eq!(error, "page should be within [1, 2] range, given 9");
    let nothing = search("tx.hash='00'".into(), json!({})).await;
    assert_eq!(nothing, json!({ "txs": [], "total_count": "0" }));
    let missing = client.rpc_error("tx", json!({ "hash": "qqo=" })).await;
    assert_eq!(missing, "tx (AAAA) not found");
    let blocks = client.rpc("block_search", json!({ "query": "block.height > 3" })).await;
    assert_eq!(blocks["total_count"], "2");
}

#[tokio::test]
async fn tendermint_rs_reads_our_blocks_and_finds_the_same_hash() {
    use cosmrs::tendermint::block::Commit;
    use cosmrs::tendermint::{Block, consensus};
    let client = start().await;
    let vault = client.instantiate().await;
    client.run(1, vec![client.execute(1, &vault, json!({"deposit": {}}), 5)]).await;
    for height in 1..=3 {
        let mut answer = client.rpc("block", json!({ "height": height.to_string() })).await;
        let block: Block = serde_json::from_value(answer["block"].take()).unwrap();
        assert_eq!(block.header.hash().to_string(), answer["block_id"]["hash"].as_str().unwrap());
        let mut answer = client.rpc("commit", json!({ "height": height.to_string() })).await;
        let commit: Commit = serde_json::from_value(answer["signed_header"]["commit"].take()).unwrap();
        assert_eq!(commit.block_id.hash, block.header.hash());
        let mut answer = client.rpc("block_results", json!({ "height": height.to_string() })).await;
        serde_json::from_value::<consensus::Params>(answer["consensus_param_updates"].take()).unwrap();
    }
}
