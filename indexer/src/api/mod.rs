//! The public API: reads only, answered from one view at a time.

mod events;
mod fairness;
mod front;
mod nfts;
mod problem;
mod showers;
mod site;
mod wallets;

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, CACHE_CONTROL,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use utoipa_swagger_ui::SwaggerUi;

use crate::app::App;
use crate::models;
use crate::view::{Page, View};
pub use front::Front;
pub use problem::Problem;

/// The API's description.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Meteor Shower",
        description = "Live and past showers, floors and odds, rankings, wallets and caves of one event.\n\n\
            Amounts are decimal strings in micro-denom, times are seconds since the Unix epoch, ranks and showers \
            count from 1. Every answer is true for one block: the headers `x-meteor-height` and \
            `x-meteor-block-time` name it. Pages carry a strong `ETag`; ask again with `If-None-Match`. Errors are \
            problem details (RFC 9457).",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    tags(
        (name = "event", description = "What is fixed, and how current the answers are"),
        (name = "showers", description = "Showers, rankings, floors and quotes"),
        (name = "wallets", description = "What wallets have, and their caves"),
        (name = "fairness", description = "Evidence for who wants to check the draws"),
        (name = "live", description = "Changes as they happen"),
    )
)]
struct Description;

/// The API's description as JSON, as committed in `schema/openapi.json`.
///
/// # Errors
/// If it can't be written, which is a bug.
pub fn openapi() -> Result<String, serde_json::Error> {
    let mut json = parts().1.to_pretty_json()?;
    json.push('\n');
    Ok(json)
}

fn parts() -> (Router<Arc<App>>, utoipa::openapi::OpenApi) {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(config))
        .routes(routes!(status))
        .routes(routes!(showers::showers))
        .routes(routes!(showers::shower))
        .routes(routes!(showers::ranking))
        .routes(routes!(showers::floors))
        .routes(routes!(showers::quote))
        .routes(routes!(showers::telescope))
        .routes(routes!(wallets::wallet))
        .routes(routes!(wallets::cave))
        .routes(routes!(nfts::nfts))
        .routes(routes!(nfts::nft))
        .routes(routes!(fairness::fairness))
        .routes(routes!(fairness::tables))
        .routes(routes!(fairness::contributions))
        .routes(routes!(fairness::reveals))
        .routes(routes!(events::events))
        .split_for_parts()
}

/// The public API and page over `app`.
pub fn router(app: &Arc<App>) -> Router {
    let (routes, description) = parts();
    routes
        .merge(SwaggerUi::new("/docs").url("/openapi.json", description))
        .merge(site::routes())
        .fallback(unknown)
        .method_not_allowed_fallback(other_method)
        .with_state(Arc::clone(app))
}

async fn unknown(method: Method, uri: Uri) -> Response {
    if method == Method::OPTIONS { preflight() } else { Problem::not_found(uri.path()).into_response() }
}

async fn other_method(method: Method) -> Response {
    if method == Method::OPTIONS { preflight() } else { Problem::method_not_allowed().into_response() }
}

/// Browsers ask before they send `If-None-Match` from another site.
fn preflight() -> Response {
    let headers = [
        (ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
        (ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD")),
        (ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("if-none-match, last-event-id")),
        (ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400")),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// Parameters in the path; whatever is wrong with them is a [`Problem`].
#[derive(FromRequestParts)]
#[from_request(via(Path), rejection(Problem))]
struct InPath<T>(T);

/// Parameters in the query; whatever is wrong with them is a [`Problem`].
#[derive(FromRequestParts)]
#[from_request(via(Query), rejection(Problem))]
struct InQuery<T>(T);

/// A page rendered in advance. Most requests for these never come here, see [`Front`].
fn prepared(view: &View, path: &str, request: &HeaderMap) -> Result<Response, Problem> {
    let page = view.page(path).ok_or_else(Problem::not_launched)?;
    Ok(page.respond(request, &view.currency))
}

/// Everything fixed about the event, and the little that may change
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
    let view = app.view();
    let page = Page::once(&models::PublicStatus {
        chain_id: app.health.chain_id(),
        height: view.at.height,
        time: view.time(),
        tip: app.health.tip(),
        launched: view.launched.is_some(),
        halted: app.health.halted().is_some(),
    });
    let mut response = page.respond(&headers, &view.currency);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=1"));
    response
}
