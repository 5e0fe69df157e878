//! `TransferNft` and `SendNft`: as the standard has them, with the typed event added.

use cosmwasm_std::{Binary, DepsMut, Empty, Env, MessageInfo, Response};
use meteor_messages::events::Transfer;

use super::number;
use crate::error::ContractError;
use crate::state::{NoExtension, token};

/// Moves a token to `recipient`. The standard checks the sender and clears the approvals.
pub(crate) fn transfer(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    recipient: &str,
    token_id: String,
) -> Result<Response, ContractError> {
    let from = token(deps.storage, &token_id)?.owner;
    let moved = cw721::execute::transfer_nft::<NoExtension>(deps, env, info, recipient, &token_id)?;
    let event = Transfer { token_id: number(&token_id)?, from: from.into(), to: moved.owner.clone().into() };
    Ok(Response::new()
        .add_event(event)
        .add_attribute("action", "transfer_nft")
        .add_attribute("sender", &info.sender)
        .add_attribute("recipient", moved.owner)
        .add_attribute("token_id", token_id))
}

/// Moves a token to a contract and tells it. If the recipient is not a contract, the move fails.
pub(crate) fn send(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    contract: String,
    token_id: String,
    msg: Binary,
) -> Result<Response, ContractError> {
    let from = token(deps.storage, &token_id)?.owner;
    let to = deps.api.addr_validate(&contract)?;
    let event = Transfer { token_id: number(&token_id)?, from: from.into(), to: to.into() };
    let response = cw721::execute::send_nft::<NoExtension, Empty>(deps, env, info, contract, token_id, msg)?;
    Ok(response.add_event(event))
}
