//! Applies one block to the state. Each contract's events have a file; here is what must balance at the
//! block's end.

mod hatchery;
mod showers;
mod tokens;

use std::collections::{BTreeMap, VecDeque};

use meteor_rules::{Rank, ShowerId};

use super::error::same;
use super::{At, Block, ChainEvent, Collection, FoldError, FoldFault, Launched, Shower, State, Token};
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
}

/// Applies `block`, which must be the next one.
///
/// # Errors
/// [`FoldError`] with the event that contradicts the state. `state` is then half-way through the block:
/// discard it.
pub fn apply(state: &mut State, block: &Block) -> Result<(), FoldError> {
    let fail = |tx, index, fault| FoldError { height: block.height, tx, index, fault };
    follows(state.at, block).map_err(|fault| fail(0, 0, fault))?;
    let mut pending = Pending::default();
    for located in &block.events {
        let done = match &located.event {
            ChainEvent::Shower(event) => shower_event(state, block, event, &mut pending),
            ChainEvent::Hatchery(event) => hatchery_event(state, block.height, event, &mut pending),
            ChainEvent::Nft(of, event) => nft_event(state, block.height, *of, event, &mut pending),
        };
        done.map_err(|fault| fail(located.tx, located.index, fault))?;
    }
    settled(&pending).map_err(|fault| fail(usize::MAX, usize::MAX, fault))?;
    state.at = At { height: block.height, time_ns: block.time_ns, hash: block.hash };
    Ok(())
}

/// Checks that everything announced in a block has happened.
fn settled(pending: &Pending) -> Result<(), FoldFault> {
    if let Some(announced) = pending.meteors.front() {
        return Err(FoldFault::Mint(announced.id));
    }
    if let Some(id) = pending.leaving.keys().chain(pending.found.keys()).next() {
        return Err(FoldFault::NotFollowed(*id));
    }
    pending.payments.values().try_for_each(|left| same("payments", 0, *left))
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
    let shower = shower.ok_or(FoldFault::NoShower(number))?;
    shower.changed = height;
    Ok(shower)
}
