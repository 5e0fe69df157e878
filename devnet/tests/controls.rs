//! What no real node does: time travel, snapshots, balances from nowhere; and queries at past heights.

use crate::common;

use std::time::Duration;

use crate::common::{Envelope, START, start, start_with};
use cosmos_sdk_proto::cosmos::bank::v1beta1::QueryBalanceRequest;
use cosmwasm_std::coin;
use meteor_devnet::{Blocks, Clock, Config, DevnetError};
use serde_json::{Value, json};

#[tokio::test]
async fn time_travel_reaches_the_contract() {
    let client = start().await;
    let vault = client.instantiate().await;
    let seconds = |time: Value| time.as_str().unwrap().parse::<u64>().unwrap() / 1_000_000_000;
    assert_eq!(seconds(client.smart(&vault, json!({"time": {}})).await), START + 6);
    let tip = client.devnet.advance_time(Duration::from_hours(1)).await.unwrap();
    assert_eq!(tip.time.seconds(), START + 12 + 3_600);
    assert_eq!(seconds(client.smart(&vault, json!({"time": {}})).await), START + 12 + 3_600);
    let answer = client.rpc("dev_advanceTime", json!({ "seconds": 60 })).await;
    assert_eq!(answer["height"], "4");
    let answer = client.rpc("dev_mine", json!({ "blocks": "3" })).await;
    assert_eq!(answer["height"], "7");
    let exact = cosmwasm_std::Timestamp::from_seconds(START + 10_000);
    assert_eq!(client.devnet.set_time(exact).await.unwrap().time, exact);
    assert!(matches!(client.devnet.set_time(exact).await, Err(DevnetError::Argument(_))));
    let answer = client.rpc("dev_setTime", json!({ "seconds": START + 20_000 })).await;
    assert_eq!(answer["time"], format!("{}000000000", START + 20_000));
    for bad in [json!({}), json!({ "seconds": 5 }), json!({ "seconds": "18446744073709551615" })] {
        assert!(client.raw("dev_setTime", bad).await.get("error").is_some());
    }
    assert_eq!(client.raw("dev_mine", json!({ "blocks": 100_000 })).await["error"]["code"], -32602);
}

#[tokio::test]
async fn a_snapshot_brings_everything_back() {
    let client = start().await;
    let vault = client.instantiate().await;
    let deposit = || vec![client.execute(1, &vault, json!({"deposit": {}}), 7)];
    let id = client.devnet.snapshot().await.unwrap();
    let before = client.rpc("block", json!({})).await;
    let tx = client.run(1, deposit()).await;
    let later = client.devnet.snapshot().await.unwrap();
    client.devnet.set_balance(&client.address(1), coin(1, "uusd")).await.unwrap();
    assert_eq!(client.devnet.revert(id).await.unwrap(), 2);
    assert_eq!(client.rpc("block", json!({})).await, before);
    assert_eq!(client.smart(&vault, json!({"count": {}})).await, 0);
    assert_eq!(client.account(&client.address(1)).await.sequence, 0);
    assert_eq!(client.balance(&client.address(1), "uusd").await, 1_000_000_000_000);
    let search =
        client.rpc("tx_search", json!({ "query": format!("tx.hash={}", tx["hash"]).replace('"', "'") }));
    assert_eq!(search.await["total_count"], "0");
    // The very same transaction is good again.
    let again = client.run(1, deposit()).await;
    assert_eq!(again["hash"], tx["hash"]);
    for gone in [id, later, 99] {
        assert!(matches!(client.devnet.revert(gone).await, Err(DevnetError::NoSnapshot(_))));
    }
    let id = client.rpc("dev_snapshot", json!({})).await["id"].take();
    client.devnet.mine(5).await.unwrap();
    assert_eq!(client.rpc("dev_revert", json!({ "id": id })).await["height"], "3");
}

#[tokio::test]
async fn balances_from_nowhere_count_in_the_supply() {
    let client = start().await;
    let address = client.address(1);
    let params = json!({ "address": address, "denom": "ukrw", "amount": "5" });
    client.rpc("dev_setBalance", params).await;
    assert_eq!(client.balance(&address, "ukrw").await, 5);
    for bad in [json!({ "address": "x", "denom": "ukrw", "amount": "5" }), json!({ "address": address })] {
        assert!(client.raw("dev_setBalance", bad).await.get("error").is_some());
    }
}

#[tokio::test]
async fn the_past_answers_as_it_was() {
    let client = start_with(Config { keep_states: 120, ..common::config() }).await;
    let vault = client.instantiate().await;
    for _ in 0..100 {
        client.devnet.mine(1).await.unwrap();
    }
    client.run(1, vec![client.execute(1, &vault, json!({"deposit": {}}), 7)]).await;
    let tip = client.devnet.tip().await.unwrap().height;
    assert_eq!(client.smart_at(&vault, json!({"count": {}}), tip - 1).await, 0);
    assert_eq!(client.smart_at(&vault, json!({"count": {}}), tip).await, 1);
    assert_eq!(client.smart_at(&vault, json!({"count": {}}), 2).await, 0, "100 blocks ago");
    assert_eq!(client.balance_at(&vault, "uusd", tip - 1).await, 0);
    let path = "/cosmos.bank.v1beta1.Query/Balance";
    let request = QueryBalanceRequest { address: vault.clone(), denom: "uusd".into() };
    let response = client.abci(path, &request, tip).await;
    assert_eq!(response["height"], tip.to_string());
    let response = client.abci(path, &request, tip + 1).await;
    assert_eq!((&response["code"], &response["codespace"]), (&json!(26), &json!("sdk")));
    client.devnet.mine(120).await.unwrap();
    let response = client.abci(path, &request, 2).await;
    assert_eq!(response["code"], 38);
    assert!(response["log"].as_str().unwrap().starts_with("failed to load state at height 2; "));
}

#[tokio::test]
async fn queries_that_fail_keep_the_chain_alive() {
    let client = start().await;
    let vault = client.instantiate().await;
    let ask = async |address: &str, query: &[u8]| {
        let request = cosmos_sdk_proto::cosmwasm::wasm::v1::QuerySmartContractStateRequest {
            address: address.into(),
            query_data: query.to_vec(),
        };
        client.abci("/cosmwasm.wasm.v1.Query/SmartContractState", &request, 0).await
    };
    let response = ask(&vault, br#"{"nope":{}}"#).await;
    assert_eq!(response["code"], 6);
    assert!(response["log"].as_str().unwrap().ends_with("query wasm contract failed: unknown request"));
    assert_eq!(ask(&vault, b"{").await["code"], 18);
    assert_eq!(ask("terra1nonsense", b"{}").await["code"], 18);
    assert_eq!(ask(&vault, br#"{"panic":{}}"#).await["code"], 6);
    let response = ask(&client.address(0), b"{}").await;
    assert!(response["log"].as_str().unwrap().ends_with("no such contract: unknown request"), "{response}");
    let account = async |address: String| {
        let request = cosmos_sdk_proto::cosmos::auth::v1beta1::QueryAccountRequest { address };
        client.abci("/cosmos.auth.v1beta1.Query/Account", &request, 0).await
    };
    assert_eq!(account(vault.replace("terra14", "terra15")).await["code"], 18, "a bad checksum");
    let path = meteor_devnet::accounts::path(330, 50);
    let key = meteor_devnet::signing_key(client.devnet.mnemonic(), &path).unwrap();
    let stranger = key.public_key().account_id("terra").unwrap().to_string();
    let response = account(stranger.clone()).await;
    assert_eq!(response["code"], 22);
    let log = format!("rpc error: code = NotFound desc = account {stranger} not found: key not found");
    assert_eq!(response["log"], log, "cosmjs looks for these words");
    let request = QueryBalanceRequest::default();
    assert_eq!(client.abci("/nope.Query/Nope", &request, 0).await["code"], 6);
    assert_eq!(client.smart(&vault, json!({"count": {}})).await, 0);
}

#[tokio::test]
async fn blocks_come_by_themselves_at_an_interval_and_on_transactions() {
    let client = start_with(Config {
        blocks: Blocks::Interval(Duration::from_millis(5)),
        clock: Clock::Wall { start: None, speed: 1_000 },
        ..common::config()
    })
    .await;
    let mut last = client.devnet.tip().await.unwrap();
    // Waits by asking, however long the machine takes.
    while last.height < 5 {
        tokio::task::yield_now().await;
        let tip = client.devnet.tip().await.unwrap();
        assert!(tip.height == last.height || tip.time > last.time);
        last = tip;
    }
    client.devnet.set_blocks(Blocks::OnTx).await.unwrap();
    let height = client.devnet.tip().await.unwrap().height;
    let bytes = client.sign(1, vec![client.send(1, &client.address(2), 5)], &Envelope::default()).await;
    client.broadcast(&bytes).await;
    while client.devnet.tip().await.unwrap().height == height {
        tokio::task::yield_now().await;
    }
    let params = json!({ "mode": "on_demand" });
    client.rpc("dev_setBlocks", params).await;
}

#[tokio::test]
async fn a_bad_start_says_why_and_a_shutdown_frees_the_port() {
    let client = start().await;
    let rpc = client.devnet.rpc_url().trim_start_matches("http://").parse().unwrap();
    let taken = meteor_devnet::start(Config { rpc, ..common::config() }, vec![]).await.unwrap_err();
    assert!(taken.to_string().contains("is another node running there"), "{taken}");
    client.devnet.shutdown().await;
    let again = meteor_devnet::start(Config { rpc, ..common::config() }, vec![]).await.unwrap();
    again.shutdown().await;
    let bad = Config { mnemonic: "one two".into(), ..common::config() };
    assert!(matches!(meteor_devnet::start(bad, vec![]).await, Err(DevnetError::Mnemonic(_))));
}

#[tokio::test]
async fn the_chain_calls_a_contract_by_itself() {
    let client = start().await;
    let vault = client.instantiate().await;
    let governance = meteor_devnet::module_account("terra", "gov").unwrap();
    let before = client.devnet.tip().await.unwrap().height;
    let note = br#"{"note":{"text":"by vote"}}"#.to_vec();
    let height = client.devnet.call(None, &vault, note, vec![]).await.unwrap();
    assert_eq!(height, before + 1, "in a block of its own");
    let results = client.rpc("block_results", json!({ "height": height.to_string() })).await;
    assert_eq!(results["txs_results"], Value::Null, "in no transaction");
    let told = common::events(&json!({ "events": results["finalize_block_events"] }));
    let mode = "mode=EndBlock".to_owned();
    let address = format!("_contract_address={vault}");
    let expected = [
        ("execute".to_owned(), vec![address.clone(), mode.clone()]),
        ("wasm".to_owned(), vec![address.clone(), "text=by vote".to_owned(), mode.clone()]),
    ];
    assert_eq!(told, expected);
    let query = format!("wasm._contract_address='{vault}'");
    let found = client.rpc("block_search", json!({ "query": query })).await;
    assert_eq!(found["total_count"], "1", "the block is found by its own events");

    // With coins, as a callback of a module that pays: by whom it says.
    let (sender, deposit) = (client.address(1), json!({ "deposit": {} }).to_string());
    let coins =
        json!({ "contract": vault, "sender": sender, "msg": deposit, "denom": "uusd", "amount": "7" });
    let answer = client.rpc("dev_call", coins).await;
    let results = client.rpc("block_results", json!({ "height": answer["height"] })).await;
    let told = common::events(&json!({ "events": results["finalize_block_events"] }));
    let kinds: Vec<_> = told.iter().map(|(kind, _)| kind.as_str()).collect();
    let moved = ["coin_spent", "coin_received", "transfer", "execute", "wasm", "wasm-deposit"];
    assert_eq!(kinds, moved, "as wasmd tells them");
    assert_eq!(client.smart(&vault, json!({ "total": { "address": sender } })).await, "7");
    assert_eq!(client.balance(&vault, "uusd").await, 7);

    // Refused, it changes nothing and tells nothing; blocks go on.
    let refused = client.raw("dev_call", json!({ "contract": vault, "msg": r#"{"fail":{}}"# })).await;
    assert!(refused["error"]["data"].as_str().unwrap().contains("told to fail"), "{refused}");
    let poor = client.devnet.call(None, &vault, br#"{"deposit":{}}"#.to_vec(), vec![coin(5, "uusd")]).await;
    let poor = poor.unwrap_err().to_string();
    assert!(poor.contains("insufficient funds"), "{governance} has nothing: {poor}");
    let results = client.rpc("block_results", json!({})).await;
    assert_eq!(results["finalize_block_events"], Value::Null);
    assert_eq!(client.smart(&vault, json!({ "count": {} })).await, 1);
}

#[tokio::test]
async fn a_renamed_chain_takes_signatures_for_its_new_name_only() {
    let client = start().await;
    let vault = client.instantiate().await;
    let deposit = || vec![client.execute(1, &vault, json!({"deposit": {}}), 7)];
    // What waits was signed for the old name.
    client.submit(1, deposit(), &Envelope::default()).await;
    let id = client.devnet.snapshot().await.unwrap();
    let height = client.devnet.rename("dev-2").await.unwrap();
    let header = |block: &Value| block["block"]["header"]["chain_id"].clone();
    assert_eq!(header(&client.rpc("block", json!({ "height": (height - 1).to_string() })).await), "dev-1");
    assert_eq!(header(&client.rpc("block", json!({ "height": height.to_string() })).await), "dev-2");
    assert_eq!(client.rpc("status", json!({})).await["node_info"]["network"], "dev-2");
    assert_eq!(client.smart(&vault, json!({"count": {}})).await, 0, "what waited is gone");
    let old = client.submit(1, deposit(), &Envelope::default()).await;
    assert_eq!(old["code"], 4, "{old}");
    let new = Envelope { chain_id: "dev-2".into(), ..Envelope::default() };
    let sent = client.submit(1, deposit(), &new).await;
    client.included(&sent).await;
    assert_eq!(client.smart(&vault, json!({"count": {}})).await, 1);
    // Going back, it has its old name.
    client.devnet.revert(id).await.unwrap();
    assert_eq!(client.devnet.chain_id(), "dev-1");
    let again = client.run(1, deposit()).await;
    assert_eq!(again["tx_result"]["code"], 0, "{again}");
    let answer = client.raw("dev_renameChain", json!({ "chain_id": "no name" })).await;
    assert!(answer["error"]["data"].as_str().unwrap().contains("letters"), "{answer}");
}

#[tokio::test]
async fn modules_that_may_not_receive_coins_are_refused_and_still_take_fees() {
    let client = start().await;
    let vault = client.instantiate().await;
    client.run(1, vec![client.execute(1, &vault, json!({"deposit": {}}), 7)]).await;
    let module = |name| meteor_devnet::module_account("terra", name).unwrap();
    let pool = module("distribution");
    assert_eq!(pool, "terra1jv65s3grqf6v6jl3dp4t6c9t9rk99cd8pm7utl", "as on every chain with this prefix");
    let refused = |tx: Value| {
        let words = format!(
            "failed to execute message; message index: 0: {pool} is not allowed to receive funds: unauthorized"
        );
        let result = &tx["tx_result"];
        assert_eq!((&result["code"], &result["codespace"]), (&json!(4), &json!("sdk")));
        assert_eq!(result["log"], words);
    };
    refused(client.run(1, vec![client.send(1, &pool, 5)]).await);
    let pay = json!({ "pay": { "to": pool, "amount": 5 } });
    refused(client.run(1, vec![client.execute(1, &vault, pay, 0)]).await);
    // Governance may receive; the fees of all this went to a module that may not.
    let sent = client.run(1, vec![client.send(1, &module("gov"), 5)]).await;
    assert_eq!(sent["tx_result"]["code"], 0, "{sent}");
    assert!(client.balance(&module("fee_collector"), "uusd").await > 0);
    // Any address, when asked.
    let address = client.address(3);
    client.rpc("dev_refuse", json!({ "address": address })).await;
    let sent = client.run(1, vec![client.send(1, &address, 5)]).await;
    assert_eq!(sent["tx_result"]["code"], 4, "{sent}");
}
