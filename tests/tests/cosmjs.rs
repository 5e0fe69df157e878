//! Unmodified CosmJS against the dev chain or a real node with an event on it: `scripts/cosmjs/event.mjs`.

use std::path::Path;
use std::process::Command;

use meteor_tests::{Pace, Stage, Target};

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    println!("{said}");
    assert!(output.status.success(), "{command:?} failed:\n{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn cosmjs_contributes_and_gets_the_right_errors() {
    if Command::new("node").arg("--version").output().is_err() {
        println!("skipped: Node.js is not installed");
        return;
    }
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/cosmjs");
    if !scripts.join("node_modules/@cosmjs").exists() {
        run(Command::new("npm").args(["ci", "--ignore-scripts"]).current_dir(&scripts));
    }
    // The script waits for a block a dozen times.
    let pace = Target::from_env().pace();
    let stage = Stage::with_pace(2, Pace { length: pace.length * 4, ..pace }).await;
    stage.open(1).await;
    let mut script = Command::new("node");
    script
        .args(["event.mjs", &stage.chain.rpc, &stage.deployment.shower])
        .env("MNEMONIC", &stage.chain.mnemonic)
        .current_dir(&scripts);
    tokio::task::spawn_blocking(move || run(&mut script)).await.unwrap();
    // What CosmJS sent is what the contract has.
    let shower = stage.shower(1).await;
    assert_eq!((shower.contributors, shower.total.u128()), (2, 19_500_000));
    stage.stop().await;
}
