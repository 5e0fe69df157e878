//! `Refund`: sends contributions without a meteor back to who made them.

use cosmwasm_std::{BankMsg, DepsMut, Env, Response, coins};
use meteor_contract_kit::batch_size;
use meteor_messages::events::Refund;
use meteor_messages::shower::MAX_BATCH;
use meteor_rules::NANOS_PER_SECOND;
use meteor_rules::life::refunds_open;

use crate::error::ContractError;
use crate::state::{BOOKS, CONTRIBUTIONS, EVENT, LIVES};

/// Refunds each of `contributors`, all or none; anyone may send it, the money goes to the contributors alone.
pub(crate) fn refund(
    deps: DepsMut,
    env: &Env,
    shower: u32,
    contributors: Vec<String>,
) -> Result<Response, ContractError> {
    batch_size(contributors.len(), MAX_BATCH)?;
    let event = EVENT.load(deps.storage)?;
    let deadline = event.mint_deadline(shower)?;
    let cancelled = BOOKS.may_load(deps.storage, shower)?.is_some_and(|book| book.cancelled);
    if !refunds_open(env.block.time.nanos(), deadline, cancelled) {
        return Err(ContractError::RefundsNotOpen { shower, deadline: deadline / NANOS_PER_SECOND });
    }
    let mut life = LIVES.may_load(deps.storage, shower)?.unwrap_or_default();
    let mut response = Response::new();
    for address in contributors {
        let contributor = deps.api.addr_validate(&address)?;
        let row = CONTRIBUTIONS.may_load(deps.storage, (shower, &contributor))?;
        let Some(mut row) = row else { return Err(ContractError::NoContribution { shower, address }) };
        if life.has_minted(&row.place()) {
            return Err(ContractError::HasMeteor { shower, address });
        }
        // Loaded, checked and saved within the loop, so that a wallet named twice is paid once.
        if row.refunded {
            return Err(ContractError::AlreadyRefunded { shower, address });
        }
        row.refunded = true;
        CONTRIBUTIONS.save(deps.storage, (shower, &contributor), &row)?;
        let too_much = |_| ContractError::TooMuch { what: "a shower's refunds" };
        life.refunded = life.refunded.checked_add(row.amount).map_err(too_much)?;
        life.refunds = life.refunds.saturating_add(1); // at most `contributors`
        response = response
            .add_message(BankMsg::Send {
                to_address: contributor.to_string(),
                amount: coins(row.amount.u128(), &event.denom),
            })
            .add_event(Refund { shower, contributor: contributor.into(), amount: row.amount.u128() });
    }
    LIVES.save(deps.storage, shower, &life)?;
    Ok(response)
}
