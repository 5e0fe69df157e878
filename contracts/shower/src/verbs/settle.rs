//! `Settle`: books for the payees what minted contributions brought. `Withdraw` sends it.

use cosmwasm_std::{DepsMut, Response};
use meteor_messages::events::{Settle, Share};
use meteor_rules::split::split;

use crate::error::ContractError;
use crate::state::{EVENT, LIVES, PAYEES};

/// Books what `shower` brought and was not yet booked; anyone may send it. No money moves, so no payee that the
/// bank refuses holds up another.
pub(crate) fn settle(deps: DepsMut, shower: u32) -> Result<Response, ContractError> {
    EVENT.load(deps.storage)?.window(shower)?;
    let mut life = LIVES.may_load(deps.storage, shower)?.unwrap_or_default();
    let due = life.unsettled()?;
    if due.is_zero() {
        return Err(ContractError::NothingToSettle { shower });
    }
    life.settled = life.settled.checked_add(due).map_err(too_much)?;
    let mut payees = PAYEES.load(deps.storage)?;
    let shares: Vec<u32> = payees.iter().map(|payee| payee.share_bp).collect();
    let mut response = Response::new().add_event(Settle { shower, amount: due.u128() });
    for (payee, amount) in payees.iter_mut().zip(split(due.u128(), &shares)) {
        if amount > 0 {
            payee.owed = payee.owed.checked_add(amount.into()).map_err(too_much)?;
            response = response.add_event(Share { shower, payee: payee.address.to_string(), amount });
        }
    }
    LIVES.save(deps.storage, shower, &life)?;
    PAYEES.save(deps.storage, &payees)?;
    Ok(response)
}

#[allow(clippy::needless_pass_by_value)] // as `map_err` wants it
fn too_much(_: cosmwasm_std::OverflowError) -> ContractError {
    ContractError::TooMuch { what: "what a payee is owed" }
}
