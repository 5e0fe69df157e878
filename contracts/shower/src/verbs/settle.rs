//! `Settle`: pays the payees what minted contributions brought.

use cosmwasm_std::{BankMsg, DepsMut, Response, coins};
use meteor_messages::events::{Payment, Settle};
use meteor_rules::split::split;

use crate::error::ContractError;
use crate::state::{EVENT, LIVES, TERMS};

/// Pays what `shower` has not paid yet; anyone may send it, the money goes to the payees alone.
pub(crate) fn settle(deps: DepsMut, shower: u32) -> Result<Response, ContractError> {
    let event = EVENT.load(deps.storage)?;
    event.window(shower)?;
    let mut life = LIVES.may_load(deps.storage, shower)?.unwrap_or_default();
    let due = life.unsettled()?;
    if due.is_zero() {
        return Err(ContractError::NothingToSettle { shower });
    }
    life.settled = life.minted_amount;
    LIVES.save(deps.storage, shower, &life)?;

    let payees = TERMS.load(deps.storage)?.payees;
    let shares: Vec<u32> = payees.iter().map(|payee| payee.share_bp).collect();
    let mut response = Response::new().add_event(Settle { shower, amount: due.u128() });
    for (payee, amount) in payees.into_iter().zip(split(due.u128(), &shares)) {
        if amount == 0 {
            continue; // the bank refuses to send nothing, and that would hold up the others
        }
        response = response
            .add_message(BankMsg::Send {
                to_address: payee.address.clone(),
                amount: coins(amount, &event.denom),
            })
            .add_event(Payment { shower, payee: payee.address, amount });
    }
    Ok(response)
}
