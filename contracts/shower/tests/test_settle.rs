//! `Settle`: the payees get what minted meteors brought, once, to the last unit.

use meteor_messages::events::ShowerEvent;
use meteor_shower::ContractError;
use meteor_testkit::Suite;
use meteor_testkit::model::Told;

const MIN: u128 = 8_000_000;

#[test]
fn payees_get_their_shares_and_the_first_the_remainder() {
    let mut suite = Suite::new().payees(&[("a", 3_333), ("b", 3_333), ("c", 3_334)]).build();
    suite.open(1).contribute("alice", MIN + 1).close(1).mint_all(1).settle(1);
    // 8,000,001 × 0.3333 = 2,666,400.33; × 0.3334 = 2,667,200.33; one unit is left over.
    suite.assert_balance("a", 2_666_401).assert_balance("b", 2_666_400).assert_balance("c", 2_667_200);
    suite.assert_balance("shower", 0);
}

#[test]
fn only_what_is_minted_and_only_once() {
    let mut suite = Suite::new().payees(&[("team", 10_000)]).build();
    suite.open(1).contribute("alice", MIN + 2).contribute("bob", MIN + 1).contribute("carol", MIN).close(1);
    let nothing = || ContractError::NothingToSettle { shower: 1 };
    suite.try_settle(1).refused(nothing());
    suite.mint(1, 1).settle(1).assert_balance("team", MIN + 2);
    suite.try_settle(1).refused(nothing());
    suite.mint(1, 2).settle(1).assert_balance("team", 3 * MIN + 3).assert_balance("shower", 0);
    suite.try_settle(1).refused(nothing());
    suite.try_settle(2).refused(ContractError::NothingToSettle { shower: 2 });
    for named in [0, 5] {
        suite.try_settle(named).refused(ContractError::NoSuchShower { named, count: 4 });
    }
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
    suite.assert_balance("team", 7).assert_balance("fund", 0);
}

#[test]
fn settling_goes_on_after_the_deadline_and_after_a_cancellation() {
    let mut suite = Suite::new().showers(2).payees(&[("team", 10_000)]).build();
    suite.open(1).contribute("alice", MIN + 1).contribute("bob", MIN);
    suite.open(2).contribute("alice", MIN + 1).contribute("bob", MIN);
    suite.close(1).close(2).mint(1, 1).mint(2, 1).cancel(2).pass_deadline(1);
    suite.settle(1).settle(2).assert_balance("team", 2 * MIN + 2);
    suite.refund_all(1).refund_all(2).assert_balance("bob", 2 * MIN).assert_balance("shower", 0);
}

#[test]
fn a_payee_may_contribute_too() {
    let mut suite = Suite::new().payees(&[("team", 10_000)]).build();
    suite.open(1).contribute("team", MIN).close(1).mint_all(1).settle(1).assert_balance("team", MIN);
}
