#![allow(clippy::unwrap_used)]
use serde_json::{Value, json};

use super::*;

const OPENS: u64 = 1_000;
const CLOSES: u64 = 2_000;
const MINT: u64 = 3_000;
const PUBLIC: u64 = 4_000;
const KEY: u64 = 5_000;

/// A shower of two contributors and 100 units, with these fields changed.
pub(crate) fn shower(status: &str, changes: &[(&str, Value)]) -> ShowerResponse {
    let mut shower = json!({
        "shower": 1, "status": status, "opens_at": OPENS, "closes_at": CLOSES, "mint_deadline": MINT,
        "minimum": "10", "contributors": 2, "total": "100", "last_seq": 2, "log": "00", "earlier": 0,
        "earlier_by_tier": { "legendary": 0, "ancient": 0, "rare": 0, "common": 0 }, "closed": true,
        "cancelled": false, "paused": false, "minted": 0, "minted_amount": "0", "held": "0", "settled": "0",
        "refunds": 0, "refunded": "0", "held_returned": "0", "key_deadline": KEY, "key_in_time": false,
    });
    for (field, value) in changes {
        assert!(shower.get(field).is_some(), "{field}");
        shower.as_object_mut().unwrap().insert((*field).to_owned(), value.clone());
    }
    serde_json::from_value(shower).unwrap()
}

/// Its facts at `now`; drawn if anything is minted.
fn facts(state: &ShowerResponse, now: u64) -> Facts<'_> {
    let (drawn, key_public) = (state.minted > 0, state.key_in_time);
    Facts { state, drawn, key_public, round_due: None, crack_window: PUBLIC - CLOSES, now }
}

type Row = (Job, By, Option<u64>, Option<u64>);

fn next_of(facts: &Facts<'_>) -> (State, Vec<Row>) {
    let row = |next: &Next| (next.job, next.by, next.from, next.until);
    (facts.state(), facts.next().iter().map(row).collect())
}

const REFUND: Row = (Job::Refund, By::Anyone, None, None);
const SETTLE: Row = (Job::Settle, By::Anyone, None, None);
const SOON: Row = (Job::PublishKey, By::Operator, Some(PUBLIC), Some(KEY));

fn minted() -> Vec<(&'static str, Value)> {
    vec![("minted", json!(2)), ("minted_amount", json!("100")), ("held", json!("5"))]
}

fn with(some: &[(&'static str, Value)], more: &[(&'static str, Value)]) -> Vec<(&'static str, Value)> {
    [some, more].concat()
}

#[test]
fn before_its_end_a_shower_waits_for_time() {
    let state = shower("upcoming", &[]);
    let waits = (Job::WaitOpen, By::Nobody, None, Some(OPENS));
    assert_eq!(next_of(&facts(&state, 0)), (State::NotBegun, vec![waits]));
    let state = shower("open", &[]);
    let waits = (Job::WaitEnd, By::Nobody, None, Some(CLOSES));
    assert_eq!(next_of(&facts(&state, OPENS)), (State::Open, vec![waits]));
}

#[test]
fn until_the_mint_deadline_it_is_closed_drawn_and_minted() {
    let ended = shower("ended", &[("closed", json!(false))]);
    let close = (Job::Close, By::Anyone, None, Some(MINT));
    assert_eq!(next_of(&facts(&ended, CLOSES)), (State::Ended, vec![close]));

    let closed = shower("closed", &[]);
    let draw = |from| (Job::Draw, By::Operator, from, Some(MINT));
    assert_eq!(next_of(&facts(&closed, CLOSES)), (State::Closed, vec![draw(None)]));
    let due = Facts { round_due: Some(2_300), ..facts(&closed, CLOSES) };
    assert_eq!(next_of(&due).1, [draw(Some(2_300))], "not before the beacon's round");
    assert_eq!(next_of(&Facts { now: 2_300, ..due }).1, [draw(None)]);

    let mint = (Job::Mint, By::Anyone, None, Some(MINT));
    let drawn = Facts { drawn: true, ..facts(&closed, CLOSES) };
    assert_eq!(next_of(&drawn), (State::Drawn, vec![mint]));
    let half = shower("closed", &[("minted", json!(1)), ("minted_amount", json!("60"))]);
    assert_eq!(next_of(&facts(&half, CLOSES)), (State::Minting, vec![mint]), "settled once all are minted");
}

#[test]
fn what_is_minted_is_settled_and_its_key_published_in_time() {
    let state = shower("minted", &minted());
    assert_eq!(next_of(&facts(&state, CLOSES)), (State::Minted, vec![SETTLE, SOON]));
    let settled = with(&minted(), &[("settled", json!("95"))]);
    let state = shower("minted", &settled);
    assert_eq!(next_of(&facts(&state, CLOSES)), (State::Settled, vec![SOON]));
    assert_eq!(facts(&state, CLOSES).held_back(), 5);
    let due = (Job::PublishKey, By::Operator, None, Some(KEY));
    assert_eq!(next_of(&facts(&state, PUBLIC)), (State::Settled, vec![due]));

    let public = with(&settled, &[("key_in_time", json!(true))]);
    let state = shower("minted", &public);
    assert_eq!(next_of(&facts(&state, PUBLIC)), (State::Minted, vec![SETTLE]), "what was held back");
    assert_eq!(facts(&state, PUBLIC).held_back(), 0);
    let state = shower("minted", &with(&public, &[("settled", json!("100"))]));
    assert_eq!(next_of(&facts(&state, KEY)), (State::Done, vec![]));
}

#[test]
fn a_key_that_is_late_sends_back_what_was_held() {
    let late = (Job::PublishKey, By::Operator, None, None);
    let settled = with(&minted(), &[("settled", json!("95"))]);
    let state = shower("minted", &settled);
    assert_eq!(next_of(&facts(&state, KEY)), (State::KeyLate, vec![REFUND, late]));
    assert_eq!((facts(&state, KEY).held_due(), facts(&state, KEY).held_back()), (5, 0));
    assert_eq!(facts(&state, KEY).words(), "meteor refund, because its key came late or never");
    assert_eq!(next_of(&facts(&state, KEY - 1)).0, State::Settled);
    let public = Facts { key_public: true, ..facts(&state, KEY) };
    assert_eq!(next_of(&public), (State::KeyLate, vec![REFUND]), "published late");
    let unsettled = shower("minted", &minted());
    assert_eq!(next_of(&facts(&unsettled, KEY)), (State::KeyLate, vec![SETTLE, REFUND, late]));

    let state = shower("minted", &with(&settled, &[("held_returned", json!("5"))]));
    assert_eq!(next_of(&facts(&state, KEY)), (State::Settled, vec![late]), "for those who verify");
    assert_eq!(next_of(&Facts { key_public: true, ..facts(&state, KEY) }), (State::Done, vec![]));
}

#[test]
fn nothing_is_left_of_what_was_refunded_or_is_empty() {
    for (cancelled, left) in [(true, State::Cancelled), (false, State::NotMinted)] {
        let of = |refunded: &str| {
            shower("refunding", &[("refunded", json!(refunded)), ("cancelled", json!(cancelled))])
        };
        let (some, all) = (of("99"), of("100"));
        assert_eq!(next_of(&facts(&some, MINT)), (left, vec![REFUND]));
        assert_eq!((facts(&some, MINT).refundable(), facts(&all, MINT).refundable()), (1, 0));
        for now in [CLOSES, MINT, PUBLIC, KEY] {
            assert_eq!(next_of(&facts(&all, now)), (State::Refunded, vec![]));
            assert_eq!(facts(&all, now).words(), DONE);
        }
    }
    for status in ["ended", "closed", "minted"] {
        let state = shower(status, &[("contributors", json!(0)), ("total", json!("0"))]);
        assert_eq!(next_of(&facts(&state, KEY)), (State::Empty, vec![]), "{status}");
        assert_eq!(facts(&state, KEY).words(), DONE);
    }
    let none = [("contributors", json!(0)), ("total", json!("0")), ("cancelled", json!(true))];
    let state = shower("refunding", &none);
    assert_eq!(next_of(&facts(&state, 0)), (State::Refunded, vec![]), "cancelled before it opened");
}

#[test]
fn what_was_minted_before_refunds_began_is_paid_and_its_key_published() {
    let half = [("minted", json!(1)), ("minted_amount", json!("60")), ("held", json!("3"))];
    let state = shower("refunding", &half);
    assert_eq!(next_of(&facts(&state, MINT)), (State::NotMinted, vec![REFUND, SETTLE, SOON]));
    let refunded = with(&half, &[("refunded", json!("40"))]);
    let state = shower("refunding", &refunded);
    assert_eq!(next_of(&facts(&state, MINT)), (State::Minted, vec![SETTLE, SOON]));
    let settled = with(&refunded, &[("settled", json!("57"))]);
    let state = shower("refunding", &settled);
    assert_eq!(next_of(&facts(&state, MINT)), (State::Settled, vec![SOON]));
    assert!(facts(&state, MINT).words().starts_with("meteor hatch, and meteor publish-key from "));
    let state =
        shower("refunding", &with(&settled, &[("key_in_time", json!(true)), ("settled", json!("60"))]));
    assert_eq!(facts(&state, KEY).words(), "only meteor hatch: its key is public");
}
