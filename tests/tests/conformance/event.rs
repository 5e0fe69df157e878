//! A whole event's transactions: the gas of each and the shape of its events, on the dev chain and on real
//! nodes.

use std::collections::BTreeMap;
use std::path::Path;

use cosmwasm_std::coin;

use meteor_messages::shower::ExecuteMsg;
use meteor_operator::jobs;
use meteor_operator::tax::Tax;
use meteor_operator::tx;
use meteor_rules::TokenId;
use meteor_tests::{Stage, WALLETS};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What the transactions did, by what was asked.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Told {
    /// Gas used.
    pub(crate) gas: BTreeMap<String, u64>,
    /// Types of events with the keys of their attributes, in order.
    pub(crate) events: BTreeMap<String, Value>,
}

impl Told {
    /// Notes the transactions in blocks above `height`.
    async fn note(&mut self, stage: &Stage, name: &str, height: u64) {
        let mut gas = 0;
        let mut events = Vec::new();
        for height in height + 1..=stage.height().await {
            for result in stage.results(height).await {
                assert_eq!(result["code"], 0, "{result}");
                gas += result["gas_used"].as_str().unwrap().parse::<u64>().unwrap();
                events.extend(result["events"].as_array().unwrap().iter().map(shape));
            }
        }
        self.gas.insert(name.into(), gas);
        self.events.insert(name.into(), events.into());
    }
}

fn shape(event: &Value) -> Value {
    let keys: Vec<_> = event["attributes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|attribute| attribute["key"].as_str().unwrap())
        .collect();
    json!(format!("{} {}", event["type"].as_str().unwrap(), keys.join(" ")))
}

/// One shower from its launch to a reveal, with a transaction for each entry.
pub(crate) async fn of_an_event(stage: &Stage) -> Told {
    let mut told = Told::default();
    let tax = Tax::of(&stage.node, "uusd").await.unwrap();
    told.note(stage, "instantiate all contracts", stage.deployment.height).await;

    // Before the showers: a real one is short.
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../artifacts/meteor_nft.wasm");
    let wasm = std::fs::read(path).unwrap();
    let before = stage.height().await;
    jobs::upload(&mut stage.account(1).await, &wasm).await.unwrap();
    told.note(stage, "store nft", before).await;

    stage.open(1).await;
    let names = ["contribute, the first", "contribute", "contribute, the third", "contribute, the fourth"];
    for (name, index) in names.into_iter().zip(WALLETS) {
        let before = stage.height().await;
        stage.contribute(index, 1, (10 + u128::from(index)) * 1_000_000).await.unwrap();
        told.note(stage, name, before).await;
    }
    let before = stage.height().await;
    stage.contribute(4, 1, 1).await.unwrap();
    told.note(stage, "top-up", before).await;
    let mut payer = stage.account(3).await;
    let to = stage.account(4).await.address().to_owned();
    let send = tx::send(payer.address(), &to, &meteor_operator::gas::coins(5, "uusd"));
    let before = stage.height().await;
    payer.send(vec![send]).await.unwrap();
    told.note(stage, "send", before).await;

    stage.end(1).await;
    let contract = &stage.deployment.shower;
    let before = stage.height().await;
    jobs::close(&mut stage.account(2).await, contract, 1).await.unwrap();
    told.note(stage, "close", before).await;
    let before = stage.height().await;
    stage.close_and_draw(1).await;
    told.note(stage, "draw", before).await;
    let before = stage.height().await;
    stage.mint(1).await;
    told.note(stage, "mint, 4 meteors", before).await;
    let before = stage.height().await;
    let mut operator = stage.account(2).await;
    operator.execute(contract, &ExecuteMsg::Settle { shower: 1 }, &[]).await.unwrap();
    told.note(stage, "settle", before).await;
    let before = stage.height().await;
    stage.withdraw().await;
    told.note(stage, "withdraw, both payees", before).await;
    let before = stage.height().await;
    let unasked = tx::send(payer.address(), contract, &meteor_operator::gas::coins(5, "uusd"));
    payer.send(vec![unasked]).await.unwrap();
    told.note(stage, "send to the contract", before).await;
    let before = stage.height().await;
    let amount = coin(tax.arrives(5), "uusd");
    let back = ExecuteMsg::ReturnUnasked { to: payer.address().to_owned(), amount };
    stage.account(1).await.execute(contract, &back, &[]).await.unwrap();
    told.note(stage, "return what came unasked", before).await;
    let before = stage.height().await;
    stage.crack(7, 1).await.unwrap();
    told.note(stage, "crack", before).await;
    let before = stage.height().await;
    let mut hatcher = jobs::Hatcher::new(stage.sealer(&stage.keys));
    assert_eq!(hatcher.round(&mut operator).await.unwrap().revealed, [TokenId(1)]);
    told.note(stage, "reveal, 1 meteor", before).await;
    told
}
