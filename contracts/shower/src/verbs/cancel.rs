//! `Cancel`: ends a shower before its draw can be known; all its contributions go back.

use cosmwasm_std::{Addr, DepsMut, Env, Response};
use meteor_messages::events::Cancel;
use meteor_rules::NANOS_PER_SECOND;

use super::owner_only;
use crate::error::ContractError;
use crate::state::{BOOKS, DRAWS, EVENT, FAIRNESS, book};

/// Cancels `shower`: before it opens, while it is open, or until the round that decides it is due.
pub(crate) fn cancel(
    deps: DepsMut,
    env: &Env,
    sender: &Addr,
    shower: u32,
) -> Result<Response, ContractError> {
    owner_only(deps.storage, sender, "Cancel")?;
    let deadline = EVENT.load(deps.storage)?.mint_deadline(shower)?;
    let mut book = book(deps.storage, env, shower)?;
    if book.cancelled {
        return Err(ContractError::Cancelled { shower });
    }
    if env.block.time.nanos() >= deadline {
        return Err(ContractError::DeadlinePassed { shower, deadline: deadline / NANOS_PER_SECOND });
    }
    if let Some(draw) = DRAWS.may_load(deps.storage, shower)? {
        if book.contributors == 0 {
            return Err(ContractError::AllMinted { shower });
        }
        // From then on the operator can know what the meteors hold, and could stop a draw that it dislikes.
        let due = FAIRNESS.load(deps.storage)?.beacon.due(draw.beacon_round).unwrap_or_default();
        if env.block.time.seconds() >= due {
            return Err(ContractError::TooLateToCancel { shower, due });
        }
    }
    book.cancelled = true;
    BOOKS.save(deps.storage, shower, &book)?;
    Ok(Response::new().add_event(Cancel { shower }))
}
