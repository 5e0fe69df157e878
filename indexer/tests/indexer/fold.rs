//! The fold against a naive model, and against events that don't fit.

use cosmwasm_std::Event;
use meteor_indexer::fold::State;
use meteor_indexer::rpc::RawBlock;
use meteor_indexer::view::View;
use meteor_messages::events::{
    Burn, Cancel, Minimum, Minted, Pause, Payment, Refund, Resume, Role, Settle, Transfer,
};
use proptest::prelude::*;

use crate::chain::{CHAIN, Chain, IMAGE, address, meteors_contract, shower_contract, step};

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

/// Applies one more transaction of the shower's events; the reason if that is refused.
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
        Ok(()) => "applied".into(),
        Err(reason) => reason,
    }
}

#[test]
fn an_event_from_launch_to_the_last_burn() {
    let mut chain = minted();
    let event = |event: Event| [(shower_contract(), event)];
    chain.tx(&[
        (shower_contract(), Settle { shower: 1, amount: 50 }.into()),
        (shower_contract(), Payment { shower: 1, payee: address(103), amount: 50 }.into()),
    ]);
    let transfer = Transfer { token_id: 1, from: address(2), to: address(7) };
    chain.tx(&[(meteors_contract(), transfer.into())]);
    chain.tx(&event(Pause { by: address(102) }.into()));
    chain.tx(&event(Minimum { from_shower: 2, minimum: 99 }.into()));
    chain.tx(&event(Role { role: "operator".into(), address: address(50) }.into()));
    chain.commit();
    let state = chain.state();
    let launched = state.launched.as_ref().unwrap();
    assert!(launched.paused);
    assert_eq!((launched.minimum(1), launched.minimum(2)), (10, 99));
    assert_eq!(launched.operator, address(50));
    assert_eq!(launched.paid[&address(103)], 50);
    assert_eq!(state.shower(1).unwrap().settled, 50);
    assert!(state.wallets.find(&address(2)).unwrap().tokens.is_empty());
    assert_eq!(state.wallets.find(&address(7)).unwrap().tokens.iter().copied().collect::<Vec<_>>(), vec![1]);

    chain.tx(&event(Resume { by: address(100) }.into()));
    chain.tx(&event(Cancel { shower: 1 }.into()));
    chain.tx(&event(Refund { shower: 1, contributor: address(1), amount: 30 }.into()));
    chain.tx(&[(meteors_contract(), Burn { token_id: 1, owner: address(7) }.into())]);
    chain.commit();
    let state = chain.state();
    let shower = state.shower(1).unwrap();
    assert_eq!((shower.refunds, shower.refunded, shower.cancelled), (1, 30, true));
    assert!(state.tokens.get(1).unwrap().burnt);
    assert_eq!(state.tokens.burnt(), 1);
    assert!(!state.launched.as_ref().unwrap().paused);
}

#[test]
fn what_does_not_fit_is_refused() {
    let chain = minted();
    let mut next = chain.clone();
    let good = next.contribution(2, &address(1), 20);
    let changed = |change: &dyn Fn(&mut meteor_messages::events::Contribution)| {
        let mut event = good.clone();
        change(&mut event);
        event.into()
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
        ("any more", vec![chain.close_event(1).into()]),
        (
            "contributors",
            vec![{
                let mut c = chain.close_event(2);
                c.contributors = 1;
                c.into()
            }],
        ),
        (
            "total",
            vec![{
                let mut c = chain.close_event(2);
                c.total = 1;
                c.into()
            }],
        ),
        (
            "log hash",
            vec![{
                let mut c = chain.close_event(2);
                c.log[0] ^= 1;
                c.into()
            }],
        ),
        ("amount", vec![Refund { shower: 1, contributor: address(1), amount: 29 }.into()]),
        ("no contribution", vec![Refund { shower: 1, contributor: address(9), amount: 1 }.into()]),
        ("payments", vec![Settle { shower: 1, amount: 5 }.into()]),
        ("payment", vec![Payment { shower: 1, payee: address(103), amount: 5 }.into()]),
        ("role", vec![Role { role: "emperor".into(), address: address(1) }.into()]),
        (
            "launched",
            vec![
                meteor_messages::events::Launch {
                    config: meteor_messages::events::Json(Box::new(chain.config.clone())),
                }
                .into(),
            ],
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
    let tx = good.blocks.last().unwrap().txs[0].clone();
    let with = |at: usize, key: &str, value: &str| {
        let mut block = good.blocks.last().unwrap().clone();
        let attribute = block.txs[0].events[at].attributes.iter_mut().find(|(k, _)| k == key).unwrap();
        attribute.1 = value.into();
        step(&mut chain.state(), &block).unwrap_err()
    };
    assert!(with(0, "first_rank", "1").contains("first_rank"));
    assert!(with(0, "first_number", "3").contains("first_number"));
    assert!(with(0, "amount", "31").contains("amount"));
    assert!(with(0, "count", "2").contains("count"));
    assert!(with(1, "owner", &address(9)).contains("owner"));
    assert!(with(1, "token_id", "3").contains("token_id"));
    let mut cut = good.blocks.last().unwrap().clone();
    cut.txs[0].events.truncate(1);
    assert!(step(&mut chain.state(), &cut).unwrap_err().contains("did not follow"));
    assert_eq!(tx.events.len(), 2);
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

const PATHS: [&str; 8] = [
    "/v1/config",
    "/v1/showers",
    "/v1/telescope",
    "/v1/nfts/meteors",
    "/v1/showers/1",
    "/v1/showers/1/floors",
    "/v1/showers/1/ranking",
    "/v1/showers/2/ranking",
];

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
                chain.mint(1, mints);
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
        let (_, parts) = built(&chain.blocks, &batches);
        for path in PATHS {
            prop_assert_eq!(whole.page(path).unwrap().body(), parts.page(path).unwrap().body(), "{}", path);
        }
        // Floors, naively: the least amount among those of a tier.
        let view = whole.shower(1).unwrap();
        for floor in &view.floors.tiers {
            let of_tier = view.rows.iter().zip(1u32..)
                .filter(|(_, rank)| meteor_indexer::api::models::TierName::from(view.tier(*rank)) == floor.tier);
            prop_assert_eq!(of_tier.map(|(row, _)| row.amount).min(), floor.floor.map(|floor| floor.0));
        }
    }
}
