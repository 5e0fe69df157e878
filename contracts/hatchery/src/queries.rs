//! Answers to questions.

use cosmwasm_std::{Binary, Deps, Order, StdResult, to_json_binary};
use cw_storage_plus::Bound;
use meteor_messages::hatchery::{ConfigResponse, CustodiesResponse, CustodyResponse, QueryMsg};
use meteor_messages::shower::{DEFAULT_PAGE, MAX_BATCH};
use meteor_rules::NANOS_PER_SECOND;

use crate::state::{CONFIG, CUSTODY, Config, Custody, DUST, EGGS};

/// Answers `msg`.
pub(crate) fn query(deps: Deps, msg: QueryMsg) -> StdResult<Binary> {
    let config = CONFIG.load(deps.storage)?;
    match msg {
        QueryMsg::Config {} => to_json_binary(&ConfigResponse {
            shower: config.shower.into(),
            meteors: config.meteors.into(),
            eggs: EGGS.load(deps.storage)?.into(),
            dust: DUST.load(deps.storage)?.into(),
            reveal_timeout: config.reveal_timeout,
        }),
        QueryMsg::Custody { token_id } => {
            let custody = CUSTODY.may_load(deps.storage, token_id)?;
            to_json_binary(&custody.map(|custody| answer(&config, token_id, custody)))
        }
        QueryMsg::Custodies { start_after, limit } => {
            let limit = usize::try_from(limit.unwrap_or(DEFAULT_PAGE)).unwrap_or(MAX_BATCH).min(MAX_BATCH);
            let custodies = CUSTODY
                .range(deps.storage, start_after.map(Bound::exclusive), None, Order::Ascending)
                .take(limit)
                .map(|row| row.map(|(token_id, custody)| answer(&config, token_id, custody)))
                .collect::<StdResult<_>>()?;
            to_json_binary(&CustodiesResponse { custodies })
        }
    }
}

fn answer(config: &Config, token_id: u64, custody: Custody) -> CustodyResponse {
    let reclaim_at = custody.reclaim_at(config).div_ceil(NANOS_PER_SECOND);
    CustodyResponse {
        token_id,
        since: custody.since / NANOS_PER_SECOND,
        reclaim_at,
        holder: custody.holder.into(),
    }
}
