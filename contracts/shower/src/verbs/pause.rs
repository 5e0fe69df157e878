//! `Pause` and `Resume`: they stop `Contribute` and nothing else, and move no deadline.

use cosmwasm_std::{Addr, DepsMut, Response};
use meteor_messages::events::{Pause, Resume};

use super::owner_only;
use crate::error::ContractError;
use crate::state::{EVENT, ROLES};

/// Stops contributing; the guardian can do this and nothing else.
pub(crate) fn pause(deps: DepsMut, sender: &Addr) -> Result<Response, ContractError> {
    let guardian = ROLES.load(deps.storage)?.guardian;
    if *sender != guardian && !cw_ownable::is_owner(deps.storage, sender)? {
        return Err(ContractError::NotAllowed { verb: "Pause", role: "guardian or the owner" });
    }
    let mut event = EVENT.load(deps.storage)?;
    if event.paused {
        return Err(ContractError::AlreadyPaused);
    }
    event.paused = true;
    EVENT.save(deps.storage, &event)?;
    Ok(Response::new().add_event(Pause { by: sender.to_string() }))
}

/// Lets contributing go on.
pub(crate) fn resume(deps: DepsMut, sender: &Addr) -> Result<Response, ContractError> {
    owner_only(deps.storage, sender, "Resume")?;
    let mut event = EVENT.load(deps.storage)?;
    if !event.paused {
        return Err(ContractError::NotPaused);
    }
    event.paused = false;
    EVENT.save(deps.storage, &event)?;
    Ok(Response::new().add_event(Resume { by: sender.to_string() }))
}
