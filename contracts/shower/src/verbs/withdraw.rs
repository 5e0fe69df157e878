//! `Withdraw`: sends a payee what is booked for it.

use cosmwasm_std::{BankMsg, DepsMut, Response, coins};
use meteor_messages::events::Withdraw;

use crate::error::ContractError;
use crate::state::{EVENT, PAYEES};

/// Sends `payee` all that it is owed; anyone may ask. If the bank refuses, what is booked stays booked, and
/// the other payees don't notice.
pub(crate) fn withdraw(deps: DepsMut, payee: &str) -> Result<Response, ContractError> {
    let mut payees = PAYEES.load(deps.storage)?;
    let address = deps.api.addr_validate(payee)?;
    let found = payees.iter_mut().find(|row| row.address == address);
    let Some(row) = found else { return Err(ContractError::NotAPayee { address: address.into() }) };
    let owed = std::mem::take(&mut row.owed);
    if owed.is_zero() {
        return Err(ContractError::NothingOwed { address: address.into() });
    }
    row.withdrawn = row
        .withdrawn
        .checked_add(owed)
        .map_err(|_| ContractError::TooMuch { what: "what a payee was sent" })?;
    PAYEES.save(deps.storage, &payees)?;
    let denom = EVENT.load(deps.storage)?.denom;
    Ok(Response::new()
        .add_message(BankMsg::Send { to_address: address.to_string(), amount: coins(owed.u128(), denom) })
        .add_event(Withdraw { payee: address.into(), amount: owed.u128() }))
}
