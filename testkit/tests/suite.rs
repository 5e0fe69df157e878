//! The suite itself: that its checks see what they are there to see.
#![allow(clippy::expect_used)] // that is how tests fail

use cosmwasm_std::{BankMsg, CosmosMsg, coins};
use cw_multi_test::Executor;
use meteor_messages::shower::ExecuteMsg;
use meteor_testkit::wallets::address;
use meteor_testkit::{Suite, SuiteBuilder, invariants};

const MIN: u128 = 8_000_000;

fn begun() -> Suite {
    let mut suite = Suite::new().wallet("thief", 1_000).build();
    suite.open(1).contribute("alice", MIN).contribute("bob", MIN + 1);
    suite
}

/// Coins move behind the suite's back.
fn send(suite: &mut Suite, from: &str, to: &str, amount: u128) {
    let msg = BankMsg::Send { to_address: suite.address(to).into(), amount: coins(amount, "uusd") };
    let from = suite.address(from);
    suite.app.execute(from, CosmosMsg::Bank(msg)).map(|_| ()).expect("the coins are there");
}

/// Everything that a suite must not overlook, and what it says of it.
#[test]
fn what_is_wrong_is_seen() {
    type Wrong = fn(&mut Suite);
    let wrongs: [(&str, Wrong); 7] = [
        ("the contract's balance", |suite| send(suite, "shower", "thief", 1)),
        ("the contract's balance", |suite| send(suite, "thief", "shower", 1)),
        ("an account that nobody named", |suite| send(suite, "thief", "a stranger to the suite", 1)),
        ("should be refused and was not", |suite| {
            suite.model.paused_since = Some(0); // the model says no, the contract says yes
            suite.contribute("alice", 1);
        }),
        ("should do its work and was refused", |suite| {
            suite.pause().model.paused_since = None;
            suite.contribute("alice", 1);
        }),
        ("log hash of shower 1", |suite| {
            suite.model.showers.get_mut(&1).expect("begun").log.reverse();
        }),
        ("owner of 1 in ", |suite| {
            suite.close(1).mint_all(1);
            suite.model.tokens.get_mut(&1).expect("minted").owner = address("alice").into();
        }),
    ];
    for (said, wrong) in wrongs {
        let seen = std::panic::catch_unwind(|| {
            let mut suite = begun();
            wrong(&mut suite);
            invariants::check(&suite);
        });
        let seen = seen.expect_err(said);
        assert!(seen.downcast_ref::<String>().is_some_and(|text| text.contains(said)), "{said}");
    }
}

#[test]
fn names_are_wallets_and_contracts() {
    let suite = begun();
    assert_eq!(suite.address("shower"), suite.shower);
    assert_eq!(suite.address("meteors"), suite.meteors);
    assert_eq!(suite.address("alice"), address("alice"));
}

#[test]
fn a_refusal_can_be_read_as_text() {
    let mut suite = begun();
    let refusal = suite.execute("alice", &ExecuteMsg::Resume {}, &[]).err();
    assert_eq!(refusal.to_string(), "Resume is for the owner alone: send it from that address");
}

#[test]
fn the_event_of_2021_runs_too() {
    let mut suite = SuiteBuilder::preset("levana-2021").showers(2).build();
    suite.open(1).contribute("alice", MIN).open(2).contribute("alice", MIN).contribute("bob", MIN);
    suite.close(1).close(2).mint_all(2).mint_all(1).pay_out(1).pay_out(2).assert_balance("shower", 0);
    assert_eq!(suite.meteors_of("alice"), [1, 2]);
}
