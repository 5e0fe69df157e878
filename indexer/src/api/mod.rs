//! The public API. Each read is answered from one view; accounts and transactions are asked of, or passed on to,
//! the chain's nodes.

mod accounts;
mod contributions;
mod description;
mod docs;
mod event;
mod events;
mod exports;
mod extract;
mod fairness;
mod front;
mod images;
mod known;
mod nfts;
mod problem;
mod setup;
mod showers;
mod site;
mod tables;
mod txs;
mod upstream;
mod wallets;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::Guard;
use axum::extract::DefaultBodyLimit;
use axum::http::header::{CONTENT_TYPE, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, Method, Uri};
use axum::response::Response;
use axum::{Router, middleware};
use tower_http::cors::{Any, CorsLayer};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::view::View;
pub use contributions::Hashes;
pub use description::openapi;
use extract::{InJson, InPath, InQuery};
pub use front::Front;
use known::{Known, refuse};
pub use problem::Problem;
pub(crate) use tables::Readers;

/// The routes of the API, described on top of `head`.
fn routes(head: utoipa::openapi::OpenApi) -> (Router<Arc<App>>, utoipa::openapi::OpenApi) {
    OpenApiRouter::with_openapi(head)
        .routes(routes!(event::config))
        .routes(routes!(event::status))
        .routes(routes!(setup::site))
        .routes(routes!(event::unasked))
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
        .routes(routes!(images::image))
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
