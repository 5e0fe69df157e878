//! `meteor demo` as the tests' own customer: on a chain of its own, taxed or not, and on a real node.

use std::path::Path;

use cosmwasm_std::Decimal;
use meteor_cli::demo::{Options, Where, run};
use meteor_tests::{RealNode, Target};
use tokio_util::sync::CancellationToken;

/// A short demo of two showers.
fn short(seconds: u64, at: Where) -> Options {
    Options {
        showers: 2,
        wallets: 12,
        seconds,
        contributions: 2,
        seed: 7,
        listen: ([127, 0, 0, 1], 0).into(),
        preset: "demo".into(),
        exit: true,
        at,
    }
}

fn stop() -> CancellationToken {
    CancellationToken::new()
}

async fn checks_out(options: &Options) {
    let summary = run(options, &stop()).await.unwrap().unwrap();
    assert!(summary.good);
    assert!(summary.contributions >= 22, "most wallets join both showers: {summary:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_demo_checks_out() {
    let Target::Real(generation) = Target::from_env() else {
        return checks_out(&short(4, Where { block_ms: 100, ..Where::default() })).await;
    };
    let node = tokio::task::spawn_blocking(move || RealNode::start(generation)).await.unwrap();
    let artifacts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../artifacts");
    let at = Where { rpc: Some(node.rpc().to_owned()), artifacts: Some(artifacts), ..Where::default() };
    let options = short(20, at);
    checks_out(&options).await;
    // The chain goes on: the same wallets come again, and have something left.
    let again = run(&Options { showers: 1, ..options }, &stop()).await.unwrap().unwrap();
    assert!(again.good, "{again:?}");
    tokio::task::spawn_blocking(move || drop(node)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_demo_checks_out_where_transfers_are_taxed() {
    if Target::from_env().lacks("a_taxed_demo", "the tax is a setting of the dev chain") {
        return;
    }
    let at = Where { block_ms: 100, burn_tax: Some(Decimal::permille(5)), ..Where::default() };
    checks_out(&short(4, at)).await;
}
