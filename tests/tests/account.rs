//! What an account does where the chain asks for more than it signed: a new signature, a higher fee, a lower
//! limit.

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use cosmwasm_std::{Binary, Decimal};
use meteor_chain::transactions::{self, Broadcast};
use meteor_chain::tx::Included;
use meteor_chain::words::Said;
use meteor_devnet::{Blocks, Config, DEV_MNEMONIC, Devnet, GasPrice as Least};
use meteor_operator::account::{Account, AccountError, Patience};
use meteor_operator::gas::{GasPrice, coins, with_margin};
use meteor_operator::node::Node;
use meteor_operator::signer::{COIN_TYPE, Signer};
use meteor_operator::tx;
use meteor_tests::proxy::{Fault, Proxy, serve};
use serde_json::{Value, json};
use tokio::sync::Notify;

const AMOUNT: u128 = 1_000;
/// What accounts pay unless told otherwise (millionths of uluna for a unit of gas).
const PRICE: u64 = 10_000;
/// More blocks than a signed transaction lives.
const LIFETIME: u32 = 40;

/// A chain without contracts that wants `price` and holds `max_gas` in a block.
async fn chain(price: u64, max_gas: Option<u64>) -> Devnet {
    with(price, Config { max_gas, ..Config::default() }).await
}

/// The same of other settings.
async fn with(price: u64, config: Config) -> Devnet {
    let any = (Ipv4Addr::LOCALHOST, 0).into();
    let gas_prices = vec![Least { denom: "uluna".into(), micros: price }];
    let config = Config { blocks: Blocks::OnTx, rpc: any, rest: any, gas_prices, ..config };
    meteor_devnet::start(config, vec![]).await.unwrap()
}

/// A price in uluna.
fn price(millionths: u64) -> GasPrice {
    GasPrice { denom: "uluna".into(), millionths }
}

fn signer(index: u32) -> Signer {
    Signer::from_mnemonic(DEV_MNEMONIC, COIN_TYPE, index, "terra").unwrap()
}

/// Account 2 with its journal in `dir`, over the node at `url`.
async fn open(url: &str, dir: &Path) -> Account {
    Account::open_with_journal(Node::new(url).unwrap(), signer(2), price(PRICE), dir).await.unwrap()
}

/// Pays account 9.
async fn pay(account: &mut Account) -> Result<Included, AccountError> {
    let message = tx::send(account.address(), signer(9).address(), &coins(AMOUNT, "uusd"));
    account.send(vec![message]).await
}

/// What account `index` has.
async fn has(node: &Node, index: u32, denom: &str) -> u128 {
    node.balance(signer(index).address(), denom).await.unwrap()
}

/// A node that accepts the first transaction it is handed, and forgets it, however often it comes; or every
/// one.
struct Forgetful {
    url: String,
    forgotten: Arc<Mutex<Option<Vec<u8>>>>,
    forgot: Arc<Notify>,
}

impl Forgetful {
    async fn start(upstream: String, every: bool) -> Self {
        let forgotten: Arc<Mutex<Option<Vec<u8>>>> = Arc::default();
        let forgot = Arc::new(Notify::new());
        let (first, told, http) = (Arc::clone(&forgotten), Arc::clone(&forgot), reqwest::Client::new());
        let router = Router::new().fallback(async move |body: Bytes| {
            let request: Value = serde_json::from_slice(&body).unwrap();
            if request["method"] == "broadcast_tx_sync" {
                let bytes = Binary::from_base64(request["params"]["tx"].as_str().unwrap()).unwrap().to_vec();
                let mut forgotten = first.lock().unwrap();
                if every || forgotten.as_ref().is_none_or(|first| *first == bytes) {
                    *forgotten = Some(bytes);
                    told.notify_one();
                    return json!({"jsonrpc": "2.0", "id": 1, "result": {"code": 0}}).to_string();
                }
            }
            let request = http.post(&upstream).header("content-type", "application/json").body(body);
            request.send().await.unwrap().text().await.unwrap()
        });
        Self { url: serve(router).await, forgotten, forgot }
    }

    /// What it forgot last.
    fn bytes(&self) -> Vec<u8> {
        self.forgotten.lock().unwrap().clone().unwrap()
    }
}

/// An account that is about to pay through a node that forgets.
struct Forgotten {
    devnet: Devnet,
    dir: tempfile::TempDir,
    proxy: Forgetful,
    account: Account,
    /// What the payee has.
    before: u128,
    sequence: u64,
}

impl Forgotten {
    async fn prepare() -> Self {
        let devnet = chain(PRICE, None).await;
        let dir = tempfile::tempdir().unwrap();
        let proxy = Forgetful::start(devnet.rpc_url(), false).await;
        let account = open(&proxy.url, dir.path()).await;
        let before = has(account.node(), 9, "uusd").await;
        let sequence = account.node().account(account.address()).await.unwrap().value.sequence;
        Self { devnet, dir, proxy, account, before, sequence }
    }
}

/// The account paid once, in another transaction than the forgotten one, which had the same sequence and is
/// dead.
async fn paid_once(devnet: &Devnet, account: &Account, before: u128, forgotten: &[u8], sequence: u64) {
    let direct = Node::new(&devnet.rpc_url()).unwrap();
    let history = account.journal().history().unwrap();
    assert_eq!(history.len(), 1);
    assert_eq!((history[0].code, history[0].sequence), (0, sequence));
    assert_ne!(history[0].hash, transactions::hash(forgotten));
    assert_eq!(account.journal().outstanding(), None);
    match direct.broadcast(forgotten).await.unwrap() {
        Broadcast::Refused(refusal) => assert_eq!(refusal.said(), Said::TimedOut, "its time is over"),
        Broadcast::Accepted(hash) => panic!("{hash} is dead"),
    }
    assert_eq!(has(&direct, 9, "uusd").await, before + AMOUNT);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_transaction_is_signed_again_with_its_sequence_once_its_time_is_over() {
    let Forgotten { devnet, dir: _dir, proxy, mut account, before, sequence } = Forgotten::prepare().await;
    let mut paying = Box::pin(pay(&mut account));
    tokio::select! {
        done = &mut paying => panic!("paid although it was forgotten: {done:?}"),
        () = proxy.forgot.notified() => {}
    }
    devnet.mine(LIFETIME).await.unwrap();
    let included = paying.await.unwrap();
    assert_eq!(included.refusal, None);
    paid_once(&devnet, &account, before, &proxy.bytes(), sequence).await;
    devnet.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_job_signs_again_with_the_sequence_of_what_ran_out_meanwhile() {
    let Forgotten { devnet, dir, proxy, mut account, before, sequence } = Forgotten::prepare().await;
    tokio::select! {
        done = pay(&mut account) => panic!("paid although it was forgotten: {done:?}"),
        () = proxy.forgot.notified() => {}
    }
    assert_eq!(account.journal().outstanding().unwrap().hash, transactions::hash(&proxy.bytes()), "noted");
    drop(account);
    devnet.mine(LIFETIME).await.unwrap();
    let mut account = open(&devnet.rpc_url(), dir.path()).await;
    assert_eq!(account.journal().outstanding(), None, "its fate was found out when the journal was opened");
    assert!(account.journal().history().unwrap().is_empty());
    pay(&mut account).await.unwrap();
    paid_once(&devnet, &account, before, &proxy.bytes(), sequence).await;
    devnet.shutdown().await;
}

/// Found by review: the job said that transaction "" was accepted and should be looked up.
#[tokio::test(flavor = "multi_thread")]
async fn transactions_that_all_died_are_said_to_be_dead() {
    let devnet = chain(PRICE, None).await;
    let dir = tempfile::tempdir().unwrap();
    let proxy = Forgetful::start(devnet.rpc_url(), true).await;
    let mut account = open(&proxy.url, dir.path()).await;
    let mut paying = Box::pin(pay(&mut account));
    let error = loop {
        tokio::select! {
            done = &mut paying => break done.unwrap_err(),
            () = proxy.forgot.notified() => drop(devnet.mine(LIFETIME).await.unwrap()),
        }
    };
    drop(paying);
    let last = transactions::hash(&proxy.bytes());
    assert!(
        matches!(&error, AccountError::NeverIncluded { signatures: 4, hash, .. } if *hash == last),
        "{error}"
    );
    let said = error.to_string();
    assert!(said.contains(&last) && said.contains("Nothing is under way"), "{said}");
    assert_eq!(account.journal().outstanding(), None);
    devnet.shutdown().await;
}

/// A node without an index of transactions. If `frozen`, it tells of accounts what it told first, at heights
/// that go on.
async fn without_index(upstream: String, frozen: bool) -> String {
    let first: Arc<Mutex<Option<Value>>> = Arc::default();
    let http = reqwest::Client::new();
    let router = Router::new().fallback(async move |body: Bytes| {
        let asked: Value = serde_json::from_slice(&body).unwrap();
        if asked["method"] == "tx" {
            let error = json!({"code": -32603, "message": "Internal error", "data": "transaction indexing is disabled"});
            return json!({"jsonrpc": "2.0", "id": 1, "error": error}).to_string();
        }
        let request = http.post(&upstream).header("content-type", "application/json").body(body);
        let mut answer: Value = request.send().await.unwrap().json().await.unwrap();
        if frozen && asked["params"]["path"] == "/cosmos.auth.v1beta1.Query/Account" {
            let value = &mut answer["result"]["response"]["value"];
            *value = first.lock().unwrap().get_or_insert(value.clone()).clone();
        }
        answer.to_string()
    });
    serve(router).await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_nodes_word_that_a_transaction_is_dead_is_not_enough() {
    let devnet = chain(PRICE, None).await;
    let dir = tempfile::tempdir().unwrap();
    let direct = Node::new(&devnet.rpc_url()).unwrap();
    let nodes = [without_index(devnet.rpc_url(), true).await, without_index(devnet.rpc_url(), false).await];
    let pool = Node::pool(&nodes).unwrap();
    let mut account = Account::open_with_journal(pool, signer(2), price(PRICE), dir.path()).await.unwrap();
    let before = has(&direct, 9, "uusd").await;
    let time_passes = async {
        while has(&direct, 9, "uusd").await == before {
            tokio::task::yield_now().await;
        }
        devnet.mine(LIFETIME).await.unwrap();
    };
    let (paid, ()) = tokio::join!(pay(&mut account), time_passes);
    assert_eq!(paid.unwrap().refusal, None, "the second node knew that it is in a block");
    assert_eq!(account.journal().history().unwrap().len(), 1);
    assert_eq!(has(&direct, 9, "uusd").await, before + AMOUNT);
    devnet.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_pay_the_fee_hears_how_much_is_missing() {
    let devnet = chain(PRICE, None).await;
    let node = Node::new(&devnet.rpc_url()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut rich = open(&devnet.rpc_url(), dir.path()).await;
    let poor = Signer::from_bytes(&[7; 32], "terra").unwrap();
    let address = poor.address().to_owned();
    let gift = tx::send(rich.address(), &address, &[coins(100, "uluna"), coins(AMOUNT, "uusd")].concat());
    rich.send(vec![gift]).await.unwrap();

    let price = GasPrice { denom: "uluna".into(), millionths: PRICE };
    let mut poor = Account::open_with_journal(node.clone(), poor, price.clone(), dir.path()).await.unwrap();
    let (said, lacking) = match pay(&mut poor).await.unwrap_err() {
        AccountError::CannotPay { address, missing, denom } => ((address, denom), missing),
        other => panic!("{other}"),
    };
    assert_eq!(said, (address.clone(), "uluna".to_owned()));
    assert_eq!(poor.journal().outstanding(), None, "nothing is under way");
    // One less than what is missing is too little, all of it is enough.
    let gift = tx::send(rich.address(), &address, &coins(lacking - 1, "uluna"));
    rich.send(vec![gift]).await.unwrap();
    let still = pay(&mut poor).await.unwrap_err();
    assert!(matches!(still, AccountError::CannotPay { missing: 1, .. }), "{still}");
    let gift = tx::send(rich.address(), &address, &coins(1, "uluna"));
    rich.send(vec![gift]).await.unwrap();
    pay(&mut poor).await.unwrap();
    assert_eq!(node.balance(&address, "uluna").await.unwrap(), 0);
    devnet.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_higher_fee_is_paid_within_a_bound_at_the_same_sequence() {
    // On a chain that takes the price; then three times the price is paid with four times.
    let mut fees = Vec::new();
    for asked in [PRICE, 3 * PRICE] {
        let devnet = chain(asked, None).await;
        let dir = tempfile::tempdir().unwrap();
        let mut account = open(&devnet.rpc_url(), dir.path()).await;
        let sequence = account.node().account(account.address()).await.unwrap().value.sequence;
        let before = has(account.node(), 2, "uluna").await;
        pay(&mut account).await.unwrap();
        let paid = before - has(account.node(), 2, "uluna").await;
        let history = account.journal().history().unwrap();
        assert_eq!(history.len(), 1);
        assert_eq!((history[0].sequence, &history[0].fee), (sequence, &format!("{paid}uluna")));
        fees.push(paid);
        devnet.shutdown().await;
    }
    // Both are rounded up.
    assert!((4 * fees[0] - 3..=4 * fees[0]).contains(&fees[1]), "{fees:?}");

    // Five times is not: the job ends with the chain's words, and nothing was taken.
    let devnet = chain(5 * PRICE, None).await;
    let dir = tempfile::tempdir().unwrap();
    let mut account = open(&devnet.rpc_url(), dir.path()).await;
    let before = has(account.node(), 2, "uluna").await;
    let refused = pay(&mut account).await.unwrap_err();
    let AccountError::Refused(refusal) = refused else { panic!("{refused}") };
    assert_eq!(refusal.said(), Said::InsufficientFee, "{refusal}");
    assert_eq!(account.journal().outstanding(), None);
    assert_eq!(has(account.node(), 2, "uluna").await, before);
    devnet.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_above_a_blocks_gas_is_lowered_to_it() {
    let devnet = chain(PRICE, None).await;
    let dir = tempfile::tempdir().unwrap();
    let used = pay(&mut open(&devnet.rpc_url(), dir.path()).await).await.unwrap().gas_used;
    devnet.shutdown().await;
    // It fits into a block; with the margin it doesn't.
    let block = used + 5_000;
    assert!(block < with_margin(used));
    let devnet = chain(PRICE, Some(block)).await;
    let dir = tempfile::tempdir().unwrap();
    let mut account = open(&devnet.rpc_url(), dir.path()).await;
    pay(&mut account).await.unwrap();
    let fee = price(PRICE).fee(block);
    assert_eq!(account.journal().history().unwrap()[0].fee, format!("{fee}uluna"));
    devnet.shutdown().await;
}

/// Where transfers are taxed a simulation tells too little, and the first transaction is included all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_taxed_transfer_gets_the_gas_that_a_simulation_does_not_tell() {
    let burn_tax = Some(Decimal::permille(5));
    let devnet = with(PRICE, Config { burn_tax, ..Config::default() }).await;
    let dir = tempfile::tempdir().unwrap();
    let mut account = open(&devnet.rpc_url(), dir.path()).await;
    let sequence = account.node().account(account.address()).await.unwrap().value.sequence;
    let message = tx::send(account.address(), signer(9).address(), &coins(AMOUNT, "uusd"));
    let told = account.node().simulate(tx::unsigned(&signer(2), sequence, vec![message])).await.unwrap();
    let paid = pay(&mut account).await.unwrap();
    assert_eq!(paid.refusal.map(|refusal| refusal.said()), None);
    assert!(paid.gas_used > with_margin(told), "{} used, {told} told", paid.gas_used);
    assert_eq!(account.journal().history().unwrap().len(), 1, "at the first try");
    // Several at once, too.
    let both = [coins(AMOUNT, "uluna"), coins(AMOUNT, "uusd")].concat();
    let messages = vec![tx::send(account.address(), signer(9).address(), &both); 3];
    account.send(messages).await.unwrap();
    assert_eq!(account.journal().history().unwrap().len(), 2);
    devnet.shutdown().await;
}

/// A node that takes the price for too low twice, then the sequence for wrong three times: all but the last signature
/// that an account makes of such refusals.
#[tokio::test(flavor = "multi_thread")]
async fn a_raised_price_uses_up_no_try() {
    let devnet = chain(4 * PRICE, None).await;
    let (upstream, http) = (devnet.rpc_url(), reqwest::Client::new());
    let wrong = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&wrong);
    let router = Router::new().fallback(async move |body: Bytes| {
        let request: Value = serde_json::from_slice(&body).unwrap();
        let sent = http.post(&upstream).header("content-type", "application/json");
        if request["method"] == "broadcast_tx_sync" {
            let tx = Binary::from_base64(request["params"]["tx"].as_str().unwrap()).unwrap();
            // The dearest price: 4 for each of the gas.
            let mut count = counted.lock().unwrap();
            if fee_of(&tx) >= 4 * u128::from(PRICE) * gas_of(&tx) / 1_000_000 && *count < 3 {
                *count += 1;
                let log = "account sequence mismatch, expected 1, got 0: incorrect account sequence";
                let result = json!({"code": 32, "codespace": "sdk", "log": log});
                return json!({"jsonrpc": "2.0", "id": 1, "result": result}).to_string();
            }
        }
        sent.body(body).send().await.unwrap().text().await.unwrap()
    });
    let dir = tempfile::tempdir().unwrap();
    let mut account = open(&serve(router).await, dir.path()).await;
    pay(&mut account).await.unwrap();
    assert_eq!(*wrong.lock().unwrap(), 3, "each was met");
    devnet.shutdown().await;
}

/// Gives up at the first look that does not find the transaction, and at the first failure.
const NONE: Patience = Patience { still: Duration::ZERO, failures: 0, silence: Duration::ZERO };

/// The next job of the account, with all the patience there is, finds the transaction `hash` in a block: it is paid once.
async fn found_by_the_next_job(devnet: Devnet, dir: &Path, before: u128, hash: &str) {
    let account = open(&devnet.rpc_url(), dir).await;
    let history = account.journal().history().unwrap();
    assert_eq!(history.iter().map(|line| (line.hash.as_str(), line.code)).collect::<Vec<_>>(), [(hash, 0)]);
    assert_eq!(account.journal().outstanding(), None);
    assert_eq!(has(account.node(), 9, "uusd").await, before + AMOUNT);
    devnet.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_that_stands_still_is_given_up_and_the_next_job_finds_out() {
    let devnet = chain(PRICE, None).await;
    devnet.set_blocks(Blocks::OnDemand).await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut account = open(&devnet.rpc_url(), dir.path()).await.with_patience(NONE);
    let (before, at) = (has(account.node(), 9, "uusd").await, devnet.tip().await.unwrap().height);
    let error = pay(&mut account).await.unwrap_err();
    let said = error.to_string();
    let AccountError::StandsStill { hash, height, seconds: 0 } = error else { panic!("{said}") };
    assert_eq!(height, at);
    assert!(
        said.starts_with(&format!("the chain stands still: it has been at height {at} for 0 s, ")),
        "{said}"
    );
    assert_eq!(account.journal().outstanding().map(|intent| &*intent.hash), Some(&*hash));
    // Nothing else is signed meanwhile.
    let again = pay(&mut account).await.unwrap_err();
    assert!(matches!(&again, AccountError::StandsStill { hash: same, .. } if *same == hash), "{again}");
    drop(account);
    devnet.mine(1).await.unwrap();
    found_by_the_next_job(devnet, dir.path(), before, &hash).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_whose_nodes_fall_silent_is_lost_until_the_next_job_finds_out() {
    let devnet = chain(PRICE, None).await;
    let dir = tempfile::tempdir().unwrap();
    let gone = AtomicBool::new(false);
    // The node takes the transaction, and is not heard of again.
    let plan = move |_: usize, method: &str| {
        let broadcast = method == "broadcast_tx_sync";
        if gone.fetch_or(broadcast, Ordering::SeqCst) {
            return Some(Fault::LostRequest);
        }
        broadcast.then_some(Fault::LostAnswer)
    };
    let proxy = Proxy::start(&devnet.rpc_url(), Box::new(plan)).await;
    let mut account = open(&proxy.url, dir.path()).await.with_patience(NONE);
    let before = has(account.node(), 9, "uusd").await;
    let error = pay(&mut account).await.unwrap_err();
    let said = error.to_string();
    let AccountError::Lost { hash, .. } = error else { panic!("{said}") };
    assert!(said.starts_with(&format!("what became of transaction {hash} is not known: ")), "{said}");
    drop(account);
    found_by_the_next_job(devnet, dir.path(), before, &hash).await;
}

fn fee(bytes: &[u8]) -> cosmos_sdk_proto::cosmos::tx::v1beta1::Fee {
    use cosmos_sdk_proto::cosmos::tx::v1beta1::{AuthInfo, TxRaw};
    use cosmos_sdk_proto::traits::Message;
    let raw = TxRaw::decode(bytes).unwrap();
    AuthInfo::decode(raw.auth_info_bytes.as_slice()).unwrap().fee.unwrap()
}

fn fee_of(bytes: &[u8]) -> u128 {
    fee(bytes).amount[0].amount.parse().unwrap()
}

fn gas_of(bytes: &[u8]) -> u128 {
    fee(bytes).gas_limit.into()
}
