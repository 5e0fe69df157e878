//! Applies one block to the state. Each contract's events have a file; here is what must balance at the
//! block's end.

mod hatchery;
mod showers;
mod tokens;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use meteor_rules::{Rank, ShowerId};

use super::error::same;
use meteor_messages::events::{HatcheryEvent, NftEvent, ShowerEvent};
use meteor_rules::NANOS_PER_SECOND;

use super::{
    At, Block, BlockPart, ChainEvent, Collection, FoldError, FoldFault, Launched, Located, Received, Shower,
    State, Token, Unasked,
};
use hatchery::hatchery_event;
use showers::shower_event;
use tokens::nft_event;

/// A meteor that a mint announced and that the collection has yet to mint.
struct Announced {
    id: u64,
    wallet: u32,
    shower: ShowerId,
    rank: Rank,
}

/// What the meteors' contract has yet to do after an event of the hatchery.
enum Leaving {
    /// Burn it, because it was revealed.
    Burn,
    /// Return it to this wallet, because it was reclaimed.
    Back(u32),
}

/// What must balance by the end of a block.
#[derive(Default)]
struct Pending {
    /// Meteors that left custody, by number.
    leaving: BTreeMap<u64, Leaving>,
    /// Eggs and dust that a reveal has announced, by number.
    found: BTreeMap<u64, (Collection, Token)>,
    meteors: VecDeque<Announced>,
    payments: BTreeMap<u32, u128>,
    /// Coins that came and that no contribution has accounted for.
    received: Vec<(BlockPart, Received)>,
}

/// Applies `block`, which must be the next one.
///
/// What can't be true raises an alarm and is passed over, unless later numbers depend on it: ranking, tiers, meteor
/// numbers and money follow from the launch, contributions, closes and mints (see `stops`). Docs of operators say
/// which is which (`docs/operators.md`, "Alarms and halts").
///
/// # Errors
/// [`FoldError`] with the event that contradicts the state. `state` is then half-way through the block:
/// discard it.
pub fn apply(state: &mut State, block: &Block) -> Result<(), FoldError> {
    let fail = |place, index, fault| FoldError { height: block.height, place, index, fault };
    follows(state.at, block).map_err(|fault| fail(BlockPart::Begin, 0, fault))?;
    let mut pending = Pending::default();
    for Located { place, index, event } in &block.events {
        let done = match event {
            ChainEvent::Shower(event) => shower_event(state, block, *place, event, &mut pending),
            ChainEvent::Hatchery(event) => hatchery_event(state, block.height, event, &mut pending),
            ChainEvent::Nft(of, event) => nft_event(state, block.height, *of, event, &mut pending),
            ChainEvent::Received(coins) => {
                pending.received.push((*place, coins.clone()));
                Ok(())
            }
        };
        if let Err(fault) = done {
            let error = fail(*place, *index, fault);
            if stops(event) || error.fault == FoldFault::NotLaunched {
                return Err(error);
            }
            state.alarms.raise(block.height, format!("{error}: {}", error.fault));
        } else {
            state.recent.add(block.height, event);
        }
    }
    // A mint tells how many ranks have their meteor: if one of them doesn't come, that number is false.
    if let Some(announced) = pending.meteors.front() {
        return Err(fail(BlockPart::End, 0, FoldFault::Mint(announced.id)));
    }
    for fault in left_open(&pending) {
        state.alarms.raise(block.height, format!("block {}: {fault}", block.height));
    }
    let time = block.time_ns / NANOS_PER_SECOND;
    state.unasked.extend(pending.received.into_iter().map(|(_, Received { sender, amount, denom })| {
        Unasked { height: block.height, time, who: sender, amount, denom }
    }));
    if state.first == 0 {
        state.first = block.height;
    }
    state.at = At { height: block.height, time_ns: block.time_ns, hash: block.hash };
    Ok(())
}

/// Whether later numbers depend on what `event` says, so that the fold can't go on if it is false.
const fn stops(event: &ChainEvent) -> bool {
    match event {
        ChainEvent::Shower(event) => match event {
            ShowerEvent::Launch(_)
            | ShowerEvent::Collection(_)
            | ShowerEvent::Contribution(_)
            | ShowerEvent::Close(_)
            | ShowerEvent::Mint(_) => true,
            ShowerEvent::Draw(_)
            | ShowerEvent::Key(_)
            | ShowerEvent::Settle(_)
            | ShowerEvent::Share(_)
            | ShowerEvent::Withdraw(_)
            | ShowerEvent::Cancel(_)
            | ShowerEvent::Refund(_)
            | ShowerEvent::ReturnUnasked(_)
            | ShowerEvent::Pause(_)
            | ShowerEvent::Resume(_)
            | ShowerEvent::Minimum(_)
            | ShowerEvent::Role(_) => false,
        },
        ChainEvent::Hatchery(event) => match event {
            HatcheryEvent::Nest(_) => true,
            HatcheryEvent::Crack(_) | HatcheryEvent::Revealed(_) | HatcheryEvent::Reclaim(_) => false,
        },
        ChainEvent::Nft(of, event) => match event {
            // A meteor that was not announced, or is another than was announced, makes the mint false.
            NftEvent::Minted(_) => matches!(of, Collection::Meteors),
            NftEvent::Transfer(_) | NftEvent::Burn(_) => false,
        },
        ChainEvent::Received(_) => false,
    }
}

/// What was announced in a block and has not happened.
fn left_open(pending: &Pending) -> impl Iterator<Item = FoldFault> {
    let moves = pending.leaving.keys().chain(pending.found.keys()).map(|id| FoldFault::NotFollowed(*id));
    moves.chain(pending.payments.values().filter_map(|left| same("shares", 0, *left).err()))
}

/// The first block may have any height. Every later one must continue its predecessor.
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

/// Records a contract of one of these kinds. It must be the first of its kind.
fn made<const N: usize>(
    kind: &str,
    address: &str,
    of: [(&'static str, &mut Option<String>); N],
) -> Result<(), FoldFault> {
    let found = of.into_iter().find(|(name, _)| *name == kind);
    let (name, place) =
        found.ok_or_else(|| FoldFault::UnknownWord { field: "kind", given: kind.to_owned() })?;
    if place.is_some() {
        return Err(FoldFault::Again(name));
    }
    *place = Some(address.to_owned());
    Ok(())
}

/// The launch, marked as changed.
fn launched(state: &mut State, height: u64) -> Result<&mut Launched, FoldFault> {
    let launched = state.launched.as_mut().ok_or(FoldFault::NotLaunched)?;
    launched.changed = height;
    Ok(launched)
}

/// A shower, marked as changed.
fn shower(state: &mut State, number: u32, height: u64) -> Result<&mut Shower, FoldFault> {
    if state.launched.is_none() {
        return Err(FoldFault::NotLaunched);
    }
    let shower = ShowerId(number).index().and_then(|at| state.showers.get_mut(at));
    let shower = Arc::make_mut(shower.ok_or(FoldFault::NoShower(number))?);
    shower.changed = height;
    Ok(shower)
}
