//! What wallets have: made on demand from the view, because there are too many to render in advance.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::models::{self, Amount};
use super::{InPath, InQuery, Problem};
use crate::address;
use crate::app::App;
use crate::fold::Wallet;
use crate::view::{DEFAULT_NFTS, MAX_NFTS, View};

/// The wallet of an address; `None` for one that has done nothing yet, a problem for what is no address.
pub(super) fn find<'a>(app: &App, view: &'a View, text: &str) -> Result<Option<&'a Wallet>, Problem> {
    // One that the chain has told of needs no check.
    if let Some(wallet) = view.wallets.find(text) {
        return Ok(Some(wallet));
    }
    match address::check(text, &app.config.prefix) {
        Ok(()) => Ok(None),
        Err(error) => {
            let shown: String = text.chars().take(80).collect();
            Err(Problem::bad_address(format!("{shown:?} can't be looked up: {error}. Copy it again.")))
        }
    }
}

/// What a wallet has in every shower
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
    Ok(view.currency.respond(headers, || {
        let showers: Vec<_> = wallet.map(|wallet| showers(view, wallet)).unwrap_or_default();
        models::Wallet {
            address,
            total: Amount(showers.iter().fold(0, |sum, shower| sum.saturating_add(shower.amount.0))),
            showers,
            meteors: wallet.map_or(0, |wallet| wallet.tokens.len()),
            height: view.at.height,
        }
    }))
}

fn showers(view: &View, wallet: &Wallet) -> Vec<models::WalletShower> {
    let one = |entry: &crate::fold::Entry| {
        let shower = view.shower(entry.shower)?;
        let rank = shower.rank(entry.slot)?;
        let row = shower.row(rank)?;
        let minted = rank <= shower.summary.minted;
        Some(models::WalletShower {
            shower: entry.shower,
            status: shower.summary.status,
            amount: Amount(row.amount),
            rank,
            contributors: shower.summary.contributors,
            tier: shower.tier(rank).into(),
            state: shower.state(rank, row).into(),
            meteor: minted.then(|| shower.summary.earlier.saturating_add(rank.into())),
        })
    };
    wallet.entries.iter().filter_map(one).collect()
}

/// Which NFTs of a cave.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CaveQuery {
    /// Continue after this token id (default 0)
    after: Option<u64>,
    /// NFTs, 1 to 100 (default 20)
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
    of_cave(&app, &app.view(), &address, query.after.unwrap_or(0), limit, &headers)
}

/// The answer to the request above: `limit` NFTs after the id `after`.
pub(super) fn of_cave(
    app: &App,
    view: &View,
    address: &str,
    after: u64,
    limit: usize,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let wallet = find(app, view, address)?;
    Ok(view.currency.respond(headers, || {
        let mut ids = wallet.map_or_else(Vec::new, |wallet| {
            let ids = wallet.tokens.range(after.saturating_add(1)..);
            ids.copied().take(limit.saturating_add(1)).collect()
        });
        let more = ids.len() > limit; // one was taken beyond, only to know this
        ids.truncate(limit);
        let next = ids.last().filter(|_| more);
        models::Cave {
            address,
            count: wallet.map_or(0, |wallet| wallet.tokens.len()),
            next: next.map(|last| format!("/v1/caves/{address}?after={last}&limit={limit}")),
            nfts: ids.iter().filter_map(|id| Some(view.nft(*id, view.tokens.get(*id)?))).collect(),
            height: view.at.height,
        }
    }))
}

/// How many NFTs a page is asked to have.
pub(super) fn limit(asked: Option<usize>) -> Result<usize, Problem> {
    let limit = asked.unwrap_or(DEFAULT_NFTS);
    if (1..=MAX_NFTS).contains(&limit) {
        return Ok(limit);
    }
    Err(Problem::bad_request(format!("limit can't be {limit}: give 1 to {MAX_NFTS}.")))
}
