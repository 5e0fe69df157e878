//! `Burn`: as the standard has it, with the typed event added. The id stays marked as used.

use cosmwasm_std::{DepsMut, Empty, Env, MessageInfo, Response};
use meteor_messages::events::Burn;

use super::number;
use crate::error::ContractError;
use crate::state::token;

/// Burns a token of the sender's, or one that the sender is approved for.
pub(crate) fn burn(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    token_id: String,
) -> Result<Response, ContractError> {
    let owner = token(deps.storage, &token_id)?.owner;
    let event = Burn { token_id: number(&token_id)?, owner: owner.into() };
    Ok(cw721::execute::burn_nft::<Empty>(deps, env, info, token_id)?.add_event(event))
}
