//! The client against nodes that lie, lag, clamp, limit, prune and break.

use std::time::Duration;

use meteor_chain::blocks::RawBlock;
use meteor_chain::{NodeError, Pool, with_causes};
use meteor_indexer::rpc::{self, Ask, Sizes};

use crate::chain::{CHAIN, Chain, address, shower_contract};
use crate::node::{Fault, Node};

fn chain() -> Chain {
    let mut chain = Chain::launched(1);
    for n in 0..30 {
        if n % 2 == 0 {
            chain.contribute(1, &address(n), 20);
        }
        chain.commit();
    }
    chain
}

fn pool(nodes: &[&Node]) -> Pool {
    let urls: Vec<_> = nodes.iter().map(|node| node.url()).collect();
    let pool = Pool::new(&urls).unwrap().with_backoff(Duration::from_millis(1), Duration::from_millis(2));
    pool.hold_to(CHAIN);
    pool
}

async fn blocks(pool: &Pool, shower: &str, from: u64, to: u64) -> Result<(usize, Vec<RawBlock>), NodeError> {
    let ask = Ask { shower, from, to, enough: usize::MAX, not: &[] };
    let told = rpc::blocks(pool, &Sizes::default(), ask).await?;
    Ok((told.node, told.blocks))
}

#[tokio::test]
async fn windows_come_whole_and_in_order() {
    let chain = chain();
    let node = Node::start(&chain.blocks).await;
    let pool = pool(&[&node]);
    assert_eq!(pool.identify(None).await.unwrap().chain_id, CHAIN);
    assert_eq!(pool.tip().await.unwrap(), 32);
    let (_, blocks) = blocks(&pool, &shower_contract(), 3, 22).await.unwrap();
    assert_eq!(blocks, chain.blocks[2..22]);
    let asked = node.asked();
    let results = asked.iter().filter(|method| *method == "block_results").count();
    assert_eq!(results, 20, "blocks without transactions are asked for too: {asked:?}");
}

#[tokio::test]
async fn no_answer_that_is_wrong_gets_through() {
    let chain = chain();
    let node = Node::start(&chain.blocks).await;
    for (method, fault) in [
        ("blockchain", Fault::Parent),
        ("blockchain", Fault::Shifted),
        ("blockchain", Fault::YearOff),
        ("blockchain", Fault::OtherResults),
        ("blockchain", Fault::Garbage),
        ("blockchain", Fault::Broken),
        ("block_results", Fault::TxLost),
        ("block_results", Fault::Code),
        ("block_results", Fault::OtherHeight),
        ("block_results", Fault::ShortBatch),
        ("block_results", Fault::NotYet),
        ("block_results", Fault::Garbage),
    ] {
        let pool = pool(&[&node]);
        node.fault(method, fault.clone());
        let wrong = blocks(&pool, &shower_contract(), 3, 22).await;
        assert!(wrong.is_err(), "{fault:?}");
        assert!(node.faults_done(), "{fault:?}");
    }
}

#[tokio::test]
async fn batches_shrink_to_what_a_node_takes() {
    let chain = chain();
    for most in [0, 1, 5] {
        let node = Node::start(&chain.blocks).await;
        node.set(|node| node.batch = Some(most));
        let pool = pool(&[&node]);
        let (_, blocks) = blocks(&pool, &shower_contract(), 3, 22).await.unwrap();
        assert_eq!(blocks, chain.blocks[2..22], "at most {most}");
        assert_eq!(pool.nodes().next().unwrap().batch(), most.max(1));
    }
}

#[tokio::test]
async fn of_large_blocks_so_many_come_as_are_enough_and_one_always() {
    let chain = chain();
    let node = Node::start(&chain.blocks).await;
    let (pool, shower) = (pool(&[&node]), shower_contract());
    let ask = |enough, not| Ask { shower: &shower, from: 3, to: 22, enough, not };
    let sizes = Sizes::default();
    let mut bytes = 0;
    for (enough, blocks) in [(0, 1..2), (1, 1..2), (24 << 10, 3..8), (usize::MAX, 20..21)] {
        let told = rpc::blocks(&pool, &sizes, ask(enough, &[])).await.unwrap();
        assert!(blocks.contains(&told.blocks.len()), "{enough}: {}", told.blocks.len());
        assert_eq!(told.blocks, chain.blocks[2..2 + told.blocks.len()]);
        assert!(told.bytes >= bytes, "the more blocks the more bytes");
        bytes = told.bytes;
    }
    assert!(matches!(rpc::blocks(&pool, &sizes, ask(1, &[0])).await, Err(NodeError::NoNode)));
}

#[tokio::test]
async fn a_window_cut_at_the_tip_is_not_yet_and_one_cut_at_the_base_is_pruned() {
    let chain = chain();
    let node = Node::start(&chain.blocks).await;
    let pool = pool(&[&node]);
    assert!(matches!(blocks(&pool, &shower_contract(), 30, 40).await, Err(NodeError::NotYet)));
    assert!(matches!(blocks(&pool, &shower_contract(), 33, 40).await, Err(NodeError::NotYet)));
    node.set(|node| node.base = 10);
    assert!(matches!(
        blocks(&pool, &shower_contract(), 5, 20).await,
        Err(NodeError::Pruned { lowest: Some(10) })
    ));
    assert!(matches!(
        blocks(&pool, &shower_contract(), 1, 8).await,
        Err(NodeError::Pruned { lowest: Some(10) })
    ));
    assert_eq!(blocks(&pool, &shower_contract(), 10, 20).await.unwrap().1, chain.blocks[9..20]);
}

#[tokio::test]
async fn another_node_takes_over_and_history_is_only_gone_when_all_lost_it() {
    let chain = chain();
    let (pruned, lagging) = (Node::start(&chain.blocks).await, Node::start(&chain.blocks[..25]).await);
    pruned.set(|node| node.base = 10);
    let pool = pool(&[&pruned, &lagging]);
    assert_eq!(pool.tip().await.unwrap(), 32, "the best of them");
    assert_eq!(blocks(&pool, &shower_contract(), 1, 20).await.unwrap(), (1, chain.blocks[..20].to_vec()));
    assert_eq!(blocks(&pool, &shower_contract(), 21, 32).await.unwrap().0, 0);
    lagging.set(|node| node.base = 10);
    assert!(matches!(blocks(&pool, &shower_contract(), 1, 20).await, Err(NodeError::Pruned { .. })));
}

#[tokio::test]
async fn a_node_that_limits_is_left_alone_as_long_as_it_asks() {
    let chain = chain();
    let (limited, other) = (Node::start(&chain.blocks).await, Node::start(&chain.blocks).await);
    let pool = pool(&[&limited, &other]);
    limited.fault("blockchain", Fault::RateLimit(Some(120)));
    assert_eq!(blocks(&pool, &shower_contract(), 1, 20).await.unwrap().0, 1);
    let status = pool.health();
    assert!(status[0].waiting_ms > 100_000, "{status:?}");
    let before = limited.asked().len();
    for _ in 0..5 {
        assert_eq!(blocks(&pool, &shower_contract(), 1, 20).await.unwrap().0, 1);
    }
    assert_eq!(limited.asked().len(), before);
}

#[tokio::test]
async fn a_node_of_another_chain_is_never_used() {
    let chain = chain();
    let (wrong, right) = (Node::start(&chain.blocks).await, Node::start(&chain.blocks).await);
    wrong.set(|node| node.chain_id = Some("testnet".into()));
    let both = pool(&[&wrong, &right]);
    assert_eq!(both.identify(Some(CHAIN)).await.unwrap().chain_id, CHAIN);
    assert_eq!(blocks(&both, &shower_contract(), 1, 20).await.unwrap().0, 1);
    let alone = pool(&[&wrong]);
    assert!(matches!(blocks(&alone, &shower_contract(), 1, 20).await, Err(NodeError::WrongChain { .. })));
}

#[tokio::test]
async fn credentials_of_a_node_are_in_no_text() {
    let url = "http://user:secret@127.0.0.1:1/key-secret".parse().unwrap();
    let pool = Pool::new(&[url]).unwrap();
    let error = pool.tip().await.unwrap_err();
    let text = format!("{} {:?}", with_causes(&error), pool.health());
    assert!(!text.contains("secret"), "{text}");
}
