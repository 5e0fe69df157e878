//! What a replica begins with.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use meteor_indexer::store::Place;
use meteor_indexer::{Server, Source, start};

use super::{
    alone, chain, config, files, get, grow, kept, rebuilt, refusing, replica, served, stop, until, verify,
};
use crate::chain::{CHAIN, Chain, address, shower_contract};
use crate::node::{Fault, Node};

/// A folder with what a replica keeps of a chain, from its beginning to its stop, with every snapshot.
pub async fn stored(chain: &Chain) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let node = Node::start(&chain.blocks[..1]).await;
    let server = replica(&[&node], dir.path()).await;
    for height in (10..chain.height()).step_by(10) {
        let blocks = chain.blocks[..=height as usize].to_vec();
        node.set(|node| node.blocks = blocks);
        until(|| server.app().store_health.snapshot.load(Relaxed) == height).await;
    }
    node.set(|node| node.blocks.clone_from(&chain.blocks));
    server.wait_applied(chain.height()).await.unwrap();
    stop(server, chain).await;
    dir
}

pub fn start_of(server: &Server) -> (Option<u64>, u64, Option<bool>) {
    let start = server.app().store_health.start().unwrap();
    (start.snapshot, start.height, start.confirmed)
}

fn damaged(server: &Server) -> u64 {
    server.app().store_health.damaged.load(Relaxed)
}

#[tokio::test]
async fn what_was_confirmed_is_kept_and_served_while_every_node_answers_429() {
    let chain = chain(43);
    let last = chain.height() - 1; // no header has confirmed the results of the block after it
    let dir = stored(&chain).await;
    assert_eq!(verify(dir.path(), &chain), last);

    let server = alone(dir.path()).await;
    server.wait_applied(last).await.unwrap();
    assert_eq!(server.view().at.height, last);
    assert_eq!(start_of(&server), (Some(last), last, None), "the one written at the stop");
    assert_eq!(get(server.admin_addr(), "/readyz").await.0, 200);
    let (_, status) = get(server.admin_addr(), "/status").await;
    assert!(status.contains("\"confirmed\":null") && status.contains("\"alarm\":false"), "{status}");
    let chain_id = format!("\"chain_id\":\"{CHAIN}\"");
    let (_, public) = get(server.public_addr(), "/v1/status").await;
    assert!(status.contains(&chain_id) && public.contains(&chain_id), "{status} {public}");
    assert!(public.contains("\"state\":\"cant_follow\""), "old answers are marked: {public}");
    let (_, metrics) = get(server.admin_addr(), "/metrics").await;
    assert!(metrics.contains("store_diverged_total 0"), "{metrics}");
    for height in ["segments", "snapshot"] {
        assert!(metrics.contains(&format!("store_{height}_height {last}\n")), "{metrics}");
    }
    assert_eq!(served(&server).await, rebuilt(&chain, last).await);
    server.shutdown().await;
    assert_eq!(verify(dir.path(), &chain), last, "nothing new was confirmed, so nothing is written");
}

#[tokio::test]
async fn a_replica_goes_on_from_what_is_kept_without_history() {
    let mut chain = chain(33);
    let dir = stored(&chain).await;
    // The node has deleted all before the last block that is kept, then that one, too: the next one names it.
    for deleted in [0, 1] {
        let kept_to = verify(dir.path(), &chain);
        grow(&mut chain, 20, 0);
        let node = Node::start(&chain.blocks).await;
        node.set(|node| node.base = kept_to + deleted);
        let server = replica(&[&node], dir.path()).await;
        server.wait_applied(chain.height()).await.unwrap();
        assert_eq!(start_of(&server), (Some(kept_to), kept_to, Some(true)));
        assert_eq!(served(&server).await, rebuilt(&chain, chain.height()).await);
        stop(server, &chain).await;
        assert_eq!(verify(dir.path(), &chain), chain.height() - 1);
    }
}

#[tokio::test]
async fn how_far_behind_it_is_shows_before_a_node_has_confirmed_what_is_stored() {
    let mut chain = chain(13);
    let dir = stored(&chain).await;
    grow(&mut chain, 20, 0);
    let node = Node::start(&chain.blocks).await;
    node.set(|node| node.faults = vec![("blockchain", Fault::Parent); 10_000].into());
    let mut config = config(&[node.url().to_string()], Place::Folder(dir.path().to_owned()));
    config.patience = Duration::from_hours(1); // the node isn't believed, and there is no other
    let server = start(config).await.unwrap();
    until(|| server.app().health.tip() == chain.height()).await;
    let (code, why) = get(server.admin_addr(), "/readyz").await;
    assert!(code == 503 && why.contains("blocks behind"), "{why}");
    node.set(|node| node.faults.clear());
    server.wait_applied(chain.height()).await.unwrap();
    assert_eq!(get(server.admin_addr(), "/readyz").await.0, 200);
    server.shutdown().await;
}

/// What answers are marked with: the header of a page, and the status.
async fn marked(server: &Server) -> (Option<String>, String) {
    let page = reqwest::get(format!("http://{}/v1/showers/1", server.public_addr())).await.unwrap();
    let header = page.headers().get("x-meteor-state").map(|value| value.to_str().unwrap().to_owned());
    let status = reqwest::get(format!("http://{}/v1/status", server.public_addr())).await.unwrap();
    let status: serde_json::Value = status.json().await.unwrap();
    (header, status["state"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn after_a_start_answers_are_marked_as_old_until_it_has_caught_up_however_near_the_tip() {
    let mut chain = chain(13);
    let dir = stored(&chain).await;
    // What was served before a kill, and not yet kept.
    grow(&mut chain, 2, 0);
    let node = Node::start(&chain.blocks).await;
    node.set(|node| node.always = Some(("block_results", Fault::Broken)));
    let server = replica(&[&node], dir.path()).await;
    let state = |state: &str| (Some(state.to_owned()), state.to_owned());
    while marked(&server).await != state("catching_up") {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(get(server.admin_addr(), "/readyz").await.0, 200, "it serves, and says how old that is");
    let (_, status) = get(server.admin_addr(), "/status").await;
    assert!(status.contains("\"state\":\"catching_up\""), "{status}");
    node.set(|node| node.always = None);
    server.wait_applied(chain.height()).await.unwrap();
    while marked(&server).await != (None, "following".to_owned()) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    server.shutdown().await;

    let alone = alone(dir.path()).await;
    alone.wait_applied(13).await.unwrap();
    assert_eq!(marked(&alone).await, state("cant_follow"));
    alone.shutdown().await;
}

#[tokio::test]
async fn of_another_chain_without_history_it_says_that_history_is_needed() {
    let common = chain(23);
    let (mut old, mut new) = (common.clone(), common.clone());
    grow(&mut old, 20, 0);
    grow(&mut new, 25, 40);
    let dir = stored(&old).await;
    let node = Node::start(&new.blocks).await;
    node.set(|node| node.base = old.height()); // the block after the last that is kept
    let server = replica(&[&node], dir.path()).await;
    let health = &server.app().health;
    until(|| health.lacks().is_some_and(|why| why.contains("Name a node with full history"))).await;
    assert!(server.app().store_health.rejected.load(Relaxed) > 0);
    assert_eq!(start_of(&server).0, Some(40), "what is not of this chain is not served");
    server.shutdown().await;
}

#[tokio::test]
async fn an_event_lost_since_a_snapshot_is_found_without_reading_everything_again() {
    let mut chain = chain(23);
    let dir = tempfile::tempdir().unwrap();
    let node = Node::start(&chain.blocks).await;
    let server = replica(&[&node], dir.path()).await;
    until(|| server.app().store_health.snapshot.load(Relaxed) == 20).await;
    node.set(|node| node.base = 21); // there is no more than that to read again
    node.fault("block_results", Fault::EventLost);
    // The only contribution of its block: only the next contribution contradicts the loss.
    for contributes in [true, false, true, false] {
        if contributes {
            chain.contribute(1, &address(1), 30);
        }
        chain.commit();
        node.set(|node| node.blocks.clone_from(&chain.blocks));
        server.wait_applied(chain.height()).await.unwrap();
    }
    assert!(node.faults_done() && server.app().health.doubted.load(Relaxed) > 0);
    assert_eq!(served(&server).await, rebuilt(&chain, chain.height()).await);
    server.shutdown().await;
}

#[tokio::test]
async fn an_event_lost_several_snapshots_ago_is_found_without_reading_everything_again() {
    let mut chain = chain(3);
    let dir = tempfile::tempdir().unwrap();
    let node = Node::start(&chain.blocks).await;
    let server = replica(&[&node], dir.path()).await;
    server.wait_applied(chain.height()).await.unwrap();
    let kept =
        |height: u64| move |server: &Server| server.app().store_health.snapshot.load(Relaxed) == height;
    while chain.height() < 14 {
        chain.commit();
    }
    node.set(|node| node.blocks.clone_from(&chain.blocks));
    until(|| kept(10)(&server)).await;
    server.wait_applied(14).await.unwrap();
    node.set(|node| node.base = 11); // the first blocks can't be read again
    node.fault("block_results", Fault::EventLost);
    chain.contribute(1, &address(1), 30);
    chain.commit();
    node.set(|node| node.blocks.clone_from(&chain.blocks));
    server.wait_applied(15).await.unwrap();
    assert!(node.faults_done());
    // Three snapshots lack it.
    for height in [20, 30, 40] {
        while chain.height() < height + 4 {
            chain.commit();
        }
        node.set(|node| node.blocks.clone_from(&chain.blocks));
        until(|| kept(height)(&server)).await;
    }
    chain.contribute(1, &address(1), 30);
    chain.commit();
    node.set(|node| node.blocks.clone_from(&chain.blocks));
    server.wait_applied(chain.height()).await.unwrap();
    assert_eq!(served(&server).await, rebuilt(&chain, chain.height()).await);
    server.shutdown().await;
}

#[tokio::test]
async fn where_several_chains_are_kept_one_must_be_named() {
    let chain = chain(23);
    let dir = stored(&chain).await;
    let other = dir.path().join(shower_contract()).join("another-1/1/snapshots/v1");
    fs::create_dir_all(&other).unwrap();
    fs::write(other.join("000000000010"), b"").unwrap();
    let node = Node::start(&chain.blocks).await;
    let place = Place::Folder(dir.path().to_owned());
    let mut reading = config(&[node.url().to_string()], place.clone());
    reading.source = Source::Store;
    let reader = start(reading).await.unwrap();
    let names_them = |error: &str| error.contains(&format!("another-1, {CHAIN}: name one with --chain-id"));
    until(|| reader.app().health.last_error().is_some_and(|(_, error)| names_them(&error))).await;
    reader.shutdown().await;

    // A replica that asks nodes begins at once when one answers.
    let waiting = start(config(&[refusing().await], place.clone())).await.unwrap();
    until(|| waiting.app().health.last_error().is_some()).await;
    assert!(waiting.app().store_health.last_error().is_some_and(|error| names_them(&error)));
    waiting.shutdown().await;
    let server = replica(&[&node], dir.path()).await;
    server.wait_applied(chain.height()).await.unwrap();
    server.shutdown().await;
}

#[tokio::test]
async fn a_damaged_snapshot_is_passed_over_and_a_damaged_segment_is_asked_of_the_nodes() {
    let chain = chain(43);
    let dir = stored(&chain).await;
    let snapshots = kept(dir.path(), "/snapshots/");
    let last = chain.height() - 1;
    // The newest is cut off, the one before has a bit changed.
    let [.., second, newest] = snapshots.as_slice() else { panic!("{snapshots:?}") };
    let whole = fs::read(newest).unwrap();
    fs::write(newest, &whole[..whole.len() / 2]).unwrap();
    let mut flipped = fs::read(second).unwrap();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    fs::write(second, &flipped).unwrap();
    let server = alone(dir.path()).await;
    server.wait_applied(last).await.unwrap();
    let (snapshot, height, _) = start_of(&server);
    assert_eq!((snapshot, height), (Some(30), last), "segments bring the rest");
    assert_eq!(damaged(&server), 2);
    assert!(get(server.admin_addr(), "/status").await.1.contains("\"alarm\":true"));
    assert_eq!(served(&server).await, rebuilt(&chain, last).await);
    server.shutdown().await;

    // Without any snapshot, and with one segment cut to nothing.
    for snapshot in kept(dir.path(), "/snapshots/") {
        fs::remove_file(snapshot).unwrap();
    }
    let segments = kept(dir.path(), "/segments/");
    fs::write(&segments[4], b"").unwrap();
    let before = alone(dir.path()).await;
    before.wait_applied(20).await.unwrap();
    assert_eq!(start_of(&before), (None, 20, None));
    assert_eq!(served(&before).await, rebuilt(&chain, 20).await);
    before.shutdown().await;
    let node = Node::start(&chain.blocks).await;
    let server = replica(&[&node], dir.path()).await;
    server.wait_applied(chain.height()).await.unwrap();
    stop(server, &chain).await;
    assert_eq!(verify(dir.path(), &chain), last, "what was damaged is written again");
}

#[tokio::test]
async fn of_a_store_with_another_chain_it_goes_back_to_where_the_two_part() {
    let common = chain(23);
    let (mut old, mut new) = (common.clone(), common.clone());
    grow(&mut old, 20, 0);
    grow(&mut new, 25, 40);
    let dir = stored(&old).await;
    let node = Node::start(&new.blocks).await;
    let server = replica(&[&node], dir.path()).await;
    until(|| server.view().at.hash == new.blocks.last().unwrap().header.hash).await;
    let health = &server.app().store_health;
    assert!(health.rejected.load(Relaxed) > 0 && health.alarmed());
    let (snapshot, ..) = start_of(&server);
    assert_eq!(snapshot, Some(20), "the last one before they part");
    assert_eq!(served(&server).await, rebuilt(&new, new.height()).await);
    let before = files(dir.path());
    server.shutdown().await;
    // What is there is not overwritten, however wrong.
    let after = files(dir.path());
    assert!(before.iter().all(|(path, bytes)| after.get(path) == Some(bytes)));
}

#[tokio::test]
async fn of_a_chain_that_began_anew_nothing_old_is_served() {
    let mut old = chain(0);
    grow(&mut old, 40, 0);
    let mut new = chain(0);
    grow(&mut new, 12, 40); // the same id and contract, and shorter
    let dir = stored(&old).await;
    let node = Node::start(&new.blocks[..1]).await;
    let server = replica(&[&node], dir.path()).await;
    node.set(|node| node.blocks.clone_from(&new.blocks));
    until(|| server.view().at.hash == new.blocks.last().unwrap().header.hash).await;
    assert_eq!(served(&server).await, rebuilt(&new, new.height()).await);
    assert!(server.app().store_health.alarmed());
    server.shutdown().await;
}

#[tokio::test]
async fn one_node_that_has_another_block_once_is_not_believed() {
    let chain = chain(33);
    let dir = stored(&chain).await;
    let node = Node::start(&chain.blocks).await;
    node.fault("blockchain", Fault::Parent); // and so another hash
    let server = replica(&[&node], dir.path()).await;
    server.wait_applied(chain.height()).await.unwrap();
    assert!(node.faults_done());
    assert_eq!(server.app().store_health.rejected.load(Relaxed), 0);
    assert_eq!(start_of(&server).2, Some(true));
    server.shutdown().await;
}

#[tokio::test]
async fn another_chain_contract_or_start_has_a_place_of_its_own() {
    let chain = chain(13);
    let dir = stored(&chain).await;
    let node = Node::start(&chain.blocks).await;
    let mut other = config(&[node.url().to_string()], Place::Folder(dir.path().to_owned()));
    other.start_height = 2;
    // It lacks the launch, so it has nothing to show; what the first has kept is none of its business.
    let server = start(other).await.unwrap();
    server.wait_applied(chain.height()).await.unwrap();
    assert_eq!(server.app().store_health.start(), None);
    server.shutdown().await;

    let url = node.url().to_string();
    let mut named = config(&[url], Place::Folder(dir.path().to_owned()));
    named.chain_id = Some("another".into());
    let server = start(named).await.unwrap();
    until(|| server.app().health.last_error().is_some()).await;
    assert_eq!(server.app().store_health.start(), None);
    assert_eq!(get(server.admin_addr(), "/readyz").await.0, 503);
    server.shutdown().await;
}

#[tokio::test]
async fn the_newest_snapshots_stay_and_all_segments() {
    let chain = chain(83);
    let dir = tempfile::tempdir().unwrap();
    let node = Node::start(&chain.blocks[..20]).await;
    let mut config = config(&[node.url().to_string()], Place::Folder(dir.path().to_owned()));
    config.snapshots = 2;
    let server = start(config).await.unwrap();
    for height in (20..=80).step_by(10) {
        let blocks = chain.blocks[..=height].to_vec();
        node.set(|node| node.blocks = blocks);
        until(|| server.app().store_health.snapshot.load(Relaxed) == height as u64).await;
    }
    until(|| kept(dir.path(), "/snapshots/").len() == 2).await;
    server.shutdown().await;
    let heights: Vec<PathBuf> = kept(dir.path(), "/snapshots/");
    assert!(heights[0].ends_with("000000000070") && heights[1].ends_with("000000000080"), "{heights:?}");
    assert_eq!(verify(dir.path(), &chain), 80);
}
