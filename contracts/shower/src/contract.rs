//! Entry points. Which verb takes coins and which doesn't is visible at a glance in [`execute`].

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;
use cosmwasm_std::{Binary, Deps, DepsMut, Empty, Env, MessageInfo, Reply, Response};
use meteor_contract_kit::nonpayable;
use meteor_messages::shower::{ExecuteMsg, InstantiateMsg, QueryMsg};
use meteor_rules::{Rank, ShowerId};

use crate::error::ContractError;
pub use crate::state::{NAME, VERSION};
use crate::verbs::{
    cancel, close, contribute, draw, minimum, mint, pause, refund, roles, settle, unasked, withdraw,
};
use crate::{instantiate as instantiation, queries};

/// Makes an event and its collection of meteors.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn instantiate(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    nonpayable(&info.funds)?;
    instantiation::instantiate(deps, &env, msg)
}

/// Learns the address of the collection.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn reply(deps: DepsMut, env: Env, reply: Reply) -> Result<Response, ContractError> {
    instantiation::reply(deps, &env, reply)
}

/// Does what the message says, or refuses and changes nothing.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn execute(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    msg: ExecuteMsg,
) -> Result<Response, ContractError> {
    // The one verb that takes coins; it checks them itself.
    if !matches!(msg, ExecuteMsg::Contribute { .. }) {
        nonpayable(&info.funds)?;
    }
    let sender = &info.sender;
    match msg {
        ExecuteMsg::Contribute { shower } => contribute::contribute(deps, &env, &info, shower),
        ExecuteMsg::Close { shower } => close::close(deps, &env, shower),
        ExecuteMsg::Mint { shower, first_rank, art, proof } => {
            mint::mint(deps, &env, ShowerId(shower), Rank(first_rank), art, &proof)
        }
        ExecuteMsg::CommitDraw { shower, root, leaves, beacon } => {
            draw::commit_draw(deps, &env, sender, ShowerId(shower), root, leaves, beacon)
        }
        ExecuteMsg::PublishKey { shower, key } => draw::publish_key(deps, &env, shower, key),
        ExecuteMsg::Settle { shower } => settle::settle(deps, shower),
        ExecuteMsg::Withdraw { payee } => withdraw::withdraw(deps, &payee),
        ExecuteMsg::Cancel { shower } => cancel::cancel(deps, &env, sender, shower),
        ExecuteMsg::Refund { shower, contributors } => refund::refund(deps, &env, shower, contributors),
        ExecuteMsg::ReturnUnasked { to, amount } => unasked::return_unasked(deps, &env, sender, &to, amount),
        ExecuteMsg::Pause {} => pause::pause(deps, &env, sender),
        ExecuteMsg::Resume {} => pause::resume(deps, &env, sender),
        ExecuteMsg::SetMinimum { from_shower, minimum } => {
            minimum::set_minimum(deps, &env, sender, from_shower, minimum)
        }
        ExecuteMsg::SetOperator { address } => roles::set_operator(deps, sender, &address),
        ExecuteMsg::SetGuardian { address } => roles::set_guardian(deps, sender, &address),
        ExecuteMsg::UpdateOwnership(action) => roles::update_ownership(deps, &env, sender, action),
    }
}

/// Answers a question.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    queries::query(deps, &env, msg)
}

/// Moves the contract to this version of the code.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn migrate(deps: DepsMut, _env: Env, _msg: Empty) -> Result<Response, ContractError> {
    Ok(meteor_contract_kit::migrate(deps.storage, NAME, VERSION)?)
}
