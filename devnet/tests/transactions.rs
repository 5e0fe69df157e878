//! Transactions from the wire to the block: what passes, what is refused and with which words.

use crate::common;

use crate::common::{Client, Envelope, any, attribute, events, response, start};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use cosmos_sdk_proto::cosmos::tx::v1beta1::mode_info::{Single, Sum};
use cosmos_sdk_proto::cosmos::tx::v1beta1::{AuthInfo, ModeInfo, TxBody, TxRaw};
use cosmos_sdk_proto::cosmwasm::wasm::v1::{
    MsgClearAdmin, MsgExecuteContractResponse, MsgInstantiateContractResponse, MsgMigrateContract,
    MsgUpdateAdmin,
};
use cosmos_sdk_proto::prost::Message;
use serde_json::json;

const FEE_COLLECTOR: &str = "terra17xpfvakm2amg962yls6f84z3kell8c5lkaeqfa";

#[tokio::test]
async fn a_deposit_moves_coins_pays_its_fee_and_speaks_like_wasmd() {
    let client = start().await;
    let vault = client.instantiate().await;
    let alice = client.address(1);
    let before = client.balance(&alice, "uusd").await;
    let tx = client.run(1, vec![client.execute(1, &vault, json!({"deposit": {}}), 8_000_000)]).await;
    let result = &tx["tx_result"];
    assert_eq!(result["code"], 0, "{result}");
    assert_eq!(client.balance(&alice, "uusd").await, before - 8_010_000);
    assert_eq!(client.balance(&vault, "uusd").await, 8_000_000);
    assert_eq!(client.smart(&vault, json!({"total": {"address": alice}})).await, "8000000");

    let expected = [
        format!("coin_spent spender={alice} amount=10000uusd"),
        format!("coin_received receiver={FEE_COLLECTOR} amount=10000uusd"),
        format!("transfer recipient={FEE_COLLECTOR} sender={alice} amount=10000uusd"),
        format!("message sender={alice}"),
        format!("tx fee=10000uusd fee_payer={alice}"),
        format!("tx acc_seq={alice}/0"),
        format!("tx signature={}", attribute(result, "tx", "signature")),
        format!("message action=/cosmwasm.wasm.v1.MsgExecuteContract sender={alice} module=wasm msg_index=0"),
        format!("coin_spent spender={alice} amount=8000000uusd msg_index=0"),
        format!("coin_received receiver={vault} amount=8000000uusd msg_index=0"),
        format!("transfer recipient={vault} sender={alice} amount=8000000uusd msg_index=0"),
        format!("execute _contract_address={vault} msg_index=0"),
        format!("wasm _contract_address={vault} action=deposit msg_index=0"),
        format!("wasm-deposit _contract_address={vault} v=1 total=8000000 msg_index=0"),
    ];
    let found =
        events(result).into_iter().map(|(kind, attributes)| format!("{kind} {}", attributes.join(" ")));
    assert_eq!(found.collect::<Vec<_>>(), expected);
    assert_eq!(response::<MsgExecuteContractResponse>(result).data, b"1");
    let used: u64 = result["gas_used"].as_str().unwrap().parse().unwrap();
    assert!((100_000..200_000).contains(&used), "a plausible estimate, not {used}");
}

#[tokio::test]
async fn an_instantiation_returns_its_address_and_makes_the_account() {
    let client = start().await;
    let vault = client.instantiate().await;
    // The address wasmd gives to instance 1 of code 1.
    let hrp = vault.split('1').next().unwrap();
    assert_eq!((hrp, vault.len()), ("terra", 64));
    assert!(client.account(&vault).await.account_number >= 4);
    let search = client.rpc("tx_search", json!({"query": "instantiate.code_id='1'"})).await;
    let made: MsgInstantiateContractResponse = response(&search["txs"][0]["tx_result"]);
    assert_eq!((made.address, made.data), (vault, b"made".to_vec()));
}

#[tokio::test]
async fn a_failing_message_rolls_back_but_pays() {
    let client = start().await;
    let vault = client.instantiate().await;
    let alice = client.address(1);
    let before = client.balance(&alice, "uusd").await;
    let msgs = vec![
        client.execute(1, &vault, json!({"deposit": {}}), 5),
        client.execute(1, &vault, json!({"fail": {}}), 0),
    ];
    let tx = client.run(1, msgs).await;
    let result = &tx["tx_result"];
    assert_eq!((&result["code"], &result["codespace"]), (&json!(5), &json!("wasm")));
    assert_eq!(
        result["log"],
        "failed to execute message; message index: 1: Generic error: told to fail: execute wasm contract failed"
    );
    assert_eq!(result["data"], json!(null));
    // Only the ante handler's events are left.
    assert_eq!(events(result).last().unwrap().0, "tx");
    assert_eq!(client.balance(&alice, "uusd").await, before - 10_000);
    assert_eq!(client.account(&alice).await.sequence, 1);
    assert_eq!(client.smart(&vault, json!({"count": {}})).await, 0);
}

#[tokio::test]
async fn panics_nested_failures_and_replies() {
    let client = start().await;
    let vault = client.instantiate().await;
    let run = async |msg| client.run(1, vec![client.execute(1, &vault, msg, 0)]).await["tx_result"].take();
    let result = run(json!({"panic": {}})).await;
    assert_eq!(result["code"], 29);
    assert!(result["log"].as_str().unwrap().contains("told to panic"), "{result}");
    let result = run(json!({"nested": {"catch": false}})).await;
    assert_eq!(
        result["log"],
        "failed to execute message; message index: 0: Generic error: told to fail: \
         execute wasm contract failed"
    );
    let result = run(json!({"nested": {"catch": true}})).await;
    assert_eq!(result["code"], 0, "{result}");
    let reply = events(&result).into_iter().find(|(kind, _)| kind == "reply").unwrap();
    assert_eq!(reply.1, [format!("_contract_address={vault}"), "msg_index=0".into()]);
    let result = run(json!({"pay": {"to": client.address(2), "amount": 1}})).await;
    assert_eq!((&result["code"], &result["codespace"]), (&json!(5), &json!("sdk")));
    assert_eq!(
        result["log"],
        "failed to execute message; message index: 0: spendable balance 0uusd is smaller \
         than 1uusd: insufficient funds"
    );
    let result = run(json!({"no_such_verb": {}})).await;
    assert!(result["log"].as_str().unwrap().contains("unknown variant `no_such_verb`"), "{result}");
    let result = run(json!({"spawn": {"code_id": 2}})).await;
    let child = attribute(&result, "instantiate", "_contract_address");
    assert_eq!(client.smart(&child, json!({"count": {}})).await, 0);
    assert_eq!(client.smart(&vault, json!({"count": {}})).await, 0, "nothing of the failures stayed");
}

#[tokio::test]
async fn several_transactions_of_one_account_fit_in_one_block() {
    let client = start().await;
    let vault = client.instantiate().await;
    let number = client.account(&client.address(1)).await.account_number;
    for sequence in 0..5 {
        let envelope = Envelope { number: Some(number), sequence: Some(sequence), ..Envelope::default() };
        let msg = client.execute(1, &vault, json!({"deposit": {}}), 1);
        let answer = client.submit(1, vec![msg], &envelope).await;
        assert_eq!(answer["code"], 0, "{answer}");
    }
    assert_eq!(client.rpc("num_unconfirmed_txs", json!({})).await["n_txs"], "5");
    let height = client.devnet.mine(1).await.unwrap();
    let results = client.rpc("block_results", json!({"height": height.to_string()})).await;
    let codes: Vec<_> = results["txs_results"].as_array().unwrap().iter().map(|tx| &tx["code"]).collect();
    assert_eq!(codes, [0, 0, 0, 0, 0]);
    assert_eq!(client.smart(&vault, json!({"count": {}})).await, 5);
}

#[tokio::test]
async fn every_tampered_field_is_refused_and_changes_nothing() {
    let client = start().await;
    let vault = client.instantiate().await;
    let deposit = client.execute(1, &vault, json!({"deposit": {}}), 5);
    let good = client.sign(1, vec![deposit], &Envelope::default()).await;
    let raw = TxRaw::decode(good.as_slice()).unwrap();
    let body = TxBody::decode(raw.body_bytes.as_slice()).unwrap();
    let auth = AuthInfo::decode(raw.auth_info_bytes.as_slice()).unwrap();
    let with_body = |change: &dyn Fn(&mut TxBody)| {
        let mut body = body.clone();
        change(&mut body);
        TxRaw { body_bytes: body.encode_to_vec(), ..raw.clone() }.encode_to_vec()
    };
    let with_auth = |change: &dyn Fn(&mut AuthInfo)| {
        let mut auth = auth.clone();
        change(&mut auth);
        TxRaw { auth_info_bytes: auth.encode_to_vec(), ..raw.clone() }.encode_to_vec()
    };
    let with_signature =
        |signature: Vec<u8>| TxRaw { signatures: vec![signature], ..raw.clone() }.encode_to_vec();
    let mut flipped = raw.signatures[0].clone();
    flipped[40] ^= 1;
    let tampered = [
        ("memo", with_body(&|body| body.memo = "x".into())),
        ("timeout", with_body(&|body| body.timeout_height = 1_000)),
        ("message", with_body(&|body| body.messages.push(body.messages[0].clone()))),
        ("fee", with_auth(&|auth| auth.fee.as_mut().unwrap().amount[0].amount = "10001".into())),
        ("gas", with_auth(&|auth| auth.fee.as_mut().unwrap().gas_limit += 1)),
        ("signature", with_signature(flipped)),
        ("no signature", with_signature(vec![])),
        ("high s", with_signature(high_s(&raw.signatures[0]))),
    ];
    for (what, bytes) in tampered {
        let answer = client.broadcast(&bytes).await;
        assert_eq!(answer["code"], 4, "{what}: {answer}");
        let log = answer["log"].as_str().unwrap();
        assert!(
            log.starts_with("signature verification failed; ") && log.ends_with(": unauthorized"),
            "{log}"
        );
    }
    // A stranger's key is refused before its signature counts.
    let theirs = vec![client.execute(1, &vault, json!({"deposit": {}}), 5)];
    let answer = client.submit(2, theirs, &Envelope::default()).await;
    assert_eq!(answer["code"], 8, "{answer}");
    assert_eq!(client.broadcast(&good).await["code"], 0, "the original is still good");
}

/// The other S of the same signature: valid mathematically, refused since Bitcoin learnt better.
fn high_s(signature: &[u8]) -> Vec<u8> {
    let signature = k256::ecdsa::Signature::from_slice(signature).unwrap();
    let s: k256::Scalar = *signature.s();
    let high = k256::ecdsa::Signature::from_scalars(signature.r().to_bytes(), (-s).to_bytes()).unwrap();
    high.to_vec()
}

#[tokio::test]
async fn chain_id_account_number_and_sequence_bind_the_signature() {
    let client = start().await;
    let send = || vec![client.send(1, &client.address(2), 1)];
    let check = async |envelope: Envelope| client.submit(1, send(), &envelope).await;
    let answer = check(Envelope { chain_id: "other-1".into(), ..Envelope::default() }).await;
    assert_eq!(answer["code"], 4);
    assert_eq!(
        answer["log"],
        "signature verification failed; please verify account number (1) and chain-id (dev-1): \
         (unable to verify single signer signature): unauthorized"
    );
    let answer = check(Envelope { number: Some(9), ..Envelope::default() }).await;
    assert_eq!(answer["code"], 4, "{answer}");
    let answer = check(Envelope { sequence: Some(3), ..Envelope::default() }).await;
    assert_eq!(answer["code"], 32);
    assert_eq!(answer["log"], "account sequence mismatch, expected 0, got 3: incorrect account sequence");
}

#[tokio::test]
async fn a_replay_is_refused_by_the_cache_and_by_the_sequence() {
    let client = start().await;
    let bytes = client.sign(1, vec![client.send(1, &client.address(2), 1)], &Envelope::default()).await;
    assert_eq!(client.broadcast(&bytes).await["code"], 0);
    let params = json!({ "tx": BASE64.encode(&bytes) });
    assert_eq!(client.rpc_error("broadcast_tx_sync", params.clone()).await, "tx already exists in cache");
    client.devnet.mine(1).await.unwrap();
    assert_eq!(client.rpc_error("broadcast_tx_sync", params).await, "tx already exists in cache");
    let again = Envelope { sequence: Some(0), memo: "again".into(), ..Envelope::default() };
    let again = client.submit(1, vec![client.send(1, &client.address(2), 1)], &again).await;
    assert_eq!(again["code"], 32);
}

#[tokio::test]
async fn fees_gas_memo_and_timeout() {
    let client = start().await;
    let check = async |envelope: Envelope| {
        client.submit(1, vec![client.send(1, &client.address(2), 1)], &envelope).await
    };
    let answer = check(Envelope { fee: vec![(3_999, "uusd")], ..Envelope::default() }).await;
    assert_eq!(answer["code"], 13);
    assert_eq!(
        answer["log"],
        "insufficient fees; got: 3999uusd required: 4000uluna,4000uusd: insufficient fee"
    );
    assert_eq!(check(Envelope { fee: vec![], ..Envelope::default() }).await["code"], 13);
    assert_eq!(check(Envelope { fee: vec![(9_000, "ukrw")], ..Envelope::default() }).await["code"], 13);
    let rich = Envelope { fee: vec![(2_000_000_000_000, "uusd")], ..Envelope::default() };
    assert_eq!(check(rich).await["code"], 5);
    assert_eq!(check(Envelope { gas: 0, ..Envelope::default() }).await["code"], 11);
    assert_eq!(check(Envelope { gas: 2_000, ..Envelope::default() }).await["code"], 11);
    assert_eq!(check(Envelope { memo: "x".repeat(257), ..Envelope::default() }).await["code"], 12);
    client.devnet.mine(5).await.unwrap();
    let late = check(Envelope { timeout: 3, ..Envelope::default() }).await;
    assert_eq!(late["code"], 30);
    assert_eq!(late["log"], "block height: 6, timeout height: 3: tx timeout height");
    // Any configured denom pays.
    assert_eq!(check(Envelope { fee: vec![(4_000, "uluna")], ..Envelope::default() }).await["code"], 0);
}

#[tokio::test]
async fn too_little_gas_fails_in_the_block() {
    let client = start().await;
    let vault = client.instantiate().await;
    let envelope = Envelope { gas: 90_000, ..Envelope::default() };
    let msg = client.execute(1, &vault, json!({"deposit": {}}), 5);
    let tx = client.included(&client.submit(1, vec![msg], &envelope).await).await;
    assert_eq!(tx["tx_result"]["code"], 11, "{tx}");
    assert!(tx["tx_result"]["log"].as_str().unwrap().contains("gasWanted: 90000, gasUsed: "));
    assert_eq!(client.smart(&vault, json!({"count": {}})).await, 0);
}

#[tokio::test]
async fn an_unknown_account_is_told_so_until_it_receives_coins() {
    let client = start().await;
    let path = meteor_devnet::accounts::path(330, 77);
    let key = meteor_devnet::signing_key(client.devnet.mnemonic(), &path).unwrap();
    let stranger = key.public_key().account_id("terra").unwrap();
    let msg = any(&common::transfer(stranger.to_string(), &client.address(0), 1));
    let sign = |number| common::sign(&key, vec![msg.clone()], number, 0, &Envelope::default());
    let answer = client.broadcast(&sign(0)).await;
    assert_eq!(answer["code"], 9);
    let log = answer["log"].as_str().unwrap();
    // A node prints the bytes of this address as they are.
    assert!(
        log.starts_with("fee payer address: ") && log.ends_with(" does not exist: unknown address"),
        "{log}"
    );
    client.run(0, vec![client.send(0, stranger.as_ref(), 50_000)]).await;
    let number = client.account(stranger.as_ref()).await.account_number;
    assert_eq!(client.broadcast(&sign(number)).await["code"], 0);
}

#[tokio::test]
async fn migration_and_admins() {
    let client = start().await;
    let vault = client.instantiate().await;
    let migrate = |account| {
        let (sender, contract) = (client.address(account), vault.clone());
        vec![any(&MsgMigrateContract { sender, contract, code_id: 2, msg: b"{}".to_vec() })]
    };
    let tx = client.run(1, migrate(1)).await;
    assert_eq!(tx["tx_result"]["code"], 4);
    assert_eq!(
        tx["tx_result"]["log"],
        "failed to execute message; message index: 0: can not migrate: unauthorized"
    );
    let tx = client.run(0, migrate(0)).await;
    assert_eq!(attribute(&tx["tx_result"], "migrate", "code_id"), "2");
    let (old, new) = (client.address(0), client.address(1));
    let update = MsgUpdateAdmin { sender: old, new_admin: new.clone(), contract: vault.clone() };
    let tx = client.run(0, vec![any(&update)]).await;
    assert_eq!(attribute(&tx["tx_result"], "update_contract_admin", "new_admin_address"), new);
    let clear = MsgClearAdmin { sender: new, contract: vault.clone() };
    let tx = client.run(1, vec![any(&clear)]).await;
    assert_eq!(tx["tx_result"]["code"], 0, "{tx}");
    let tx = client.run(0, migrate(0)).await;
    assert_eq!(tx["tx_result"]["code"], 4, "nobody is admin now");
}

#[tokio::test]
async fn simulation_needs_no_signature_and_changes_nothing() {
    let client = start().await;
    let vault = client.instantiate().await;
    let msg = client.execute(1, &vault, json!({"deposit": {}}), 5);
    let signed = client.sign(1, vec![msg.clone()], &Envelope::default()).await;
    let mut raw = TxRaw::decode(signed.as_slice()).unwrap();
    let mut auth = AuthInfo::decode(raw.auth_info_bytes.as_slice()).unwrap();
    // As cosmjs: an empty signature and mode unspecified.
    auth.signer_infos[0].mode_info = Some(ModeInfo { sum: Some(Sum::Single(Single { mode: 0 })) });
    auth.fee = None;
    raw.auth_info_bytes = auth.encode_to_vec();
    raw.signatures = vec![vec![]];
    let gas = simulate(&client, raw.encode_to_vec()).await;
    let tx = client.run(1, vec![msg]).await;
    let used: u64 = tx["tx_result"]["gas_used"].as_str().unwrap().parse().unwrap();
    assert!(gas.abs_diff(used) < used / 10, "simulated {gas}, used {used}");
    assert_eq!(client.smart(&vault, json!({"count": {}})).await, 1);
}

async fn simulate(client: &Client, tx_bytes: Vec<u8>) -> u64 {
    use cosmos_sdk_proto::cosmos::tx::v1beta1::{SimulateRequest, SimulateResponse};
    let request = SimulateRequest { tx_bytes, ..SimulateRequest::default() };
    let response: SimulateResponse = client.value("/cosmos.tx.v1beta1.Service/Simulate", &request, 0).await;
    response.gas_info.unwrap().gas_used
}

#[tokio::test]
async fn several_signers_and_several_recipients() {
    use cosmos_sdk_proto::cosmos::bank::v1beta1::{Input, MsgMultiSend, Output};
    use cosmos_sdk_proto::cosmos::base::v1beta1::Coin;
    use cosmrs::tx::{AuthInfo, Body, SignDoc, SignerInfo};
    let client = start().await;
    let body = Body::new(
        vec![client.send(1, &client.address(3), 5), client.send(2, &client.address(3), 6)],
        "",
        0u8,
    );
    let infos = [1, 2].map(|account| SignerInfo::single_direct(Some(client.key(account).public_key()), 0));
    let auth = AuthInfo { signer_infos: infos.to_vec(), fee: common::fee(&Envelope::default()) };
    let mut signatures = Vec::new();
    for account in [1, 2] {
        let number = client.account(&client.address(account)).await.account_number;
        let doc = SignDoc::new(&body, &auth, &"dev-1".parse().unwrap(), number).unwrap();
        signatures.push(client.key(account).sign(&doc.into_bytes().unwrap()).unwrap().to_vec());
    }
    let (body_bytes, auth_info_bytes) = (body.into_bytes().unwrap(), auth.into_bytes().unwrap());
    let one = TxRaw { signatures: vec![signatures[0].clone()], body_bytes, auth_info_bytes };
    let answer = client.broadcast(&one.encode_to_vec()).await;
    assert_eq!(answer["code"], 4, "one signature is not two: {answer}");
    let both = TxRaw { signatures, ..one };
    let answer = client.broadcast(&both.encode_to_vec()).await;
    assert_eq!(client.included(&answer).await["tx_result"]["code"], 0);
    assert_eq!(client.balance(&client.address(3), "uusd").await, 1_000_000_000_011);

    let coins = |amount: &str| vec![Coin { denom: "uusd".into(), amount: amount.into() }];
    let output = |account, amount| Output { address: client.address(account), coins: coins(amount) };
    let multi = |total: &str| MsgMultiSend {
        inputs: vec![Input { address: client.address(1), coins: coins(total) }],
        outputs: vec![output(2, "1"), output(3, "2")],
    };
    let tx = client.run(1, vec![any(&multi("4"))]).await;
    assert_eq!((&tx["tx_result"]["codespace"], &tx["tx_result"]["code"]), (&json!("bank"), &json!(4)));
    let tx = client.run(1, vec![any(&multi("3"))]).await;
    assert_eq!(tx["tx_result"]["code"], 0, "{tx}");
    assert_eq!(client.balance(&client.address(3), "uusd").await, 1_000_000_000_013);
}
