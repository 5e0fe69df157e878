//! CosmJS against the dev chain: `scripts/cosmjs/smoke.mjs` with the vault as its contract.

use crate::common;

use std::path::Path;
use std::time::Duration;

use meteor_devnet::{Blocks, Clock, Config};
use tokio::process::Command;

async fn run(dir: &Path, command: &mut Command) {
    let output = command.current_dir(dir).output().await.unwrap();
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    println!("{text}");
    assert!(output.status.success(), "{command:?} failed:\n{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn cosmjs_works_unchanged() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/cosmjs");
    if Command::new("node").arg("--version").output().await.is_err() {
        println!("skipped: node is not installed");
        return;
    }
    if !dir.join("node_modules/@cosmjs/cosmwasm").exists() {
        run(&dir, Command::new("npm").args(["ci", "--ignore-scripts"])).await;
    }
    // As a user meets it: blocks at an interval, the clock of the wall.
    let config = Config {
        blocks: Blocks::Interval(Duration::from_millis(100)),
        clock: Clock::Wall { start: None, speed: 1 },
        ..common::config()
    };
    let client = common::start_with(config).await;
    let mut smoke = Command::new("node");
    smoke.args(["smoke.mjs", &client.devnet.rpc_url(), "1"]).env("MNEMONIC", client.devnet.mnemonic());
    run(&dir, &mut smoke).await;
    client.devnet.shutdown().await;
}
