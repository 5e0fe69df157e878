//! What wallets have. These answers are made on demand: there are too many to render in advance.

use std::ops::Bound;
use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use meteor_rules::TokenId;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{InPath, InQuery, Problem};
use crate::address;
use crate::app::App;
use crate::fold::{Collection, TokenRef, Wallet};
use crate::models::{self, Amount};
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
    Ok(view.currency.respond(headers, || {
        let showers: Vec<_> = wallet.map(|wallet| showers(view, wallet)).unwrap_or_default();
        models::Wallet {
            address,
            total: Amount(showers.iter().fold(0, |sum, shower| sum.saturating_add(shower.amount.0))),
            showers,
            meteors: wallet.map_or(0, |wallet| wallet.count(Collection::Meteors)),
            eggs: wallet.map_or(0, |wallet| wallet.count(Collection::Eggs)),
            dust: wallet.map_or(0, |wallet| wallet.count(Collection::Dust)),
            cracking: wallet.map_or(0, |wallet| cracked(view, wallet).count()),
            height: view.at.height,
        }
    }))
}

fn showers(view: &View, wallet: &Wallet) -> Vec<models::WalletShower> {
    let one = |entry: &crate::fold::Entry| {
        let shower = view.shower(entry.shower)?;
        let (rank, row) = shower.ranked_row(entry.slot)?;
        let minted = rank.0 <= shower.summary.minted;
        Some(models::WalletShower {
            shower: entry.shower,
            status: shower.summary.status,
            amount: Amount(row.amount),
            rank: rank.0,
            contributors: shower.summary.contributors,
            tier: shower.tier(rank),
            odds: shower.odds(rank),
            state: shower.state(rank, &row),
            meteor: TokenId::of(shower.summary.earlier, rank).filter(|_| minted).map(|id| id.0),
        })
    };
    wallet.entries.iter().filter_map(one).collect()
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

fn cursor(text: &str) -> Result<TokenRef, Problem> {
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
    Ok(view.currency.respond(headers, || {
        let mut ids = wallet.map_or_else(Vec::new, |wallet| {
            let from = after.map_or(Bound::Unbounded, Bound::Excluded);
            let ids = wallet.tokens.range((from, Bound::Unbounded));
            ids.copied().take(limit.saturating_add(1)).collect::<Vec<TokenRef>>()
        });
        let more = ids.len() > limit; // one more was read to find this out
        ids.truncate(limit);
        let next = ids.last().filter(|_| more);
        models::Cave {
            address,
            count: wallet.map_or(0, |wallet| wallet.tokens.len()),
            cracking: wallet.map_or_else(Vec::new, |wallet| cracking(view, wallet)),
            next: next.map(|last| {
                let (of, id) = (last.collection().name(), last.id());
                format!("/v1/caves/{address}?after={of}-{id}&limit={limit}")
            }),
            nfts: ids.iter().filter_map(|token| view.token(*token)).collect(),
            height: view.at.height,
        }
    }))
}

/// The meteors that the wallet has cracked and that wait for their reveal.
fn cracked(view: &View, wallet: &Wallet) -> impl Iterator<Item = u64> {
    // Nearly always nothing is being cracked, and then the wallet's number is not needed.
    let number = if view.custodies.is_empty() { None } else { view.wallets.number(&wallet.address) };
    number.into_iter().flat_map(|number| view.custodies.of(number))
}

/// The first of them, as shown.
fn cracking<'a>(view: &View, wallet: &'a Wallet) -> Vec<models::Cracking<'a>> {
    let one = |id: u64| {
        let reclaim_at = view.custodies.get(id)?.reclaim_at;
        Some(models::Cracking { token_id: id.to_string(), holder: &wallet.address, reclaim_at })
    };
    cracked(view, wallet).take(MAX_NFTS).filter_map(one).collect()
}

/// How many NFTs a page shall have.
pub(super) fn limit(asked: Option<usize>) -> Result<usize, Problem> {
    let limit = asked.unwrap_or(DEFAULT_NFTS);
    if (1..=MAX_NFTS).contains(&limit) {
        return Ok(limit);
    }
    Err(Problem::bad_request(format!("limit is {limit}: give a number from 1 to {MAX_NFTS}.")))
}
