//! Gas of a whole event's transactions: the dev chain's estimate beside what real nodes used.

use std::collections::BTreeMap;
use std::path::Path;

use meteor_messages::shower::ExecuteMsg;
use meteor_operator::jobs;
use meteor_operator::tx;
use meteor_tests::{Stage, WALLETS};
use serde_json::Value;

/// Gas by what was done.
pub(crate) type Gas = BTreeMap<String, u64>;

/// The gas of all transactions in blocks above `height`.
async fn since(stage: &Stage, height: u64) -> u64 {
    let mut sum = 0;
    for height in height + 1..=stage.height().await {
        let url = format!("{}/block_results?height={height}", stage.chain.rpc);
        let answer: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
        for result in answer["result"]["txs_results"].as_array().into_iter().flatten() {
            assert_eq!(result["code"], 0, "{result}");
            sum += result["gas_used"].as_str().unwrap().parse::<u64>().unwrap();
        }
    }
    sum
}

/// One shower from its launch to a reveal, with a transaction for each entry.
pub(crate) async fn of_an_event(stage: &Stage) -> Gas {
    let mut gas = Gas::new();
    let deployed = stage.deployment.height;
    let url = format!("{}/block_results?height={deployed}", stage.chain.rpc);
    let answer: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    let used = answer["result"]["txs_results"][0]["gas_used"].as_str().unwrap();
    gas.insert("instantiate all contracts".into(), used.parse().unwrap());

    // Before the showers: a real one is short.
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../artifacts/meteor_nft.wasm");
    let wasm = std::fs::read(path).unwrap();
    let before = stage.height().await;
    jobs::upload(&mut stage.account(1).await, &wasm).await.unwrap();
    gas.insert("store nft".into(), since(stage, before).await);

    stage.open(1).await;
    for (name, index) in
        ["contribute, the first", "contribute", "contribute, the third", "contribute, the fourth"]
            .into_iter()
            .zip(WALLETS)
    {
        let sent = stage.contribute(index, 1, (10 + u128::from(index)) * 1_000_000).await.unwrap();
        gas.insert(name.into(), sent.gas_used);
    }
    gas.insert("top-up".into(), stage.contribute(4, 1, 1).await.unwrap().gas_used);
    let mut payer = stage.account(3).await;
    let coins = meteor_operator::gas::coins(5, "uusd");
    let to = stage.account(4).await.address().to_owned();
    let send = tx::send(payer.address(), &to, &coins);
    gas.insert("send".into(), payer.send(vec![send]).await.unwrap().gas_used);

    stage.end(1).await;
    let mut operator = stage.account(2).await;
    let contract = &stage.deployment.shower;
    let before = stage.height().await;
    jobs::close(&mut operator, contract, 1).await.unwrap();
    gas.insert("close".into(), since(stage, before).await);
    let before = stage.height().await;
    stage.close_and_draw(1).await;
    gas.insert("draw".into(), since(stage, before).await);
    let before = stage.height().await;
    // Opened anew: the stage signed with it too.
    let mut operator = stage.account(2).await;
    jobs::mint(&mut operator, contract, 1, |rank| Some(stage.art(1, rank)), |_| ()).await.unwrap();
    gas.insert("mint, 4 meteors".into(), since(stage, before).await);
    let settled = operator.execute(contract, &ExecuteMsg::Settle { shower: 1 }, &[]).await.unwrap();
    gas.insert("settle".into(), settled.gas_used);
    gas.insert("crack".into(), stage.crack(7, 1).await.unwrap().gas_used);
    let before = stage.height().await;
    let mut hatcher = jobs::Hatcher::new(&stage.deployment, &stage.keys, &stage.preset.crack.tables);
    assert_eq!(hatcher.round(&mut operator).await.unwrap().revealed, [1]);
    gas.insert("reveal, 1 meteor".into(), since(stage, before).await);
    gas
}
