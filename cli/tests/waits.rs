//! What a command waits for is said before it looks hung, and what it can't have is an error with its reason.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;

use meteor_tests::Stage;
use meteor_tests::proxy::{Fault, Proxy};

use crate::common::{command, fails, private};

/// Runs `meteor` with `line` until it says on standard error what it waits for; answers with that.
async fn waits(folder: &Path, line: &str) -> String {
    let mut command = command(folder);
    let child = command.args(line.split_whitespace()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut child = child.unwrap();
    tokio::task::spawn_blocking(move || {
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let said = lines.find(|line| line.starts_with("waiting for "));
        child.kill().unwrap();
        child.wait().unwrap();
        said.expect("it ended and never said what it waits for")
    })
    .await
    .unwrap()
}

/// An address that no contract has.
const NOBODY: &str = "terra1y3hz0k2wjpnju6wcykhmkrxts2me3zc5z47gtv";

/// A pause of the event `contract` over the node at `url`.
fn pause(url: &str, contract: &str) -> String {
    format!("pause --node {url} --contract {contract} --signer-file words --account 3 --gas-price 0.01uluna")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_does_not_answer_is_named_while_it_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    // The kernel accepts for it; nobody ever reads.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let said = waits(folder.path(), &pause(&format!("{url}/secret"), NOBODY)).await;
    assert!(said.starts_with(&format!("waiting for {url} to answer status, ")), "{said}");

    let verify = waits(folder.path(), &format!("verify {url}/secret")).await;
    assert!(verify.starts_with(&format!("waiting for {url} to answer /secret/v1/")), "{verify}");

    let limits = Proxy::start("http://127.0.0.1:9", Box::new(|_, _| Some(Fault::TooMany))).await;
    let said = waits(folder.path(), &pause(&limits.url, NOBODY)).await;
    assert!(said.starts_with(&format!("waiting for {} to answer status, ", limits.url)), "{said}");
    assert!(said.ends_with("; the last try: the node limits requests"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_not_there_is_an_error_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    for (url, why) in [
        (
            "http://127.0.0.1:9",
            "the node at 127.0.0.1:9 does not answer (it refuses connections): check that",
        ),
        (
            "http://nowhere.invalid:26657",
            "the node at nowhere.invalid:26657 does not answer (there is no host of this name): check that",
        ),
    ] {
        let said = fails(folder.path(), &pause(url, NOBODY)).await;
        let said: Vec<&str> = said.lines().filter(|line| line.starts_with("error: ")).collect();
        let [error] = said.as_slice() else { panic!("{said:?}") };
        assert!(error.starts_with(&format!("error: {why}")), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_no_block_takes_is_named_with_the_chains_height() {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::start(1).await;
    private(folder.path(), "words", &stage.chain.mnemonic);
    let lost = |_: usize, method: &str| (method == "broadcast_tx_sync").then_some(Fault::LostRequest);
    let proxy = Proxy::start(&stage.chain.rpc, Box::new(lost)).await;
    let said = waits(folder.path(), &pause(&proxy.url, &stage.deployment.shower)).await;
    assert!(said.starts_with("waiting for transaction ") && said.contains(" to be in a block, "), "{said}");
    let height = said.rsplit_once("; the chain is at height ").map(|(_, height)| height.parse::<u64>());
    assert!(matches!(height, Some(Ok(_))), "{said}");
    stage.stop().await;
}
