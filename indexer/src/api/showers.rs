//! Showers, rankings, floors and quotes.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use meteor_rules::ranking::Quote as Quoted;
use meteor_rules::tier::Tier;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{InPath, InQuery, Problem, prepared};
use crate::app::App;
use crate::models::{self, Amount, Status};
use crate::view::{DEFAULT_ROWS, MAX_ROWS, ShowerView, View};

/// The shower of that number, or the problem to answer with.
pub(super) fn find(view: &View, number: u32) -> Result<&Arc<ShowerView>, Problem> {
    if view.launched.is_none() {
        return Err(Problem::not_launched());
    }
    view.shower(number).ok_or_else(|| Problem::unknown_shower(number, view.showers.len()))
}

/// All showers of the event
#[utoipa::path(get, path = "/v1/showers", tag = "showers", responses(
    (status = 200, body = models::Showers, description = "The showers"),
    (status = 503, body = Problem, content_type = "application/problem+json", description = "Not launched yet"),
))]
pub(super) async fn showers(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Problem> {
    prepared(&app.view(), "/v1/showers", &headers)
}

/// One shower
#[utoipa::path(get, path = "/v1/showers/{shower}", tag = "showers",
    params(("shower" = u32, Path, description = "Number of the shower, from 1")),
    responses(
        (status = 200, body = models::Shower, description = "The shower"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such shower"),
    )
)]
pub(super) async fn shower(
    State(app): State<Arc<App>>,
    InPath(shower): InPath<u32>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let view = app.view();
    Ok(find(&view, shower)?.page.respond(&headers, &view.currency))
}

/// Which rows of a ranking.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RankingQuery {
    /// Return ranks after this one (default 0)
    #[param(value_type = Option<u64>, maximum = 4_294_967_295_u32)]
    after: Option<u32>,
    /// How many rows to return, 1 to 1000 (default 100)
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// The ranking of a shower, best rank first
#[utoipa::path(get, path = "/v1/showers/{shower}/ranking", tag = "showers",
    params(("shower" = u32, Path, description = "Number of the shower, from 1"), RankingQuery),
    responses(
        (status = 200, body = models::Ranking, description = "A page of the ranking"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "Bad parameters"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such shower"),
    )
)]
pub(super) async fn ranking(
    State(app): State<Arc<App>>,
    InPath(shower): InPath<u32>,
    InQuery(query): InQuery<RankingQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    of_ranking(&app.view(), shower, query.after, query.limit, &headers)
}

/// The answer to the request above.
pub(super) fn of_ranking(
    view: &View,
    shower: u32,
    after: Option<u32>,
    limit: Option<u32>,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let shower = find(view, shower)?;
    let (after, limit) = (after.unwrap_or(0), rows(limit)?);
    Ok(match shower.ranking_page(after, limit) {
        Some(page) => page.respond(headers, &view.currency),
        None => view.currency.respond_json(headers, || shower.ranking(after, limit)),
    })
}

/// The floors of a shower's tiers, and the odds of an egg
#[utoipa::path(get, path = "/v1/showers/{shower}/floors", tag = "showers",
    params(("shower" = u32, Path, description = "Number of the shower, from 1")),
    responses(
        (status = 200, body = models::Floors, description = "Floors and odds"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such shower"),
    )
)]
pub(super) async fn floors(
    State(app): State<Arc<App>>,
    InPath(shower): InPath<u32>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let view = app.view();
    Ok(find(&view, shower)?.floors_page.respond(&headers, &view.currency))
}

/// The exact odds of an egg for each rank of a shower, as the draw uses them
///
/// They follow from the number of contributors alone. While the shower is open they are those of a shower that
/// ends now.
#[utoipa::path(get, path = "/v1/showers/{shower}/odds", tag = "showers",
    params(("shower" = u32, Path, description = "Number of the shower, from 1"), RankingQuery),
    responses(
        (status = 200, body = models::OddsTable, description = "A page of the odds, best rank first"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "Bad parameters"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such shower"),
    )
)]
pub(super) async fn odds(
    State(app): State<Arc<App>>,
    InPath(shower): InPath<u32>,
    InQuery(query): InQuery<RankingQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let view = app.view();
    let shower = find(&view, shower)?;
    let limit = rows(query.limit)?;
    Ok(view.currency.respond(&headers, || shower.odds_table(query.after.unwrap_or(0), limit)))
}

/// How many rows a page shall have.
fn rows(asked: Option<u32>) -> Result<u32, Problem> {
    let limit = asked.unwrap_or(DEFAULT_ROWS);
    if (1..=MAX_ROWS).contains(&limit) {
        return Ok(limit);
    }
    Err(Problem::bad_request(format!("limit is {limit}: give a number from 1 to {MAX_ROWS}.")))
}

/// What to quote.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct QuoteQuery {
    /// The wallet's total in the shower after contributing, in micro-denom (decimal digits); give this or `tier`
    #[param(pattern = "^[0-9]{1,39}$")]
    amount: Option<String>,
    /// Ask for the least total that has this tier or a better one; give this or `amount`
    #[param(inline)]
    tier: Option<Tier>,
    /// The wallet, if it has contributed to this shower already
    address: Option<String>,
}

/// The rank, tier and odds that a wallet would have now with a total of `amount`, or what a tier costs it now
///
/// With `tier` the answer is for the least total that has that tier or a better one, and that reaches the minimum.
/// `to_send` is what the wallet would have to send for it; 0 if it has the tier already. Anyone may contribute meanwhile,
/// so the tier is not promised.
#[utoipa::path(get, path = "/v1/showers/{shower}/quote", tag = "showers",
    params(("shower" = u32, Path, description = "Number of the shower, from 1"), QuoteQuery),
    responses(
        (status = 200, body = models::Quote, description = "The rank and tier now"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "Bad parameters"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such shower"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "The shower is over"),
    )
)]
pub(super) async fn quote(
    State(app): State<Arc<App>>,
    InPath(number): InPath<u32>,
    InQuery(query): InQuery<QuoteQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let wanted = match (&query.amount, query.tier) {
        (Some(amount), None) => Wanted::Amount(amount),
        (None, Some(tier)) => Wanted::Tier(tier),
        (Some(_), Some(_)) | (None, None) => {
            return Err(Problem::bad_request(
                "Give either amount, a total in micro-denom, or tier: legendary, ancient, rare or common.",
            ));
        }
    };
    of_quote(&app, &app.view(), number, wanted, query.address.as_deref(), &headers)
}

/// What a quote is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wanted<'a> {
    /// A total, in digits.
    Amount(&'a str),
    /// The least total that has a tier.
    Tier(Tier),
}

/// The answer to the request above.
pub(super) fn of_quote(
    app: &App,
    view: &View,
    number: u32,
    wanted: Wanted<'_>,
    address: Option<&str>,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let shower = find(view, number)?;
    let total = match wanted {
        Wanted::Amount(text) => Some(amount(text)?),
        Wanted::Tier(_) => None,
    };
    if !matches!(shower.summary.status, Status::Open | Status::Upcoming) {
        return Err(Problem::shower_over(number));
    }
    let mine = match address {
        Some(address) => super::wallets::find(app, view, address)?
            .and_then(|wallet| shower.ranked_row(wallet.slot(number)?))
            .map(|(rank, row)| (rank, row.amount)),
        None => None,
    };
    let minimum = shower.summary.minimum;
    let current = mine.map_or(0, |(_, amount)| amount);
    let amount = match wanted {
        Wanted::Amount(_) => total.filter(|total| *total > current).ok_or_else(|| {
            Problem::bad_request(format!(
                "amount is the wallet's total after contributing. It has {current} already: give more than that."
            ))
        })?,
        Wanted::Tier(tier) => match shower.cost(mine, tier) {
            Some(has) if has == current => has,
            Some(cost) => cost.max(minimum.0),
            None => return Err(Problem::no_such_tier(number, tier)),
        },
    };
    let to_send = amount.saturating_sub(current);
    let quote = match mine {
        // What it has is at its rank: asked anew, it would come after those who have as much.
        Some((rank, has)) if has == amount => {
            Some(Quoted { rank, tier: shower.tier(rank), contributors: shower.summary.contributors })
        }
        Some(_) | None => shower.quote(mine.map(|(_, amount)| amount), amount),
    };
    let quote =
        quote.ok_or_else(|| Problem::bad_request("There is no rank for this amount: the shower is full."))?;
    Ok(view.currency.respond(headers, || models::Quote {
        shower: number,
        amount: Amount(amount),
        rank: quote.rank.0,
        tier: quote.tier,
        odds: shower.odds_among(quote.contributors, quote.rank),
        contributors: quote.contributors,
        current: Amount(current),
        to_send: Amount(to_send),
        minimum,
        enough: amount >= minimum.0,
        height: view.at.height,
    }))
}

fn amount(text: &str) -> Result<u128, Problem> {
    let digits = (1..=39).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let amount = if digits { text.parse().ok() } else { None };
    amount.ok_or_else(|| {
        Problem::bad_request("amount is not a number of micro-denom. Give digits only: 8000000 means 8.")
    })
}

/// The floors of past showers
#[utoipa::path(get, path = "/v1/telescope", tag = "showers", responses(
    (status = 200, body = models::Telescope, description = "The showers that are over, the earliest first"),
    (status = 503, body = Problem, content_type = "application/problem+json", description = "Not launched yet"),
))]
pub(super) async fn telescope(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Problem> {
    prepared(&app.view(), "/v1/telescope", &headers)
}
