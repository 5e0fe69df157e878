//! Hostile input: whatever arrives, the answer is an error and the chain goes on.

use crate::common::{Client, Envelope, any as to_any, start};
use cosmos_sdk_proto::Any;
use cosmos_sdk_proto::cosmos::bank::v1beta1::MsgSend;
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin;
use cosmos_sdk_proto::cosmos::crypto::multisig::LegacyAminoPubKey;
use cosmos_sdk_proto::cosmos::crypto::multisig::v1beta1::CompactBitArray;
use cosmos_sdk_proto::cosmos::crypto::secp256k1::PubKey;
use cosmos_sdk_proto::cosmos::tx::v1beta1::mode_info::{Multi, Single, Sum};
use cosmos_sdk_proto::cosmos::tx::v1beta1::{
    AuthInfo, Fee, ModeInfo, SignerInfo, SimulateRequest, TxBody, TxRaw,
};
use cosmos_sdk_proto::cosmwasm::wasm::v1::MsgExecuteContract;
use cosmos_sdk_proto::prost::{Message, Name};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config as Cases, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

/// Runs an async property with a fixed seed, so that a failure is found again.
fn check<S: Strategy>(cases: u32, strategy: S, mut property: impl AsyncFnMut(&Client, S::Value))
where
    S::Value: Clone,
{
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let client = runtime.block_on(start());
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Cases::with_cases(cases), rng);
    for _ in 0..cases {
        let value = strategy.new_tree(&mut runner).unwrap().current();
        runtime.block_on(property(&client, value));
    }
    let height = runtime.block_on(client.devnet.mine(1)).unwrap();
    assert_eq!(height, 2, "the chain goes on, and nothing got into a block by itself");
}

#[test]
fn random_bytes_are_no_transaction() {
    check(300, prop::collection::vec(any::<u8>(), 0..300), async |client, bytes| {
        let answer = client.broadcast(&bytes).await;
        assert_ne!(answer["code"], 0, "{bytes:?}");
    });
}

#[test]
fn a_flipped_bit_never_passes() {
    let any_flip = (any::<prop::sample::Index>(), 0_u8..8);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let good = runtime.block_on(async {
        let client = start().await;
        let msg = client.send(1, &client.address(2), 5);
        let envelope = Envelope { number: Some(1), sequence: Some(0), ..Envelope::default() };
        client.sign(1, vec![msg], &envelope).await
    });
    check(300, any_flip, async |client, (index, bit)| {
        let mut bytes = good.clone();
        let at = index.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let answer = client.broadcast(&bytes).await;
        assert_ne!(answer["code"], 0, "bit {bit} of byte {at}: {answer}");
    });
}

/// Transactions whose parts are of the right kind and wrong in themselves: they get past the decoder.
fn any_transaction() -> impl Strategy<Value = Vec<u8>> {
    let bytes = |most| prop::collection::vec(any::<u8>(), 0..most);
    let text =
        prop_oneof![".{0,12}", "terra1[02-9ac-hj-np-z]{0,60}", "[0-9]{1,40}", Just("uusd".to_string())];
    let coin = (text.clone(), text.clone()).prop_map(|(denom, amount)| Coin { denom, amount });
    let coins = prop::collection::vec(coin, 0..3);
    let single = Just(PubKey::type_url());
    let multi = Just(LegacyAminoPubKey::type_url());
    let inner = (single.clone(), bytes(40)).prop_map(|(type_url, value)| Any { type_url, value });
    let team = (any::<u32>(), prop::collection::vec(inner, 0..4))
        .prop_map(|(threshold, public_keys)| LegacyAminoPubKey { threshold, public_keys }.encode_to_vec());
    let key = prop_oneof![(single, bytes(40)), (multi, team), (text.clone(), bytes(9))]
        .prop_map(|(type_url, value)| Any { type_url, value });
    let mode = any::<i8>().prop_map(|mode| ModeInfo { sum: Some(Sum::Single(Single { mode: mode.into() })) });
    let modes = (any::<u32>(), bytes(4), prop::collection::vec(mode.clone(), 0..4)).prop_map(
        |(extra_bits_stored, elems, mode_infos)| {
            let bitarray = Some(CompactBitArray { extra_bits_stored, elems });
            ModeInfo { sum: Some(Sum::Multi(Multi { bitarray, mode_infos })) }
        },
    );
    let mode = prop_oneof![mode, modes, Just(ModeInfo::default())];
    let signer = (prop::option::of(key), prop::option::of(mode), any::<u64>())
        .prop_map(|(public_key, mode_info, sequence)| SignerInfo { public_key, mode_info, sequence });
    let send = (text.clone(), text.clone(), coins.clone())
        .prop_map(|(from_address, to_address, amount)| MsgSend { from_address, to_address, amount });
    let execute = (text.clone(), text.clone(), bytes(20), coins.clone())
        .prop_map(|(sender, contract, msg, funds)| MsgExecuteContract { sender, contract, msg, funds });
    let message = prop_oneof![send.prop_map(|msg| to_any(&msg)), execute.prop_map(|msg| to_any(&msg)),];
    let body = (prop::collection::vec(message, 1..3), text.clone(), any::<u64>()).prop_map(
        |(messages, memo, timeout_height)| TxBody { messages, memo, timeout_height, ..TxBody::default() },
    );
    let fee = (coins, any::<u64>(), text).prop_map(|(amount, gas_limit, payer)| Fee {
        amount,
        gas_limit,
        payer,
        ..Fee::default()
    });
    let auth = (prop::collection::vec(signer, 0..3), fee).prop_map(|(signer_infos, fee)| AuthInfo {
        signer_infos,
        fee: Some(fee),
        ..AuthInfo::default()
    });
    (body, auth, prop::collection::vec(bytes(80), 0..3)).prop_map(|(body, auth, signatures)| {
        TxRaw { body_bytes: body.encode_to_vec(), auth_info_bytes: auth.encode_to_vec(), signatures }
            .encode_to_vec()
    })
}

#[test]
fn hostile_parts_are_no_transaction_and_their_simulation_gets_an_answer() {
    check(300, any_transaction(), async |client, bytes| {
        let answer = client.broadcast(&bytes).await;
        assert_ne!(answer["code"], 0, "{bytes:?}");
        let request = SimulateRequest { tx_bytes: bytes.clone(), ..SimulateRequest::default() };
        let answer = client.abci("/cosmos.tx.v1beta1.Service/Simulate", &request, 0).await;
        assert!(answer["code"].is_u64(), "{bytes:?}: {answer}");
    });
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        "-?[0-9]{1,25}".prop_map(Value::from),
        "[0-9a-f]{0,16}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{1,8}", inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

const METHODS: &str = "status block block_by_hash block_results blockchain commit header header_by_hash validators \
    consensus_params tx tx_search block_search abci_query broadcast_tx_sync broadcast_tx_async check_tx \
    num_unconfirmed_txs dev_setBalance dev_revert nope";

const NAMES: &str = "height minHeight maxHeight hash query page per_page order_by path data tx address denom amount id \
    prove";

#[test]
fn random_requests_get_json_rpc_answers() {
    let params = prop::collection::btree_map(
        prop::sample::select(NAMES.split(' ').collect::<Vec<_>>()),
        any_json(),
        0..6,
    );
    let params = prop_oneof![params.prop_map(|map| json!(map)), any_json()];
    let request = (prop::sample::select(METHODS.split(' ').collect::<Vec<_>>()), params);
    check(400, request, async |client, (method, params)| {
        let answer = client.raw(method, params.clone()).await;
        assert!(
            answer.get("result").is_some() != answer.get("error").is_some(),
            "{method} {params}: {answer}"
        );
    });
}

#[test]
fn random_bodies_get_an_answer() {
    check(200, any_json(), async |client, body| {
        let response = client.http.post(client.devnet.rpc_url()).body(body.to_string()).send().await.unwrap();
        assert!(matches!(response.status().as_u16(), 200 | 500), "{body}");
    });
}

#[test]
fn random_queries_of_every_path_get_an_answer() {
    let paths = [
        "/cosmos.auth.v1beta1.Query/Account",
        "/cosmos.auth.v1beta1.Query/Accounts",
        "/cosmos.bank.v1beta1.Query/AllBalances",
        "/cosmos.bank.v1beta1.Query/Balance",
        "/cosmos.bank.v1beta1.Query/TotalSupply",
        "/cosmos.tx.v1beta1.Service/Simulate",
        "/cosmos.tx.v1beta1.Service/GetTx",
        "/cosmwasm.wasm.v1.Query/SmartContractState",
        "/cosmwasm.wasm.v1.Query/AllContractState",
        "/cosmwasm.wasm.v1.Query/ContractsByCode",
        "/cosmwasm.wasm.v1.Query/Code",
        "/cosmos.base.tendermint.v1beta1.Service/GetLatestBlock",
    ];
    let request =
        (prop::sample::select(paths.to_vec()), prop::collection::vec(any::<u8>(), 0..60), any::<i64>());
    check(400, request, async |client, (path, data, height)| {
        let params = json!({ "path": path, "data": hex::encode(&data), "height": height.to_string() });
        let answer = client.rpc("abci_query", params).await;
        assert!(answer["response"]["code"].is_u64(), "{path}: {answer}");
    });
}

#[test]
fn random_rest_paths_get_an_answer() {
    check(200, "/(cosmos|cosmwasm)/(bank|wasm|tx)/v1(beta1)?/[a-z%0-9/]{0,40}", async |client, path| {
        let url = format!("{}{path}", client.devnet.rest_url());
        let response = client.http.get(url).send().await.unwrap();
        assert!(response.status().as_u16() >= 200, "{path}");
    });
}

#[tokio::test]
async fn too_much_is_refused() {
    let client = start().await;
    let response =
        client.http.post(client.devnet.rpc_url()).body(vec![b'['; 2_100_000]).send().await.unwrap();
    assert_eq!(response.status(), 400);
    let deep = "[".repeat(100_000);
    let response = client.http.post(client.devnet.rpc_url()).body(deep).send().await.unwrap();
    assert_eq!(response.status(), 500);
    let error = client.rpc_error("tx_search", json!({ "query": "a".repeat(600) })).await;
    assert_eq!(error, "maximum query length exceeded");
    assert_eq!(client.rpc("health", json!({})).await, json!({}));
}
