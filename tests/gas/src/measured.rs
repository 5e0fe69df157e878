//! What is measured: every verb of an event, and how verbs grow with the shower.

use anyhow::Result;
use cosmwasm_std::Addr;
use meteor_messages::shower::ExecuteMsg;
use meteor_testkit::wallets::address;

use crate::event::{Event, Row, amount, wallet};

const DAY: u64 = 24 * 60 * 60;

/// Wallets of a shower in the table of growth.
pub(crate) const SIZES: [u32; 5] = [10, 100, 1_000, 10_000, 100_000];

/// A size of shower, and what verbs cost in it.
pub(crate) type Growth = Vec<(u32, Vec<Row>)>;

/// Every verb, in a shower of 302 wallets; batches in several sizes.
pub(crate) fn verbs() -> Result<Vec<Row>> {
    let mut event = Event::launch();
    event.cost("instantiate, all five contracts", 1, Event::instantiate)?;
    event.open(1);
    let (alice, bob) = (address("alice"), address("bob"));
    for who in [&alice, &bob] {
        event.fund(who, 100_000_000)?;
    }
    event.cost("contribute, the first of a shower", 1, |event| event.contribute(&alice, 1, 9_000_500))?;
    event.fill(1, 300)?;
    event.cost("contribute, another wallet", 1, |event| event.contribute(&bob, 1, 8_100_500))?;
    event.cost("contribute, once more", 1, |event| event.contribute(&bob, 1, 50_000))?;
    event.cost("pause", 1, Event::pause)?;
    event.cost("resume", 1, |event| event.as_owner(&ExecuteMsg::Resume {}))?;
    let minimum = ExecuteMsg::SetMinimum { from_shower: 3, minimum: 9_000_000u32.into() };
    event.cost("set minimum", 1, |event| event.as_owner(&minimum))?;
    let operator = ExecuteMsg::SetOperator { address: address("operator").into() };
    event.cost("set operator", 1, |event| event.as_owner(&operator))?;

    event.open(2);
    event
        .cost("contribute, the first of a later shower", 1, |event| event.contribute(&alice, 2, 9_000_500))?;
    event.fill(2, 120)?;
    event.cost("cancel", 1, |event| event.as_owner(&ExecuteMsg::Cancel { shower: 2 }))?;
    let refunded: Vec<Addr> = (0..111).map(wallet).collect();
    let (one, rest) = refunded.split_at(1);
    let (ten, hundred) = rest.split_at(10);
    for who in [one, ten, hundred] {
        event.cost(&format!("refund {}", who.len()), who.len(), |event| event.refund(2, who))?;
    }

    event.cost("close", 1, Event::close)?;
    event.draw()?;
    event.cost("commit draw", 1, Event::commit_draw)?;
    // Each in another tier: a message is of one, and they have 10, 26, 66 and 200 meteors here.
    for (count, tier_ends) in [(1, 10), (10, 36), (50, 102), (100, 302)] {
        event.cost(&format!("mint {count}"), usize::try_from(count)?, |event| event.mint(count))?;
        event.mint_up_to(tier_ends)?;
    }
    event.cost("settle, two payees", 1, Event::settle)?;
    event.cost("withdraw", 1, Event::withdraw)?;
    event.send_unasked(7)?;
    event.cost("return unasked coins", 1, |event| event.return_unasked(7))?;
    event.cost("transfer a meteor", 1, |event| event.transfer(100))?;
    event.cost("crack", 1, |event| event.crack(1))?;
    for rank in 2..=42 {
        event.crack(rank)?;
    }
    for (ranks, count) in [(1..=1, 1), (2..=11, 10), (12..=41, 30)] {
        event.cost(&format!("reveal {count}"), count, |event| event.reveal(ranks))?;
    }
    event.advance(8 * DAY);
    event.cost("reclaim", 1, |event| event.reclaim(42))?;
    event.advance(31 * DAY);
    event.cost("publish key", 1, Event::publish_key)?;
    event.cost("settle what was held back", 1, Event::settle)?;
    event.rows.extend(without_key()?);
    Ok(event.rows)
}

/// A shower whose key is not published: what was held back goes back to the contributors.
fn without_key() -> Result<Vec<Row>> {
    let mut event = Event::launch();
    event.open(1);
    event.fill(1, 302)?;
    event.end();
    event.close()?;
    event.draw()?;
    event.commit_draw()?;
    event.mint_up_to(302)?;
    event.advance(46 * DAY);
    let refunded: Vec<Addr> = (0..111).map(wallet).collect();
    let (one, rest) = refunded.split_at(1);
    let (ten, hundred) = rest.split_at(10);
    for who in [one, ten, hundred] {
        let verb = format!("refund {} of what was held back", who.len());
        event.cost(&verb, who.len(), |event| event.refund(1, who))?;
    }
    Ok(event.rows)
}

/// The verbs whose cost could depend on how many wallets a shower has, in showers of [`SIZES`].
pub(crate) fn growth() -> Result<Growth> {
    SIZES.into_iter().map(|wallets| Ok((wallets, in_shower_of(wallets)?))).collect()
}

fn in_shower_of(wallets: u32) -> Result<Vec<Row>> {
    let mut event = Event::launch();
    event.open(1);
    event.fill(1, wallets - 1)?;
    // Into the middle of the ranking.
    let (alice, middle) = (address("alice"), amount(wallets / 2) + 500);
    event.fund(&alice, middle + 200)?;
    event.cost("contribute, another wallet", 1, |event| event.contribute(&alice, 1, middle))?;
    event.cost("contribute, once more", 1, |event| event.contribute(&alice, 1, 200))?;
    event.end();
    event.cost("close", 1, Event::close)?;
    event.draw()?;
    event.cost("commit draw", 1, Event::commit_draw)?;
    event.cost("mint 5", 5, |event| event.mint(5))?;
    event.cost("settle, two payees", 1, Event::settle)?;
    event.cost("crack", 1, |event| event.crack(1))?;
    event.cost("reveal 1", 1, |event| event.reveal(1..=1))?;
    if wallets >= 1_000 {
        // Tokens with the longest numbers, in a collection that is as large as it gets.
        event.mint_up_to(wallets - 610)?;
        // As the operator's job does it: several messages share the start of the contracts.
        event.cost("mint 500 in 5 messages near the end", 500, |event| {
            (0..5).try_for_each(|_| event.mint(100))
        })?;
        event.cost("mint 100 near the end", 100, |event| event.mint(100))?;
    }
    event.advance(8 * DAY); // past the deadline of minting
    let last = event.ranked(wallets)?;
    event.cost("refund 1", 1, |event| event.refund(1, &[last]))?;
    Ok(event.rows)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // that is how tests fail
mod tests {
    use super::*;

    /// What is not measured runs natively (see `artifact`): that must make no difference to what is measured
    /// later.
    #[test]
    fn an_event_leaves_the_same_state_natively_and_in_the_vm() {
        let whole = |event: &mut Event| {
            event.open(1);
            event.fill(1, 7)?;
            event.end();
            event.close()?;
            event.draw()?;
            event.commit_draw()?;
            event.mint(5)?;
            event.settle()?;
            for rank in 1..=3 {
                event.crack(rank)?;
            }
            event.reveal(1..=2)?;
            event.advance(8 * DAY);
            event.reclaim(3)?;
            event.refund(1, &[event.ranked(7)?])
        };
        let (mut natively, mut in_vm) = (Event::launch(), Event::launch());
        whole(&mut natively).unwrap();
        in_vm.cost("all of it", 1, whole).unwrap();
        assert_eq!(natively.rows.len(), 0);
        assert!(in_vm.rows.iter().all(|row| row.gas.machine > 0));
        assert!(natively.state() == in_vm.state(), "some byte differs");
    }
}
