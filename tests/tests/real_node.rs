//! The real node's keeper: a killed node goes on where it was, and no node outlives who started it.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use meteor_operator::node::Node;
use meteor_tests::{Generation, RealNode, Target};

fn generation() -> Option<Generation> {
    match Target::from_env() {
        Target::Real(generation) => Some(generation),
        Target::Devnet => {
            println!("passed over on the dev chain: scripts/test-chain runs it on real nodes");
            None
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_node_goes_on_with_its_chain() {
    let Some(generation) = generation() else { return };
    let mut real = RealNode::start(generation);
    let node = Node::new(real.rpc()).unwrap();
    let (chain_id, before) = node.status().await.unwrap();
    assert_eq!(chain_id, real.chain_id());
    real.kill();
    assert!(node.status().await.is_err(), "it is gone");
    real.restart();
    let (_, after) = node.status().await.unwrap();
    assert!(after > before, "{after} comes after {before}, at the same address");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_does_not_outlive_who_started_it() {
    let Some(generation) = generation() else { return };
    let home = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/node/node.py");
    // Somebody who starts a node as the tests do, and is killed without a chance to stop it.
    let mut parent = Command::new("python3")
        .args(["-c", "import subprocess, sys; subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE).wait()"])
        .args(["python3".as_ref(), script.as_os_str()])
        .args(["up", "--until-eof", "--gen", generation.name(), "--home"])
        .arg(home.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(parent.stdout.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    let up: serde_json::Value = serde_json::from_str(&line).unwrap();
    let process = format!("/proc/{}", up["pid"]);
    assert!(Path::new(&process).exists(), "the node runs");
    parent.kill().unwrap();
    parent.wait().unwrap();
    let gone = async {
        while Path::new(&process).exists() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), gone).await.unwrap();
}
