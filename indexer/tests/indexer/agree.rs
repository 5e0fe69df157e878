//! Several nodes: what one of them says of events, which are in no hash, is compared with another's.

use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use meteor_indexer::Server;

use crate::chain::{Chain, address};
use crate::follow::{chain, expected, get, patient, stalling, totals};
use crate::node::{Fault, Node};

const LONG: Duration = Duration::from_hours(1);

async fn nodes<const N: usize>(chain: &Chain) -> [Node; N] {
    let mut nodes = Vec::new();
    for _ in 0..N {
        nodes.push(Node::start(&chain.blocks).await);
    }
    nodes.try_into().ok().unwrap()
}

/// A block with one contribution, whose loss contradicts nothing before the next.
fn contribute(chain: &mut Chain) {
    chain.contribute(1, &address(1), 30);
    chain.commit();
}

fn give(chain: &Chain, nodes: &[&Node]) {
    for node in nodes {
        node.set(|node| node.blocks.clone_from(&chain.blocks));
    }
}

fn contradictions(server: &Server) -> u64 {
    server.app().health.agreement.contradictions.load(Relaxed)
}

async fn until(what: impl Fn() -> bool) {
    while !what() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// A header of the answer to a frequent request, and to another one.
async fn header(server: &Server, name: &str) -> Option<String> {
    let mut found = Vec::new();
    for path in ["/v1/showers/1", "/v1/showers/1/history.csv"] {
        let answer = reqwest::get(format!("http://{}{path}", server.public_addr())).await.unwrap();
        found.push(answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned()));
    }
    // Between the two requests it may change.
    found.pop().unwrap().filter(|_| found[0].is_some())
}

#[tokio::test]
async fn of_three_nodes_two_are_believed_whatever_the_third_leaves_out() {
    let mut chain = chain(3);
    let [liar, one, two] = nodes(&chain).await;
    liar.set(|node| node.always = Some(("block_results", Fault::EventLost)));
    let server = patient(&[&liar, &one, &two], LONG).await;
    server.wait_applied(chain.height()).await.unwrap();
    for _ in 0..5 {
        contribute(&mut chain);
        give(&chain, &[&liar, &one, &two]);
        server.wait_applied(chain.height()).await.unwrap();
        assert_eq!(totals(&server), expected(&chain), "nothing else was ever served");
    }
    assert!(contradictions(&server) > 0);
    let health = server.app().pool.health();
    assert!(health[0].score < 100 && health[1].score == 100 && health[2].score == 100, "{health:?}");
    assert!(!server.app().health.agreement.open());
    server.shutdown().await;
}

#[tokio::test]
async fn of_two_that_contradict_each_other_nothing_is_served_until_one_heals() {
    let mut chain = chain(3);
    let [one, two] = nodes(&chain).await;
    let server = patient(&[&one, &two], LONG).await;
    server.wait_applied(chain.height()).await.unwrap();
    let good = totals(&server);
    one.set(|node| node.always = Some(("block_results", Fault::EventLost)));
    contribute(&mut chain);
    give(&chain, &[&one, &two]);
    until(|| server.app().health.agreement.open()).await;
    assert_eq!(totals(&server), good, "neither is believed");
    let (_, status) = get(server.admin_addr(), "/status").await;
    assert!(
        status.contains("contradict each other about block 6") && status.contains("\"alarm\":true"),
        "{status}"
    );
    let (_, metrics) = get(server.admin_addr(), "/metrics").await;
    assert!(metrics.contains("indexer_contradicted 1"), "{metrics}");
    one.set(|node| node.always = None);
    server.wait_applied(chain.height()).await.unwrap();
    assert_eq!(totals(&server), expected(&chain));
    until(|| !server.app().health.agreement.open()).await;
    server.shutdown().await;
}

#[tokio::test]
async fn after_patience_the_first_of_two_that_contradict_each_other_is_believed_and_the_alarm_stays() {
    let mut chain = chain(3);
    let [first, liar] = nodes(&chain).await;
    let server = patient(&[&first, &liar], Duration::ZERO).await;
    server.wait_applied(chain.height()).await.unwrap();
    liar.set(|node| node.always = Some(("block_results", Fault::EventLost)));
    for _ in 0..5 {
        contribute(&mut chain);
        give(&chain, &[&first, &liar]);
        server.wait_applied(chain.height()).await.unwrap();
        assert_eq!(totals(&server), expected(&chain));
    }
    until(|| server.app().health.agreement.open()).await;
    server.shutdown().await;
}

#[tokio::test]
async fn one_node_is_enough_while_the_other_lags_and_it_is_compared_later() {
    let mut chain = chain(3);
    let [one, late] = nodes(&chain).await;
    let server = patient(&[&one, &late], LONG).await;
    server.wait_applied(chain.height()).await.unwrap();
    contribute(&mut chain);
    contribute(&mut chain);
    give(&chain, &[&one]);
    server.wait_applied(chain.height()).await.unwrap();
    let agreement = &server.app().health.agreement;
    until(|| agreement.alone.load(Relaxed) == 2).await;
    assert!(agreement.verified.load(Relaxed) < chain.height() - 1);
    give(&chain, &[&late]);
    until(|| agreement.verified.load(Relaxed) == chain.height() - 1).await;
    assert_eq!(contradictions(&server), 0);
    server.shutdown().await;
}

#[tokio::test]
async fn what_one_node_alone_left_out_is_taken_back_once_another_tells_it() {
    let mut chain = chain(3);
    let [liar, late] = nodes(&chain).await;
    let server = patient(&[&liar, &late], LONG).await;
    server.wait_applied(chain.height()).await.unwrap();
    liar.fault("block_results", Fault::EventLost);
    contribute(&mut chain);
    give(&chain, &[&liar]);
    server.wait_applied(chain.height()).await.unwrap();
    assert_ne!(totals(&server), expected(&chain), "the late node could not say otherwise");
    let height = chain.height();
    let marked = Some(height.to_string());
    assert_eq!(header(&server, "x-meteor-one-node-since").await, marked, "it is marked as one node's word");
    let (_, ready) = get(server.admin_addr(), "/readyz").await;
    assert!(ready.contains(&format!("one node alone has told the blocks from {height} on")), "{ready}");
    let told = |status: &str, height: Option<u64>| {
        let height = height.map_or("null".to_owned(), |height| height.to_string());
        status.contains(&format!("\"one_node_since\":{height}"))
    };
    for addr in [server.admin_addr(), server.public_addr()] {
        let path = if addr == server.admin_addr() { "/status" } else { "/v1/status" };
        let (_, status) = get(addr, path).await;
        assert!(told(&status, Some(height)), "{status}");
    }
    give(&chain, &[&late]);
    until(|| totals(&server) == expected(&chain)).await;
    assert!(contradictions(&server) > 0);
    while header(&server, "x-meteor-one-node-since").await.is_some() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(told(&get(server.public_addr(), "/v1/status").await.1, None));
    assert_eq!(get(server.admin_addr(), "/readyz").await.1, "ready\n");
    server.shutdown().await;
}

#[tokio::test]
async fn a_block_that_was_disputed_is_not_believed_of_one_node_together_with_those_before_it() {
    let mut chain = chain(3);
    let [liar, late] = nodes(&chain).await;
    let server = patient(&[&liar, &late], LONG).await;
    server.wait_applied(chain.height()).await.unwrap();
    contribute(&mut chain);
    give(&chain, &[&liar]);
    server.wait_applied(chain.height()).await.unwrap();
    liar.set(|node| node.always = Some(("block_results", Fault::EventLost)));
    contribute(&mut chain);
    give(&chain, &[&liar]);
    server.wait_applied(chain.height()).await.unwrap();
    // The late node tells both blocks, and then nothing more. `TxLost` changes no header.
    late.set(|node| {
        node.blocks.clone_from(&chain.blocks);
        node.faults = [("blockchain", Fault::TxLost)].into();
        node.always = Some(("blockchain", Fault::Broken));
    });
    let waits = || server.app().health.last_error().is_some_and(|(_, why)| why.contains("only one node"));
    until(waits).await;
    late.set(|node| node.always = None);
    liar.set(|node| node.always = None);
    until(|| totals(&server) == expected(&chain)).await;
    server.shutdown().await;
}

#[tokio::test]
async fn a_node_that_has_no_later_block_yet_settles_what_was_disputed() {
    let mut chain = chain(3);
    let [behind, late] = nodes(&chain).await;
    let server = patient(&[&behind, &late], LONG).await;
    server.wait_applied(chain.height()).await.unwrap();
    behind.fault("block_results", Fault::EventLost);
    contribute(&mut chain);
    give(&chain, &[&behind]);
    server.wait_applied(chain.height()).await.unwrap();
    contribute(&mut chain);
    give(&chain, &[&late]);
    until(|| totals(&server) == expected(&chain)).await;
    assert!(contradictions(&server) > 0);
    server.shutdown().await;
}

#[tokio::test]
async fn an_alarm_that_is_not_told_again_is_none() {
    let mut chain = chain(3);
    let node = Node::start(&chain.blocks).await;
    let server = patient(&[&node], LONG).await;
    server.wait_applied(chain.height()).await.unwrap();
    node.fault("block_results", Fault::Strange);
    contribute(&mut chain);
    give(&chain, &[&node]);
    server.wait_applied(chain.height()).await.unwrap();
    assert!(node.faults_done());
    assert_eq!((server.view().alarms.count, totals(&server)), (0, expected(&chain)));
    // One that is, is believed.
    for _ in 0..2 {
        node.fault("block_results", Fault::Strange);
    }
    contribute(&mut chain);
    give(&chain, &[&node]);
    server.wait_applied(chain.height()).await.unwrap();
    assert_eq!((server.view().alarms.count, totals(&server)), (1, expected(&chain)));
    server.shutdown().await;
}

#[tokio::test]
async fn one_node_of_two_puts_up_no_alarm() {
    let mut chain = chain(3);
    let [liar, honest] = nodes(&chain).await;
    liar.set(|node| node.always = Some(("block_results", Fault::Strange)));
    let server = patient(&[&liar, &honest], LONG).await;
    server.wait_applied(chain.height()).await.unwrap();
    for _ in 0..5 {
        contribute(&mut chain);
        give(&chain, &[&liar, &honest]);
        server.wait_applied(chain.height()).await.unwrap();
        assert_eq!((server.view().alarms.count, totals(&server)), (0, expected(&chain)));
    }
    server.shutdown().await;
}

#[tokio::test]
async fn an_alarm_of_one_node_while_the_other_is_away_is_believed_only_after_patience() {
    let mut chain = chain(3);
    while chain.height() < 120 {
        chain.commit(); // far from the tip one node is asked
    }
    let [liar, away] = nodes(&chain).await;
    let down = |down: bool| away.set(|node| node.always = down.then_some(("blockchain", Fault::Broken)));
    let lies = |lies: bool| liar.set(|node| node.always = lies.then_some(("block_results", Fault::Strange)));
    for (patience, believed) in [(LONG, 0), (Duration::ZERO, 1)] {
        down(true);
        lies(true);
        let server = patient(&[&liar, &away], patience).await;
        if believed == 0 {
            until(|| server.app().health.doubted.load(Relaxed) > 5).await;
            assert_eq!(
                (server.view().alarms.count, server.view().at.height),
                (0, 1),
                "before the first transaction"
            );
            lies(false);
        }
        server.wait_applied(chain.height()).await.unwrap();
        assert_eq!((server.view().alarms.count.min(1), totals(&server)), (believed, expected(&chain)));
        server.shutdown().await;
    }
}

#[tokio::test]
async fn a_chain_that_stands_leaves_a_server_ready_and_nodes_that_fail_do_not() {
    let chain = chain(3);
    let [one, two] = nodes(&chain).await;
    let server = stalling(&[&one, &two]).await;
    server.wait_applied(chain.height()).await.unwrap();
    let ready = async || get(server.admin_addr(), "/readyz").await;
    let mut told = ready().await;
    while !told.1.contains("the chain stands at height 5") {
        told = ready().await;
    }
    assert_eq!(told.0, 200);
    let public = async || get(server.public_addr(), "/v1/status").await.1;
    let status = public().await;
    assert!(status.contains("\"state\":\"chain_stands\""), "{status}");
    for node in [&one, &two] {
        node.set(|node| node.always = Some(("abci_info", Fault::Broken)));
    }
    while told.0 == 200 {
        told = ready().await;
    }
    assert!(told.1.contains("can't follow: at height 5 since"), "{}", told.1);
    let (_, status) = get(server.admin_addr(), "/status").await;
    assert!(status.contains("\"state\":\"cant_follow\""), "{status}");
    let status = public().await;
    assert!(status.contains("\"state\":\"cant_follow\""), "{status}");
    server.shutdown().await;
}

/// What happens once, by method.
const FAULTS: [(&str, Fault); 19] = [
    ("abci_info", Fault::Broken),
    ("abci_info", Fault::Garbage),
    ("blockchain", Fault::Parent),
    ("blockchain", Fault::Shifted),
    ("blockchain", Fault::YearOff),
    ("blockchain", Fault::OtherResults),
    ("blockchain", Fault::Pruned),
    ("blockchain", Fault::RateLimit(Some(0))),
    ("block_results", Fault::RateLimit(None)),
    ("block_results", Fault::TxLost),
    ("block_results", Fault::OtherHeight),
    ("block_results", Fault::ShortBatch),
    ("block_results", Fault::NotYet),
    ("block_results", Fault::Amount),
    ("block_results", Fault::EventLost),
    ("block_results", Fault::EventTwice),
    ("block_results", Fault::Base64),
    ("block_results", Fault::Code),
    ("block_results", Fault::Strange),
];

/// What nothing in the block itself contradicts. Only with these is anything taken back, so half of all faults are.
const SILENT: [(&str, Fault); 2] = [("block_results", Fault::EventLost), ("block_results", Fault::Code)];

#[tokio::test]
async fn any_sequence_of_faults_ends_in_the_state_of_a_clean_rebuild() {
    let given = std::env::var("METEOR_SEED").ok().map(|seed| seed.parse().unwrap());
    let seed: u64 =
        given.unwrap_or_else(|| std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64 % 1_000_000_000);
    println!("METEOR_SEED={seed}");
    let mut random = seed.wrapping_mul(2) + 1;
    let mut below = |most: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % most
    };
    let mut chain = chain(3);
    let all: [Node; 2] = nodes(&chain).await;
    let server = patient(&[&all[0], &all[1]], LONG).await;
    for _ in 0..8 {
        for n in 0..below(3) {
            chain.contribute(1, &address(n as u8), 20 + u128::from(below(20)));
        }
        chain.commit();
        let late = below(3) as usize;
        for (at, node) in all.iter().enumerate() {
            if below(2) == 0 {
                let faults = if below(2) == 0 { SILENT.as_slice() } else { FAULTS.as_slice() };
                let (method, fault) = faults[below(faults.len() as u64) as usize].clone();
                println!("height {}: node {at}: {method} {fault:?}", chain.height());
                node.set(|node| node.faults = [(method, fault)].into());
            }
            if at != late {
                give(&chain, &[node]);
            }
        }
        let doubted = &server.app().health.doubted;
        let refused = doubted.load(Relaxed) + 2;
        tokio::select! {
            applied = server.wait_applied(chain.height()) => applied.unwrap(),
            // What both have lost alike contradicts this block, and one node alone isn't believed that soon.
            () = until(|| doubted.load(Relaxed) >= refused) => {
                give(&chain, &[&all[0], &all[1]]);
                server.wait_applied(chain.height()).await.unwrap();
            }
        }
    }
    for node in &all {
        node.set(|node| node.faults.clear());
    }
    // What both lost alike shows at the next contribution, and what is served at last, once a header confirms it.
    for _ in 0..2 {
        contribute(&mut chain);
        give(&chain, &[&all[0], &all[1]]);
        server.wait_applied(chain.height()).await.unwrap();
    }
    let clean = patient(&[&all[0], &all[1]], LONG).await;
    clean.wait_applied(chain.height()).await.unwrap();
    for path in ["/v1/showers/1", "/v1/showers/1/ranking", "/v1/showers", "/v1/config"] {
        let ends = async |server: &Server| get(server.public_addr(), path).await;
        let wanted = ends(&clean).await;
        // The second node may contradict the first a moment later.
        while ends(&server).await != wanted {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    assert_eq!((server.view().alarms.count, totals(&server)), (0, expected(&chain)));
    clean.shutdown().await;
    server.shutdown().await;
}
