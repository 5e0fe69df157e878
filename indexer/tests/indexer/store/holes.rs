//! What segments lack is asked of nodes again, and what an older version wrote is made anew.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering::Relaxed;

use meteor_indexer::store::{segment, snapshot};
use sha2::{Digest as _, Sha256};

use super::start::{start_of, stored};
use super::{alone, chain, files, get, grow, kept, rebuilt, replica, served, stop, until, verify};
use crate::chain::Chain;
use crate::node::Node;

#[tokio::test]
async fn a_lost_segment_is_shown_and_asked_for_until_a_node_has_it() {
    let mut chain = chain(43);
    let dir = stored(&chain).await;
    let whole = files(dir.path());
    let segments = kept(dir.path(), "/segments/");
    // The first, two in a row, and one more.
    for lost in [0, 3, 4, 6] {
        fs::remove_file(&segments[lost]).unwrap();
    }
    let node = Node::start(&chain.blocks).await;
    let pruned = chain.height() - 3;
    node.set(|node| node.base = pruned);
    let server = replica(&[&node], dir.path()).await;
    let health = &server.app().store_health;
    grow(&mut chain, 1, 0);
    node.set(|node| node.blocks.clone_from(&chain.blocks));
    server.wait_applied(chain.height()).await.unwrap();
    until(|| health.missing.load(Relaxed) == 20).await;
    let (_, metrics) = get(server.admin_addr(), "/metrics").await;
    assert!(metrics.contains("store_missing_blocks 20\n"), "{metrics}");
    assert!(get(server.admin_addr(), "/status").await.1.contains("\"missing_blocks\":20"));
    // A machine that has some of them, then one that has all.
    for (base, missing) in [(16, 5), (1, 0)] {
        node.set(|node| node.base = base);
        until(|| health.missing.load(Relaxed) == missing).await;
    }
    assert!(!health.alarmed());
    stop(server, &chain).await;
    assert_eq!(verify(dir.path(), &chain), chain.height() - 1);
    let after = files(dir.path());
    assert!(whole.iter().all(|(path, bytes)| after.get(path) == Some(bytes)), "they are what they were");
}

/// Makes everything of a kind in a store as if a version before this one had written it.
fn age(dir: &Path, kind: &str, schema: u32) {
    for path in kept(dir, kind) {
        let mut bytes = fs::read(&path).unwrap();
        bytes[16..20].copy_from_slice(&(schema - 1).to_le_bytes());
        let end = bytes.len() - 32;
        let hash = Sha256::digest(&bytes[..end]);
        bytes[end..].copy_from_slice(&hash);
        let older = path.to_string_lossy().replace(&format!("/v{schema}/"), &format!("/v{}/", schema - 1));
        let older = PathBuf::from(older);
        assert_ne!(older, path);
        fs::create_dir_all(older.parent().unwrap()).unwrap();
        fs::write(&older, bytes).unwrap();
        fs::remove_file(&path).unwrap();
    }
}

/// The files of a replica that has read all of a chain, in the folder `dir`, by their paths in it.
async fn grown(chain: &Chain, dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let node = Node::start(&chain.blocks).await;
    let server = replica(&[&node], dir).await;
    server.wait_applied(chain.height()).await.unwrap();
    until(|| server.app().store_health.missing.load(Relaxed) == 0).await;
    stop(server, chain).await;
    let inside = |(path, bytes): (PathBuf, _)| (path.strip_prefix(dir).unwrap().to_owned(), bytes);
    files(dir).into_iter().map(inside).collect()
}

#[tokio::test]
async fn what_an_older_version_wrote_is_made_anew_and_equals_a_clean_rebuild() {
    let mut chain = chain(43);
    let last = chain.height() - 1;
    let store = stored(&chain).await;
    let dir = store.path();
    // The state's schema has changed: segments bring it back, and no node is needed.
    age(dir, "/snapshots/", snapshot::SCHEMA);
    let server = alone(dir).await;
    server.wait_applied(last).await.unwrap();
    assert_eq!(start_of(&server), (None, last, None));
    assert_eq!(served(&server).await, rebuilt(&chain, last).await);
    server.shutdown().await;

    // With a hole in them, nodes bring the rest.
    fs::remove_file(&kept(dir, "/segments/")[5]).unwrap();
    grow(&mut chain, 20, 3);
    let before_it = format!("/snapshots/v{}/", snapshot::SCHEMA - 1);
    let read = || kept(dir, &before_it).iter().map(|path| fs::read(path).unwrap()).collect::<Vec<_>>();
    let older = read();
    let clean = tempfile::tempdir().unwrap();
    let clean = grown(&chain, clean.path()).await;
    let newest = format!("/snapshots/v{}/", snapshot::SCHEMA);
    let snapshots = |of: &BTreeMap<PathBuf, Vec<u8>>| {
        let found = of.iter().rfind(|(path, _)| path.to_string_lossy().contains(&newest));
        found.map(|(path, bytes)| (path.clone(), bytes.clone())).unwrap()
    };
    let made = grown(&chain, dir).await;
    assert_eq!(snapshots(&made), snapshots(&clean), "the state, byte for byte");
    assert_eq!(verify(dir, &chain), chain.height() - 1);
    let common = clean.iter().filter(|(path, _)| made.contains_key(*path));
    let (mut same, mut segments) = (0, 0);
    for (path, bytes) in common {
        assert_eq!(made.get(path), Some(bytes), "{}", path.display());
        same += 1;
        segments += u32::from(path.to_string_lossy().contains("/segments/"));
    }
    assert!(segments >= 12 && same > segments, "{segments} segments of {same} files");
    assert_eq!(read(), older, "what was written before stays for the way back");

    // The segments' format has changed, too: nodes bring everything.
    age(dir, &newest, snapshot::SCHEMA);
    age(dir, "/segments/", segment::SCHEMA);
    let before = files(dir);
    let made = grown(&chain, dir).await;
    assert!(before.iter().all(|(path, bytes)| fs::read(path).unwrap() == *bytes));
    let new = |path: &PathBuf| !before.contains_key(&dir.join(path));
    // Of the snapshots on the way only the newest that waits is written.
    let wanted = |path: &Path| path.to_string_lossy().contains("/segments/") || *path == snapshots(&clean).0;
    let new: Vec<_> = made.iter().filter(|(path, _)| new(path) && wanted(path)).collect();
    let clean: Vec<_> = clean.iter().filter(|(path, _)| wanted(path)).collect();
    assert!(new == clean, "the store of a clean rebuild, byte for byte");
}
