//! Uploads: wasm that the chain knows becomes a code id, other wasm is refused.

use crate::common;

use std::io::Write;

use crate::common::{Client, Envelope, GAS, any, attribute, events, instantiation, response, vault};
use cosmos_sdk_proto::cosmwasm::wasm::v1::{
    MsgInstantiateContract, MsgInstantiateContract2, MsgStoreCode, MsgStoreCodeResponse, QueryCodesRequest,
    QueryCodesResponse,
};
use cosmrs::Any;
use cosmwasm_std::{CanonicalAddr, Checksum, instantiate2_address};
use meteor_devnet::Code;
use serde_json::{Value, json};

/// Stands for a contract's wasm: bytes that nobody runs.
const WASM: &[u8] = b"\0asm\x01\0\0\0\x11requires_iterator\0\x01";

async fn start() -> Client {
    let codes = vec![
        Code::new("plain", vault::contract),
        Code::new("vault", vault::contract).with_checksum(Checksum::generate(WASM)),
    ];
    let devnet = meteor_devnet::start(common::config(), codes).await.unwrap();
    Client { devnet, http: reqwest::Client::new() }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn upload(client: &Client, wasm: &[u8]) -> Any {
    let msg =
        MsgStoreCode { sender: client.address(1), wasm_byte_code: wasm.to_vec(), ..MsgStoreCode::default() };
    any(&msg)
}

fn instantiate(client: &Client, code_id: u64) -> Any {
    any(&MsgInstantiateContract { code_id, ..instantiation(client.address(1), "uploaded") })
}

async fn codes(client: &Client) -> Vec<(u64, String, Vec<u8>)> {
    let request = QueryCodesRequest { pagination: None };
    let response: QueryCodesResponse = client.value("/cosmwasm.wasm.v1.Query/Codes", &request, 0).await;
    response.code_infos.into_iter().map(|code| (code.code_id, code.creator, code.data_hash)).collect()
}

/// Simulates, and returns the whole answer.
async fn simulate(client: &Client, msgs: Vec<Any>) -> Value {
    use cosmos_sdk_proto::cosmos::tx::v1beta1::SimulateRequest;
    let tx_bytes = client.sign(1, msgs, &Envelope::default()).await;
    #[allow(deprecated)]
    let request = SimulateRequest { tx: None, tx_bytes };
    client.abci("/cosmos.tx.v1beta1.Service/Simulate", &request, 0).await
}

#[tokio::test]
async fn known_wasm_becomes_a_code_that_runs() {
    let client = start().await;
    let checksum = Checksum::generate(WASM);
    for (wasm, code_id) in [(WASM.to_vec(), 3), (gzip(WASM), 4)] {
        let tx = client.run(1, vec![upload(&client, &wasm)]).await;
        let result = &tx["tx_result"];
        assert_eq!(result["code"], 0, "{result}");
        let expected = vec![
            format!("code_checksum={}", checksum.to_hex()),
            format!("code_id={code_id}"),
            "msg_index=0".into(),
        ];
        assert_eq!(events(result).last().unwrap(), &("store_code".to_string(), expected));
        let response: MsgStoreCodeResponse = response(result);
        assert_eq!((response.code_id, response.checksum.as_slice()), (code_id, checksum.as_slice()));

        let tx = client.run(1, vec![instantiate(&client, code_id)]).await;
        let vault = attribute(&tx["tx_result"], "instantiate", "_contract_address");
        let tx = client.run(1, vec![client.execute(1, &vault, json!({"deposit": {}}), 5)]).await;
        assert_eq!(tx["tx_result"]["code"], 0, "{tx}");
        assert_eq!(client.smart(&vault, json!({"count": {}})).await, 1);
    }
    let codes = codes(&client).await;
    let hash = checksum.as_slice().to_vec();
    assert_ne!(codes[0].2, hash, "a code that was given none has another");
    assert_eq!(codes[1], (2, client.address(0), hash.clone()), "the code that is there from the start");
    assert_eq!(codes[2..], [(3, client.address(1), hash.clone()), (4, client.address(1), hash)]);
}

#[tokio::test]
async fn the_checksum_makes_predictable_addresses() {
    let client = start().await;
    client.run(1, vec![upload(&client, WASM)]).await;
    let (_, creator) = bech32::decode(&client.address(1)).unwrap();
    let canonical = CanonicalAddr::from(creator);
    let predicted = instantiate2_address(Checksum::generate(WASM).as_slice(), &canonical, b"salt").unwrap();
    let predicted =
        bech32::encode::<bech32::Bech32>(bech32::Hrp::parse("terra").unwrap(), &predicted).unwrap();
    let msg = MsgInstantiateContract2 {
        sender: client.address(1),
        code_id: 3,
        label: "uploaded".into(),
        msg: b"{}".to_vec(),
        salt: b"salt".to_vec(),
        ..MsgInstantiateContract2::default()
    };
    let tx = client.run(1, vec![any(&msg)]).await;
    assert_eq!(attribute(&tx["tx_result"], "instantiate", "_contract_address"), predicted);
}

#[tokio::test]
async fn other_wasm_and_restrictions_are_refused() {
    let client = start().await;
    let tx = client.run(1, vec![upload(&client, b"\0asm something else")]).await;
    let result = &tx["tx_result"];
    assert_eq!((&result["code"], &result["codespace"]), (&json!(2), &json!("wasm")));
    let log = result["log"].as_str().unwrap();
    assert!(log.contains("native code") && log.contains("vault = ") && !log.contains("plain"), "{log}");
    assert!(log.ends_with("create wasm contract failed"), "{log}");

    let restricted = MsgStoreCode {
        sender: client.address(1),
        wasm_byte_code: WASM.to_vec(),
        instantiate_permission: Some(cosmos_sdk_proto::cosmwasm::wasm::v1::AccessConfig::default()),
    };
    for (msg, code) in [(any(&restricted), 37), (upload(&client, b""), 18)] {
        let answer = client.submit(1, vec![msg], &Envelope { gas: 9 * GAS, ..Envelope::default() }).await;
        assert_eq!(answer["code"], code);
    }
    assert_eq!(codes(&client).await.len(), 2);
}

#[tokio::test]
async fn an_upload_is_undone_with_its_transaction_a_simulation_and_a_revert() {
    let client = start().await;
    // An estimate leaves nothing, though it instantiates what it stored.
    let answer = simulate(&client, vec![upload(&client, WASM), instantiate(&client, 3)]).await;
    assert_eq!(answer["code"], 0, "{answer}");
    let tx = client.run(1, vec![instantiate(&client, 3)]).await;
    assert_eq!(tx["tx_result"]["code"], 28, "{tx}");

    let tx = client.run(1, vec![upload(&client, WASM), instantiate(&client, 9)]).await;
    assert_eq!(tx["tx_result"]["code"], 28, "{tx}");
    assert_eq!(codes(&client).await.len(), 2);

    let snapshot = client.rpc("dev_snapshot", json!({})).await["id"].take();
    client.run(1, vec![upload(&client, WASM)]).await;
    assert_eq!(codes(&client).await.len(), 3);
    client.rpc("dev_revert", json!({ "id": snapshot })).await;
    assert_eq!(codes(&client).await.len(), 2);
    let tx = client.run(1, vec![instantiate(&client, 3)]).await;
    assert_eq!(tx["tx_result"]["code"], 28, "{tx}");
    let tx = client.run(1, vec![upload(&client, WASM), instantiate(&client, 3)]).await;
    assert_eq!(tx["tx_result"]["code"], 0, "store and instantiate in one transaction: {tx}");
}
