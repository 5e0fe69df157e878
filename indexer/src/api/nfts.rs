//! NFTs by collection and id.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use meteor_rules::tier::Tier;
use serde::Deserialize;
use utoipa::IntoParams;

use super::wallets::{cursor, limit};
use super::{InPath, InQuery, Problem, shown};
use crate::app::App;
use crate::fold::{Collection, TokenRef};
use crate::models::{self, NftState};
use crate::view::Filter;

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

/// Which NFTs of all collections.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FilterQuery {
    /// Only those of this collection: meteors, eggs or dust
    #[param(pattern = "^(meteors|eggs|dust)$")]
    collection: Option<String>,
    /// Only those that this wallet holds, or cracked and waits for
    owner: Option<String>,
    /// Only those from this shower
    #[param(value_type = Option<u64>, maximum = 4_294_967_295_u32)]
    shower: Option<u32>,
    /// Only those of this tier
    #[param(inline)]
    tier: Option<Tier>,
    /// Only those of which this has become
    #[param(inline)]
    state: Option<NftState>,
    /// Return NFTs after this one, for example `eggs-12` (default: from the first)
    #[param(pattern = "^(meteors|eggs|dust)-[0-9]{1,18}$")]
    after: Option<String>,
    /// How many NFTs to return, 1 to 100 (default 20)
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
}

impl FilterQuery {
    /// The path of the page after an NFT, with the same questions.
    fn next(&self, after: TokenRef, limit: usize) -> String {
        let mut path = String::from("/v1/nfts?");
        let texts = [("collection", &self.collection), ("owner", &self.owner)].into_iter();
        let texts = texts.filter_map(|(name, value)| Some((name, value.clone()?)));
        let shower = self.shower.map(|shower| ("shower", shower.to_string()));
        let tier = self.tier.map(|tier| ("tier", tier.to_string()));
        let state = self.state.map(|state| ("state", state.name().to_owned()));
        for (name, value) in texts.chain(shower).chain(tier).chain(state) {
            let _ = write!(path, "{name}={value}&");
        }
        let _ = write!(path, "after={}-{}&limit={limit}", after.collection().name(), after.id());
        path
    }
}

/// NFTs by owner, shower, tier and state
///
/// A request looks at no more than 1,000 NFTs, so a page may be short or empty while `next` is not null. An owner holds no
/// NFT that is burnt or revealed.
#[utoipa::path(get, path = "/v1/nfts", tag = "wallets", params(FilterQuery), responses(
    (status = 200, body = models::FoundNfts, description = "A page: meteors, then eggs, then dust, each by token id"),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "Bad parameters"),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "No such collection or shower"),
))]
pub(super) async fn find_nfts(
    State(app): State<Arc<App>>,
    InQuery(query): InQuery<FilterQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let limit = limit(query.limit)?;
    let after = query.after.as_deref().map(cursor).transpose()?;
    let collection = query.collection.as_deref().map(known).transpose()?;
    let view = shown(&app)?;
    let owner = query.owner.as_deref().map(|owner| super::wallets::find(&app, &view, owner)).transpose()?;
    if let Some(shower) = query.shower {
        super::showers::find(&view, shower)?;
    }
    let filter = Filter { collection, owner, shower: query.shower, tier: query.tier, state: query.state };
    Ok(view
        .currency
        .respond_json(&headers, || view.filtered_json(&filter, after, limit, |last| query.next(last, limit))))
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
