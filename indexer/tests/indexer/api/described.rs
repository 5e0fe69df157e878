//! Every route answers with the statuses that its description lists, and with no others; whatever it answers may be
//! kept by caches for as long as is right, and no longer.

use std::net::SocketAddr;

use meteor_indexer::{Config, Server, start};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::hatched;
use super::txs::{ACCOUNT, BALANCES, SIMULATE, answer, contribution, refusal};
use crate::chain::{address, shower_contract, tables_file};
use crate::node::{Fault, Node};

const PAGE: &str = "public, max-age=1, s-maxage=2, stale-while-revalidate=5, stale-if-error=60";

/// Statuses that this test provokes nowhere, and why.
const ELSEWHERE: [(&str, &str, &str); 9] = [
    (
        "*",
        "408",
        "takes ten seconds: `port/tests.rs` does it with shorter deadlines, before there is a route",
    ),
    (
        "/v1/catalogue",
        "200",
        "the test chain's launch commits to no real art: the tests of the command do it",
    ),
    ("/v1/catalogue", "304", "as its 200"),
    ("/img/{cid}", "200", "this server has no pictures: `images.rs` has some"),
    ("/img/{cid}", "206", "as its 200"),
    ("/img/{cid}", "304", "as its 200"),
    ("/img/{cid}", "416", "as its 200"),
    ("/img/{cid}", "503", "as its 200"),
    (
        "/v1/catalogue",
        "404",
        "this server has a catalogue, though not the launch's: `fairness.rs` has one without",
    ),
];

fn elsewhere(template: &str, status: &str) -> bool {
    ELSEWHERE.iter().any(|(of, at, _)| (*of == "*" || *of == template) && *at == status)
}

/// An answer's head in lower case, and its body as far as it came.
struct Answered {
    status: String,
    head: String,
    body: String,
}

impl Answered {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// Sends these bytes and reads the answer: all of it, or its head where it has no end.
async fn ask(to: SocketAddr, sent: &str) -> Answered {
    let mut stream = TcpStream::connect(to).await.unwrap();
    let _ = stream.write_all(sent.as_bytes()).await; // the server may have read enough before
    let (mut bytes, mut buffer) = (Vec::new(), vec![0; 64 << 10]);
    loop {
        let read = stream.read(&mut buffer).await.unwrap_or(0);
        bytes.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            assert!(read > 0, "no answer to {}: {text}", &sent[..sent.len().min(200)]);
            continue;
        };
        let head = head.to_lowercase();
        if read == 0 || head.contains("text/event-stream") {
            let status = head.split(' ').nth(1).unwrap().to_owned();
            return Answered { status, body: body.to_owned(), head };
        }
    }
}

fn request(method: &str, path: &str, more: &str, body: &str) -> String {
    let length = if body.is_empty() { String::new() } else { format!("content-length: {}\r\n", body.len()) };
    let json = "content-type: application/json";
    format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{json}\r\n{length}{more}\r\n{body}")
}

/// A path of this template that there is.
fn good(template: &str) -> String {
    let path = template
        .replace("{shower}", if template.ends_with("quote") { "2" } else { "1" })
        .replace("{address}", &address(20))
        .replace("{collection}", "meteors")
        .replace("{token_id}", "1")
        .replace("{hash}", &"A".repeat(64));
    if template.ends_with("quote") { path + "?amount=70" } else { path }
}

/// A path of this template whose answer is a problem of this status.
fn bad(template: &str, status: &str) -> Option<String> {
    let shower = |number: &str| good(template).replacen("showers/1", &format!("showers/{number}"), 1);
    Some(match (template, status) {
        ("/v1/fairness/tables" | "/v1/catalogue", _) => return None,
        ("/v1/showers/{shower}/quote", "409") => "/v1/showers/1/quote?amount=70".into(),
        ("/v1/showers/{shower}/quote", "404") => "/v1/showers/99/quote?amount=70".into(),
        ("/v1/showers/{shower}/quote", "400") => "/v1/showers/2/quote?amount=-1".into(),
        ("/v1/nfts", "400") => "/v1/nfts?limit=0".into(),
        ("/v1/nfts", "404") => "/v1/nfts?shower=99".into(),
        ("/v1/nfts/{collection}", "400") => "/v1/nfts/eggs?limit=0".into(),
        ("/v1/nfts/{collection}", "404") => "/v1/nfts/gold".into(),
        ("/v1/nfts/{collection}/{token_id}", "400") => "/v1/nfts/eggs/99999999999999999999".into(),
        ("/v1/nfts/{collection}/{token_id}", "404") => "/v1/nfts/eggs/99999".into(),
        ("/v1/unasked", "400") => "/v1/unasked?limit=0".into(),
        ("/img/{cid}", "400") => "/img/x?w=7".into(),
        ("/img/{cid}", "404") => "/img/x".into(),
        ("/v1/txs/{hash}", "400") => "/v1/txs/7".into(),
        (_, "400") if template.contains("{shower}") => shower("4294967296"),
        (_, "404") if template.contains("{shower}") => shower("99"),
        (_, "400") if template.contains("{address}") => template.replace("{address}", "terra1x"),
        _ => return None,
    })
}

/// A server over a node that answers everything, and one that has read nothing, whose node doesn't answer.
async fn servers() -> (Node, Server, Server) {
    let chain = hatched();
    let node = Node::start(&chain.blocks).await;
    node.set(|node| {
        let account = cosmos_sdk_proto::Any {
            type_url: "/cosmos.auth.v1beta1.BaseAccount".into(),
            value: cosmos_sdk_proto::traits::Message::encode_to_vec(
                &cosmos_sdk_proto::cosmos::auth::v1beta1::BaseAccount {
                    address: address(20),
                    ..Default::default()
                },
            ),
        };
        let account =
            cosmos_sdk_proto::cosmos::auth::v1beta1::QueryAccountResponse { account: Some(account) };
        let gas = cosmos_sdk_proto::cosmos::base::abci::v1beta1::GasInfo { gas_wanted: 0, gas_used: 9 };
        let gas =
            cosmos_sdk_proto::cosmos::tx::v1beta1::SimulateResponse { gas_info: Some(gas), result: None };
        let none = cosmos_sdk_proto::cosmos::bank::v1beta1::QueryAllBalancesResponse::default();
        node.modules.insert(ACCOUNT, answer(&account));
        node.modules.insert(BALANCES, answer(&none));
        node.modules.insert(SIMULATE, answer(&gas));
        let tax = json!({ "value": "ChA1MDAwMDAwMDAwMDAwMDAw", "height": "2" });
        node.modules.insert("/terra.tax.v1beta1.Query/BurnTaxRate", tax);
        let cap = json!({ "value": "CgU2MDAwMA==", "height": "2" });
        node.modules.insert("/terra.treasury.v1beta1.Query/TaxCap", cap);
        node.methods.insert("tx_search", Ok(json!({ "txs": [], "total_count": "0" })));
        node.methods.insert("broadcast_tx_sync", Ok(refusal("", 0, "")));
        node.methods.insert("tx", Err(format!("tx ({}) not found", "A".repeat(64))));
    });
    let config = |rpc: String| {
        let mut config = Config::new(&[rpc], &shower_contract()).unwrap();
        config.listen = "127.0.0.1:0".parse().unwrap();
        config.admin_listen = config.listen;
        config.tables = Some(tables_file());
        config.catalogue = Some(b"tier,index,image\n".to_vec());
        config
    };
    let served = start(config(node.url().to_string())).await.unwrap();
    served.wait_applied(chain.height()).await.unwrap();
    let unread = start(config("http://127.0.0.1:1".into())).await.unwrap();
    (node, served, unread)
}

/// Checks what holds for every answer.
fn checked(template: &str, what: &str, listed: &Value, tag: &str, answered: &Answered) {
    let Answered { status, head, body } = answered;
    assert!(listed.get(status).is_some(), "{template}, {what}: {status} is not listed: {head}\n{body}");
    assert_eq!(answered.header("access-control-allow-origin"), Some("*"), "{template}, {what}: {head}");
    let cache = answered.header("cache-control");
    let kept = !matches!(tag, "transactions" | "live");
    match status.as_str() {
        "200" | "304" if template == "/v1/status" => {
            assert!(matches!(cache, Some("public, max-age=1, s-maxage=1" | "no-store")), "{head}");
        }
        "200" | "304" => {
            assert_eq!(cache, Some(if kept { PAGE } else { "no-store" }), "{template}, {what}");
            assert_eq!(answered.header("etag").is_some(), kept, "{template}, {what}");
        }
        _ => {
            assert_eq!(cache, Some("no-store"), "{template}, {what}");
            let kind = answered.header("content-type");
            assert_eq!(kind, Some("application/problem+json"), "{template}, {what}: {head}");
            let problem: Value = serde_json::from_str(body).unwrap();
            assert_eq!(problem["status"].to_string(), *status, "{template}, {what}: {body}");
            assert!(problem["detail"].as_str().unwrap().len() > 15, "{template}, {what}: {body}");
            let again = answered.header("retry-after").is_some();
            assert_eq!(again, matches!(status.as_str(), "429" | "503"), "{template}, {what}: {head}");
        }
    }
}

#[tokio::test]
async fn every_route_answers_each_status_that_is_listed_and_no_other() {
    let (node, served, unread) = servers().await;
    let (there, before) = (served.public_addr(), unread.public_addr());
    let description: Value = serde_json::from_str(&meteor_indexer::api::openapi().unwrap()).unwrap();
    let operations = description["paths"].as_object().unwrap().iter().flat_map(|(template, methods)| {
        methods.as_object().unwrap().iter().map(move |(method, it)| (template.as_str(), method.as_str(), it))
    });
    let mut provoked = 0;
    for (template, method, operation) in operations {
        let (listed, tag) = (&operation["responses"], operation["tags"][0].as_str().unwrap());
        let method = method.to_uppercase();
        let path = good(template);
        let body = if method == "POST" { contribution() } else { String::new() };
        let long = "a".repeat(9_000);
        for status in listed.as_object().unwrap().keys().filter(|status| !elsewhere(template, status)) {
            let plain = request(&method, &path, "", &body);
            let answered = match (status.as_str(), bad(template, status)) {
                ("200", _) => ask(there, &plain).await,
                ("304", _) => {
                    let etag = ask(there, &plain).await.header("etag").unwrap().to_owned();
                    ask(there, &request(&method, &path, &format!("if-none-match: {etag}\r\n"), "")).await
                }
                (_, Some(bad)) => ask(there, &request(&method, &bad, "", &body)).await,
                ("400", None) if method == "POST" => ask(there, &request(&method, &path, "", "{")).await,
                ("400", None) => ask(there, &format!("{method} {path} HTTP/1.1\r\na b: c\r\n\r\n")).await,
                ("413", None) => {
                    let large = json!({ "tx": "A".repeat(64 << 10) }).to_string();
                    ask(there, &request(&method, &path, "", &large)).await
                }
                ("414", None) => ask(there, &request(&method, &format!("{path}?{long}"), "", &body)).await,
                ("422", None) => ask(there, &request(&method, &path, "", "{\"tx\":\"?\"}")).await,
                ("429", None) => full(&node, &plain, Some(1)).await,
                ("431", None) => {
                    ask(there, &request(&method, &path, &format!("a: {long}\r\nb: {long}\r\n"), "")).await
                }
                // Nothing has been read and no node answers; or there is no place for one more.
                ("503", None) => {
                    let full = full(&node, &plain, None).await;
                    checked(template, "no place", listed, tag, &full);
                    assert_eq!(full.status, "503", "{template}");
                    let answered = ask(before, &plain).await;
                    checked(template, "before anything", listed, tag, &answered);
                    let always = matches!(template, "/v1/status" | "/v1/events" | "/v1/site");
                    assert_eq!(answered.status, if always { "200" } else { "503" }, "{template}");
                    if always {
                        let settings = template == "/v1/site";
                        let kept = if settings { PAGE } else { "no-store" };
                        assert_eq!(answered.header("cache-control"), Some(kept), "{template}");
                        full
                    } else {
                        answered
                    }
                }
                ("404", None) if template == "/v1/fairness/tables" => without_files(&node, &plain).await,
                (status, None) => panic!("{template}: how is {status} provoked?"),
            };
            assert_eq!(answered.status, *status, "{template}: {}\n{}", answered.head, answered.body);
            checked(template, status, listed, tag, &answered);
            if status == "200" && method == "GET" {
                let head = ask(there, &request("HEAD", &path, "", "")).await;
                assert_eq!((head.status.as_str(), head.body.as_str()), ("200", ""), "{template}");
                assert_eq!(head.header("cache-control"), answered.header("cache-control"), "{template}");
            }
            provoked += 1;
        }
    }
    assert!(provoked > 150, "{provoked}");
    served.shutdown().await;
    unread.shutdown().await;
}

/// The answer of a server with no place for another connection, in all or (`most_of_one`) of one address.
async fn full(node: &Node, sent: &str, most_of_one: Option<usize>) -> Answered {
    let mut config = Config::new(&[node.url().to_string()], &shower_contract()).unwrap();
    config.listen = "127.0.0.1:0".parse().unwrap();
    config.admin_listen = config.listen;
    config.max_connections = if most_of_one.is_some() { 9 } else { 1 };
    config.max_connections_per_address = most_of_one;
    let server = start(config).await.unwrap();
    let mut holds = TcpStream::connect(server.public_addr()).await.unwrap();
    // Connections are taken in their order, so this one has its place before the next.
    holds.write_all(b"GET /v1/events HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let answered = ask(server.public_addr(), sent).await;
    drop(holds);
    server.shutdown().await;
    answered
}

/// The answer of a server that has read the chain, and was given neither tables nor catalogue.
async fn without_files(node: &Node, sent: &str) -> Answered {
    let mut config = Config::new(&[node.url().to_string()], &shower_contract()).unwrap();
    config.listen = "127.0.0.1:0".parse().unwrap();
    config.admin_listen = config.listen;
    let server = start(config).await.unwrap();
    server.wait_applied(2).await.unwrap();
    let answered = ask(server.public_addr(), sent).await;
    server.shutdown().await;
    answered
}

#[tokio::test]
async fn what_is_no_data_has_its_time_in_caches_too() {
    let (_node, served, unread) = servers().await;
    for at in [served.public_addr(), unread.public_addr()] {
        let docs = "public, max-age=300, s-maxage=300, stale-while-revalidate=3600, stale-if-error=86400";
        let ask_again = "public, max-age=0, s-maxage=2, stale-if-error=60";
        let get = async |path: &str| ask(at, &request("GET", path, "", "")).await;
        for (path, status, cache) in [
            ("/", "200", ask_again),
            ("/telescope/3", "200", ask_again),
            ("/.well-known/release.json", "200", ask_again),
            ("/openapi.json", "200", docs),
            ("/docs", "303", docs),
            ("/docs/", "200", docs),
            ("/docs/swagger-ui-bundle.js", "200", docs),
            ("/docs/nothing", "404", "no-store"),
            ("/nothing", "404", "no-store"),
            ("/v1/nothing", "404", "no-store"),
            ("/assets/index-of-an-older-build.js", "404", "no-store"),
        ] {
            let answered = get(path).await;
            assert_eq!(answered.status, status, "{path}: {}", answered.head);
            assert_eq!(answered.header("cache-control"), Some(cache), "{path}");
            if status == "404" {
                assert_eq!(answered.header("content-type"), Some("application/problem+json"), "{path}");
            }
            if status == "200" {
                assert!(!answered.body.is_empty(), "{path} has no bytes");
                let etag = answered.header("etag").unwrap();
                let again = request("GET", path, &format!("if-none-match: {etag}\r\n"), "");
                let again = ask(at, &again).await;
                assert_eq!(
                    (again.status.as_str(), again.header("cache-control")),
                    ("304", Some(cache)),
                    "{path}"
                );
            }
        }
        let named: Vec<String> = get("/docs/")
            .await
            .body
            .split('"')
            .filter_map(|part| part.strip_prefix("./").filter(|name| name.contains('.')).map(str::to_owned))
            .collect();
        assert!(named.len() >= 6, "{named:?}");
        for file in named {
            let file = get(&format!("/docs/{file}")).await;
            assert_eq!(
                (file.status.as_str(), file.header("cache-control")),
                ("200", Some(docs)),
                "{}",
                file.head
            );
            assert!(file.body.len() > 100);
        }
        let policy = get("/docs/").await;
        let policy = policy.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; "), "{policy}");
        assert!(!policy.contains("http"), "nothing comes from elsewhere: {policy}");
        let description: Value = serde_json::from_str(&get("/openapi.json").await.body).unwrap();
        let committed = meteor_indexer::api::openapi().unwrap();
        assert_eq!(description, serde_json::from_str::<Value>(&committed).unwrap());
    }
    served.shutdown().await;
    unread.shutdown().await;
}

#[tokio::test]
async fn the_admin_port_says_what_is_wrong_in_the_same_way() {
    let (_node, served, unread) = servers().await;
    let get = async |path: &str| ask(unread.admin_addr(), &request("GET", path, "", "")).await;
    let wrong = [
        (get("/readyz").await, "503", "not-ready"),
        (get("/nothing").await, "404", "not-found"),
        (ask(unread.admin_addr(), &request("POST", "/status", "", "")).await, "405", "method-not-allowed"),
        (ask(unread.admin_addr(), "what?\r\n\r\n").await, "400", "bad-request"),
        (get(&format!("/{}", "a".repeat(9_000))).await, "414", "uri-too-long"),
    ];
    for (answered, status, kind) in wrong {
        assert_eq!(answered.status, status, "{}", answered.head);
        assert_eq!(answered.header("content-type"), Some("application/problem+json"), "{}", answered.head);
        assert_eq!(answered.header("cache-control"), Some("no-store"), "{}", answered.head);
        let problem: Value = serde_json::from_str(&answered.body).unwrap();
        assert_eq!(problem["type"], format!("urn:meteor-shower:problem:{kind}"));
    }
    for path in ["/livez", "/readyz", "/status", "/metrics"] {
        let answered = ask(served.admin_addr(), &request("GET", path, "", "")).await;
        assert_eq!(
            (answered.status.as_str(), answered.header("cache-control")),
            ("200", Some("no-store")),
            "{path}"
        );
    }
    served.shutdown().await;
    unread.shutdown().await;
}

/// A node that fails is not the client's fault, and whoever asks is told when to try again.
#[tokio::test]
async fn a_node_that_fails_is_a_503() {
    let (node, served, unread) = servers().await;
    for template in ["/v1/accounts/{address}", "/v1/txs/{hash}"] {
        let method = if template.contains("txs") { "tx" } else { "abci_query" };
        node.set(|node| node.always = Some((method, Fault::Broken)));
        let answered = ask(served.public_addr(), &request("GET", &good(template), "", "")).await;
        assert_eq!(answered.status, "503", "{template}");
        assert!(answered.header("retry-after").is_some(), "{template}");
    }
    served.shutdown().await;
    unread.shutdown().await;
}
