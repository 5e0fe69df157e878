//! `Settle` books what minted meteors brought, once, to the last unit; `Withdraw` sends it.

use meteor_messages::events::ShowerEvent;
use meteor_messages::shower::ExecuteMsg;
use meteor_shower::ContractError;
use meteor_testkit::Suite;
use meteor_testkit::model::Told;
use meteor_testkit::wallets::address;

const MIN: u128 = 8_000_000;

/// What 5 % of an amount leaves.
fn after_holdback(amount: u128) -> u128 {
    amount - amount * 500 / 10_000
}

#[test]
fn payees_get_their_shares_and_the_first_the_remainder() {
    let payees = [("a", 3_333), ("b", 3_333), ("c", 3_334)];
    let mut suite = Suite::new().payees(&payees).with(|msg| msg.holdback_bp = 0).build();
    suite.open(1).contribute("alice", MIN + 1).close(1).mint_all(1).settle(1).withdraw_all();
    // 8,000,001 × 0.3333 = 2,666,400.33; × 0.3334 = 2,667,200.33; one unit is left over.
    suite.assert_balance("a", 2_666_401).assert_balance("b", 2_666_400).assert_balance("c", 2_667_200);
    suite.assert_balance("shower", 0);
}

#[test]
fn settling_moves_no_money_and_withdrawing_sends_all_that_is_booked() {
    let mut suite = Suite::new().showers(2).payees(&[("team", 10_000)]).build();
    suite.open(1).contribute("alice", MIN).open(2).contribute("alice", MIN).close(1).close(2);
    suite.mint_all(1).mint_all(2).settle(1).assert_balance("team", 0).assert_balance("shower", 2 * MIN);
    suite.settle(2).try_withdraw("team").ok();
    suite.assert_balance("team", 2 * after_holdback(MIN));
    let nothing = ContractError::NothingOwed { address: address("team").into() };
    suite.try_withdraw("team").refused(nothing);
}

#[test]
fn only_what_is_minted_and_only_once() {
    let mut suite = Suite::new().payees(&[("team", 10_000)]).build();
    suite.open(1).contribute("alice", MIN + 40).contribute("bob", MIN + 20).contribute("carol", MIN).close(1);
    let nothing = || ContractError::NothingToSettle { shower: 1 };
    suite.try_settle(1).refused(nothing());
    suite.mint(1, 1).settle(1).withdraw_all().assert_balance("team", after_holdback(MIN + 40));
    suite.try_settle(1).refused(nothing());
    suite.mint(1, 2).settle(1).withdraw_all().assert_balance("team", after_holdback(3 * MIN + 60));
    suite.try_settle(1).refused(nothing());
    suite.try_settle(2).refused(ContractError::NothingToSettle { shower: 2 });
    for named in [0, 5] {
        suite.try_settle(named).refused(ContractError::NoSuchShower { named, count: 4 });
    }
}

#[test]
fn what_is_held_back_is_booked_once_the_key_is_out_in_time() {
    let mut suite = Suite::new().payees(&[("team", 10_000)]).build();
    suite.open(1).contribute("alice", MIN + 19).contribute("bob", MIN + 1).close(1).mint_all(1).settle(1);
    // Each contribution's part is rounded down by itself.
    let held = (MIN + 19) * 500 / 10_000 + (MIN + 1) * 500 / 10_000;
    suite.withdraw_all().assert_balance("team", 2 * MIN + 20 - held).assert_balance("shower", held);
    suite.publish_key(1).settle(1).withdraw_all();
    suite.assert_balance("team", 2 * MIN + 20).assert_balance("shower", 0);
    suite.try_settle(1).refused(ContractError::NothingToSettle { shower: 1 });
}

#[test]
fn a_share_that_rounds_to_nothing_is_skipped() {
    let mut suite = Suite::new().minimum(1).payees(&[("team", 9_999), ("fund", 1)]).build();
    suite.open(1).contribute("alice", 7).close(1).mint_all(1);
    let response = suite.try_settle(1).ok();
    let told = suite.told(&response.events);
    assert!(matches!(
        told.as_slice(),
        [Told::Shower(ShowerEvent::Settle(_)), Told::Shower(ShowerEvent::Share(_))]
    ));
    suite.withdraw_all().assert_balance("team", 7).assert_balance("fund", 0);
}

#[test]
fn settling_goes_on_after_the_deadline_and_after_a_cancellation() {
    let mut suite = Suite::new().showers(2).payees(&[("team", 10_000)]).build();
    suite.open(1).contribute("alice", MIN + 1).contribute("bob", MIN);
    suite.open(2).contribute("alice", MIN + 1).contribute("bob", MIN).cancel(2);
    suite.close(1).close(2).mint(1, 1).pass_deadline(1);
    suite.pay_out(1).assert_balance("team", MIN + 1);
    suite.refund_all(1).refund_all(2).assert_balance("bob", 2 * MIN).assert_balance("shower", 0);
}

#[test]
fn a_payee_may_contribute_too() {
    let mut suite = Suite::new().payees(&[("team", 10_000)]).build();
    suite.open(1).contribute("team", MIN).close(1).mint_all(1).pay_out(1).assert_balance("team", MIN);
}

#[test]
fn one_payee_that_the_bank_refuses_holds_up_nobody_else() {
    let mut suite = Suite::new().payees(&[("pool", 5_000), ("team", 3_000), ("fund", 2_000)]).build();
    let pool = String::from(address("pool"));
    suite.bank.refuse(&pool);
    suite.open(1).contribute("alice", MIN).contribute("bob", MIN).close(1).mint(1, 1);
    suite.settle(1).try_withdraw("pool").err();
    suite.try_withdraw("team").ok();
    suite.mint(1, 1).pay_out(1).assert_balance("team", 4_800_000).assert_balance("fund", 3_200_000);
    // What is booked for it stays booked, and is sent once the bank accepts it.
    suite.assert_balance("shower", MIN).bank.accept(&pool);
    suite.try_withdraw("pool").ok();
    suite.assert_balance("pool", MIN).assert_balance("shower", 0);
}

#[test]
fn withdrawals_go_to_payees_alone_whoever_asks() {
    let mut suite = Suite::new().payees(&[("team", 10_000)]).build();
    suite.open(1).contribute("alice", MIN).close(1).mint_all(1).settle(1);
    for stranger in ["alice", "owner", "shower", "hatchery"] {
        let address = String::from(suite.address(stranger));
        suite.try_withdraw(stranger).refused(ContractError::NotAPayee { address });
    }
    for text in ["", "team", "osmo1team"] {
        suite.execute("team", &ExecuteMsg::Withdraw { payee: text.into() }, &[]).err();
    }
    suite.try_withdraw("team").ok(); // sent by `anyone`
    suite.assert_balance("team", after_holdback(MIN));
}
