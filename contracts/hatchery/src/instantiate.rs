//! Instantiation: by the shower contract; makes the collections of eggs and dust.

use cosmwasm_std::{DepsMut, Env, MessageInfo, Reply, Response, SubMsg};
use cw_storage_plus::Item;
use meteor_contract_kit::{KitError, instantiated, make_collection};
use meteor_messages::events::Nest;
use meteor_messages::hatchery::InstantiateMsg;

use crate::error::ContractError;
use crate::state::{CONFIG, Config, DUST, EGGS};
use crate::state::{NAME, VERSION};

const EGGS_REPLY: u64 = 1;
const DUST_REPLY: u64 = 2;

/// Stores what is fixed and instantiates both collections with this contract as their one minter.
pub(crate) fn instantiate(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    cw2::set_contract_version(deps.storage, NAME, VERSION)?;
    CONFIG.save(
        deps.storage,
        &Config {
            // Only the contract that made this one is trusted with roots.
            shower: info.sender.clone(),
            meteors: deps.api.addr_validate(&msg.meteors)?,
            // The shower contract has checked it: it knows the beacon, by which the least depends.
            reveal_timeout: msg.reveal_timeout,
            chain_id: env.block.chain_id.clone(),
        },
    )?;
    Ok(Response::new()
        .add_submessage(SubMsg::reply_on_success(make_collection(msg.eggs, env)?, EGGS_REPLY))
        .add_submessage(SubMsg::reply_on_success(make_collection(msg.dust, env)?, DUST_REPLY)))
}

/// Stores the address of a collection just made.
pub(crate) fn reply(deps: DepsMut, reply: Reply) -> Result<Response, ContractError> {
    let (kind, item): (_, Item<_>) = match reply.id {
        EGGS_REPLY => ("eggs", EGGS),
        DUST_REPLY => ("dust", DUST),
        id => return Err(KitError::UnknownReply { id }.into()),
    };
    let address = instantiated(deps.api, reply)?;
    item.save(deps.storage, &address)?;
    Ok(Response::new().add_event(Nest { kind: kind.into(), address: address.into() }))
}
