//! The REST API as a Keplr-like wallet uses it.

use crate::common;

use crate::common::{Client, Envelope, any, start};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use cosmos_sdk_proto::cosmos::bank::v1beta1::MsgSend;
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin;
use cosmos_sdk_proto::cosmwasm::wasm::v1::MsgExecuteContract;
use serde_json::{Value, json};

async fn post(client: &Client, path: &str, body: Value) -> (u16, Value) {
    let request = client.http.post(format!("{}{path}", client.devnet.rest_url())).json(&body);
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn a_wallet_s_probes() {
    let client = start().await;
    let (status, info) = client.rest("/cosmos/base/tendermint/v1beta1/node_info").await;
    assert_eq!((status, &info["default_node_info"]["network"]), (200, &json!("dev-1")));
    // 400 tells the wallet that the module is there; 501 that it is not.
    for path in ["/cosmwasm/wasm/v1/contract/test/smart/test", "/cosmos/bank/v1beta1/spendable_balances/test"]
    {
        let (status, body) = client.rest(path).await;
        assert_eq!((status, &body["code"]), (400, &json!(3)), "{path}: {body}");
    }
    for path in ["/feemarket/v1/params", "/cosmos/nope"] {
        let (status, body) = client.rest(path).await;
        assert_eq!((status, &body["code"]), (501, &json!(12)), "{path}");
    }
}

/// What Keplr, Station (terra.js, feather.js) and CosmJS ask of REST, found by running them: a wallet shows "none" for
/// what the dev chain lacks.
#[tokio::test]
async fn whatever_wallets_ask_has_an_answer() {
    let client = start().await;
    let (a, vault) = (client.address(0), client.instantiate().await);
    for path in [
        "auth/v1beta1/params",
        "auth/v1beta1/bech32",
        "auth/v1beta1/account_info/{a}",
        "authz/v1beta1/grants?granter={a}&grantee={a}",
        "authz/v1beta1/grants/granter/{a}",
        "authz/v1beta1/grants/grantee/{a}",
        "bank/v1beta1/params",
        "bank/v1beta1/denoms_metadata",
        "bank/v1beta1/spendable_balances/{a}",
        "bank/v1beta1/spendable_balances/{a}/by_denom?denom=uusd",
        "base/tendermint/v1beta1/syncing",
        "base/tendermint/v1beta1/validatorsets/latest",
        "base/tendermint/v1beta1/validatorsets/1",
        "consensus/v1/params",
        "distribution/v1beta1/community_pool",
        "distribution/v1beta1/params",
        "distribution/v1beta1/delegators/{a}/rewards",
        "distribution/v1beta1/delegators/{a}/validators",
        "distribution/v1beta1/delegators/{a}/withdraw_address",
        "feegrant/v1beta1/allowances/{a}",
        "feegrant/v1beta1/issued/{a}",
        "gov/v1/params/deposit",
        "gov/v1/params/tallying",
        "gov/v1/params/voting",
        "gov/v1/proposals",
        "gov/v1beta1/params/deposit",
        "gov/v1beta1/params/tallying",
        "gov/v1beta1/params/voting",
        "gov/v1beta1/proposals",
        "mint/v1beta1/annual_provisions",
        "mint/v1beta1/inflation",
        "mint/v1beta1/params",
        "slashing/v1beta1/params",
        "slashing/v1beta1/signing_infos",
        "staking/v1beta1/delegations/{a}",
        "staking/v1beta1/delegators/{a}/redelegations",
        "staking/v1beta1/delegators/{a}/unbonding_delegations",
        "staking/v1beta1/delegators/{a}/validators",
        "staking/v1beta1/params",
        "staking/v1beta1/pool",
        "staking/v1beta1/validators",
        "upgrade/v1beta1/current_plan",
        "/cosmwasm/wasm/v1/codes/params",
        "/cosmwasm/wasm/v1/codes/pinned",
        "/ibc/apps/transfer/v1/denoms",
        "/ibc/apps/transfer/v1/params",
        "/ibc/core/channel/v1/channels",
        "/ibc/core/client/v1/client_states",
        "/ibc/core/client/v1/params",
        "/ibc/core/connection/v1/connections",
    ] {
        let path = path.replace("{a}", &a);
        let path = if path.starts_with('/') { path } else { format!("/cosmos/{path}") };
        let (status, body) = client.rest(&path).await;
        assert_eq!(status, 200, "{path}: {body}");
    }
    let (_, made) = client.rest(&format!("/cosmwasm/wasm/v1/contracts/creator/{a}")).await;
    assert_eq!(made["contract_addresses"], json!([vault]));
    let (_, set) = client.rest("/cosmos/base/tendermint/v1beta1/validatorsets/latest").await;
    assert!(set["validators"][0]["address"].as_str().unwrap().starts_with("terravalcons1"), "{set}");
    assert_eq!(client.rest("/cosmos/base/tendermint/v1beta1/validatorsets/99").await.0, 400);
    assert_eq!(client.rest("/cosmos/bank/v1beta1/denoms_metadata/uusd").await.0, 404);
    let (_, voting) = client.rest("/cosmos/gov/v1/params/voting").await;
    assert_eq!(voting["voting_params"], json!({ "voting_period": "172800s" }));
    assert_eq!(voting["deposit_params"], Value::Null);
}

#[tokio::test]
async fn whoever_asks_a_missing_module_hears_that_it_is_missing() {
    let client = start().await;
    let hint = "the dev chain has no staking, only auth, bank and wasm";
    let (status, body) = client.rest("/cosmos/staking/v1beta1/historical_info/1").await;
    assert_eq!((status, &body["message"]), (501, &json!(format!("Not Implemented: {hint}"))));
    let response = client.abci("/cosmos.staking.v1beta1.Query/Pool", &(), 0).await;
    assert_eq!(response["code"], 6);
    assert_eq!(response["log"], format!("unknown query path ({hint}): unknown request"));
    // Lists are empty: CosmJS sums them.
    let response = client.abci("/cosmos.staking.v1beta1.Query/DelegatorDelegations", &(), 0).await;
    assert_eq!((&response["code"], &response["value"]), (&json!(0), &json!("")));
    for (module, message) in [
        ("staking", "MsgDelegate"),
        ("authz", "MsgGrant"),
        ("feegrant", "MsgGrantAllowance"),
        ("gov", "MsgVote"),
    ] {
        let type_url = format!("/cosmos.{module}.v1beta1.{message}");
        let message = cosmrs::Any { type_url: type_url.clone(), value: vec![] };
        let answer = client.submit(1, vec![message], &Envelope::default()).await;
        let hint = format!("the dev chain has no {module}, only auth, bank and wasm");
        let log = format!("unable to resolve type URL {type_url} ({hint}): tx parse error: tx parse error");
        assert_eq!((&answer["code"], &answer["log"]), (&json!(2), &json!(log)));
    }
}

#[tokio::test]
async fn accounts_and_balances() {
    let client = start().await;
    let address = client.address(1);
    let (status, body) = client.rest(&format!("/cosmos/auth/v1beta1/accounts/{address}")).await;
    assert_eq!((status, &body["account"]["account_number"]), (200, &json!("1")));
    assert_eq!(body["account"]["@type"], "/cosmos.auth.v1beta1.BaseAccount");
    let path = meteor_devnet::accounts::path(330, 50);
    let key = meteor_devnet::signing_key(client.devnet.mnemonic(), &path).unwrap();
    let stranger = key.public_key().account_id("terra").unwrap();
    let (status, body) = client.rest(&format!("/cosmos/auth/v1beta1/accounts/{stranger}")).await;
    assert_eq!((status, &body["code"]), (404, &json!(5)), "{body}");
    let path = format!("/cosmos/bank/v1beta1/balances/{address}?pagination.limit=1000");
    let (_, body) = client.rest(&path).await;
    assert_eq!(body["balances"][0], json!({ "denom": "uluna", "amount": "1000000000000" }));
    assert_eq!(body["pagination"], json!({ "next_key": null, "total": "2" }));
    let (_, body) = client.rest(&format!("/cosmos/bank/v1beta1/balances/{address}?pagination.limit=1")).await;
    let key = body["pagination"]["next_key"].as_str().unwrap();
    let path = format!("/cosmos/bank/v1beta1/balances/{address}?pagination.key={}", key.replace('=', "%3D"));
    assert_eq!(client.rest(&path).await.1["balances"][0]["denom"], "uusd");
    let (_, body) =
        client.rest(&format!("/cosmos/bank/v1beta1/balances/{address}/by_denom?denom=uusd")).await;
    assert_eq!(body["balance"]["amount"], "1000000000000");
    let (_, body) = client.rest("/cosmos/bank/v1beta1/supply/by_denom?denom=uusd").await;
    assert_eq!(body["amount"]["amount"], "4000000000000");
}

#[tokio::test]
async fn a_transaction_from_estimate_to_receipt() {
    let client = start().await;
    let vault = client.instantiate().await;
    let msg = client.execute(1, &vault, json!({"deposit": {}}), 5);
    let bytes = BASE64.encode(client.sign(1, vec![msg], &Envelope::default()).await);
    let (status, body) = post(&client, "/cosmos/tx/v1beta1/simulate", json!({ "tx_bytes": bytes })).await;
    assert_eq!(status, 200, "{body}");
    let gas: u64 = body["gas_info"]["gas_used"].as_str().unwrap().parse().unwrap();
    assert!(gas > 50_000);
    let body = json!({ "tx_bytes": bytes, "mode": "BROADCAST_MODE_SYNC" });
    let (status, body) = post(&client, "/cosmos/tx/v1beta1/txs", body).await;
    assert_eq!((status, &body["tx_response"]["code"]), (200, &json!(0)));
    let hash = body["tx_response"]["txhash"].as_str().unwrap().to_string();
    let (status, body) = client.rest(&format!("/cosmos/tx/v1beta1/txs/{hash}")).await;
    assert_eq!((status, &body["code"]), (404, &json!(5)), "not yet in a block");
    client.devnet.mine(1).await.unwrap();
    let (status, body) = client.rest(&format!("/cosmos/tx/v1beta1/txs/{hash}")).await;
    assert_eq!((status, &body["tx_response"]["code"]), (200, &json!(0)));
    assert_eq!(body["tx_response"]["height"], "3");
    let query = format!("/cosmos/tx/v1beta1/txs?query=wasm._contract_address%3D'{vault}'");
    assert_eq!(client.rest(&query).await.1["total"], "2");
    // `events` was the name before SDK 0.50; a node of today reads it no more.
    let query = format!("/cosmos/tx/v1beta1/txs?events=wasm._contract_address%3D'{vault}'");
    for path in [query.as_str(), "/cosmos/tx/v1beta1/txs"] {
        let empty = json!({ "code": 13, "message": "query cannot be empty", "details": [] });
        assert_eq!(client.rest(path).await, (500, empty));
    }
    for bad in [json!({}), json!({ "tx_bytes": "!" })] {
        assert_eq!(post(&client, "/cosmos/tx/v1beta1/simulate", bad.clone()).await.0, 400);
        assert_eq!(post(&client, "/cosmos/tx/v1beta1/txs", bad).await.0, 400);
    }
}

#[tokio::test]
async fn contracts_and_codes() {
    let client = start().await;
    let vault = client.instantiate().await;
    let query = BASE64.encode(br#"{"count":{}}"#);
    let (status, body) = client.rest(&format!("/cosmwasm/wasm/v1/contract/{vault}/smart/{query}")).await;
    assert_eq!((status, body), (200, json!({ "data": 0 })));
    let (_, body) = client.rest(&format!("/cosmwasm/wasm/v1/contract/{vault}")).await;
    assert_eq!(body["contract_info"]["label"], "vault");
    assert_eq!(body["contract_info"]["admin"], client.address(0));
    let (_, body) = client.rest(&format!("/cosmwasm/wasm/v1/contract/{vault}/history")).await;
    assert_eq!(body["entries"][0]["operation"], "CONTRACT_CODE_HISTORY_OPERATION_TYPE_INIT");
    let (_, body) =
        client.rest(&format!("/cosmwasm/wasm/v1/contract/{vault}/raw/{}", BASE64.encode("count"))).await;
    assert_eq!(body["data"], BASE64.encode("0"));
    let (_, body) = client.rest("/cosmwasm/wasm/v1/code/1/contracts").await;
    assert_eq!(body["contracts"], json!([vault]));
    let (_, body) = client.rest("/cosmwasm/wasm/v1/code").await;
    assert_eq!(body["code_infos"].as_array().unwrap().len(), 2);
    let (_, body) = client.rest("/cosmos/base/tendermint/v1beta1/blocks/latest").await;
    assert_eq!(body["block"]["header"]["height"], "2");
}

#[tokio::test]
async fn more_routes_can_be_added() {
    let extra = axum::Router::new().route("/beacon", axum::routing::get(|| async { "light" }));
    let devnet = meteor_devnet::start_with(common::config(), common::codes(), extra).await.unwrap();
    let answer = reqwest::get(format!("{}/beacon", devnet.rest_url())).await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "light");
}

#[tokio::test]
async fn the_beacon_follows_a_chain_whose_time_was_moved_ahead() {
    let client = start().await;
    let (_, here) = client.rest("/public/latest").await;
    let ahead = 4_000_000_000_u64;
    client.rpc("dev_setTime", json!({ "seconds": ahead })).await;
    let (_, info) = client.rest("/info").await;
    let due = (ahead - info["genesis_time"].as_u64().unwrap()) / info["period"].as_u64().unwrap() + 1;
    assert!(here["round"].as_u64().unwrap() < due, "{here}");
    let (status, latest) = client.rest("/public/latest").await;
    assert!((status, latest["round"].as_u64().unwrap() >= due) == (200, true), "{latest}");
    let (status, _) = client.rest(&format!("/public/{due}")).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn the_least_gas_price_is_the_one_that_is_enforced() {
    let client = start().await;
    let (status, config) = client.rest("/cosmos/base/node/v1beta1/config").await;
    let prices = "0.010000000000000000uluna,0.010000000000000000uusd";
    assert_eq!((status, &config["minimum_gas_price"]), (200, &json!(prices)));
    assert_eq!(client.rest("/cosmos/base/node/v1beta1/status").await.1["height"], "1");
    let send = async |fee| {
        let envelope = Envelope { fee: vec![(fee, "uusd")], gas: 300_000, ..Envelope::default() };
        client.submit(1, vec![client.send(1, &client.address(2), 1)], &envelope).await["code"].take()
    };
    assert_eq!([send(2_999).await, send(3_000).await], [13, 0]);
    let free = meteor_devnet::Config { gas_prices: vec![], ..common::config() };
    let free = common::start_with(free).await;
    assert_eq!(free.rest("/cosmos/base/node/v1beta1/config").await.1["minimum_gas_price"], "");
}

#[tokio::test]
async fn an_address_in_upper_case_is_the_same_account() {
    let client = start().await;
    let vault = client.instantiate().await;
    let (alice, bob) = (client.address(1), client.address(2));
    let [loud_alice, loud_bob, loud_vault] = [&alice, &bob, &vault].map(|address| address.to_uppercase());
    let (_, body) = client.rest(&format!("/cosmos/auth/v1beta1/accounts/{loud_alice}")).await;
    assert_eq!(body["account"]["address"], alice);
    let has = client.balance(&bob, "uusd").await;
    assert_eq!(client.balance(&loud_bob, "uusd").await, has);

    // Sent by, sent to, and called, all in upper case.
    let coins = |amount: u128| vec![Coin { denom: "uusd".into(), amount: amount.to_string() }];
    let send = MsgSend { from_address: loud_alice.clone(), to_address: loud_bob.clone(), amount: coins(7) };
    let call = MsgExecuteContract {
        sender: loud_alice,
        contract: loud_vault.clone(),
        msg: br#"{"deposit":{}}"#.to_vec(),
        funds: coins(9),
    };
    let answer = client.submit(1, vec![any(&send), any(&call)], &Envelope::default()).await;
    let result = client.included(&answer).await["tx_result"].take();
    assert_eq!(result["code"], 0, "{result}");
    assert!(!result["events"].to_string().contains("TERRA1"), "{result}");
    assert_eq!(client.balance(&bob, "uusd").await, has + 7);
    assert_eq!(client.smart(&loud_vault, json!({"total": {"address": alice}})).await, "9");
    let (_, body) = client.rest(&format!("/cosmwasm/wasm/v1/contract/{loud_vault}")).await;
    assert_eq!((&body["address"], &body["contract_info"]["label"]), (&json!(vault), &json!("vault")));
}
