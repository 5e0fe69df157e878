//! Whether the meter is right: what a real node charged for the same transactions is this meter's figure and
//! what a transaction costs whatever contract it calls.

use anyhow::Result;
use meteor_testkit::wallets::address;

use crate::event::{Event, Row};

/// What wasmd 0.61.14 charged on 2026-11-26 in `a_whole_event_keeps_to_its_gas` of
/// `tests/tests/real_node.rs`, which prints them: gas used, bytes of the transaction, coins that moved beside the
/// fee, and whether it was its account's first transaction.
const REAL: [(&str, u64, u64, u64, bool); 10] = [
    ("contribute, the first of a shower", 172_172, 377, 1, true),
    ("contribute, another wallet", 171_229, 377, 1, true),
    ("contribute, once more", 159_081, 372, 1, false),
    ("close", 157_157, 355, 0, true),
    ("commit draw", 139_247, 557, 0, false),
    ("mint 3 and 1", 340_969, 1_878, 0, false),
    ("settle, two payees", 139_373, 358, 0, false),
    ("withdraw", 151_135, 404, 1, false),
    ("crack", 212_053, 453, 0, false),
    ("reveal 1", 317_935, 763, 0, false),
];

/// A byte of the transaction: the SDK's `TxSizeCostPerByte`.
const BYTE: u64 = 10;
// Three figures fitted to the ten above: signature, fee and everything else that every transaction pays; the
// public key, which an account's first one writes; the bank's moving one coin.
const TRANSACTION: u64 = 50_900;
const PUBLIC_KEY: u64 = 13_200;
const TRANSFER: u64 = 18_200;

/// The event of that test: one shower of four wallets.
fn measured() -> Result<Vec<Row>> {
    let mut event = Event::launch_small();
    event.open(1);
    let wallets = ["one", "two", "three", "four"].map(address);
    for (who, amount) in wallets.iter().zip([14_000_000, 15_000_000, 16_000_000, 17_000_000]) {
        event.fund(who, amount + 1)?;
        let verb = if amount == 14_000_000 {
            "contribute, the first of a shower"
        } else {
            "contribute, another wallet"
        };
        event.cost(verb, 1, |event| event.contribute(who, 1, amount))?;
    }
    let [first, ..] = &wallets;
    event.cost("contribute, once more", 1, |event| event.contribute(first, 1, 1))?;
    event.end();
    event.cost("close", 1, Event::close)?;
    event.draw()?;
    event.cost("commit draw", 1, Event::commit_draw)?;
    // As the operator's job does it: a message a tier, in one transaction.
    event.cost("mint 3 and 1", 4, |event| event.mint_up_to(4))?;
    event.cost("settle, two payees", 1, Event::settle)?;
    event.cost("withdraw", 1, Event::withdraw)?;
    event.cost("crack", 1, |event| event.crack(1))?;
    event.cost("reveal 1", 1, |event| event.reveal(1..=1))?;
    Ok(event.rows)
}

#[test]
#[allow(clippy::unwrap_used)] // that is how tests fail
fn a_real_node_charges_the_same_and_for_the_transaction() {
    let measured = measured().unwrap();
    for (verb, real, bytes, transfers, first) in REAL {
        let row = measured.iter().find(|row| row.verb == verb).unwrap();
        let explained =
            row.gas.total() + BYTE * bytes + TRANSFER * transfers + if first { PUBLIC_KEY } else { 0 };
        println!("{verb}: {real} on the node, {} here, {} besides", row.gas.total(), real - explained);
        assert!(
            (real - explained).abs_diff(TRANSACTION) <= 1_800,
            "{verb}: {real} on the node, {:?}",
            row.gas
        );
    }
}
