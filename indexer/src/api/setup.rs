//! What this server is set to.

use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use meteor_chain::tax::Tax;

use crate::app::App;
use crate::images::Width;
use crate::models;
use crate::page;
use crate::tax;
use crate::view::Page;

/// What names the build of the page; it is hashed once.
static PAGE: LazyLock<Option<String>> = LazyLock::new(|| page::hash(page::FILES));

/// What this server is set to: gas price, image gateways, where help is; and the chain's tax
#[utoipa::path(get, path = "/v1/site", tag = "event", responses(
    (status = 200, body = models::Site, description = "The settings"),
))]
pub(super) async fn site(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let view = app.view_full();
    let denom = view.launched.as_ref().map(|launched| launched.config.denom.as_str());
    let tax = tax::on(&app, denom).await;
    let config = &app.config;
    let page = Page::once(&models::Site {
        gas_price: config
            .gas_price
            .as_ref()
            .map(|price| models::GasPrice { denom: &price.denom, price: price.decimal() }),
        burn_tax: tax.map(|tax| tax.rate().decimal()),
        tax_cap: tax.and_then(Tax::cap).map(models::Amount),
        thumbnails: app.images.iter().flat_map(|_| Width::ALL).map(Width::pixels).collect(),
        gateways: config.image_gateways.iter().map(reqwest::Url::as_str).collect(),
        support: config.support.as_ref().map(reqwest::Url::as_str),
        release: models::Release { version: env!("CARGO_PKG_VERSION"), page: PAGE.clone() },
    });
    page.respond(&headers, &view.currency)
}
