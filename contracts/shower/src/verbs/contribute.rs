//! `Contribute`: adds coins to the sender's total in the open shower.

use cosmwasm_std::{Coin, DepsMut, Env, MessageInfo, Response, Uint128};
use meteor_contract_kit::describe;
use meteor_messages::events;
use meteor_rules::log::{Entry, extend};
use meteor_rules::schedule::Phase;

use crate::error::ContractError;
use crate::state::{BOOKS, CONTRIBUTIONS, Contribution, EVENT, RANKING, minimum, ranking_key, unopened};

/// Adds what came with the message to the sender's total in `shower`.
pub(crate) fn contribute(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    shower: u32,
) -> Result<Response, ContractError> {
    let event = EVENT.load(deps.storage)?;
    if event.paused_since.is_some() {
        return Err(ContractError::Paused);
    }
    match event.schedule.phase(env.block.time.nanos()) {
        Phase::Before => return Err(ContractError::NotOpenYet { opens_at: event.schedule.opens_at }),
        Phase::Over => return Err(ContractError::Over),
        // A transaction that was late must not land in a shower whose ranking its sender never saw.
        Phase::Open(open) if open != shower => {
            return Err(ContractError::WrongShower { named: shower, open });
        }
        Phase::Open(_) => {}
    }
    let amount = payment(&info.funds, &event.denom)?;

    let stored = BOOKS.may_load(deps.storage, shower)?;
    if stored.as_ref().is_some_and(|book| book.cancelled) {
        return Err(ContractError::Cancelled { shower });
    }
    let mut book = match stored {
        Some(book) => book,
        None => unopened(deps.storage, env, shower)?,
    };

    let sender = &info.sender;
    let before = CONTRIBUTIONS.may_load(deps.storage, (shower, sender))?;
    let before_amount = before.as_ref().map_or(Uint128::zero(), |row| row.amount);
    let too_much = |what| move |_| ContractError::TooMuch { what };
    let total = before_amount.checked_add(amount).map_err(too_much("a wallet's total"))?;
    let minimum = minimum(deps.storage, shower)?;
    if total < minimum {
        return Err(ContractError::BelowMinimum { shower, total, minimum });
    }
    book.total = book.total.checked_add(amount).map_err(too_much("a shower's total"))?;
    let last_seq = book.last_seq.checked_add(1);
    book.last_seq = last_seq.ok_or(ContractError::TooMuch { what: "the number of contributions" })?;
    if before.is_none() {
        let contributors = book.contributors.checked_add(1);
        book.contributors =
            contributors.ok_or(ContractError::TooMuch { what: "the number of contributors" })?;
    }
    let seq = book.last_seq;
    let log = extend(
        &book.log()?,
        &Entry { seq, contributor: sender.as_str(), amount: amount.u128(), total: total.u128() },
    );
    book.set_log(log);

    if let Some(row) = before {
        RANKING.remove(deps.storage, ranking_key(shower, &row.place()));
    }
    let row = Contribution { amount: total, seq, refunded: false };
    RANKING.save(deps.storage, ranking_key(shower, &row.place()), sender)?;
    CONTRIBUTIONS.save(deps.storage, (shower, sender), &row)?;
    BOOKS.save(deps.storage, shower, &book)?;
    Ok(Response::new().add_event(events::Contribution {
        shower,
        contributor: sender.to_string(),
        amount: amount.u128(),
        total: total.u128(),
        seq,
        shower_total: book.total.u128(),
        contributors: book.contributors,
    }))
}

/// The one coin of the event's denom; anything else would stay in the contract and belong to nobody.
fn payment(funds: &[Coin], denom: &str) -> Result<Uint128, ContractError> {
    match funds {
        [] => Err(ContractError::NoFunds { denom: denom.into() }),
        [coin] if coin.denom != denom => {
            Err(ContractError::WrongDenom { given: describe(funds), denom: denom.into() })
        }
        [coin] if coin.amount.is_zero() => Err(ContractError::NoFunds { denom: denom.into() }),
        [coin] => Ok(coin.amount),
        _ => Err(ContractError::SeveralDenoms { given: describe(funds), denom: denom.into() }),
    }
}
