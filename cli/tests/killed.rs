//! `meteor mint` is killed (SIGKILL) at every request that it makes, before and after the node has it, and
//! run again: every meteor exists once, and no transaction was in a block that the account's journal doesn't
//! know.

use crate::common;

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use crate::common::private;
use meteor_rules::catalogue::file::write;
use meteor_tests::proxy::{Fault, Proxy};
use meteor_tests::{Stage, Target, WALLETS};
use serde_json::Value;

/// Meteors a transaction.
const BATCH: usize = 2;
/// Showers on the dev chain, one for each request: more than a mint of two transactions makes.
const SHOWERS: u32 = 40;
const LOOK: Duration = Duration::from_millis(2);

/// What a run of `meteor mint` came to.
#[derive(Debug, PartialEq, Eq)]
enum Run {
    Killed,
    Done,
}

/// Runs `meteor mint` over the proxy; kills it when a request hangs there.
async fn mint(stage: &Stage, folder: &Path, shower: u32, proxy: &Proxy) -> Run {
    let art = write(&stage.catalogue, &stage.preset.meteors.template);
    std::fs::write(folder.join("catalogue.csv"), art).unwrap();
    let log = folder.join("log");
    let out = File::create(&log).unwrap();
    let mut meteor = common::command(folder)
        .args(["mint", "--node", &proxy.url, "--contract", &stage.deployment.shower])
        .args(["--signer-file", "words", "--account", "2", "--gas-price", "0.01uluna"])
        .args(["--catalogue", "catalogue.csv"])
        .args(["--shower", &shower.to_string(), "--batch", &BATCH.to_string()])
        .stdout(out.try_clone().unwrap())
        .stderr(out)
        .spawn()
        .unwrap();
    loop {
        tokio::select! {
            () = proxy.hung() => {
                meteor.kill().unwrap();
                meteor.wait().unwrap();
                return Run::Killed;
            }
            () = tokio::time::sleep(LOOK) => {
                if let Some(status) = meteor.try_wait().unwrap() {
                    // 4: the journal's transaction was the last, so that nothing was left to mint.
                    let said = std::fs::read_to_string(log).unwrap();
                    assert!(matches!(status.code(), Some(0 | 4)), "{said}");
                    return Run::Done;
                }
            }
        }
    }
}

/// A proxy at which request `at` comes to grief.
async fn hangs(stage: &Stage, at: usize, fault: Fault) -> Proxy {
    Proxy::start(&stage.chain.rpc, Box::new(move |number, _| (number == at).then_some(fault))).await
}

/// Lets `wallets` contribute to `shower`, closes and draws it.
async fn drawn(stage: &Stage, shower: u32, wallets: &[u32]) {
    // Each of the others opened when the one before it ended.
    if shower == 1 {
        stage.open(shower).await;
    }
    for wallet in wallets {
        stage.contribute(*wallet, shower, (10 + u128::from(*wallet)) * 1_000_000).await.unwrap();
    }
    stage.end(shower).await;
    stage.close_and_draw(shower).await;
}

/// The operator's next sequence: how many of its transactions are in blocks.
async fn sent(stage: &Stage) -> u64 {
    let operator = stage.account(2).await.address().to_owned();
    stage.node.account(&operator).await.unwrap().value.sequence
}

/// Lines of the journal's history: transactions that it knows to be in blocks, all of which did what they
/// should.
fn booked(folder: &Path, chain_id: &str, operator: &str) -> usize {
    let path = folder.join("journal").join(format!("{chain_id}-{operator}/history.jsonl"));
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let hashes: std::collections::BTreeSet<&str> =
        lines.iter().map(|line| line.get("hash").unwrap().as_str().unwrap()).collect();
    assert_eq!(hashes.len(), lines.len(), "a transaction is booked once: {text}");
    assert!(lines.iter().all(|line| line.get("code").unwrap() == 0), "{text}");
    lines.len()
}

/// Each place of `shower` has its meteor, and no other meteor exists beyond `earlier` and those.
async fn each_once(stage: &Stage, shower: u32, earlier: usize) {
    let places = stage.contract().ranking(shower).await.unwrap();
    let total = stage.meteors().count().await.unwrap();
    assert_eq!(total, u64::try_from(earlier + places.len()).unwrap(), "none is there twice or too few");
    for (number, place) in (earlier + 1..).zip(&places) {
        let owner = stage.meteors().owner_of(number.try_into().unwrap()).await.unwrap();
        assert_eq!(owner, place.contributor, "meteor {number} of shower {shower}");
    }
}

/// On the dev chain each request has a shower of its own, whose mint is killed there and run again to its
/// end. A real chain doesn't let hours pass: there one mint is killed at request after request, until a run
/// gets through.
#[tokio::test(flavor = "multi_thread")]
async fn a_mint_killed_at_every_request_mints_each_meteor_once() {
    let faults = [Fault::HangBefore, Fault::HangAfter];
    let target = Target::from_env();
    let mut pace = target.pace();
    // Nothing runs out while it is killed: cracking may last as long as minting and revealing together.
    (pace.mint_window, pace.crack_window, pace.key_window) = (3_600, 7_200, 86_400);
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    if !matches!(target, Target::Real(_)) {
        for fault in faults {
            let stage = Stage::with_pace(SHOWERS, pace).await;
            private(folder, "words", &stage.chain.mnemonic);
            let operator = stage.account(2).await.address().to_owned();
            let chain_id = stage.node.status().await.unwrap().chain_id;
            let mut through = false;
            for shower in 1..=SHOWERS {
                drawn(&stage, shower, &WALLETS).await;
                let at = usize::try_from(shower - 1).unwrap();
                let before = sent(&stage).await;
                let proxy = hangs(&stage, at, fault).await;
                through = mint(&stage, folder, shower, &proxy).await == Run::Done;
                if !through {
                    assert_eq!(mint(&stage, folder, shower, &proxy).await, Run::Done);
                }
                each_once(&stage, shower, at * WALLETS.len()).await;
                let due = WALLETS.len() / BATCH;
                assert_eq!(sent(&stage).await - before, u64::try_from(due).unwrap(), "{fault:?} at {at}");
                assert_eq!(booked(folder, &chain_id, &operator), due * (at + 1), "{fault:?} at {at}");
                if through {
                    println!("{fault:?}: killed at each of {at} requests");
                    break;
                }
            }
            assert!(through, "a mint makes more than {SHOWERS} requests: more showers are needed");
            std::fs::remove_dir_all(folder.join("journal")).unwrap();
            stage.stop().await;
        }
        return;
    }
    // Everyone but the operator, so that there is something to mint for long.
    let wallets = [0, 1, 3, 4, 5, 6, 7, 8, 9];
    pace.length = 60;
    let stage = Stage::with_pace(1, pace).await;
    private(folder, "words", &stage.chain.mnemonic);
    drawn(&stage, 1, &wallets).await;
    let operator = stage.account(2).await.address().to_owned();
    let chain_id = stage.node.status().await.unwrap().chain_id;
    let before = sent(&stage).await;
    let mut kills = 0;
    'all: for at in 0.. {
        for fault in faults {
            let proxy = hangs(&stage, at, fault).await;
            if mint(&stage, folder, 1, &proxy).await == Run::Done {
                break 'all;
            }
            kills += 1;
        }
    }
    println!("killed {kills} times");
    each_once(&stage, 1, 0).await;
    let due = wallets.len().div_ceil(BATCH);
    assert_eq!(sent(&stage).await - before, u64::try_from(due).unwrap());
    assert_eq!(booked(folder, &chain_id, &operator), due);
    stage.stop().await;
}
