//! Which events are read, and that nothing that concerns us is overlooked or makes the reader fall over.

use meteor_chain::blocks::Results;
use meteor_chain::event::{Attribute, RawEvent, TxResult};
use meteor_chain::with_causes;
use meteor_indexer::decode::{DecodeFault, Watched, decode};
use meteor_indexer::fold::{BlockPart, ChainEvent, Collection, Received, State};
use meteor_messages::events::{Burn, HatcheryEvent, Nest, NftEvent, Pause, ShowerEvent, Transfer};
use proptest::prelude::*;

use crate::chain::{
    CHAIN, Chain, address, dust_contract, eggs_contract, meteors_contract, payment, raw, shower_contract,
};

fn watched() -> Watched {
    Watched::of(&State::new(CHAIN, &shower_contract()))
}

fn pause() -> RawEvent<'static> {
    raw(&shower_contract(), &Pause { by: address(1) }.into())
}

fn ok(events: Vec<RawEvent<'static>>) -> TxResult<'static> {
    TxResult { code: 0, events }
}

/// A block of these transactions.
fn block(txs: impl Into<Vec<TxResult<'static>>>) -> Results {
    Results { txs: txs.into(), ..Results::default() }
}

#[test]
fn what_the_bank_brings_the_contract_is_read_coin_by_coin() {
    let mut twice = payment(&address(1), "5uusd");
    twice.attributes.extend(payment(&address(2), "7ibc/AB,8uluna").attributes);
    let elsewhere = RawEvent {
        kind: "transfer".into(),
        attributes: vec![Attribute::new("recipient", address(9)), Attribute::new("amount", "9uusd")],
    };
    twice.attributes.extend(elsewhere.attributes.clone());
    let odd = payment(&address(3), "99999999999999999999999999999999999999999999uusd");
    let events = decode(&mut watched(), &block([ok(vec![elsewhere, twice, odd, payment("x", "")])])).unwrap();
    let received: Vec<_> = events
        .into_iter()
        .map(|located| match located.event {
            ChainEvent::Received(Received { sender, amount, denom }) => (sender, amount, denom),
            other => panic!("{other:?}"),
        })
        .collect();
    let coin = |n, amount, denom: &str| (address(n), amount, denom.to_owned());
    let unread = "99999999999999999999999999999999999999999999uusd";
    assert_eq!(received, [coin(1, 5, "uusd"), coin(2, 7, "ibc/AB"), coin(2, 8, "uluna"), coin(3, 0, unread)]);
}

/// Governance and other modules call contracts outside transactions.
#[test]
fn what_happens_outside_transactions_is_read_in_the_blocks_order() {
    let results = Results {
        begin: vec![pause()],
        txs: vec![ok(vec![pause()])],
        end: vec![pause(), pause()],
        ..Results::default()
    };
    let events = decode(&mut watched(), &results).unwrap();
    let places: Vec<_> = events.iter().map(|event| (event.place, event.index)).collect();
    assert_eq!(
        places,
        [(BlockPart::Begin, 0), (BlockPart::Tx(0), 0), (BlockPart::End, 0), (BlockPart::End, 1)]
    );
}

#[test]
fn events_keep_their_places_and_failed_transactions_are_left_out() {
    let plain = RawEvent { kind: "transfer".into(), attributes: vec![] };
    let txs = [TxResult { code: 5, events: vec![pause()] }, ok(vec![plain, pause(), pause()])];
    let events = decode(&mut watched(), &block(txs)).unwrap();
    assert_eq!(
        events.iter().map(|e| (e.place, e.index)).collect::<Vec<_>>(),
        vec![(BlockPart::Tx(1), 1), (BlockPart::Tx(1), 2)]
    );
}

#[test]
fn events_of_other_contracts_are_not_ours_whatever_they_say() {
    let mut forged = raw(&address(9), &Pause { by: address(1) }.into());
    forged.attributes.push(Attribute::new("_contract_address", shower_contract()));
    assert_eq!(decode(&mut watched(), &block([ok(vec![forged])])).unwrap(), vec![]);
}

#[test]
fn the_collection_is_watched_from_its_making_on() {
    let mut chain = Chain::launched(1);
    let transfer = Transfer { token_id: 1, from: address(1), to: address(2) };
    chain.tx(&[(meteors_contract(), transfer.into())]);
    chain.commit();
    let txs: Vec<_> = chain.blocks.iter().flat_map(|block| block.results.txs.clone()).collect();
    let events = decode(&mut watched(), &block(txs.clone())).unwrap();
    assert!(matches!(events[5].event, ChainEvent::Nft(Collection::Meteors, _)));
    assert_eq!(
        decode(&mut watched(), &block(&txs[1..])).unwrap(),
        vec![],
        "before it is known it is a stranger"
    );
}

#[test]
fn what_the_hatchery_makes_is_watched_though_it_is_told_of_first() {
    let chain = Chain::launched(1);
    let made = &chain.blocks[1].results;
    let events = decode(&mut watched(), made).unwrap();
    let nests = events.iter().filter(|e| matches!(e.event, ChainEvent::Hatchery(HatcheryEvent::Nest(_))));
    assert_eq!(nests.map(|e| e.index).collect::<Vec<_>>(), vec![2, 3]);
    let mut watched = watched();
    decode(&mut watched, made).unwrap();
    for (of, contract) in [
        (Collection::Meteors, meteors_contract()),
        (Collection::Eggs, eggs_contract()),
        (Collection::Dust, dust_contract()),
    ] {
        let burn = Burn { token_id: 1, owner: address(1) };
        let events = decode(&mut watched, &block([ok(vec![raw(&contract, &burn.clone().into())])])).unwrap();
        assert_eq!(events[0].event, ChainEvent::Nft(of, NftEvent::Burn(burn)));
    }
    // Another contract that says it has made collections, or is the hatchery, is a stranger.
    let mut watched = super::decode::watched();
    let nest = raw(&address(9), &Nest { kind: "eggs".into(), address: address(8) }.into());
    let made = raw(
        &address(9),
        &meteor_messages::events::Collection { kind: "hatchery".into(), address: address(9) }.into(),
    );
    assert_eq!(decode(&mut watched, &block([ok(vec![nest, made])])).unwrap(), vec![]);
}

#[test]
fn an_old_dialect_is_noticed_and_not_read_as_nothing() {
    let event = RawEvent {
        kind: "wasm".into(),
        attributes: vec![Attribute::new("X2NvbnRyYWN0X2FkZHJlc3M=", "dGVycmEx")],
    };
    let error = decode(&mut watched(), &block([ok(vec![event])])).unwrap_err();
    assert_eq!(error.fault, DecodeFault::Base64);
}

/// wasmd sorts the attributes of a submessage's events by name, so a stranger's `Action` comes before the
/// contract.
#[test]
fn a_strangers_sorted_event_stops_nothing() {
    let stranger: Vec<RawEvent<'_>> =
        serde_json::from_str(include_str!("../fixtures/stranger-event-sorted.json")).unwrap();
    let mut typed = stranger[0].clone();
    typed.kind = "wasm-contribution".into();
    let nameless = RawEvent { kind: "wasm-contribution".into(), attributes: vec![Attribute::new("v", "1")] };
    let txs = [ok(stranger), ok(vec![typed, nameless, pause()])];
    let events = decode(&mut watched(), &block(txs)).unwrap();
    assert_eq!(
        events.iter().map(|event| (event.place, event.index)).collect::<Vec<_>>(),
        [(BlockPart::Tx(1), 2)]
    );
}

/// One of our own events is ours wherever the chain names its contract.
#[test]
fn the_contract_may_be_named_anywhere() {
    let mut event = pause();
    event.attributes.rotate_left(1);
    assert_eq!(decode(&mut watched(), &block([ok(vec![event])])).unwrap().len(), 1);
}

#[test]
fn an_event_that_cannot_be_read_stops_everything() {
    let novelty = RawEvent { kind: "wasm-novelty".into(), ..pause() };
    let error = decode(&mut watched(), &block([ok(vec![pause(), novelty])])).unwrap_err();
    assert_eq!((error.place, error.index), (BlockPart::Tx(0), 1));
    assert!(with_causes(&error).contains("novelty"));
}

proptest! {
    #[test]
    fn hostile_attributes_never_panic(
        kind in "(wasm|wasm-(contribution|close|mint|minted|launch|[a-z]{0,9}))",
        attributes in prop::collection::vec(("(v|shower|amount|[a-z_]{0,9})", ".{0,30}"), 0..9),
    ) {
        let mut all = vec![Attribute::new("_contract_address", shower_contract())];
        all.extend(attributes.into_iter().map(|(key, value)| Attribute::new(key, value)));
        let _ = decode(&mut watched(), &block([ok(vec![RawEvent { kind: kind.into(), attributes: all }])]));
    }

    /// Whatever strangers emit, in whatever order: it neither stops the decoder nor becomes an event of ours.
    #[test]
    fn what_strangers_emit_never_matters(
        strange in prop::collection::vec((
            "(wasm|wasm-(contribution|close|mint|minted|launch|nest|[a-zA-Z0-9]{0,9})|[a-z]{0,9})",
            prop::collection::vec(("([A-Z0-9]|v|shower|amount|kind|address|[a-z]{0,9})", ".{0,30}"), 0..9),
            any::<prop::sample::Index>(),
        ), 0..9),
        huge in 0usize..50_000,
    ) {
        let mut events: Vec<_> = strange.into_iter().map(|(kind, attributes, at)| {
            let mut all: Vec<_> = attributes.into_iter().map(|(k, v)| Attribute::new(k, v)).collect();
            let at = at.index(all.len() + 1);
            all.insert(at, Attribute::new("_contract_address", address(9)));
            RawEvent { kind: kind.into(), attributes: all }
        }).collect();
        events.push(RawEvent { kind: "wasm-contribution".into(), attributes: vec![
            Attribute::new("Action", "x".repeat(huge)),
            Attribute::new("_contract_address", address(9)),
        ]});
        // Payments of strangers to strangers, and attributes that are base64 or no text at all.
        events.push(RawEvent { kind: "transfer".into(), attributes: vec![
            Attribute::new("recipient", address(9)), Attribute::new("amount", "1uusd"),
        ]});
        events.push(RawEvent { kind: "wasm-close".into(), attributes: vec![
            Attribute::new("c2hvd2Vy", "MQ=="), Attribute::new("_contract_address", address(9)),
            Attribute::new("v", String::from_utf8_lossy(&[255, 0, 254]).into_owned()),
        ]});
        events.push(pause());
        let read = decode(&mut watched(), &block([ok(events)])).unwrap();
        prop_assert_eq!(read.len(), 1);
    }

    #[test]
    fn equal_events_are_two(n in 1usize..5) {
        let events = decode(&mut watched(), &block([ok(vec![pause(); n])])).unwrap();
        prop_assert_eq!(events.len(), n);
        let same = ChainEvent::Shower(ShowerEvent::Pause(Pause { by: address(1) }));
        prop_assert!(events.iter().all(|located| located.event == same));
    }
}
