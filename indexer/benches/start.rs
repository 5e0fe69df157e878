//! From the start of a process to a ready server while every node answers 429: a snapshot of a million contributions of
//! 44 showers of 10,000 wallets, in a folder.
//!
//! `cargo bench -p meteor-indexer --bench start`
#![allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    missing_docs
)]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::StatusCode;
use meteor_indexer::fold::{State, apply};
use meteor_indexer::store::{Place, snapshot};
use meteor_indexer::{Config, start};
use meteor_messages::events::ShowerEvent;

#[path = "../tests/indexer/chain.rs"]
#[allow(dead_code, clippy::cast_possible_truncation, unreachable_pub)]
mod chain;
#[allow(dead_code, unreachable_pub)]
mod contributions;

use contributions::{Contract, block, launch};

const SHOWERS: u32 = 44;
const WALLETS: u64 = 10_000;
const COUNT: u64 = 1_000_000;
const ROUNDS: usize = 7;

fn state() -> State {
    let mut contract = Contract::new(SHOWERS);
    let mut state = State::new(chain::CHAIN, &chain::shower_contract());
    apply(&mut state, &block(1, [launch(SHOWERS).into()])).unwrap();
    for height in 2..COUNT / 100 + 2 {
        let shower = ((height - 2) * 100 * u64::from(SHOWERS) / COUNT) as u32 + 1;
        let events: Vec<ShowerEvent> = (0..100)
            .map(|_| {
                let wallet = contract.chance() % WALLETS;
                contract.contribute(shower, wallet).into()
            })
            .collect();
        apply(&mut state, &block(height, events)).unwrap();
    }
    state
}

/// Puts the snapshot where a replica would have left it.
fn put(dir: &Path, state: &State) -> usize {
    let bytes = snapshot::write(state).unwrap();
    let folder = dir.join(format!("{}/{}/1/snapshots/v{}", state.contract, state.chain_id, snapshot::SCHEMA));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(format!("{:012}", state.at.height)), &bytes).unwrap();
    bytes.len()
}

async fn ready(url: &str) -> bool {
    reqwest::get(url).await.is_ok_and(|answer| answer.status() == StatusCode::OK)
}

#[tokio::main]
async fn main() {
    let state = state();
    let dir = tempfile::tempdir().unwrap();
    let size = put(dir.path(), &state);
    let height = state.at.height;
    println!(
        "{} contributions, {} wallets, {} MB",
        state.contributions,
        state.wallets.len(),
        size / 1_000_000
    );
    drop(state);

    let node = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", node.local_addr().unwrap());
    let refusing = Router::new().fallback(|| async { StatusCode::TOO_MANY_REQUESTS });
    tokio::spawn(async move { axum::serve(node, refusing).await });

    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let mut config = Config::new(std::slice::from_ref(&url), &chain::shower_contract()).unwrap();
        config.listen = "127.0.0.1:0".parse().unwrap();
        config.admin_listen = config.listen;
        config.store = Some(Place::Folder(dir.path().to_owned()));
        let begun = Instant::now();
        let server = start(config).await.unwrap();
        while !ready(&format!("http://{}/readyz", server.admin_addr())).await {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert!(ready(&format!("http://{}/v1/showers/44", server.public_addr())).await);
        times.push(begun.elapsed().as_secs_f64());
        assert_eq!(server.view().at.height, height);
        server.shutdown().await;
    }
    times.sort_by(f64::total_cmp);
    println!(
        "ready and serving after {:.2} s (median of {ROUNDS}; {:.2} to {:.2})",
        times[ROUNDS / 2],
        times[0],
        times[ROUNDS - 1]
    );
}
