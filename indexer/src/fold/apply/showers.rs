//! Applies events of the shower contract.

use std::collections::BTreeMap;
use std::sync::Arc;

use cosmwasm_std::Uint128;
use meteor_messages::events::{Close, Contribution, Mint, ReturnUnasked, Role, ShowerEvent};
use meteor_messages::shower::{InstantiateMsg, MinimumFrom};
use meteor_rules::log::Entry as LogEntry;
use meteor_rules::{NANOS_PER_SECOND, Rank, ShowerId, TokenId};

use super::{Announced, Pending, launched, made, shower};
use crate::fold::error::{bytes32, same};
use crate::fold::{
    Block, BlockPart, Closing, Contracts, Entry, FoldFault, Launched, Received, Shower, State, Unasked,
};

pub(super) fn shower_event(
    state: &mut State,
    block: &Block,
    place: BlockPart,
    event: &ShowerEvent,
    pending: &mut Pending,
) -> Result<(), FoldFault> {
    let height = block.height;
    match event {
        ShowerEvent::Contribution(event) => {
            account(state, place, event, pending);
            contribution(state, block, event)
        }
        ShowerEvent::Launch(event) => launch(state, height, &event.chain_id, &event.config.0),
        ShowerEvent::Collection(event) => {
            launched(state, height)?;
            let Contracts { meteors, hatchery, .. } = &mut state.contracts;
            made(&event.kind, &event.address, [("meteors", meteors), ("hatchery", hatchery)])
        }
        ShowerEvent::Close(event) => close(state, block, event),
        ShowerEvent::Draw(event) => shower(state, event.shower, height)?.commit(event),
        ShowerEvent::Key(event) => {
            let shower = shower(state, event.shower, height)?;
            let key = bytes32("key", &event.key)?;
            if shower.key.is_some() {
                return Err(FoldFault::Again("key"));
            }
            (shower.key, shower.key_in_time) = (Some(key), event.in_time);
            Ok(())
        }
        ShowerEvent::Mint(event) => mint(state, height, event, pending),
        ShowerEvent::Settle(event) => {
            let shower = shower(state, event.shower, height)?;
            shower.settled = shower.settled.checked_add(event.amount).ok_or(FoldFault::Overflow)?;
            let left = pending.payments.entry(event.shower).or_default();
            *left = left.checked_add(event.amount).ok_or(FoldFault::Overflow)?;
            Ok(())
        }
        ShowerEvent::Share(event) => {
            let left = pending.payments.entry(event.shower).or_default();
            // Shares come after the settle that names their sum.
            *left = left.checked_sub(event.amount).ok_or_else(|| FoldFault::Differs {
                field: "share",
                given: event.amount.to_string(),
                computed: left.to_string(),
            })?;
            let booked = launched(state, height)?.booked.entry(event.payee.clone()).or_default();
            *booked = booked.checked_add(event.amount).ok_or(FoldFault::Overflow)?;
            Ok(())
        }
        ShowerEvent::Withdraw(event) => {
            let launched = launched(state, height)?;
            let booked = launched.booked.get(&event.payee).copied().unwrap_or_default();
            let paid = launched.paid.entry(event.payee.clone()).or_default();
            same("amount", event.amount, booked.saturating_sub(*paid))?;
            *paid = booked;
            Ok(())
        }
        ShowerEvent::ReturnUnasked(ReturnUnasked { to, amount, denom }) => {
            let time = block.time_ns / NANOS_PER_SECOND;
            let (who, denom) = (to.clone(), denom.clone());
            state.returned.push_back(Unasked { height, time, who, amount: *amount, denom });
            Ok(())
        }
        ShowerEvent::Cancel(event) => {
            shower(state, event.shower, height)?.cancelled = true;
            Ok(())
        }
        ShowerEvent::Refund(event) => {
            let number = state.wallets.number(&event.contributor);
            let slot = number.and_then(|number| state.wallets.get(number)?.slot(event.shower));
            let slot = slot.ok_or_else(|| FoldFault::NoContribution {
                wallet: event.contributor.clone(),
                shower: event.shower,
            })?;
            let holdback_bp = state.launched.as_ref().ok_or(FoldFault::NotLaunched)?.config.holdback_bp;
            shower(state, event.shower, height)?.refund(slot, event, holdback_bp)
        }
        ShowerEvent::Pause(_) => {
            launched(state, height)?.paused_since = Some(block.time_ns);
            Ok(())
        }
        ShowerEvent::Resume(event) => {
            launched(state, height)?.paused_since = None;
            let touched = event.from_shower.max(1)..=event.to_shower;
            let touched = state.showers.iter_mut().filter(|shower| touched.contains(&shower.number));
            for shower in touched.map(Arc::make_mut) {
                (shower.paused, shower.changed) = (true, height);
            }
            Ok(())
        }
        ShowerEvent::Minimum(event) => {
            let minimums = &mut launched(state, height)?.minimums;
            minimums.retain(|minimum| minimum.from_shower != event.from_shower);
            let minimum = Uint128::new(event.minimum);
            minimums.push(MinimumFrom { from_shower: event.from_shower, minimum });
            minimums.sort_unstable_by_key(|minimum| minimum.from_shower);
            // A shower shows its minimum, so every shower it holds for has changed.
            let from = event.from_shower;
            let later = state.showers.iter_mut().filter(|shower| shower.number >= from);
            later.for_each(|shower| Arc::make_mut(shower).changed = height);
            Ok(())
        }
        ShowerEvent::Role(event) => role(launched(state, height)?, event),
    }
}

fn close(state: &mut State, block: &Block, event: &Close) -> Result<(), FoldFault> {
    let config = &state.launched.as_ref().ok_or(FoldFault::NotLaunched)?.config;
    let at = block.time_ns.div_ceil(NANOS_PER_SECOND);
    let closes_at = config.schedule.closes_at(event.shower).ok_or(FoldFault::NoShower(event.shower))?;
    let beacon_round = config.fairness.beacon.round(at, closes_at).ok_or(FoldFault::Overflow)?;
    shower(state, event.shower, block.height)?.close(event, Closing { at, beacon_round })
}

/// Accounts a contribution's coins to it: of those that came in its transaction and before it, the last that its
/// contributor sent, of just its amount if there are such (a tax on the way may have taken a part).
fn account(state: &State, place: BlockPart, event: &Contribution, pending: &mut Pending) {
    let Some(denom) = state.launched.as_ref().map(|launched| &launched.config.denom) else { return };
    let of = |exact: bool| {
        move |(at, coins): &(BlockPart, Received)| {
            *at == place
                && coins.sender == event.contributor
                && coins.denom == *denom
                && (!exact || coins.amount == event.amount)
        }
    };
    let found = pending.received.iter().rposition(of(true));
    if let Some(found) = found.or_else(|| pending.received.iter().rposition(of(false))) {
        pending.received.remove(found);
    }
}

fn launch(state: &mut State, height: u64, chain_id: &str, config: &InstantiateMsg) -> Result<(), FoldFault> {
    if state.launched.is_some() {
        return Err(FoldFault::LaunchedTwice);
    }
    let count = usize::try_from(config.schedule.count).map_err(|_| FoldFault::Overflow)?;
    same("commitments", config.fairness.commitments.len(), count)?;
    config.fairness.commitments.iter().try_for_each(|one| bytes32("commitment", one).map(drop))?;
    bytes32("tables", &config.fairness.tables)?;
    let contract = &state.contract;
    state.showers =
        (1..=config.schedule.count).map(|n| Arc::new(Shower::new(chain_id, contract, n))).collect();
    state.launched = Some(Launched {
        chain_id: chain_id.to_owned(),
        owner: config.owner.clone(),
        pending_owner: String::new(),
        operator: config.operator.clone(),
        guardian: config.guardian.clone(),
        paused_since: None,
        minimums: vec![MinimumFrom { from_shower: 1, minimum: config.minimum }],
        booked: BTreeMap::new(),
        paid: BTreeMap::new(),
        changed: height,
        config: config.clone(),
    });
    Ok(())
}

fn contribution(state: &mut State, block: &Block, event: &Contribution) -> Result<(), FoldFault> {
    same("seq", event.seq, state.last_seq.saturating_add(1))?;
    let number = state.wallets.intern(&event.contributor)?;
    let known = state.wallets.get(number).and_then(|wallet| wallet.slot(event.shower));
    let shower = shower(state, event.shower, block.height)?;
    let Contribution { seq, contributor, amount, total, .. } = event;
    let entry = LogEntry { seq: *seq, contributor, amount: *amount, total: *total };
    let at = (block.height, block.time_ns / NANOS_PER_SECOND);
    let slot = shower.contribute(at, number, known, &entry)?;
    same("shower_total", event.shower_total, shower.total)?;
    same("contributors", event.contributors, shower.contributors())?;
    if known.is_none() {
        state.wallets.enter(number, Entry { shower: event.shower, slot })?;
    }
    state.last_seq = event.seq;
    state.contributions = state.contributions.saturating_add(1);
    Ok(())
}

fn mint(state: &mut State, height: u64, event: &Mint, pending: &mut Pending) -> Result<(), FoldFault> {
    let first_rank = Rank(event.first_rank);
    let holdback_bp = state.launched.as_ref().ok_or(FoldFault::NotLaunched)?.config.holdback_bp;
    let minting = shower(state, event.shower, height)?;
    let wallets = minting.mint(first_rank, event.count, event.amount, holdback_bp)?;
    let first = TokenId::of(state.earlier(event.shower), first_rank).ok_or(FoldFault::Overflow)?;
    same("first_number", event.first_number, first.0)?;
    let ranks = event.first_rank..;
    pending.meteors.extend(wallets.into_iter().zip(ranks).zip(first.0..).map(|((wallet, rank), id)| {
        Announced { id, wallet, shower: ShowerId(event.shower), rank: Rank(rank) }
    }));
    Ok(())
}

fn role(launched: &mut Launched, event: &Role) -> Result<(), FoldFault> {
    let holder = match event.role.as_str() {
        "owner" => &mut launched.owner,
        "pending_owner" => &mut launched.pending_owner,
        "operator" => &mut launched.operator,
        "guardian" => &mut launched.guardian,
        _ => return Err(FoldFault::UnknownWord { field: "role", given: event.role.clone() }),
    };
    holder.clone_from(&event.address);
    Ok(())
}
