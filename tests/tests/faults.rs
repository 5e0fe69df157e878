//! Transactions exactly once: nodes that go wrong in every way at every request, jobs that are ended at every
//! step.

use std::path::Path;

use anyhow::Result;
use meteor_operator::account::Account;
use meteor_operator::gas::coins;
use meteor_operator::node::Node;
use meteor_operator::signer::{COIN_TYPE, Signer};
use meteor_operator::tx;
use meteor_tests::Stage;
use meteor_tests::proxy::{Fault, Proxy, by_chance, seed};

/// So little that a tax of half a percent, rounded down, is nothing.
const AMOUNT: u128 = 100;
/// Runs with faults by chance.
const CHANCES: u64 = 30;

/// The operator's account with its journal in `dir`, over the nodes at `urls`.
async fn open(stage: &Stage, dir: &Path, urls: &[&str]) -> Result<Account> {
    let signer = Signer::from_mnemonic(&stage.chain.mnemonic, COIN_TYPE, 2, &stage.chain.prefix)?;
    Ok(Account::open_with_journal(Node::pool(urls)?, signer, stage.chain.gas_price.clone(), dir).await?)
}

/// A job whose cursor is the payee's balance: it pays once, whenever and however often it is run.
async fn pay(stage: &Stage, dir: &Path, urls: &[&str], to: &str, target: u128) -> Result<()> {
    let mut account = open(stage, dir, urls).await?;
    if account.node().balance(to, "uusd").await? < target {
        let message = tx::send(account.address(), to, &coins(AMOUNT, "uusd"));
        account.send(vec![message]).await?;
    }
    Ok(())
}

/// Each step of the job, gone wrong in each way, pays exactly once; the history is what the chain took.
#[tokio::test(flavor = "multi_thread")]
async fn each_fault_at_each_request_pays_once() {
    let stage = Stage::start(1).await;
    let to = stage.account(9).await.address().to_owned();
    let from = stage.account(2).await.address().to_owned();
    let dir = std::env::temp_dir().join(format!("meteor-faults-{}", std::process::id()));
    let before = luna(&stage, &from).await;
    let mut target = stage.balance(&to).await;
    let mut paid: usize = 0;
    for fault in Fault::ALL {
        let mut at = 0;
        loop {
            target += AMOUNT;
            let proxy = Proxy::start(
                &stage.chain.rpc,
                Box::new(move |number, method| (number == at && fault.fits(method)).then_some(fault)),
            )
            .await;
            pay(&stage, &dir, &[&proxy.url], &to, target)
                .await
                .unwrap_or_else(|error| panic!("{fault:?} at {at}: {error}"));
            paid += 1;
            assert_eq!(stage.balance(&to).await, target, "{fault:?} at request {at}");
            if proxy.requests() <= at + 1 {
                break;
            }
            at += 1;
        }
    }
    books(&stage, &dir, &from, before, paid).await;
    stage.stop().await;
}

/// A job that ends before or after each of its requests, and is run again, pays exactly once.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_ended_at_each_request_pays_once() {
    let stage = Stage::start(1).await;
    let to = stage.account(9).await.address().to_owned();
    let from = stage.account(2).await.address().to_owned();
    let dir = std::env::temp_dir().join(format!("meteor-ended-{}", std::process::id()));
    let before = luna(&stage, &from).await;
    let mut target = stage.balance(&to).await;
    let mut paid: usize = 0;
    for fault in [Fault::HangBefore, Fault::HangAfter] {
        let mut at = 0;
        loop {
            target += AMOUNT;
            let proxy =
                Proxy::start(&stage.chain.rpc, Box::new(move |number, _| (number == at).then_some(fault)))
                    .await;
            let urls = [proxy.url.as_str()];
            let through = tokio::select! {
                done = pay(&stage, &dir, &urls, &to, target) => { done.unwrap(); true }
                // The job's future is dropped: nothing of it goes on.
                () = proxy.hung() => false,
            };
            if !through {
                pay(&stage, &dir, &[&stage.chain.rpc], &to, target).await.unwrap();
            }
            paid += 1;
            assert_eq!(stage.balance(&to).await, target, "{fault:?} at request {at}");
            if through {
                break;
            }
            at += 1;
        }
    }
    books(&stage, &dir, &from, before, paid).await;
    stage.stop().await;
}

/// Everything goes wrong at once, by chance: a job that is run until it says that it has paid, has paid once.
#[tokio::test(flavor = "multi_thread")]
async fn faults_by_chance_pay_once() {
    let seed = seed();
    let stage = Stage::start(1).await;
    let to = stage.account(9).await.address().to_owned();
    let from = stage.account(2).await.address().to_owned();
    let dir = std::env::temp_dir().join(format!("meteor-chance-{}", std::process::id()));
    let before = luna(&stage, &from).await;
    let mut target = stage.balance(&to).await;
    for run in 0..CHANCES {
        target += AMOUNT;
        let proxy = Proxy::start(&stage.chain.rpc, by_chance(seed, run)).await;
        let mut ended = 0;
        while let Err(error) = pay(&stage, &dir, &[&proxy.url], &to, target).await {
            ended += 1;
            assert!(ended < 20, "METEOR_SEED={seed}, run {run}: {error}");
        }
        assert_eq!(stage.balance(&to).await, target, "METEOR_SEED={seed}, run {run}");
    }
    books(&stage, &dir, &from, before, usize::try_from(CHANCES).unwrap()).await;
    stage.stop().await;
}

/// Neither a dead node, nor one that answers garbage, nor one that stalls holds anything up while another
/// works.
#[tokio::test(flavor = "multi_thread")]
async fn bad_nodes_beside_a_good_one_hold_nothing_up() {
    let stage = Stage::start(1).await;
    let to = stage.account(9).await.address().to_owned();
    let dir = std::env::temp_dir().join(format!("meteor-dead-{}", std::process::id()));
    let mut target = stage.balance(&to).await;
    let garbage = Proxy::start(&stage.chain.rpc, Box::new(|_, _| Some(Fault::Garbage))).await;
    // Whatever it is asked again it answers as the first time.
    let still = Proxy::start(&stage.chain.rpc, Box::new(|_, _| Some(Fault::Stale))).await;
    for _ in 0..3 {
        target += AMOUNT;
        let urls = ["http://127.0.0.1:1", &garbage.url, &still.url, &stage.chain.rpc];
        pay(&stage, &dir, &urls, &to, target).await.unwrap();
        assert_eq!(stage.balance(&to).await, target);
    }
    std::fs::remove_dir_all(dir).unwrap();
    stage.stop().await;
}

/// What an address has to pay fees with.
async fn luna(stage: &Stage, address: &str) -> u128 {
    stage.node.balance(address, "uluna").await.unwrap()
}

/// The journal's history has each payment once, with the fee that the chain took.
async fn books(stage: &Stage, dir: &Path, from: &str, before: u128, paid: usize) {
    let account = open(stage, dir, &[&stage.chain.rpc]).await.unwrap();
    let history = account.journal().history().unwrap();
    assert_eq!(history.len(), paid);
    let fees: u128 = history
        .iter()
        .map(|line| line.fee.trim_end_matches(char::is_alphabetic).parse::<u128>().unwrap())
        .sum();
    assert_eq!(before - luna(stage, from).await, fees, "the fees are those of the chain");
    std::fs::remove_dir_all(dir).unwrap();
}
