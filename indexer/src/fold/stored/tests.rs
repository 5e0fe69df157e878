//! Rows that no events lead to are refused, each for its own reason.

use super::showers::{GivenRow, MomentRow, RevealRow};
use super::*;

fn given(slot: u32, since: u64, amount: u128) -> GivenRow {
    GivenRow { slot, since, amount }
}

/// Two wallets, three contributions, closed, one meteor minted and revealed.
fn row() -> ShowerRow {
    ShowerRow {
        standings: vec![(0, false), (1, true)],
        given: vec![given(0, 1, 5), given(1, 1, 7), given(0, 1, 6)],
        moments: vec![
            MomentRow { blocks: 9, seconds: 1_000, count: 1 },
            MomentRow { blocks: 1, seconds: 6, count: 2 },
        ],
        log: [1; 32],
        closing: Some((1_100, 3)),
        draw: Some(([2; 32], vec![3])),
        key: None,
        key_in_time: false,
        siblings: vec![[4; 32]],
        reveals: vec![RevealRow {
            token_id: 1,
            index: 0,
            egg: true,
            image: 0,
            traits: vec![1],
            salt: [5; 32],
            proof: vec![0],
        }],
        cancelled: false,
        paused: false,
        minted: 1,
        minted_amount: 11,
        held: 0,
        held_returned: 0,
        settled: 0,
        refunds: 1,
        refunded: 7,
        changed: 10,
    }
}

fn images() -> Vec<Arc<str>> {
    vec!["image".into()]
}

#[test]
fn what_follows_from_a_showers_rows() {
    let shower = row().shower(3, &images()).unwrap();
    assert_eq!((shower.number, shower.total, shower.last_seq), (3, 18, 3));
    let places: Vec<_> = shower.standings.iter().map(|s| (s.wallet, s.place.amount, s.place.seq)).collect();
    assert_eq!(places, [(0, 11, 3), (1, 7, 2)]);
    let totals: Vec<_> = shower.given.iter().map(|given| (given.seq, given.total)).collect();
    assert_eq!(totals, [(1, 5), (2, 7), (3, 11)]);
    let moments: Vec<_> = shower.moments.iter().map(|m| (m.height, m.time, m.end)).collect();
    assert_eq!(moments, [(9, 1_000, 1), (10, 1_006, 3)]);
    assert_eq!(shower.ranked(), [0, 1]);
    assert!(shower.closed() && shower.draw.unwrap().leaves == 2);
    let mut open = row();
    (open.closing, open.draw, open.minted) = (None, None, 0);
    assert!(!open.shower(3, &images()).unwrap().closed());
}

#[test]
fn a_showers_rows_that_contradict_each_other_are_refused() {
    let said = |change: &dyn Fn(&mut ShowerRow)| {
        let mut row = row();
        change(&mut row);
        row.shower(3, &images()).unwrap_err().to_string()
    };
    for (says, said) in [
        ("is nobody's", said(&|row| row.given[2].slot = 2)),
        ("not in the order", said(&|row| row.given.swap(0, 1))),
        ("out of order", said(&|row| row.given[1].since = 0)),
        ("out of order", said(&|row| row.given[1].since = u64::MAX)),
        ("too large", said(&|row| row.given[1].amount = u128::MAX)),
        ("has not contributed", said(&|row| row.standings.push((2, false)))),
        ("given at no time", said(&|row| row.moments.truncate(row.moments.len() - 1))),
        ("given at no time", said(&|row| row.moments[0].count = 2)),
        ("is out of order", said(&|row| row.moments[1].blocks = 0)),
        ("is out of order", said(&|row| row.moments[1].count = 0)),
        ("is out of order", said(&|row| row.moments[1].blocks = u64::MAX)),
        ("drawn and not closed", said(&|row| row.closing = None)),
        ("more meteors or refunds", said(&|row| row.minted = 3)),
        ("more meteors or refunds", said(&|row| row.refunds = 3)),
        ("more meteors or refunds", said(&|row| (row.closing, row.draw) = (None, None))),
        ("image is missing", said(&|row| row.reveals[0].image = 1)),
        ("part of a proof", said(&|row| row.reveals[0].proof = vec![0, 1])),
    ] {
        assert!(said.contains(says), "{says}: {said}");
    }
}

fn wallets(count: usize) -> Vec<Wallet> {
    (0..count).map(|n| Wallet::new(format!("wallet {n}").into())).collect()
}

#[test]
fn contributions_of_all_showers_are_numbered_without_gaps_and_wallets_are_in_each_once() {
    let shower = |number, seqs: [u64; 3], standings: [u32; 2]| {
        let mut row = row();
        row.standings = standings.map(|wallet| (wallet, false)).to_vec();
        let mut last = 0;
        for (given, seq) in row.given.iter_mut().zip(seqs) {
            given.since = seq - last;
            last = seq;
        }
        Arc::new(row.shower(number, &images()).unwrap())
    };
    let mut all = wallets(3);
    // Wallet 1 came to shower 2 first.
    let count = entries(&[shower(1, [1, 5, 6], [0, 1]), shower(2, [2, 3, 4], [1, 2])], &mut all).unwrap();
    assert_eq!(count, 6);
    let of = |wallet: usize| all[wallet].entries.iter().map(|e| (e.shower, e.slot)).collect::<Vec<_>>();
    assert_eq!((of(0), of(1), of(2)), (vec![(1, 0)], vec![(2, 0), (1, 1)], vec![(2, 1)]));

    let said = |showers: [Arc<Shower>; 2]| entries(&showers, &mut wallets(3)).unwrap_err().to_string();
    let good = || shower(1, [1, 5, 6], [0, 1]);
    for (says, said) in [
        ("missing or double", said([good(), shower(2, [2, 3, 5], [1, 2])])),
        ("missing or double", said([good(), shower(2, [2, 3, 7], [1, 2])])),
        ("is no wallet", said([good(), shower(2, [2, 3, 4], [1, 3])])),
        ("twice in one shower", said([good(), shower(2, [2, 3, 4], [1, 1])])),
    ] {
        assert!(said.contains(says), "{says}: {said}");
    }
}

fn token(id: u64) -> TokenRow {
    TokenRow { id, owner: 1, shower: 1, rank: 1, burnt: false, height: 7, image: 0, traits: vec![1] }
}

#[test]
fn tokens_are_held_unless_they_are_burnt_and_have_a_number_each() {
    let mut all = wallets(2);
    let rows = vec![token(5), TokenRow { burnt: true, ..token(4) }];
    let tokens = tokens(Collection::Eggs, rows, 9, &images(), &mut all).unwrap();
    assert_eq!((tokens.burnt(), tokens.changed(), tokens.minted()), (1, 9, 2));
    assert_eq!(tokens.order().iter().copied().collect::<Vec<_>>(), [5, 4]);
    let held: Vec<_> = all[1].tokens.iter().map(|token| (token.collection(), token.id())).collect();
    assert_eq!(held, [(Collection::Eggs, 5)]);

    let said =
        |rows| super::tokens(Collection::Eggs, rows, 9, &images(), &mut wallets(2)).unwrap_err().to_string();
    for (says, said) in [
        ("one number", said(vec![token(5), token(5)])),
        ("nobody", said(vec![TokenRow { owner: 2, ..token(5) }])),
        ("too large", said(vec![token(1 << 62)])),
        ("image", said(vec![TokenRow { image: 1, ..token(5) }])),
    ] {
        assert!(said.contains(says), "{says}: {said}");
    }
}

/// A state before the launch, in which two wallets hold a meteor each, and the hatchery has the second.
fn start() -> Start<'static> {
    Start {
        chain_id: "chain",
        contract: "contract",
        first: 3,
        height: 9,
        time_ns: 1,
        hash: [1; 32],
        launched: None,
        contracts: [None; 4],
        addresses: vec!["a", "b"],
        images: vec!["image"],
        collections: [(9, vec![token(1), TokenRow { burnt: true, ..token(2) }]), (0, vec![]), (0, vec![])],
        custodies: vec![(1, 0, 5)],
        unasked: vec![],
        returned: vec![],
        alarms: 1,
        last_alarms: vec![(9, "alarm")],
    }
}

#[test]
fn a_state_that_contradicts_itself_is_refused() {
    let bytes = |change: &dyn Fn(&mut Start<'static>)| {
        let mut start = start();
        change(&mut start);
        postcard::to_stdvec(&start).unwrap()
    };
    let good = bytes(&|_| {});
    assert_eq!(State::from_bytes(&good).unwrap().to_bytes().unwrap(), good);
    let said =
        |change: &dyn Fn(&mut Start<'static>)| State::from_bytes(&bytes(change)).unwrap_err().to_string();
    for (says, said) in [
        ("after its last", said(&|start| start.first = 10)),
        ("after its last", said(&|start| start.first = 0)),
        ("two numbers", said(&|start| start.addresses = vec!["a", "a"])),
        ("custody that can't be", said(&|start| start.custodies = vec![(3, 0, 5)])),
        ("custody that can't be", said(&|start| start.custodies = vec![(2, 0, 5)])),
        ("custody that can't be", said(&|start| start.custodies = vec![(1, 2, 5)])),
        ("custody that can't be", said(&|start| start.custodies = vec![(1, 0, 5), (1, 0, 5)])),
        ("more alarms", said(&|start| start.last_alarms = vec![(9, "alarm"); 101])),
        ("in another way", said(&|start| start.images = vec!["image", "unused"])),
    ] {
        assert!(said.contains(says), "{says}: {said}");
    }
    // A byte too many, and a number that takes a byte more than it needs.
    let said = |bytes: Vec<u8>| State::from_bytes(&bytes).unwrap_err().to_string();
    assert!(said([&*good, &[0]].concat()).contains("in another way"));
    let mut long = good.clone();
    let at = "chain".len() + "contract".len() + 2; // of `first`
    assert_eq!(long[at], 3);
    long.splice(at..=at, [0x83, 0]);
    assert!(said(long).contains("in another way"));
}
