//! A full mempool, and a transaction it has seen.

use crate::common;

use crate::common::Envelope;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use meteor_devnet::Config;
use serde_json::json;

#[tokio::test]
async fn a_full_mempool_and_a_duplicate_are_errors_of_the_rpc_as_in_cometbft() {
    let client = common::start_with(Config { mempool: 2, ..common::config() }).await;
    let mut sent = Vec::new();
    for account in 0..3 {
        let msg = client.send(account, &client.address(3), 1);
        sent.push(client.sign(account, vec![msg], &Envelope::default()).await);
    }
    for bytes in &sent[..2] {
        assert_eq!(client.broadcast(bytes).await["code"], 0);
    }
    let params = |bytes: &[u8]| json!({ "tx": BASE64.encode(bytes) });
    for method in ["broadcast_tx_sync", "broadcast_tx_async", "broadcast_tx_commit"] {
        let error = client.rpc_error(method, params(&sent[0])).await;
        assert!(error.contains("tx already exists in cache"), "{error}");
        let error = client.rpc_error(method, params(&sent[2])).await;
        let size = sent[0].len() + sent[1].len();
        let full =
            format!("mempool is full: number of txs 2 (max: 2), total txs bytes {size} (max: 1073741824)");
        assert!(error.contains(&full), "{error}");
    }
    client.devnet.mine(1).await.unwrap();
    assert_eq!(client.broadcast(&sent[2]).await["code"], 0, "there is room again");
}

#[tokio::test]
async fn a_transaction_that_waits_past_its_timeout_fails_in_its_block() {
    // One transaction fits into a block, the other must wait and is too late then.
    let config = Config { max_gas: Some(common::GAS), ..common::config() };
    let client = common::start_with(config).await;
    let height = client.devnet.tip().await.unwrap().height;
    let timeout = u32::try_from(height + 1).unwrap();
    let mut hashes = Vec::new();
    for account in 0..2 {
        let msg = client.send(account, &client.address(3), 1);
        let envelope = Envelope { timeout, ..Envelope::default() };
        let answer = client.submit(account, vec![msg], &envelope).await;
        assert_eq!(answer["code"], 0, "{answer}");
        hashes.push(answer["hash"].as_str().unwrap().to_string());
    }
    client.devnet.mine(3).await.unwrap();
    let codes = async |hash: &str| client.tx(hash).await["tx_result"].take();
    assert_eq!(codes(&hashes[0]).await["code"], 0);
    let late = codes(&hashes[1]).await;
    assert_eq!(late["code"], 30, "{late}");
    let log = format!("block height: {}, timeout height: {timeout}: tx timeout height", timeout + 1);
    assert_eq!(late["log"], log);
}
