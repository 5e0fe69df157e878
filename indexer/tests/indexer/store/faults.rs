//! The store itself goes wrong: a disk that takes nothing, a process that is killed at any instant.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::Ordering::Relaxed;

use super::{alone, chain, get, grow, kept, rebuilt, replica, served, stop, until, verify, verify_killed};
use crate::chain::shower_contract;
use crate::node::Node;

#[tokio::test]
async fn a_disk_that_takes_nothing_holds_nothing_up_and_is_tried_again() {
    let mut chain = chain(3);
    let dir = tempfile::tempdir().unwrap();
    let node = Node::start(&chain.blocks).await;
    // Where the contract's folder belongs there is a file.
    let blocked = dir.path().join(shower_contract());
    fs::write(&blocked, b"").unwrap();
    let server = replica(&[&node], dir.path()).await;
    grow(&mut chain, 20, 0);
    node.set(|node| node.blocks.clone_from(&chain.blocks));
    server.wait_applied(chain.height()).await.unwrap();
    let health = &server.app().store_health;
    until(|| health.last_error().is_some()).await;
    let (_, status) = get(server.admin_addr(), "/status").await;
    assert!(status.contains("\"last_error\":\"can't"), "{status}");
    assert_eq!(get(server.admin_addr(), "/readyz").await.0, 200);

    fs::remove_file(&blocked).unwrap();
    until(|| health.snapshot.load(Relaxed) == 20 && health.last_error().is_none()).await;
    stop(server, &chain).await;
    assert_eq!(verify(dir.path(), &chain), chain.height() - 1);
}

/// The indexer as a process of its own. Without `bytes` it may write files of any size.
fn process(node: &Node, dir: &std::path::Path, blocks: Option<u32>) -> Child {
    let program = env!("CARGO_BIN_EXE_meteor-indexer");
    let mut command = match blocks {
        // The disk is full: what would be longer is refused as a write is then.
        Some(blocks) => {
            let mut shell = Command::new("bash");
            shell.args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\""), program]);
            shell
        }
        None => Command::new(program),
    };
    command
        .args(["--node", node.url().as_str(), "--contract", &shower_contract(), "--poll-ms", "10"])
        .args(["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--drain-seconds", "0"])
        .args(["--segment-blocks", "5", "--snapshot-blocks", "10", "--store"])
        .arg(dir)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn killed_at_any_instant_it_loses_nothing_that_was_kept() {
    let mut chain = chain(3);
    let dir = tempfile::tempdir().unwrap();
    let node = Node::start(&chain.blocks).await;
    // It has deleted its first blocks once something is kept: nothing may have to be read again.
    let mut reached = 0;
    for round in 0..12 {
        let mut child = process(&node, dir.path(), None);
        grow(&mut chain, 11, round);
        node.set(|node| node.blocks.clone_from(&chain.blocks));
        // Each round it is killed after another object: the first segment, the second, a snapshot.
        let (segments, newest) =
            (kept(dir.path(), "/segments/").len(), kept(dir.path(), "/snapshots/").pop());
        until(|| match round % 3 {
            2 => kept(dir.path(), "/snapshots/").pop() > newest,
            more => kept(dir.path(), "/segments/").len() > segments + usize::from(more),
        })
        .await;
        child.kill().unwrap();
        child.wait().unwrap();
        let (now, _) = verify_killed(dir.path(), &chain);
        assert!(now >= reached, "{now} of {reached} blocks are kept");
        reached = now;
        node.set(|node| node.base = reached);
    }
    let server = alone(dir.path()).await;
    server.wait_applied(reached).await.unwrap();
    assert_eq!(server.view().at.height, reached);
    assert_eq!(served(&server).await, rebuilt(&chain, reached).await);
    server.shutdown().await;
}

#[tokio::test]
async fn on_a_full_disk_it_goes_on_and_nothing_half_written_has_a_name() {
    let mut chain = chain(23);
    let dir = tempfile::tempdir().unwrap();
    let node = Node::start(&chain.blocks).await;
    let mut child = process(&node, dir.path(), Some(1));
    // It asks for new blocks although it can store none.
    for _ in 0..5 {
        grow(&mut chain, 1, 0);
        let before = node.asked().len();
        node.set(|node| node.blocks.clone_from(&chain.blocks));
        until(|| node.asked()[before..].iter().any(|method| method == "block_results")).await;
    }
    assert!(child.try_wait().unwrap().is_none(), "it runs");
    child.kill().unwrap();
    child.wait().unwrap();
    verify(dir.path(), &chain);
    assert_eq!(kept(dir.path(), "/snapshots/").len(), 0, "none is so small");

    let server = replica(&[&node], dir.path()).await;
    server.wait_applied(chain.height()).await.unwrap();
    stop(server, &chain).await;
    assert_eq!(verify(dir.path(), &chain), chain.height() - 1);
}
