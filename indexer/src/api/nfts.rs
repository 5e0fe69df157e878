//! NFTs by collection and id.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::wallets::limit;
use super::{InPath, InQuery, Problem, index, shown};
use crate::app::App;
use crate::fold::Collection;
use crate::models;

/// Which NFTs of a collection.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct NftsQuery {
    /// Only the first N that were minted (as in the path of the next page; default all)
    #[param(value_type = Option<u64>, maximum = 4_294_967_295_u32)]
    before: Option<u32>,
    /// How many NFTs to return, 1 to 100 (default 20)
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
}

/// The newest NFTs of a collection
#[utoipa::path(get, path = "/v1/nfts/{collection}", tag = "wallets",
    params(("collection" = String, Path, pattern = "^(meteors|eggs|dust)$", description = "meteors, eggs or dust"), NftsQuery),
    responses(
        (status = 200, body = models::Nfts, description = "A page, newest first"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "Bad parameters"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such collection"),
    )
)]
pub(super) async fn nfts(
    State(app): State<Arc<App>>,
    InPath(collection): InPath<String>,
    InQuery(query): InQuery<NftsQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let of = known(&collection)?;
    let view = shown(&app)?;
    let limit = limit(query.limit)?;
    Ok(view.currency.respond(&headers, || view.newest(of, query.before.map(index), limit)))
}

/// One NFT
#[utoipa::path(get, path = "/v1/nfts/{collection}/{token_id}", tag = "wallets",
    params(
        ("collection" = String, Path, pattern = "^(meteors|eggs|dust)$", description = "meteors, eggs or dust"),
        ("token_id" = u64, Path, description = "The NFT's id"),
    ),
    responses(
        (status = 200, body = models::Nft, description = "The NFT, burnt or not"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "Not minted"),
    )
)]
pub(super) async fn nft(
    State(app): State<Arc<App>>,
    InPath((collection, id)): InPath<(String, u64)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let of = known(&collection)?;
    let view = shown(&app)?;
    let token = view.collections.of(of).get(id).ok_or_else(|| Problem::unknown_nft(of, id))?;
    Ok(view.currency.respond_json(&headers, || view.nft_json(of, id, token)))
}

fn known(collection: &str) -> Result<Collection, Problem> {
    Collection::named(collection).ok_or_else(|| Problem::unknown_collection(collection))
}
