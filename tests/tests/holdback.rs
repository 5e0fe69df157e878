//! What a settlement holds back until the shower's key is public; payees that the bank refuses; coins that came
//! unasked.

use meteor_messages::shower::ExecuteMsg;
use meteor_operator::gas::coins;
use meteor_operator::jobs::{self, Refunds, Withdrawn};
use meteor_operator::tax::Tax;
use meteor_operator::tx;
use meteor_tests::{Stage, Target, WALLETS};

const UST: u128 = 1_000_000;
/// Odd amounts, so that a rounded share shows.
const AMOUNTS: [u128; 4] = [10_000_019, 30_000_001, 31_000_038, 8_000_000];
const TOTAL: u128 = 79_000_058;
/// Five per cent of each, rounded down.
const HELD: [u128; 4] = [500_000, 1_500_000, 1_550_001, 400_000];
const ALL_HELD: u128 = 3_950_001;

/// A stage whose only shower is minted and settled, and its payees are paid.
async fn settled() -> Stage {
    let stage = Stage::start(1).await;
    stage.open(1).await;
    for (index, amount) in WALLETS.into_iter().zip(AMOUNTS) {
        stage.contribute(index, 1, amount).await.unwrap();
    }
    stage.end(1).await;
    stage.close_and_draw(1).await;
    stage.mint(1).await;
    let contract = &stage.deployment.shower;
    let mut anyone = stage.account(0).await;
    assert_eq!(jobs::settle(&mut anyone, contract, 1).await.unwrap(), TOTAL - ALL_HELD);
    assert_eq!(stage.withdraw().await.iter().sum::<u128>(), TOTAL - ALL_HELD);
    assert_eq!(stage.balance(contract).await, ALL_HELD);
    stage
}

/// The operator publishes the key of shower 1.
async fn publish(stage: &Stage) {
    let mut operator = stage.account(2).await;
    assert!(jobs::publish_key(&mut operator, &stage.deployment, &stage.keys, 1).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_in_time_releases_what_was_held_back() {
    let stage = settled().await;
    let contract = &stage.deployment.shower;
    let mut anyone = stage.account(0).await;
    assert_eq!(jobs::settle(&mut anyone, contract, 1).await.unwrap(), 0, "not without the key");
    let closes_at = stage.schedule.first_close;
    stage.at(closes_at + stage.pace.crack_window).await;
    publish(&stage).await;
    assert!(stage.shower(1).await.key_in_time);
    assert_eq!(jobs::settle(&mut anyone, contract, 1).await.unwrap(), ALL_HELD);
    let share = ALL_HELD * 1_650 / 10_000;
    assert_eq!(stage.withdraw().await, [ALL_HELD - share, share]);
    assert_eq!(stage.balance(contract).await, 0);
    // Later nobody gets it a second time.
    stage.at(closes_at + stage.pace.key_window).await;
    assert_eq!(jobs::refund(&mut anyone, contract, 1, |_| ()).await.unwrap(), Refunds::default());
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_key_gives_contributors_back_what_was_held_back_to_the_last_unit() {
    let stage = settled().await;
    let contract = &stage.deployment.shower;
    let mut anyone = stage.account(0).await;
    let early = jobs::refund(&mut anyone, contract, 1, |_| ()).await.unwrap();
    assert_eq!(early, Refunds::default(), "the key may still come");
    stage.at(stage.schedule.first_close + stage.pace.key_window).await;
    publish(&stage).await;
    assert!(!stage.shower(1).await.key_in_time, "for the record");
    assert_eq!(jobs::settle(&mut anyone, contract, 1).await.unwrap(), 0, "nothing for the payees");

    let mut before = Vec::new();
    for index in WALLETS {
        before.push(stage.balance(stage.account(index).await.address()).await);
    }
    let done = jobs::refund(&mut anyone, contract, 1, |_| ()).await.unwrap();
    assert_eq!(done, Refunds { count: 4, amount: ALL_HELD, left_out: vec![] });
    let tax = Tax::of(&stage.node, "uusd").await.unwrap();
    for ((index, held), before) in WALLETS.into_iter().zip(HELD).zip(before) {
        let now = stage.balance(stage.account(index).await.address()).await;
        assert_eq!(now - before, tax.arrives(held), "account {index}");
    }
    assert_eq!(stage.balance(contract).await, 0, "to the last unit");
    assert_eq!(jobs::refund(&mut anyone, contract, 1, |_| ()).await.unwrap(), Refunds::default(), "once");
    assert_eq!(stage.shower(1).await.held_returned.u128(), ALL_HELD);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payee_that_the_bank_refuses_holds_up_nobody() {
    if Target::from_env()
        .lacks("a_payee_that_the_bank_refuses", "whom a real bank refuses is not ours to say")
    {
        return;
    }
    let stage = Stage::start(2).await;
    let contract = &stage.deployment.shower;
    let [first, second] = [0, 1].map(|payee: usize| stage.config.payees[payee].address.clone());
    stage.refuse(&first).await;
    stage.open(1).await;
    stage.contribute(4, 1, 20 * UST).await.unwrap();
    stage.end(1).await;
    stage.contribute(5, 2, 10 * UST).await.unwrap();
    stage.close_and_draw(1).await;
    stage.mint(1).await;
    let mut anyone = stage.account(0).await;
    assert_eq!(jobs::settle(&mut anyone, contract, 1).await.unwrap(), 19 * UST);
    let refused = jobs::withdraw(&mut anyone, contract, &first).await.unwrap();
    let Withdrawn::Refused(words) = refused else { panic!("{refused:?}") };
    assert!(words.contains(&format!("{first} is not allowed to receive funds")), "{words}");
    let due = 19 * UST * 1_650 / 10_000;
    assert_eq!(jobs::withdraw(&mut anyone, contract, &second).await.unwrap(), Withdrawn::Sent(due));
    // Nor does it hold up who is refunded.
    jobs::cancel(&mut stage.account(1).await, contract, 2).await.unwrap();
    let done = jobs::refund(&mut anyone, contract, 2, |_| ()).await.unwrap();
    assert_eq!((done.count, done.amount), (1, 10 * UST));
    let owed = stage.contract().payees().await.unwrap()[0].owed.u128();
    assert_eq!(owed, 19 * UST - due, "it stays booked");
    assert_eq!(stage.balance(contract).await, owed + UST, "with what is held back of the first shower");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn coins_that_came_unasked_are_listed_and_go_back_and_no_more() {
    let stage = Stage::start(1).await;
    let api = stage.serve().await;
    let contract = &stage.deployment.shower;
    stage.open(1).await;
    stage.contribute(4, 1, 20 * UST).await.unwrap();
    let mut lost = stage.account(7).await;
    let to = lost.address().to_owned();
    let before = stage.balance(contract).await;
    let send = tx::send(&to, contract, &coins(3_000, "uusd"));
    lost.send(vec![send]).await.unwrap();
    let came = stage.balance(contract).await - before;
    api.caught_up(&stage).await;
    let listed = api.ok("/v1/unasked").await;
    assert_eq!(listed["received"].as_array().unwrap().len(), 1, "a contribution is not unasked: {listed}");
    let row = &listed["received"][0];
    assert_eq!((&row["who"], &row["amount"]), (&to.clone().into(), &came.to_string().into()), "{listed}");

    let mut owner = stage.account(1).await;
    let back = |amount: u128| ExecuteMsg::ReturnUnasked {
        to: to.clone(),
        amount: cosmwasm_std::coin(amount, "uusd"),
    };
    assert!(owner.execute(contract, &back(came + 1), &[]).await.is_err(), "not what is contributed");
    assert!(lost.execute(contract, &back(came), &[]).await.is_err(), "the owner alone");
    owner.execute(contract, &back(came), &[]).await.unwrap();
    assert!(owner.execute(contract, &back(1), &[]).await.is_err(), "once");
    assert_eq!(stage.balance(contract).await, 20 * UST);
    api.caught_up(&stage).await;
    let listed = api.ok("/v1/unasked").await;
    assert_eq!(
        (&listed["returned"][0]["who"], &listed["left"]),
        (&to.into(), &serde_json::json!([])),
        "{listed}"
    );
    api.server.shutdown().await;
    stage.stop().await;
}
