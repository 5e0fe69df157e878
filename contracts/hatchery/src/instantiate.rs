//! Instantiation: by the shower contract; makes the collections of eggs and dust.

use cosmwasm_std::{
    DepsMut, Env, MessageInfo, Reply, Response, SubMsg, SubMsgResult, WasmMsg, to_json_binary,
};
use cw_storage_plus::Item;
use meteor_messages::events::Nest;
use meteor_messages::hatchery::InstantiateMsg;
use meteor_messages::nft;
use meteor_messages::shower::CollectionInit;

use crate::contract::{NAME, VERSION};
use crate::error::ContractError;
use crate::state::{CONFIG, Config, DUST, EGGS};

/// Least and most seconds that a meteor may wait: time for a worker that was down, and an end that holders live to
/// see.
const TIMEOUT: (u64, u64) = (60, 365 * 24 * 60 * 60);
const EGGS_REPLY: u64 = 1;
const DUST_REPLY: u64 = 2;

/// Stores what is fixed and instantiates both collections with this contract as their one minter.
pub(crate) fn instantiate(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    let (least, most) = TIMEOUT;
    if !(least..=most).contains(&msg.reveal_timeout) {
        return Err(ContractError::Timeout { given: msg.reveal_timeout, least, most });
    }
    cw2::set_contract_version(deps.storage, NAME, VERSION)?;
    CONFIG.save(
        deps.storage,
        &Config {
            // Roots are believed to nobody but the contract that made this one.
            shower: info.sender.clone(),
            meteors: deps.api.addr_validate(&msg.meteors)?,
            reveal_timeout: msg.reveal_timeout,
        },
    )?;
    Ok(Response::new()
        .add_submessage(SubMsg::reply_on_success(make(msg.eggs, env)?, EGGS_REPLY))
        .add_submessage(SubMsg::reply_on_success(make(msg.dust, env)?, DUST_REPLY)))
}

/// Without an admin, so that nobody can swap a collection's code or minter.
fn make(collection: CollectionInit, env: &Env) -> Result<WasmMsg, ContractError> {
    Ok(WasmMsg::Instantiate {
        admin: None,
        code_id: collection.code_id,
        label: collection.name.chars().take(128).collect(),
        msg: to_json_binary(&nft::InstantiateMsg {
            name: collection.name,
            symbol: collection.symbol,
            minter: env.contract.address.to_string(),
            template: collection.template,
            royalties: collection.royalties,
        })?,
        funds: vec![],
    })
}

/// Stores the address of a collection just made.
pub(crate) fn reply(deps: DepsMut, reply: Reply) -> Result<Response, ContractError> {
    let (kind, item): (_, Item<_>) = match reply.id {
        EGGS_REPLY => ("eggs", EGGS),
        DUST_REPLY => ("dust", DUST),
        id => return Err(ContractError::UnknownReply { id }),
    };
    let SubMsgResult::Ok(done) = reply.result else { return Err(ContractError::NoCollectionAddress) };
    // Chains before CosmWasm 2 answer in `data` alone; it holds the same message.
    #[allow(deprecated)]
    let data = done.msg_responses.first().map(|answer| answer.value.clone()).or(done.data);
    let address = data
        .and_then(|data| cw_utils::parse_instantiate_response_data(data.as_slice()).ok())
        .ok_or(ContractError::NoCollectionAddress)?
        .contract_address;
    let address = deps.api.addr_validate(&address)?;
    item.save(deps.storage, &address)?;
    Ok(Response::new().add_event(Nest { kind: kind.into(), address: address.into() }))
}
