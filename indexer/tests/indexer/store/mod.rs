//! Snapshots and segments, end to end: what is kept, what a replica begins with, what it does when the store or a node
//! is not what it should be.

pub mod bucket;
mod faults;
mod follow;
mod holes;
mod start;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use meteor_indexer::store::{Event, Place, segment, snapshot};
use meteor_indexer::{Config, Server, start};

use crate::chain::{CHAIN, Chain, address, shower_contract};
use crate::node::Node;

/// A chain of one shower with so many blocks of contributions.
pub fn chain(blocks: u64) -> Chain {
    let mut chain = Chain::launched(1);
    chain.time(crate::chain::OPENS);
    grow(&mut chain, blocks, 0);
    chain
}

/// More blocks of contributions; which wallets give depends on `salt`.
pub fn grow(chain: &mut Chain, blocks: u64, salt: u8) {
    for n in 0..blocks {
        chain.contribute(1, &address(n as u8 % 7 + salt), 20);
        chain.commit();
    }
}

/// A configuration that keeps a segment of 5 blocks and a snapshot of 10.
pub fn config(nodes: &[String], store: Place) -> Config {
    let mut config = Config::new(nodes, &shower_contract()).unwrap();
    config.listen = "127.0.0.1:0".parse().unwrap();
    config.admin_listen = config.listen;
    config.poll = Duration::from_millis(10);
    config.audit = Duration::ZERO;
    config.patience = Duration::ZERO;
    config.store = Some(store);
    (config.segment_blocks, config.snapshot_blocks) = (5, 10);
    config
}

/// A replica that follows `nodes` and keeps what it reads in `dir`.
pub async fn replica(nodes: &[&Node], dir: &Path) -> Server {
    let urls: Vec<String> = nodes.iter().map(|node| node.url().to_string()).collect();
    start(config(&urls, Place::Folder(dir.to_owned()))).await.unwrap()
}

/// The address of a node that answers 429 to everything.
pub async fn refusing() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let routes = Router::new().fallback(|| async { StatusCode::TOO_MANY_REQUESTS });
    tokio::spawn(async move { axum::serve(listener, routes).await });
    url
}

/// A replica whose every node answers 429.
pub async fn alone(dir: &Path) -> Server {
    start(config(&[refusing().await], Place::Folder(dir.to_owned()))).await.unwrap()
}

/// Waits until it holds. The test's time limit is the only one.
pub async fn until(mut holds: impl FnMut() -> bool) {
    while !holds() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Stops a replica that has kept all of a chain that can be kept. Served is not yet handed to the store: a stop in
/// between keeps less.
pub async fn stop(server: Server, chain: &Chain) {
    until(|| server.app().health.agreement.verified.load(Relaxed) + 1 >= chain.height()).await;
    server.shutdown().await;
}

pub async fn get(addr: std::net::SocketAddr, path: &str) -> (u16, String) {
    let response = reqwest::get(format!("http://{addr}{path}")).await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

/// What a replica serves.
pub async fn served(server: &Server) -> Vec<(u16, String)> {
    let mut all = Vec::new();
    for path in ["/v1/showers", "/v1/showers/1", "/v1/showers/1/ranking", "/v1/showers/1/contributions"] {
        all.push(get(server.public_addr(), path).await);
    }
    all
}

/// What the first `height` blocks of a chain must be served as.
pub async fn rebuilt(chain: &Chain, height: u64) -> Vec<(u16, String)> {
    let node = Node::start(&chain.blocks[..height as usize]).await;
    let mut config = config(&[node.url().to_string()], Place::Folder(PathBuf::new()));
    config.store = None;
    let server = start(config).await.unwrap();
    server.wait_applied(height).await.unwrap();
    let all = served(&server).await;
    server.shutdown().await;
    all
}

/// All files below a folder, by path; none of them is only begun.
pub fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let Ok(entries) = fs::read_dir(dir) else { return found };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if !path.to_string_lossy().contains('#') {
            found.insert(path.clone(), fs::read(path).unwrap());
        }
    }
    found
}

/// The snapshots or segments below a folder, in the order of heights.
pub fn kept(dir: &Path, kind: &str) -> Vec<PathBuf> {
    files(dir).into_keys().filter(|path| path.to_string_lossy().contains(kind)).collect()
}

pub fn event(contract: &str) -> Event<'_> {
    Event { chain_id: Some(CHAIN), contract, start_height: 1 }
}

/// Every object below a folder must be whole, and of `chain`. Returns the height up to which segments reach, which have
/// no holes.
pub fn verify(dir: &Path, chain: &Chain) -> u64 {
    let (reached, holes) = verify_killed(dir, chain);
    assert!(!holes, "there is a hole after {reached}");
    reached
}

/// The same of a replica that was killed: several segments are written at once, so that one may be missing among the
/// last. It is read from a node again, and no snapshot is beyond it.
pub fn verify_killed(dir: &Path, chain: &Chain) -> (u64, bool) {
    let contract = shower_contract();
    let mut newest = 0;
    for path in kept(dir, &format!("/snapshots/v{}/", snapshot::SCHEMA)) {
        let state = snapshot::read(&fs::read(&path).unwrap(), &event(&contract)).unwrap();
        let hash = chain.blocks[state.at.height as usize - 1].header.hash;
        assert_eq!(state.at.hash, hash, "{}", path.display());
        newest = state.at.height;
    }
    let (mut next, mut holes) = (1, false);
    for path in kept(dir, "/segments/") {
        let blocks = segment::read(&fs::read(&path).unwrap(), &event(&contract)).unwrap();
        holes |= blocks[0].header.height > next;
        for block in &blocks {
            let known = &chain.blocks[block.header.height as usize - 1];
            assert_eq!(block.header.hash, known.header.hash, "{}", path.display());
        }
        if !holes {
            next = next.max(blocks.last().unwrap().header.height + 1);
        }
    }
    assert!(newest < next, "a snapshot of {newest} is beyond the segments to {}", next - 1);
    (next - 1, holes)
}
