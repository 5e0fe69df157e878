//! `Pause` and `Resume`: they stop `Contribute` and nothing else, move no deadline, and leave a mark.

use cosmwasm_std::{Addr, DepsMut, Env, Response};
use meteor_messages::events::{Pause, Resume};

use super::owner_only;
use crate::error::ContractError;
use crate::state::{EVENT, PAUSED, ROLES};

/// Stops contributing; the guardian can do this and nothing else.
pub(crate) fn pause(deps: DepsMut, env: &Env, sender: &Addr) -> Result<Response, ContractError> {
    let guardian = ROLES.load(deps.storage)?.guardian;
    if *sender != guardian && !cw_ownable::is_owner(deps.storage, sender)? {
        return Err(ContractError::NotAllowed { verb: "Pause", role: "guardian or the owner" });
    }
    let mut event = EVENT.load(deps.storage)?;
    if event.paused_since.is_some() {
        return Err(ContractError::AlreadyPaused);
    }
    event.paused_since = Some(env.block.time.nanos());
    EVENT.save(deps.storage, &event)?;
    Ok(Response::new().add_event(Pause { by: sender.to_string() }))
}

/// Lets contributing go on, and marks every shower that was open meanwhile: who pauses in a shower's last
/// minutes can decide its ranking, and everyone shall see it.
pub(crate) fn resume(deps: DepsMut, env: &Env, sender: &Addr) -> Result<Response, ContractError> {
    owner_only(deps.storage, sender, "Resume")?;
    let mut event = EVENT.load(deps.storage)?;
    let Some(since) = event.paused_since.take() else { return Err(ContractError::NotPaused) };
    EVENT.save(deps.storage, &event)?;
    let touched = event.schedule.open_between(since, env.block.time.nanos());
    if let Some((first, last)) = touched {
        for shower in first..=last {
            PAUSED.save(deps.storage, shower, &true)?; // at most MAX_SHOWERS
        }
    }
    let (from_shower, to_shower) = touched.unwrap_or_default();
    Ok(Response::new().add_event(Resume { by: sender.to_string(), from_shower, to_shower }))
}
