//! `meteor mint` when one of several showers can't be minted any more.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use meteor_rules::catalogue::file::write;
use meteor_tests::proxy::Proxy;
use meteor_tests::{Stage, Target};

use crate::common::{partly, private};

const UST: u128 = 1_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_shower_whose_deadline_comes_meanwhile_is_named_and_the_others_are_minted() {
    if Target::from_env().lacks("mint", "only the dev chain's clock moves when it is told to") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let stage = Stage::start(2).await;
    stage.open(1).await;
    for shower in [1, 2] {
        stage.contribute(4, shower, 11 * UST).await.unwrap();
        stage.end(shower).await;
        stage.close_and_draw(shower).await;
    }
    private(folder, "words", &stage.chain.mnemonic);
    let catalogue = write(&stage.catalogue, &stage.preset.meteors.template);
    std::fs::write(folder.join("catalogue.csv"), catalogue).unwrap();

    // The first transaction is held up, just before a node gets it, until the test says go on.
    let (reached, at_broadcast) = mpsc::channel();
    let (go_on, held) = mpsc::channel::<()>();
    let (held, first) = (Mutex::new(held), AtomicBool::new(true));
    let plan = move |_: usize, method: &str| {
        if method == "broadcast_tx_sync" && first.swap(false, Ordering::SeqCst) {
            reached.send(()).unwrap();
            tokio::task::block_in_place(|| held.lock().unwrap().recv().unwrap());
        }
        None
    };
    let proxy = Proxy::start(&stage.chain.rpc, Box::new(plan)).await;
    let line = format!(
        "mint --node {} --contract {} --signer-file words --account 2 --gas-price 0.01uluna --catalogue catalogue.csv",
        proxy.url, stage.deployment.shower
    );
    let late = async {
        tokio::task::spawn_blocking(move || at_broadcast.recv().unwrap()).await.unwrap();
        stage.at(stage.shower(1).await.mint_deadline).await;
        go_on.send(()).unwrap();
    };
    let (said, ()) = tokio::join!(partly(folder, &line), late);
    assert!(said.contains("shower 1 can't be minted now"), "{said}");
    assert!(said.contains("shower 2: minted 1 of 1"), "{said}");
    assert_eq!((stage.shower(1).await.minted, stage.shower(2).await.minted), (0, 1));
    stage.stop().await;
}
