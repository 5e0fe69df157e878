//! The public API. Each read is answered from one view; accounts and transactions are asked of, or passed on to,
//! the chain's nodes.

mod accounts;
mod contributions;
mod description;
mod docs;
mod events;
mod exports;
mod fairness;
mod front;
mod known;
mod nfts;
mod problem;
mod setup;
mod showers;
mod site;
mod txs;
mod upstream;
mod wallets;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::Guard;
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Path, Query, Request, State};

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use axum::response::Response;
use axum::{Json, Router, middleware};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tower_http::cors::{Any, CorsLayer};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::models;
use crate::view::View;
use crate::view::page::to_json;
pub use contributions::Hashes;
pub use description::openapi;
pub use front::Front;
use known::{Known, refuse};
pub use problem::Problem;

/// How long a body may take to come.
const BODY: Duration = Duration::from_secs(15);

/// The routes of the API, described on top of `head`.
fn routes(head: utoipa::openapi::OpenApi) -> (Router<Arc<App>>, utoipa::openapi::OpenApi) {
    OpenApiRouter::with_openapi(head)
        .routes(routes!(config))
        .routes(routes!(status))
        .routes(routes!(setup::site))
        .routes(routes!(unasked))
        .routes(routes!(showers::showers))
        .routes(routes!(showers::shower))
        .routes(routes!(showers::ranking))
        .routes(routes!(showers::floors))
        .routes(routes!(showers::odds))
        .routes(routes!(showers::quote))
        .routes(routes!(showers::telescope))
        .routes(routes!(wallets::wallet))
        .routes(routes!(contributions::wallet_contributions))
        .routes(routes!(wallets::cave))
        .routes(routes!(nfts::find_nfts))
        .routes(routes!(nfts::nfts))
        .routes(routes!(nfts::nft))
        .routes(routes!(fairness::fairness))
        .routes(routes!(fairness::tables))
        .routes(routes!(fairness::catalogue))
        .routes(routes!(fairness::contributions))
        .routes(routes!(fairness::reveals))
        .routes(routes!(exports::history))
        .routes(routes!(exports::hours))
        .routes(routes!(exports::whole_ranking))
        .routes(routes!(exports::shower_meteors))
        .routes(routes!(events::events))
        .routes(routes!(accounts::account))
        .merge(
            OpenApiRouter::new()
                .routes(routes!(txs::simulate))
                .routes(routes!(txs::send))
                .layer(DefaultBodyLimit::max(txs::MAX_BODY)),
        )
        .routes(routes!(txs::tx))
        .split_for_parts()
}

/// The public API and page over `app`, without [`Front`].
pub fn router(app: &Arc<App>) -> Router {
    let (routes, description) = description::parts();
    let known = Known::of(&description);
    routes
        .route_layer(middleware::from_fn(move |request, next| refuse(Arc::clone(&known), request, next)))
        .merge(docs::routes(description))
        .merge(site::routes(&app.config.image_gateways))
        .fallback(async |uri: Uri| Problem::not_found(uri.path()))
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .with_state(Arc::clone(app))
}

/// Pages of any site may read everything here; it is public. They may send what wallets signed, too: nobody is
/// logged in here, so nothing is done in anybody's name. Pages rendered in advance carry these headers
/// themselves (`view::page`), because this layer costs them a twentieth of their rate.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::HEAD, Method::POST])
        .allow_headers([IF_NONE_MATCH, HeaderName::from_static("last-event-id"), CONTENT_TYPE])
        .max_age(Duration::from_hours(24))
        .vary([]) // the answers are the same for every origin
}

/// Parameters in the path. Bad ones are a [`Problem`].
#[derive(FromRequestParts)]
#[from_request(via(Path), rejection(Problem))]
struct InPath<T>(T);

/// Parameters in the query. Bad ones are a [`Problem`].
#[derive(FromRequestParts)]
#[from_request(via(Query), rejection(Problem))]
struct InQuery<T>(T);

/// The body. A bad one is a [`Problem`], and one that takes too long.
struct InJson<T>(T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for InJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Ok(body) = tokio::time::timeout(BODY, Json::from_request(request, state)).await else {
            return Err(Problem::slow_body());
        };
        let Json(body) = body?;
        Ok(Self(body))
    }
}

/// The view, once there is something to serve: before the launch has been read, "none" would be no answer.
fn shown(app: &App) -> Result<Guard<Arc<View>>, Problem> {
    let view = app.view();
    if view.launched.is_none() { Err(Problem::not_launched()) } else { Ok(view) }
}

/// A number of a query, as lists count.
fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// A page rendered in advance.
fn prepared(view: &View, path: &str, request: &HeaderMap) -> Result<Response, Problem> {
    let page = view.page(path).ok_or_else(Problem::not_launched)?;
    Ok(page.respond(request, &view.currency))
}

/// The rules of the event, and the few settings that can change
#[utoipa::path(get, path = "/v1/config", tag = "event", responses(
    (status = 200, body = models::Config, description = "The event"),
    (status = 503, body = Problem, content_type = "application/problem+json", description = "Not launched yet"),
))]
async fn config(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Problem> {
    prepared(&app.view(), "/v1/config", &headers)
}

/// How current the answers are
#[utoipa::path(get, path = "/v1/status", tag = "event", responses(
    (status = 200, body = models::PublicStatus, description = "The status"),
))]
async fn status(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    of_status(&app, &app.view(), &headers)
}

/// The answer to the request above.
fn of_status(app: &App, view: &View, headers: &HeaderMap) -> Response {
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
struct UnaskedQuery {
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
async fn unasked(
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
