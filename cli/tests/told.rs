//! A command that is told to stop, or that nobody listens to any more; and two names of different events.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use meteor_rules::catalogue::file::write;
use meteor_tests::proxy::{Fault, Proxy};
use meteor_tests::{Stage, WALLETS};

use crate::common::{command, private};

/// One drawn shower of four meteors, and what `meteor mint` needs in `folder`.
async fn drawn(folder: &Path) -> Stage {
    let stage = Stage::start(1).await;
    stage.open(1).await;
    for wallet in WALLETS {
        stage.contribute(wallet, 1, (10 + u128::from(wallet)) * 1_000_000).await.unwrap();
    }
    stage.end(1).await;
    stage.close_and_draw(1).await;
    private(folder, "words", &stage.chain.mnemonic);
    let art = write(&stage.catalogue, &stage.preset.meteors.template);
    std::fs::write(folder.join("catalogue.csv"), art).unwrap();
    stage
}

/// `meteor mint` over the node at `rpc`, one meteor a transaction.
fn mint(stage: &Stage, folder: &Path, rpc: &str) -> Command {
    let mut mint = command(folder);
    mint.args(["mint", "--node", rpc, "--contract", &stage.deployment.shower])
        .args(["--signer-file", "words", "--account", "2", "--gas-price", "0.01uluna"])
        .args(["--catalogue", "catalogue.csv", "--batch", "1"]);
    mint
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// Waits off the runtime for its end; answers with the exit code and what it said on standard error.
async fn ended(mut child: Child) -> (Option<i32>, String) {
    tokio::task::spawn_blocking(move || {
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        (child.wait().unwrap().code(), said)
    })
    .await
    .unwrap()
}

/// A proxy at which the first request by `method` comes to grief.
async fn first(stage: &Stage, method: &'static str, fault: Fault) -> Proxy {
    let met = AtomicBool::new(false);
    let plan = move |_, asked: &str| (asked == method && !met.swap(true, Ordering::SeqCst)).then_some(fault);
    Proxy::start(&stage.chain.rpc, Box::new(plan)).await
}

async fn minted(stage: &Stage) -> u32 {
    stage.shower(1).await.minted
}

#[tokio::test(flavor = "multi_thread")]
async fn before_anything_is_signed_a_command_ends_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let stage = drawn(folder.path()).await;
    for (name, code) in [("-INT", 130), ("-TERM", 143)] {
        let proxy = first(&stage, "status", Fault::HangBefore).await;
        let child = mint(&stage, folder.path(), &proxy.url).stderr(Stdio::piped()).spawn().unwrap();
        proxy.hung().await;
        signal(&child, name);
        let (ended, said) = ended(child).await;
        assert_eq!(ended, Some(code), "{said}");
        assert!(!said.contains("under way"), "{said}");
    }
    // The worker, too, until it has opened everything: then it ends between two rounds.
    let proxy = first(&stage, "status", Fault::HangBefore).await;
    let mut hatch = command(folder.path());
    hatch.args(["hatch", "--node", &proxy.url, "--contract", &stage.deployment.shower]);
    hatch.args(["--signer-file", "words", "--account", "2", "--key-file", "none", "--tables", "none"]);
    let child = hatch.stderr(Stdio::piped()).spawn().unwrap();
    proxy.hung().await;
    signal(&child, "-INT");
    assert_eq!(ended(child).await.0, Some(130));
    assert_eq!(minted(&stage).await, 0);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_under_way_is_waited_for_until_the_second_signal() {
    let folder = tempfile::tempdir().unwrap();
    let stage = drawn(folder.path()).await;
    for twice in [false, true] {
        let before = minted(&stage).await;
        let proxy = first(&stage, "broadcast_tx_sync", Fault::HangAfter).await;
        let log = folder.path().join("log");
        let child = mint(&stage, folder.path(), &proxy.url).stderr(File::create(&log).unwrap()).spawn();
        let mut child = child.unwrap();
        proxy.hung().await;
        signal(&child, "-INT");
        let said = tokio::task::spawn_blocking({
            let log = log.clone();
            move || {
                // It says so before it waits; without it this never ends, and the test's run does.
                loop {
                    let said = std::fs::read_to_string(&log).unwrap();
                    if said.contains("is under way") {
                        return said;
                    }
                    std::thread::yield_now();
                }
            }
        });
        let said = said.await.unwrap();
        assert!(said.contains("A second signal ends now"), "{said}");
        if twice {
            signal(&child, "-INT");
        }
        let code = tokio::task::spawn_blocking(move || child.wait().unwrap().code()).await.unwrap();
        assert_eq!(code, Some(130), "{}", std::fs::read_to_string(&log).unwrap());
        assert_eq!(
            minted(&stage).await,
            before + 1,
            "what was sent is in a block, and nothing more was sent"
        );
    }
    // The journal takes up the rest.
    let status = mint(&stage, folder.path(), &stage.chain.rpc).status().unwrap();
    assert!(status.success());
    assert_eq!(minted(&stage).await, 4);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_went_away_or_a_full_disk_stops_no_job_half_way() {
    let folder = tempfile::tempdir().unwrap();
    let stage = drawn(folder.path()).await;
    let mut child = mint(&stage, folder.path(), &stage.chain.rpc)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let (code, said) = ended(child).await;
    assert_eq!((code, said.as_str()), (Some(0), ""), "as with head");
    assert_eq!(minted(&stage).await, 4);

    let full = || OpenOptions::new().write(true).open("/dev/full").unwrap();
    let child = mint(&stage, folder.path(), &stage.chain.rpc).stdout(full()).stderr(Stdio::piped()).spawn();
    let (code, said) = ended(child.unwrap()).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("all was done") && said.contains("No space left"), "{said}");
    // Not even its errors can be written.
    let mut nowhere = mint(&stage, folder.path(), "http://127.0.0.1:9");
    assert_eq!(nowhere.stdout(full()).stderr(full()).status().unwrap().code(), Some(1));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_event_in_the_environment_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let stage = drawn(folder.path()).await;
    let other = &stage.deployment.meteors;
    let refused =
        mint(&stage, folder.path(), &stage.chain.rpc).env("METEOR_CONTRACT", other).output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains(other) && said.contains("nothing was done"), "{said}");
    assert_eq!(minted(&stage).await, 0);
    let done = mint(&stage, folder.path(), &stage.chain.rpc).output().unwrap();
    let said = String::from_utf8(done.stdout).unwrap();
    assert!(
        said.contains(&format!(", {} on ", stage.deployment.shower)) && said.contains("signing as"),
        "{said}"
    );
    stage.stop().await;
}
