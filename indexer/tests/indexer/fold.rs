//! The fold against a naive model, and against events that don't fit.

use std::ops::Range;

use cosmwasm_std::Event;
use meteor_chain::blocks::RawBlock;
use meteor_indexer::fold::{Closing, Collection, Given, Moment, State};
use meteor_indexer::view::View;
use meteor_messages::events::{
    Burn, Cancel, Close, Collection as Made, Contribution, Crack, Draw, Json, Key, Launch, Minimum, Minted,
    Nest, Pause, Reclaim, Refund, Resume, ReturnUnasked, Role, Settle, Share, Transfer, Withdraw,
};
use meteor_rules::Rank;
use proptest::prelude::*;

use crate::chain::{
    CHAIN, Chain, IMAGE, LENGTH, OPENS, TIMEOUT, address, dust_contract, eggs_contract, hatchery_contract,
    meteors_contract, payment as chain_payment, shower_contract, step,
};

/// Two wallets in shower 1, closed; one meteor minted.
fn minted() -> Chain {
    let mut chain = Chain::launched(2);
    chain.contribute(1, &address(1), 30);
    chain.contribute(1, &address(2), 50);
    chain.commit();
    chain.close(1);
    chain.mint(1, 1);
    chain.commit();
    chain
}

/// Events with the contracts that emit them.
type Emitted = Vec<(String, Event)>;

/// What a wallet holds, in the order of a cave.
fn held(state: &State, who: u8) -> Vec<(Collection, u64)> {
    let wallet = state.wallets.find(&address(who)).unwrap();
    wallet.tokens.iter().map(|token| (token.collection(), token.id())).collect()
}

/// Five wallets in shower 1, drawn and minted: wallet 5 has meteor 1, wallet 1 meteor 5. Wallet 5 has cracked
/// its own.
fn cracked() -> Chain {
    let mut chain = Chain::launched(2);
    for n in 1..=5 {
        chain.contribute(1, &address(n), 10 + u128::from(n));
    }
    chain.commit();
    chain.time(OPENS + LENGTH);
    chain.close(1);
    chain.draw(1);
    chain.mint(1, 5);
    chain.crack(1, &address(5));
    chain.commit();
    chain
}

/// Applies one more transaction of the shower's events; the reason if that halts the fold or raises an alarm.
fn refused(chain: &Chain, events: &[Event]) -> String {
    let shower: Vec<_> = events.iter().map(|event| (shower_contract(), event.clone())).collect();
    refused_by(chain, &shower)
}

fn refused_by(chain: &Chain, events: &[(String, Event)]) -> String {
    let mut state = chain.state();
    let mut chain = chain.clone();
    chain.tx(events);
    chain.commit();
    match step(&mut state, chain.blocks.last().unwrap()) {
        Ok(()) if state.alarms.count == 0 => "applied".to_owned(),
        Ok(()) => {
            let all: Vec<_> = state.alarms.last.iter().map(|alarm| alarm.what.as_str()).collect();
            assert!(state.alarms.last.iter().all(|alarm| alarm.height == chain.height()));
            format!("alarm: {}", all.join("; "))
        }
        Err(reason) => format!("halt: {reason}"),
    }
}

#[test]
fn an_event_from_launch_to_the_last_burn() {
    let mut chain = minted();
    let event = |event: Event| [(shower_contract(), event)];
    chain.tx(&[
        (shower_contract(), Settle { shower: 1, amount: 50 }.into()),
        (shower_contract(), Share { shower: 1, payee: address(103), amount: 40 }.into()),
        (shower_contract(), Withdraw { payee: address(103), amount: 40 }.into()),
        (shower_contract(), Settle { shower: 2, amount: 0 }.into()),
        (shower_contract(), Share { shower: 1, payee: address(103), amount: 10 }.into()),
    ]);
    let transfer = Transfer { token_id: 1, from: address(2), to: address(7) };
    chain.tx(&[(meteors_contract(), transfer.into())]);
    chain.tx(&event(Pause { by: address(102) }.into()));
    chain.tx(&event(Minimum { from_shower: 2, minimum: 99 }.into()));
    chain.tx(&event(Role { role: "operator".into(), address: address(50) }.into()));
    chain.commit();
    let state = chain.state();
    let launched = state.launched.as_ref().unwrap();
    assert!(launched.paused_since.is_some());
    assert_eq!((launched.minimum(1), launched.minimum(2)), (10, 99));
    assert_eq!(launched.operator, address(50));
    assert_eq!((launched.booked[&address(103)], launched.paid[&address(103)]), (50, 40));
    assert_eq!(state.shower(1).unwrap().settled, 50);
    assert!(held(&state, 2).is_empty());
    assert_eq!(held(&state, 7), vec![(Collection::Meteors, 1)]);

    chain.tx(&event(Resume { by: address(100), from_shower: 0, to_shower: 0 }.into()));
    chain.tx(&event(Cancel { shower: 1 }.into()));
    chain.tx(&event(
        Refund {
            shower: 1,
            contributor: address(1),
            amount: 30,
            what: meteor_messages::shower::Refunded::Contribution,
        }
        .into(),
    ));
    chain.tx(&[(meteors_contract(), Burn { token_id: 1, owner: address(7) }.into())]);
    chain.commit();
    let state = chain.state();
    let shower = state.shower(1).unwrap();
    assert_eq!((shower.refunds, shower.refunded, shower.cancelled), (1, 30, true));
    assert!(state.collections.meteors.get(1).unwrap().burnt);
    assert_eq!(state.collections.meteors.burnt(), 1);
    assert_eq!(state.launched.as_ref().unwrap().paused_since, None);
    assert_eq!(state.alarms.count, 0);
}

#[test]
fn what_does_not_fit_is_refused() {
    let chain = minted();
    let mut next = chain.clone();
    let good = next.contribution(2, &address(1), 20);
    let changed = |change: &dyn Fn(&mut Contribution)| {
        let mut event = good.clone();
        change(&mut event);
        event.into()
    };
    let closed = |change: fn(&mut Close)| {
        let mut close = chain.close_event(2);
        change(&mut close);
        vec![close.into()]
    };
    let token = |id| Minted { token_id: id, owner: address(1), image: IMAGE.into(), traits: vec![1, 2, 1] };
    for (what, events) in [
        ("seq", vec![changed(&|e| e.seq += 1)]),
        ("seq", vec![good.clone().into(), good.clone().into()]),
        ("total", vec![changed(&|e| e.total += 1)]),
        ("shower_total", vec![changed(&|e| e.shower_total += 1)]),
        ("contributors", vec![changed(&|e| e.contributors += 1)]),
        ("no more contributions|any more", vec![changed(&|e| e.shower = 1)]),
        ("no shower 9", vec![changed(&|e| e.shower = 9)]),
        ("no more", vec![chain.close_event(1).into()]),
        ("contributors", closed(|close| close.contributors = 1)),
        ("total", closed(|close| close.total = 1)),
        ("log hash", closed(|close| close.log[0] ^= 1)),
        (
            "amount",
            vec![
                Refund {
                    shower: 1,
                    contributor: address(1),
                    amount: 29,
                    what: meteor_messages::shower::Refunded::Contribution,
                }
                .into(),
            ],
        ),
        (
            "no contribution",
            vec![
                Refund {
                    shower: 1,
                    contributor: address(9),
                    amount: 1,
                    what: meteor_messages::shower::Refunded::Contribution,
                }
                .into(),
            ],
        ),
        ("shares", vec![Settle { shower: 1, amount: 5 }.into()]),
        ("amount", vec![Withdraw { payee: address(103), amount: 5 }.into()]),
        ("share", vec![Share { shower: 1, payee: address(103), amount: 5 }.into()]),
        ("role", vec![Role { role: "emperor".into(), address: address(1) }.into()]),
        (
            "launched",
            vec![Launch { chain_id: CHAIN.into(), config: Json(Box::new(chain.config.clone())) }.into()],
        ),
    ] {
        let reason = refused(&chain, &events);
        assert!(what.split('|').any(|what| reason.contains(what)), "{what}: {reason}");
    }
    let meteors = |event: Event| vec![(meteors_contract(), event)];
    for (what, events) in [
        ("not announced", meteors(token(2).into())),
        ("no token 9", meteors(Burn { token_id: 9, owner: address(1) }.into())),
        ("from", meteors(Transfer { token_id: 1, from: address(5), to: address(6) }.into())),
        ("from", meteors(Burn { token_id: 1, owner: address(5) }.into())),
    ] {
        let reason = refused_by(&chain, &events);
        assert!(reason.contains(what), "{what}: {reason}");
    }
}

#[test]
fn a_mint_must_be_what_the_ranking_says() {
    let chain = minted();
    let mut good = chain.clone();
    good.mint(1, 1);
    good.commit();
    let tx = good.blocks.last().unwrap().results.txs[0].clone();
    let with = |at: usize, key: &str, value: &str| {
        let mut block = good.blocks.last().unwrap().clone();
        let attribute = block.results.txs[0].events[at].attributes.iter_mut().find(|a| a.key == key).unwrap();
        attribute.value = value.to_owned().into();
        step(&mut chain.state(), &block).unwrap_err()
    };
    assert!(with(0, "first_rank", "1").contains("first_rank"));
    assert!(with(0, "first_number", "3").contains("first_number"));
    assert!(with(0, "amount", "31").contains("amount"));
    assert!(with(0, "count", "2").contains("count"));
    assert!(with(1, "owner", &address(9)).contains("owner"));
    assert!(with(1, "token_id", "3").contains("token_id"));
    let mut cut = good.blocks.last().unwrap().clone();
    cut.results.txs[0].events.truncate(1);
    assert!(step(&mut chain.state(), &cut).unwrap_err().contains("did not happen"));
    assert_eq!(tx.events.len(), 2);
}

#[test]
fn a_shower_from_its_draw_to_its_key() {
    let mut chain = cracked();
    let shower = chain.state().shower(1).unwrap().clone();
    let beacon_round = (OPENS + LENGTH + 60 - 500_u64).div_ceil(3) + 1;
    assert_eq!(shower.closing, Some(Closing { at: OPENS + LENGTH, beacon_round }));
    let sealed = chain.sealed(1);
    let draw = shower.draw.unwrap();
    assert_eq!((draw.root, draw.leaves), (sealed.root(), 5));
    assert_eq!(shower.key, None);
    assert_eq!(shower.given[1], Given { seq: 2, slot: 1, before: None, amount: 12, total: 12 });
    chain.tx(&[(shower_contract(), Chain::key_event(1).into())]);
    chain.commit();
    let key = chain.state().shower(1).unwrap().key.unwrap();
    assert_eq!(Chain::key_event(1).key.as_slice(), key);
}

#[test]
fn when_each_contribution_was_given_is_kept_by_block() {
    let mut chain = Chain::launched(2);
    chain.time(OPENS + 1);
    chain.contribute(1, &address(1), 30);
    chain.contribute(2, &address(1), 10);
    chain.contribute(1, &address(1), 5);
    chain.commit();
    let first = chain.height();
    chain.commit(); // nothing is given in this one
    chain.time(OPENS + 7);
    chain.contribute(1, &address(2), 50);
    chain.commit();
    let moments = |shower: u32| chain.state().shower(shower).unwrap().moments.clone();
    let wanted = [
        Moment { height: first, time: OPENS + 1, end: 2 },
        Moment { height: first + 2, time: OPENS + 7, end: 3 },
    ];
    assert_eq!(moments(1), wanted.into_iter().collect());
    assert_eq!(moments(2), [Moment { height: first, time: OPENS + 1, end: 1 }].into_iter().collect());
}

#[test]
fn cracked_then_revealed() {
    let mut chain = cracked();
    let state = chain.state();
    let custody = state.custodies.get(1).unwrap();
    assert_eq!(&*state.wallets.get(custody.holder).unwrap().address, address(5).as_str());
    assert_eq!(custody.reclaim_at, OPENS + LENGTH + TIMEOUT);
    assert_eq!(held(&state, 5), vec![]);
    assert_eq!(state.custodies.of(custody.holder).collect::<Vec<_>>(), vec![1]);
    let unchanged = state.shower(1).unwrap().changed;

    chain.reveal(1, 1, &address(5));
    for n in 2..=5 {
        chain.crack(n, &address(6 - n as u8));
        chain.reveal(1, n, &address(6 - n as u8));
    }
    chain.commit();
    let state = chain.state();
    assert!(state.custodies.is_empty());
    assert_eq!(state.collections.meteors.burnt(), 5);
    let sealed = chain.sealed(1);
    let mut eggs = 0;
    for id in 1..=5u64 {
        let (content, salt) = sealed.content(id as u32 - 1).unwrap();
        let of = Collection::from(content.kind);
        eggs += usize::from(of == Collection::Eggs);
        let token = state.collections.of(of).get(id).unwrap();
        assert_eq!((&*token.image, &*token.traits), (content.image.as_str(), content.traits.as_slice()));
        assert_eq!((token.shower.0, u64::from(token.rank.0), token.burnt), (1, id, false));
        assert_eq!(state.collections.found_in(id), Some(of));
        assert_eq!(held(&state, 6 - id as u8), vec![(of, id)]);
        let reveal = state.shower(1).unwrap().reveals.iter().nth(id as usize - 1).unwrap();
        assert_eq!((reveal.token_id, u64::from(reveal.index), reveal.salt), (id, id - 1, salt));
    }
    assert_eq!(eggs, state.collections.eggs.minted());
    assert_eq!(5 - eggs, state.collections.dust.minted());
    assert_eq!(state.shower(1).unwrap().changed, unchanged, "the ranking is not made again");

    // What was found is a token like every other.
    let of = state.collections.found_in(1).unwrap();
    let contract = if of == Collection::Eggs { eggs_contract() } else { dust_contract() };
    let transfer = Transfer { token_id: 1, from: address(5), to: address(9) };
    chain.tx(&[(contract.clone(), transfer.into())]);
    chain.commit();
    assert_eq!(held(&chain.state(), 9), vec![(of, 1)]);
    chain.tx(&[(contract, Burn { token_id: 1, owner: address(9) }.into())]);
    chain.commit();
    assert!(chain.state().collections.of(of).get(1).unwrap().burnt);
}

#[test]
fn cracked_then_taken_back_then_cracked_again() {
    let mut chain = cracked();
    chain.tx(&Chain::reclaim_events(1, &address(5)));
    chain.commit();
    let state = chain.state();
    assert!(state.custodies.is_empty());
    assert_eq!(held(&state, 5), vec![(Collection::Meteors, 1)]);
    chain.tx(&[(meteors_contract(), Transfer { token_id: 1, from: address(5), to: address(6) }.into())]);
    chain.crack(1, &address(6));
    chain.reveal(1, 1, &address(6));
    chain.commit();
    assert_eq!(held(&chain.state(), 6).len(), 1);
}

#[test]
fn a_reveal_must_be_whole_and_fit() {
    let chain = cracked();
    let reveal = |change: &dyn Fn(&mut Emitted)| {
        let mut events = chain.reveal_events(1, 1, &address(5));
        change(&mut events);
        refused_by(&chain, &events)
    };
    let set = |event: usize, key: &'static str, value: &str| {
        let value = value.to_owned();
        reveal(&move |events| {
            events[event].1.attributes.iter_mut().find(|a| a.key == key).unwrap().value.clone_from(&value);
        })
    };
    let without = |gone: Range<usize>| reveal(&|events| drop(events.drain(gone.clone())));
    assert_eq!(reveal(&|_| ()), "applied");
    let other =
        if chain.reveal_events(1, 1, "")[2].0 == eggs_contract() { dust_contract() } else { eggs_contract() };
    for (what, reason) in [
        ("did not happen", without(1..3)),
        ("did not happen", without(2..3)),
        ("did not happen", without(1..2)),
        ("not announced", without(0..2)),
        ("in custody", without(0..1)),
        ("collection", reveal(&|events| events[2].0.clone_from(&other))),
        ("holder", set(0, "holder", &address(1))),
        ("not in custody", set(0, "token_id", "2")),
        ("token_id", set(0, "index", "1")),
        ("index", set(0, "index", "5")),
        ("no draw", set(0, "shower", "2")),
        ("no shower 9", set(0, "shower", "9")),
        ("salt", set(0, "salt", "00")),
        ("kind", set(0, "kind", "gold")),
        ("image", set(2, "image", "bafkother")),
        ("traits", set(2, "traits", "1,2")),
        ("owner", set(2, "owner", &address(1))),
        ("not announced", set(2, "token_id", "2")),
        ("from", set(1, "owner", &address(5))),
    ] {
        assert!(reason.contains(what), "{what}: {reason}");
    }
}

#[test]
fn custody_must_fit() {
    let chain = cracked();
    let hatchery = |event: Event| vec![(hatchery_contract(), event)];
    let meteors = |event: Event| vec![(meteors_contract(), event)];
    let stolen = Transfer { token_id: 1, from: hatchery_contract(), to: address(9) };
    let egg = Minted { token_id: 1, owner: address(5), image: IMAGE.into(), traits: vec![] };
    for (what, events) in [
        ("in custody", meteors(stolen.clone().into())),
        ("in custody", meteors(Burn { token_id: 1, owner: hatchery_contract() }.into())),
        (
            "did not happen",
            vec![Chain::reclaim_events(1, &address(5))[0].clone(), (meteors_contract(), stolen.into())],
        ),
        ("did not happen", Chain::reclaim_events(1, &address(5))[..1].to_vec()),
        ("holder", Chain::reclaim_events(1, &address(4))),
        ("not in custody", Chain::reclaim_events(2, &address(4))),
        ("not in custody", hatchery(Reclaim { token_id: 9, holder: address(4) }.into())),
        ("not in custody", hatchery(Crack { token_id: 2, holder: address(4), reclaim_at: 9 }.into())),
        ("no token 9", hatchery(Crack { token_id: 9, holder: address(4), reclaim_at: 9 }.into())),
        ("in custody", hatchery(Crack { token_id: 1, holder: address(5), reclaim_at: 9 }.into())),
        ("second eggs", hatchery(Nest { kind: "eggs".into(), address: address(9) }.into())),
        ("kind", hatchery(Nest { kind: "gold".into(), address: address(9) }.into())),
        ("not announced", vec![(eggs_contract(), egg.into())]),
    ] {
        let reason = refused_by(&chain, &events);
        assert!(reason.contains(what), "{what}: {reason}");
    }
}

#[test]
fn draws_keys_and_contracts_come_once_and_fit() {
    let chain = cracked();
    let mut round = chain.close_event(2);
    round.beacon_round += 1;
    let early = Draw { shower: 2, leaves: 4, ..chain.draw_event(1) };
    let key = Key { shower: 1, key: vec![1; 31].into(), in_time: true };
    let made = |kind: &str| vec![Made { kind: kind.into(), address: address(9) }.into()];
    for (what, events) in [
        ("second draw", vec![chain.draw_event(1).into()]),
        ("not closed", vec![early.into()]),
        ("beacon_round", vec![round.into()]),
        ("key", vec![key.into()]),
        ("second key", vec![Chain::key_event(1).into(), Chain::key_event(1).into()]),
        ("second meteors", made("meteors")),
        ("kind", made("eggs")),
    ] {
        let reason = refused(&chain, &events);
        assert!(reason.contains(what), "{what}: {reason}");
    }
    // A draw of another size than the shower's.
    let mut drawn = Chain::launched(1);
    drawn.contribute(1, &address(1), 20);
    drawn.close(1);
    drawn.commit();
    let mut draw = drawn.draw_event(1);
    draw.leaves = 2;
    assert!(refused(&drawn, &[draw.into()]).contains("leaves"));
    // A launch without a commitment for every shower.
    let mut config = crate::chain::instantiate(2);
    config.fairness.commitments.pop();
    let launch = Launch { chain_id: CHAIN.into(), config: Json(Box::new(config)) };
    let mut bare = Chain::launched(1);
    bare.blocks.truncate(1);
    assert!(refused(&bare, &[launch.into()]).contains("commitments"));
}

#[test]
fn heights_follow_each_other_and_so_do_hashes() {
    let chain = minted();
    let mut state = State::new(CHAIN, &shower_contract());
    step(&mut state, &chain.blocks[0]).unwrap();
    assert!(step(&mut state.clone(), &chain.blocks[0]).unwrap_err().contains("height 1"));
    assert!(step(&mut state.clone(), &chain.blocks[2]).unwrap_err().contains("height 3"));
    let mut other = chain.blocks[1].clone();
    other.header.parent = Some([9; 32]);
    assert!(step(&mut state, &other).unwrap_err().contains("parent"));
}

#[test]
fn nothing_before_the_launch() {
    let chain = minted();
    let mut state = State::new(CHAIN, &shower_contract());
    assert!(step(&mut state, &chain.blocks[2]).unwrap_err().contains("start_height"));
}

fn built(blocks: &[RawBlock], batches: &[usize]) -> (State, View) {
    let mut state = State::new(CHAIN, &shower_contract());
    let (mut view, mut left) = (View::empty(), blocks);
    for batch in batches.iter().copied().chain(std::iter::once(usize::MAX)) {
        let (now, later) = left.split_at(batch.min(left.len()));
        for block in now {
            step(&mut state, block).unwrap();
        }
        view = View::new(&state, "terra", Some(&view));
        left = later;
    }
    (state, view)
}

const PATHS: &str = "fairness nfts/eggs nfts/dust config showers telescope nfts/meteors showers/1 \
                     showers/1/floors showers/1/ranking showers/2/ranking";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_fold_is_the_model_and_batches_do_not_matter(
        contributions in prop::collection::vec((1u8..12, 10u128..60, any::<bool>()), 1..60),
        cut in 0usize..60, mints in 0u32..4, batches in prop::collection::vec(1usize..9, 0..12),
    ) {
        let mut chain = Chain::launched(2);
        chain.time(crate::chain::OPENS);
        for (at, (who, amount, block)) in contributions.iter().enumerate() {
            if at == cut {
                chain.commit();
                chain.close(1);
            }
            chain.contribute(if at < cut { 1 } else { 2 }, &address(*who), *amount);
            if *block {
                chain.commit();
            }
        }
        if cut < contributions.len() {
            let mints = mints.min(chain.showers[0].amounts.len() as u32);
            if mints > 0 {
                chain.commit();
                chain.draw(1);
                chain.mint(1, mints);
                chain.commit();
                let ranking = chain.showers[0].ranking();
                for (id, (owner, _)) in (1u64..).zip(&ranking).take(mints as usize) {
                    chain.crack(id, owner);
                    if id % 2 == 0 {
                        chain.commit();
                        chain.reveal(1, id, owner);
                    }
                }
                chain.tx(&[(shower_contract(), Chain::key_event(1).into())]);
            }
        }
        chain.commit();
        let state = chain.state();
        for (n, model) in (1u32..).zip(&chain.showers) {
            let shower = state.shower(n).unwrap();
            let ranking: Vec<_> = shower.ranked().iter().map(|slot| {
                let standing = shower.standings[*slot as usize];
                (state.wallets.get(standing.wallet).unwrap().address.to_string(), standing.place)
            }).collect();
            prop_assert_eq!(ranking, model.ranking());
            prop_assert_eq!((shower.total, shower.log), (model.total, model.log));
        }
        let (_, whole) = built(&chain.blocks, &[]);
        let csv = |view: &View| view.shower(1).unwrap().csv().collect::<Vec<_>>().concat();
        let (_, parts) = built(&chain.blocks, &batches);
        for path in PATHS.split(' ').map(|path| format!("/v1/{path}")) {
            prop_assert_eq!(whole.page(&path).unwrap().body(), parts.page(&path).unwrap().body(), "{}", path);
        }
        prop_assert_eq!(csv(&whole), csv(&parts));
        let reveals = |view: &View| serde_json::to_value(view.reveals(1, 0, 1000)).unwrap();
        prop_assert_eq!(reveals(&whole), reveals(&parts));
        // Floors, naively: the least amount among those of a tier.
        let view = whole.shower(1).unwrap();
        for floor in &view.floors.tiers {
            let of_tier = view.rows(0).zip(1u32..)
                .filter(|(_, rank)| view.tier(Rank(*rank)) == floor.tier);
            prop_assert_eq!(of_tier.map(|(row, _)| row.amount).min(), floor.floor.map(|floor| floor.0));
        }
    }
}

/// Later numbers depend on the launch, contributions, closes and mints: there the fold halts. Anything else that
/// can't be true is an alarm with its height.
#[test]
fn what_later_numbers_depend_on_halts_and_everything_else_is_an_alarm() {
    let chain = cracked();
    let mut next = chain.clone();
    let contribution = next.contribution(2, &address(1), 20);
    let shower = |event: Event| vec![(shower_contract(), event)];
    let refund = Refund {
        shower: 1,
        contributor: address(9),
        amount: 1,
        what: meteor_messages::shower::Refunded::Holdback,
    };
    let other_shower = {
        // The reveal of shower 1's meteor by a leaf of shower 2: no contract of ours accepts it, and no fold may
        // assume so.
        let mut events = chain.reveal_events(1, 1, &address(5));
        events[0].1.attributes.iter_mut().find(|a| a.key == "shower").unwrap().value = "2".into();
        events
    };
    for (halts, events) in [
        (true, shower(Contribution { seq: contribution.seq + 1, ..contribution.clone() }.into())),
        (true, shower(Contribution { total: contribution.total + 1, ..contribution.clone() }.into())),
        (true, shower(chain.close_event(1).into())),
        (true, shower(Made { kind: "meteors".into(), address: address(9) }.into())),
        (true, vec![(hatchery_contract(), Nest { kind: "eggs".into(), address: address(9) }.into())]),
        (false, shower(chain.draw_event(1).into())),
        (false, shower(Key { shower: 1, key: vec![1; 31].into(), in_time: true }.into())),
        (false, shower(Settle { shower: 1, amount: 5 }.into())),
        (false, shower(Withdraw { payee: address(103), amount: 1 }.into())),
        (false, shower(refund.into())),
        (false, shower(Role { role: "emperor".into(), address: address(1) }.into())),
        (false, vec![(hatchery_contract(), Reclaim { token_id: 9, holder: address(4) }.into())]),
        (false, vec![(meteors_contract(), Burn { token_id: 99, owner: address(1) }.into())]),
        (false, other_shower),
    ] {
        let said = refused_by(&chain, &events);
        let word = if halts { "halt: " } else { "alarm: " };
        assert!(said.starts_with(word), "{events:?}: {said}");
    }
}

/// The audit's case: a contract that lets shower 2's root open shower 1's meteor. The chain burns the meteor and mints
/// what the leaf says, so the tokens go there. One alarm names it, and it is a reveal of neither shower.
#[test]
fn a_reveal_from_another_showers_tree_moves_the_tokens_and_is_one_alarm() {
    let mut chain = cracked();
    let mut foreign = chain.reveal_events(1, 1, &address(5));
    foreign[0].1.attributes.iter_mut().find(|a| a.key == "shower").unwrap().value = "2".into();
    chain.tx(&foreign);
    // Another meteor's true reveal in the same block still counts.
    chain.crack(2, &address(4));
    chain.reveal(1, 2, &address(4));
    chain.commit();
    let state = chain.state();
    assert_eq!(state.alarms.count, 1, "{:?}", state.alarms);
    assert_eq!(state.alarms.last[0].height, chain.height());
    assert!(state.custodies.is_empty());
    assert!(state.collections.meteors.get(1).unwrap().burnt);
    let of = state.collections.found_in(1).unwrap();
    let token = state.collections.of(of).get(1).unwrap();
    assert_eq!((token.shower.0, token.rank.0), (1, 1), "those of its meteor, not of the event");
    assert_eq!(held(&state, 5), vec![(of, 1)]);
    let reveals = |n| state.shower(n).unwrap().reveals.iter().map(|r| r.token_id).collect::<Vec<_>>();
    assert_eq!((reveals(1), reveals(2)), (vec![2], vec![]));
}

#[test]
fn the_last_hundred_alarms_are_kept_and_all_are_counted() {
    let mut chain = cracked();
    for _ in 0..150 {
        chain.tx(&[(meteors_contract(), Burn { token_id: 99, owner: address(1) }.into())]);
        chain.commit();
    }
    let alarms = chain.state().alarms;
    assert_eq!((alarms.count, alarms.last.len()), (150, 100));
    assert_eq!(alarms.last.back().unwrap().height, chain.height());
}

/// Coins that came with a contribution are its own; all others came unasked, whoever sent them.
#[test]
fn coins_without_a_contribution_are_listed_with_their_senders() {
    let mut chain = Chain::launched(1);
    let coins = |sender: u8, coins: &str| chain_payment(&address(sender), coins);
    chain.contribute(1, &address(1), 30);
    let mut txs = chain.take();
    // Alice contributes; before and after it she and others send coins in the same transaction.
    let events = &mut txs[0].events;
    events.insert(0, coins(1, "30uusd"));
    events.insert(0, coins(1, "7uusd,5uluna"));
    events.insert(0, coins(2, "30uusd"));
    events.push(coins(1, "30uusd"));
    chain.put(txs);
    chain.commit();
    chain.tx(&[(
        shower_contract(),
        ReturnUnasked { to: address(2), amount: 30, denom: "uusd".into() }.into(),
    )]);
    chain.commit();
    let state = chain.state();
    let listed: Vec<_> = state.unasked.iter().map(|c| (c.who.clone(), c.amount, c.denom.as_str())).collect();
    assert_eq!(
        listed,
        [
            (address(2), 30, "uusd"),
            (address(1), 7, "uusd"),
            (address(1), 5, "uluna"),
            (address(1), 30, "uusd")
        ]
    );
    let view = View::new(&state, "terra", None);
    let told = serde_json::to_value(view.unasked(1, 2)).unwrap();
    assert_eq!(
        told["left"],
        serde_json::json!([
            { "amount": "5", "denom": "uluna" }, { "amount": "37", "denom": "uusd" }
        ])
    );
    assert_eq!(told["received"].as_array().unwrap().len(), 2);
    assert_eq!(told["returned"][0]["who"], address(2));
    assert_eq!(told["next"], "/v1/unasked?after=3&limit=2");
}

/// A contract that governance or another module calls outside a transaction changes the state as well.
#[test]
fn a_contribution_outside_a_transaction_counts() {
    let mut chain = Chain::launched(1);
    chain.contribute(1, &address(1), 30);
    chain.contribute(1, &address(2), 40);
    chain.commit();
    let mut blocks = chain.blocks.clone();
    let last = blocks.last_mut().unwrap();
    let first = last.results.txs.remove(0);
    last.results.begin = first.events;
    let second = last.results.txs.remove(0);
    last.results.end = second.events;
    let mut state = State::new(CHAIN, &shower_contract());
    for block in &blocks {
        step(&mut state, block).unwrap();
    }
    assert_eq!(state.showers, chain.state().showers);
}
