//! Entry points. No verb takes coins.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;
use cosmwasm_std::{Binary, Deps, DepsMut, Empty, Env, MessageInfo, Reply, Response};
use meteor_contract_kit::nonpayable;
use meteor_messages::hatchery::{ExecuteMsg, InstantiateMsg, QueryMsg};

use crate::error::ContractError;
use crate::state::{NAME, VERSION};
use crate::verbs::{crack, reclaim, reveal};
use crate::{instantiate as instantiation, queries};

/// Makes a hatchery for the shower contract that sends this, and the collections of eggs and dust.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn instantiate(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    nonpayable(&info.funds)?;
    instantiation::instantiate(deps, &env, &info, msg)
}

/// Learns the addresses of the collections.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn reply(deps: DepsMut, _env: Env, reply: Reply) -> Result<Response, ContractError> {
    instantiation::reply(deps, reply)
}

/// Does what the message says, or refuses and changes nothing.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn execute(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    msg: ExecuteMsg,
) -> Result<Response, ContractError> {
    nonpayable(&info.funds)?;
    match msg {
        ExecuteMsg::ReceiveNft(sent) => crack::crack(deps, &env, &info, &sent),
        ExecuteMsg::Reveal { reveals } => reveal::reveal(deps, &env, reveals),
        ExecuteMsg::Reclaim { token_id } => reclaim::reclaim(deps, &env, &token_id),
    }
}

/// Answers a question.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps, _env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    Ok(queries::query(deps, msg)?)
}

/// Checks that this is a newer version of the same contract.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn migrate(deps: DepsMut, _env: Env, _msg: Empty) -> Result<Response, ContractError> {
    Ok(meteor_contract_kit::migrate(deps.storage, NAME, VERSION)?)
}
