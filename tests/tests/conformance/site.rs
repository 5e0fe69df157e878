//! A chain to ask: a stage, and the calls that the lists need.

use std::time::Duration;

use cosmos_sdk_proto::traits::Message;
use cosmrs::Any;
use cosmwasm_std::Binary;
use meteor_tests::Stage;
use serde_json::{Value, json};

use super::said::{Names, error, verdict};
use super::wallet::Wallet;

/// How often a transaction is looked for before a test gives up: two minutes, for a busy machine.
const LOOKS: u32 = 2_400;
/// Looks between two broadcasts of the same bytes: wasmd 0.46 was once seen to forget what it had taken.
const REBROADCAST: u32 = 200;

/// The stage and the names of its addresses.
pub(crate) struct Site<'a> {
    pub(crate) stage: &'a Stage,
    pub(crate) names: Names,
    http: reqwest::Client,
}

impl<'a> Site<'a> {
    pub(crate) async fn new(stage: &'a Stage) -> Self {
        let deployment = &stage.deployment;
        let mut names = Names::from([
            (deployment.shower.clone(), "SHOWER".into()),
            (deployment.meteors.clone(), "METEORS".into()),
            (deployment.hatchery.clone(), "HATCHERY".into()),
        ]);
        for index in 0..16 {
            names.insert(Wallet::open(stage, index).await.address, format!("ACCOUNT{index}"));
        }
        Self { stage, names, http: reqwest::Client::new() }
    }

    /// The whole answer to a call, `result` or `error`.
    pub(crate) async fn rpc(&self, method: &str, params: Value) -> Value {
        let request = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        self.http.post(&self.stage.chain.rpc).json(&request).send().await.unwrap().json().await.unwrap()
    }

    /// The status and the whole answer to a call by GET. reqwest escapes what a path may not have.
    pub(crate) async fn get(&self, method: &str, query: &[(&str, &str)]) -> (u16, Value) {
        let url = format!("{}/{method}", self.stage.chain.rpc);
        let answer = self.http.get(url).query(query).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    pub(crate) async fn broadcast(&self, bytes: &[u8]) -> Value {
        self.rpc("broadcast_tx_sync", json!({"tx": Binary::from(bytes).to_base64()})).await
    }

    /// What is said against a transaction before it waits for a block; what doesn't get so far has an error
    /// instead.
    pub(crate) async fn refused(&self, bytes: &[u8]) -> Value {
        let answer = self.broadcast(bytes).await;
        if answer["error"].is_null() { verdict(&answer["result"]) } else { error(&answer) }
    }

    /// Sends a sound transaction of these messages; how `tx_search` shows it once it is in a block. What is
    /// refused before is shown with a `null` for its block.
    pub(crate) async fn run(&self, wallet: &mut Wallet, messages: Vec<Any>, gas: u64) -> Value {
        let bytes = wallet.signed(messages, |draft| {
            draft.fee.gas_limit = gas;
            draft.fee.amount = vec![super::wallet::coin(u128::from(gas) / 100, "uluna")];
        });
        let answer = self.broadcast(&bytes).await;
        if answer["result"]["code"] != 0 {
            return json!({"tx_result": answer["result"], "height": null});
        }
        wallet.sequence += 1;
        self.included(&bytes).await
    }

    /// A transaction that was sent, once it is in a block and in the index.
    pub(crate) async fn included(&self, bytes: &[u8]) -> Value {
        let hash = meteor_chain::transactions::hash(bytes);
        for look in 1..=LOOKS {
            let query = json!({"query": format!("tx.hash='{hash}'"), "page": "1"});
            let mut answer = self.rpc("tx_search", query).await;
            if answer["result"]["total_count"] == "1" {
                return answer["result"]["txs"][0].take();
            }
            if look.is_multiple_of(REBROADCAST) {
                println!("{hash} is in no block yet; sent again: {}", self.broadcast(bytes).await);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{hash} is in no block");
    }

    /// An answer of `abci_query`.
    pub(crate) async fn abci(&self, path: &str, data: &[u8], height: &str) -> Value {
        let params = json!({"path": path, "data": hex::encode(data), "height": height, "prove": false});
        self.rpc("abci_query", params).await["result"]["response"].take()
    }

    pub(crate) async fn query(&self, path: &str, request: &impl Message) -> Value {
        self.abci(path, &request.encode_to_vec(), "0").await
    }
}
