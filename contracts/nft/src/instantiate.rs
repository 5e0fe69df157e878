//! Instantiation: everything about a collection is fixed here.

use cosmwasm_std::{DepsMut, Env, Response};
use cw721::execute::{initialize_creator, initialize_minter};
use cw721::state::{CollectionInfo, MINTER};
use meteor_messages::limits::{MAX_ROYALTY_BP, MAX_TEXT};
use meteor_messages::nft::{InstantiateMsg, Royalties};

use crate::error::ContractError;
use crate::state::{NAME, VERSION};
use crate::state::{ROYALTIES, TEMPLATE, cw721};

/// Checks the message and writes the collection.
pub(crate) fn instantiate(deps: DepsMut, env: &Env, msg: InstantiateMsg) -> Result<Response, ContractError> {
    for (what, text) in [("name", &msg.name), ("symbol", &msg.symbol)] {
        if text.is_empty() || text.len() > MAX_TEXT {
            return Err(ContractError::BadText { what, given: text.len(), most: MAX_TEXT });
        }
    }
    msg.template.validate().map_err(ContractError::Template)?;

    cw2::set_contract_version(deps.storage, NAME, VERSION)?;
    TEMPLATE.save(deps.storage, &msg.template)?;
    initialize_minter(deps.storage, deps.api, Some(&msg.minter))?;
    // No creator: in cw721 the creator may rewrite metadata and collection, which nobody may here.
    initialize_creator(deps.storage, deps.api, None)?;

    let info = CollectionInfo { name: msg.name, symbol: msg.symbol, updated_at: env.block.time };
    cw721().collection_info.save(deps.storage, &info)?;
    if let Some(royalties) = msg.royalties {
        save_royalties(deps, env, royalties)?;
    }
    Ok(Response::new().add_attribute("action", "instantiate").add_attribute("minter", msg.minter))
}

/// Checks and stores the royalties.
fn save_royalties(deps: DepsMut, env: &Env, royalties: Royalties) -> Result<(), ContractError> {
    if royalties.share_bp == 0 || royalties.share_bp > MAX_ROYALTY_BP {
        return Err(ContractError::RoyaltyShare { given: royalties.share_bp, most: MAX_ROYALTY_BP });
    }
    let address = deps.api.addr_validate(&royalties.payment_address)?;
    // What is paid to a contract of the event would stay there.
    let minter = MINTER.get_ownership(deps.storage)?.owner;
    if address == env.contract.address || minter.as_ref() == Some(&address) {
        return Err(ContractError::RoyaltyReceiver { given: address.into() });
    }
    Ok(ROYALTIES.save(deps.storage, &royalties)?)
}
