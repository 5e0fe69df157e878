//! `CommitDraw` and `PublishKey`: what meteors hold is fixed once, in time, before any of them is minted.

use cosmwasm_std::HexBinary;
use meteor_contract_kit::KitError;
use meteor_messages::events::ShowerEvent;
use meteor_messages::shower::{DrawResponse, ExecuteMsg, Fairness, QueryMsg};
use meteor_rules::fairness::key::commitment;
use meteor_shower::ContractError;
use meteor_testkit::fairness::{BEACON, beacon, id, key};
use meteor_testkit::model::Told;
use meteor_testkit::{BEGIN, Outcome, Suite};

use crate::test_instantiate::refuses;

const MIN: u128 = 8_000_000;
const S: u64 = 1_000_000_000;

/// A shower of two wallets, closed; the beacon's round is still to come.
fn closed() -> Suite {
    let mut suite = Suite::new().showers(2).build();
    suite.open(1).contribute("alice", MIN).contribute("bob", MIN + 1).end(1).try_close(1).ok();
    suite
}

/// The honest draw of shower 1, changed.
fn bent(suite: &mut Suite, change: impl FnOnce(&mut HexBinary, &mut u32, &mut HexBinary)) -> Outcome {
    let mut msg = suite.honest_draw(1);
    if let ExecuteMsg::CommitDraw { root, leaves, beacon, .. } = &mut msg {
        change(root, leaves, beacon);
    }
    suite.execute("operator", &msg, &[])
}

fn draw_of(suite: &Suite, shower: u32) -> DrawResponse {
    suite.query(&QueryMsg::Draw { shower })
}

#[test]
fn a_draw_is_committed_once_and_told() {
    let mut suite = closed();
    let before = draw_of(&suite, 1);
    assert_eq!((before.root, before.beacon, before.leaves, before.key), (None, None, 0, None));
    let sealed = suite.model.sealed(1).unwrap();
    suite.await_beacon(1);
    let response = suite.try_draw(1).ok();
    let told = suite.told(&response.events);
    let [Told::Shower(ShowerEvent::Draw(draw))] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((draw.shower, draw.leaves, draw.root.as_slice()), (1, 2, sealed.root().as_slice()));
    let after = draw_of(&suite, 1);
    assert_eq!(after.root.unwrap().as_slice(), sealed.root());
    assert_eq!(after.beacon.unwrap().as_slice(), beacon(after.beacon_round.unwrap()));
    assert_eq!(after.leaves, 2);
    // Neither the same again nor another.
    suite.try_draw(1).refused(ContractError::AlreadyDrawn { shower: 1 });
    bent(&mut suite, |root, _, _| *root = [7; 32].into()).refused(ContractError::AlreadyDrawn { shower: 1 });
}

#[test]
fn the_round_is_the_first_a_delay_after_close_and_end() {
    let mut suite = Suite::new().showers(2).build();
    let end = suite.window(1).end / S;
    suite.open(1).contribute("alice", MIN).end(1).try_close(1).ok();
    let first = draw_of(&suite, 1);
    assert_eq!(first.closed_at, Some(end));
    let due = BEACON.due(first.beacon_round.unwrap()).unwrap();
    assert!(due > end && due < end + BEACON.delay + BEACON.period, "{due}");
    // Closed late, the round is after the close, so that nobody chooses among rounds that are known.
    let late = suite.window(2).end + 100 * S + 1;
    suite.at(late).try_close(2).ok();
    let late = draw_of(&suite, 2);
    let end = suite.window(2).end / S;
    assert_eq!(late.closed_at, Some(end + 101), "rounded up");
    let due = BEACON.due(late.beacon_round.unwrap()).unwrap();
    assert!(due >= end + 101 + BEACON.delay && due < end + 101 + BEACON.delay + BEACON.period, "{due}");
}

#[test]
fn not_before_close() {
    let mut suite = Suite::new().showers(2).build();
    suite.open(1).contribute("alice", MIN);
    suite.try_draw(1).refused(ContractError::NotClosed { shower: 1 });
    suite.end(1).try_draw(1).refused(ContractError::NotClosed { shower: 1 });
    for named in [0, 3] {
        let msg = ExecuteMsg::CommitDraw {
            shower: named,
            root: [0; 32].into(),
            leaves: 1,
            beacon: beacon(1).into(),
        };
        suite.execute("operator", &msg, &[]).refused(ContractError::NoSuchShower { named, count: 2 });
    }
}

#[test]
fn not_before_the_round_is_due() {
    let mut suite = closed();
    let round = draw_of(&suite, 1).beacon_round.unwrap();
    let due = BEACON.due(round).unwrap();
    suite.try_draw(1).refused(ContractError::BeaconNotDue { round, due });
    suite.at(due * S - 1).try_draw(1).refused(ContractError::BeaconNotDue { round, due });
    assert_eq!(suite.now(), due * S);
    suite.try_draw(1).ok();
}

#[test]
fn not_from_the_deadline_on() {
    let mut suite = closed();
    let deadline = suite.model.deadline(1).unwrap();
    let late = || ContractError::DeadlinePassed { shower: 1, deadline: deadline / S };
    suite.at(deadline).try_draw(1).refused(late());
    let mut suite = closed();
    suite.at(deadline - 1).try_draw(1).ok();
    let mut suite = closed();
    suite.pass_deadline(1).refund_all(1).assert_balance("shower", 0).try_draw(1).refused(late());
}

#[test]
fn not_when_cancelled() {
    let mut suite = closed();
    suite.cancel(1).await_beacon(1).try_draw(1).refused(ContractError::Cancelled { shower: 1 });
}

#[test]
fn only_the_operator_draws() {
    let mut suite = closed();
    let msg = suite.await_beacon(1).honest_draw(1);
    for stranger in ["owner", "guardian", "alice", "anyone", "team", "shower", "hatchery"] {
        suite
            .execute(stranger, &msg, &[])
            .refused(ContractError::NotAllowed { verb: "CommitDraw", role: "operator" });
    }
}

#[test]
fn one_leaf_for_each_contributor() {
    let mut suite = closed();
    suite.await_beacon(1);
    for given in [0, 1, 3, u32::MAX] {
        bent(&mut suite, |_, leaves, _| *leaves = given).refused(ContractError::Leaves {
            shower: 1,
            given,
            contributors: 2,
        });
    }
    // Nobody came: there is nothing to draw.
    suite.close(2).await_beacon(2);
    suite.try_draw(2).refused(ContractError::Leaves { shower: 2, given: 0, contributors: 0 });
}

#[test]
fn root_and_signature_have_their_lengths() {
    let mut suite = closed();
    suite.await_beacon(1);
    for given in [0, 31, 33] {
        bent(&mut suite, |root, _, _| *root = vec![1; given].into())
            .refused(KitError::Length { what: "the root", given, wanted: "32" }.into());
    }
    for given in [0, 97] {
        bent(&mut suite, |_, _, beacon| *beacon = vec![1; given].into())
            .refused(KitError::Length { what: "the beacon's signature", given, wanted: "1 to 96" }.into());
    }
    bent(&mut suite, |_, _, beacon| *beacon = vec![1; 96].into()).ok();
}

#[test]
fn nothing_is_minted_before_the_draw() {
    let mut suite = closed();
    suite.await_beacon(1);
    suite.try_mint(1, 1, 1).refused(ContractError::NotDrawn { shower: 1 });
    suite.draw(1).try_mint(1, 1, 1).ok();
}

#[test]
fn a_shower_that_was_never_drawn_is_refunded() {
    let mut suite = closed();
    suite.pass_deadline(1).refund_all(1).assert_balance("alice", MIN).assert_balance("shower", 0);
}

#[test]
fn a_pause_stops_neither_draw_nor_key() {
    let mut suite = closed();
    suite.pause().draw(1).mint_all(1).publish_key(1).pay_out(1).assert_balance("shower", 0);
}

#[test]
fn a_key_is_published_once_and_only_after_the_crack_window() {
    let mut suite = closed();
    suite.draw(1);
    let at = BEGIN + 120 + 7_200;
    suite.try_publish_key(1).refused(ContractError::KeyTooEarly { shower: 1, at });
    suite.at(at * S - 1).try_publish_key(1).refused(ContractError::KeyTooEarly { shower: 1, at });
    let response = suite.try_publish_key(1).ok();
    let told = suite.told(&response.events);
    let [Told::Shower(ShowerEvent::Key(told))] = told.as_slice() else { panic!("{told:?}") };
    let secret = key(suite.shower.as_str(), 1);
    assert_eq!((told.shower, told.key.as_slice()), (1, secret.as_slice()));
    let answer = draw_of(&suite, 1);
    assert_eq!(answer.key.unwrap().as_slice(), secret);
    assert_eq!(answer.commitment.as_slice(), commitment(&id(suite.shower.as_str(), 1), &secret));
    suite.try_publish_key(1).refused(ContractError::KeyKnown { shower: 1 });
}

#[test]
fn a_key_that_is_not_the_showers_is_refused() {
    let mut suite = closed();
    suite.draw(1).close(2).advance(7_200);
    let contract = suite.shower.to_string();
    let mut publish = |shower, key: Vec<u8>| {
        let msg = ExecuteMsg::PublishKey { shower, key: key.into() };
        suite.execute("operator", &msg, &[])
    };
    let mut flipped = key(&contract, 1);
    flipped[31] ^= 1;
    let master = meteor_testkit::fairness::MASTER_KEY;
    let elsewhere = key("terra1elsewhere", 1);
    for wrong in [key(&contract, 2), elsewhere, flipped, master, [0; 32]] {
        publish(1, wrong.into()).refused(ContractError::WrongKey { shower: 1 });
    }
    for given in [0, 31, 33] {
        let length = KitError::Length { what: "the key", given, wanted: "32" }.into();
        publish(1, vec![1; given]).refused(length);
    }
    for named in [0, 3] {
        publish(named, key(&contract, 1).into()).refused(ContractError::NoSuchShower { named, count: 2 });
    }
    publish(1, key(&contract, 1).into()).ok();
    publish(2, key(&contract, 2).into()).ok();
}

#[test]
fn no_key_of_a_shower_that_is_not_closed() {
    let mut suite = Suite::new().build();
    suite.open(1).contribute("alice", MIN).pass_deadline(1);
    suite.try_publish_key(1).refused(ContractError::NotClosed { shower: 1 });
}

#[test]
fn fairness_is_complete_or_the_event_is_refused() {
    let bytes = |length: usize| HexBinary::from(vec![1; length]);
    for given in [1, 3, 5] {
        refuses(
            |msg| msg.fairness.commitments = vec![bytes(32); given],
            ContractError::Commitments { given, showers: 4 },
        );
    }
    for given in [0, 31, 33] {
        let length = |what| KitError::Length { what, given, wanted: "32" };
        let commitments = vec![bytes(32), bytes(32), bytes(32), bytes(given)];
        refuses(|msg| msg.fairness.commitments = commitments, length("a commitment"));
        refuses(|msg| msg.fairness.tables = bytes(given), length("the hash of the tables"));
    }
    for given in [0, 97] {
        let length = KitError::Length { what: "the beacon's key", given, wanted: "1 to 96" };
        refuses(|msg| msg.fairness.beacon_key = bytes(given), length);
    }
}

#[test]
fn fairness_is_told_as_it_was_given() {
    let suite = Suite::new().build();
    let told: Fairness = suite.query(&QueryMsg::Fairness {});
    assert_eq!(told, suite.model.config.fairness);
    for shower in 1..=4 {
        let place = usize::try_from(shower).unwrap() - 1;
        assert_eq!(draw_of(&suite, shower).commitment, told.commitments[place]);
    }
    for shower in [0, 5] {
        let error = suite.try_query::<DrawResponse>(&QueryMsg::Draw { shower }).unwrap_err();
        assert!(error.contains("numbered 1 to 4"), "{error}");
    }
}

/// A chain that is called something else by then reveals and publishes all the same.
#[test]
fn a_renamed_chain_breaks_nothing() {
    let mut suite = Suite::new().showers(2).build();
    suite.open(1).contribute("alice", MIN).rename_chain("meteor-test-2").contribute("bob", MIN);
    suite.open(2).contribute("alice", MIN).close(1).close(2).mint_all(1).mint_all(2);
    suite.crack("alice", 1).crack("alice", 3).reveal(&[1, 3]);
    suite.pay_out(1).pay_out(2).assert_balance("shower", 0);
}

#[test]
fn a_key_in_time_says_so_and_one_at_the_deadline_does_not() {
    for (late, in_time) in [(1, true), (0, false)] {
        let mut suite = closed();
        let deadline = suite.model.key_deadline(1).unwrap();
        let response = suite.draw(1).mint_all(1).at(deadline - late).try_publish_key(1).ok();
        let told = suite.told(&response.events);
        let [Told::Shower(ShowerEvent::Key(told))] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!(told.in_time, in_time);
    }
}
