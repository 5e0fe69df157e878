//! Tables of a shower for analysts, whole and streamed.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::showers::find;
use super::tables::body;
use super::{InPath, Problem};
use crate::app::App;

/// Every contribution of a shower with its block and time, as comma-separated values
///
/// Columns: `seq,height,time,contributor,amount,total`, in order. `time` is the block's, in UTC
/// (`2026-11-26T08:17:13Z`); `total` is what the contributor had in the shower afterwards.
#[utoipa::path(get, path = "/v1/showers/{shower}/history.csv", tag = "exports",
    params(("shower" = u32, Path, description = "Number of the shower, from 1")),
    responses(
        (status = 200, body = String, content_type = "text/csv", description = "The contributions"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such shower"),
    )
)]
pub(super) async fn history(
    State(app): State<Arc<App>>,
    InPath(number): InPath<u32>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let view = app.view();
    let shower = find(&view, number)?;
    let tag = [&shower.summary.log[..], b"history"].concat();
    Ok(view.currency.csv(&headers, &tag, || body(shower.history())))
}

/// How much each hour brought a shower, as comma-separated values
///
/// Columns: `hour,contributions,amount,total`. Hours begin in UTC, by the time of the blocks; those that brought
/// nothing are left out. `total` is the shower's at the hour's end.
#[utoipa::path(get, path = "/v1/showers/{shower}/hours.csv", tag = "exports",
    params(("shower" = u32, Path, description = "Number of the shower, from 1")),
    responses(
        (status = 200, body = String, content_type = "text/csv", description = "The hours"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such shower"),
    )
)]
pub(super) async fn hours(
    State(app): State<Arc<App>>,
    InPath(number): InPath<u32>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let view = app.view();
    let shower = find(&view, number)?;
    let tag = [&shower.summary.log[..], b"hours"].concat();
    Ok(view.currency.csv(&headers, &tag, || body(shower.hours())))
}

/// The whole ranking of a shower, best rank first, as comma-separated values
///
/// Columns: `rank,contributor,amount,tier,state,meteor`. `state` is what has become of the contribution: `waiting`,
/// `minted`, `refundable` or `refunded`. `meteor` is the number of its meteor, once minted.
#[utoipa::path(get, path = "/v1/showers/{shower}/ranking.csv", tag = "exports",
    params(("shower" = u32, Path, description = "Number of the shower, from 1")),
    responses(
        (status = 200, body = String, content_type = "text/csv", description = "The ranking"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such shower"),
    )
)]
pub(super) async fn whole_ranking(
    State(app): State<Arc<App>>,
    InPath(number): InPath<u32>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let view = app.view();
    let shower = find(&view, number)?;
    let tag = [shower.page.body(), &b"ranking"[..]].concat();
    let body = || app.readers.body(("ranking", number), &tag, shower.whole_ranking());
    Ok(view.currency.csv(&headers, &tag, body))
}

/// The meteors of a shower, best rank first, as comma-separated values
///
/// Columns: `token_id,rank,tier,owner,cracking,found,minted_height,image`. `cracking` is `yes` while a meteor waits for its
/// reveal; `found` is `eggs` or `dust` once it is revealed, and then `owner` is its last one; `minted_height` is a height.
#[utoipa::path(get, path = "/v1/showers/{shower}/meteors.csv", tag = "exports",
    params(("shower" = u32, Path, description = "Number of the shower, from 1")),
    responses(
        (status = 200, body = String, content_type = "text/csv", description = "The meteors"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such shower"),
    )
)]
pub(super) async fn shower_meteors(
    State(app): State<Arc<App>>,
    InPath(number): InPath<u32>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let view = app.view();
    let shower = find(&view, number)?;
    let tag = view.meteors_tag(shower);
    let body = || app.readers.body(("meteors", number), &tag, view.meteors(shower));
    Ok(view.currency.csv(&headers, &tag, body))
}
