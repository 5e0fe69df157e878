//! The event as a whole: its rules, how current answers are, and coins that nobody asked for.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{InQuery, Problem, index, prepared, shown};
use crate::app::App;
use crate::models;
use crate::view::View;
use crate::view::page::to_json;

/// The rules of the event, and the few settings that can change
#[utoipa::path(get, path = "/v1/config", tag = "event", responses(
    (status = 200, body = models::Config, description = "The event"),
    (status = 503, body = Problem, content_type = "application/problem+json", description = "Not launched yet"),
))]
pub(super) async fn config(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Problem> {
    prepared(&app.view(), "/v1/config", &headers)
}

/// How current the answers are
#[utoipa::path(get, path = "/v1/status", tag = "event", responses(
    (status = 200, body = models::PublicStatus, description = "The status"),
))]
pub(super) async fn status(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    of_status(&app, &app.view(), &headers)
}

/// The answer to the request above.
pub(super) fn of_status(app: &App, view: &View, headers: &HeaderMap) -> Response {
    let status = models::PublicStatus {
        chain_id: app.health.chain_id(),
        height: view.at.height,
        time: view.time(),
        tip: app.health.tip(),
        launched: view.launched.is_some(),
        halted: app.health.halted().is_some(),
        state: app.state(),
        one_node_since: app.health.agreement.one_node().map(|(height, _)| height),
        alarms: view.alarms.count,
    };
    // What of it doesn't follow from the block.
    let (tip, known, state) = (status.tip, u8::from(status.chain_id.is_some()), status.state.name());
    let alone = status.one_node_since.unwrap_or_default();
    let beside = format_args!("{tip}-{known}-{state}-{alone}");
    let mut response = view.currency.respond_beside(headers, beside, || to_json(&status));
    let keep = if view.launched.is_some() { "public, max-age=1, s-maxage=1" } else { "no-store" };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(keep));
    response
}

/// Which of the unasked coins.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct UnaskedQuery {
    /// How many to skip (default 0)
    #[param(value_type = Option<u64>, maximum = 4_294_967_295_u32)]
    after: Option<u32>,
    /// How many to return, 1 to 1000 (default 100)
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

/// Coins that were sent to the contract without a contribution, and who got them back
#[utoipa::path(get, path = "/v1/unasked", tag = "event", params(UnaskedQuery), responses(
    (status = 200, body = models::UnaskedCoins, description = "What came, and what was returned"),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "Bad parameters"),
))]
pub(super) async fn unasked(
    State(app): State<Arc<App>>,
    InQuery(query): InQuery<UnaskedQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let limit = query.limit.unwrap_or(100);
    if !(1..=1000).contains(&limit) {
        return Err(Problem::bad_request(format!("limit is {limit}: give a number from 1 to 1000.")));
    }
    let view = shown(&app)?;
    Ok(view.currency.respond(&headers, || view.unasked(query.after.map_or(0, index), limit)))
}
