//! Snapshots: what is read is what was written, whatever else is refused, and equal states give equal bytes.

use std::error::Error as _;

use meteor_chain::with_causes;
use meteor_indexer::fold::{Collection, State, Wallet};
use meteor_indexer::store::snapshot::{self, SCHEMA};
use meteor_indexer::store::{Event, FormatError};
use meteor_messages::events::{
    Burn, Cancel, Minimum, Pause, Refund, Resume, ReturnUnasked, Role, Settle, Share, Transfer, Withdraw,
};
use meteor_messages::shower::Refunded;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use crate::chain::{CHAIN, Chain, LENGTH, OPENS, address, meteors_contract, payment, shower_contract, step};

/// An event in which everything happens that the fold knows, a block for each step.
pub fn eventful() -> Chain {
    let mut chain = Chain::launched(3);
    let shower = |event: cosmwasm_std::Event| [(shower_contract(), event)];
    for n in 1..=6 {
        chain.contribute(1, &address(n), 10 + u128::from(n));
        chain.contribute(1, &address(1), 2);
        chain.commit();
    }
    chain.time(OPENS + LENGTH);
    chain.contribute(2, &address(9), u128::MAX / 1_000);
    chain.contribute(2, &address(3), 77);
    chain.close(1);
    chain.commit();
    chain.draw(1);
    chain.mint(1, 2);
    chain.commit();
    chain.mint(1, 3);
    chain.commit();
    let ranking = chain.showers[0].ranking();
    let owner = |rank: usize| ranking[rank - 1].0.clone();
    chain.crack(1, &owner(1));
    chain.crack(2, &owner(2));
    chain.crack(3, &owner(3));
    chain.commit();
    chain.reveal(1, 1, &owner(1));
    chain.tx(&Chain::reclaim_events(3, &owner(3)));
    chain.commit();
    chain.tx(&[(meteors_contract(), Transfer { token_id: 4, from: owner(4), to: address(50) }.into())]);
    chain.tx(&[(meteors_contract(), Burn { token_id: 5, owner: owner(5) }.into())]);
    chain.tx(&shower(Settle { shower: 1, amount: 20 }.into()));
    chain.tx(&shower(Share { shower: 1, payee: address(103), amount: 20 }.into()));
    chain.tx(&shower(Withdraw { payee: address(103), amount: 20 }.into()));
    chain.commit();
    chain.tx(&shower(Pause { by: address(102) }.into()));
    chain.tx(&shower(Minimum { from_shower: 3, minimum: 99 }.into()));
    chain.tx(&shower(Role { role: "pending_owner".into(), address: address(51) }.into()));
    chain.commit();
    chain.tx(&shower(Resume { by: address(100), from_shower: 2, to_shower: 2 }.into()));
    chain.tx(&shower(Chain::key_event(1).into()));
    chain.tx(&shower(Cancel { shower: 2 }.into()));
    let what = Refunded::Contribution;
    chain.tx(&shower(Refund { shower: 2, contributor: address(3), amount: 77, what }.into()));
    chain.commit();
    let mut txs =
        vec![meteor_chain::event::TxResult { code: 0, events: vec![payment(&address(7), "5uusd,6uluna")] }];
    txs.extend(chain.take());
    chain.put(txs);
    chain.tx(&shower(ReturnUnasked { to: address(7), amount: 5, denom: "uusd".into() }.into()));
    // An alarm.
    chain.tx(&[(meteors_contract(), Burn { token_id: 99, owner: address(1) }.into())]);
    chain.commit();
    chain.commit();
    chain
}

/// The event of the chain in these tests.
pub fn of(contract: &str) -> Event<'_> {
    Event { chain_id: Some(CHAIN), contract, start_height: 1 }
}

fn read(bytes: &[u8]) -> Result<State, FormatError> {
    snapshot::read(bytes, &of(&shower_contract()))
}

pub fn write(state: &State) -> Vec<u8> {
    snapshot::write(state).unwrap()
}

/// Everything in a state that can be seen from outside.
#[track_caller]
fn same(a: &State, b: &State) {
    assert_eq!((&a.chain_id, &a.contract, a.first, a.at), (&b.chain_id, &b.contract, b.first, b.at));
    assert_eq!((&a.launched, &a.contracts, &a.showers), (&b.launched, &b.contracts, &b.showers));
    assert_eq!((a.last_seq, a.contributions), (b.last_seq, b.contributions));
    assert_eq!((&a.unasked, &a.returned, &a.alarms), (&b.unasked, &b.returned, &b.alarms));
    assert!(a.wallets.iter().eq(b.wallets.iter()), "{:?}\n{:?}", a.wallets, b.wallets);
    for (number, Wallet { address, .. }) in (0u32..).zip(a.wallets.iter()) {
        assert_eq!(b.wallets.number(address), Some(number));
        assert!(a.custodies.of(number).eq(b.custodies.of(number)));
    }
    assert!(a.custodies.after(None).eq(b.custodies.after(None)));
    for of in Collection::ALL {
        let (a, b) = (a.collections.of(of), b.collections.of(of));
        assert_eq!((a.order(), a.burnt(), a.changed()), (b.order(), b.burnt(), b.changed()));
        for id in a.order() {
            assert_eq!(a.get(*id), b.get(*id));
        }
    }
}

#[test]
fn every_block_of_an_event_comes_back_and_goes_on_as_if_nothing_had_been() {
    let chain = eventful();
    let all = write(&chain.state());
    let mut state = State::new(CHAIN, &shower_contract());
    for (done, block) in chain.blocks.iter().enumerate() {
        step(&mut state, block).unwrap();
        let bytes = write(&state);
        let mut restored = read(&bytes).unwrap();
        same(&restored, &state);
        for block in &chain.blocks[done + 1..] {
            step(&mut restored, block).unwrap();
        }
        assert_eq!(write(&restored), all, "from block {}", done + 1);
        same(&restored, &chain.state());
    }
    // Nothing of what there is to keep was missing.
    let shower = state.shower(1).unwrap();
    assert!(!shower.reveals.is_empty() && shower.key.is_some() && shower.ranking.is_some());
    assert!(!state.custodies.is_empty() && state.shower(2).unwrap().refunds == 1);
    assert!(state.alarms.count == 1 && state.unasked.len() == 2 && state.returned.len() == 1);
}

#[test]
fn the_head_says_of_what_it_is() {
    let state = eventful().state();
    let bytes = write(&state);
    let head = snapshot::head(&bytes[..400]).unwrap();
    assert_eq!((head.height, head.hash), (state.at.height, state.at.hash));
    assert_eq!((head.bound.chain_id.as_str(), head.bound.start_height), (CHAIN, 1));
    assert_eq!(head.bound.contract, shower_contract());
}

#[test]
fn a_snapshot_of_another_event_is_refused_and_says_so() {
    let bytes = write(&eventful().state());
    let contract = shower_contract();
    let given = of(&contract);
    for (event, says) in [
        (Event { chain_id: Some("elsewhere"), ..given }, "the chain testerra, not of elsewhere"),
        (Event { contract: "terra1other", ..given }, "not of terra1other"),
        (Event { start_height: 2, ..given }, "begins at block 1, and start_height is 2"),
    ] {
        let said = snapshot::read(&bytes, &event).unwrap_err().to_string();
        assert!(said.contains(says), "{said}");
    }
    assert!(snapshot::read(&bytes, &Event { chain_id: None, ..given }).is_ok());
}

#[test]
fn another_schema_is_refused_and_says_which_is_newer() {
    let mut bytes = write(&eventful().state());
    for (schema, says) in [(SCHEMA - 1, "an older version"), (SCHEMA + 1, "a newer version")] {
        bytes[16..20].copy_from_slice(&schema.to_le_bytes());
        seal(&mut bytes);
        let said = read(&bytes).unwrap_err().to_string();
        assert!(said.contains(says), "{said}");
        assert!(snapshot::head(&bytes).is_err());
    }
}

/// Makes the hash at the end right.
pub fn seal(bytes: &mut [u8]) {
    let (all, hash) = bytes.split_at_mut(bytes.len() - 32);
    hash.copy_from_slice(&Sha256::digest(all));
}

/// A small one: two wallets, one contribution each.
fn small() -> Vec<u8> {
    let mut chain = Chain::launched(1);
    chain.contribute(1, &address(1), 30);
    chain.contribute(1, &address(2), 50);
    chain.commit();
    write(&chain.state())
}

#[test]
fn every_changed_byte_and_every_cut_is_refused() {
    every_change_is_refused(&small(), |bytes| read(bytes).is_ok());
}

/// Only the bytes themselves may be taken.
pub fn every_change_is_refused(bytes: &[u8], taken: impl Fn(&[u8]) -> bool) {
    assert!(taken(bytes));
    for at in 0..bytes.len() {
        for bit in [1, 0x80, 0xff] {
            let mut changed = bytes.to_vec();
            changed[at] ^= bit;
            assert!(!taken(&changed), "byte {at} ^ {bit}");
        }
        assert!(!taken(&bytes[..at]), "cut at {at}");
    }
    assert!(!taken(&[bytes, &[0]].concat()));
}

/// Someone who can also make the hash right gets a state only if it is one that is written in just that way.
#[test]
fn a_change_with_a_right_hash_is_refused_or_is_another_whole_state() {
    let bytes = write(&eventful().state());
    let (mut refused, mut read_as_another) = (0, 0);
    for at in 20..bytes.len() - 32 {
        for bit in [1, 0x80] {
            let mut changed = bytes.clone();
            changed[at] ^= bit;
            seal(&mut changed);
            match read(&changed) {
                Ok(state) => {
                    assert_eq!(write(&state), changed, "byte {at} ^ {bit}");
                    read_as_another += 1;
                }
                Err(_) => refused += 1,
            }
        }
        let mut cut = bytes[..at].to_vec();
        cut.extend([0; 32]);
        seal(&mut cut);
        assert!(read(&cut).is_err(), "cut at {at}");
    }
    assert!(refused > 1_000 && read_as_another > 100, "{refused} refused, {read_as_another} not");
}

#[test]
fn what_is_damaged_is_told_down_to_its_cause() {
    let error = read(&small()[..100]).unwrap_err();
    assert!(error.source().is_some());
    assert_eq!(with_causes(&error), "it is damaged: its SHA-256 differs: it was changed, or cut off");
    let said = with_causes(&read(b"<html>").unwrap_err());
    assert_eq!(said, "it is damaged: it is something else, or its beginning is lost");
}

/// Of the version before its last change: what the schema's bytes are. If this fails, what old versions wrote can't
/// be read any more, or not as they meant it: raise `snapshot::SCHEMA`, run `write_the_fixture` and name the new file.
#[test]
fn the_bytes_of_the_schema() {
    let fixture = include_bytes!("../fixtures/snapshot-1.bin");
    assert_eq!(fixture[16..20], SCHEMA.to_le_bytes(), "a new schema needs its fixture");
    let state = read(fixture).unwrap();
    assert_eq!(write(&state), fixture);
    let shower = state.shower(1).unwrap();
    assert_eq!((shower.total, shower.contributors(), shower.minted, shower.reveals.len()), (93, 6, 5, 1));
    assert_eq!((shower.given.len(), shower.moments.len()), (12, 6));
    assert_eq!((state.wallets.len(), state.custodies.len(), state.alarms.count), (9, 1, 1));
    assert_eq!(state.at.hash, [7; 32]);
}

#[test]
#[ignore = "writes the fixture of a new schema"]
fn write_the_fixture() {
    let mut state = eventful().state();
    state.at.hash = [7; 32]; // not that of the tests' chain, which may change
    let name = format!("{}/tests/fixtures/snapshot-{SCHEMA}.bin", env!("CARGO_MANIFEST_DIR"));
    std::fs::write(name, write(&state)).unwrap();
}

proptest! {
    /// Any order of contributions to any showers, and two folds whose hash maps have different seeds.
    #[test]
    fn any_contributions_come_back(
        given in prop::collection::vec((1u32..4, 0u8..20, 10u128..1_000_000_000, any::<bool>()), 0..60),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut chain = Chain::launched(3);
        for (shower, who, amount, commit) in given {
            chain.contribute(shower, &address(who), amount);
            if commit {
                chain.commit();
            }
        }
        chain.close(2);
        chain.commit();
        let bytes = write(&chain.state());
        prop_assert_eq!(&write(&chain.state()), &bytes);
        let mut state = State::new(CHAIN, &shower_contract());
        let cut = 1 + cut.index(chain.blocks.len());
        for block in &chain.blocks[..cut] {
            step(&mut state, block).unwrap();
        }
        let mut restored = read(&write(&state)).unwrap();
        same(&restored, &state);
        for block in &chain.blocks[cut..] {
            step(&mut restored, block).unwrap();
        }
        prop_assert_eq!(write(&restored), bytes);
    }

    #[test]
    fn noise_never_panics(noise in prop::collection::vec(any::<u8>(), 0..300), at in any::<prop::sample::Index>()) {
        let mut bytes = small();
        let at = 20 + at.index(bytes.len() - 52);
        let end = (at + noise.len()).min(bytes.len() - 32);
        bytes[at..end].copy_from_slice(&noise[..end - at]);
        seal(&mut bytes);
        if let Ok(state) = read(&bytes) {
            prop_assert_eq!(write(&state), bytes);
        }
    }
}
