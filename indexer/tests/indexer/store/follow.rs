//! Several replicas at one store: they agree, or raise an alarm, and some never ask a node.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use meteor_indexer::store::Place;
use meteor_indexer::{Server, Source, start};

use super::start::stored;
use super::{chain, config, files, get, grow, kept, rebuilt, replica, served, stop, until, verify};
use crate::node::Node;

/// A replica that reads what others store. It is given a node, which it must not ask.
async fn reader(node: &Node, dir: &Path) -> Server {
    let mut config = config(&[node.url().to_string()], Place::Folder(dir.to_owned()));
    config.source = Source::Store;
    start(config).await.unwrap()
}

#[tokio::test]
async fn a_replica_that_follows_the_store_serves_the_same_and_asks_no_node() {
    let mut chain = chain(23);
    let dir = tempfile::tempdir().unwrap();
    let (node, spy) = (Node::start(&chain.blocks).await, Node::start(&chain.blocks).await);
    let reader = reader(&spy, dir.path()).await;
    until(|| reader.app().health.last_error().is_some_and(|(_, error)| error.contains("nothing"))).await;
    assert_eq!(get(reader.admin_addr(), "/readyz").await.0, 503, "there is nothing to serve yet");

    let writer = replica(&[&node], dir.path()).await;
    reader.wait_applied(20).await.unwrap();
    assert_eq!(get(reader.admin_addr(), "/readyz").await.0, 200);
    assert_eq!(served(&reader).await, rebuilt(&chain, 20).await);
    grow(&mut chain, 20, 3);
    node.set(|node| node.blocks.clone_from(&chain.blocks));
    reader.wait_applied(40).await.unwrap();
    assert_eq!(served(&reader).await, rebuilt(&chain, 40).await);
    stop(writer, &chain).await;
    // The last segment is shorter than the others.
    let last = chain.height() - 1;
    reader.wait_applied(last).await.unwrap();
    assert_eq!(served(&reader).await, rebuilt(&chain, last).await);

    // Another replica begins in the middle of what would be one segment.
    grow(&mut chain, 9, 0);
    node.set(|node| node.blocks.clone_from(&chain.blocks));
    let writer = replica(&[&node], dir.path()).await;
    writer.wait_applied(chain.height()).await.unwrap();
    stop(writer, &chain).await;
    reader.wait_applied(chain.height() - 1).await.unwrap();
    let before = files(dir.path());
    reader.shutdown().await;
    assert_eq!(files(dir.path()), before, "it writes nothing");
    assert_eq!(spy.asked(), [""; 0]);
    assert_eq!(verify(dir.path(), &chain), chain.height() - 1);
}

#[tokio::test]
async fn a_reader_goes_past_a_damaged_segment_by_a_newer_snapshot() {
    let chain = chain(33);
    let last = chain.height() - 1;
    let (whole, dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let node = Node::start(&chain.blocks).await;
    let writer = replica(&[&node], whole.path()).await;
    writer.wait_applied(chain.height()).await.unwrap();
    stop(writer, &chain).await;
    // What comes into the store later, in this order.
    let copy = |path: &Path| {
        let to = dir.path().join(path.strip_prefix(whole.path()).unwrap());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        let begun = to.with_extension("#1");
        fs::copy(path, &begun).unwrap();
        fs::rename(begun, to).unwrap();
    };
    let segments = kept(whole.path(), "/segments/");
    for path in &segments[..2] {
        copy(path);
    }
    let reader = reader(&node, dir.path()).await;
    reader.wait_applied(10).await.unwrap();
    fs::write(&segments[2], b"damaged").unwrap();
    for path in &segments[2..] {
        copy(path);
    }
    until(|| reader.app().health.last_error().is_some_and(|(_, error)| error.contains("block 11"))).await;
    for path in kept(whole.path(), "/snapshots/") {
        copy(&path);
    }
    reader.wait_applied(last).await.unwrap();
    assert_eq!(served(&reader).await, rebuilt(&chain, last).await);
    assert_eq!(reader.app().store_health.damaged.load(Relaxed), 1);
    reader.shutdown().await;
}

#[tokio::test]
async fn a_replica_goes_past_what_nodes_have_deleted_by_a_newer_snapshot_of_their_chain() {
    let common = chain(23);
    let (mut chain, mut other) = (common.clone(), common.clone());
    grow(&mut chain, 20, 0);
    grow(&mut other, 20, 40);
    let (dir, whole, wrong) = (stored(&common).await, stored(&chain).await, stored(&other).await);
    let copy = |of: &Path| {
        for path in kept(of, "/snapshots/") {
            let to = dir.path().join(path.strip_prefix(of).unwrap());
            let begun = to.with_extension("#1");
            fs::copy(path, &begun).unwrap();
            fs::rename(begun, to).unwrap();
        }
    };
    let node = Node::start(&chain.blocks).await;
    node.set(|node| node.base = chain.height() - 1);
    let server = replica(&[&node], dir.path()).await;
    let health = &server.app().health;
    until(|| health.lacks().is_some_and(|why| why.contains("a newer snapshot in the store"))).await;
    let begun = server.view().at.height;
    assert!(begun < common.height());
    copy(wrong.path());
    until(|| health.last_error().is_some_and(|(_, error)| error.contains("have another block there"))).await;
    assert_eq!(server.view().at.height, begun, "it is of another chain");

    copy(whole.path());
    server.wait_applied(chain.height()).await.unwrap();
    until(|| health.lacks().is_none()).await;
    assert_eq!(served(&server).await, rebuilt(&chain, chain.height()).await);
    // From there on it stores as ever.
    grow(&mut chain, 9, 0);
    node.set(|node| node.blocks.clone_from(&chain.blocks));
    server.wait_applied(chain.height()).await.unwrap();
    stop(server, &chain).await;
    let again = replica(&[&node], dir.path()).await;
    again.wait_applied(chain.height()).await.unwrap();
    assert_eq!(served(&again).await, rebuilt(&chain, chain.height()).await);
    again.shutdown().await;
}

#[tokio::test]
async fn replicas_that_read_the_same_write_the_same() {
    let chain = chain(43);
    let dir = tempfile::tempdir().unwrap();
    let node = Node::start(&chain.blocks).await;
    let servers = [replica(&[&node], dir.path()).await, replica(&[&node], dir.path()).await];
    for server in &servers {
        server.wait_applied(chain.height()).await.unwrap();
    }
    for server in servers {
        let app = Arc::clone(server.app());
        stop(server, &chain).await;
        let health = &app.store_health;
        assert_eq!((health.diverged.load(Relaxed), health.alarms()), (0, Vec::new()));
    }
    assert_eq!(verify(dir.path(), &chain), chain.height() - 1);
}

#[tokio::test]
async fn a_replica_that_read_something_else_raises_the_alarm_and_overwrites_nothing() {
    let common = chain(8);
    let (mut one, mut other) = (common.clone(), common.clone());
    grow(&mut one, 20, 0);
    grow(&mut other, 20, 40);
    let dir = tempfile::tempdir().unwrap();
    // Both begin before anything is stored; then they see different blocks.
    let nodes = [Node::start(&common.blocks).await, Node::start(&common.blocks).await];
    let first = replica(&[&nodes[0]], dir.path()).await;
    let second = replica(&[&nodes[1]], dir.path()).await;
    for server in [&first, &second] {
        server.wait_applied(common.height()).await.unwrap();
        assert!(!server.app().store_health.alarmed());
    }
    nodes[0].set(|node| node.blocks.clone_from(&one.blocks));
    until(|| first.app().store_health.snapshot.load(Relaxed) == 20).await;
    let before = files(dir.path());
    nodes[1].set(|node| node.blocks.clone_from(&other.blocks));
    second.wait_applied(other.height()).await.unwrap();
    until(|| second.app().store_health.diverged.load(Relaxed) > 0).await;
    let (_, status) = get(second.admin_addr(), "/status").await;
    assert!(status.contains("\"alarm\":true") && status.contains("differs"), "{status}");
    assert!(!first.app().store_health.alarmed());
    assert_eq!(
        get(second.admin_addr(), "/readyz").await.0,
        200,
        "an operator must look; visitors are served"
    );
    let after = files(dir.path());
    assert!(before.iter().all(|(path, bytes)| after.get(path) == Some(bytes)));
    first.shutdown().await;
    second.shutdown().await;
}
