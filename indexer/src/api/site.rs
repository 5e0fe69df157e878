//! The page and its files, compiled in. They load nothing from other sites but images from the gateways.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use bytes::Bytes;
use reqwest::Url;
use serde::Serialize;

use crate::app::App;
use crate::page::{self, File};
use crate::view::Page;
use crate::view::page::to_json;

/// The parts of the page, each with paths of its own below it. The page reads them itself.
const PARTS: [&str; 4] = ["telescope", "cave", "fairness", "help"];

/// The page names its assets by their hash.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const AN_HOUR: HeaderValue = HeaderValue::from_static(
    "public, max-age=3600, s-maxage=3600, stale-while-revalidate=3600, stale-if-error=86400",
);
/// Names assets by their hash, so it must be as new as they are. A CDN may ask for all its clients at once.
const ASK: HeaderValue = HeaderValue::from_static("public, max-age=0, s-maxage=2, stale-if-error=60");

pub(super) fn routes(gateways: &[Url]) -> Router<Arc<App>> {
    routes_of(page::FILES, &policy(gateways))
}

/// Only our own files and API, images from `gateways` too; no inline script, no framing. The fairness page runs
/// WebAssembly.
fn policy(gateways: &[Url]) -> HeaderValue {
    let mut images = String::from("'self' data:");
    for gateway in gateways {
        images.push(' ');
        images.push_str(&gateway.origin().ascii_serialization());
    }
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; \
         font-src 'self'; img-src {images}; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

fn routes_of(files: &'static [File], policy: &HeaderValue) -> Router<Arc<App>> {
    let release = serve("application/json", ASK, policy, || (release(files).into(), None));
    let mut router = Router::new().route("/.well-known/release.json", release);
    let missing = || (Bytes::from_static(page::MISSING), None);
    let mut index = serve("text/html; charset=utf-8", ASK, policy, missing);
    for file in files {
        let bytes = || (Bytes::from_static(file.bytes), file.brotli);
        if file.path == "index.html" {
            index = serve(file.content_type, ASK, policy, bytes);
        } else {
            let keep = if file.path.starts_with("assets/") { FOREVER } else { AN_HOUR };
            router = router.route(&format!("/{}", file.path), serve(file.content_type, keep, policy, bytes));
        }
    }
    for part in PARTS {
        for path in [format!("/{part}"), format!("/{part}/"), format!("/{part}/{{*rest}}")] {
            router = router.route(&path, index.clone());
        }
    }
    router.route("/", index)
}

/// Answers with these bytes, which may be there in Brotli too. They are made when they are asked for first.
fn serve(
    content_type: &'static str,
    keep: HeaderValue,
    policy: &HeaderValue,
    bytes: impl FnOnce() -> (Bytes, Option<&'static [u8]>) + Send + 'static,
) -> MethodRouter<Arc<App>> {
    let policy = policy.clone();
    let page = Arc::new(LazyLock::new(move || {
        let headers: [(HeaderName, HeaderValue); 4] = [
            (CONTENT_SECURITY_POLICY, policy),
            (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
            (CACHE_CONTROL, keep),
        ];
        let (bytes, brotli) = bytes();
        let page = Page::file(HeaderValue::from_static(content_type), bytes, headers).packed(brotli);
        page.pack();
        page
    }));
    get(move |State(app): State<Arc<App>>, headers: HeaderMap| async move {
        let view = app.view();
        let response: Response = page.respond(&headers, &view.currency);
        response
    })
}

/// What this server was built with, so that anyone can compare it with a build of their own.
#[derive(Serialize)]
struct Release {
    /// Version of the indexer.
    version: &'static str,
    /// What names the build of the page (`page::hash`), or null without one.
    page: Option<String>,
    /// The page's files, in the order of paths.
    files: Vec<Listed>,
}

#[derive(Serialize)]
struct Listed {
    path: &'static str,
    sha256: String,
    size: usize,
}

fn release(files: &[File]) -> Vec<u8> {
    let listed = |file: &File| Listed { path: file.path, sha256: file.sha256(), size: file.bytes.len() };
    to_json(&Release {
        version: env!("CARGO_PKG_VERSION"),
        page: page::hash(files),
        files: files.iter().map(listed).collect(),
    })
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::header::CONTENT_TYPE;
    use axum::http::{Request, StatusCode};
    use serde_json::{Value, json};
    use tower_service::Service as _;

    use super::*;
    use crate::Config;

    const BUILT: &[File] = &[
        File {
            path: "assets/index-1.js",
            content_type: "text/javascript; charset=utf-8",
            bytes: b"1",
            brotli: None,
        },
        File { path: "favicon.svg", content_type: "image/svg+xml", bytes: b"<svg/>", brotli: None },
        File {
            path: "index.html",
            content_type: "text/html; charset=utf-8",
            bytes: b"<p>built</p>",
            brotli: None,
        },
    ];

    async fn ask(files: &'static [File], path: &str) -> (StatusCode, HeaderMap, String) {
        let shower =
            bech32::encode::<bech32::Bech32>(bech32::Hrp::parse("terra").unwrap(), &[7; 32]).unwrap();
        let app = App::new(Config::new(&["http://127.0.0.1:1".into()], &shower).unwrap()).unwrap();
        let mut router: Router = routes_of(files, &policy(&[])).with_state(app);
        let response = router.call(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        (parts.status, parts.headers, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn every_path_of_the_page_is_its_index() {
        for path in
            ["/", "/telescope", "/telescope/", "/telescope/3", "/cave/terra1x/egg/7", "/fairness/2", "/help"]
        {
            let (status, headers, body) = ask(BUILT, path).await;
            assert_eq!((status, body.as_str()), (StatusCode::OK, "<p>built</p>"), "{path}");
            assert_eq!(headers[CACHE_CONTROL], ASK, "{path}");
            assert_eq!(headers[CONTENT_TYPE], "text/html; charset=utf-8", "{path}");
            assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
            assert_eq!(headers[REFERRER_POLICY], "no-referrer", "{path}");
        }
    }

    #[tokio::test]
    async fn assets_are_kept_for_ever_and_other_files_for_an_hour() {
        let (_, headers, body) = ask(BUILT, "/assets/index-1.js").await;
        assert_eq!(body, "1");
        assert_eq!(headers[CACHE_CONTROL], "public, max-age=31536000, immutable");
        let (_, headers, _) = ask(BUILT, "/favicon.svg").await;
        assert_eq!(headers[CACHE_CONTROL], AN_HOUR);
        assert_eq!(headers[CONTENT_TYPE], "image/svg+xml");
        // An asset of an older build must not be answered with a page.
        assert_eq!(ask(BUILT, "/assets/index-0.js").await.0, StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn without_a_built_page_the_index_says_how_to_build_it() {
        for path in ["/", "/cave/terra1x"] {
            let (status, _, body) = ask(&[], path).await;
            assert_eq!(status, StatusCode::OK);
            assert!(body.contains("scripts/page") && body.contains("href=\"/docs\""), "{body}");
        }
        let (_, _, release) = ask(&[], "/.well-known/release.json").await;
        let release: Value = serde_json::from_str(&release).unwrap();
        assert_eq!(release, json!({"version": env!("CARGO_PKG_VERSION"), "page": null, "files": []}));
    }

    #[tokio::test]
    async fn the_release_lists_every_file() {
        let (_, headers, release) = ask(BUILT, "/.well-known/release.json").await;
        assert_eq!(headers[CONTENT_TYPE], "application/json");
        let release: Value = serde_json::from_str(&release).unwrap();
        assert_eq!(release["page"], json!(page::hash(BUILT)));
        let one = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"; // printf 1 | sha256sum
        assert_eq!(release["files"][0], json!({"path": "assets/index-1.js", "sha256": one, "size": 1}));
        assert_eq!(release["files"].as_array().unwrap().len(), 3);
    }

    #[test]
    fn only_gateways_may_send_images() {
        let strict = policy(&[]);
        let strict = strict.to_str().unwrap();
        assert!(strict.starts_with("default-src 'none'; "));
        assert!(!strict.contains("unsafe-inline") && !strict.contains("http"), "{strict}");
        let open = policy(&["https://ipfs.example.com:8443/ipfs/".parse().unwrap()]);
        let open = open.to_str().unwrap();
        assert_eq!(open.replace(" https://ipfs.example.com:8443", ""), strict);
        assert!(open.contains("img-src 'self' data: https://ipfs.example.com:8443;"), "{open}");
    }
}
