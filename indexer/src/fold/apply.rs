//! One block onto the state.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use cosmwasm_std::Uint128;
use meteor_messages::events::{
    Burn, Close, Contribution, Crack, HatcheryEvent, Mint, Minted, NftEvent, Reclaim, Revealed, Role,
    ShowerEvent, Transfer,
};
use meteor_messages::shower::{InstantiateMsg, MinimumFrom};
use meteor_rules::NANOS_PER_SECOND;
use meteor_rules::log::Entry as LogEntry;

use super::error::{bytes32, same};
use super::{
    At, Block, ChainEvent, Closing, Collection, Contracts, Custody, Entry, FoldError, FoldFault, Launched,
    Reveal, Shower, State, Token, TokenRef,
};

/// A meteor that a mint has announced and the collection has yet to tell of.
struct Announced {
    id: u64,
    wallet: u32,
    shower: u32,
    rank: u32,
}

/// What the meteors' contract has yet to tell after the hatchery.
enum Leaving {
    /// Revealed: it is burnt.
    Burn,
    /// Taken back: it goes to this wallet.
    Back(u32),
}

/// What must come out even by the end of a block.
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
/// [`FoldError`] with the event that doesn't fit. `state` is then half-way through the block: throw it away.
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

/// Whether everything announced in a block has followed.
fn settled(pending: &Pending) -> Result<(), FoldFault> {
    if let Some(announced) = pending.meteors.front() {
        return Err(FoldFault::Mint(announced.id));
    }
    if let Some(id) = pending.leaving.keys().chain(pending.found.keys()).next() {
        return Err(FoldFault::NotFollowed(*id));
    }
    pending.payments.values().try_for_each(|left| same("payments", 0, *left))
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

/// Notes a contract of one of these kinds, which must be the first of its kind.
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

fn hatchery_event(
    state: &mut State,
    height: u64,
    event: &HatcheryEvent,
    pending: &mut Pending,
) -> Result<(), FoldFault> {
    match event {
        HatcheryEvent::Nest(event) => {
            launched(state, height)?;
            let Contracts { eggs, dust, .. } = &mut state.contracts;
            made(&event.kind, &event.address, [("eggs", eggs), ("dust", dust)])
        }
        HatcheryEvent::Crack(event) => crack(state, event),
        HatcheryEvent::Revealed(event) => revealed(state, height, event, pending),
        HatcheryEvent::Reclaim(Reclaim { token_id, holder }) => {
            let holder = release(state, *token_id, holder)?;
            pending.leaving.insert(*token_id, Leaving::Back(holder));
            Ok(())
        }
    }
}

/// A meteor has come to the hatchery; its transfer was told of just before.
fn crack(state: &mut State, event: &Crack) -> Result<(), FoldFault> {
    let id = event.token_id;
    let token =
        state.collections.meteors.get(id).filter(|token| !token.burnt).ok_or(FoldFault::NoToken(id))?;
    let owner = state.wallets.get(token.owner).ok_or(FoldFault::Overflow)?;
    if state.contracts.hatchery.as_deref() != Some(&*owner.address) {
        return Err(FoldFault::NotInCustody(id));
    }
    // Who sent it: the owner, or one whom the owner has let move it.
    let holder = state.wallets.intern(&event.holder)?;
    state.custodies.add(id, Custody { holder, reclaim_at: event.reclaim_at })
}

/// A meteor leaves custody; gives who cracked it.
fn release(state: &mut State, id: u64, holder: &str) -> Result<u32, FoldFault> {
    let custody = state.custodies.remove(id)?;
    let wallet = state.wallets.get(custody.holder).ok_or(FoldFault::Overflow)?;
    if *wallet.address != *holder {
        return Err(FoldFault::Differs {
            field: "holder",
            given: holder.to_owned(),
            computed: wallet.address.to_string(),
        });
    }
    Ok(custody.holder)
}

fn revealed(
    state: &mut State,
    height: u64,
    event: &Revealed,
    pending: &mut Pending,
) -> Result<(), FoldFault> {
    let id = event.token_id;
    let owner = release(state, id, &event.holder)?;
    let number = event.shower;
    let shower = state.shower(number).ok_or(FoldFault::NoShower(number))?;
    let leaves = shower.draw.as_ref().ok_or(FoldFault::NoDraw(number))?.leaves;
    let rank =
        event.index.checked_add(1).filter(|rank| *rank <= leaves).ok_or_else(|| FoldFault::Differs {
            field: "index",
            given: event.index.to_string(),
            computed: format!("less than {leaves}"),
        })?;
    same("token_id", id, state.earlier(number).saturating_add(u64::from(rank)))?;
    let reveal = Reveal {
        token_id: id,
        index: event.index,
        kind: event.kind,
        image: event.image.as_str().into(),
        traits: event.traits.as_slice().into(),
        salt: bytes32("salt", &event.salt)?,
    };
    let (image, traits) = (Arc::clone(&reveal.image), Arc::clone(&reveal.traits));
    let token = Token { owner, shower: number, rank, burnt: false, height, image, traits };
    pending.found.insert(id, (event.kind.into(), token));
    pending.leaving.insert(id, Leaving::Burn);
    // Not a change of the shower itself: its ranking and pages stay as they are.
    let at = number.checked_sub(1).and_then(|at| usize::try_from(at).ok());
    let shower = at.and_then(|at| state.showers.get_mut(at)).ok_or(FoldFault::NoShower(number))?;
    shower.reveals.push_back(reveal);
    Ok(())
}

fn nft_event(
    state: &mut State,
    height: u64,
    of: Collection,
    event: &NftEvent,
    pending: &mut Pending,
) -> Result<(), FoldFault> {
    match event {
        NftEvent::Minted(event) => match of {
            Collection::Meteors => minted(state, height, event, pending),
            Collection::Eggs | Collection::Dust => found(state, of, event, pending),
        },
        NftEvent::Transfer(Transfer { token_id, from, to }) => {
            let to = state.wallets.intern(to)?;
            left(state, of, *token_id, Some(to), pending)?;
            moved(state, height, of, *token_id, from, Some(to))
        }
        NftEvent::Burn(Burn { token_id, owner }) => {
            left(state, of, *token_id, None, pending)?;
            moved(state, height, of, *token_id, owner, None)
        }
    }
}

/// A meteor moves, out of custody if the hatchery has said so.
fn left(
    state: &State,
    of: Collection,
    id: u64,
    to: Option<u32>,
    pending: &mut Pending,
) -> Result<(), FoldFault> {
    if of != Collection::Meteors {
        return Ok(());
    }
    if state.custodies.get(id).is_some() {
        return Err(FoldFault::InCustody(id));
    }
    match (pending.leaving.remove(&id), to) {
        (None, _) | (Some(Leaving::Burn), None) => Ok(()),
        (Some(Leaving::Back(holder)), Some(to)) if holder == to => Ok(()),
        _ => Err(FoldFault::NotFollowed(id)),
    }
}

fn minted(state: &mut State, height: u64, event: &Minted, pending: &mut Pending) -> Result<(), FoldFault> {
    let announced = pending.meteors.pop_front().ok_or(FoldFault::Mint(event.token_id))?;
    same("token_id", event.token_id, announced.id)?;
    let token = Token {
        owner: announced.wallet,
        shower: announced.shower,
        rank: announced.rank,
        burnt: false,
        height,
        image: event.image.as_str().into(),
        traits: event.traits.as_slice().into(),
    };
    born(state, Collection::Meteors, event, token)
}

/// An egg or dust is minted: just what the reveal of the same block has told.
fn found(state: &mut State, of: Collection, event: &Minted, pending: &mut Pending) -> Result<(), FoldFault> {
    let id = event.token_id;
    let (kind, token) = pending.found.remove(&id).ok_or(FoldFault::Mint(id))?;
    same("collection", of.name(), kind.name())?;
    same("image", event.image.as_str(), &token.image)?;
    if *event.traits != *token.traits {
        return Err(FoldFault::Differs {
            field: "traits",
            given: format!("{:?}", event.traits),
            computed: format!("{:?}", token.traits),
        });
    }
    born(state, of, event, token)
}

fn born(state: &mut State, of: Collection, event: &Minted, token: Token) -> Result<(), FoldFault> {
    let owner = state.wallets.get_mut(token.owner)?;
    if *owner.address != *event.owner {
        return Err(FoldFault::Differs {
            field: "owner",
            given: event.owner.clone(),
            computed: owner.address.to_string(),
        });
    }
    owner.tokens.insert(TokenRef::checked(of, event.token_id)?);
    state.collections.of_mut(of).add(event.token_id, token)
}

/// Moves a token to another wallet, or out of the world.
fn moved(
    state: &mut State,
    height: u64,
    of: Collection,
    id: u64,
    from: &str,
    to: Option<u32>,
) -> Result<(), FoldFault> {
    let key = TokenRef::checked(of, id)?;
    let tokens = state.collections.of_mut(of);
    let token = tokens.by_id.get_mut(&id).filter(|token| !token.burnt).ok_or(FoldFault::NoToken(id))?;
    let owner = state.wallets.get_mut(token.owner)?;
    if *owner.address != *from {
        return Err(FoldFault::Differs {
            field: "from",
            given: from.to_owned(),
            computed: owner.address.to_string(),
        });
    }
    owner.tokens.remove(&key);
    if let Some(to) = to {
        token.owner = to;
        state.wallets.get_mut(to)?.tokens.insert(key);
    } else {
        token.burnt = true;
        tokens.burnt = tokens.burnt.saturating_add(1);
    }
    tokens.changed = height;
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
