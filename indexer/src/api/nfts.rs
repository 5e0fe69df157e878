//! NFTs by collection and id.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::wallets::limit;
use super::{InPath, InQuery, Problem, shown};
use crate::app::App;
use crate::fold::Collection;
use crate::models;

/// Which NFTs of a collection.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct NftsQuery {
    /// Return those minted before the NFT with this id (default: from the newest)
    #[param(pattern = "^[0-9]{1,20}$")]
    after: Option<String>,
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
    let after = query.after.as_deref().map(token_id).transpose()?;
    let end = match after {
        Some(id) => Some(view.place(of, id).ok_or_else(|| {
            Problem::bad_request(format!("after is {id}, which is no NFT of {}.", of.name()))
        })?),
        None => None,
    };
    Ok(view.currency.respond(&headers, || view.newest(of, end, limit)))
}

/// One NFT
#[utoipa::path(get, path = "/v1/nfts/{collection}/{token_id}", tag = "wallets",
    params(
        ("collection" = String, Path, pattern = "^(meteors|eggs|dust)$", description = "meteors, eggs or dust"),
        ("token_id" = String, Path, pattern = "^[0-9]{1,20}$", description = "The NFT's id"),
    ),
    responses(
        (status = 200, body = models::Nft, description = "The NFT, burnt or not"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "Not minted"),
    )
)]
pub(super) async fn nft(
    State(app): State<Arc<App>>,
    InPath((collection, id)): InPath<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let of = known(&collection)?;
    let id = token_id(&id)?;
    let view = shown(&app)?;
    let token = view.collections.of(of).get(id).ok_or_else(|| Problem::unknown_nft(of, id))?;
    Ok(view.currency.respond_json(&headers, || view.nft_json(of, id, token)))
}

/// The id of an NFT.
fn token_id(text: &str) -> Result<u64, Problem> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let id = if digits { text.parse().ok() } else { None };
    id.ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        Problem::bad_request(format!(
            "{shown:?} is no id of an NFT. Give its decimal digits, for example 42."
        ))
    })
}

fn known(collection: &str) -> Result<Collection, Problem> {
    Collection::named(collection).ok_or_else(|| Problem::unknown_collection(collection))
}
