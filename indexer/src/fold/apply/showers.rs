//! Applies events of the shower contract.

use std::collections::BTreeMap;

use cosmwasm_std::Uint128;
use meteor_messages::events::{Close, Contribution, Mint, Role, ShowerEvent};
use meteor_messages::shower::{InstantiateMsg, MinimumFrom, Refunded};
use meteor_rules::log::Entry as LogEntry;
use meteor_rules::{NANOS_PER_SECOND, Rank, ShowerId, TokenId};

use super::{Announced, Pending, launched, made, shower};
use crate::fold::error::{bytes32, same};
use crate::fold::{Block, Closing, Contracts, Entry, FoldFault, Launched, Shower, State};

pub(super) fn shower_event(
    state: &mut State,
    block: &Block,
    event: &ShowerEvent,
    pending: &mut Pending,
) -> Result<(), FoldFault> {
    let height = block.height;
    match event {
        ShowerEvent::Contribution(event) => contribution(state, height, event),
        ShowerEvent::Launch(event) => launch(state, height, &event.config.0),
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
            shower.key_in_time = event.in_time;
            match shower.key.replace(key) {
                Some(_) => Err(FoldFault::Again("key")),
                None => Ok(()),
            }
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
            *left = left.checked_sub(event.amount).ok_or(FoldFault::Differs {
                field: "share",
                given: event.amount.to_string(),
                computed: left.to_string(),
            })?;
            Ok(())
        }
        ShowerEvent::Withdraw(event) => {
            let paid = launched(state, height)?.paid.entry(event.payee.clone()).or_default();
            *paid = paid.checked_add(event.amount).ok_or(FoldFault::Overflow)?;
            Ok(())
        }
        ShowerEvent::ReturnUnasked(_) => Ok(()),
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
            match event.what {
                Refunded::Contribution => shower(state, event.shower, height)?.refund(slot, event.amount),
                // The meteor stays, and so does the contribution.
                Refunded::Holdback => Ok(()),
            }
        }
        ShowerEvent::Pause(_) => {
            launched(state, height)?.paused = true;
            Ok(())
        }
        ShowerEvent::Resume(event) => {
            launched(state, height)?.paused = false;
            let touched = event.from_shower.max(1)..=event.to_shower;
            for shower in state.showers.iter_mut().filter(|shower| touched.contains(&shower.number)) {
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
            state.showers.iter_mut().filter(|s| s.number >= from).for_each(|s| s.changed = height);
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

fn launch(state: &mut State, height: u64, config: &InstantiateMsg) -> Result<(), FoldFault> {
    if state.launched.is_some() {
        return Err(FoldFault::LaunchedTwice);
    }
    let count = usize::try_from(config.schedule.count).map_err(|_| FoldFault::Overflow)?;
    same("commitments", config.fairness.commitments.len(), count)?;
    config.fairness.commitments.iter().try_for_each(|one| bytes32("commitment", one).map(drop))?;
    bytes32("tables", &config.fairness.tables)?;
    let (chain_id, contract) = (&state.chain_id, &state.contract);
    state.showers = (1..=config.schedule.count).map(|n| Shower::new(chain_id, contract, n)).collect();
    state.launched = Some(Launched {
        owner: config.owner.clone(),
        pending_owner: String::new(),
        operator: config.operator.clone(),
        guardian: config.guardian.clone(),
        paused: false,
        minimums: vec![MinimumFrom { from_shower: 1, minimum: config.minimum }],
        paid: BTreeMap::new(),
        changed: height,
        config: config.clone(),
    });
    Ok(())
}

fn contribution(state: &mut State, height: u64, event: &Contribution) -> Result<(), FoldFault> {
    same("seq", event.seq, state.last_seq.saturating_add(1))?;
    let number = state.wallets.intern(&event.contributor)?;
    let known = state.wallets.get(number).and_then(|wallet| wallet.slot(event.shower));
    let shower = shower(state, event.shower, height)?;
    let Contribution { seq, contributor, amount, total, .. } = event;
    let entry = LogEntry { seq: *seq, contributor, amount: *amount, total: *total };
    let slot = shower.contribute(number, known, &entry)?;
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
    let wallets = shower(state, event.shower, height)?.mint(first_rank, event.count, event.amount)?;
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
