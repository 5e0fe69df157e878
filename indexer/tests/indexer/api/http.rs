//! What holds for every route: currency, caching, compression, problems, methods, and live connections.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use meteor_indexer::Config;
use meteor_indexer::app::App;
use serde_json::{Value, json};

use super::{app, empty, get, ok, send};
use crate::chain::{address, shower_contract};

#[tokio::test]
async fn every_read_answers_and_says_how_current_it_is() {
    let app = app();
    for path in [
        "/v1/config",
        "/v1/showers",
        "/v1/showers/1",
        "/v1/showers/1/ranking",
        "/v1/showers/1/floors",
        "/v1/showers/2/quote?amount=70",
        "/v1/telescope",
        &format!("/v1/wallets/{}", address(1)),
        &format!("/v1/caves/{}", address(20)),
        "/v1/nfts",
        "/v1/nfts?tier=rare&state=held",
        &format!("/v1/wallets/{}/contributions", address(1)),
        "/v1/showers/2/quote?tier=rare",
        "/v1/nfts/meteors",
        "/v1/nfts/meteors/1",
        "/v1/nfts/eggs",
        "/v1/nfts/dust",
        "/v1/fairness",
        "/v1/showers/1/reveals",
        "/v1/status",
        "/v1/showers/1/ranking?after=3&limit=5",
        "/v1/showers/1/ranking?limit=7",
        "/v1/showers/2/quote?amount=75",
        &format!("/v1/showers/2/quote?amount=175&address={}", address(1)),
    ] {
        let (status, headers, body) = get(&app, path).await;
        assert_eq!(status, 200, "{path}: {body}");
        assert_eq!(headers["content-type"], "application/json", "{path}");
        assert_eq!(headers["access-control-allow-origin"], "*", "{path}");
        assert_eq!((&headers["x-meteor-height"], &headers["x-meteor-block-time"]), (&4.into(), &1100.into()));
        assert!(headers.contains_key("etag"), "{path}");
        if path != "/v1/status" {
            let cache = "public, max-age=1, s-maxage=2, stale-while-revalidate=5, stale-if-error=60";
            assert_eq!(headers["cache-control"], cache, "{path}");
        }
        assert_eq!(headers.get_all("cache-control").iter().count(), 1, "{path}");
        // The same through the router, which is where a request with an empty parameter goes.
        let sep = if path.contains('?') { '&' } else { '?' };
        assert_eq!(ok(&app, &format!("{path}{sep}")).await, body, "{path}");
    }
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let app = app();
    let wallet = format!("/v1/wallets/{}", address(1));
    for path in ["/v1/showers/1", "/v1/showers/1?", "/v1/config", &wallet] {
        for encoding in ["br", "gzip", "identity"] {
            let request = || Request::get(path).header("accept-encoding", encoding);
            let first = send(&app, request().body(Body::empty()).unwrap()).await;
            let etag = first.headers()["etag"].clone();
            assert_eq!(first.headers()["vary"], "accept-encoding");
            let packed = first.headers().get("content-encoding");
            assert!(packed.is_none_or(|packed| packed == encoding));
            let again = request().header("if-none-match", &etag).body(Body::empty()).unwrap();
            let again = send(&app, again).await;
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{path}");
            assert_eq!(again.headers()["etag"], etag);
            assert!(to_bytes(again.into_body(), 9).await.unwrap().is_empty());
            let other = request().header("if-none-match", "\"other\"").body(Body::empty()).unwrap();
            assert_eq!(send(&app, other).await.status(), StatusCode::OK);
        }
    }
}

#[tokio::test]
async fn packed_pages_are_the_same_pages() {
    use std::io::Read as _;
    let app = app();
    for (accept, encoding) in
        [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0.1, gzip", "gzip")]
    {
        let request = Request::get("/v1/showers/1/ranking").header("accept-encoding", accept);
        let response = send(&app, request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.headers()["content-encoding"], encoding, "{accept}");
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let mut plain = String::new();
        match encoding {
            "br" => brotli::Decompressor::new(&bytes[..], 4096).read_to_string(&mut plain).unwrap(),
            _ => flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut plain).unwrap(),
        };
        let plain: Value = serde_json::from_str(&plain).unwrap();
        assert_eq!(plain, ok(&app, "/v1/showers/1/ranking").await);
    }
}

#[tokio::test]
async fn errors_are_problems_that_say_what_to_do() {
    let app = app();
    let mistyped = address(1).replace("terra1q", "terra1p");
    for (path, status, kind) in [
        ("/nope".to_owned(), 404, "not-found"),
        ("/v1/showers/4".into(), 404, "unknown-shower"),
        ("/v1/showers/0".into(), 404, "unknown-shower"),
        ("/v1/showers/4/floors".into(), 404, "unknown-shower"),
        ("/v1/showers/one".into(), 400, "bad-request"),
        ("/v1/showers/-1/ranking".into(), 400, "bad-request"),
        ("/v1/showers/99999999999".into(), 400, "bad-request"),
        ("/v1/showers/1/ranking?limit=0".into(), 400, "bad-request"),
        ("/v1/showers/1/ranking?limit=1001".into(), 400, "bad-request"),
        ("/v1/showers/1/ranking?after=x".into(), 400, "bad-request"),
        ("/v1/showers/2/quote".into(), 400, "bad-request"),
        ("/v1/showers/2/quote?amount=".into(), 400, "bad-request"),
        ("/v1/showers/2/quote?amount=1.5".into(), 400, "bad-request"),
        ("/v1/showers/2/quote?amount=-1".into(), 400, "bad-request"),
        ("/v1/showers/2/quote?amount=0".into(), 400, "bad-request"),
        (format!("/v1/showers/2/quote?amount={}", "9".repeat(40)), 400, "bad-request"),
        (format!("/v1/showers/2/quote?amount=100&address={}", address(1)), 400, "bad-request"),
        ("/v1/showers/2/quote?amount=10&address=me".into(), 400, "bad-address"),
        ("/v1/showers/1/quote?amount=70".into(), 409, "shower-over"),
        ("/v1/wallets/me".into(), 400, "bad-address"),
        ("/v1/wallets/%ff".into(), 400, "bad-request"),
        (format!("/v1/wallets/{mistyped}"), 400, "bad-address"),
        (format!("/v1/caves/{mistyped}"), 400, "bad-address"),
        (format!("/v1/caves/{}?limit=101", address(1)), 400, "bad-request"),
        ("/v1/nfts/gold".into(), 404, "unknown-collection"),
        ("/v1/nfts/gold/1".into(), 404, "unknown-collection"),
        ("/v1/nfts/eggs/1".into(), 404, "unknown-nft"),
        ("/v1/nfts/dust/1".into(), 404, "unknown-nft"),
        (format!("/v1/caves/{}?after=7", address(1)), 400, "bad-request"),
        (format!("/v1/caves/{}?after=gold-7", address(1)), 400, "bad-request"),
        (format!("/v1/caves/{}?after=eggs-{}", address(1), u64::MAX), 400, "bad-request"),
        ("/v1/fairness/tables".into(), 404, "no-tables"),
        ("/v1/showers/4/contributions.csv".into(), 404, "unknown-shower"),
        ("/v1/showers/4/reveals".into(), 404, "unknown-shower"),
        ("/v1/showers/1/reveals?limit=1001".into(), 400, "bad-request"),
        ("/v1/showers/1/reveals?after=-1".into(), 400, "bad-request"),
        ("/v1/nfts/meteors/999".into(), 404, "unknown-nft"),
        ("/v1/nfts/meteors/x".into(), 400, "bad-request"),
    ] {
        let (given, headers, body) = get(&app, &path).await;
        assert_eq!(given, status, "{path}: {body}");
        assert_eq!(headers["content-type"], "application/problem+json", "{path}");
        assert_eq!(headers["access-control-allow-origin"], "*", "{path}");
        assert_eq!(body["type"], format!("urn:meteor-shower:problem:{kind}"), "{path}");
        assert_eq!(body["status"], status, "{path}");
        assert!(body["title"].is_string() && body["detail"].as_str().unwrap().len() > 20, "{path}: {body}");
    }
}

#[tokio::test]
async fn a_query_that_is_wrong_says_which_parameter_and_what_it_takes() {
    let app = app();
    for (path, wanted) in [
        (
            "/v1/showers/1/ranking?after=x&limit=3",
            "after is \"x\": give a whole number from 0 to 4294967295.",
        ),
        ("/v1/showers/1/ranking?limit=0", "limit is \"0\": give a whole number from 1 to 1000."),
        ("/v1/nfts?limit=", "limit is \"\": give a whole number from 1 to 100."),
        ("/v1/nfts?tier=epic", "tier is \"epic\": give one of legendary, ancient, rare, common."),
        ("/v1/nfts?limit=3&limit=3", "limit is given twice: give it once."),
        ("/v1/unasked?limit=1001", "limit is \"1001\": give a whole number from 1 to 1000."),
    ] {
        let (status, headers, body) = get(&app, path).await;
        assert_eq!((status.as_u16(), &body["detail"]), (400, &json!(wanted)), "{path}");
        assert_eq!(headers["content-type"], "application/problem+json", "{path}");
    }
}

/// A path of the description that there is, with this query.
fn there(template: &str, query: &str) -> String {
    let path = template.replace("{shower}", "1").replace("{address}", &address(1));
    let path = path.replace("{collection}", "meteors").replace("{token_id}", "1").replace("{cid}", "x");
    format!("{}?{query}", path.replace("{hash}", &"A".repeat(64)))
}

#[tokio::test]
async fn a_parameter_that_a_path_does_not_take_is_refused_by_name() {
    let app = app();
    let description: Value = serde_json::from_str(&meteor_indexer::api::openapi().unwrap()).unwrap();
    for (template, item) in description["paths"].as_object().unwrap() {
        let operation = ["get", "post"].iter().find_map(|method| item.get(method)).unwrap();
        let none = Vec::new();
        let parameters = operation["parameters"].as_array().unwrap_or(&none).iter();
        let known: Vec<_> =
            parameters.filter(|it| it["in"] == "query").map(|it| it["name"].as_str().unwrap()).collect();
        let takes = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        for query in ["offset=3", "limit=3&offset=3", "%6Fffset", "offset=3&offset=4", "Limit=3"] {
            if query.starts_with("limit") && !known.contains(&"limit") {
                continue;
            }
            let method = if item.get("post").is_some() { "POST" } else { "GET" };
            let request = Request::builder().method(method).uri(there(template, query));
            let response = send(&app, request.body(Body::empty()).unwrap()).await;
            assert_eq!(response.status(), 400, "{template}?{query}");
            let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
            let body: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(body["type"], "urn:meteor-shower:problem:unknown-parameter", "{template}?{query}");
            let name = if query == "Limit=3" { "Limit" } else { "offset" };
            let wanted = format!("There is no query parameter \"{name}\" here: this path takes {takes}.");
            assert_eq!(body["detail"], wanted, "{template}?{query}");
        }
    }
    // An empty query has none, and pages that are not the API's have their own.
    for path in ["/v1/config?", "/v1/showers/1/ranking?limit=3&after=2"] {
        assert_eq!(get(&app, path).await.0, 200, "{path}");
    }
    assert_eq!(get(&app, "/cave/terra1x?tier=rare").await.0, 200);
}

#[test]
fn every_field_is_always_there_and_null_where_there_is_nothing() {
    let description: Value = serde_json::from_str(&meteor_indexer::api::openapi().unwrap()).unwrap();
    let mut nullable = 0;
    for (name, schema) in description["components"]["schemas"].as_object().unwrap() {
        let Some(properties) = schema["properties"].as_object() else { continue };
        let required: Vec<_> = schema["required"].as_array().unwrap().iter().collect();
        for (field, of) in properties {
            assert!(required.contains(&&json!(field)), "{name}.{field} may be absent");
            nullable += usize::from(of.to_string().contains("\"null\""));
        }
    }
    assert!(nullable > 20, "{nullable}");
}

#[tokio::test]
async fn other_methods_are_refused_and_browsers_may_ask() {
    let app = app();
    for path in ["/v1/config", "/v1/showers/1/quote"] {
        let request = Request::post(path).body(Body::empty()).unwrap();
        let response = send(&app, request).await;
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        assert!(response.headers()["allow"].to_str().unwrap().contains("GET"));
        let request = Request::options(path).body(Body::empty()).unwrap();
        let response = send(&app, request).await;
        assert_eq!(response.status(), StatusCode::OK);
        let headers = response.headers();
        assert_eq!(headers["access-control-allow-origin"], "*");
        assert_eq!(headers["access-control-allow-headers"], "if-none-match,last-event-id,content-type");
        let head = send(&app, Request::head(path).body(Body::empty()).unwrap()).await;
        assert_ne!(head.status(), StatusCode::METHOD_NOT_ALLOWED);
    }
}

#[tokio::test]
async fn before_the_launch_there_is_nothing_and_it_says_when_to_come_back() {
    let app = empty();
    let paths = "/v1/config /v1/showers /v1/telescope /v1/showers/1 /v1/showers/1/quote?amount=9 /v1/fairness \
     /v1/showers/1/contributions.csv /v1/showers/1/reveals /v1/nfts/meteors /v1/nfts/eggs/1 /v1/unasked";
    let wallet = [format!("/v1/wallets/{}", address(1)), format!("/v1/caves/{}?limit=2", address(1))];
    for path in paths.split(' ').chain(wallet.iter().map(String::as_str)) {
        let (status, headers, body) = get(&app, path).await;
        assert_eq!(status, 503, "{path}");
        assert_eq!(body["type"], "urn:meteor-shower:problem:not-launched");
        assert!(headers.contains_key("retry-after"));
        assert_eq!(headers["cache-control"], "no-store", "{path}");
    }
    let (status, headers, body) = get(&app, "/v1/status").await;
    assert_eq!((status.as_u16(), &body["launched"]), (200, &Value::Bool(false)));
    assert_eq!(headers["cache-control"], "no-store");
}

#[tokio::test]
async fn the_status_says_where_the_server_stands_and_its_tag_does_too() {
    let app = app();
    let mut seen = Vec::new();
    let mut shows = async |expected: &str| {
        let (_, headers, body) = get(&app, "/v1/status").await;
        assert_eq!(body["state"], expected, "{body}");
        let tag = headers["etag"].clone();
        assert!(!seen.contains(&tag), "{tag:?} stood for another state");
        let again = Request::get("/v1/status").header("if-none-match", &tag).body(Body::empty()).unwrap();
        assert_eq!(send(&app, again).await.status(), 304);
        seen.push(tag);
    };
    shows("cant_follow").await; // no node has answered yet
    app.health.set_tip(4);
    shows("catching_up").await; // a node has, and what is served may be older than what was
    app.health.set_current();
    shows("following").await;
    app.health.halt("for a test");
    shows("halted").await;
}

#[tokio::test]
async fn live_connections_are_capped() {
    let mut config = Config::new(&["http://127.0.0.1:1".into()], &shower_contract()).unwrap();
    config.max_streams = 1;
    let app = App::new(config).unwrap();
    let request = || Request::get("/v1/events").body(Body::empty()).unwrap();
    let first = send(&app, request()).await;
    assert_eq!(first.status(), 200);
    assert_eq!(send(&app, request()).await.status(), 503);
    drop(first);
    assert_eq!(send(&app, request()).await.status(), 200, "its place is free again");
}

#[tokio::test]
async fn how_long_answers_take_is_measured() {
    let mut config = Config::new(&["http://127.0.0.1:1".into()], &shower_contract()).unwrap();
    config.listen = "127.0.0.1:0".parse().unwrap();
    config.admin_listen = config.listen;
    let server = meteor_indexer::start(config).await.unwrap();
    let ask = async |addr, path| reqwest::get(format!("http://{addr}{path}")).await.unwrap();
    for shower in 1..=3 {
        assert_eq!(ask(server.public_addr(), format!("/v1/showers/{shower}")).await.status(), 503);
    }
    let count = "http_request_duration_seconds_count{class=\"other\"} 3\n";
    let metrics = ask(server.admin_addr(), "/metrics".to_owned()).await;
    assert!(metrics.headers()["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4"));
    let text = metrics.text().await.unwrap();
    assert!(text.contains(count) && text.contains("# TYPE indexer_blocks_total counter\n"), "{text}");
    assert!(text.contains("http_server_errors_total 3\n"), "{text}");
    assert!(text.contains("process_start_time_seconds 1"), "{text}");
    let open = "application/openmetrics-text";
    let url = format!("http://{}/metrics", server.admin_addr());
    let metrics = reqwest::Client::new().get(url).header("accept", open).send().await.unwrap();
    assert!(metrics.headers()["content-type"].to_str().unwrap().starts_with(open));
    let text = metrics.text().await.unwrap();
    assert!(text.contains(count) && text.ends_with("# EOF\n"), "{text}");
    server.shutdown().await;
}

#[tokio::test]
async fn a_server_that_stops_says_so_first_and_sends_its_clients_away() {
    let mut config = Config::new(&["http://127.0.0.1:1".into()], &shower_contract()).unwrap();
    config.listen = "127.0.0.1:0".parse().unwrap();
    config.admin_listen = config.listen;
    config.drain = std::time::Duration::from_hours(1);
    let server = meteor_indexer::start(config).await.unwrap();
    let (public, admin) = (server.public_addr(), server.admin_addr());
    let before = reqwest::get(format!("http://{public}/v1/status")).await.unwrap();
    assert!(!before.headers().contains_key("connection"));
    let stopping = tokio::spawn(server.shutdown());
    loop {
        let ready = reqwest::get(format!("http://{admin}/readyz")).await.unwrap();
        assert_eq!(ready.status(), 503);
        if ready.text().await.unwrap().contains("stopping") {
            break;
        }
        tokio::task::yield_now().await;
    }
    let last = reqwest::get(format!("http://{public}/v1/status")).await.unwrap();
    assert_eq!(last.status(), 200);
    assert_eq!(last.headers()["connection"], "close");
    stopping.abort();
}

#[tokio::test]
async fn live_connections_of_one_address_are_capped_by_what_the_proxy_says() {
    let mut config = Config::new(&["http://127.0.0.1:1".into()], &shower_contract()).unwrap();
    config.max_streams_per_address = Some(1);
    config.address_header = Some("x-forwarded-for".parse().unwrap());
    let app = App::new(config).unwrap();
    let ask = async |from: &str| {
        let request = Request::get("/v1/events").header("x-forwarded-for", from);
        send(&app, request.body(Body::empty()).unwrap()).await
    };
    let first = ask("10.0.0.1").await;
    assert_eq!(first.status(), 200);
    // What stands before the last address is the client's word, not the proxy's.
    let again = ask("10.9.9.9, 10.0.0.1").await;
    assert_eq!(again.status(), 429);
    assert!(again.headers().contains_key("retry-after"));
    assert_eq!(ask("10.0.0.2").await.status(), 200);
    drop(first);
    assert_eq!(ask("10.0.0.1").await.status(), 200);
}
