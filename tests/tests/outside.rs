//! Contract calls outside of transactions, as governance, cron and callbacks make them: the indexer folds them
//! like any other.

use cosmwasm_std::coin;
use meteor_messages::shower::ExecuteMsg;
use meteor_tests::{Stage, Target};
use serde_json::Value;

const UST: u128 = 1_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_call_outside_of_transactions_is_folded_like_any_other() {
    if Target::from_env().lacks("a_call_outside", "a real chain calls what its governance decides") {
        return;
    }
    let stage = Stage::start(1).await;
    let api = stage.serve().await;
    let contract = &stage.deployment.shower;
    stage.open(1).await;
    stage.contribute(4, 1, 10 * UST).await.unwrap();
    let sender = stage.account(5).await.address().to_owned();
    let contribute = ExecuteMsg::Contribute { shower: 1 };
    let money = vec![coin(30 * UST, "uusd")];
    let height = stage.call_by_the_chain(Some(&sender), contract, &contribute, money).await.unwrap();
    assert_eq!(stage.results(height).await, Vec::<Value>::new(), "that block has no transaction");
    stage.contribute(4, 1, UST).await.unwrap();

    api.caught_up(&stage).await;
    let page = api.ok("/v1/showers/1").await;
    let state = stage.shower(1).await;
    assert_eq!(page["log"].as_str().unwrap(), state.log.to_hex(), "indexer and contract agree");
    assert_eq!(page["total"], (41 * UST).to_string());
    let ranking = api.ok("/v1/showers/1/ranking").await;
    assert_eq!(ranking["ranking"][0]["contributor"], sender, "{ranking}");

    // What the contract refuses changes nothing; and without coins there is another verb.
    let refused = stage.call_by_the_chain(None, contract, &contribute, vec![]).await.unwrap_err();
    assert!(refused.to_string().contains("no coins came"), "{refused}");
    stage.end(1).await;
    stage.call_by_the_chain(None, contract, &ExecuteMsg::Close { shower: 1 }, vec![]).await.unwrap();
    api.caught_up(&stage).await;
    assert_eq!(api.ok("/v1/showers/1").await["status"], "closed");

    // An indexer that follows from the beginning reads the same blocks.
    api.server.shutdown().await;
    let again = stage.serve().await;
    assert_eq!(again.ok("/v1/showers/1").await["log"].as_str().unwrap(), state.log.to_hex());
    again.server.shutdown().await;
    stage.stop().await;
}
