//! What a verifier reads: facts, tables, contributions and reveals.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use meteor_rules::fairness::evidence::Fairness;
use serde::Deserialize;
use utoipa::IntoParams;

use super::showers::find;
use super::tables::body;
use super::{InPath, InQuery, Problem, index, prepared};
use crate::app::App;
use crate::models;
use crate::view::MAX_REVEALS;

/// The facts on chain that make the draw verifiable: commitments, beacon, roots and published keys
///
/// This is `fairness.json` of the evidence. `meteor verify` and `scripts/verify_fairness.py` read it here.
#[utoipa::path(get, path = "/v1/fairness", tag = "fairness", responses(
    (status = 200, body = Fairness, description = "The facts"),
    (status = 503, body = Problem, content_type = "application/problem+json", description = "Not launched yet"),
))]
pub(super) async fn fairness(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Problem> {
    prepared(&app.view(), "/v1/fairness", &headers)
}

/// The tables from which eggs and dust are drawn, byte for byte as hashed on chain
#[utoipa::path(get, path = "/v1/fairness/tables", tag = "fairness", responses(
    (status = 200, body = Object, content_type = "application/json",
        description = "The file; its SHA-256 is `tables` of /v1/fairness"),
    (status = 404, body = Problem, content_type = "application/problem+json",
        description = "This server has no tables file"),
    (status = 503, body = Problem, content_type = "application/problem+json",
        description = "Not launched yet, or the server's file has another hash than the chain names"),
))]
pub(super) async fn tables(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Problem> {
    let view = app.view();
    let launched = view.launched.as_ref().ok_or_else(Problem::not_launched)?;
    let tables = app.tables.as_ref().ok_or_else(Problem::no_tables)?;
    let wanted = &launched.config.fairness.tables;
    if wanted.as_slice() != tables.hash {
        return Err(Problem::other_tables(&hex::encode(tables.hash), &wanted.to_hex()));
    }
    Ok(tables.page.respond(&headers, &view.currency))
}

/// The catalogue: the art of every meteor, fixed by the launch
///
/// Columns: `tier,index,image` and a number for each trait. `meteor mint --catalogue` reads it here, so anyone can
/// mint what is drawn.
#[utoipa::path(get, path = "/v1/catalogue", tag = "fairness", responses(
    (status = 200, body = String, content_type = "text/csv",
        description = "The file; the roots of its trees are `catalogue` of /v1/fairness"),
    (status = 404, body = Problem, content_type = "application/problem+json",
        description = "This server has no catalogue"),
    (status = 503, body = Problem, content_type = "application/problem+json",
        description = "Not launched yet, or the server's file is not the one that the launch committed to"),
))]
pub(super) async fn catalogue(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Problem> {
    let view = app.view();
    let launched = view.launched.as_ref().ok_or_else(Problem::not_launched)?;
    let catalogue = app.catalogue.as_ref().ok_or_else(Problem::no_catalogue)?;
    if !catalogue.fits(&launched.config) {
        return Err(Problem::other_catalogue());
    }
    Ok(catalogue.page.respond(&headers, &view.currency))
}

/// Every contribution of a shower, in order, as comma-separated values
///
/// Columns: `seq,contributor,amount,total`. The list is complete and correct if it hashes to the shower's log
/// hash.
#[utoipa::path(get, path = "/v1/showers/{shower}/contributions.csv", tag = "fairness",
    params(("shower" = u32, Path, description = "Number of the shower, from 1")),
    responses(
        (status = 200, body = String, content_type = "text/csv", description = "The contributions"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such shower"),
    )
)]
pub(super) async fn contributions(
    State(app): State<Arc<App>>,
    InPath(number): InPath<u32>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let view = app.view();
    let shower = find(&view, number)?;
    // The log hash identifies the list, so it serves as its tag.
    Ok(view.currency.csv(&headers, &shower.summary.log, || body(shower.csv())))
}

/// Which reveals.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RevealsQuery {
    /// How many reveals to skip (default 0)
    #[param(value_type = Option<u64>, maximum = 4_294_967_295_u32)]
    after: Option<u32>,
    /// How many reveals to return, 1 to 1000 (default 1000)
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

/// What the cracked meteors of a shower held, in the order of the reveals
#[utoipa::path(get, path = "/v1/showers/{shower}/reveals", tag = "fairness",
    params(("shower" = u32, Path, description = "Number of the shower, from 1"), RevealsQuery),
    responses(
        (status = 200, body = models::Reveals, description = "A page of the reveals"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "Bad parameters"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such shower"),
    )
)]
pub(super) async fn reveals(
    State(app): State<Arc<App>>,
    InPath(number): InPath<u32>,
    InQuery(query): InQuery<RevealsQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let view = app.view();
    find(&view, number)?;
    let limit = query.limit.unwrap_or(MAX_REVEALS);
    if !(1..=MAX_REVEALS).contains(&limit) {
        return Err(Problem::bad_request(format!(
            "limit is {limit}: give a number from 1 to {MAX_REVEALS}."
        )));
    }
    let after = query.after.map_or(0, index);
    Ok(view.currency.respond(&headers, || view.reveals(number, after, limit)))
}
