//! What can be asked: the standard's queries, with metadata rendered from the stored row, and CW2981's.

use cosmwasm_std::{Addr, Binary, Decimal, Deps, Env, to_json_binary};
use cw721::msg::{AllInfoResponse, AllNftInfoResponse, ConfigResponse, MinterResponse, NftInfoResponse};
use cw721::query as standard;
use cw721::state::{
    ATTRIBUTE_DESCRIPTION, ATTRIBUTE_ROYALTY_INFO, CollectionExtensionAttributes, CollectionInfo,
};
use cw721::{Attribute, RoyaltyInfo};
use meteor_messages::nft::{
    CheckRoyaltiesResponse, CollectionExtension, CollectionResponse, ContractInfoResponse, ExtensionQuery,
    QueryMsg, RoyaltyInfoResponse,
};
use meteor_rules::BASIS_POINTS;
use meteor_rules::metadata::Metadata;

use crate::error::ContractError;
use crate::row;
use crate::state::{ROYALTIES, TEMPLATE, token};

/// Answers `msg`.
pub(crate) fn query(deps: Deps, env: &Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let answer = match msg {
        QueryMsg::NftInfo { token_id } => to_json_binary(&nft_info(deps, token_id)?),
        QueryMsg::AllNftInfo { token_id, include_expired } => {
            let info = nft_info(deps, token_id.clone())?;
            let access = standard::query_owner_of(deps, env, token_id, include_expired.unwrap_or(false))?;
            to_json_binary(&AllNftInfoResponse { access, info })
        }
        QueryMsg::OwnerOf { token_id, include_expired } => {
            to_json_binary(&standard::query_owner_of(deps, env, token_id, include_expired.unwrap_or(false))?)
        }
        QueryMsg::Approval { token_id, spender, include_expired } => {
            let spender = deps.api.addr_validate(&spender)?;
            to_json_binary(&standard::query_approval(
                deps,
                env,
                token_id,
                spender,
                include_expired.unwrap_or(false),
            )?)
        }
        QueryMsg::Approvals { token_id, include_expired } => {
            to_json_binary(&standard::query_approvals(deps, env, token_id, include_expired.unwrap_or(false))?)
        }
        QueryMsg::Operator { owner, operator, include_expired } => to_json_binary(&standard::query_operator(
            deps,
            env,
            owner,
            operator,
            include_expired.unwrap_or(false),
        )?),
        QueryMsg::AllOperators { owner, include_expired, start_after, limit }
        | QueryMsg::ApprovedForAll { owner, include_expired, start_after, limit } => {
            to_json_binary(&standard::query_operators(
                deps,
                env,
                owner,
                include_expired.unwrap_or(false),
                start_after,
                limit,
            )?)
        }
        QueryMsg::NumTokens {} => to_json_binary(&standard::query_num_tokens(deps.storage)?),
        QueryMsg::Tokens { owner, start_after, limit } => {
            to_json_binary(&standard::query_tokens(deps, env, owner, start_after, limit)?)
        }
        QueryMsg::AllTokens { start_after, limit } => {
            to_json_binary(&standard::query_all_tokens(deps, env, start_after, limit)?)
        }
        QueryMsg::ContractInfo {} => {
            let CollectionInfo { name, symbol, .. } = standard::query_collection_info(deps.storage)?;
            to_json_binary(&ContractInfoResponse { name, symbol })
        }
        QueryMsg::GetCollectionInfoAndExtension {} => to_json_binary(&collection(deps)?),
        QueryMsg::GetConfig {} => to_json_binary(&config(deps, env)?),
        QueryMsg::GetAllInfo {} => to_json_binary(&all_info(deps, env)?),
        QueryMsg::GetCollectionExtensionAttributes {} => to_json_binary(&attributes(deps)?),
        QueryMsg::Ownership {} | QueryMsg::GetMinterOwnership {} => {
            to_json_binary(&standard::query_minter_ownership(deps.storage)?)
        }
        QueryMsg::Minter {} => to_json_binary(&MinterResponse {
            minter: standard::query_minter_ownership(deps.storage)?.owner.map(Addr::into_string),
        }),
        QueryMsg::GetCreatorOwnership {} => to_json_binary(&standard::query_creator_ownership(deps.storage)?),
        QueryMsg::GetAdditionalMinters { start_after, limit } => {
            to_json_binary(&standard::query_additional_minters(deps, start_after, limit)?)
        }
        QueryMsg::GetWithdrawAddress {} => to_json_binary(&standard::query_withdraw_address(deps)?),
        QueryMsg::GetNftByExtension(_) => {
            // The standard's scan of the collection: one query could use up a node's query gas.
            return refuse("get_nft_by_extension", "it would walk the whole collection; ask an indexer");
        }
        QueryMsg::GetCollectionExtension(_) => {
            return refuse(
                "get_collection_extension",
                "it has no answer; use get_collection_info_and_extension",
            );
        }
        QueryMsg::Extension { msg } => return extension(deps, msg),
    };
    Ok(answer?)
}

fn collection(deps: Deps) -> Result<CollectionResponse, ContractError> {
    let CollectionInfo { name, symbol, updated_at } = standard::query_collection_info(deps.storage)?;
    Ok(CollectionResponse { name, symbol, extension: collection_extension(deps)?, updated_at })
}

/// What royalties make of the collection; none without.
fn collection_extension(deps: Deps) -> Result<Option<CollectionExtension>, ContractError> {
    let Some(royalties) = ROYALTIES.may_load(deps.storage)? else { return Ok(None) };
    Ok(Some(CollectionExtension {
        description: standard::query_collection_info(deps.storage)?.name,
        image: None,
        external_link: None,
        banner_url: None,
        explicit_content: None,
        start_trading_time: None,
        royalty_info: Some(RoyaltyInfo {
            payment_address: Addr::unchecked(royalties.payment_address), // checked before it was stored
            share: Decimal::from_ratio(royalties.share_bp, BASIS_POINTS),
        }),
    }))
}

/// The same as a list of what there is.
fn attributes(deps: Deps) -> Result<CollectionExtensionAttributes, ContractError> {
    let Some(extension) = collection_extension(deps)? else { return Ok(vec![]) };
    Ok(vec![
        Attribute { key: ATTRIBUTE_DESCRIPTION.into(), value: to_json_binary(&extension.description)? },
        Attribute { key: ATTRIBUTE_ROYALTY_INFO.into(), value: to_json_binary(&extension.royalty_info)? },
    ])
}

fn config(deps: Deps, env: &Env) -> Result<ConfigResponse<Option<CollectionExtension>>, ContractError> {
    Ok(ConfigResponse {
        num_tokens: standard::query_num_tokens(deps.storage)?.count,
        minter_ownership: standard::query_minter_ownership(deps.storage)?,
        creator_ownership: standard::query_creator_ownership(deps.storage)?,
        withdraw_address: standard::query_withdraw_address(deps)?,
        collection_info: standard::query_collection_info(deps.storage)?,
        collection_extension: collection_extension(deps)?,
        contract_info: deps.querier.query_wasm_contract_info(&env.contract.address)?,
    })
}

fn all_info(deps: Deps, env: &Env) -> Result<AllInfoResponse, ContractError> {
    Ok(AllInfoResponse {
        contract_info: deps.querier.query_wasm_contract_info(&env.contract.address)?,
        collection_info: standard::query_collection_info(deps.storage)?,
        collection_extension: attributes(deps)?,
        num_tokens: standard::query_num_tokens(deps.storage)?.count,
    })
}

fn extension(deps: Deps, msg: ExtensionQuery) -> Result<Binary, ContractError> {
    let royalties = ROYALTIES.may_load(deps.storage)?;
    let answer = match msg {
        ExtensionQuery::Template {} => to_json_binary(&TEMPLATE.load(deps.storage)?),
        // CW2981 names the token; all tokens of a collection have the same royalties.
        ExtensionQuery::RoyaltyInfo { token_id: _, sale_price } => {
            let (address, share) = royalties.map(|r| (r.payment_address, r.share_bp)).unwrap_or_default();
            // At most a tenth of the price (MAX_ROYALTY_BP), so this can't overflow.
            let royalty_amount = sale_price.multiply_ratio(share, BASIS_POINTS);
            to_json_binary(&RoyaltyInfoResponse { address, royalty_amount })
        }
        ExtensionQuery::CheckRoyalties {} => {
            to_json_binary(&CheckRoyaltiesResponse { royalty_payments: royalties.is_some() })
        }
    };
    Ok(answer?)
}

/// The metadata as marketplaces read it. There is no `token_uri`: everything is on the chain.
fn nft_info(deps: Deps, token_id: String) -> Result<NftInfoResponse<Metadata>, ContractError> {
    let row = token(deps.storage, &token_id)?.token_uri.unwrap_or_default();
    let (image, traits) = row::unpack(&row)?;
    let extension = TEMPLATE
        .load(deps.storage)?
        .render(&token_id, &image, &traits)
        .map_err(|source| ContractError::Unrenderable { token_id, source })?;
    Ok(NftInfoResponse { token_uri: None, extension })
}

fn refuse(verb: &'static str, why: &'static str) -> Result<Binary, ContractError> {
    Err(ContractError::Refused { verb, why })
}
