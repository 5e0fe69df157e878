//! Entry points: coins are refused, every verb of the standard is matched on purpose.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;
use cosmwasm_std::{Binary, Deps, DepsMut, Empty, Env, MessageInfo, Response};
use cw721::execute as standard;
use meteor_contract_kit::nonpayable;
use meteor_messages::nft::{ExecuteMsg, ExtensionMsg, InstantiateMsg, QueryMsg};

use crate::error::ContractError;
use crate::state::NoExtension;
pub use crate::state::{NAME, VERSION};
use crate::verbs::{burn, mint, transfer};
use crate::{instantiate as instantiation, queries};

/// Makes a collection; nothing of it changes later.
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
        ExecuteMsg::UpdateExtension { msg: ExtensionMsg::MintBatch { tokens } } => {
            mint::mint_batch(deps, &info, tokens)
        }
        ExecuteMsg::TransferNft { recipient, token_id } => {
            transfer::transfer(deps, &env, &info, &recipient, token_id)
        }
        ExecuteMsg::SendNft { contract, token_id, msg } => {
            transfer::send(deps, &env, &info, contract, token_id, msg.unwrap_or_default())
        }
        ExecuteMsg::Burn { token_id } => burn::burn(deps, &env, &info, token_id),
        ExecuteMsg::Approve { spender, token_id, expires } => {
            Ok(standard::approve::<NoExtension, Empty>(deps, &env, &info, spender, token_id, expires)?)
        }
        ExecuteMsg::Revoke { spender, token_id } => {
            Ok(standard::revoke::<NoExtension, Empty>(deps, &env, &info, spender, token_id)?)
        }
        ExecuteMsg::ApproveAll { operator, expires } => {
            Ok(standard::approve_all::<Empty>(deps, &env, &info, operator, expires)?)
        }
        ExecuteMsg::RevokeAll { operator } => Ok(standard::revoke_all::<Empty>(deps, &env, &info, operator)?),
        ExecuteMsg::Mint(_) => {
            // The standard's Mint takes a burnt id again: a cracked meteor could be cracked twice.
            refuse("mint", "it would reuse burnt ids; the minter uses mint_batch")
        }
        ExecuteMsg::UpdateNftInfo(_) => refuse("update_nft_info", "metadata never changes"),
        ExecuteMsg::UpdateCollectionInfo(_) => {
            refuse("update_collection_info", "the collection's description and royalties never change")
        }
        ExecuteMsg::AddMinter(_) => refuse("add_minter", "a collection has one fixed minter"),
        ExecuteMsg::RemoveMinter(_) => refuse("remove_minter", "a collection has one fixed minter"),
        ExecuteMsg::UpdateOwnership(_) => {
            refuse("update_ownership", "a collection has one fixed minter and no owner")
        }
        ExecuteMsg::UpdateMinterOwnership(_) => {
            refuse("update_minter_ownership", "a collection has one fixed minter")
        }
        ExecuteMsg::UpdateCreatorOwnership(_) => {
            refuse("update_creator_ownership", "a collection has no creator with powers")
        }
        ExecuteMsg::SetWithdrawAddress(_) => refuse("set_withdraw_address", "a collection never holds money"),
        ExecuteMsg::RemoveWithdrawAddress(_) => {
            refuse("remove_withdraw_address", "a collection never holds money")
        }
        ExecuteMsg::WithdrawFunds(_) => refuse("withdraw_funds", "a collection never holds money"),
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

fn refuse(verb: &'static str, why: &'static str) -> Result<Response, ContractError> {
    Err(ContractError::Refused { verb, why })
}
