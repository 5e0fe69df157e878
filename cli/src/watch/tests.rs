//! The look at a site, against a server that serves one, and what metrics say.
#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use data_encoding::HEXLOWER;
use meteor_operator::jobs::Deployment;
use reqwest::Url;
use sha2::{Digest as _, Sha256};

use super::metrics::Board;
use super::site::{Site, Told, look, strangers};
use super::{Finding, Look, Verdict};

const NOW: u64 = 1_700_000_100;

fn contract(letter: &str) -> String {
    format!("terra1{}", letter.repeat(58))
}

fn event() -> Deployment {
    Deployment {
        chain_id: "columbus-5".into(),
        shower: contract("q"),
        meteors: contract("p"),
        hatchery: contract("z"),
        height: 1,
    }
}

fn sha256(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(text))
}

/// A site with this script, whose manifest is right; its address, and the page's hash.
async fn site(script: &'static str, contract: String) -> (Url, String) {
    let index = "<script src=\"/assets/a.js\"></script>";
    let files = [("assets/a.js", script), ("index.html", index)];
    let listed =
        files.map(|(path, text)| serde_json::json!({"path": path, "sha256": sha256(text), "size": 1}));
    let manifest = serde_json::json!({"version": "1", "page": null, "files": listed}).to_string();
    let hash = sha256(&files.map(|(path, text)| format!("{path}\0{}\n", sha256(text))).concat());
    let config = serde_json::json!({
        "chain_id": "columbus-5", "contract": contract,
        "meteors": {"address": event().meteors}, "hatchery": {"address": null},
    });
    let status = serde_json::json!({"time": NOW - 7, "state": "following", "alarms": 0, "halted": false});
    let showers = serde_json::json!({"showers": [{"shower": 1, "contributors": 2, "log": "00"}]});
    let router = Router::new()
        .route("/", get(async move || index))
        .route("/assets/a.js", get(async move || script))
        .route("/.well-known/release.json", get(async move || manifest))
        .route("/v1/config", get(async move || config.to_string()))
        .route("/v1/status", get(async move || status.to_string()))
        .route("/v1/showers", get(async move || showers.to_string()))
        .route("/img/{cid}", get(async || "a picture"));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, hash)
}

fn verdicts(look: &Look) -> Vec<(&str, Verdict)> {
    look.findings.iter().map(|Finding { check, verdict, .. }| (*check, *verdict)).collect()
}

#[tokio::test]
async fn a_site_that_is_as_announced_is_right_in_everything() {
    let script = format!("const of = '{}'", event().shower).leak();
    let (url, release) = site(script, event().shower).await;
    let cid = meteor_art::cid::image(b"a picture").unwrap().cid;
    let images = vec![url.join(&format!("/img/{cid}")).unwrap()];
    let (look, told) = look(&Site { url, release, images }, &event(), NOW).await;
    let checks = ["page", "release", "page_contract", "api_contract", "shown", "image"];
    assert_eq!(verdicts(&look), checks.map(|check| (check, Verdict::Right)), "{look:?}");
    assert!(
        look.figures.iter().any(|figure| figure.name == "watch_shown_age_seconds" && figure.value == "7")
    );
    assert_eq!(told, Some(vec![Told { shower: 1, contributors: 2, log: "00".into() }]));
}

#[tokio::test]
async fn a_changed_page_another_contract_and_another_image_are_wrong() {
    // The manifest fits the changed page, as that of a thief would.
    let script = format!("const of = '{}'; const mine = '{}'", event().shower, contract("m")).leak();
    let (url, changed) = site(script, contract("m")).await;
    let other = meteor_art::cid::image(b"another picture").unwrap().cid;
    let images = vec![url.join(&format!("/img/{other}")).unwrap(), url.join("/nowhere").unwrap()];
    let announced = sha256("the page that was announced");
    let (look, _) = look(&Site { url, release: announced.clone(), images }, &event(), NOW).await;
    let wrong: Vec<_> = look.findings.iter().filter(|found| found.verdict == Verdict::Wrong).collect();
    let checks: Vec<_> = wrong.iter().map(|found| found.check).collect();
    assert_eq!(checks, ["release", "page_contract", "api_contract", "image", "image"], "{look:?}");
    let said = wrong.iter().map(|found| found.says.as_str()).collect::<Vec<_>>().join("\n");
    assert!(said.contains(&format!("release {changed}, and {announced} was announced")), "{said}");
    assert!(said.contains(&format!("the page names another contract: {}", contract("m"))), "{said}");
    assert!(said.contains("/nowhere answers 404"), "{said}");
}

#[tokio::test]
async fn a_site_that_does_not_answer_is_wrong_and_its_contract_unknown() {
    let url: Url = "http://127.0.0.1:9".parse().unwrap();
    let (look, told) = look(&Site { url, release: String::new(), images: vec![] }, &event(), NOW).await;
    let wrong = |check| (check, Verdict::Wrong);
    let unknown = ("page_contract", Verdict::Unknown);
    assert_eq!(
        verdicts(&look),
        [wrong("page"), wrong("release"), unknown, wrong("api_contract"), wrong("shown")]
    );
    assert_eq!(told, None);
}

#[test]
fn a_page_names_its_contracts_and_no_others() {
    let (ours, other) = (contract("q"), contract("m"));
    let faults = |text: String| strangers(&[text.into_bytes()], &ours, &[&ours]);
    assert!(faults(format!("'{ours}'")).is_empty());
    assert!(
        faults(format!("'{ours}' terra1x46rqay4d3cssq8gxxvqz8xt6nwlz4td20k38v")).is_empty(),
        "a wallet's"
    );
    assert_eq!(faults(format!("'{ours}' '{other}'")).len(), 1);
    assert_eq!(faults("terra1".into()).len(), 1, "it has to have ours");
}

#[test]
fn metrics_say_what_was_seen_last() {
    let board = Board::new(Duration::from_mins(1));
    assert!(board.text().contains("watch_looks_total 0\n"), "{}", board.text());
    let mut look = Look::default();
    look.right("page", "well");
    look.wrong("image", "one is gone");
    look.right("image", "another is there");
    look.unknown("chain", "no node");
    look.figure("watch_balance", Some("operator"), 5_u32);
    board.put(look);
    let text = board.text();
    for line in [
        "watch_looks_total 1",
        "watch_wrong{check=\"page\"} 0",
        "watch_wrong{check=\"image\"} 1",
        "watch_unknown{check=\"chain\"} 1",
        "watch_balance{role=\"operator\"} 5",
        "# TYPE watch_paused gauge",
    ] {
        assert!(text.lines().any(|said| said == line), "{line}: {text}");
    }
}
