//! Instantiation: everything about a collection is fixed here.

use cosmwasm_std::{Decimal, DepsMut, Env, Response};
use cw721::execute::{initialize_creator, initialize_minter};
use cw721::state::CollectionInfo;
use cw721::traits::ToAttributesState;
use cw721::{CollectionExtension, RoyaltyInfo};
use meteor_messages::nft::{InstantiateMsg, Royalties};

use crate::error::ContractError;
use crate::state::{NAME, VERSION};
use crate::state::{ROYALTIES, TEMPLATE, cw721};

/// Longest name or symbol (bytes).
const MAX_TEXT: usize = 128;
/// The largest royalties (basis points): what cw721 0.22 lets a collection ask for.
pub(crate) const MAX_ROYALTY_BP: u32 = 1_000;

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
        save_royalties(deps, &info.name, royalties)?;
    }
    Ok(Response::new().add_attribute("action", "instantiate").add_attribute("minter", msg.minter))
}

/// Stores the royalties twice: for CW2981's queries, and as cw721 0.22 shows them in the collection's info.
fn save_royalties(deps: DepsMut, name: &str, royalties: Royalties) -> Result<(), ContractError> {
    if royalties.share_bp == 0 || royalties.share_bp > MAX_ROYALTY_BP {
        return Err(ContractError::RoyaltyShare { given: royalties.share_bp, most: MAX_ROYALTY_BP });
    }
    let payment_address = deps.api.addr_validate(&royalties.payment_address)?;
    let extension = CollectionExtension {
        description: name.to_owned(),
        image: String::new(),
        external_link: None,
        banner_url: None,
        explicit_content: None,
        start_trading_time: None,
        royalty_info: Some(RoyaltyInfo {
            payment_address: payment_address.clone(),
            share: Decimal::from_ratio(royalties.share_bp, meteor_rules::BASIS_POINTS),
        }),
    };
    for attribute in extension.to_attributes_state()? {
        cw721().collection_extension.save(deps.storage, attribute.key.clone(), &attribute)?;
    }
    let royalties = Royalties { payment_address: payment_address.into(), ..royalties };
    Ok(ROYALTIES.save(deps.storage, &royalties)?)
}
