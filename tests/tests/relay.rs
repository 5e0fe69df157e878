//! Taking part through the API alone, as a page with a wallet does: account, simulation, broadcast, look-up, live
//! event; and what is refused.

use std::time::Duration;

use cosmrs::Any;
use cosmwasm_std::Binary;
use meteor_chain::transactions::hash;
use meteor_messages::nft;
use meteor_messages::shower::ExecuteMsg;
use meteor_operator::gas::{GasPrice, coins};
use meteor_operator::signer::Signer;
use meteor_operator::tx::{self, Place};
use meteor_tests::{Api, Stage};
use serde_json::{Value, json};

const UST: u128 = 1_000_000;
/// More than any contribution uses.
const ENOUGH: u64 = 300_000;
/// Looks for a transaction before a test gives up: a minute, for real nodes.
const LOOKS: u32 = 1_200;

/// A wallet that knows the chain by the API alone.
struct Wallet<'a> {
    api: &'a Api,
    signer: Signer,
    chain_id: String,
    price: GasPrice,
}

impl<'a> Wallet<'a> {
    async fn open(api: &'a Api, signer: Signer) -> Self {
        let site = api.ok("/v1/site").await;
        let text = |at: &str| site.pointer(at).unwrap().as_str().unwrap().to_owned();
        let price = format!("{}{}", text("/gas_price/price"), text("/gas_price/denom")).parse().unwrap();
        let chain_id = api.ok("/v1/config").await["chain_id"].as_str().unwrap().to_owned();
        Self { api, signer, chain_id, price }
    }

    async fn account(&self) -> Value {
        self.api.ok(&format!("/v1/accounts/{}", self.signer.address())).await
    }

    async fn place(&self) -> Place {
        let account = self.account().await;
        let number = |key: &str| account[key].as_str().unwrap().parse().unwrap();
        Place {
            chain_id: self.chain_id.clone(),
            number: number("account_number"),
            sequence: number("sequence"),
        }
    }

    fn contribution(&self, stage: &Stage, amount: u128) -> Any {
        let message = ExecuteMsg::Contribute { shower: 1 };
        let funds = coins(amount, &stage.chain.denom);
        tx::execute(self.signer.address(), &stage.deployment.shower, &message, &funds).unwrap()
    }

    async fn simulate(&self, messages: Vec<Any>) -> (u16, Value) {
        let sequence = self.place().await.sequence;
        post(self.api, "/v1/simulate", &tx::unsigned(&self.signer, sequence, messages)).await
    }

    async fn sign(&self, messages: Vec<Any>, gas: u64) -> Vec<u8> {
        tx::sign(&self.signer, &self.place().await, messages, gas, &self.price, 0).unwrap()
    }

    /// Sends signed bytes, which must be taken, and waits for their block.
    async fn send(&self, bytes: &[u8]) -> Value {
        let (status, sent) = post(self.api, "/v1/txs", bytes).await;
        assert_eq!((status, &sent), (200, &json!({ "hash": hash(bytes) })));
        for _ in 0..LOOKS {
            let found = self.api.ok(&format!("/v1/txs/{}", hash(bytes))).await;
            if found["height"].is_u64() {
                return found;
            }
            assert_eq!((&found["code"], &found["gas_used"]), (&json!(0), &json!(0)));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{} is in no block", hash(bytes));
    }
}

async fn post(api: &Api, path: &str, tx: &[u8]) -> (u16, Value) {
    let body = json!({ "tx": Binary::from(tx).to_base64() });
    let sent = reqwest::Client::new().post(format!("{}{path}", api.base)).json(&body).send().await.unwrap();
    (sent.status().as_u16(), sent.json().await.unwrap())
}

/// What a live connection tells, up to the end of a frame that says `wanted`.
async fn hear(live: &mut reqwest::Response, wanted: &str) -> String {
    let mut heard = String::new();
    while !(heard.contains(wanted) && heard.ends_with("\n\n") && heard.contains("event: height")) {
        heard.push_str(std::str::from_utf8(&live.chunk().await.unwrap().unwrap()).unwrap());
    }
    heard
}

/// A refusal: it must be a problem with these words, this code, and whose it is.
fn refused((status, problem): (u16, Value), codespace: &str, code: u32, says: &str) {
    assert_eq!(status, 422, "{problem}");
    assert_eq!((&problem["codespace"], &problem["code"]), (&json!(codespace), &json!(code)), "{problem}");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains(says), "{detail}");
    assert!(
        !detail.contains("failed") && !detail.contains("message index") && !detail.contains("gas used"),
        "{detail}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contribution_goes_through_the_api_alone() {
    let stage = Stage::start(1).await;
    stage.open(1).await;
    let api = stage.serve().await;
    let wallet = Wallet::open(&api, stage.chain.signer(4).unwrap()).await;
    let address = wallet.signer.address().to_owned();
    let mut live = reqwest::get(format!("{}/v1/events", api.base)).await.unwrap();
    assert!(!hear(&mut live, "event: height").await.contains("event: contribution"));

    let message = || vec![wallet.contribution(&stage, 9 * UST)];
    let (status, simulated) = wallet.simulate(message()).await;
    assert_eq!(status, 200, "{simulated}");
    let (used, limit) = (simulated["gas_used"].as_u64().unwrap(), simulated["gas_limit"].as_u64().unwrap());
    assert!(used > 50_000 && limit > used, "{simulated}");
    let before = wallet.account().await;
    let bytes = wallet.sign(message(), limit).await;
    let found = wallet.send(&bytes).await;
    assert_eq!(
        (&found["code"], &found["log"], &found["codespace"]),
        (&json!(0), &json!(""), &json!("")),
        "{found}"
    );
    let used = found["gas_used"].as_u64().unwrap();
    assert!(used > 50_000 && used <= limit, "{found}");

    let told = format!(
        "event: contribution\ndata: {{\"height\":{},\"shower\":1,\"contributor\":\"{address}\",\"amount\":\"9000000\",\
         \"total\":\"9000000\",\"rank\":1,\"tier\":\"legendary\",\"seq\":1}}\n\n",
        found["height"]
    );
    let heard = hear(&mut live, &told).await;
    assert!(heard.contains("event: shower"), "{heard}");
    api.server.wait_applied(found["height"].as_u64().unwrap()).await.unwrap();
    assert_eq!(api.ok(&format!("/v1/wallets/{address}")).await["total"], "9000000");

    // The sequence went up, and the money is gone.
    let after = wallet.account().await;
    let number = |account: &Value, key: &str| account[key].as_str().unwrap().parse::<u64>().unwrap();
    assert_eq!(number(&after, "sequence"), number(&before, "sequence") + 1);
    let has = |account: &Value| -> u128 {
        let all = account["balances"].as_array().unwrap().iter();
        let mut ours = all.filter(|balance| balance["denom"] == "uusd");
        ours.next().unwrap()["amount"].as_str().unwrap().parse().unwrap()
    };
    assert_eq!(has(&before) - has(&after), 9 * UST);
    assert_eq!(has(&after), stage.balance(&address).await);

    // The same bytes again are the same transaction: nobody pays twice.
    let (status, again) = post(&api, "/v1/txs", &bytes).await;
    assert_eq!((status, &again["hash"]), (200, &json!(hash(&bytes))));
    assert_eq!(has(&wallet.account().await), has(&after));
    drop(live);
    api.server.shutdown().await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_chain_refuses_is_told_in_words() {
    let stage = Stage::start(1).await;
    stage.open(1).await;
    let api = stage.serve().await;
    let wallet = Wallet::open(&api, stage.chain.signer(4).unwrap()).await;
    let least = format!("is at least {}", stage.preset.minimum.micro("uusd").unwrap());
    let little = || vec![wallet.contribution(&stage, 1)];
    refused(wallet.simulate(little()).await, "wasm", 5, &least);
    // Sent all the same, it costs its fee.
    let failed = wallet.send(&wallet.sign(little(), ENOUGH).await).await;
    assert_eq!((&failed["code"], &failed["codespace"]), (&json!(5), &json!("wasm")));
    let log = failed["log"].as_str().unwrap();
    assert!(log.starts_with("Your total in shower 1 would be 1: ") && log.contains(&least), "{log}");

    let much = vec![wallet.contribution(&stage, u128::MAX / 2)];
    refused(wallet.simulate(much).await, "sdk", 5, "too little");
    let good = || vec![wallet.contribution(&stage, 9 * UST)];
    let starved = wallet.send(&wallet.sign(good(), ENOUGH / 4).await).await;
    assert_eq!((&starved["code"], &starved["codespace"]), (&json!(11), &json!("sdk")), "{starved}");
    assert!(starved["log"].as_str().unwrap().contains("more gas"), "{starved}");

    // Two transactions with one sequence: one of them has to be signed again.
    let one = wallet.sign(good(), ENOUGH).await;
    let other = wallet.sign(little(), ENOUGH).await;
    assert_eq!(wallet.send(&one).await["code"], 0);
    refused(post(&api, "/v1/txs", &other).await, "sdk", 32, "came first: try again");
    let late = tx::unsigned(&wallet.signer, 0, good());
    refused(post(&api, "/v1/simulate", &late).await, "sdk", 32, "came first: try again");
    let stranger = Place { chain_id: "another-1".into(), ..wallet.place().await };
    let elsewhere = tx::sign(&wallet.signer, &stranger, good(), ENOUGH, &wallet.price, 0).unwrap();
    refused(post(&api, "/v1/txs", &elsewhere).await, "sdk", 4, "signature does not fit");

    // An account that never received coins.
    let new = Wallet::open(&api, Signer::from_bytes(&[3; 32], &stage.chain.prefix).unwrap()).await;
    let expected = json!({ "address": new.signer.address(), "exists": false, "account_number": "0",
        "sequence": "0", "balances": [] });
    assert_eq!(new.account().await, expected);
    refused(
        new.simulate(vec![new.contribution(&stage, 9 * UST)]).await,
        "sdk",
        9,
        "does not know this account",
    );

    let mut guardian = stage.account(3).await;
    guardian.execute(&stage.deployment.shower, &ExecuteMsg::Pause {}, &[]).await.unwrap();
    refused(wallet.simulate(good()).await, "wasm", 5, "Contributing is paused: try again when");
    api.server.shutdown().await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_no_open_relay() {
    let stage = Stage::start(1).await;
    let api = stage.serve().await;
    let wallet = Wallet::open(&api, stage.chain.signer(4).unwrap()).await;
    let address = wallet.signer.address().to_owned();
    let height = stage.height().await;
    let send = tx::send(&address, stage.chain.signer(5).unwrap().address(), &coins(1, "uusd"));
    let eggs =
        api.ok("/v1/config").await.pointer("/hatchery/eggs/address").unwrap().as_str().unwrap().to_owned();
    let gift = nft::ExecuteMsg::TransferNft { recipient: address.clone(), token_id: "1".into() };
    let other = tx::execute(&address, &eggs, &gift, &[]).unwrap();
    for (messages, says) in [
        (vec![send.clone()], "/cosmos.bank.v1beta1.MsgSend"),
        (vec![wallet.contribution(&stage, 9 * UST), send], "message 2"),
        (vec![other], "no contract of this event"),
        (vec![], "0 messages"),
    ] {
        let bytes = wallet.sign(messages, ENOUGH).await;
        for path in ["/v1/txs", "/v1/simulate"] {
            let (status, problem) = post(&api, path, &bytes).await;
            assert_eq!(
                (status, &problem["type"]),
                (422, &json!("urn:meteor-shower:problem:not-relayed")),
                "{problem}"
            );
            assert!(problem["detail"].as_str().unwrap().contains(says), "{problem}");
        }
        let found = api.ok(&format!("/v1/txs/{}", hash(&bytes))).await;
        assert_eq!(found["height"], Value::Null, "it was not sent");
    }
    // A meteor of nobody's is the contract's to refuse, not the relay's.
    let nobodys = tx::execute(&address, &stage.deployment.meteors, &gift, &[]).unwrap();
    let (status, problem) = wallet.simulate(vec![nobodys]).await;
    assert_eq!((status, &problem["type"]), (422, &json!("urn:meteor-shower:problem:refused")), "{problem}");
    assert_eq!(wallet.place().await.sequence, {
        let account = stage.node.account(&address).await.unwrap();
        assert!(account.height >= height);
        account.value.sequence
    });
    api.server.shutdown().await;
    stage.stop().await;
}
