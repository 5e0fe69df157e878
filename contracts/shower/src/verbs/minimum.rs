//! `SetMinimum`: for showers that have not opened.

use cosmwasm_std::{Addr, DepsMut, Env, Response, Uint128};
use meteor_messages::events::Minimum;

use super::owner_only;
use crate::error::ContractError;
use crate::state::{EVENT, MINIMUMS};

/// Sets the least total from `from_shower` on, until the next shower for which one was set.
pub(crate) fn set_minimum(
    deps: DepsMut,
    env: &Env,
    sender: &Addr,
    from_shower: u32,
    minimum: Uint128,
) -> Result<Response, ContractError> {
    owner_only(deps.storage, sender, "SetMinimum")?;
    if minimum.is_zero() {
        return Err(ContractError::ZeroMinimum);
    }
    // The rules of a shower don't change while people contribute to it.
    let opens = EVENT.load(deps.storage)?.window(from_shower)?.start;
    if env.block.time.nanos() >= opens {
        return Err(ContractError::AlreadyOpen { shower: from_shower });
    }
    MINIMUMS.save(deps.storage, from_shower, &minimum)?;
    Ok(Response::new().add_event(Minimum { from_shower, minimum: minimum.u128() }))
}
