//! The description of the API at `/openapi.json`, and at `/docs` the page that shows it.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{Redirect, Response};
use axum::routing::{MethodRouter, get};
use utoipa_swagger_ui::{Config, serve};

use crate::app::App;
use crate::view::Page;

/// They change with the server's version only, and don't have their hash in their names.
const KEEP: HeaderValue = HeaderValue::from_static(
    "public, max-age=300, s-maxage=300, stale-while-revalidate=3600, stale-if-error=86400",
);

/// Only our own files and the API; Swagger UI sets styles inline, and its icons are `data:`.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; \
     img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// What the page at `/docs` consists of; the bundled Swagger UI has more that it doesn't load.
const FILES: [(&str, &str); 8] = [
    ("index.html", "text/html; charset=utf-8"),
    ("index.css", "text/css; charset=utf-8"),
    ("swagger-ui.css", "text/css; charset=utf-8"),
    ("swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
    ("swagger-ui-standalone-preset.js", "text/javascript; charset=utf-8"),
    ("swagger-initializer.js", "text/javascript; charset=utf-8"),
    ("favicon-16x16.png", "image/png"),
    ("favicon-32x32.png", "image/png"),
];

pub(super) fn routes(description: utoipa::openapi::OpenApi) -> Router<Arc<App>> {
    let described = kept("application/json", move || description.to_json().unwrap_or_default().into_bytes());
    let mut router = Router::new()
        .route("/openapi.json", described)
        .route("/docs", get(async || ([(CACHE_CONTROL, KEEP)], Redirect::to("/docs/"))));
    for (file, content_type) in FILES {
        let route = kept(content_type, move || bundled(file));
        if file == "index.html" {
            router = router.route("/docs/", route.clone());
        }
        router = router.route(&format!("/docs/{file}"), route);
    }
    router
}

/// A file of Swagger UI, set to show our description.
fn bundled(file: &str) -> Vec<u8> {
    let found = serve(file, Arc::new(Config::from("/openapi.json")));
    found.ok().flatten().map(|file| file.bytes.into_owned()).unwrap_or_default() // a test asks for each
}

/// Answers with these bytes, made when they are asked for first.
fn kept(
    content_type: &'static str,
    bytes: impl FnOnce() -> Vec<u8> + Send + 'static,
) -> MethodRouter<Arc<App>> {
    let page = Arc::new(LazyLock::new(move || {
        let headers = [
            (CACHE_CONTROL, KEEP),
            (CONTENT_SECURITY_POLICY, POLICY),
            (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        ];
        let page = Page::file(HeaderValue::from_static(content_type), bytes(), headers);
        page.pack();
        page
    }));
    get(move |State(app): State<Arc<App>>, headers: HeaderMap| async move {
        let response: Response = page.respond(&headers, &app.view().currency);
        response
    })
}
