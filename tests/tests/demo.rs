//! `meteor demo` as the tests' own customer.
#![allow(clippy::unwrap_used)]

use meteor_cli::demo::{Options, run};

#[tokio::test(flavor = "multi_thread")]
async fn a_short_demo_checks_out() {
    let options = Options {
        showers: 2,
        wallets: 12,
        seconds: 4,
        contributions: 2,
        seed: 7,
        listen: ([127, 0, 0, 1], 0).into(),
        block_ms: 100,
        preset: "demo".into(),
        exit: true,
    };
    let summary = run(&options, &tokio_util::sync::CancellationToken::new()).await.unwrap().unwrap();
    assert!(summary.good);
    assert!(summary.contributions >= 22, "most wallets join both showers: {summary:?}");
}
