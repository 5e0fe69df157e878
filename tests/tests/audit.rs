//! The audit: what a whole event's contracts say is what the fold says, and what a node hides is found.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use meteor_messages::nft;
use meteor_messages::shower::ExecuteMsg;
use meteor_operator::gas::coins;
use meteor_operator::jobs;
use meteor_operator::tx;
use meteor_tests::proxy::serve;
use meteor_tests::{Api, Stage};
use serde_json::Value;

const UST: u128 = 1_000_000;

/// The events that the node hides. None of them is in a hash, and the fold goes on without them.
const HIDDEN: [&str; 4] = ["wasm-transfer", "wasm-role", "wasm-withdraw", "wasm-minimum"];

/// A node in front of `upstream` that hides them, and coins that come unasked.
async fn hiding(upstream: &str) -> String {
    let state = Arc::new((reqwest::Client::new(), upstream.to_owned()));
    serve(Router::new().fallback(answer).with_state(state)).await
}

async fn answer(State(node): State<Arc<(reqwest::Client, String)>>, body: Bytes) -> String {
    let (http, upstream) = &*node;
    let asked = http.post(upstream).header("content-type", "application/json").body(body);
    let answer = asked.send().await.unwrap().text().await.unwrap();
    let mut answer: Value = serde_json::from_str(&answer).unwrap();
    hide(&mut answer);
    answer.to_string()
}

/// Takes the hidden events out of every list of events, however deep it is.
fn hide(value: &mut Value) {
    match value {
        Value::Array(all) => {
            let contributes = all.iter().any(|event| event["type"] == "wasm-contribution");
            all.retain(|event| match event["type"].as_str() {
                // Without a contribution beside it, the coins came unasked.
                Some("transfer") => contributes,
                Some(kind) => !HIDDEN.contains(&kind),
                None => true,
            });
            all.iter_mut().for_each(hide);
        }
        Value::Object(all) => all.values_mut().for_each(hide),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Two showers: the first minted, settled and paid, with one meteor revealed, one in custody and one given away; the
/// second refunded. Roles and the minimum change, and coins come unasked.
async fn eventful(stage: &Stage, audited: Option<&Api>) {
    let contract = &stage.deployment.shower;
    let compare = async || {
        if let Some(api) = audited {
            api.caught_up(stage).await;
            assert_eq!(api.differences().await, [].into());
        }
    };
    let mut owner = stage.account(1).await;
    stage.open(1).await;
    for (index, amount) in [(4, 40), (5, 30), (6, 20), (7, 10)] {
        stage.contribute(index, 1, amount * UST).await.unwrap();
    }
    compare().await;
    let send = tx::send(stage.account(7).await.address(), contract, &coins(5_000_000, "uusd"));
    stage.account(7).await.send(vec![send]).await.unwrap();
    stage.end(1).await;
    stage.contribute(4, 2, 9 * UST).await.unwrap();
    compare().await;
    stage.close_and_draw(1).await;
    stage.mint(1).await;
    jobs::settle(&mut owner, contract, 1).await.unwrap();
    stage.withdraw().await;
    compare().await;
    let to = stage.account(4).await.address().to_owned();
    let gift = nft::ExecuteMsg::TransferNft { recipient: to, token_id: "4".into() };
    stage.account(7).await.execute(&stage.deployment.meteors, &gift, &[]).await.unwrap();
    stage.crack(4, 1).await.unwrap();
    let mut worker = stage.account(2).await;
    let hatched = jobs::Hatcher::new(stage.sealer(&stage.keys)).round(&mut worker).await.unwrap();
    assert_eq!(hatched.revealed.len(), 1, "{hatched:?}");
    stage.crack(5, 2).await.unwrap();
    compare().await;
    owner.execute(contract, &ExecuteMsg::Cancel { shower: 2 }, &[]).await.unwrap();
    jobs::refund(&mut owner, contract, 2, |_| ()).await.unwrap();
    let guardian = stage.account(6).await.address().to_owned();
    owner.execute(contract, &ExecuteMsg::SetGuardian { address: guardian }, &[]).await.unwrap();
    compare().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contracts_say_what_the_fold_says_all_the_way_through_an_event() {
    let stage = Stage::start(2).await;
    let api = stage.serve().await;
    eventful(&stage, Some(&api)).await;
    let subjects: Vec<_> = api.server.app().health.checks().into_keys().collect();
    let all = ["balance", "custody", "dust", "eggs", "meteors", "payees", "roles", "shower 1", "shower 2"];
    assert_eq!(subjects, all);
    api.server.shutdown().await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_node_hides_is_found() {
    let stage = Stage::start(2).await;
    eventful(&stage, None).await;
    let node = hiding(&stage.chain.rpc).await;
    let api = stage.serve_from(&node).await;
    let found = api.differences().await;
    let subjects: Vec<_> = found.keys().map(String::as_str).collect();
    // Without the transfers that brought them into custody, meteors were not cracked either.
    assert_eq!(subjects, ["balance", "custody", "eggs", "meteors", "payees", "roles"], "{found:#?}");
    let status = api.server.admin_addr();
    let status: Value = reqwest::get(format!("http://{status}/status")).await.unwrap().json().await.unwrap();
    assert_eq!(status["alarm"], true);
    assert!(status["checks"]["roles"]["differs"][0].as_str().unwrap().starts_with("guardian: "), "{status}");
    api.server.shutdown().await;
    stage.stop().await;
}
