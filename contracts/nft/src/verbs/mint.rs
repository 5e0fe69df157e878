//! `MintBatch`: 1 to 100 new tokens, all or none.

use cosmwasm_std::{DepsMut, MessageInfo, Response};
use cw721::state::MINTER;
use meteor_contract_kit::batch_size;
use meteor_messages::events::Minted;
use meteor_messages::nft::NewToken;
use meteor_rules::metadata::check_image;

use crate::error::ContractError;
use crate::row;
use crate::state::{TEMPLATE, cw721, save_new};
use crate::used::Used;

/// Most tokens in one batch: about 1.5M gas, within every chain's block.
pub(crate) const MAX_BATCH: usize = 100;

/// Mints `tokens`.
pub(crate) fn mint_batch(
    deps: DepsMut,
    info: &MessageInfo,
    tokens: Vec<NewToken>,
) -> Result<Response, ContractError> {
    let minter = MINTER.get_ownership(deps.storage)?.owner;
    if minter.as_ref() != Some(&info.sender) {
        return Err(ContractError::NotMinter { minter: minter.map(String::from).unwrap_or_default() });
    }
    batch_size(tokens.len(), MAX_BATCH)?;
    let template = TEMPLATE.load(deps.storage)?;
    let config = cw721();
    let mut count = config.token_count(deps.storage)?;
    let mut used = Used::default();
    let mut response = Response::new();
    let mut rows = Vec::with_capacity(tokens.len());
    for NewToken { token_id, owner, image, traits } in tokens {
        let bad = |source| ContractError::Token { token_id, source };
        check_image(&image).map_err(bad)?;
        template.check(&traits).map_err(bad)?;
        used.take(deps.storage, token_id)?;
        let owner = deps.api.addr_validate(&owner)?;
        let row = row::pack(&image, &traits)?;
        response = response.add_event(Minted { token_id, owner: owner.to_string(), image, traits });
        rows.push((token_id.to_string(), owner, row));
        count += 1;
    }
    // Everything is checked: from here on nothing can be refused, so no half of a batch is ever written.
    for (token_id, owner, row) in rows {
        save_new(deps.storage, &token_id, owner, row)?;
    }
    used.save(deps.storage);
    config.num_tokens.save(deps.storage, &count)?;
    Ok(response)
}
