//! The page at `/`: a few files compiled in. It loads nothing from other sites.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::Response;
use axum::routing::{MethodRouter, get};

use crate::app::App;
use crate::view::Page;

/// Only our own files and API, no inline script, no framing.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
);

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/", file("text/html; charset=utf-8", include_bytes!("../page/index.html")))
        .route("/page/page.css", file("text/css; charset=utf-8", include_bytes!("../page/page.css")))
        .route("/page/page.js", file("text/javascript; charset=utf-8", include_bytes!("../page/page.js")))
}

fn file(content_type: &'static str, bytes: &'static [u8]) -> MethodRouter<Arc<App>> {
    let page = Arc::new(LazyLock::new(move || {
        let headers: [(HeaderName, HeaderValue); 4] = [
            (CONTENT_SECURITY_POLICY, POLICY),
            (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
            (CACHE_CONTROL, HeaderValue::from_static("public, max-age=60")),
        ];
        Page::file(HeaderValue::from_static(content_type), bytes, headers)
    }));
    get(move |State(app): State<Arc<App>>, headers: HeaderMap| async move {
        let view = app.view();
        let response: Response = page.respond(&headers, &view.currency);
        response
    })
}
