//! What only a real node can tell: gas. And its keeper: a killed node goes on where it was, and no node
//! outlives who started it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use meteor_messages::shower::ExecuteMsg;
use meteor_operator::jobs;
use meteor_operator::node::Node;
use meteor_rules::TokenId;
use meteor_tests::{Generation, RealNode, Stage, Target, WALLETS};

/// The budget: the most a contribute transaction may use on a real node.
const CONTRIBUTE_GAS: u64 = 190_000;

fn generation() -> Option<Generation> {
    match Target::from_env() {
        Target::Real(generation) => Some(generation),
        Target::Devnet | Target::Taxed => {
            println!("skipped on the dev chain: scripts/test-chain runs it on real nodes");
            None
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_node_goes_on_with_its_chain() {
    let Some(generation) = generation() else { return };
    let mut real = RealNode::start(generation);
    let node = Node::new(real.rpc()).unwrap();
    let before = node.status().await.unwrap();
    assert_eq!(before.chain_id, real.chain_id());
    real.kill();
    assert!(node.status().await.is_err(), "it is gone");
    real.restart();
    let after = node.status().await.unwrap().height;
    assert!(after > before.height, "{after} comes after {}, at the same address", before.height);
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

/// Gas and bytes of every transaction in the blocks, with what it did: the types of its contracts' events.
/// `tests/gas/src/real.rs` has these figures.
async fn gas_used(stage: &Stage) -> Vec<(String, u64, usize)> {
    let mut used = Vec::new();
    for height in 1..=stage.height().await {
        for (result, bytes) in stage.results(height).await.into_iter().zip(stage.sizes(height).await) {
            let mut kinds: Vec<&str> = result["events"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|event| event["type"].as_str())
                .filter(|kind| kind.starts_with("wasm-") || ["store_code", "instantiate"].contains(kind))
                .collect();
            kinds.dedup();
            used.push((kinds.join(" "), result["gas_used"].as_str().unwrap().parse().unwrap(), bytes));
        }
    }
    used
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_event_keeps_to_its_gas() {
    if generation().is_none() {
        return;
    }
    let stage = Stage::start(1).await;
    stage.open(1).await;
    for index in WALLETS {
        let sent = stage.contribute(index, 1, (10 + u128::from(index)) * 1_000_000).await.unwrap();
        assert!(sent.gas_used <= CONTRIBUTE_GAS, "a contribute transaction used {}", sent.gas_used);
    }
    let top_up = stage.contribute(4, 1, 1).await.unwrap();
    assert!(top_up.gas_used <= CONTRIBUTE_GAS, "a top-up used {}", top_up.gas_used);
    stage.end(1).await;
    stage.close_and_draw(1).await;
    stage.mint(1).await;
    let mut operator = stage.account(2).await;
    operator.execute(&stage.deployment.shower, &ExecuteMsg::Settle { shower: 1 }, &[]).await.unwrap();
    let payee = stage.account(8).await.address().to_owned();
    operator.execute(&stage.deployment.shower, &ExecuteMsg::Withdraw { payee }, &[]).await.unwrap();
    stage.crack(7, 1).await.unwrap();
    let mut hatcher = jobs::Hatcher::new(stage.sealer(&stage.keys));
    assert_eq!(hatcher.round(&mut operator).await.unwrap().revealed, [TokenId(1)]);
    for (kinds, gas, bytes) in gas_used(&stage).await {
        println!("{gas:>10} gas {bytes:>8} bytes  {kinds}");
    }
    stage.stop().await;
}
