//! `Cancel`: ends a shower; contributions without a meteor go back.

use cosmwasm_std::{Addr, DepsMut, Env, Response};
use meteor_messages::events::Cancel;
use meteor_rules::NANOS_PER_SECOND;

use super::owner_only;
use crate::error::ContractError;
use crate::state::{BOOKS, EVENT, LIVES, book};

/// Cancels `shower`, before it opens, while it is open, or while it is minted.
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
    let life = LIVES.may_load(deps.storage, shower)?.unwrap_or_default();
    if life.closed && life.minted == book.contributors {
        return Err(ContractError::AllMinted { shower });
    }
    if env.block.time.nanos() >= deadline {
        return Err(ContractError::DeadlinePassed { shower, deadline: deadline / NANOS_PER_SECOND });
    }
    book.cancelled = true;
    BOOKS.save(deps.storage, shower, &book)?;
    Ok(Response::new().add_event(Cancel { shower }))
}
