//! `Refund`: to who contributed, once, and only what has no meteor.

use meteor_contract_kit::KitError;
use meteor_messages::shower::{
    ContributionState, Cursor, ExecuteMsg, QueryMsg, RefundableResponse, ShowerResponse,
};
use meteor_shower::ContractError;
use meteor_testkit::{Outcome, Suite};

const MIN: u128 = 8_000_000;

fn of(who: &str) -> String {
    meteor_testkit::wallets::address(who).into()
}

#[test]
fn not_before_the_deadline_and_from_it_on() {
    let mut suite = Suite::new().build();
    suite.open(1).contribute("alice", MIN).contribute("alice", 5);
    let deadline = suite.model.deadline(1).unwrap();
    let early = || ContractError::RefundsNotOpen { shower: 1, deadline: deadline / 1_000_000_000 };
    suite.try_refund(1, &["alice"]).refused(early());
    suite.at(deadline - 1).try_refund(1, &["alice"]).refused(early());
    assert_eq!(suite.now(), deadline);
    // Close is not needed: nobody has to be awake for people to get their money back.
    suite.refund(1, &["alice"]).assert_balance("alice", MIN + 5);
    suite.assert_state(1, "alice", ContributionState::Refunded).assert_balance("shower", 0);
}

#[test]
fn each_contribution_once() {
    let mut suite = Suite::new().build();
    suite.open(1).contribute("alice", MIN).contribute("bob", MIN).contribute("carol", MIN).cancel(1);
    let again = || ContractError::AlreadyRefunded { shower: 1, address: of("alice") };
    // Named twice, paid once.
    suite.refund(1, &["alice", "bob", "alice"]).assert_balance("alice", MIN).assert_balance("bob", MIN);
    suite.try_refund(1, &["alice"]).refused(again());
    suite.try_refund(1, &["alice", "bob"]).refused(again());
    // Someone else was first with a part of the list: the rest of it is refunded all the same.
    suite.refund(1, &["alice", "carol", "bob"]).assert_balance("carol", MIN).assert_balance("shower", 0);
}

#[test]
fn a_meteor_or_the_money_never_both() {
    let mut suite = Suite::new().build();
    suite.open(1).contribute("alice", MIN + 1).contribute("bob", MIN).close(1).mint(1, 1).pass_deadline(1);
    suite.try_refund(1, &["alice"]).refused(ContractError::HasMeteor {
        shower: 1,
        address: of("alice"),
        key_deadline: suite.model.key_deadline(1).unwrap() / 1_000_000_000,
    });
    suite.try_refund(1, &["bob", "alice"]).err();
    suite.refund(1, &["bob"]);
    suite.try_mint(1, 2, 1).err();
    suite.pay_out(1).assert_balance("shower", 0);
}

#[test]
fn nobody_gets_what_they_did_not_give() {
    let mut suite = Suite::new().showers(2).build();
    suite.open(1).contribute("alice", MIN).open(2).contribute("bob", MIN).cancel(1).cancel(2);
    suite.try_refund(1, &["bob"]).refused(ContractError::NoContribution { shower: 1, address: of("bob") });
    suite
        .try_refund(1, &["stranger"])
        .refused(ContractError::NoContribution { shower: 1, address: of("stranger") });
    let raw = |suite: &mut Suite, who: &str| -> Outcome {
        let refund = ExecuteMsg::Refund { shower: 1, contributors: vec![who.into()] };
        suite.execute("anyone", &refund, &[])
    };
    for text in ["", "alice", "osmo1alice", "terra1alice"] {
        raw(&mut suite, text).err();
    }
    suite.try_refund(3, &["alice"]).refused(ContractError::NoSuchShower { named: 3, count: 2 });
}

#[test]
fn lists_have_1_to_100_entries() {
    let mut suite = Suite::new().build();
    suite.open(1).contribute("alice", MIN).cancel(1);
    suite.try_refund(1, &[]).refused(KitError::BatchSize { given: 0, most: 100 }.into());
    suite.try_refund(1, &["alice"; 101]).refused(KitError::BatchSize { given: 101, most: 100 }.into());
}

#[test]
fn everyone_of_a_large_shower_is_found_and_refunded_page_by_page() {
    let mut suite = Suite::new().unchecked().build();
    suite.open(1);
    for wallet in 0..250u32 {
        suite.contribute(&format!("wallet {wallet}"), MIN + u128::from(wallet));
    }
    suite.close(1).mint(1, 30).pass_deadline(1);
    let page = |suite: &Suite, start_after: Option<Cursor>| -> RefundableResponse {
        suite.query(&QueryMsg::Refundable { shower: 1, start_after, limit: Some(100) })
    };
    let first = page(&suite, None);
    assert_eq!(first.refundable[0].contributor, of("wallet 219"), "the first rank without a meteor");
    assert_eq!(first.refundable.len(), 100);
    suite.refund(1, &["wallet 218", "wallet 217"]);
    assert_eq!(page(&suite, None).refundable.len(), 98);
    // A cursor among the minted ranks is moved on to the first without a meteor.
    let early = Cursor { amount: (MIN + 249).into(), seq: 250 };
    assert_eq!(page(&suite, Some(early)).refundable, page(&suite, None).refundable);
    suite.refund_all(1).pay_out(1);
    meteor_testkit::invariants::check(&suite);
    suite.assert_balance("shower", 0);
    let told: ShowerResponse = suite.query(&QueryMsg::Shower { shower: 1 });
    assert_eq!((told.minted, told.refunds), (30, 220));
}

#[test]
fn coins_sent_unasked_are_nobodys_refund() {
    let mut suite = Suite::new().wallet("donor", 1_000).build();
    suite.open(1).contribute("alice", MIN).send_unasked("donor", 1_000).cancel(1);
    suite.refund(1, &["alice"]).assert_balance("alice", MIN).assert_balance("shower", 1_000);
    suite.try_refund(1, &["donor"]).err();
}

/// Three wallets with odd amounts, minted.
fn minted() -> Suite {
    let mut suite = Suite::new().showers(2).build();
    suite.open(1).contribute("alice", MIN + 19).contribute("bob", MIN + 7).contribute("carol", MIN + 1);
    suite.close(1).mint_all(1);
    suite
}

#[test]
fn a_key_that_never_came_returns_what_was_held_back_to_the_last_unit() {
    let mut suite = minted();
    let part = |amount: u128| amount * 500 / 10_000;
    let has_meteor = |suite: &Suite| ContractError::HasMeteor {
        shower: 1,
        address: of("alice"),
        key_deadline: suite.model.key_deadline(1).unwrap() / 1_000_000_000,
    };
    let deadline = suite.model.key_deadline(1).unwrap();
    suite.try_settle(1).ok();
    let refusal = has_meteor(&suite);
    suite.at(deadline - 1).try_refund(1, &["alice"]).refused(refusal);
    assert_eq!(suite.now(), deadline);
    suite.try_refund(1, &["bob"]).ok();
    suite.try_refund(1, &["bob"]).refused(ContractError::AlreadyRefunded { shower: 1, address: of("bob") });
    // In a list with one that is done, and found by the query.
    suite.refund_all(1);
    for (who, gave) in [("alice", MIN + 19), ("bob", MIN + 7), ("carol", MIN + 1)] {
        suite.assert_balance(who, part(gave)).assert_state(1, who, ContributionState::Minted);
        let told: meteor_messages::shower::ContributionResponse =
            suite.query(&QueryMsg::Contribution { shower: 1, contributor: of(who) });
        assert_eq!(told.held_returned.u128(), part(gave));
    }
    // A key that comes now is proof and no more: the payees' part stays as it is.
    suite.publish_key(1).try_settle(1).refused(ContractError::NothingToSettle { shower: 1 });
    suite.withdraw_all().assert_balance("shower", 0);
}

#[test]
fn a_key_in_time_leaves_nothing_to_take_back_not_even_after_the_deadline() {
    let mut suite = minted();
    let deadline = suite.model.key_deadline(1).unwrap();
    suite.at(deadline - 1).try_publish_key(1).ok();
    assert_eq!(suite.now(), deadline);
    let refusal = |who| ContractError::HasMeteor {
        shower: 1,
        address: of(who),
        key_deadline: deadline / 1_000_000_000,
    };
    suite.try_refund(1, &["alice"]).refused(refusal("alice"));
    suite.advance(1_000_000).try_refund(1, &["bob"]).refused(refusal("bob"));
    suite.pay_out(1).assert_balance("shower", 0).assert_balance("alice", 0);
}

#[test]
fn without_a_holdback_there_is_nothing_to_take_back() {
    let mut suite = Suite::new().with(|msg| msg.holdback_bp = 0).build();
    suite.open(1).contribute("alice", MIN).contribute("bob", MIN - 1 + 1).close(1).mint_all(1);
    suite.pass_key_deadline(1);
    suite.try_refund(1, &["alice"]).refused(ContractError::NothingHeld { shower: 1, address: of("alice") });
    suite.try_settle(1).ok();
    suite.withdraw_all().assert_balance("shower", 0);
    let listed: RefundableResponse =
        suite.query(&QueryMsg::Refundable { shower: 1, start_after: None, limit: None });
    assert_eq!(listed.refundable, []);
}

#[test]
fn a_shower_that_is_partly_minted_and_whose_key_is_late_returns_both() {
    let mut suite = Suite::new().build();
    suite.open(1).contribute("alice", MIN + 20).contribute("bob", MIN).close(1).mint(1, 1);
    suite.pass_key_deadline(1).refund_all(1).assert_balance("bob", MIN).assert_balance("alice", 400_001);
    suite.try_settle(1).ok();
    suite.withdraw_all().assert_balance("shower", 0);
}

#[test]
fn one_that_the_bank_refuses_holds_up_only_lists_that_name_it() {
    let mut suite = Suite::new().build();
    suite.open(1).contribute("alice", MIN).contribute("bob", MIN).cancel(1);
    suite.bank.refuse(&of("alice"));
    suite.try_refund(1, &["alice", "bob"]).err();
    suite.refund(1, &["bob"]).assert_balance("bob", MIN);
    suite.bank.accept(&of("alice"));
    suite.refund(1, &["alice"]).assert_balance("shower", 0);
}
