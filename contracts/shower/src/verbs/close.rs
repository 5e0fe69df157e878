//! `Close`: fixes a shower's contributors and total, and which pieces of the catalogue its meteors begin with.
//! The shower's size makes no difference to its cost.

use cosmwasm_std::{DepsMut, Env, Response, StdError};
use meteor_messages::events::Close;
use meteor_rules::NANOS_PER_SECOND;

use crate::error::ContractError;
use crate::state::{DRAWS, Draw, EARLIER, EVENT, FAIRNESS, LIVES, book, earlier_by_tier};

/// Closes `shower`; anyone may, once it is over.
pub(crate) fn close(deps: DepsMut, env: &Env, shower: u32) -> Result<Response, ContractError> {
    let event = EVENT.load(deps.storage)?;
    let window = event.window(shower)?;
    if env.block.time.nanos() < window.end {
        let closes_at = event.schedule.closes_at(shower).unwrap_or_default();
        return Err(ContractError::NotEnded { shower, closes_at });
    }
    let mut life = LIVES.may_load(deps.storage, shower)?.unwrap_or_default();
    if life.closed {
        return Err(ContractError::AlreadyClosed { shower });
    }
    life.closed = true;
    // A round that is still to come, so that nobody knows it while contributions are possible: not even when
    // the chain's clock is behind, which the delay covers.
    let closes_at = window.end / NANOS_PER_SECOND;
    let closed_at = env.block.time.nanos().div_ceil(NANOS_PER_SECOND);
    let rule = FAIRNESS.load(deps.storage)?.beacon;
    let beacon_round = rule
        .round(closed_at, closes_at)
        .ok_or_else(|| StdError::generic_err("a round beyond all numbers"))?;
    LIVES.save(deps.storage, shower, &life)?;
    DRAWS.save(deps.storage, shower, &Draw { beacon_round, closed_at, committed: None, key: None })?;
    let earlier = earlier_by_tier(deps.storage, shower)?;
    EARLIER.save(deps.storage, shower, &earlier)?;
    let book = book(deps.storage, env, shower)?;
    let log = book.log()?;
    Ok(Response::new().add_event(Close {
        shower,
        contributors: book.contributors,
        total: book.total.u128(),
        log,
        beacon_round,
    }))
}
