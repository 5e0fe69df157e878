//! The API by route, over a view made from events.

use std::convert::Infallible;
use std::sync::Arc;

use axum::ServiceExt;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
use meteor_indexer::Config;
use meteor_indexer::api::Front;
use meteor_indexer::app::App;
use meteor_indexer::view::View;
use meteor_rules::fairness::evidence::{self, Fairness, Reveal};
use meteor_rules::fairness::verify::{Checks, Evidence, Report, TablesReader, verify};
use meteor_rules::log;
use serde_json::{Value, json};
use tower_service::Service;

use crate::chain::{
    CHAIN, Chain, LENGTH, OPENS, TIMEOUT, address, dust_contract, eggs_contract, hatchery_contract,
    shower_contract, tables_file,
};

/// Shower 1 closed and partly minted, shower 2 open, shower 3 to come.
fn event() -> Chain {
    let mut chain = Chain::launched(3);
    chain.time(OPENS);
    for n in 1..=20 {
        chain.contribute(1, &address(n), 10 + u128::from(n));
    }
    chain.commit();
    chain.time(OPENS + LENGTH);
    chain.close(1);
    chain.mint(1, 5);
    chain.contribute(2, &address(1), 100);
    chain.contribute(2, &address(2), 50);
    chain.contribute(2, &address(3), 50);
    chain.commit();
    chain
}

/// The same with all of shower 1 minted, half of it cracked: meteors 1 to 8 revealed, 9 and 10 waiting.
pub fn hatched() -> Chain {
    let mut chain = event();
    chain.draw(1);
    chain.mint(1, 15);
    chain.commit();
    for id in 1..=10u8 {
        chain.crack(id.into(), &address(21 - id));
    }
    chain.commit();
    for id in 1..=8u8 {
        chain.reveal(1, id.into(), &address(21 - id));
    }
    chain.commit();
    chain
}

fn app_of(chain: &Chain, tables: Option<Vec<u8>>) -> Arc<App> {
    let mut config = Config::new(&["http://127.0.0.1:1".into()], &shower_contract()).unwrap();
    config.tables = tables;
    let app = App::new(config).unwrap();
    app.publish(View::new(&chain.state(), "terra", None));
    app
}

async fn bytes(app: &Arc<App>, path: &str) -> (HeaderMap, Vec<u8>) {
    let response = send(app, Request::get(path).body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), 200, "{path}");
    let (parts, body) = response.into_parts();
    (parts.headers, to_bytes(body, usize::MAX).await.unwrap().to_vec())
}

fn empty() -> Arc<App> {
    App::new(Config::new(&["http://127.0.0.1:1".into()], &shower_contract()).unwrap()).unwrap()
}

fn app() -> Arc<App> {
    let app = empty();
    app.publish(View::new(&event().state(), "terra", None));
    app
}

async fn send(app: &Arc<App>, request: Request<Body>) -> Response {
    let answered: Result<_, Infallible> = Front::new(app).call(request).await;
    answered.unwrap()
}

async fn get(app: &Arc<App>, path: &str) -> (StatusCode, HeaderMap, Value) {
    let response = send(app, Request::get(path).body(Body::empty()).unwrap()).await;
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    (parts.status, parts.headers, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

async fn ok(app: &Arc<App>, path: &str) -> Value {
    let (status, _, body) = get(app, path).await;
    assert_eq!(status, 200, "{path}: {body}");
    body
}

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
        "/v1/nfts/meteors",
        "/v1/nfts/meteors/1",
        "/v1/nfts/eggs",
        "/v1/nfts/dust",
        "/v1/fairness",
        "/v1/showers/1/reveals",
        "/v1/status",
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
        // The same through the router alone, as a request with a query that is ignored takes it.
        let sep = if path.contains('?') { '&' } else { '?' };
        assert_eq!(ok(&app, &format!("{path}{sep}x=1")).await, body, "{path}");
    }
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let app = app();
    let wallet = format!("/v1/wallets/{}", address(1));
    for path in ["/v1/showers/1", "/v1/showers/1?x=1", "/v1/config", &wallet] {
        for encoding in ["gzip", "identity"] {
            let request = || Request::get(path).header("accept-encoding", encoding);
            let first = send(&app, request().body(Body::empty()).unwrap()).await;
            let etag = first.headers()["etag"].clone();
            assert_eq!(first.headers()["vary"], "accept-encoding");
            let packed = first.headers().get("content-encoding").is_some();
            assert!(!packed || encoding == "gzip");
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
async fn gzip_is_the_same_page() {
    let app = app();
    let request = Request::get("/v1/showers/1/ranking").header("accept-encoding", "gzip");
    let response = send(&app, request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.headers()["content-encoding"], "gzip");
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let mut plain = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&bytes[..]), &mut plain).unwrap();
    let plain: Value = serde_json::from_str(&plain).unwrap();
    assert_eq!(plain, ok(&app, "/v1/showers/1/ranking").await);
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
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
        assert_eq!(response.headers()["access-control-allow-origin"], "*");
        let head = send(&app, Request::head(path).body(Body::empty()).unwrap()).await;
        assert_ne!(head.status(), StatusCode::METHOD_NOT_ALLOWED);
    }
}

#[tokio::test]
async fn before_the_launch_there_is_nothing_and_it_says_when_to_come_back() {
    let app = empty();
    for path in [
        "/v1/config",
        "/v1/showers",
        "/v1/telescope",
        "/v1/showers/1",
        "/v1/showers/1/quote?amount=9",
        "/v1/fairness",
        "/v1/showers/1/contributions.csv",
        "/v1/showers/1/reveals",
    ] {
        let (status, headers, body) = get(&app, path).await;
        assert_eq!(status, 503, "{path}");
        assert_eq!(body["type"], "urn:meteor-shower:problem:not-launched");
        assert!(headers.contains_key("retry-after"));
    }
    assert_eq!(ok(&app, "/v1/status").await["launched"], false);
    assert_eq!(ok(&app, "/v1/nfts/meteors").await["count"], 0);
}

#[tokio::test]
async fn rankings_are_paged_to_the_end() {
    let app = app();
    let mut path = "/v1/showers/1/ranking?limit=7".to_owned();
    let mut ranks = Vec::new();
    loop {
        let page = ok(&app, &path).await;
        ranks.extend(page["ranking"].as_array().unwrap().iter().map(|row| row["rank"].as_u64().unwrap()));
        let Some(next) = page["next"].as_str() else { break };
        path = next.to_owned();
    }
    assert_eq!(ranks, (1..=20).collect::<Vec<_>>());
    let first = ok(&app, "/v1/showers/1/ranking?limit=1").await;
    let row = json!({ "rank": 1, "contributor": address(20), "amount": "30", "tier": "legendary" });
    assert_eq!(first["ranking"][0], row);
    assert_eq!(ok(&app, "/v1/showers/1/ranking?after=20").await["next"], Value::Null);
    assert_eq!(ok(&app, "/v1/showers/1/ranking?after=4294967295").await["ranking"], json!([]));
    assert_eq!(ok(&app, "/v1/showers/1/ranking?limit=1000").await["ranking"].as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn floors_quotes_and_the_telescope_say_the_same() {
    let app = app();
    let floors = ok(&app, "/v1/showers/1/floors").await;
    let tiers: Vec<_> = floors["tiers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tier| {
            (
                tier["floor"].as_str().unwrap(),
                tier["size"].as_u64().unwrap(),
                tier["odds_bp"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(tiers, vec![("29", 2, 10_000), ("27", 2, 5_000), ("23", 4, 5_000), ("11", 12, 2_500)]);
    let past = ok(&app, "/v1/telescope").await;
    assert_eq!(past["showers"].as_array().unwrap().len(), 1);
    let wanted = json!({ "legendary": "29", "ancient": "27", "rare": "23", "common": "11" });
    assert_eq!(past["showers"][0]["floors"], wanted);

    let quote = ok(&app, "/v1/showers/2/quote?amount=50").await;
    assert_eq!((&quote["rank"], &quote["contributors"]), (&json!(4), &json!(4)), "equal amounts came first");
    let quote = ok(&app, &format!("/v1/showers/2/quote?amount=101&address={}", address(3))).await;
    assert_eq!(
        (&quote["rank"], &quote["contributors"], &quote["to_send"]),
        (&json!(1), &json!(3), &json!("51"))
    );
    let quote = ok(&app, "/v1/showers/3/quote?amount=5").await;
    assert_eq!((&quote["rank"], &quote["enough"]), (&json!(1), &json!(false)));
    let quote = ok(&app, &format!("/v1/showers/2/quote?amount=51&address={}", address(77))).await;
    assert_eq!(quote["current"], "0", "a wallet that has done nothing yet");
}

#[tokio::test]
async fn wallets_and_caves() {
    let app = app();
    let wallet = ok(&app, &format!("/v1/wallets/{}", address(1))).await;
    assert_eq!(wallet["total"], "111");
    let states: Vec<_> = wallet["showers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| (s["shower"].as_u64().unwrap(), s["rank"].as_u64().unwrap(), s["state"].as_str().unwrap()))
        .collect();
    assert_eq!(states, vec![(1, 20, "waiting"), (2, 1, "waiting")]);
    let winner = ok(&app, &format!("/v1/wallets/{}", address(20))).await;
    assert_eq!(
        (&winner["showers"][0]["state"], &winner["showers"][0]["meteor"]),
        (&json!("minted"), &json!(1))
    );
    assert_eq!(winner["meteors"], 1);
    let cave = ok(&app, &format!("/v1/caves/{}", address(20))).await;
    assert_eq!((&cave["count"], &cave["next"]), (&json!(1), &Value::Null));
    let nft = &cave["nfts"][0];
    assert_eq!(nft["name"], "Legendary Meteor #1");
    assert_eq!(nft["attributes"][0], json!({ "trait_type": "rarity", "value": "Legendary" }));
    assert_eq!(*nft, ok(&app, "/v1/nfts/meteors/1").await);

    let nobody = ok(&app, &format!("/v1/wallets/{}", address(99))).await;
    assert_eq!((&nobody["total"], &nobody["showers"]), (&json!("0"), &json!([])));
    let nothing = ok(&app, &format!("/v1/caves/{}", address(99))).await;
    assert_eq!((&nothing["count"], &nothing["nfts"]), (&json!(0), &json!([])));

    let newest = ok(&app, "/v1/nfts/meteors?limit=2").await;
    let ids = |page: &Value| {
        page["nfts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|n| n["token_id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&newest), ["5", "4"]);
    let next = ok(&app, newest["next"].as_str().unwrap()).await;
    assert_eq!(ids(&next), ["3", "2"]);
    assert_eq!(ids(&ok(&app, next["next"].as_str().unwrap()).await), ["1"]);
}

#[tokio::test]
async fn caves_show_meteors_eggs_dust_and_what_is_being_cracked() {
    let mut chain = hatched();
    // Everything found goes to one wallet, which has a meteor of its own.
    let state = chain.state();
    for id in 1..=8u8 {
        let egg = state.collections.eggs.get(id.into()).is_some();
        let contract = if egg { eggs_contract() } else { dust_contract() };
        let (from, to) = (address(21 - id), address(1));
        let transfer = meteor_messages::events::Transfer { token_id: id.into(), from, to };
        chain.tx(&[(contract, transfer.into())]);
    }
    chain.commit();
    let app = app_of(&chain, None);
    let mut path = format!("/v1/caves/{}?limit=2", address(1));
    let mut seen = Vec::new();
    loop {
        let page = ok(&app, &path).await;
        assert_eq!(page["count"], 9);
        for nft in page["nfts"].as_array().unwrap() {
            let (of, id) = (nft["collection"].as_str().unwrap(), nft["token_id"].as_str().unwrap());
            assert_eq!(*nft, ok(&app, &format!("/v1/nfts/{of}/{id}")).await);
            seen.push((of.to_owned(), id.parse::<u64>().unwrap()));
        }
        let Some(next) = page["next"].as_str() else { break };
        path = next.to_owned();
    }
    let mut wanted: Vec<_> = seen.clone();
    wanted.sort_by_key(|(of, id)| (["meteors", "eggs", "dust"].iter().position(|name| name == of), *id));
    assert_eq!(seen, wanted);
    assert_eq!((seen.len(), &seen[0]), (9, &("meteors".to_owned(), 20)));
    let count = |of: &str| seen.iter().filter(|(name, _)| name == of).count();
    assert!(count("eggs") > 0 && count("dust") > 0, "{seen:?}");
    let wallet = ok(&app, &format!("/v1/wallets/{}", address(1))).await;
    assert_eq!((&wallet["meteors"], &wallet["eggs"]), (&json!(1), &json!(count("eggs"))));
    assert_eq!((&wallet["dust"], &wallet["cracking"]), (&json!(count("dust")), &json!(0)));
    let (egg, dust) = (&seen.iter().find(|(of, _)| of == "eggs").unwrap().1, &seen.last().unwrap().1);
    let nft = ok(&app, &format!("/v1/nfts/eggs/{egg}")).await;
    assert!(nft["name"].as_str().unwrap().ends_with(&format!("Egg #{egg}")), "{nft}");
    assert_eq!(nft["attributes"][2]["trait_type"], "moon");
    assert_eq!((&nft["found"], &nft["cracking"]), (&Value::Null, &Value::Null));
    let nft = ok(&app, &format!("/v1/nfts/meteors/{dust}")).await;
    assert_eq!((&nft["found"], &nft["burnt"]), (&json!("dust"), &json!(true)));

    // Meteor 9 waits to be revealed; its holder sees it, and until when.
    let cave = ok(&app, &format!("/v1/caves/{}", address(12))).await;
    let reclaim_at = OPENS + LENGTH + 2 + TIMEOUT;
    let cracking = json!({ "token_id": "9", "holder": address(12), "reclaim_at": reclaim_at });
    assert_eq!((&cave["cracking"], &cave["nfts"]), (&json!([cracking]), &json!([])));
    let nft = ok(&app, "/v1/nfts/meteors/9").await;
    assert_eq!((&nft["cracking"], &nft["owner"]), (&cracking, &json!(hatchery_contract())));
    assert_eq!((&nft["found"], &nft["burnt"]), (&Value::Null, &json!(false)));
    assert_eq!(ok(&app, &format!("/v1/wallets/{}", address(12))).await["cracking"], 1);

    let config = ok(&app, "/v1/config").await;
    let hatchery = &config["hatchery"];
    assert_eq!(hatchery["address"], hatchery_contract());
    assert_eq!(
        (&hatchery["eggs"]["address"], &hatchery["dust"]["address"]),
        (&json!(eggs_contract()), &json!(dust_contract()))
    );
    assert_eq!((&hatchery["cracking"], &hatchery["reveal_timeout"]), (&json!(2), &json!(TIMEOUT)));
    assert_eq!(hatchery["eggs"]["minted"], count("eggs"));
    assert_eq!(ok(&app, "/v1/nfts/dust").await["count"], count("dust"));
}

/// Asks for everything a verifier asks for and verifies it.
async fn verified(app: &Arc<App>, shower: u32) -> Report {
    let (_, facts) = bytes(app, "/v1/fairness").await;
    let event: Fairness = serde_json::from_slice(&facts).unwrap();
    event.validate().unwrap();
    assert_eq!(
        serde_json::to_value(&event).unwrap(),
        serde_json::from_slice::<Value>(&facts).unwrap(),
        "nothing else"
    );
    let (_, csv) = bytes(app, &format!("/v1/showers/{shower}/contributions.csv")).await;
    let contributions = evidence::read_csv(std::str::from_utf8(&csv).unwrap()).unwrap();
    let (_, tables) = bytes(app, "/v1/fairness/tables").await;
    let mut reveals: Vec<Reveal> = Vec::new();
    let mut path = format!("/v1/showers/{shower}/reveals?limit=3");
    loop {
        let page = ok(app, &path).await;
        reveals.extend(serde_json::from_value::<Vec<Reveal>>(page["reveals"].clone()).unwrap());
        let Some(next) = page["next"].as_str() else { break };
        next.clone_into(&mut path);
    }
    let facts = event.shower(shower).unwrap();
    let evidence = Evidence {
        event: &event,
        shower: facts,
        contributions: &contributions,
        tables: &tables,
        reveals: &reveals,
    };
    let read: &TablesReader = &|bytes| serde_json::from_slice(bytes).map_err(|error| error.to_string());
    verify(&evidence, &Checks { beacon: None, tables: read })
}

fn outcomes(report: &Report) -> Vec<(String, String)> {
    let text = |value: &Value, key: &str| value[key].as_str().unwrap().to_owned();
    let report = serde_json::to_value(report).unwrap();
    report["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| (text(step, "name"), text(step, "outcome")))
        .collect()
}

#[tokio::test]
async fn what_is_served_is_the_evidence_that_verifies() {
    let mut chain = hatched();
    let app = app_of(&chain, Some(tables_file()));
    let before = verified(&app, 1).await;
    assert!(outcomes(&before).iter().all(|(_, outcome)| outcome != "failed"), "{before:?}");
    chain.tx(&[(shower_contract(), Chain::key_event(1).into())]);
    chain.commit();
    let app = app_of(&chain, Some(tables_file()));
    let after = verified(&app, 1).await;
    for (name, outcome) in outcomes(&after) {
        assert_eq!(outcome, if name == "beacon" { "not_checked" } else { "passed" }, "{name}: {after:?}");
    }
    let open = ok(&app, "/v1/fairness").await["showers"][1].clone();
    assert_eq!((&open["beacon_round"], &open["contributors"]), (&Value::Null, &json!(3)));
    assert_eq!(ok(&app, "/v1/fairness").await["chain_id"], CHAIN);
}

/// The same with the other implementation, over HTTP.
#[tokio::test]
async fn the_other_verifier_reads_it_too() {
    let mut chain = hatched();
    chain.tx(&[(shower_contract(), Chain::key_event(1).into())]);
    chain.commit();
    let app = app_of(&chain, Some(tables_file()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let front = ServiceExt::<Request<Body>>::into_make_service(Front::new(&app));
    tokio::spawn(async move { axum::serve(listener, front).await });
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/verify_fairness.py");
    let run = move || {
        let mut command = std::process::Command::new("python3");
        command.args([script, &url, "--no-beacon"]).output()
    };
    let Ok(output) = tokio::task::spawn_blocking(run).await.unwrap() else {
        println!("python3 is not installed: the second verifier is passed over");
        return;
    };
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    println!("{said}");
    assert!(output.status.success(), "{said}");
}

#[tokio::test]
async fn contributions_are_a_table_in_order() {
    let app = app_of(&event(), None);
    let (headers, csv) = bytes(&app, "/v1/showers/2/contributions.csv").await;
    assert_eq!(headers["content-type"], "text/csv; charset=utf-8");
    let wanted = format!(
        "seq,contributor,amount,total\n21,{},100,100\n22,{},50,50\n23,{},50,50\n",
        address(1),
        address(2),
        address(3)
    );
    assert_eq!(String::from_utf8(csv).unwrap(), wanted);
    let (headers, csv) = bytes(&app, "/v1/showers/3/contributions.csv").await;
    assert_eq!(csv, b"seq,contributor,amount,total\n");
    let again = Request::get("/v1/showers/3/contributions.csv").header("if-none-match", &headers["etag"]);
    assert_eq!(send(&app, again.body(Body::empty()).unwrap()).await.status(), 304);
}

#[tokio::test]
async fn tables_are_given_out_only_if_they_are_the_chains() {
    let (headers, file) = bytes(&app_of(&event(), Some(tables_file())), "/v1/fairness/tables").await;
    assert_eq!((file, &headers["content-type"]), (tables_file(), &"application/json".parse().unwrap()));
    let other = app_of(&event(), Some(b"{}".to_vec()));
    let (status, _, problem) = get(&other, "/v1/fairness/tables").await;
    assert_eq!((status.as_u16(), &problem["type"]), (503, &json!("urn:meteor-shower:problem:other-tables")));
    let wanted = ok(&other, "/v1/fairness").await["tables"].as_str().unwrap().to_owned();
    assert!(problem["detail"].as_str().unwrap().contains(&wanted), "{problem}");
    let mut config = Config::new(&["http://127.0.0.1:1".into()], &shower_contract()).unwrap();
    config.tables = Some(tables_file());
    let (status, _, problem) = get(&App::new(config).unwrap(), "/v1/fairness/tables").await;
    assert_eq!((status.as_u16(), &problem["type"]), (503, &json!("urn:meteor-shower:problem:not-launched")));
}

#[tokio::test]
async fn long_lists_of_contributions_come_whole() {
    let mut chain = Chain::launched(1);
    for n in 0..1_700u32 {
        chain.contribute(1, &address((n % 90) as u8), 10 + u128::from(n));
    }
    chain.commit();
    let app = app_of(&chain, None);
    let csv = bytes(&app, "/v1/showers/1/contributions.csv").await.1;
    let rows = evidence::read_csv(std::str::from_utf8(&csv).unwrap()).unwrap();
    let start = log::start(CHAIN, &shower_contract(), 1);
    let hash = rows.iter().fold(start, |hash, row| {
        let (seq, contributor, amount, total) = (row.seq, row.contributor.as_str(), row.amount, row.total);
        log::extend(&hash, &log::Entry { seq, contributor, amount, total })
    });
    assert_eq!((rows.len(), hash), (1_700, chain.showers[0].log));
}

/// What a meteor holds is in no answer before it is revealed.
#[tokio::test]
async fn nothing_tells_what_a_meteor_holds_before_its_reveal() {
    let chain = hatched();
    let app = app_of(&chain, Some(tables_file()));
    let sealed = chain.sealed(1);
    let mut texts = Vec::new();
    for path in [
        "/v1/fairness",
        "/v1/showers/1",
        "/v1/showers/1/reveals",
        "/v1/nfts/meteors?limit=100",
        "/v1/nfts/eggs",
        "/v1/nfts/dust",
    ] {
        texts.push(String::from_utf8(bytes(&app, path).await.1).unwrap());
    }
    let all = texts.concat();
    for id in 1..=20u64 {
        let salt = hex::encode(sealed.content(id as u32 - 1).unwrap().1);
        assert_eq!(all.contains(&salt), id <= 8, "{id}");
        assert_eq!(ok(&app, &format!("/v1/nfts/meteors/{id}")).await["found"].is_string(), id <= 8);
    }
}

#[tokio::test]
async fn the_page_and_the_docs_need_nothing_from_elsewhere() {
    let app = app();
    for path in ["/", "/page/page.css", "/page/page.js", "/docs/", "/openapi.json"] {
        let response = send(&app, Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), 200, "{path}");
        let headers = response.headers().clone();
        let text = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let text = String::from_utf8_lossy(&text).into_owned();
        if path != "/openapi.json" && !path.starts_with("/docs") {
            assert!(headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
            assert!(!text.contains("https://") && !text.contains("innerHTML"), "{path}");
            assert_eq!(headers.get_all("cache-control").iter().count(), 1, "{path}");
        }
    }
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

#[test]
fn the_description_is_the_committed_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == meteor_indexer::api::openapi().unwrap(),
        "the API has changed: cargo run -p meteor-indexer -- openapi > schema/openapi.json"
    );
}
