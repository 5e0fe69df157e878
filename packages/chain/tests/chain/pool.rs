//! Several nodes, of which some misbehave.

use std::time::Duration;

use meteor_chain::{Node, NodeError, Pool, jsonrpc};
use serde_json::{Value, json};

use crate::server::{CHAIN, Fault, Server};

const TIP: u64 = 1_000;

fn pool(servers: &[&Server]) -> Pool {
    let urls: Vec<_> = servers.iter().map(|server| server.url.clone()).collect();
    let pool = Pool::new(&urls).unwrap().with_backoff(Duration::from_millis(1), Duration::from_millis(2));
    pool.hold_to(CHAIN);
    pool
}

async fn one(node: &Node) -> Result<String, NodeError> {
    node.ask("block", &json!({}), |body| jsonrpc::result(body)).await
}

/// Asks for a block; gives the node that answered.
async fn block(pool: &Pool) -> Result<usize, NodeError> {
    pool.first(0, "blocks", one).await.map(|(at, _)| at)
}

/// Makes the pool learn how fast the first node usually is.
async fn used_to(pool: &Pool) {
    pool.tip().await.unwrap();
    for _ in 0..5 {
        assert_eq!(block(pool).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_node_that_stalls_is_not_waited_for() {
    let (slow, other) = (Server::start(TIP).await, Server::start(TIP).await);
    let pool = pool(&[&slow, &other]);
    used_to(&pool).await;
    for fault in [Fault::Stall, Fault::Half] {
        slow.fault("block", fault.clone());
        let before = other.asked("block");
        assert_eq!(block(&pool).await.unwrap(), 1, "{fault:?}");
        assert_eq!(other.asked("block"), before + 1);
    }
    let health = pool.health();
    assert_eq!(health[0].outcomes[&("blocks", "slow")], 2);
    assert_eq!(health[0].score, 100, "slow is not wrong");
}

#[tokio::test]
async fn an_answer_that_keeps_coming_is_waited_for() {
    let (slow, other) = (Server::start(TIP).await, Server::start(TIP).await);
    let pool = pool(&[&slow, &other]).with_idle(Duration::from_millis(900)).unwrap();
    used_to(&pool).await;
    // Longer in all than the silence after which another is asked, and than the one after which it is given up.
    slow.fault("block", Fault::Slowly(120));
    assert_eq!(block(&pool).await.unwrap(), 0);
    assert_eq!(other.asked("block"), 0);
}

#[tokio::test]
async fn an_answer_that_stops_coming_is_given_up() {
    let node = Server::start(TIP).await;
    let pool = pool(&[&node]).with_idle(Duration::from_millis(100)).unwrap();
    for fault in [Fault::Stall, Fault::Half] {
        node.fault("block", fault);
        assert!(matches!(block(&pool).await, Err(NodeError::Unreachable { .. })));
        while !pool.wait().is_zero() {
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(block(&pool).await.unwrap(), 0);
}

#[tokio::test]
async fn a_node_that_limits_is_not_asked_besides_another() {
    let (slow, limited) = (Server::start(TIP).await, Server::start(TIP).await);
    let pool = pool(&[&slow, &limited]);
    used_to(&pool).await;
    limited.fault("block", Fault::Status(429, Some("0")));
    let answer = pool.first_other(0, "blocks", &[0], one).await;
    assert_eq!(answer.unwrap().0, 1, "refused once, then answered");
    let before = limited.asked("block");
    slow.fault("block", Fault::Late(800));
    assert_eq!(block(&pool).await.unwrap(), 0, "waited for, however unusual");
    assert_eq!(limited.asked("block"), before);
}

#[tokio::test]
async fn a_refusal_for_the_rate_costs_a_pause_and_no_answer() {
    let node = Server::start(TIP).await;
    let pool = pool(&[&node]);
    used_to(&pool).await;
    let before = node.asked("block");
    for after in [None, Some("0"), Some("Wed, 21 Oct 2015 07:28:00 GMT")] {
        node.fault("block", Fault::Status(429, after));
        assert_eq!(block(&pool).await.unwrap(), 0);
    }
    assert_eq!(node.asked("block"), before + 6, "each once more, and nothing twice");
    assert!(pool.health()[0].requests_per_second.is_some(), "its rate is learned");
}

#[tokio::test]
async fn the_pause_a_node_asks_for_is_kept_and_tried_cautiously() {
    let (limited, other) = (Server::start(TIP).await, Server::start(TIP).await);
    let both = pool(&[&limited, &other]);
    used_to(&both).await;
    limited.fault("block", Fault::Status(429, Some("120")));
    let before = limited.asked("block");
    for _ in 0..10 {
        assert_eq!(block(&both).await.unwrap(), 1, "another stands in");
    }
    assert_eq!(limited.asked("block"), before + 1);
    let health = &both.health()[0];
    assert!(health.waiting_ms > 100_000 && health.score < 100, "{health:?}");
    assert!(health.last_error.is_some() && !health.reasons.is_empty(), "{health:?}");
    assert_eq!(both.wait(), Duration::ZERO);

    let alone = pool(&[&limited]);
    limited.fault("block", Fault::Status(503, Some("120")));
    assert!(matches!(block(&alone).await, Err(NodeError::RateLimited { .. })));
    assert!(matches!(block(&alone).await, Err(NodeError::NoNode)), "too early for a try");
    let wait = alone.wait();
    assert!(!wait.is_zero() && wait <= Duration::from_secs(5), "nobody stands in: {wait:?}");
}

#[tokio::test]
async fn batches_shrink_where_what_is_in_them_counts() {
    let node = Server::start(TIP).await;
    node.set(|node| node.most = Some(5));
    let pool = pool(&[&node]);
    let node = pool.nodes().next().unwrap();
    let ask = async || {
        let size = node.batch();
        let requests = (0..size).map(|id| jsonrpc::request(id as u64, "block", &json!({}))).collect();
        (size, node.ask_batch(requests, |body| jsonrpc::results::<Value>(body).map(|all| all.len())).await)
    };
    let done = loop {
        match ask().await {
            (size, Ok(answers)) => break (size, answers),
            (_, Err((error, _))) => {
                assert!(matches!(error, NodeError::RateLimited { .. } | NodeError::Paced { .. }));
            }
        }
        // Single requests get through meanwhile.
        loop {
            match one(node).await {
                Ok(_) => break,
                Err(NodeError::Paced { wait }) => tokio::time::sleep(wait).await,
                Err(error) => panic!("{error}"),
            }
        }
    };
    assert_eq!(done, (5, 5));
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_not_downloaded_and_asked_for_in_parts() {
    let node = Server::start(TIP).await;
    let pool = pool(&[&node]);
    let node_of = pool.nodes().next().unwrap();
    node.fault("block", Fault::Large(1 << 40));
    let requests = (0..10).map(|id| jsonrpc::request(id, "block", &json!({}))).collect();
    let asked = node_of.ask_batch(requests, |_| Ok(())).await;
    assert!(matches!(asked, Err((NodeError::TooLarge(_), true))), "{asked:?}");
    assert_eq!(node_of.batch(), 5);
}

#[tokio::test]
async fn a_tip_a_million_ahead_is_not_believed_of_one_of_two_or_of_the_only_node() {
    let (honest, liar) = (Server::start(TIP).await, Server::start(TIP).await);
    liar.set(|node| node.tip = 1_000_000);
    for (servers, at) in [(vec![&honest, &liar], 1), (vec![&liar, &honest], 0), (vec![&liar], 0)] {
        let pool = pool(&servers);
        assert_eq!(pool.tip().await.unwrap(), TIP);
        let health = pool.health();
        assert!(health[at].score < 100, "{health:?}");
        assert!(health[at].last_error.as_ref().unwrap().contains("1000000"), "{health:?}");
        assert!(
            health.iter().enumerate().all(|(other, node)| other == at || node.score == 100),
            "{health:?}"
        );
    }
    // Healed, its next tips count, and the chain goes on.
    let pool = pool(&[&honest, &liar]);
    pool.tip().await.unwrap();
    liar.set(|node| (node.tip, node.highest) = (TIP + 3, TIP + 3));
    assert_eq!(pool.tip().await.unwrap(), TIP + 3);
    assert_eq!(
        pool.first(TIP + 3, "blocks", one).await.unwrap().0,
        1,
        "whoever has the block is asked for it"
    );
}

#[tokio::test]
async fn a_tip_far_ahead_that_is_true_counts() {
    let (behind, ahead) = (Server::start(TIP).await, Server::start(TIP + 500).await);
    let pool = pool(&[&behind, &ahead]);
    assert_eq!(pool.tip().await.unwrap(), TIP + 500);
    let health = pool.health();
    assert!(health[0].score < 100 && health[0].reasons[0].contains("stands still"), "{health:?}");
    assert_eq!(health[1].score, 100, "{health:?}");
    behind.set(|node| (node.tip, node.highest) = (TIP + 500, TIP + 500));
    pool.tip().await.unwrap();
    assert!(pool.health().iter().all(|node| node.score == 100 && node.reasons.is_empty()));
}

#[tokio::test]
async fn a_tip_that_goes_back_or_is_nothing_counts_against_its_node() {
    let (one, two) = (Server::start(TIP).await, Server::start(TIP).await);
    let pool = pool(&[&one, &two]);
    assert_eq!(pool.tip().await.unwrap(), TIP);
    one.set(|node| node.tip = TIP - 500);
    assert_eq!(pool.tip().await.unwrap(), TIP);
    let health = pool.health();
    assert!(
        health[0].score < 100 && health[0].reasons.iter().any(|why| why.contains("went back")),
        "{health:?}"
    );
    two.set(|node| node.tip = 0);
    assert_eq!(pool.tip().await.unwrap(), TIP - 500);
    assert!(pool.health()[1].last_error.as_ref().unwrap().contains("tip of 0"));
}

#[tokio::test]
async fn a_node_that_stalls_does_not_keep_the_tip_back() {
    let (slow, other) = (Server::start(TIP).await, Server::start(TIP).await);
    let pool = pool(&[&slow, &other]);
    slow.set(|node| node.always = Some(("abci_info", Fault::Stall)));
    assert_eq!(pool.tip().await.unwrap(), TIP);
    assert_eq!(pool.health()[0].outcomes[&("abci_info", "slow")], 1);
}

#[tokio::test]
async fn refused_blocks_count_and_an_answered_tip_does_not_clear_them() {
    let node = Server::start(TIP).await;
    let pool = pool(&[&node]);
    node.fault("block", Fault::Refuse("node is not persisting abci responses"));
    assert!(block(&pool).await.is_err());
    pool.tip().await.unwrap();
    let health = &pool.health()[0];
    assert!(health.score < 100 && health.reasons.iter().any(|why| why.contains("blocks")), "{health:?}");
    while !pool.wait().is_zero() {
        tokio::task::yield_now().await;
    }
    block(&pool).await.unwrap();
    let health = &pool.health()[0];
    assert!(health.score == 100 && health.last_error.is_none(), "{health:?}");
}

#[tokio::test]
async fn a_chain_that_changes_behind_an_address_is_noticed() {
    let (changing, other) = (Server::start(TIP).await, Server::start(TIP).await);
    let pool = pool(&[&changing, &other]);
    used_to(&pool).await;
    // It was away for a moment, and is asked again who it is.
    changing.fault("block", Fault::Status(502, None));
    changing.set(|node| node.chain_id = "another");
    assert_eq!(block(&pool).await.unwrap(), 1);
    while pool.health()[0].waiting_ms > 0 {
        tokio::task::yield_now().await;
    }
    let asked = changing.asked("abci_info");
    assert_eq!(pool.tip().await.unwrap(), TIP);
    let health = &pool.health()[0];
    assert!(health.last_error.as_ref().unwrap().contains("another"), "{health:?}");
    assert!(health.version.is_none() && health.waiting_ms > 0, "{health:?}");
    assert!(health.waiting_ms <= 1_000, "once may be a mistake: {health:?}");
    for _ in 0..6 {
        wait_out(&pool).await;
        assert_eq!(pool.tip().await.unwrap(), TIP);
    }
    let health = &pool.health()[0];
    assert!(health.waiting_ms >= 25_000 && health.waiting_ms <= 60_000, "again and again: {health:?}");
    assert_eq!(changing.asked("abci_info"), asked, "its tip is not asked for");
    changing.set(|node| node.chain_id = CHAIN);
    wait_out(&pool).await;
    pool.tip().await.unwrap();
    let health = &pool.health()[0];
    assert!(health.version.is_some() && health.score == 100 && health.waiting_ms == 0, "{health:?}");
}

/// Lets the first node's wait pass.
async fn wait_out(pool: &Pool) {
    let wait = Duration::from_millis(pool.health()[0].waiting_ms);
    tokio::time::pause();
    tokio::time::advance(wait).await;
    tokio::time::resume();
}

#[tokio::test]
async fn another_node_is_asked_for_the_same() {
    let (one_, two) = (Server::start(TIP).await, Server::start(TIP).await);
    let pool = pool(&[&one_, &two]);
    for not in [0, 1] {
        assert_eq!(pool.first_other(0, "blocks", &[not], one).await.unwrap().0, 1 - not);
    }
    let alone = self::pool(&[&one_]);
    assert!(matches!(alone.first_other(0, "blocks", &[0], one).await, Err(NodeError::NoNode)));
}

#[tokio::test]
async fn two_nodes_on_one_host_have_two_names() {
    let node = Server::start(TIP).await;
    let names: Vec<_> = pool(&[&node, &node]).health().into_iter().map(|node| node.name).collect();
    assert_ne!(names[0], names[1]);
    assert!(names.iter().all(|name| !name.contains("secret")), "{names:?}");
}
