//! `Reclaim`: a meteor that was not revealed in time goes back, and can be cracked again.

use cosmwasm_std::{DepsMut, Env, Response, WasmMsg, to_json_binary};
use meteor_messages::events::Reclaim;
use meteor_messages::nft;
use meteor_rules::NANOS_PER_SECOND;

use super::number;
use crate::error::ContractError;
use crate::state::{CONFIG, CUSTODY};

/// Sends a meteor back to its holder; anyone may ask.
pub(crate) fn reclaim(deps: DepsMut, env: &Env, token_id: &str) -> Result<Response, ContractError> {
    let number = number(token_id)?;
    let config = CONFIG.load(deps.storage)?;
    let custody =
        CUSTODY.may_load(deps.storage, number)?.ok_or(ContractError::NotInCustody { token_id: number })?;
    let reclaim_at = custody.reclaim_at(&config);
    // Never both: what can be revealed can't be taken back, or a holder who sees dust coming would.
    if env.block.time.nanos() < reclaim_at {
        let reclaim_at = reclaim_at.div_ceil(NANOS_PER_SECOND);
        return Err(ContractError::TooEarly { token_id: number, reclaim_at });
    }
    CUSTODY.remove(deps.storage, number);
    let back =
        nft::ExecuteMsg::TransferNft { recipient: custody.holder.to_string(), token_id: token_id.to_owned() };
    Ok(Response::new()
        .add_message(WasmMsg::Execute {
            contract_addr: config.meteors.into(),
            msg: to_json_binary(&back)?,
            funds: vec![],
        })
        .add_event(Reclaim { token_id: number, holder: custody.holder.into() }))
}
