//! Applies events of the hatchery: custody and reveals.

use std::sync::Arc;

use meteor_messages::events::{Crack, HatcheryEvent, Reclaim, Revealed};
use meteor_rules::{Rank, ShowerId, TokenId};

use super::{Leaving, Pending, launched, made};
use crate::fold::error::{bytes32, same};
use crate::fold::{Contracts, Custody, FoldFault, Reveal, State, Token};

pub(super) fn hatchery_event(
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
            let holder = custody(state, *token_id, holder)?.holder;
            state.custodies.remove(*token_id)?;
            pending.leaving.insert(*token_id, Leaving::Back(holder));
            Ok(())
        }
    }
}

/// A meteor has come to the hatchery. Its transfer is the event before.
fn crack(state: &mut State, event: &Crack) -> Result<(), FoldFault> {
    let id = event.token_id;
    let token =
        state.collections.meteors.get(id).filter(|token| !token.burnt).ok_or(FoldFault::NoToken(id))?;
    let owner = state.wallets.get(token.owner).ok_or(FoldFault::Overflow)?;
    if state.contracts.hatchery.as_deref() != Some(&*owner.address) {
        return Err(FoldFault::NotInCustody(id));
    }
    // The sender: the owner, or someone with the owner's approval.
    let holder = state.wallets.intern(&event.holder)?;
    state.custodies.add(id, Custody { holder, reclaim_at: event.reclaim_at })
}

/// The custody of a meteor that `holder` cracked.
fn custody(state: &State, id: u64, holder: &str) -> Result<Custody, FoldFault> {
    let custody = state.custodies.get(id).ok_or(FoldFault::NotInCustody(id))?;
    let wallet = state.wallets.get(custody.holder).ok_or(FoldFault::Overflow)?;
    if *wallet.address != *holder {
        return Err(FoldFault::Differs {
            field: "holder",
            given: holder.to_owned(),
            computed: wallet.address.to_string(),
        });
    }
    Ok(custody)
}

/// A meteor is revealed. It is burnt and its egg or dust minted whatever the event says of shower and place, so the
/// tokens go where their collections say. It counts as a reveal of the shower only if it is one.
fn revealed(
    state: &mut State,
    height: u64,
    event: &Revealed,
    pending: &mut Pending,
) -> Result<(), FoldFault> {
    let id = event.token_id;
    let owner = custody(state, id, &event.holder)?.holder;
    let meteor = state.collections.meteors.get(id).ok_or(FoldFault::NoToken(id))?;
    let (shower, rank) = (meteor.shower, meteor.rank); // its own, not what the event says
    let (image, traits): (Arc<str>, Arc<[u32]>) =
        (event.image.as_str().into(), event.traits.as_slice().into());
    state.custodies.remove(id)?;
    let (shown, marks) = (Arc::clone(&image), Arc::clone(&traits));
    let token = Token { owner, shower, rank, burnt: false, height, image: shown, traits: marks };
    pending.found.insert(id, (event.kind.into(), token));
    pending.leaving.insert(id, Leaving::Burn);

    let number = event.shower;
    let shower = state.shower(number).ok_or(FoldFault::NoShower(number))?;
    let leaves = shower.draw.as_ref().ok_or(FoldFault::NoDraw(number))?.leaves;
    let rank = Rank::at(event.index).filter(|rank| rank.0 <= leaves).ok_or_else(|| FoldFault::Differs {
        field: "index",
        given: event.index.to_string(),
        computed: format!("less than {leaves}"),
    })?;
    // A leaf of another shower's tree: the contract refuses it, and the fold doesn't rely on that.
    let computed = TokenId::of(state.earlier(number), rank).ok_or(FoldFault::Overflow)?;
    same("token_id", id, computed.0)?;
    let reveal = Reveal {
        token_id: id,
        index: event.index,
        kind: event.kind,
        image,
        traits,
        salt: bytes32("salt", &event.salt)?,
    };
    let proof = event.proof.iter().map(|hash| bytes32("proof", hash)).collect::<Result<Vec<_>, _>>()?;
    // The shower is not marked as changed: its ranking and pages stay the same.
    let shower = ShowerId(number).index().and_then(|at| state.showers.get_mut(at));
    Arc::make_mut(shower.ok_or(FoldFault::NoShower(number))?).reveals.push(reveal, leaves, &proof);
    Ok(())
}
