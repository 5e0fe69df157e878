//! Applies events of the CW721 contracts: mints, transfers and burns.

use meteor_messages::events::{Burn, Minted, NftEvent, Transfer};

use super::{Leaving, Pending};
use crate::fold::error::same;
use crate::fold::{Collection, FoldFault, State, Token, TokenRef};

pub(super) fn nft_event(
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

/// Checks that a meteor may move: it leaves custody only if the hatchery announced it.
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

/// An egg or dust is minted. It must equal the reveal of the same block.
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
    let (number, key) = (token.owner, TokenRef::checked(of, event.token_id)?);
    let owner = state.wallets.get_mut(number)?;
    if *owner.address != *event.owner {
        return Err(FoldFault::Differs {
            field: "owner",
            given: event.owner.clone(),
            computed: owner.address.to_string(),
        });
    }
    state.collections.of_mut(of).add(event.token_id, token)?;
    state.wallets.get_mut(number)?.tokens.insert(key);
    Ok(())
}

/// Moves a token to another wallet, or burns it.
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
