//! A shower of more contributors than a batch holds: refunded when it is cancelled or forgotten, and by two
//! jobs; minted by two jobs.

use meteor_cli::chain::Chain;
use meteor_messages::shower::{ExecuteMsg, MAX_BATCH, Status};
use meteor_operator::account::{Account, AccountError};
use meteor_operator::gas::GasPrice;
use meteor_operator::jobs::{self, JobError, Refunds};
use meteor_operator::tax::Tax;
use meteor_rules::ShowerId;
use meteor_tests::crowd::{Crowd, amount as gives};
use meteor_tests::{Stage, Target};

/// More than a batch: the last few come in a second one.
const CROWD: usize = MAX_BATCH + 5;

/// An event with fresh wallets that each contributed to shower 1, which is open, and have nothing of its
/// denom left; `None` on a real chain.
async fn crowded(name: &str) -> Option<(Stage, Vec<String>)> {
    if Target::from_env().lacks(name, "a hundred contributions take longer than a shower") {
        return None;
    }
    let stage = Stage::start(1).await;
    stage.open(1).await;
    let crowd = Crowd::fund(&stage, CROWD).await.unwrap();
    let addresses = crowd.addresses();
    crowd.contribute(&stage).await.unwrap();
    Some((stage, addresses))
}

/// Anyone refunds all of `refunded`, of which each then has what it gave; a second time there is nothing to
/// do.
async fn refunds(stage: &Stage, addresses: &[String], refunded: std::ops::Range<usize>) {
    let contract = &stage.deployment.shower;
    let due: u128 = refunded.clone().map(gives).sum();
    let mut anyone = stage.account(4).await;
    let mut batches = Vec::new();
    let all = Refunds { count: refunded.len(), amount: due, left_out: vec![] };
    let done = jobs::refund(&mut anyone, contract, 1, |done| batches.push(done.clone()));
    assert_eq!(done.await.unwrap(), all);
    assert_eq!(batches.len(), 2, "page by page");
    assert_eq!(batches[1], all);
    let tax = Tax::of(&stage.node, "uusd").await.unwrap();
    for (index, address) in addresses.iter().enumerate() {
        let has = if refunded.contains(&index) { tax.arrives(gives(index)) } else { 0 };
        assert_eq!(stage.balance(address).await, has, "wallet {index}");
    }
    let height = stage.height().await;
    let again = jobs::refund(&mut anyone, contract, 1, |_| panic!("a second refund"));
    assert_eq!(again.await.unwrap(), Refunds::default());
    assert_eq!(stage.height().await, height, "nothing was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_shower_gives_everyone_back_what_they_gave() {
    let Some((stage, addresses)) = crowded("a_cancelled_shower").await else { return };
    let contract = &stage.deployment.shower;
    let mut anyone = stage.account(4).await;
    let early = jobs::refund(&mut anyone, contract, 1, |_| ()).await.unwrap();
    assert_eq!(early, Refunds::default(), "nothing can be refunded of an open shower");
    let refused = jobs::cancel(&mut anyone, contract, 1).await.unwrap_err();
    assert!(
        matches!(refused, JobError::Account(AccountError::WouldFail(_))),
        "only the owner may: {refused}"
    );

    let mut owner = stage.account(1).await;
    assert_eq!(jobs::cancel(&mut owner, contract, 1).await.unwrap().status, Status::Refunding);
    let height = stage.height().await;
    assert_eq!(jobs::cancel(&mut owner, contract, 1).await.unwrap().status, Status::Refunding);
    assert_eq!(stage.height().await, height, "cancelling again sends nothing");
    refunds(&stage, &addresses, 0..CROWD).await;
    assert_eq!(stage.balance(contract).await, 0);
    stage.stop().await;
}

/// The account of `stage.account(index)` at another price: two jobs of one key would else sign the same
/// bytes.
async fn dearer(stage: &Stage, index: u32) -> Account {
    let gas_price = GasPrice { millionths: 20_000, ..stage.chain.gas_price.clone() };
    Chain { gas_price, ..stage.chain.clone() }.account(index).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_refund_jobs_at_once_refund_everyone_once() {
    let Some((stage, addresses)) = crowded("two_refund_jobs").await else { return };
    let contract = &stage.deployment.shower;
    jobs::cancel(&mut stage.account(1).await, contract, 1).await.unwrap();
    let (mut one, mut other) = (stage.account(4).await, dearer(&stage, 4).await);
    let jobs = tokio::join!(
        jobs::refund(&mut one, contract, 1, |_| ()),
        jobs::refund(&mut other, contract, 1, |_| ()),
    );
    let (one, other) = (jobs.0.unwrap(), jobs.1.unwrap());
    assert_eq!(one.count + other.count, CROWD, "each counts what it refunded itself");
    assert_eq!(one.amount + other.amount, (0..CROWD).map(gives).sum());
    let tax = Tax::of(&stage.node, "uusd").await.unwrap();
    for (index, address) in addresses.iter().enumerate() {
        assert_eq!(stage.balance(address).await, tax.arrives(gives(index)), "wallet {index}");
    }
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_minted_in_time_is_refunded_and_nothing_else() {
    let Some((stage, addresses)) = crowded("not_minted_in_time").await else { return };
    stage.end(1).await;
    stage.close_and_draw(1).await;
    let contract = &stage.deployment.shower;
    // The operator is gone after two meteors: those who gave the most have them.
    let mut operator = stage.account(2).await;
    operator.execute(contract, &stage.mint_legendary(1, 2), &[]).await.unwrap();
    let mut anyone = stage.account(4).await;
    let early = jobs::refund(&mut anyone, contract, 1, |_| ()).await.unwrap();
    assert_eq!(early, Refunds::default(), "too early");

    stage.at(stage.schedule.first_close + stage.preset.mint_window).await;
    let late = jobs::mint(&mut operator, contract, ShowerId(1), &stage.catalogue, |_| ()).await;
    assert!(matches!(late, Err(JobError::NotMintable { shower: 1, .. })), "{late:?}");
    refunds(&stage, &addresses, 0..CROWD - 2).await;
    assert_eq!(stage.balance(contract).await, gives(CROWD - 1) + gives(CROWD - 2), "the payees' part");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_mint_jobs_at_once_mint_each_meteor_once() {
    let Some((stage, addresses)) = crowded("two_mint_jobs").await else { return };
    stage.end(1).await;
    stage.close_and_draw(1).await;
    let contract = &stage.deployment.shower;
    let (mut one, mut other) = (stage.account(2).await, dearer(&stage, 2).await);
    let art = &stage.catalogue;
    let jobs = tokio::join!(
        jobs::mint(&mut one, contract, ShowerId(1), art, |_| ()),
        jobs::mint(&mut other, contract, ShowerId(1), art, |_| ()),
    );
    jobs.0.unwrap();
    jobs.1.unwrap();
    assert_eq!(stage.meteors().count().await.unwrap(), u64::try_from(CROWD).unwrap());
    // Who gave the most has rank and number 1.
    for (address, number) in addresses.iter().rev().zip(1..) {
        assert_eq!(stage.meteors().owner_of(number).await.unwrap(), *address, "meteor {number}");
    }
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shower_can_be_cancelled_until_its_round_is_due_and_no_later() {
    if Target::from_env().lacks("cancelled_until_due", "only the dev chain's clock stops at a second") {
        return;
    }
    let stage = Stage::start(2).await;
    let contract = &stage.deployment.shower;
    let mut owner = stage.account(1).await;
    stage.open(1).await;
    let mut due = 0;
    for shower in [1, 2] {
        stage.contribute(4, shower, 9_000_000).await.unwrap();
        stage.contribute(5, shower, 8_000_000).await.unwrap();
        stage.end(shower).await;
        jobs::close(&mut owner, contract, shower).await.unwrap();
        let round = stage.contract().draw(shower).await.unwrap().beacon_round.unwrap();
        due = stage.beacon.network().due(round).unwrap();
        if shower == 1 {
            // The cancelling block is before the round: nobody can know the draw.
            stage.at(due - 2).await;
            assert_eq!(jobs::cancel(&mut owner, contract, 1).await.unwrap().status, Status::Refunding);
        }
    }
    stage.at(due).await;
    let late = owner.execute(contract, &ExecuteMsg::Cancel { shower: 2 }, &[]).await.unwrap_err();
    assert!(late.to_string().contains("can't be cancelled any more"), "{late}");
    // With the draw committed and one meteor minted, nobody turns the other into a refund.
    stage.close_and_draw(2).await;
    let mut anyone = stage.account(6).await;
    let stop = |_| std::ops::ControlFlow::Break(());
    jobs::mint_in(jobs::Batches::default(), &mut anyone, contract, ShowerId(2), &stage.catalogue, stop)
        .await
        .unwrap();
    let late = owner.execute(contract, &ExecuteMsg::Cancel { shower: 2 }, &[]).await.unwrap_err();
    assert!(late.to_string().contains("can't be cancelled any more"), "{late}");
    jobs::mint(&mut anyone, contract, ShowerId(2), &stage.catalogue, |_| ()).await.unwrap();
    assert_eq!(stage.shower(2).await.minted, 2);
    stage.stop().await;
}
