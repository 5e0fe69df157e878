//! Following, end to end over HTTP: whatever a node does, no height is skipped and none is applied twice.

use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use meteor_indexer::audit::{AuditError, Auditor};
use meteor_indexer::{Config, IndexerError, Server, start};
use serde_json::json;

use crate::chain::{Chain, address, raw, shower_contract};
use crate::node::{Fault, Node};

async fn server(nodes: &[&Node]) -> Server {
    patient(nodes, Duration::ZERO).await
}

fn config(nodes: &[&Node], patience: Duration) -> Config {
    let urls: Vec<String> = nodes.iter().map(|node| node.url().to_string()).collect();
    let mut config = Config::new(&urls, &shower_contract()).unwrap();
    config.listen = "127.0.0.1:0".parse().unwrap();
    config.admin_listen = config.listen;
    config.poll = Duration::from_millis(10);
    config.audit = Duration::ZERO;
    config.patience = patience;
    config
}

pub async fn patient(nodes: &[&Node], patience: Duration) -> Server {
    start(config(nodes, patience)).await.unwrap()
}

/// One to which it matters at once that no block comes.
pub async fn stalling(nodes: &[&Node]) -> Server {
    start(Config { stall: Duration::ZERO, ..config(nodes, Duration::from_hours(1)) }).await.unwrap()
}

pub fn chain(blocks: u8) -> Chain {
    let mut chain = Chain::launched(1);
    chain.time(crate::chain::OPENS);
    for n in 0..blocks {
        chain.contribute(1, &address(n % 7), 20);
        chain.commit();
    }
    chain
}

pub fn totals(server: &Server) -> (u64, u128, String) {
    let view = server.view();
    let summary = view.shower(1).unwrap().summary;
    (view.contributions, summary.total.0, hex::encode(summary.log))
}

pub fn expected(chain: &Chain) -> (u64, u128, String) {
    (chain.seq, chain.showers[0].total, hex::encode(chain.showers[0].log))
}

/// What a live connection tells, up to the next height.
async fn hear(live: &mut reqwest::Response) -> String {
    let mut heard = String::new();
    while !heard.contains("event: height") {
        heard.push_str(std::str::from_utf8(&live.chunk().await.unwrap().unwrap()).unwrap());
    }
    heard
}

pub async fn get(addr: std::net::SocketAddr, path: &str) -> (u16, String) {
    let response = reqwest::get(format!("http://{addr}{path}")).await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn whatever_a_node_does_every_block_is_applied_once() {
    let mut chain = chain(50);
    let node = Node::start(&chain.blocks).await;
    for (method, fault) in [
        ("status", Fault::Broken),
        ("abci_info", Fault::Garbage),
        ("blockchain", Fault::Shifted),
        ("blockchain", Fault::RateLimit(Some(0))),
        ("block_results", Fault::TxLost),
        ("block_results", Fault::NotYet),
        ("block_results", Fault::ShortBatch),
        ("block_results", Fault::OtherHeight),
    ] {
        node.fault(method, fault);
    }
    let server = server(&[&node]).await;
    server.wait_applied(chain.height()).await.unwrap();
    assert!(node.faults_done());
    assert_eq!(totals(&server), expected(&chain));

    // A block whose parent is another is not applied; the right one, when it comes, is.
    node.fault("blockchain", Fault::Parent);
    chain.contribute(1, &address(1), 30);
    chain.commit();
    node.set(|node| node.blocks.clone_from(&chain.blocks));
    server.wait_applied(chain.height()).await.unwrap();
    assert!(node.faults_done());
    assert_eq!(totals(&server), expected(&chain));
    assert_eq!(get(server.admin_addr(), "/readyz").await.0, 200);
    assert_eq!(get(server.admin_addr(), "/livez").await.0, 200);
    server.shutdown().await;
}

#[tokio::test]
async fn an_event_that_cannot_be_read_halts_loudly_and_the_last_state_is_served() {
    let mut chain = chain(3);
    let good = chain.height();
    let mut unknown = chain.clone();
    let node = Node::start(&chain.blocks).await;
    let server = server(&[&node]).await;
    server.wait_applied(good).await.unwrap();

    let mut event = raw(&shower_contract(), &chain.contribution(1, &address(1), 30).into());
    event.kind = "wasm-novelty".into();
    unknown.tx(&[]);
    unknown.commit();
    unknown.blocks.last_mut().unwrap().results.txs[0].events.push(event);
    node.set(|node| node.blocks.clone_from(&unknown.blocks));
    let error = server.wait_applied(good + 1).await.unwrap_err();
    assert!(matches!(&error, IndexerError::Halted(why) if why.contains("novelty")), "{error}");
    let (status, body) = get(server.admin_addr(), "/readyz").await;
    assert_eq!(status, 503);
    assert!(body.contains("novelty"), "{body}");
    let (_, body) = get(server.admin_addr(), "/status").await;
    assert!(body.contains("\"state\":\"halted\"") && body.contains("\"alarm\":true"), "{body}");
    let (_, body) = get(server.admin_addr(), "/metrics").await;
    assert!(body.contains("indexer_halted 1"), "{body}");
    let (status, body) = get(server.public_addr(), "/v1/showers/1").await;
    assert_eq!(status, 200);
    assert!(body.contains("\"contributors\":3"), "{body}");
    let (_, body) = get(server.public_addr(), "/v1/status").await;
    assert!(body.contains("\"halted\":true,\"state\":\"halted\"") && !body.contains("novelty"), "{body}");
    server.shutdown().await;
}

/// Whatever a node can alter in a block so that it can't be true.
const IMPOSSIBLE: [Fault; 5] =
    [Fault::Amount, Fault::EventLost, Fault::Base64, Fault::Code, Fault::EventTwice];

#[tokio::test]
async fn what_one_node_says_once_neither_halts_nor_is_served() {
    let mut chain = chain(3);
    let node = Node::start(&chain.blocks).await;
    let server = patient(&[&node], Duration::from_hours(1)).await;
    server.wait_applied(chain.height()).await.unwrap();
    for fault in IMPOSSIBLE {
        node.fault("block_results", fault);
        // A contribution that is lost shows at the next one.
        chain.contribute(1, &address(1), 30);
        chain.contribute(1, &address(2), 30);
        chain.commit();
        node.set(|node| node.blocks.clone_from(&chain.blocks));
        server.wait_applied(chain.height()).await.unwrap();
        assert!(node.faults_done());
        assert_eq!(totals(&server), expected(&chain));
    }
    assert_eq!(server.app().health.doubted.load(Relaxed), IMPOSSIBLE.len() as u64);
    server.shutdown().await;
}

#[tokio::test]
async fn a_header_that_is_not_what_its_hash_says_is_asked_for_again() {
    let mut chain = chain(3);
    let node = Node::start(&chain.blocks).await;
    let server = patient(&[&node], Duration::from_hours(1)).await;
    server.wait_applied(chain.height()).await.unwrap();
    for fault in [Fault::YearOff, Fault::OtherResults] {
        node.fault("blockchain", fault);
        chain.contribute(1, &address(1), 30);
        chain.commit();
        node.set(|node| node.blocks.clone_from(&chain.blocks));
        server.wait_applied(chain.height()).await.unwrap();
        assert!(node.faults_done());
        assert_eq!(server.view().at.time_ns, chain.blocks.last().unwrap().header.time_ns);
        assert_eq!(totals(&server), expected(&chain));
    }
    server.shutdown().await;
}

#[tokio::test]
async fn a_code_altered_at_the_tip_is_taken_back_when_the_next_header_names_the_results() {
    let mut chain = chain(3);
    let node = Node::start(&chain.blocks).await;
    let server = patient(&[&node], Duration::from_hours(1)).await;
    server.wait_applied(chain.height()).await.unwrap();
    // The only contribution of the block failed, says the node: nothing in the block contradicts it.
    node.fault("block_results", Fault::Code);
    chain.contribute(1, &address(1), 30);
    chain.commit();
    node.set(|node| node.blocks.clone_from(&chain.blocks));
    server.wait_applied(chain.height()).await.unwrap();
    assert!(node.faults_done());
    // Nor does the next block, which has no transactions.
    chain.commit();
    node.set(|node| node.blocks.clone_from(&chain.blocks));
    server.wait_applied(chain.height()).await.unwrap();
    assert_eq!(totals(&server), expected(&chain));
    let again = patient(&[&node], Duration::from_hours(1)).await;
    again.wait_applied(chain.height()).await.unwrap();
    for path in ["/v1/showers/1", "/v1/showers/1/ranking", "/v1/showers"] {
        let (one, other) = (get(server.public_addr(), path).await, get(again.public_addr(), path).await);
        assert_eq!(one, other, "{path}: as of a clean rebuild");
    }
    again.shutdown().await;
    server.shutdown().await;
}

#[tokio::test]
async fn a_node_that_lies_for_ever_is_left_for_another() {
    let mut chain = chain(3);
    let (liar, honest) = (Node::start(&chain.blocks).await, Node::start(&chain.blocks).await);
    liar.set(|node| node.always = Some(("block_results", Fault::Amount)));
    let server = patient(&[&liar, &honest], Duration::from_hours(1)).await;
    server.wait_applied(chain.height()).await.unwrap();
    for _ in 0..20 {
        chain.contribute(1, &address(1), 30);
        chain.commit();
        for node in [&liar, &honest] {
            node.set(|node| node.blocks.clone_from(&chain.blocks));
        }
        server.wait_applied(chain.height()).await.unwrap();
        assert_eq!(totals(&server), expected(&chain));
    }
    let health = server.app().pool.health();
    assert!(health[0].score < 100 && health[1].score == 100, "the liar is known: {health:?}");
    server.shutdown().await;
}

#[tokio::test]
async fn what_two_nodes_say_alike_halts_at_once_and_says_what_to_do() {
    let chain = chain(3);
    let (one, two) = (Node::start(&chain.blocks).await, Node::start(&chain.blocks).await);
    for node in [&one, &two] {
        node.set(|node| node.always = Some(("block_results", Fault::Amount)));
    }
    let server = patient(&[&one, &two], Duration::from_hours(1)).await;
    let error = server.wait_applied(chain.height()).await.unwrap_err();
    assert!(matches!(&error, IndexerError::Halted(why) if why.contains("name another node")), "{error}");
    assert_eq!(server.view().at.height, 2, "the good blocks before it are served");
    server.shutdown().await;
}

#[tokio::test]
async fn a_tip_that_lies_a_million_ahead_holds_nothing_up() {
    let mut chain = chain(30);
    let node = Node::start(&chain.blocks).await;
    node.set(|node| node.tip = Some(1_000_000));
    let server = patient(&[&node], Duration::from_hours(1)).await;
    server.wait_applied(chain.height()).await.unwrap();
    let lag = |server: &Server| server.app().health.tip() - server.view().at.height;
    while lag(&server) > 1 {
        tokio::task::yield_now().await;
    }
    assert_eq!(get(server.admin_addr(), "/readyz").await.0, 200);
    // It heals, and a tip of nothing is an error that passes.
    node.set(|node| node.tip = Some(0));
    let errors = || server.app().health.last_error().is_some_and(|(_, error)| error.contains("tip of 0"));
    while !errors() {
        tokio::task::yield_now().await;
    }
    chain.contribute(1, &address(1), 30);
    chain.commit();
    node.set(|node| (node.tip, node.blocks) = (None, chain.blocks.clone()));
    server.wait_applied(chain.height()).await.unwrap();
    while server.app().health.last_error().is_some() {
        tokio::task::yield_now().await;
    }
    assert_eq!(totals(&server), expected(&chain));
    server.shutdown().await;
}

#[tokio::test]
async fn an_event_lost_earlier_is_found_by_reading_everything_again() {
    let mut chain = chain(3);
    let (one, two) = (Node::start(&chain.blocks).await, Node::start(&chain.blocks).await);
    let server = patient(&[&one, &two], Duration::from_hours(1)).await;
    server.wait_applied(chain.height()).await.unwrap();
    for node in [&one, &two] {
        node.fault("block_results", Fault::EventLost);
    }
    // The only contribution of its block: nothing there contradicts the loss, nor in the next blocks.
    for contributes in [true, false, false, true, false] {
        if contributes {
            chain.contribute(1, &address(1), 30);
        }
        chain.commit();
        for node in [&one, &two] {
            node.set(|node| {
                node.blocks.clone_from(&chain.blocks);
                if chain.seq > 4 {
                    node.faults.clear();
                }
            });
        }
        server.wait_applied(chain.height()).await.unwrap();
    }
    assert_eq!(totals(&server), expected(&chain));
    server.shutdown().await;
}

#[tokio::test]
async fn a_pruned_and_a_whole_machine_behind_one_address_are_one_node() {
    let chain = chain(30);
    let node = Node::start(&chain.blocks).await;
    for _ in 0..10 {
        node.fault("blockchain", Fault::Pruned);
    }
    let server = patient(&[&node], Duration::from_hours(1)).await;
    server.wait_applied(chain.height()).await.unwrap();
    assert!(node.faults_done());
    assert_eq!(totals(&server), expected(&chain));
    server.shutdown().await;
}

#[tokio::test]
async fn history_that_is_gone_everywhere_is_waited_for_instead_of_leaving_a_gap() {
    let mut chain = chain(30);
    let node = Node::start(&chain.blocks).await;
    let server = server(&[&node]).await;
    let health = &server.app().health;
    server.wait_applied(chain.height()).await.unwrap();
    let reached = chain.height();
    for _ in 0..10 {
        chain.contribute(1, &address(1), 30);
        chain.commit();
    }
    // The very next block is gone.
    let lowest = reached + 2;
    node.set(|node| (node.base, node.blocks) = (lowest, chain.blocks.clone()));
    while health.lacks().is_none() {
        tokio::task::yield_now().await;
    }
    let why = health.lacks().unwrap();
    assert!(
        why.contains(&format!("no node has block {} any more (the lowest is {lowest})", reached + 1)),
        "{why}"
    );
    assert!(why.contains("full history (--node)"), "{why}");
    let (code, answer) = get(server.admin_addr(), "/readyz").await;
    assert!(code == 503 && answer.contains(&why), "{code} {answer}");
    assert!(get(server.admin_addr(), "/metrics").await.1.contains("indexer_cant_follow 1\n"));
    assert!(get(server.admin_addr(), "/status").await.1.contains("\"alarm\":true"));
    let (_, public) = get(server.public_addr(), "/v1/status").await;
    assert!(public.contains("\"state\":\"cant_follow\"") && public.contains("\"halted\":false"), "{public}");
    assert_eq!(server.view().at.height, reached, "what was read is still served");
    // A machine that has it comes back.
    node.set(|node| node.base = 1);
    server.wait_applied(chain.height()).await.unwrap();
    assert_eq!(health.lacks(), None);
    assert_eq!(totals(&server), expected(&chain));
    server.shutdown().await;
}

#[tokio::test]
async fn that_a_block_is_gone_is_believed_only_after_patience() {
    let chain = chain(30);
    let node = Node::start(&chain.blocks).await;
    node.set(|node| node.base = 5);
    let server = patient(&[&node], Duration::from_hours(1)).await;
    let health = &server.app().health;
    while health.doubted.load(Relaxed) < 5 {
        tokio::task::yield_now().await;
    }
    assert_eq!((health.lacks(), health.halted()), (None, None));
    let (_, error) = health.last_error().unwrap();
    assert!(error.contains("no node has block 1 any more, the nodes say: they are asked again"), "{error}");
    server.shutdown().await;
}

#[tokio::test]
async fn the_contract_is_asked_whether_it_agrees() {
    let chain = chain(3);
    let node = Node::start(&chain.blocks).await;
    let server = server(&[&node]).await;
    server.wait_applied(chain.height()).await.unwrap();
    let shower = |total: &str| {
        json!({ "showers": [{
            "shower": 1, "status": "open", "opens_at": 1, "closes_at": 2, "mint_deadline": 3, "minimum": "10",
            "contributors": 3, "total": total, "last_seq": 3, "log": hex::encode(chain.showers[0].log),
            "earlier": 0, "earlier_by_tier": { "legendary": 0, "ancient": 0, "rare": 0, "common": 0 },
            "closed": false, "cancelled": false, "paused": false, "minted": 0, "minted_amount": "0",
            "held": "0", "settled": "0", "refunds": 0, "refunded": "0", "held_returned": "0",
            "key_deadline": 4, "key_in_time": false,
        }]})
    };
    let app = server.app();
    node.set(|node| node.answer = Some(shower("60")));
    let mut auditor = Auditor::new(app);
    // This node answers about showers alone; what was compared before stands.
    assert!(matches!(auditor.once().await, Err(AuditError::Node(_))));
    assert!(app.health.checks()["shower 1"].equal, "{:?}", app.health.checks());
    node.set(|node| node.answer = Some(shower("61")));
    auditor.once().await.unwrap_err();
    let check = &app.health.checks()["shower 1"];
    assert_eq!((check.equal, check.differs.len()), (false, 1), "{check:?}");
    let (_, body) = get(server.admin_addr(), "/metrics").await;
    assert!(body.contains("indexer_audit_mismatch_total 1"), "{body}");
    // A state that is deleted is no answer of a contract.
    let deleted = json!({
        "code": 18, "codespace": "sdk",
        "log": "failed to load state at height 4; version does not exist (latest height: 90): invalid request",
    });
    node.set(|node| _ = node.modules.insert("/cosmwasm.wasm.v1.Query/SmartContractState", deleted));
    assert!(matches!(auditor.once().await, Err(AuditError::Pruned { asked }) if asked == chain.height()));
    server.shutdown().await;
}

#[tokio::test]
async fn live_connections_hear_of_changes_and_end_with_the_server() {
    let mut chain = chain(2);
    let node = Node::start(&chain.blocks).await;
    let server = server(&[&node]).await;
    server.wait_applied(chain.height()).await.unwrap();
    let url = format!("http://{}/v1/events", server.public_addr());
    let mut live = reqwest::get(&url).await.unwrap();
    assert_eq!(live.headers()["content-type"], "text/event-stream");
    let heard = hear(&mut live).await;
    assert!(heard.starts_with("retry: 3000\n\n"), "{heard}");
    assert!(
        heard.contains("event: shower\ndata: {\"shower\":1,\"status\":\"open\",\"contributors\":2,"),
        "{heard}"
    );
    assert!(!heard.contains("event: contribution"), "old ones are no news: {heard}");

    // Who has seen all there is hears of the last block once more: it may have been taken back meanwhile.
    let client = reqwest::Client::new();
    let mut again = client.get(&url).header("last-event-id", "4").send().await.unwrap();
    let heard_again = hear(&mut again).await;
    assert_eq!(heard_again.matches("event: shower\n").count(), 1, "{heard_again}");
    let mut ahead = client.get(&url).header("last-event-id", "5").send().await.unwrap();
    let heard_ahead = hear(&mut ahead).await;
    assert!(!heard_ahead.contains("event: shower"), "{heard_ahead}");
    drop(ahead);

    chain.contribute(1, &address(30), 25);
    chain.commit();
    node.set(|node| node.blocks.clone_from(&chain.blocks));
    let heard = hear(&mut live).await;
    assert!(
        heard.contains("{\"shower\":1,\"status\":\"open\",\"contributors\":3,\"total\":\"65\""),
        "{heard}"
    );
    assert!(heard.contains("event: height\nid: 5\n"), "{heard}");
    let told = format!(
        "event: contribution\ndata: {{\"height\":5,\"shower\":1,\"contributor\":\"{}\",\"amount\":\"25\"",
        address(30)
    );
    assert!(heard.contains(&told), "{heard}");
    assert!(hear(&mut again).await.contains(&told));
    let drained = tokio::spawn(async move {
        while let Ok(Some(_)) = live.chunk().await {}
        while let Ok(Some(_)) = again.chunk().await {}
    });
    server.shutdown().await;
    drained.await.unwrap();
}

/// Found by the chaos suite (seed 301): a connection that had heard of the altered block never heard of the right one.
#[tokio::test]
async fn live_connections_hear_what_a_block_that_was_taken_back_really_brought() {
    let mut chain = chain(3);
    let node = Node::start(&chain.blocks).await;
    let server = patient(&[&node], Duration::from_hours(1)).await;
    server.wait_applied(chain.height()).await.unwrap();
    let mut live = reqwest::get(format!("http://{}/v1/events", server.public_addr())).await.unwrap();
    hear(&mut live).await;
    node.fault("block_results", Fault::Code);
    chain.contribute(1, &address(1), 30);
    chain.commit();
    node.set(|node| node.blocks.clone_from(&chain.blocks));
    server.wait_applied(chain.height()).await.unwrap();
    assert!(!hear(&mut live).await.contains("event: shower"), "the contribution failed, says the node");
    chain.commit();
    node.set(|node| node.blocks.clone_from(&chain.blocks));
    let total = format!("\"total\":\"{}\"", chain.showers[0].total);
    while !hear(&mut live).await.contains(&total) {}
    server.shutdown().await;
}
