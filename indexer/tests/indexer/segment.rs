//! Segments: replaying them gives what reading the chain gives, and whatever isn't whole is refused.

use meteor_chain::blocks::RawBlock;
use meteor_chain::event::{Attribute, RawEvent, TxResult};
use meteor_chain::with_causes;
use meteor_indexer::decode::Watched;
use meteor_indexer::fold::State;
use meteor_indexer::store::segment::{self, SCHEMA};
use meteor_indexer::store::{Event, FormatError};
use meteor_messages::events::Pause;
use proptest::prelude::*;

use crate::chain::{CHAIN, Chain, address, payment, raw, shower_contract, step};
use crate::snapshot::{eventful, every_change_is_refused, of, seal, write as snapshot};

fn fresh() -> State {
    State::new(CHAIN, &shower_contract())
}

/// The blocks with only what concerns us.
fn kept(blocks: &[RawBlock], state: &State) -> Vec<RawBlock> {
    let mut blocks = blocks.to_vec();
    let mut watched = Watched::of(state);
    for block in &mut blocks {
        watched.keep(&mut block.results);
    }
    blocks
}

fn write(blocks: &[RawBlock]) -> Vec<u8> {
    segment::write(&of(&shower_contract()), blocks).unwrap()
}

fn read(bytes: &[u8]) -> Result<Vec<RawBlock>, FormatError> {
    segment::read(bytes, &of(&shower_contract()))
}

fn replay(state: &mut State, bytes: &[u8]) {
    for block in read(bytes).unwrap() {
        step(state, &block).unwrap();
    }
}

/// Adds what doesn't concern us to every block: strangers' events before and after ours, and failed transactions.
fn noisy(blocks: &[RawBlock]) -> Vec<RawBlock> {
    let stranger = || raw(&address(9), &Pause { by: address(9) }.into());
    let mut blocks = blocks.to_vec();
    for block in &mut blocks {
        for tx in &mut block.results.txs {
            tx.events.insert(0, RawEvent { kind: "tx".into(), attributes: vec![Attribute::new("fee", "1")] });
            tx.events.insert(1, stranger());
            tx.events.push(stranger());
        }
        let failed = raw(&shower_contract(), &Pause { by: address(1) }.into());
        block.results.txs.insert(0, TxResult { code: 5, events: vec![failed] });
        block.results.txs.push(TxResult { code: 0, events: vec![stranger()] });
        block.results.begin.push(stranger());
        block.results.end.push(stranger());
        block.header.txs = block.results.txs.len() as u64;
    }
    blocks
}

#[test]
fn segments_replayed_are_the_chain_read_block_by_block() {
    let blocks = noisy(&eventful().blocks);
    let mut direct = fresh();
    for length in [1, 3, 7, 100] {
        let mut replayed = fresh();
        direct = fresh();
        for run in blocks.chunks(length) {
            let bytes = write(&kept(run, &direct));
            for block in run {
                step(&mut direct, block).unwrap();
            }
            replay(&mut replayed, &bytes);
            assert_eq!(snapshot(&replayed), snapshot(&direct), "segments of {length}");
        }
    }
    assert_eq!(direct.alarms.count, 1);
    assert!(direct.alarms.last[0].what.contains("transaction 3"), "places stay: {:?}", direct.alarms);
}

#[test]
fn a_segment_holds_what_concerns_us_and_no_more() {
    let blocks = noisy(&eventful().blocks);
    let blocks = kept(&blocks, &fresh());
    let events = |block: &RawBlock| {
        let in_txs = block.results.txs.iter().flat_map(|tx| tx.events.clone());
        in_txs.chain(block.results.begin.clone()).chain(block.results.end.clone()).collect::<Vec<_>>()
    };
    for event in blocks.iter().flat_map(events).filter(|event| *event != RawEvent::default()) {
        assert_ne!(event.contract(), Some(address(9).as_str()));
        assert!(event.is_typed() || event.pays(&shower_contract()), "{event:?}");
    }
    // A node that shows more than another makes no other segment.
    assert_eq!(write(&blocks), write(&kept(&read(&write(&blocks)).unwrap(), &fresh())));
    // Nor does it matter whether the contracts are learnt on the way or known from later.
    assert_eq!(kept(&noisy(&eventful().blocks), &eventful().state()), blocks);
    // And each comes back as it was, with its place. Of transactions after the last with events only the number stays.
    let mut wanted = blocks.clone();
    for tx in wanted.iter_mut().flat_map(|block| &mut block.results.txs) {
        tx.code = 0;
    }
    for block in &mut wanted {
        let last = block.results.txs.iter().rposition(|tx| !tx.events.is_empty()).map_or(0, |last| last + 1);
        block.results.txs.truncate(last);
    }
    assert_eq!(read(&write(&blocks)).unwrap(), wanted);
}

#[test]
fn kinds_that_this_version_does_not_know_are_kept() {
    let mut chain = Chain::launched(1);
    let novelty =
        RawEvent { kind: "wasm-novelty".into(), ..raw(&shower_contract(), &Pause { by: address(1) }.into()) };
    chain.put(vec![TxResult { code: 0, events: vec![novelty.clone(), payment(&address(2), "5uusd")] }]);
    chain.commit();
    let blocks = read(&write(&kept(&chain.blocks, &fresh()))).unwrap();
    assert_eq!(blocks[2].results.txs[0].events, [novelty, payment(&address(2), "5uusd")]);
    let mut state = fresh();
    let said = blocks.iter().try_for_each(|block| step(&mut state, block)).unwrap_err();
    assert!(said.contains("novelty"), "{said}");
}

/// Attributes in base64 are none that a version reads; left out they would look as if nothing had happened.
#[test]
fn what_an_old_node_shows_is_not_taken_for_nothing() {
    let mut chain = Chain::launched(1);
    let old = RawEvent {
        kind: "wasm-contribution".into(),
        attributes: vec![Attribute::new("X2NvbnRyYWN0X2FkZHJlc3M=", "dGVycmEx")],
    };
    chain.put(vec![TxResult { code: 0, events: vec![old] }]);
    chain.commit();
    let blocks = read(&write(&kept(&chain.blocks, &fresh()))).unwrap();
    let mut state = fresh();
    assert!(blocks.iter().try_for_each(|block| step(&mut state, block)).unwrap_err().contains("base64"));
}

#[test]
fn blocks_that_do_not_follow_each_other_are_not_written() {
    let blocks = eventful().blocks;
    let contract = shower_contract();
    let changed = |change: &dyn Fn(&mut Vec<RawBlock>)| {
        let mut blocks = blocks.clone();
        change(&mut blocks);
        with_causes(&segment::write(&of(&contract), &blocks).unwrap_err())
    };
    for (says, said) in [
        ("no blocks", changed(&|all| all.clear())),
        ("missing, double or out of order", changed(&|all| drop(all.remove(3)))),
        ("missing, double or out of order", changed(&|all| all.insert(3, all[3].clone()))),
        ("missing, double or out of order", changed(&|all| all.swap(3, 4))),
        ("does not follow", changed(&|all| all[4].header.parent = None)),
        ("not those that the next header names", changed(&|all| all[4].results.hash[0] ^= 1)),
        ("older than the one before", changed(&|all| all[4].header.time_ns = 1)),
        ("not that of its fields", changed(&|all| all[4].header.computed[0] ^= 1)),
        ("of another chain", changed(&|all| all[4].header.chain_id = "other".into())),
        ("more transactions", changed(&|all| all[4].header.txs = 0)),
    ] {
        assert!(said.starts_with("it can't be encoded: ") && said.contains(says), "{says}: {said}");
    }
    let later = Event { start_height: 2, ..of(&contract) };
    let said = with_causes(&segment::write(&later, &blocks).unwrap_err());
    assert!(said.contains("begins before the event does"), "{said}");
}

#[test]
fn a_segment_of_another_event_or_schema_is_refused_and_says_so() {
    let bytes = write(&eventful().blocks);
    let contract = shower_contract();
    let given = of(&contract);
    for (event, says) in [
        (Event { chain_id: Some("elsewhere"), ..given }, "the chain testerra, not of elsewhere"),
        (Event { contract: "terra1other", ..given }, "not of terra1other"),
        (Event { start_height: 2, ..given }, "begins at block 1, and start_height is 2"),
    ] {
        let said = segment::read(&bytes, &event).unwrap_err().to_string();
        assert!(said.contains(says), "{said}");
    }
    for (schema, says) in [(SCHEMA - 1, "an older version"), (SCHEMA + 1, "a newer version")] {
        let mut bytes = bytes.clone();
        bytes[16..20].copy_from_slice(&schema.to_le_bytes());
        seal(&mut bytes);
        let said = read(&bytes).unwrap_err().to_string();
        assert!(said.contains(says), "{said}");
    }
    let head = segment::head(&bytes[..300]).unwrap();
    assert_eq!((head.from, head.to, head.bound.chain_id.as_str()), (1, eventful().height(), CHAIN));
    assert!(
        matches!(read(&snapshot(&eventful().state())), Err(FormatError::Damaged(_))),
        "a snapshot is none"
    );
}

/// A few blocks, most of them without transactions.
fn small() -> Vec<u8> {
    let mut chain = Chain::launched(1);
    chain.commit();
    chain.contribute(1, &address(1), 30);
    chain.commit();
    chain.commit();
    write(&chain.blocks[2..])
}

#[test]
fn every_changed_byte_and_every_cut_is_refused() {
    every_change_is_refused(&small(), |bytes| read(bytes).is_ok());
}

/// Whatever is read can be written: its blocks follow each other.
fn refused_or_whole(bytes: &[u8]) -> bool {
    let Ok(blocks) = read(bytes) else { return true };
    let again = write(&blocks);
    assert_eq!(read(&again).unwrap(), blocks);
    false
}

#[test]
fn a_change_with_a_right_hash_is_refused_or_is_another_whole_segment() {
    let bytes = write(&kept(&eventful().blocks[2..], &eventful().state()));
    let (mut refused, mut other) = (0, 0);
    for at in (20..bytes.len() - 32).step_by(3) {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        seal(&mut changed);
        if refused_or_whole(&changed) {
            refused += 1;
        } else {
            other += 1;
        }
        let mut cut = bytes[..at].to_vec();
        cut.extend([0; 32]);
        seal(&mut cut);
        assert!(read(&cut).is_err(), "cut at {at}");
    }
    assert!(refused > 100 && other > 500, "{refused} refused, {other} not");
}

/// See the test of the same purpose for snapshots.
#[test]
fn the_bytes_of_the_schema_of_segments() {
    let fixture = include_bytes!("../fixtures/segment-1.bin");
    assert_eq!(fixture[16..20], SCHEMA.to_le_bytes(), "a new schema needs its fixture");
    let blocks = read(fixture).unwrap();
    assert_eq!(write(&blocks), fixture);
    let mut state = fresh();
    for block in &blocks {
        step(&mut state, block).unwrap();
    }
    assert_eq!((state.contributions, state.wallets.len(), state.alarms.count), (14, 9, 1));
    let heads: Vec<_> = blocks.iter().map(|block| (block.header.height, block.header.txs)).collect();
    assert_eq!((heads[0], heads[2], heads[8]), ((1, 0), (3, 2), (9, 3)));
}

#[test]
#[ignore = "writes the fixture of a new schema"]
fn write_the_fixture_of_segments() {
    let name = format!("{}/tests/fixtures/segment-{SCHEMA}.bin", env!("CARGO_MANIFEST_DIR"));
    std::fs::write(name, write(&kept(&eventful().blocks, &fresh()))).unwrap();
}

proptest! {
    #[test]
    fn noise_never_panics(noise in prop::collection::vec(any::<u8>(), 0..300), at in any::<prop::sample::Index>()) {
        let mut bytes = small();
        let at = 20 + at.index(bytes.len() - 52);
        let end = (at + noise.len()).min(bytes.len() - 32);
        bytes[at..end].copy_from_slice(&noise[..end - at]);
        seal(&mut bytes);
        refused_or_whole(&bytes);
    }

    /// Wherever a chain is cut, a snapshot there and the segments after it lead to its end.
    #[test]
    fn a_snapshot_and_the_segments_after_it_are_the_chain(
        given in prop::collection::vec((1u32..4, 0u8..20, 10u128..1_000_000_000, any::<bool>()), 0..40),
        cut in any::<prop::sample::Index>(),
        length in 1usize..9,
    ) {
        let mut chain = Chain::launched(3);
        for (shower, who, amount, commit) in given {
            chain.contribute(shower, &address(who), amount);
            if commit {
                chain.commit();
            }
        }
        chain.commit();
        let mut state = fresh();
        let cut = 1 + cut.index(chain.blocks.len());
        for block in &chain.blocks[..cut] {
            step(&mut state, block).unwrap();
        }
        let contract = shower_contract();
        let read = meteor_indexer::store::snapshot::read(&snapshot(&state), &of(&contract));
        let mut restored = read.unwrap();
        for run in chain.blocks[cut..].chunks(length) {
            let bytes = write(&kept(run, &restored));
            replay(&mut restored, &bytes);
        }
        prop_assert_eq!(snapshot(&restored), snapshot(&chain.state()));
    }
}
