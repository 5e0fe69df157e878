//! `ReturnUnasked`: sends on coins that came by a plain transfer, and so with nobody's name in our books.

use cosmwasm_std::{Addr, BankMsg, Coin, DepsMut, Env, Order, Response, StdResult, Storage, Uint128};
use meteor_messages::events::ReturnUnasked;

use super::owner_only;
use crate::error::ContractError;
use crate::state::{BOOKS, EVENT, LIVES, PAYEES};

/// Sends `amount` to `to`: of the event's denom never more than what is left over once everyone is paid.
pub(crate) fn return_unasked(
    deps: DepsMut,
    env: &Env,
    sender: &Addr,
    to: &str,
    amount: Coin,
) -> Result<Response, ContractError> {
    owner_only(deps.storage, sender, "ReturnUnasked")?;
    let to = deps.api.addr_validate(to)?;
    let balance = deps.querier.query_balance(&env.contract.address, &amount.denom)?.amount;
    // Only the event's denom is ever contributed: of another one everything came unasked.
    let owed =
        if amount.denom == EVENT.load(deps.storage)?.denom { owed(deps.storage)? } else { Uint128::zero() };
    let surplus = balance.checked_sub(owed).unwrap_or_default();
    let given = amount.amount;
    if given.is_zero() || given > surplus {
        return Err(ContractError::Surplus { given, denom: amount.denom, surplus });
    }
    let event = ReturnUnasked { to: to.to_string(), amount: given.u128(), denom: amount.denom.clone() };
    Ok(Response::new()
        .add_message(BankMsg::Send { to_address: to.into(), amount: vec![amount] })
        .add_event(event))
}

/// What contributors gave and neither they nor the payees were sent. Summed up here, over at most
/// `MAX_SHOWERS` showers, so that contributions don't pay for a running total.
fn owed(storage: &dyn Storage) -> StdResult<Uint128> {
    let mut owed = Uint128::zero();
    for row in BOOKS.range(storage, None, None, Order::Ascending) {
        owed = owed.checked_add(row?.1.total)?;
    }
    for row in LIVES.range(storage, None, None, Order::Ascending) {
        let life = row?.1;
        owed = owed.checked_sub(life.refunded)?.checked_sub(life.held_returned)?;
    }
    for payee in PAYEES.load(storage)? {
        owed = owed.checked_sub(payee.withdrawn)?;
    }
    Ok(owed)
}
