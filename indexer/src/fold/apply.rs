//! One block onto the state.

use std::collections::{BTreeMap, VecDeque};

use cosmwasm_std::Uint128;
use meteor_messages::events::{Burn, Contribution, Mint, Minted, NftEvent, Role, ShowerEvent, Transfer};
use meteor_messages::shower::{InstantiateMsg, MinimumFrom};
use meteor_rules::log::Entry as LogEntry;

use super::error::same;
use super::{At, Block, ChainEvent, Entry, FoldError, FoldFault, Launched, Shower, State, Token};

/// A meteor that a mint has announced and the collection has yet to tell of.
struct Announced {
    id: u64,
    wallet: u32,
    shower: u32,
    rank: u32,
}

/// What must come out even by the end of a block.
#[derive(Default)]
struct Pending {
    meteors: VecDeque<Announced>,
    payments: BTreeMap<u32, u128>,
}

/// Applies `block`, which must be the next one.
///
/// # Errors
/// [`FoldError`] with the event that doesn't fit. `state` is then half-way through the block: throw it away.
pub fn apply(state: &mut State, block: &Block) -> Result<(), FoldError> {
    let fail = |tx, index, fault| FoldError { height: block.height, tx, index, fault };
    follows(state.at, block).map_err(|fault| fail(0, 0, fault))?;
    let mut pending = Pending::default();
    for located in &block.events {
        let done = match &located.event {
            ChainEvent::Shower(event) => shower_event(state, block.height, event, &mut pending),
            ChainEvent::Meteors(event) => nft_event(state, block.height, event, &mut pending),
        };
        done.map_err(|fault| fail(located.tx, located.index, fault))?;
    }
    let left = match (pending.meteors.front(), pending.payments.values().find(|left| **left != 0)) {
        (Some(announced), _) => Err(FoldFault::Mint(announced.id)),
        (None, Some(left)) => same("payments", 0, *left),
        (None, None) => Ok(()),
    };
    left.map_err(|fault| fail(usize::MAX, usize::MAX, fault))?;
    state.at = At { height: block.height, time_ns: block.time_ns, hash: block.hash };
    Ok(())
}

/// A first block may have any height; every later one must continue the one before.
fn follows(at: At, block: &Block) -> Result<(), FoldFault> {
    if at.height == 0 {
        return Ok(());
    }
    let wanted = at.height.saturating_add(1);
    if block.height != wanted {
        return Err(FoldFault::Height { given: block.height, wanted });
    }
    if block.parent == Some(at.hash) { Ok(()) } else { Err(FoldFault::Parent) }
}

fn shower_event(
    state: &mut State,
    height: u64,
    event: &ShowerEvent,
    pending: &mut Pending,
) -> Result<(), FoldFault> {
    match event {
        ShowerEvent::Contribution(event) => contribution(state, height, event),
        ShowerEvent::Launch(event) => launch(state, height, &event.config.0),
        ShowerEvent::Collection(event) => {
            if event.kind != "meteors" {
                return Err(FoldFault::UnknownWord { field: "kind", given: event.kind.clone() });
            }
            launched(state, height)?;
            state.meteors = Some(event.address.clone());
            Ok(())
        }
        ShowerEvent::Close(event) => {
            shower(state, event.shower, height)?.close(event.contributors, event.total, event.log)
        }
        ShowerEvent::Mint(event) => mint(state, height, event, pending),
        ShowerEvent::Settle(event) => {
            let shower = shower(state, event.shower, height)?;
            shower.settled = shower.settled.checked_add(event.amount).ok_or(FoldFault::Overflow)?;
            let left = pending.payments.entry(event.shower).or_default();
            *left = left.checked_add(event.amount).ok_or(FoldFault::Overflow)?;
            Ok(())
        }
        ShowerEvent::Payment(event) => {
            let left = pending.payments.entry(event.shower).or_default();
            // Payments come after the settle that says how much they are together.
            *left = left.checked_sub(event.amount).ok_or(FoldFault::Differs {
                field: "payment",
                given: event.amount.to_string(),
                computed: left.to_string(),
            })?;
            let paid = launched(state, height)?.paid.entry(event.payee.clone()).or_default();
            *paid = paid.checked_add(event.amount).ok_or(FoldFault::Overflow)?;
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
            shower(state, event.shower, height)?.refund(slot, event.amount)
        }
        ShowerEvent::Pause(_) => {
            launched(state, height)?.paused = true;
            Ok(())
        }
        ShowerEvent::Resume(_) => {
            launched(state, height)?.paused = false;
            Ok(())
        }
        ShowerEvent::Minimum(event) => {
            let minimums = &mut launched(state, height)?.minimums;
            minimums.retain(|minimum| minimum.from_shower != event.from_shower);
            let minimum = Uint128::new(event.minimum);
            minimums.push(MinimumFrom { from_shower: event.from_shower, minimum });
            minimums.sort_unstable_by_key(|minimum| minimum.from_shower);
            // Showers show their minimum, so those it holds for have changed too.
            let from = event.from_shower;
            state.showers.iter_mut().filter(|s| s.number >= from).for_each(|s| s.changed = height);
            Ok(())
        }
        ShowerEvent::Role(event) => role(launched(state, height)?, event),
    }
}

fn launch(state: &mut State, height: u64, config: &InstantiateMsg) -> Result<(), FoldFault> {
    if state.launched.is_some() {
        return Err(FoldFault::LaunchedTwice);
    }
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
    let wallets = shower(state, event.shower, height)?.mint(event.first_rank, event.count, event.amount)?;
    let first_number = state.earlier(event.shower).saturating_add(u64::from(event.first_rank));
    same("first_number", event.first_number, first_number)?;
    let ranks = event.first_rank..;
    pending.meteors.extend(
        wallets.into_iter().zip(ranks).zip(first_number..).map(|((wallet, rank), id)| Announced {
            id,
            wallet,
            shower: event.shower,
            rank,
        }),
    );
    Ok(())
}

fn nft_event(
    state: &mut State,
    height: u64,
    event: &NftEvent,
    pending: &mut Pending,
) -> Result<(), FoldFault> {
    match event {
        NftEvent::Minted(event) => minted(state, height, event, pending),
        NftEvent::Transfer(Transfer { token_id, from, to }) => {
            let to = state.wallets.intern(to)?;
            moved(state, height, *token_id, from, Some(to))
        }
        NftEvent::Burn(Burn { token_id, owner }) => moved(state, height, *token_id, owner, None),
    }
}

fn minted(state: &mut State, height: u64, event: &Minted, pending: &mut Pending) -> Result<(), FoldFault> {
    let announced = pending.meteors.pop_front().ok_or(FoldFault::Mint(event.token_id))?;
    same("token_id", event.token_id, announced.id)?;
    let owner = state.wallets.get_mut(announced.wallet)?;
    if *owner.address != *event.owner {
        return Err(FoldFault::Differs {
            field: "owner",
            given: event.owner.clone(),
            computed: owner.address.to_string(),
        });
    }
    owner.tokens.insert(event.token_id);
    let token = Token {
        owner: announced.wallet,
        shower: announced.shower,
        rank: announced.rank,
        burnt: false,
        height,
        image: event.image.as_str().into(),
        traits: event.traits.as_slice().into(),
    };
    if state.tokens.by_id.insert(event.token_id, token).is_some() {
        return Err(FoldFault::Mint(event.token_id)); // an id never returns
    }
    state.tokens.order.push_back(event.token_id);
    state.tokens.changed = height;
    Ok(())
}

/// Moves a token to another wallet, or out of the world.
fn moved(state: &mut State, height: u64, id: u64, from: &str, to: Option<u32>) -> Result<(), FoldFault> {
    let token = state.tokens.by_id.get_mut(&id).filter(|token| !token.burnt).ok_or(FoldFault::NoToken(id))?;
    let owner = state.wallets.get_mut(token.owner)?;
    if *owner.address != *from {
        return Err(FoldFault::Differs {
            field: "from",
            given: from.to_owned(),
            computed: owner.address.to_string(),
        });
    }
    owner.tokens.remove(&id);
    if let Some(to) = to {
        token.owner = to;
        state.wallets.get_mut(to)?.tokens.insert(id);
    } else {
        token.burnt = true;
        state.tokens.burnt = state.tokens.burnt.saturating_add(1);
    }
    state.tokens.changed = height;
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

/// The launched event, about to change.
fn launched(state: &mut State, height: u64) -> Result<&mut Launched, FoldFault> {
    let launched = state.launched.as_mut().ok_or(FoldFault::NotLaunched)?;
    launched.changed = height;
    Ok(launched)
}

/// A shower, about to change.
fn shower(state: &mut State, number: u32, height: u64) -> Result<&mut Shower, FoldFault> {
    if state.launched.is_none() {
        return Err(FoldFault::NotLaunched);
    }
    let index = number.checked_sub(1).and_then(|index| usize::try_from(index).ok());
    let shower = index.and_then(|at| state.showers.get_mut(at)).ok_or(FoldFault::NoShower(number))?;
    shower.changed = height;
    Ok(shower)
}
