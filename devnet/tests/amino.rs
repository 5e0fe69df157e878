//! Amino JSON, signed by hand: the document is written out here, independently of the library.

use crate::common;

use crate::common::{Client, any, instantiation, start};
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin;
use cosmos_sdk_proto::cosmos::crypto::secp256k1::PubKey;
use cosmos_sdk_proto::cosmos::tx::signing::v1beta1::SignMode;
use cosmos_sdk_proto::cosmos::tx::v1beta1::mode_info::{Single, Sum};
use cosmos_sdk_proto::cosmos::tx::v1beta1::{AuthInfo, Fee, ModeInfo, SignerInfo, TxBody, TxRaw};
use cosmos_sdk_proto::prost::Message;
use cosmrs::Any;
use serde_json::{Value, json};

/// `doc` is what the wallet shows and signs; `$N` and `$S` stand for account number and sequence.
async fn send(client: &Client, account: usize, msgs: Vec<Any>, memo: &str, timeout: u64, doc: &str) -> Value {
    let key = client.key(account);
    let on_chain = client.account(&client.address(account)).await;
    let doc =
        doc.replace("$N", &on_chain.account_number.to_string()).replace("$S", &on_chain.sequence.to_string());
    let signature = key.sign(doc.as_bytes()).unwrap().to_vec();
    let body = TxBody { messages: msgs, memo: memo.into(), timeout_height: timeout, ..TxBody::default() };
    let public_key = PubKey { key: key.public_key().to_bytes() };
    let mode = Sum::Single(Single { mode: SignMode::LegacyAminoJson.into() });
    let auth = AuthInfo {
        signer_infos: vec![SignerInfo {
            public_key: Some(any(&public_key)),
            mode_info: Some(ModeInfo { sum: Some(mode) }),
            sequence: on_chain.sequence,
        }],
        fee: Some(Fee {
            amount: vec![Coin { denom: "uusd".into(), amount: "10000".into() }],
            gas_limit: 400_000,
            ..Fee::default()
        }),
        ..AuthInfo::default()
    };
    let raw = TxRaw {
        body_bytes: body.encode_to_vec(),
        auth_info_bytes: auth.encode_to_vec(),
        signatures: vec![signature],
    };
    client.broadcast(&raw.encode_to_vec()).await
}

const FEE: &str = r#""fee":{"amount":[{"amount":"10000","denom":"uusd"}],"gas":"400000"}"#;

#[tokio::test]
async fn an_execution_with_nested_sorted_escaped_json() {
    let client = start().await;
    let vault = client.instantiate().await;
    let alice = client.address(1);
    // Unsorted on the wire; sorted and escaped in what was signed.
    let msg = client.execute(1, &vault, json!({"note": {"text": "a < b & c > d"}}), 5);
    let doc = format!(
        r#"{{"account_number":"$N","chain_id":"dev-1",{FEE},"memo":"x\u003cy","msgs":[{{"type":"wasm/MsgExecuteContract","value":{{"contract":"{vault}","funds":[{{"amount":"5","denom":"uusd"}}],"msg":{{"note":{{"text":"a \u003c b \u0026 c \u003e d"}}}},"sender":"{alice}"}}}}],"sequence":"$S"}}"#
    );
    let answer = send(&client, 1, vec![msg.clone()], "x<y", 0, &doc).await;
    let tx = client.included(&answer).await;
    assert_eq!(common::attribute(&tx["tx_result"], "wasm", "text"), "a < b & c > d");

    // Another amount than the one shown on the Ledger.
    let other = client.execute(1, &vault, json!({"note": {"text": "a < b & c > d"}}), 6);
    let answer = send(&client, 1, vec![other], "x<y", 0, &doc).await;
    assert_eq!(answer["code"], 4);
    assert_eq!(
        answer["log"],
        "signature verification failed; please verify account number (1), sequence (1) and chain-id (dev-1): unauthorized"
    );
}

#[tokio::test]
async fn a_send_with_a_timeout_and_an_instantiation_without_admin() {
    let client = start().await;
    let (alice, bob) = (client.address(1), client.address(2));
    let doc = format!(
        r#"{{"account_number":"$N","chain_id":"dev-1",{FEE},"memo":"","msgs":[{{"type":"cosmos-sdk/MsgSend","value":{{"amount":[{{"amount":"7","denom":"uusd"}}],"from_address":"{alice}","to_address":"{bob}"}}}}],"sequence":"$S","timeout_height":"99"}}"#
    );
    let answer = send(&client, 1, vec![client.send(1, &bob, 7)], "", 99, &doc).await;
    assert_eq!(answer["code"], 0, "{answer}");
    client.devnet.mine(1).await.unwrap();
    let msg = any(&instantiation(alice.clone(), "v"));
    let doc = format!(
        r#"{{"account_number":"$N","chain_id":"dev-1",{FEE},"memo":"","msgs":[{{"type":"wasm/MsgInstantiateContract","value":{{"code_id":"1","funds":[],"label":"v","msg":{{}},"sender":"{alice}"}}}}],"sequence":"$S"}}"#
    );
    let answer = send(&client, 1, vec![msg], "", 0, &doc).await;
    assert_eq!(client.included(&answer).await["tx_result"]["code"], 0);
}
