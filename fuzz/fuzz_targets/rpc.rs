//! The dev chain's JSON-RPC front over HTTP: every body gets an answer, and the chain is there afterwards.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::{Corpus, fuzz_target};
use meteor_devnet::{Blocks, Config, Devnet};
use reqwest::Client;
use tokio::runtime::Runtime;

struct Chain {
    runtime: Runtime,
    devnet: Devnet,
    client: Client,
}

static CHAIN: LazyLock<Chain> = LazyLock::new(|| {
    let runtime = Runtime::new().expect("a runtime");
    let any = "127.0.0.1:0".parse().expect("an address");
    let config = Config { blocks: Blocks::OnDemand, rpc: any, rest: any, ..Config::default() };
    let devnet = runtime.block_on(meteor_devnet::start(config, Vec::new())).expect("a chain");
    Chain { runtime, devnet, client: Client::new() }
});

fuzz_target!(|body: &[u8]| -> Corpus {
    // The controls may do anything, such as making a million blocks.
    if body.windows(4).any(|window| window == b"dev_") {
        return Corpus::Reject;
    }
    let chain = &*CHAIN;
    let answer = async {
        let answer =
            chain.client.post(chain.devnet.rpc_url()).body(body.to_vec()).send().await.expect("an answer");
        answer.bytes().await.expect("all of it")
    };
    let answer = chain.runtime.block_on(answer);
    if !answer.is_empty() && !answer.starts_with(b"<html>") {
        serde_json::from_slice::<serde_json::Value>(&answer).expect("an answer in JSON");
    }
    Corpus::Keep
});
