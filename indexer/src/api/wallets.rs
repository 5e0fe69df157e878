//! What wallets have. These answers are made on demand: there are too many to render in advance.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{InPath, InQuery, Problem};
use crate::address;
use crate::app::App;
use crate::fold::{Collection, TokenRef, Wallet};
use crate::models;
use crate::view::{DEFAULT_NFTS, MAX_NFTS, View};

/// The wallet of an address; `None` if it has done nothing yet; a problem if the text is not an address.
pub(super) fn find<'a>(app: &App, view: &'a View, text: &str) -> Result<Option<&'a Wallet>, Problem> {
    if view.launched.is_none() {
        return Err(Problem::not_launched());
    }
    // An address that came from the chain needs no check.
    if let Some(wallet) = view.wallets.find(text) {
        return Ok(Some(wallet));
    }
    match address::check(text, &app.config.prefix) {
        Ok(()) => Ok(None),
        Err(error) => {
            let shown: String = text.chars().take(80).collect();
            Err(Problem::bad_address(format!(
                "{shown:?} can't be looked up: {error}. Copy the address again."
            )))
        }
    }
}

/// A wallet's contributions in every shower
#[utoipa::path(get, path = "/v1/wallets/{address}", tag = "wallets",
    params(("address" = String, Path, description = "The wallet")),
    responses(
        (status = 200, body = models::Wallet, description = "The wallet; empty if it has done nothing yet"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "Not an address"),
    )
)]
pub(super) async fn wallet(
    State(app): State<Arc<App>>,
    InPath(address): InPath<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    of_wallet(&app, &app.view(), &address, &headers)
}

/// The answer to the request above.
pub(super) fn of_wallet(
    app: &App,
    view: &View,
    address: &str,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let wallet = find(app, view, address)?;
    Ok(view.currency.respond_json(headers, || view.wallet_json(address, wallet)))
}

/// Which NFTs of a cave.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CaveQuery {
    /// Return NFTs after this one, for example `eggs-12` (default: from the first)
    after: Option<String>,
    /// How many NFTs to return, 1 to 100 (default 20)
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
}

/// The NFTs a wallet holds
#[utoipa::path(get, path = "/v1/caves/{address}", tag = "wallets",
    params(("address" = String, Path, description = "The wallet"), CaveQuery),
    responses(
        (status = 200, body = models::Cave, description = "The cave; empty if the wallet holds nothing"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "Bad parameters"),
    )
)]
pub(super) async fn cave(
    State(app): State<Arc<App>>,
    InPath(address): InPath<String>,
    InQuery(query): InQuery<CaveQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let limit = limit(query.limit)?;
    let after = query.after.as_deref().map(cursor).transpose()?;
    of_cave(&app, &app.view(), &address, after, limit, &headers)
}

/// The NFT after which a page begins.
pub(super) fn cursor(text: &str) -> Result<TokenRef, Problem> {
    let parts = text.split_once('-');
    let token = parts.and_then(|(of, id)| TokenRef::new(Collection::named(of)?, id.parse().ok()?));
    token.ok_or_else(|| {
        Problem::bad_request(
            "after is not an NFT like meteors-7: follow the path in next of the previous page.",
        )
    })
}

/// The answer to the request above: `limit` NFTs after `after`.
pub(super) fn of_cave(
    app: &App,
    view: &View,
    address: &str,
    after: Option<TokenRef>,
    limit: usize,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let wallet = find(app, view, address)?;
    Ok(view.currency.respond_json(headers, || view.cave_json(address, wallet, after, limit)))
}

/// How many NFTs a page shall have.
pub(super) fn limit(asked: Option<usize>) -> Result<usize, Problem> {
    let limit = asked.unwrap_or(DEFAULT_NFTS);
    if (1..=MAX_NFTS).contains(&limit) {
        return Ok(limit);
    }
    Err(Problem::bad_request(format!("limit is {limit}: give a number from 1 to {MAX_NFTS}.")))
}
