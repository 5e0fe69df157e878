//! `meteor demo` as the tests' own customer: on a chain of its own, taxed or not, and on a real node.

use std::path::Path;
use std::time::Duration;

use cosmwasm_std::Decimal;
use meteor_chain::contracts::{Collection, HatcheryContract, ShowerContract};
use meteor_cli::demo::{Open, Options, Where, run};
use meteor_messages::shower::{ExecuteMsg, Status};
use meteor_operator::account::Account;
use meteor_operator::gas::coins;
use meteor_operator::jobs;
use meteor_operator::node::Node;
use meteor_operator::signer::Signer;
use meteor_operator::tx;
use meteor_tests::{RealNode, Target};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

/// A short demo of two showers.
fn short(seconds: u64, at: Where) -> Options {
    Options {
        showers: Some(2),
        wallets: 12,
        seconds: Some(seconds),
        contributions: 2,
        seed: 7,
        listen: ([127, 0, 0, 1], 0).into(),
        preset: "demo".into(),
        exit: true,
        at,
    }
}

fn stop() -> CancellationToken {
    CancellationToken::new()
}

async fn checks_out(options: &Options) {
    let summary = run(options, &stop(), |_| ()).await.unwrap().unwrap();
    assert!(summary.good);
    assert!(summary.contributions >= 22, "most wallets join both showers: {summary:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_demo_checks_out() {
    let Target::Real(generation) = Target::from_env() else {
        return checks_out(&short(4, Where { block_ms: 100, ..Where::default() })).await;
    };
    let node = tokio::task::spawn_blocking(move || RealNode::start(generation)).await.unwrap();
    let artifacts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../artifacts");
    let at = Where { node: Some(node.rpc().to_owned()), artifacts: Some(artifacts), ..Where::default() };
    let options = short(20, at);
    checks_out(&options).await;
    // The chain goes on: the same wallets come again, and have something left.
    let again = run(&Options { showers: Some(1), ..options }, &stop(), |_| ()).await.unwrap().unwrap();
    assert!(again.good, "{again:?}");
    tokio::task::spawn_blocking(move || drop(node)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_demo_checks_out_where_transfers_are_taxed() {
    if Target::from_env().lacks("a_taxed_demo", "the tax is a setting of the dev chain") {
        return;
    }
    let at = Where { block_ms: 100, burn_tax: Some(Decimal::permille(5)), ..Where::default() };
    checks_out(&short(4, at)).await;
}

/// Somebody who found the demo's page.
struct Visitor {
    open: Open,
    http: Client,
    node: Node,
}

impl Visitor {
    async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        let url = format!("http://{}{path}", self.open.api);
        let answer = self.http.post(url).json(body).send().await.unwrap();
        let (status, kind) = (answer.status(), answer.headers()["content-type"].to_str().unwrap().to_owned());
        let wanted = if status.is_success() { "application/json" } else { "application/problem+json" };
        assert_eq!(kind, wanted, "{path}");
        (status, answer.json().await.unwrap())
    }

    async fn demo(&self) -> Value {
        let url = format!("http://{}/demo", self.open.api);
        self.http.get(url).send().await.unwrap().json().await.unwrap()
    }

    /// Asks until the demo is in `phase`.
    async fn phase(&self, phase: &str) -> Value {
        let asked = async || Some(self.demo().await).filter(|now| now["phase"] == phase);
        until(&format!("the phase {phase}"), asked).await
    }

    async fn contribute(&self, account: &mut Account, shower: u32, amount: u128) {
        let contract = &self.open.deployment.shower;
        let shown = ShowerContract::new(&self.node, contract);
        let open = async || (shown.shower(shower).await.unwrap().status == Status::Open).then_some(());
        until(&format!("shower {shower} to be open"), open).await;
        let funds = coins(amount, &self.open.chain.denom);
        account.execute(contract, &ExecuteMsg::Contribute { shower }, &funds).await.unwrap();
    }

    /// What it has of one of the collections, once that is something.
    async fn owns(&self, collection: &str, address: &str) -> Vec<u64> {
        let owned = async || {
            let tokens = Collection::new(&self.node, collection).tokens_of(address).await.unwrap();
            (!tokens.is_empty()).then_some(tokens)
        };
        let tokens = until(&format!("{address} to have something of {collection}"), owned).await;
        tokens.iter().map(|token_id| token_id.parse().unwrap()).collect()
    }

    /// Looks at the picture of a token that it has just got, as the page does.
    async fn sees(&self, collection: &str, id: u64) {
        let get = |path: String| self.http.get(format!("http://{}{path}", self.open.api)).send();
        // The server may be a block behind the chain.
        let shown = async || {
            let answer = get(format!("/v1/nfts/{collection}/{id}")).await.unwrap();
            if answer.status() == StatusCode::OK { Some(answer.json::<Value>().await.unwrap()) } else { None }
        };
        let nft = until(&format!("{collection}/{id} to be served"), shown).await;
        let cid = nft["image"].as_str().unwrap().strip_prefix("ipfs://").unwrap();
        for (query, kind) in [("", "image/png"), ("?w=384", "image/webp")] {
            let answer = get(format!("/img/{cid}{query}")).await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK, "{cid}{query}");
            assert_eq!(answer.headers()["content-type"], kind, "{cid}{query}");
        }
    }

    /// Takes play money, contributes to both showers, cracks what it got for the first, and ends the waiting. Of what
    /// was held back `arrives` comes back.
    async fn takes_part(&self, arrives: u128) {
        let Open { chain, deployment, .. } = &self.open;
        assert_eq!(self.demo().await, json!({"phase": "showers", "finish_at": null}));
        let signer = Signer::from_bytes(&[0x42; 32], &chain.prefix).unwrap();
        let address = signer.address().to_owned();
        let asked = json!({ "address": address });
        let (status, problem) = self.post("/demo/faucet", &json!({"address": "terra1nobody"})).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{problem}");
        let (status, problem) = self.post("/demo/faucet", &json!({"wallet": address})).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{problem}");
        let (status, given) = self.post("/demo/faucet", &asked).await;
        assert_eq!(status, StatusCode::OK, "{given}");
        assert_eq!(given["hash"].as_str().unwrap().len(), 64);
        assert_eq!(self.node.balance(&address, &chain.denom).await.unwrap(), GIFT, "it is there at once");
        assert_eq!(self.post("/demo/faucet", &asked).await, (status, given), "nothing is sent again");
        assert_eq!(self.node.balance(&address, &chain.denom).await.unwrap(), GIFT, "once");
        let (status, problem) = self.post("/demo/finish", &json!({})).await;
        assert_eq!(status, StatusCode::CONFLICT, "showers go on: {problem}");

        let mut account = Account::open(self.node.clone(), signer, chain.gas_price.clone()).await.unwrap();
        // Somebody with a wallet of their own, who happens to be paid as well, and does the operator's work.
        let mut stranger = chain.account(9).await.unwrap();
        self.contribute(&mut stranger, 1, 9_000_000).await;
        self.contribute(&mut account, 1, 20_000_000).await;
        self.contribute(&mut account, 1, 1).await;
        self.contribute(&mut account, 2, 30_000_000).await;
        // Page and docs say that one must not, so somebody will.
        let slip = tx::send(&address, &deployment.shower, &coins(7, &chain.denom));
        account.send(vec![slip]).await.unwrap();
        let mine = self.owns(&deployment.meteors, &address).await;
        let cracked = *mine.first().unwrap();
        jobs::crack(&mut account, deployment, &[cracked]).await.unwrap();
        let hatchery = HatcheryContract::new(&self.node, &deployment.hatchery).config().await.unwrap();
        let (found, hatched) = tokio::select! {
            eggs = self.owns(&hatchery.eggs, &address) => ("eggs", eggs),
            dust = self.owns(&hatchery.dust, &address) => ("dust", dust),
        };
        assert_eq!(hatched, [cracked], "revealed while the demo goes on");
        self.sees("meteors", cracked).await;
        self.sees(found, cracked).await;

        let waiting = self.phase("waiting").await;
        jobs::settle(&mut stranger, &deployment.shower, 1).await.unwrap();
        let payee = stranger.address().to_owned();
        jobs::withdraw(&mut stranger, &deployment.shower, &payee).await.unwrap();
        assert!(waiting["finish_at"].is_u64(), "{waiting}");
        let (status, now) = self.post("/demo/finish", &json!({})).await;
        assert_eq!((status, &now["phase"]), (StatusCode::OK, &json!("finishing")));
        // Served only if all checks hold.
        assert_eq!(self.phase("over").await["finish_at"], json!(null));
        let left = self.node.balance(&address, &chain.denom).await.unwrap();
        assert_eq!(left, GIFT - 50_000_001 - 7 + arrives, "the key of shower 1 came too late");
    }
}

/// What the faucet gives (micro-UST).
const GIFT: u128 = 1_000_000_000;
const LOOK: Duration = Duration::from_millis(50);
/// Longer than any demo here, so that one that stalls fails the test instead of hanging it.
const END: Duration = Duration::from_mins(3);

/// Asks until there is an answer.
async fn until<T>(what: &str, ask: impl AsyncFn() -> Option<T>) -> T {
    let answered = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::time::timeout(END, answered).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

/// What is held back of 20.000001 UST (micro-UST).
const HELD: u128 = 1_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_with_a_visitor_checks_out() {
    if Target::from_env().lacks("a_visited_demo", "the demo's clock is moved only on the dev chain") {
        return;
    }
    visited(Where { block_ms: 100, ..Where::default() }, HELD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_with_a_visitor_checks_out_where_transfers_are_taxed() {
    if Target::from_env().lacks("a_visited_taxed_demo", "the tax is a setting of the dev chain") {
        return;
    }
    let at = Where { block_ms: 100, burn_tax: Some(Decimal::permille(5)), ..Where::default() };
    visited(at, HELD - HELD / 200).await;
}

async fn visited(at: Where, arrives: u128) {
    let options = Options { exit: false, ..short(6, at) };
    let (stop, (tell, told)) = (stop(), oneshot::channel());
    let visiting = async {
        let open: Open = told.await.unwrap();
        let visitor = Visitor { node: Node::new(&open.chain.rpc).unwrap(), http: Client::new(), open };
        visitor.takes_part(arrives).await;
    };
    let demo = run(&options, &stop, |open| drop(tell.send(open)));
    tokio::select! {
        ended = demo => panic!("the demo ended before its visitor: {ended:?}"),
        () = visiting => {}
    }
}
