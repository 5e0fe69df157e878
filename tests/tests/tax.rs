//! A whole event where transfers are taxed as on Terra Classic: the contract books what it sends, less
//! arrives.

use cosmwasm_std::Decimal;
use meteor_messages::shower::ExecuteMsg;
use meteor_operator::jobs::{self, Refunds};
use meteor_operator::tax::Tax;
use meteor_tests::crowd::Crowd;
use meteor_tests::{Stage, WALLETS};

const UST: u128 = 1_000_000;

/// What arrives of a transfer of `amount` at a rate of 0.005.
fn less_tax(amount: u128) -> u128 {
    amount - amount * 5 / 1_000
}

/// Contributes these amounts to shower 2, cancels it and sends all back. Answers with the wallets' balances before that.
async fn cancelled(stage: &Stage, amounts: [u128; 4]) -> (Vec<u128>, Refunds) {
    let contract = &stage.deployment.shower;
    let mut before = Vec::new();
    for (index, amount) in WALLETS.into_iter().zip(amounts) {
        before.push(stage.balance(stage.account(index).await.address()).await);
        stage.contribute(index, 2, amount).await.unwrap();
    }
    jobs::cancel(&mut stage.account(1).await, contract, 2).await.unwrap();
    let refunded = jobs::refund(&mut stage.account(0).await, contract, 2, |_| ()).await.unwrap();
    (before, refunded)
}

#[tokio::test(flavor = "multi_thread")]
async fn contributions_arrive_whole_payouts_and_refunds_less_the_tax() {
    let stage = Stage::taxed(2, Decimal::permille(5)).await;
    let contract = &stage.deployment.shower;
    let tax = Tax::of(&stage.node, "uusd").await.unwrap();
    assert_eq!(tax.arrives(10 * UST), 9_950_000, "the jobs read the rate from the chain");
    let api = stage.serve().await;

    stage.open(1).await;
    // Odd amounts, so that rounding shows.
    let amounts = [10_000_001, 30_000_133, 31_000_199, 8_000_777_u128];
    let mut total = 0;
    for (index, amount) in WALLETS.into_iter().zip(amounts) {
        let address = stage.account(index).await.address().to_owned();
        let before = stage.balance(&address).await;
        stage.contribute(index, 1, amount).await.unwrap();
        assert_eq!(stage.balance(&address).await, before - amount, "nothing is taken on top");
        total += amount;
        assert_eq!(stage.balance(contract).await, total, "all of it arrives");
    }
    assert_eq!(stage.shower(1).await.total.u128(), total);

    stage.end(1).await;
    let payees = [stage.account(8).await.address().to_owned(), stage.account(9).await.address().to_owned()];
    let before = [stage.balance(&payees[0]).await, stage.balance(&payees[1]).await];
    stage.close_and_draw(1).await;
    stage.mint(1).await;
    let mut operator = stage.account(2).await;
    // Of each contribution five per cent, rounded down, wait for the key.
    let held: u128 = amounts.iter().map(|amount| amount * 500 / 10_000).sum();
    let booked = total - held;
    assert_eq!(jobs::settle(&mut operator, contract, 1).await.unwrap(), booked);
    let share = booked * 1_650 / 10_000;
    assert_eq!(stage.withdraw().await, [booked - share, share], "what left, not what arrived");
    assert_eq!(stage.balance(contract).await, held, "debited exactly what was booked");
    let paid = [stage.balance(&payees[0]).await - before[0], stage.balance(&payees[1]).await - before[1]];
    // The shares are of what leaves, and the first takes the rest; each transfer loses its own tax, rounded
    // down.
    assert_eq!(paid, [less_tax(booked - share), less_tax(share)]);

    // The second shower, open since the end of the first, is cancelled: its contract sends back all, and less
    // arrives.
    let (before, refunded) = cancelled(&stage, amounts).await;
    assert_eq!((refunded.count, refunded.amount), (4, total));
    assert_eq!(stage.balance(contract).await, held);
    for ((index, amount), before) in WALLETS.into_iter().zip(amounts).zip(before) {
        let now = stage.balance(stage.account(index).await.address()).await;
        assert_eq!(now, before - amount + less_tax(amount));
    }

    // The indexer's fold is the contract's, tax or not.
    api.caught_up(&stage).await;
    for shower in 1..=2 {
        let page = api.ok(&format!("/v1/showers/{shower}")).await;
        assert_eq!(page["log"].as_str().unwrap(), stage.shower(shower).await.log.to_hex());
    }
    api.server.shutdown().await;
    stage.stop().await;
}

/// Terra Classic 4.0 caps the tax on what contracts send, so most of a large event arrives.
#[tokio::test(flavor = "multi_thread")]
async fn of_large_payouts_and_refunds_the_tax_takes_its_cap() {
    let cap = 60_000;
    let stage = Stage::capped(2, Decimal::permille(5), cap).await;
    let contract = &stage.deployment.shower;
    let tax = Tax::of(&stage.node, "uusd").await.unwrap();
    assert_eq!([tax.on(11 * UST), tax.on(12 * UST), tax.on(13 * UST)], [55_000, cap, cap]);
    let api = stage.serve().await;
    api.caught_up(&stage).await;
    let site = api.ok("/v1/site").await;
    assert_eq!([&site["burn_tax"], &site["tax_cap"]], ["0.005", "60000"], "the page says the same");
    api.server.shutdown().await;

    stage.open(1).await;
    for (index, amount) in WALLETS.into_iter().zip([10_000_001, 40_000_133, 31_000_199, 8_000_777_u128]) {
        stage.contribute(index, 1, amount).await.unwrap();
    }
    stage.end(1).await;
    let payees = [stage.account(8).await.address().to_owned(), stage.account(9).await.address().to_owned()];
    let before = [stage.balance(&payees[0]).await, stage.balance(&payees[1]).await];
    stage.close_and_draw(1).await;
    stage.mint(1).await;
    let mut operator = stage.account(2).await;
    jobs::settle(&mut operator, contract, 1).await.unwrap();
    let sent = stage.withdraw().await;
    assert!(sent[0] * 5 / 1_000 > cap && sent[1] * 5 / 1_000 > cap, "{sent:?} are above the cap");
    for ((payee, before), sent) in payees.iter().zip(before).zip(sent) {
        let arrived = stage.balance(payee).await - before;
        assert_eq!((arrived, arrived), (sent - cap, tax.arrives(sent)));
    }

    let amounts = [11_999_999, 12_000_000, 50_000_000, 8_000_000_u128];
    let (before, _) = cancelled(&stage, amounts).await;
    for (((index, amount), before), taken) in
        WALLETS.into_iter().zip(amounts).zip(before).zip([59_999, cap, cap, 40_000])
    {
        let now = stage.balance(stage.account(index).await.address()).await;
        assert_eq!((now, tax.on(amount)), (before - taken, taken), "{amount}");
    }
    stage.stop().await;
}

/// Gas of refunding 100 contributors at once on a node of Terra Classic 4.
const REFUND_OF_100: u64 = 11_400_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_taxed_transfer_costs_about_what_it_costs_on_terra_classic() {
    let stage = Stage::taxed(1, Decimal::permille(5)).await;
    let contract = &stage.deployment.shower;
    stage.open(1).await;
    let crowd = Crowd::fund(&stage, 100).await.unwrap();
    let contributors = crowd.addresses();
    crowd.contribute(&stage).await.unwrap();
    jobs::cancel(&mut stage.account(1).await, contract, 1).await.unwrap();
    let refund = ExecuteMsg::Refund { shower: 1, contributors };
    let refunded = stage.account(0).await.execute(contract, &refund, &[]).await.unwrap();
    let used = refunded.gas_used;
    assert!(used.abs_diff(REFUND_OF_100) * 5 < REFUND_OF_100, "{used} is more than a fifth off");
    stage.stop().await;
}
