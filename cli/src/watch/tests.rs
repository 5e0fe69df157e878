//! The look at a site, against a server that serves one, and what metrics say.
#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use data_encoding::HEXLOWER;
use meteor_operator::jobs::Deployment;
use reqwest::Url;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::metrics::Board;
use super::site::{Site, Told, client, look, look_with, strangers};
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

/// A site of which only `path` answers, with `answer`; its address.
async fn only(path: &str, answer: axum::routing::MethodRouter) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let router = Router::new().route(path, answer);
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// What was found of `check`.
async fn found(url: Url, check: &str) -> (Verdict, String) {
    let (look, _) = look(&Site { url, release: String::new(), images: vec![] }, &event(), NOW).await;
    let found = look.findings.into_iter().find(|found| found.check == check).unwrap();
    (found.verdict, found.says)
}

#[tokio::test]
async fn a_server_that_has_halted_or_has_alarms_is_wrong() {
    for (halted, alarms) in [(true, 0), (false, 2)] {
        let status =
            serde_json::json!({"time": NOW - 7, "state": "halted", "alarms": alarms, "halted": halted});
        let url = only("/v1/status", get(async move || status.to_string())).await;
        let says = format!("what is shown is 7 s old; the server's state is halted; {alarms} alarms");
        assert_eq!(found(url, "shown").await, (Verdict::Wrong, says));
    }
}

#[tokio::test]
async fn a_page_that_sends_its_visitors_elsewhere_is_wrong() {
    let url = only("/", get(async || Redirect::temporary("https://elsewhere.example"))).await;
    let says = format!("{url} answers 307 Temporary Redirect");
    assert_eq!(found(url, "page").await, (Verdict::Wrong, says));
}

/// A site behind the certificate in cli/tests/tls, which ends in 2126; its address.
async fn behind_tls() -> Url {
    let file = |name| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(name);
    let certificate = CertificateDer::from_pem_file(file("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(file("key.pem")).unwrap();
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key);
    let acceptor = TlsAcceptor::from(Arc::new(config.unwrap()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // One that does not trust it is gone.
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let _ = stream.read(&mut [0; 4096]).await;
            let answer = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\npage";
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    url
}

#[tokio::test]
async fn the_end_of_the_sites_certificate_is_a_figure() {
    let certificate = include_bytes!("../../tests/tls/server.pem");
    let trusted = reqwest::Certificate::from_pem(certificate).unwrap();
    let client = client().add_root_certificate(trusted).build().unwrap();
    let site = Site { url: behind_tls().await, release: String::new(), images: vec![] };
    let (look, _) = look_with(client, &site, &event(), NOW).await;
    assert_eq!(look.findings[0].verdict, Verdict::Right, "{look:?}");
    let name = "watch_certificate_expiry_timestamp_seconds";
    let ends = look.figures.iter().find(|figure| figure.name == name).unwrap();
    // 2 November 2126, 14:24:32 UTC, as openssl x509 -enddate says.
    assert_eq!(ends.value, "4949303072");
}

#[tokio::test]
async fn a_certificate_that_nobody_trusts_makes_the_page_wrong() {
    let (verdict, says) = found(behind_tls().await, "page").await;
    assert_eq!(verdict, Verdict::Wrong);
    assert!(says.contains("can't be reached") && says.contains("certificate"), "{says}");
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
