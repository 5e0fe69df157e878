//! `Refund`: sends contributions without a meteor back to who made them; and of those with a meteor what was
//! held back, if the shower's key was not published in time.

use std::collections::BTreeMap;

use cosmwasm_std::{BankMsg, DepsMut, Env, Response, coins};
use meteor_contract_kit::batch_size;
use meteor_messages::events::Refund;
use meteor_messages::shower::{MAX_BATCH, Refunded};
use meteor_rules::NANOS_PER_SECOND;
use meteor_rules::holdback::held;
use meteor_rules::life::refunds_open;

use crate::error::ContractError;
use crate::state::{BOOKS, CONTRIBUTIONS, EVENT, LIVES, TERMS};

/// Refunds each of `contributors`, but for those that were refunded before; anyone may send it, the money goes
/// to the contributors alone.
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
    let now = env.block.time.nanos();
    if !refunds_open(now, deadline, cancelled) {
        return Err(ContractError::RefundsNotOpen { shower, deadline: deadline / NANOS_PER_SECOND });
    }
    let terms = TERMS.load(deps.storage)?;
    let key_deadline = terms.key_deadline(event.window(shower)?);
    let mut life = LIVES.may_load(deps.storage, shower)?.unwrap_or_default();
    let mut skipped = None;
    let mut response = Response::new();
    let mut rows = BTreeMap::new();
    for address in contributors {
        let contributor = deps.api.addr_validate(&address)?;
        let row = CONTRIBUTIONS.may_load(deps.storage, (shower, &contributor))?;
        let Some(mut row) = row else { return Err(ContractError::NoContribution { shower, address }) };
        // Skipped and not refused, so that a refund which someone else sent first doesn't fail the rest of the
        // list. A wallet named twice is paid once.
        if row.refunded || rows.contains_key(&contributor) {
            skipped.get_or_insert(ContractError::AlreadyRefunded { shower, address });
            continue;
        }
        let too_much = |_| ContractError::TooMuch { what: "a shower's refunds" };
        let (what, amount) = if life.has_minted(&row.place()) {
            // Never both: a key in time makes it the payees', and from the deadline on no key does.
            if life.key_in_time || now < key_deadline {
                let key_deadline = key_deadline / NANOS_PER_SECOND;
                return Err(ContractError::HasMeteor { shower, address, key_deadline });
            }
            let amount = held(row.amount.u128(), terms.holdback_bp);
            life.held_returned = life.held_returned.checked_add(amount.into()).map_err(too_much)?;
            (Refunded::Holdback, amount)
        } else {
            life.refunded = life.refunded.checked_add(row.amount).map_err(too_much)?;
            life.refunds = life.refunds.saturating_add(1); // at most `contributors`
            (Refunded::Contribution, row.amount.u128())
        };
        if amount == 0 {
            // The bank refuses to send nothing, and that would hold up the others.
            skipped.get_or_insert(ContractError::NothingHeld { shower, address });
            continue;
        }
        row.refunded = true;
        rows.insert(contributor.clone(), row);
        response = response
            .add_message(BankMsg::Send {
                to_address: contributor.to_string(),
                amount: coins(amount, &event.denom),
            })
            .add_event(Refund { shower, contributor: contributor.into(), what, amount });
    }
    if let Some(skipped) = skipped.filter(|_| rows.is_empty()) {
        return Err(skipped);
    }
    for (contributor, row) in &rows {
        CONTRIBUTIONS.save(deps.storage, (shower, contributor), row)?;
    }
    LIVES.save(deps.storage, shower, &life)?;
    Ok(response)
}
