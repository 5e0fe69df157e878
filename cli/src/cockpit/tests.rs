#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use meteor_chain::blocks::Status;
use meteor_messages::hatchery::CustodyResponse;
use meteor_messages::shower::{ConfigResponse, DrawResponse, Fairness, PayeeResponse, ShowerResponse};
use serde_json::json;

use super::*;
use crate::next::tests::shower as with;

/// The model event: 44 showers of an hour, seconds since it opened.
const HOUR: u64 = 3_600;
const COUNT: u32 = 44;
/// 20 minutes into shower 13.
const NOW: u64 = 12 * HOUR + 1_200;

fn address(number: u32) -> String {
    format!("terra1{number:038}")
}

/// Shower `number` as it is twelve hours in: the first ten are settled, 8 was refunded, 9 was empty.
fn state(number: u32) -> ShowerResponse {
    let closes_at = u64::from(number) * HOUR;
    let (status, minted) = match number {
        8 => ("refunding", 0),
        ..=10 => ("minted", 1_000),
        11 => ("closed", 300),
        12 => ("ended", 0),
        13 => ("open", 0),
        _ => ("upcoming", 0),
    };
    let wallets = match number {
        9 | 14.. => 0,
        _ => 1_000,
    };
    let micro = |wallets: u64| (wallets * 80_000_000).to_string();
    let minted = if number == 9 { 0 } else { minted };
    let held = minted * 4_000_000;
    with(
        status,
        &[
            ("shower", json!(number)),
            ("opens_at", json!(closes_at - HOUR)),
            ("closes_at", json!(closes_at)),
            ("mint_deadline", json!(closes_at + HOUR * 3 / 2)),
            ("key_deadline", json!(closes_at + 200 * HOUR)),
            ("contributors", json!(wallets)),
            ("total", json!(micro(wallets))),
            ("closed", json!(number < 12)),
            ("minted", json!(minted)),
            ("minted_amount", json!(micro(minted))),
            ("held", json!(held.to_string())),
            ("settled", json!((minted * 76_000_000).to_string())),
            ("refunds", json!(if number == 8 { 1_000 } else { 0 })),
            ("refunded", json!(if number == 8 { micro(1_000) } else { "0".into() })),
            ("earlier", json!(u64::from(number) * 1_000)),
        ],
    )
}

fn draw(number: u32, key: bool) -> DrawResponse {
    let some = |is: bool| is.then_some("00");
    let draw = json!({
        "shower": number, "commitment": "00", "leaves": 1_000, "earlier": 0, "beacon_round": 7,
        "root": some(number < 12), "key": some(key),
    });
    serde_json::from_value(draw).unwrap()
}

fn config() -> ConfigResponse {
    let tier = json!({ "count": 1, "root": "00" });
    let config = json!({
        "chain_id": "columbus-5", "denom": "uusd", "mint_window": 1,
        "schedule": { "opens_at": 0, "first_close": HOUR, "interval": HOUR, "count": COUNT },
        "tiers": { "legendary": 10, "ancient_bp": 900, "rare_bp": 2_250 },
        "eggs": { "legendary": 1, "ancient": 1, "rare": 1, "common": 1 }, "tilt_bp": 0, "payees": [],
        "holdback_bp": 500,
        "catalogue": { "legendary": tier, "ancient": tier, "rare": tier, "common": tier },
        "meteors": "terra1m", "hatchery": "terra1h", "owner": address(1), "operator": address(2),
        "guardian": address(3), "paused": false, "minimums": [],
    });
    serde_json::from_value(config).unwrap()
}

fn fairness() -> Fairness {
    let fairness = json!({
        "commitments": vec!["00"; 44], "beacon": { "genesis": 0, "period": 3, "delay": 300 }, "beacon_key": "00",
        "tables": "00", "crack_window": 100 * HOUR, "key_window": 200 * HOUR,
    });
    serde_json::from_value(fairness).unwrap()
}

/// All that the chain has to say of it.
fn seen() -> Seen {
    let status = Status {
        chain_id: "columbus-5".into(),
        version: "0.38".into(),
        height: 12_345_678,
        time_ns: NOW * 1_000_000_000,
    };
    let payee = |number| PayeeResponse {
        address: address(number),
        share_bp: 1_000,
        owed: Uint128::new(if number == 25 { 5_000_000 } else { 0 }),
        withdrawn: Uint128::new(54_720_000_000),
    };
    let custody =
        |token_id, since| CustodyResponse { token_id, holder: address(9), since, reclaim_at: since + HOUR };
    let showers: Vec<ShowerResponse> = (1..=COUNT).map(state).collect();
    Seen {
        chain_id: "columbus-5".into(),
        contract: format!("terra1{:058}", 0),
        gas_price: "28.325uluna".parse().unwrap(),
        block: Some(status),
        label: Some("Levana meteor shower".into()),
        config: Some(config()),
        fairness: Some(fairness()),
        payees: Some((20..30).map(payee).collect()),
        draws: showers
            .iter()
            .filter(|state| needs_draw(state, false))
            .map(|state| (state.shower, draw(state.shower, false)))
            .collect(),
        showers: Some(showers),
        custody: Some(vec![custody(1_001, NOW - 300), custody(1_002, NOW - 60)]),
        balances: [(address(2), 90_000_000_000), (address(1), 50_000_000), (address(3), 1)].into(),
        unknown: vec![],
    }
}

/// How wide terminals are: as wide as the cockpit makes use of, as most, and a phone's.
const WIDTHS: [usize; 3] = [100, 80, 60];

#[test]
fn an_event_of_44_showers_fits_a_screen() {
    for (width, height) in WIDTHS.into_iter().zip([27, 30, 45]) {
        let screen = Cockpit::of(seen(), NOW + 4).screen(width);
        let lines: Vec<&str> = screen.lines().collect();
        assert!(lines.len() <= height, "{} lines:\n{screen}", lines.len());
        for line in lines {
            // A contract's address is never broken.
            let address = line.split_whitespace().find(|word| word.len() > 60);
            assert!(line.chars().count() <= width || address.is_some_and(|_| width < 78), "{line}\n{screen}");
        }
    }
    let screen = Cockpit::of(seen(), NOW + 4).screen(80);
    for line in [
        "event \"Levana meteor shower\" on columbus-5,\n              terra1",
        "  chain     at height 12,345,678, whose block is 4 s old",
        "  showers   1-7, 10  settled    640,000 UST, 32,000 UST held back;\n              next: meteor publish-key, by operator, \
         from 1970-01-05,\n              in 3 d 16 h (shower 1)",
        "            8        refunded   80,000 UST sent back; nothing left to do",
        "            9        empty      nobody contributed; nothing left to do",
        "!           11       minting    300 of 1,000 minted, 80,000 UST;\n              next: meteor mint, by anyone, until \
         12:30:00Z, in 10 min",
        "            12       ended      1,000 wallets, 80,000 UST;\n              next: meteor close, by anyone, until \
         13:30:00Z, in 1 h 10 min",
        "            13       open       1,000 wallets, 80,000 UST;\n              until 13:00:00Z, in 40 min",
        "            14-44    not begun  14 opens 13:00:00Z, in 40 min;\n              44 ends 1970-01-02, in 1 d 7 h",
        "  payees    terra100000000000000000000000000000000000025 10.00 %,\n              paid 54,720 UST, owed 5 UST; \
         next: meteor withdraw, by anyone",
        "            9 others were paid 492,480 UST and are owed nothing",
        "  owner     terra100000000000000000000000000000000000001 has 50 LUNA;\n              needs about 9.73 LUNA",
        "! guardian  terra100000000000000000000000000000000000003 has 0.000001 LUNA,\n              TOO LITTLE; needs about \
         9.73 LUNA",
        "  keys      44 committed to, 0 public, the next can be published in 3 d 16 h",
        "! worker    2 cracked meteors wait to be revealed, the first for 5 min;\n              meteor hatch has until \
         13:15:00Z, in 55 min",
    ] {
        assert!(format!("\n{screen}").contains(&format!("\n{line}")), "{line}\nis not in\n{screen}");
    }
}

#[test]
fn what_is_not_known_is_said_and_the_rest_is_shown() {
    let unknown =
        Unknown { what: "the draws and keys of some showers".into(), why: "the node limits".into() };
    // Late enough for keys to be public.
    let later = NOW + 150 * HOUR;
    let mut seen = Seen { draws: BTreeMap::new(), unknown: vec![unknown], custody: None, ..seen() };
    seen.block.as_mut().unwrap().time_ns = later * 1_000_000_000;
    seen.balances.clear();
    let cockpit = Cockpit::of(seen, later);
    let screen = cockpit.screen(80);
    for line in [
        "  showers   1-7, 10  not known  8,000 wallets, 640,000 UST;",
        "            8        refunded   80,000 UST sent back; nothing left to do",
        "!           11       minting    300 of 1,000 minted",
        "!           12       ended      1,000 wallets",
        "  money     960,000 UST in, 630,800 UST booked, 5 UST owed, 547,200 UST paid,",
        "              33,200 UST held back, 80,000 UST sent back",
        "  operator  terra100000000000000000000000000000000000002 what it has",
        "! not known the draws and keys of some showers: the node limits",
    ] {
        assert!(screen.lines().any(|shown| shown.starts_with(line)), "{line}\nis not in\n{screen}");
    }
    assert!(!screen.contains("worker"), "{screen}");
    let full = cockpit.full(1, 80).unwrap();
    assert!(full.starts_with("shower 1 is minted; whether its key is public is not known\n"), "{full}");
    assert!(full.contains("  next      not known\n"), "{full}");
    assert_eq!(cockpit.full(45, 80), None);
    // With nothing but the showers.
    let bare = Seen { config: None, fairness: None, payees: None, block: None, label: None, ..self::seen() };
    let screen = Cockpit::of(bare, NOW).screen(80);
    assert!(screen.lines().any(|line| line.contains("13       open       1,000 wallets")), "{screen}");
}

#[test]
fn keys_that_are_due_or_late_are_marked() {
    let mut seen = seen();
    let due = 101 * HOUR;
    seen.block.as_mut().unwrap().time_ns = due * 1_000_000_000;
    let screen = Cockpit::of(seen, due).screen(100);
    assert!(screen.contains("due now: 1 until 1970-01-09, in 4 d 4 h"), "{screen}");
    let mut seen = self::seen();
    let late = 202 * HOUR;
    seen.block.as_mut().unwrap().time_ns = late * 1_000_000_000;
    let screen = Cockpit::of(seen, late + 300).screen(100);
    let expected = "! showers   1-2      key late   2,000 wallets, 160,000 UST, 8,000 UST to send back;\n              next: meteor refund, by anyone";
    assert!(screen.contains(expected), "{screen}");
    assert!(screen.lines().any(|line| line.starts_with("! keys") && line.contains("LATE: 1-2")), "{screen}");
    assert!(
        screen.contains("! chain     at height 12,345,678, whose block is 5 min old: the chain stands still"),
        "{screen}"
    );
}

#[test]
fn a_worker_that_was_off_for_long_has_more_than_is_counted() {
    let one = seen().custody.unwrap().remove(0);
    let screen =
        |count| Cockpit::of(Seen { custody: Some(vec![one.clone(); count]), ..seen() }, NOW).screen(80);
    assert!(screen(1_999).contains(" 1,999 cracked meteors wait"), "{}", screen(1_999));
    assert!(screen(2_000).contains(" at least 2,000 cracked meteors wait"), "{}", screen(2_000));
}

#[test]
fn fees_for_what_is_left_grow_with_it_and_end_with_it() {
    let needs = |seen: Seen| Cockpit::of(seen, NOW).accounts.first().unwrap().needs;
    let all = needs(seen());
    let mut done = seen();
    done.showers.as_mut().unwrap().retain(|state| state.shower == 8 || state.shower == 9);
    (done.custody, done.payees) = (Some(vec![]), Some(vec![]));
    assert_eq!(needs(done), Uint128::zero(), "refunded and empty");
    let mut fewer = seen();
    fewer.showers.as_mut().unwrap().pop();
    assert!(needs(fewer) < all && all < Uint128::new(90_000_000_000), "{all}");
}

#[test]
fn showers_in_a_few_characters() {
    assert_eq!(numbers(&[1, 2, 3, 5, 7, 8]), "1-3, 5, 7-8");
    assert_eq!(numbers(&[]), "");
}
