//! `ReceiveNft`: a holder cracks a meteor by sending it here.

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use cw721::receiver::Cw721ReceiveMsg;
use meteor_messages::events::Crack;
use meteor_rules::NANOS_PER_SECOND;

use super::number;
use crate::error::ContractError;
use crate::state::{CONFIG, CUSTODY, Custody};

/// Takes a meteor into custody for who sent it.
pub(crate) fn crack(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    sent: &Cw721ReceiveMsg,
) -> Result<Response, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    // Anyone can send this message; only from the meteors' contract does it mean that a meteor has come.
    if info.sender != config.meteors {
        return Err(ContractError::NotAMeteor {
            meteors: config.meteors.into(),
            given: info.sender.to_string(),
        });
    }
    let token_id = number(&sent.token_id)?;
    // Who sent it: the owner, or one whom the owner has let move it and who could have kept it as well.
    let holder = deps.api.addr_validate(&sent.sender)?;
    let custody = Custody { holder, since: env.block.time.nanos() };
    CUSTODY.save(deps.storage, token_id, &custody)?;
    let reclaim_at = custody.reclaim_at(&config).div_ceil(NANOS_PER_SECOND);
    Ok(Response::new().add_event(Crack { token_id, holder: custody.holder.into(), reclaim_at }))
}
