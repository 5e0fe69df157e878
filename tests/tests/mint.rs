//! Minting a crowd's meteors: how many transactions it takes, and that each meteor exists once whatever goes
//! wrong.

use std::ops::ControlFlow;
use std::path::Path;

use meteor_operator::account::Account;
use meteor_operator::jobs::{self, Batches, JobError, MintProgress};
use meteor_rules::{ShowerId, catalogue};
use meteor_tests::crowd::Crowd;
use meteor_tests::proxy::{Proxy, by_chance, seed};
use meteor_tests::{Stage, Target};

const WALLETS: usize = 482;

/// Mints until at least rank `upto` is reached: where each transaction ended.
async fn mint(stage: &Stage, account: &mut Account, batches: Batches, upto: u32) -> Vec<u32> {
    let mut ends = Vec::new();
    let progress = |at: MintProgress| {
        ends.push(at.minted);
        if at.minted < upto { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let contract = &stage.deployment.shower;
    let job = jobs::mint_in(batches, account, contract, ShowerId(1), &stage.catalogue, progress);
    job.await.unwrap();
    ends
}

/// An event whose wallets are ready to be minted for.
async fn drawn(wallets: usize) -> Stage {
    let stage = Stage::start(1).await;
    stage.open(1).await;
    Crowd::fund(&stage, wallets).await.unwrap().contribute(&stage).await.unwrap();
    stage.end(1).await;
    stage.close_and_draw(1).await;
    stage
}

/// Each place has its meteor, `transactions` were booked, and the account sent no others.
async fn each_once(stage: &Stage, folder: &Path, transactions: usize, before: u64) {
    let places = stage.contract().ranking(1).await.unwrap();
    assert_eq!(stage.meteors().count().await.unwrap(), u64::try_from(places.len()).unwrap());
    for (number, place) in (1..).zip(places) {
        assert_eq!(stage.meteors().owner_of(number).await.unwrap(), place.contributor);
    }
    let account = stage.operator(folder, &[&stage.chain.rpc]).await.unwrap();
    let history = account.journal().history().unwrap();
    assert_eq!(history.len(), transactions, "{history:?}");
    assert!(history.iter().all(|line| line.code == 0), "{history:?}");
    assert_eq!(sent(stage).await - before, u64::try_from(transactions).unwrap());
}

/// The operator's transactions that are in blocks.
async fn sent(stage: &Stage) -> u64 {
    let operator = stage.account(2).await.address().to_owned();
    stage.node.account(&operator).await.unwrap().value.sequence
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mint_takes_as_few_transactions_as_its_bounds_allow() {
    if Target::from_env()
        .lacks("mint", "the bounds are those of any chain; scripts/bench-mint measures real ones")
    {
        return;
    }
    let stage = drawn(WALLETS).await;
    let before = sent(&stage).await;
    let folder = tempfile::tempdir().unwrap();
    let mut account = stage.operator(folder.path(), &[&stage.chain.rpc]).await.unwrap();

    let few = Batches { meteors: 30, ..Batches::default() };
    assert_eq!(mint(&stage, &mut account, few, 80).await, [0, 30, 60, 90]);
    // However little gas is allowed, one goes.
    let one = Batches { gas: 1, ..Batches::default() };
    assert_eq!(mint(&stage, &mut account, one, 92).await, [90, 91, 92]);
    // As many as surely fit as long as none was minted to know what one uses.
    assert_eq!(mint(&stage, &mut account, Batches::default(), 482).await, [92, 482]);

    drop(account);
    each_once(&stage, folder.path(), 6, before).await;
    stage.stop().await;
}

/// Every third request goes wrong, by chance: a mint that is run until it gets through minted each meteor
/// once.
#[tokio::test(flavor = "multi_thread")]
async fn a_mint_with_faults_by_chance_mints_each_meteor_once() {
    if Target::from_env().lacks("mint", "a crowd of wallets takes its time; the benchmark kills real nodes") {
        return;
    }
    let seed = seed();
    let stage = drawn(40).await;
    let before = sent(&stage).await;
    let folder = tempfile::tempdir().unwrap();
    let batches = Batches { meteors: 4, ..Batches::default() };
    for run in 0.. {
        assert!(run < 50, "METEOR_SEED={seed}: the mint doesn't get through");
        let proxy = Proxy::start(&stage.chain.rpc, by_chance(seed, run)).await;
        let job = async {
            let mut account = stage.operator(folder.path(), &[&proxy.url]).await?;
            let contract = &stage.deployment.shower;
            let go_on = |_| ControlFlow::Continue(());
            let job = jobs::mint_in(batches, &mut account, contract, ShowerId(1), &stage.catalogue, go_on);
            anyhow::Ok(job.await?)
        };
        match job.await {
            Ok(()) => break,
            Err(error) => println!("run {run} ended: {error}"),
        }
    }
    each_once(&stage, folder.path(), 10, before).await;
    stage.stop().await;
}

/// The operator minted one meteor and is gone. A stranger takes the catalogue from the public API and mints the
/// rest.
#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_finishes_a_mint_with_the_public_catalogue() {
    let stage = Stage::start(1).await;
    let contract = &stage.deployment.shower;
    stage.open(1).await;
    for (index, amount) in [(4, 10), (5, 30), (6, 20), (7, 9)] {
        stage.contribute(index, 1, amount * 1_000_000).await.unwrap();
    }
    stage.end(1).await;
    stage.close_and_draw(1).await;
    let first = stage.mint_legendary(1, 1);
    stage.account(2).await.execute(contract, &first, &[]).await.unwrap();

    let api = stage.serve().await;
    let file = reqwest::get(format!("{}/v1/catalogue", api.base)).await.unwrap().bytes().await.unwrap();
    let catalogue = catalogue::file::read(&file, &stage.preset.meteors.template).unwrap();
    let mut stranger = stage.account(0).await;
    // One picture of another's choice, and not even the first transaction is sent.
    let text = String::from_utf8(file.to_vec()).unwrap();
    let swapped = text.lines().map(|line| match line.split_once(',') {
        Some(("common", _)) if !line.starts_with("common,0") => None,
        _ => Some(line),
    });
    let short = swapped.flatten().collect::<Vec<_>>().join("\n");
    let short = catalogue::file::read(short.as_bytes(), &stage.preset.meteors.template).unwrap();
    let refused = jobs::mint(&mut stranger, contract, ShowerId(1), &short, |_| ()).await;
    assert!(matches!(refused, Err(JobError::WrongCatalogue { .. })), "{refused:?}");

    jobs::mint(&mut stranger, contract, ShowerId(1), &catalogue, |_| ()).await.unwrap();
    assert_eq!(stage.shower(1).await.minted, 4);
    for (number, index) in (1..).zip([5, 6, 4, 7]) {
        let owner = stage.account(index).await.address().to_owned();
        assert_eq!(stage.meteors().owner_of(number).await.unwrap(), owner, "meteor {number}");
    }
    api.caught_up(&stage).await;
    assert_eq!(api.ok("/v1/showers/1").await["minted"], 4);
    api.server.shutdown().await;
    stage.stop().await;
}
