//! The suite itself: that its checks see what they are there to see.
#![allow(clippy::expect_used)] // that is how tests fail

use cosmwasm_std::{BankMsg, CosmosMsg, coins};
use cw_multi_test::Executor;
use cw_ownable::OwnershipError;
use cw_utils::Expiration;
use cw721::error::Cw721ContractError;
use meteor_messages::nft;
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
    let wrongs: [(&str, Wrong); 15] = [
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
        ("status of shower 1", |suite| {
            suite.end(1);
            suite.model.showers.get_mut(&1).expect("begun").closed = true;
        }),
        ("pauses of shower 1", |suite| suite.model.showers.get_mut(&1).expect("begun").paused = true),
        ("what is minted next", |suite| {
            suite.close(1);
            suite.model.config.catalogue.legendary.count = 1;
        }),
        ("deadlines of shower 1", |suite| suite.model.config.fairness.key_window += 1),
        ("what terra1", |suite| {
            suite.close(1).mint_all(1).settle(1);
            suite.model.owed.insert(address("team").into(), 1);
        }),
        ("was refused because", |suite| {
            suite.close(1).mint_all(1); // the model expects another reason than the collection has
            suite.model.tokens.remove(&1);
            let burn = nft::ExecuteMsg::Burn { token_id: "1".into() };
            suite.execute_nft("alice", &burn, &[]).err();
        }),
        ("only cracked meteors are revealed", |suite| {
            suite.close(1).mint_all(1).crack("bob", 1);
            let reveals = suite.reveals(&[1]);
            suite.model.custody.clear();
            suite.try_reveal(reveals).ok();
        }),
        ("should do its work and was refused", |suite| {
            suite.close(1).mint_all(1).crack("bob", 1);
            suite.model.custody.get_mut(&1).expect("cracked").since = 0;
            suite.try_reclaim(1).err();
        }),
    ];
    for (said, wrong) in wrongs {
        let seen = std::panic::catch_unwind(|| {
            let mut suite = begun();
            wrong(&mut suite);
            invariants::check(&suite);
        });
        let seen = seen.expect_err(said);
        let text = seen.downcast_ref::<String>().map_or("", String::as_str);
        assert!(text.contains(said), "{said}: {text}");
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
fn approvals_and_their_ends_are_followed() {
    let mut suite = begun();
    suite.close(1).mint_all(1);
    let until = Expiration::AtTime(suite.app.block_info().time.plus_seconds(10));
    let spender = String::from(address("market"));
    let approve =
        nft::ExecuteMsg::Approve { spender: spender.clone(), token_id: "1".into(), expires: Some(until) };
    let to_market = nft::ExecuteMsg::TransferNft { recipient: spender, token_id: "1".into() };
    let not_owner =
        || meteor_nft::ContractError::Cw721(Cw721ContractError::Ownership(OwnershipError::NotOwner));
    suite.execute_nft("market", &to_market, &[]).refused_by_nft(not_owner());
    suite.execute_nft("bob", &approve, &[]).ok();
    suite.advance(10).execute_nft("market", &to_market, &[]).refused_by_nft(not_owner());
    let all = nft::ExecuteMsg::ApproveAll { operator: address("market").into(), expires: None };
    suite.execute_nft("bob", &all, &[]).ok();
    suite.execute_nft("market", &to_market, &[]).ok();
    suite.assert_owner_of(1, "market");
}

#[test]
fn what_is_sent_to_the_events_contracts_by_call_is_predicted_too() {
    let mut suite = begun();
    let (shower, hatchery) = (suite.shower.clone(), suite.hatchery.clone());
    suite.call("guardian", &shower, &ExecuteMsg::Pause {}, &[]).ok();
    assert!(suite.model.paused_since.is_some());
    let reclaim = meteor_messages::hatchery::ExecuteMsg::Reclaim { token_id: "1".into() };
    suite
        .call("alice", &hatchery, &reclaim, &[])
        .refused_by_hatchery(meteor_hatchery::ContractError::NotInCustody { token_id: 1 });
    suite.call("alice", &hatchery, &"no message", &[]).err();
}

#[test]
fn the_event_of_2021_runs_too() {
    let mut suite = SuiteBuilder::preset("levana-2021").showers(2).build();
    suite.open(1).contribute("alice", MIN).open(2).contribute("alice", MIN).contribute("bob", MIN);
    suite.close(1).close(2).mint_all(2).mint_all(1).pay_out(1).pay_out(2).assert_balance("shower", 0);
    assert_eq!(suite.meteors_of("alice"), [1, 2]);
}
