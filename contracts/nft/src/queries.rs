//! What can be asked: the standard's queries, with metadata rendered from the stored row, and CW2981's.

use cosmwasm_std::{Binary, Deps, Env, to_json_binary};
use cw721::msg::{AllNftInfoResponse, NftInfoResponse};
use cw721::query as standard;
use cw721::{CollectionExtension, RoyaltyInfo};
use meteor_messages::nft::{CheckRoyaltiesResponse, ExtensionQuery, QueryMsg, RoyaltyInfoResponse};
use meteor_rules::BASIS_POINTS;
use meteor_rules::metadata::Metadata;

use crate::error::ContractError;
use crate::row::Row;
use crate::state::{ROYALTIES, TEMPLATE, cw721};

/// Answers `msg`.
pub(crate) fn query(deps: Deps, env: &Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    #[allow(deprecated)] // still asked by wallets written for older versions of the standard
    let answer = match msg {
        QueryMsg::NftInfo { token_id } => to_json_binary(&nft_info(deps, token_id)?),
        QueryMsg::AllNftInfo { token_id, include_expired } => {
            to_json_binary(&all_nft_info(deps, env, token_id, include_expired.unwrap_or(false))?)
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
        QueryMsg::AllOperators { owner, include_expired, start_after, limit } => {
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
        QueryMsg::ContractInfo {} | QueryMsg::GetCollectionInfoAndExtension {} => {
            to_json_binary(&standard::query_collection_info_and_extension::<Collection>(deps)?)
        }
        QueryMsg::GetConfig {} => {
            to_json_binary(&standard::query_config::<Collection>(deps, &env.contract.address)?)
        }
        QueryMsg::GetAllInfo {} => to_json_binary(&standard::query_all_info(deps, env)?),
        QueryMsg::GetCollectionExtensionAttributes {} => {
            to_json_binary(&standard::query_collection_extension_attributes(deps)?)
        }
        QueryMsg::Ownership {} | QueryMsg::GetMinterOwnership {} => {
            to_json_binary(&standard::query_minter_ownership(deps.storage)?)
        }
        QueryMsg::Minter {} => to_json_binary(&standard::query_minter(deps.storage)?),
        QueryMsg::GetCreatorOwnership {} => to_json_binary(&standard::query_creator_ownership(deps.storage)?),
        QueryMsg::GetAdditionalMinters { start_after, limit } => {
            to_json_binary(&standard::query_additional_minters(deps, start_after, limit)?)
        }
        QueryMsg::GetWithdrawAddress {} => to_json_binary(&standard::query_withdraw_address(deps)?),
        QueryMsg::GetNftByExtension { .. } => {
            // The standard's scan of the collection: one query could use up a node's query gas.
            return refuse("get_nft_by_extension", "it walks the whole collection; ask an indexer");
        }
        QueryMsg::GetCollectionExtension { .. } => {
            return refuse(
                "get_collection_extension",
                "it has no answer; use get_collection_info_and_extension",
            );
        }
        QueryMsg::Extension { msg } => return extension(deps, msg),
    };
    Ok(answer?)
}

type Collection = Option<CollectionExtension<RoyaltyInfo>>;

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

fn nft_info(deps: Deps, token_id: String) -> Result<NftInfoResponse<Metadata>, ContractError> {
    let row = cw721()
        .nft_info
        .may_load(deps.storage, &token_id)?
        .ok_or_else(|| ContractError::NoSuchToken { token_id: token_id.clone() })?
        .extension;
    render(deps, &token_id, &row)
}

fn all_nft_info(
    deps: Deps,
    env: &Env,
    token_id: String,
    include_expired: bool,
) -> Result<AllNftInfoResponse<Metadata>, ContractError> {
    let stored = standard::query_all_nft_info::<Row>(deps, env, token_id.clone(), include_expired)?;
    Ok(AllNftInfoResponse { access: stored.access, info: render(deps, &token_id, &stored.info.extension)? })
}

/// The metadata as marketplaces read it. There is no `token_uri`: everything is on the chain.
fn render(deps: Deps, token_id: &str, row: &Row) -> Result<NftInfoResponse<Metadata>, ContractError> {
    let (image, traits) = row.unpack()?;
    let extension = TEMPLATE
        .load(deps.storage)?
        .render(token_id, &image, &traits)
        .map_err(|source| ContractError::Unrenderable { token_id: token_id.to_owned(), source })?;
    Ok(NftInfoResponse { token_uri: None, extension })
}

fn refuse(verb: &'static str, why: &'static str) -> Result<Binary, ContractError> {
    Err(ContractError::Refused { verb, why })
}
