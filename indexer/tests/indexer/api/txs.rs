//! Accounts and transactions: what is asked of nodes, and what is passed on to them.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use cosmos_sdk_proto::Any;
use cosmos_sdk_proto::cosmos::auth::v1beta1::{BaseAccount, QueryAccountResponse};
use cosmos_sdk_proto::cosmos::bank::v1beta1::QueryAllBalancesResponse;
use cosmos_sdk_proto::cosmos::base::abci::v1beta1::GasInfo;
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin;
use cosmos_sdk_proto::cosmos::tx::v1beta1::SimulateResponse;
use cosmos_sdk_proto::traits::Message;
use meteor_chain::transactions::hash;
use meteor_indexer::Config;
use meteor_indexer::app::{App, UPSTREAM};
use meteor_indexer::view::View;
use serde_json::{Value, json};

use super::{get, ok, send};
use crate::chain::{Chain, address, hatchery_contract, meteors_contract, shower_contract};
use crate::node::{Fault, Node};
use crate::relay::{any_of, call, tx};

pub const ACCOUNT: &str = "/cosmos.auth.v1beta1.Query/Account";
pub const BALANCES: &str = "/cosmos.bank.v1beta1.Query/AllBalances";
pub const SIMULATE: &str = "/cosmos.tx.v1beta1.Service/Simulate";

/// A server of an event that was launched, over a node.
async fn server() -> (Node, Arc<App>) {
    let chain = Chain::launched(1);
    let node = Node::start(&chain.blocks).await;
    let app = App::new(Config::new(&[node.url().to_string()], &shower_contract()).unwrap()).unwrap();
    app.publish(View::new(&chain.state(), "terra", None));
    (node, app)
}

/// What a query answers.
pub fn answer(value: &impl Message) -> Value {
    json!({ "value": BASE64.encode(value.encode_to_vec()), "height": "2" })
}

pub fn refusal(codespace: &str, code: u32, log: &str) -> Value {
    json!({ "codespace": codespace, "code": code, "log": log, "data": "", "hash": "" })
}

async fn post(app: &Arc<App>, path: &str, body: impl Into<Body>) -> (StatusCode, HeaderMap, Value) {
    let request = Request::post(path).header("content-type", "application/json").body(body.into()).unwrap();
    let (parts, body) = send(app, request).await.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    (parts.status, parts.headers, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

fn request(tx: &str) -> String {
    json!({ "tx": tx }).to_string()
}

pub fn contribution() -> String {
    request(&tx(vec![call(&shower_contract())]))
}

#[tokio::test]
async fn an_account_is_asked_of_a_node() {
    let (node, app) = server().await;
    let account = BaseAccount { address: address(1), pub_key: None, account_number: 7, sequence: 3 };
    let account = Any { type_url: "/cosmos.auth.v1beta1.BaseAccount".into(), value: account.encode_to_vec() };
    let coin = |denom: &str, amount: &str| Coin { denom: denom.into(), amount: amount.into() };
    let balances = vec![coin("uluna", "340282366920938463463374607431768211455"), coin("uusd", "5")];
    node.set(|node| {
        node.modules.insert(ACCOUNT, answer(&QueryAccountResponse { account: Some(account) }));
        let balances = QueryAllBalancesResponse { balances, pagination: None };
        node.modules.insert(BALANCES, answer(&balances));
    });
    let path = format!("/v1/accounts/{}", address(1));
    let expected = json!({
        "address": address(1), "exists": true, "account_number": "7", "sequence": "3",
        "balances": [
            { "denom": "uluna", "amount": "340282366920938463463374607431768211455" },
            { "denom": "uusd", "amount": "5" },
        ],
    });
    assert_eq!(ok(&app, &path).await, expected);
    assert_eq!(get(&app, &path).await.1["cache-control"], "no-store");

    // An address that never received coins.
    let log = format!("rpc error: code = NotFound desc = account {} not found: key not found", address(2));
    node.set(|node| {
        node.modules.insert(ACCOUNT, refusal("sdk", 22, &log));
        node.modules.insert(BALANCES, answer(&QueryAllBalancesResponse::default()));
    });
    let expected = json!({
        "address": address(2), "exists": false, "account_number": "0", "sequence": "0", "balances": [],
    });
    assert_eq!(ok(&app, &format!("/v1/accounts/{}", address(2))).await, expected);
    assert_eq!(get(&app, "/v1/accounts/me").await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_simulation_tells_the_limit_to_sign_with() {
    let (node, app) = server().await;
    let gas_info = Some(GasInfo { gas_wanted: 0, gas_used: 150_000 });
    node.set(|node| {
        node.modules.insert(SIMULATE, answer(&SimulateResponse { gas_info, result: None }));
    });
    let (status, _, body) = post(&app, "/v1/simulate", contribution()).await;
    assert_eq!((status, body), (StatusCode::OK, json!({ "gas_used": 150_000, "gas_limit": 210_000 })));

    let words = "contributing is paused: try again when the owner has resumed it";
    let log = format!(
        "rpc error: code = Unknown desc = failed to execute message; message index: 0: {words}: execute wasm \
         contract failed with gas used: '91': unknown request"
    );
    node.set(|node| drop(node.modules.insert(SIMULATE, refusal("sdk", 6, &log))));
    let (status, headers, problem) = post(&app, "/v1/simulate", contribution()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(headers["content-type"], "application/problem+json");
    assert_eq!(problem["detail"], "Contributing is paused: try again when the owner has resumed it.");
    assert_eq!((&problem["codespace"], &problem["code"]), (&json!("wasm"), &json!(5)));
    assert_eq!(problem["type"], "urn:meteor-shower:problem:refused");
}

#[tokio::test]
async fn a_signed_transaction_reaches_the_chain_as_it_is() {
    let (node, app) = server().await;
    let signed = tx(vec![call(&meteors_contract()), call(&hatchery_contract())]);
    node.set(|node| drop(node.methods.insert("broadcast_tx_sync", Ok(refusal("", 0, "")))));
    let (status, headers, body) = post(&app, "/v1/txs", request(&signed)).await;
    let hash = hash(&BASE64.decode(&signed).unwrap());
    assert_eq!((status, &body), (StatusCode::OK, &json!({ "hash": hash })));
    assert_eq!(headers["access-control-allow-origin"], "*");
    assert_eq!(node.inner.lock().unwrap().params, [json!({ "tx": signed })]);
    // The same again, which the node has already.
    node.set(|node| drop(node.methods.insert("broadcast_tx_sync", Err("tx already exists in cache".into()))));
    assert_eq!(post(&app, "/v1/txs", request(&signed)).await.2, body);

    // A node that forgot it says that its sequence was used; but it is in a block.
    let sequence = "account sequence mismatch, expected 4, got 3: incorrect account sequence";
    let included =
        json!({ "hash": hash, "height": "9", "tx_result": { "code": 0, "gas_used": "77", "events": [] } });
    node.set(|node| {
        node.methods.insert("broadcast_tx_sync", Ok(refusal("sdk", 32, sequence)));
        node.methods.insert("tx", Ok(included));
    });
    assert_eq!(post(&app, "/v1/txs", request(&signed)).await.2, body);
    let path = format!("/v1/txs/{}", hash.to_lowercase());
    let expected =
        json!({ "hash": hash, "height": 9, "code": 0, "codespace": "", "log": "", "gas_used": 77 });
    assert_eq!(ok(&app, &path).await, expected);

    node.set(|node| drop(node.methods.insert("tx", Err(format!("tx ({hash}) not found")))));
    let (status, _, problem) = post(&app, "/v1/txs", request(&signed)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(problem["detail"], "Another transaction of this account came first: try again.");
    assert_eq!((&problem["codespace"], &problem["code"]), (&json!("sdk"), &json!(32)));
    let expected =
        json!({ "hash": hash, "height": null, "code": 0, "codespace": "", "log": "", "gas_used": 0 });
    assert_eq!(ok(&app, &path).await, expected);

    // Nobody can tell: signing again could pay twice.
    node.fault("tx", Fault::Broken);
    let (status, _, problem) = post(&app, "/v1/txs", request(&signed)).await;
    let perhaps = "urn:meteor-shower:problem:perhaps-sent";
    assert_eq!((status, &problem["type"]), (StatusCode::SERVICE_UNAVAILABLE, &json!(perhaps)));
    let counts = [&app.relayed.taken, &app.relayed.refused, &app.relayed.unknown];
    assert_eq!(counts.map(|count| count.load(Ordering::Relaxed)), [3, 1, 1]);

    // One that failed in its block.
    let log =
        "failed to execute message; message index: 0: contributing is paused: execute wasm contract failed";
    let failed = json!({ "hash": hash, "height": "9", "tx_result": {
        "code": 5, "codespace": "wasm", "log": log, "gas_used": "99", "events": [] } });
    node.set(|node| drop(node.methods.insert("tx", Ok(failed))));
    let expected = json!({ "hash": hash, "height": 9, "code": 5, "codespace": "wasm",
        "log": "Contributing is paused.", "gas_used": 99 });
    assert_eq!(ok(&app, &path).await, expected);
    for bad in ["7", &"g".repeat(64), &"a".repeat(65)] {
        assert_eq!(get(&app, &format!("/v1/txs/{bad}")).await.0, StatusCode::BAD_REQUEST, "{bad}");
    }
}

#[tokio::test]
async fn a_refusal_of_the_chain_is_told_in_plain_words() {
    let (node, app) = server().await;
    for (codespace, code, log, says) in [
        ("sdk", 5, "spendable balance 1uluna is smaller than 9uluna: insufficient funds", "add coins"),
        ("sdk", 11, "out of gas in location: ReadFlat; gasWanted: 1, gasUsed: 2: out of gas", "more gas"),
        ("sdk", 13, "insufficient fees; got:  required: 9uluna: insufficient fee", "fee is too low"),
        ("sdk", 20, "mempool is full", "in a minute"),
        ("sdk", 4, "signature verification failed; please verify: unauthorized", "signature"),
    ] {
        node.set(|node| drop(node.methods.insert("broadcast_tx_sync", Ok(refusal(codespace, code, log)))));
        let (status, _, problem) = post(&app, "/v1/txs", contribution()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{log}");
        assert!(problem["detail"].as_str().unwrap().contains(says), "{problem}");
        assert_eq!((&problem["codespace"], &problem["code"]), (&json!(codespace), &json!(code)));
    }
    // The node's own mempool says it in another way.
    let full = "mempool is full: number of txs 5000 (max: 5000)";
    node.set(|node| drop(node.methods.insert("broadcast_tx_sync", Err(full.into()))));
    let (status, _, problem) = post(&app, "/v1/txs", contribution()).await;
    assert_eq!((status, &problem["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(20)));
}

#[tokio::test]
async fn what_is_not_of_this_event_is_not_passed_on() {
    let (node, app) = server().await;
    let send = any_of(&cosmos_sdk_proto::cosmos::bank::v1beta1::MsgSend::default());
    for path in ["/v1/simulate", "/v1/txs"] {
        for refused in [tx(vec![send.clone()]), tx(vec![call(&address(1))]), tx(vec![]), "☄".into()] {
            let (status, _, problem) = post(&app, path, request(&refused)).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
            assert_eq!(problem["type"], "urn:meteor-shower:problem:not-relayed");
            assert!(problem["detail"].as_str().unwrap().starts_with("Nothing was sent: "), "{problem}");
            assert_eq!((&problem["code"], &problem["codespace"]), (&Value::Null, &Value::Null), "{problem}");
        }
        for malformed in ["", "{", "[]", "{\"tx\":1}", "{}"] {
            let (status, _, problem) = post(&app, path, malformed).await;
            assert_eq!((status, &problem["status"]), (StatusCode::BAD_REQUEST, &json!(400)), "{malformed}");
        }
        let large = request(&"A".repeat(64 << 10));
        assert_eq!(post(&app, path, large).await.0, StatusCode::PAYLOAD_TOO_LARGE);
        let plain = Request::post(path).body(Body::from(contribution())).unwrap();
        assert_eq!(super::send(&app, plain).await.status(), StatusCode::BAD_REQUEST, "no content type");
        assert_eq!(get(&app, path).await.0, StatusCode::METHOD_NOT_ALLOWED);
    }
    assert!(node.asked().is_empty());
    // Before the launch is read nobody knows what is of this event.
    let (status, ..) = post(&super::empty(), "/v1/txs", contribution()).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn without_a_node_it_says_what_may_have_happened() {
    let (node, app) = server().await;
    node.fault("broadcast_tx_sync", Fault::Broken);
    let (status, headers, problem) = post(&app, "/v1/txs", contribution()).await;
    assert_eq!(
        (status, &problem["type"]),
        (StatusCode::SERVICE_UNAVAILABLE, &json!("urn:meteor-shower:problem:perhaps-sent"))
    );
    assert!(problem["detail"].as_str().unwrap().contains("may or may not have arrived"), "{problem}");
    assert_eq!(headers["retry-after"], "3");

    node.fault("tx", Fault::Broken);
    let (status, headers, problem) = get(&app, &format!("/v1/txs/{}", "A".repeat(64))).await;
    assert_eq!(
        (status, &problem["type"]),
        (StatusCode::SERVICE_UNAVAILABLE, &json!("urn:meteor-shower:problem:no-node"))
    );
    assert_eq!(headers["retry-after"], "3");
}

#[tokio::test]
async fn as_many_requests_reach_nodes_as_may_at_once() {
    let (node, app) = server().await;
    node.set(|node| drop(node.methods.insert("broadcast_tx_sync", Ok(refusal("", 0, "")))));
    let places = Arc::clone(&app.upstream).try_acquire_many_owned(UPSTREAM.try_into().unwrap()).unwrap();
    let account = format!("/v1/accounts/{}", address(1));
    for (status, headers, problem) in [
        post(&app, "/v1/txs", contribution()).await,
        post(&app, "/v1/simulate", contribution()).await,
        get(&app, &account).await,
        get(&app, &format!("/v1/txs/{}", "A".repeat(64))).await,
    ] {
        assert_eq!(
            (status, &problem["type"]),
            (StatusCode::SERVICE_UNAVAILABLE, &json!("urn:meteor-shower:problem:busy"))
        );
        assert_eq!(headers["retry-after"], "1");
    }
    assert!(node.asked().is_empty());
    drop(places);
    assert_eq!(post(&app, "/v1/txs", contribution()).await.0, StatusCode::OK);
    assert_eq!(app.upstream.available_permits(), UPSTREAM, "its place is free again");
}

#[tokio::test]
async fn pages_of_other_sites_may_send() {
    let (_node, app) = server().await;
    let preflight = Request::options("/v1/txs")
        .header("origin", "https://example.com")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type");
    let answer = send(&app, preflight.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let listed = |name: &str| answer.headers()[name].to_str().unwrap().to_lowercase();
    assert!(listed("access-control-allow-methods").contains("post"));
    assert!(listed("access-control-allow-headers").contains("content-type"));
}
