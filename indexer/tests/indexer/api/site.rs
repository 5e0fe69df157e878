//! The page at `/`, the docs, and the committed description.

use axum::body::{Body, to_bytes};
use axum::http::Request;

use super::{app, send};

#[tokio::test]
async fn the_page_and_the_docs_need_nothing_from_elsewhere() {
    let app = app();
    for path in ["/", "/telescope", "/cave/terra1x", "/fairness", "/help", "/docs/", "/openapi.json"] {
        let response = send(&app, Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), 200, "{path}");
        let headers = response.headers().clone();
        let text = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let text = String::from_utf8_lossy(&text).into_owned();
        if path != "/openapi.json" && !path.starts_with("/docs") {
            assert!(headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
            assert!(!text.contains("https://"), "{path}");
            assert_eq!(headers.get_all("cache-control").iter().count(), 1, "{path}");
            for own in named(&text) {
                let status = send(&app, Request::get(&own).body(Body::empty()).unwrap()).await.status();
                assert!(status.is_success() || status.is_redirection(), "{path} names {own}: {status}");
            }
        }
    }
}

/// The paths of ours that the tags of a page name.
fn named(html: &str) -> Vec<String> {
    let parts: Vec<&str> = html.split('"').collect();
    let named = parts.windows(2).filter(|pair| pair[0].ends_with("src=") || pair[0].ends_with("href="));
    named.map(|pair| pair[1].to_owned()).filter(|path| path.starts_with('/')).collect()
}

#[test]
fn the_description_is_the_committed_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == meteor_indexer::api::openapi().unwrap(),
        "the API has changed: cargo run -p meteor-indexer -- openapi > schema/openapi.json"
    );
}
