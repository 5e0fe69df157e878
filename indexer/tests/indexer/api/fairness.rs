//! The evidence that is served: it verifies, and it says nothing before a reveal.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use meteor_indexer::Config;
use meteor_indexer::api::router;
use meteor_indexer::app::App;
use meteor_rules::fairness::Domain;
use meteor_rules::fairness::evidence::{self, Fairness, Reveal};
use meteor_rules::fairness::verify::{Checks, Evidence, Report, TablesReader, verify};
use meteor_rules::{ShowerId, log};
use serde_json::{Value, json};

use super::{app_of, bytes, event, get, hatched, ok, send};
use crate::chain::{CHAIN, Chain, address, shower_contract, tables_file};

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
    tokio::spawn(async move { axum::serve(listener, router(&app)).await });
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/verify_fairness.py");
    let run = move || {
        let mut command = std::process::Command::new("python3");
        command.args([script, &url, "--no-beacon"]).output()
    };
    let Ok(output) = tokio::task::spawn_blocking(run).await.unwrap() else {
        println!("python3 is not installed: the second verifier is skipped");
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
    let start = log::start(&Domain { chain_id: CHAIN, contract: &shower_contract(), shower: ShowerId(1) });
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
    let paths = "/v1/fairness /v1/showers/1 /v1/showers/1/reveals /v1/nfts/meteors?limit=100 /v1/nfts/eggs \
     /v1/nfts/dust";
    for path in paths.split(' ') {
        texts.push(String::from_utf8(bytes(&app, path).await.1).unwrap());
    }
    let all = texts.concat();
    for id in 1..=20u64 {
        let salt = hex::encode(sealed.content(id as u32 - 1).unwrap().1);
        assert_eq!(all.contains(&salt), id <= 8, "{id}");
        assert_eq!(ok(&app, &format!("/v1/nfts/meteors/{id}")).await["found"].is_string(), id <= 8);
    }
}
