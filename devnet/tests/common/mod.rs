//! What the tests share: a vault contract, a devnet on free ports, and a client that signs with cosmrs.
#![allow(clippy::missing_panics_doc, unreachable_pub)]

pub mod vault;

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use cosmos_sdk_proto::cosmos::auth::v1beta1::{BaseAccount, QueryAccountRequest, QueryAccountResponse};
use cosmos_sdk_proto::cosmos::bank::v1beta1::{MsgSend, QueryBalanceRequest, QueryBalanceResponse};
use cosmos_sdk_proto::cosmos::base::abci::v1beta1::TxMsgData;
use cosmos_sdk_proto::cosmwasm::wasm::v1::{
    MsgExecuteContract, MsgInstantiateContract, QuerySmartContractStateRequest,
    QuerySmartContractStateResponse,
};
use cosmos_sdk_proto::prost::{Message, Name};
use cosmrs::crypto::secp256k1::SigningKey;
use cosmrs::tx::{Body, Fee, SignDoc, SignerInfo};
use cosmrs::{Any, Coin};
use cosmwasm_std::Timestamp;
use meteor_devnet::{Blocks, Clock, Code, Config, Devnet};
use serde_json::{Value, json};

pub const START: u64 = 1_636_351_200;
pub const GAS: u64 = 400_000;

/// Blocks on demand and a clock that counts them: the same every run.
pub fn config() -> Config {
    let any: std::net::SocketAddr = ([127, 0, 0, 1], 0).into();
    Config {
        chain_id: "dev-1".into(),
        accounts: 4,
        blocks: Blocks::OnDemand,
        clock: Clock::Step { start: Timestamp::from_seconds(START), step: Duration::from_secs(6) },
        rpc: any,
        rest: any,
        ..Config::default()
    }
}

pub fn codes() -> Vec<Code> {
    vec![Code::new("vault", vault::contract), Code::new("vault-v2", vault::contract)]
}

pub struct Client {
    pub devnet: Devnet,
    pub http: reqwest::Client,
}

/// Everything in a transaction that a test may want to get wrong.
#[derive(Clone)]
pub struct Envelope {
    pub chain_id: String,
    pub number: Option<u64>,
    pub sequence: Option<u64>,
    pub memo: String,
    pub timeout: u32,
    pub fee: Vec<(u128, &'static str)>,
    pub gas: u64,
}

impl Default for Envelope {
    fn default() -> Envelope {
        Envelope {
            chain_id: "dev-1".into(),
            number: None,
            sequence: None,
            memo: String::new(),
            timeout: 0,
            fee: vec![(10_000, "uusd")],
            gas: GAS,
        }
    }
}

pub async fn start() -> Client {
    start_with(config()).await
}

pub async fn start_with(config: Config) -> Client {
    let devnet = meteor_devnet::start(config, codes()).await.unwrap();
    Client { devnet, http: reqwest::Client::new() }
}

impl Client {
    pub fn address(&self, account: usize) -> String {
        self.devnet.accounts()[account].address.clone()
    }

    pub fn key(&self, account: usize) -> SigningKey {
        let path = &self.devnet.accounts()[account].path;
        meteor_devnet::signing_key(self.devnet.mnemonic(), path).unwrap()
    }

    pub async fn post(&self, body: &Value) -> Value {
        let response = self.http.post(self.devnet.rpc_url()).body(body.to_string()).send().await.unwrap();
        assert_eq!(response.status(), 200, "errors of the RPC come with 200");
        response.json().await.unwrap()
    }

    /// The whole answer, with `result` or `error`.
    pub async fn raw(&self, method: &str, params: Value) -> Value {
        self.post(&json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params })).await
    }

    pub async fn rpc(&self, method: &str, params: Value) -> Value {
        let mut answer = self.raw(method, params).await;
        assert_eq!(answer["id"], 7);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].take()
    }

    pub async fn rpc_error(&self, method: &str, params: Value) -> String {
        let answer = self.raw(method, params).await;
        answer["error"]["data"].as_str().unwrap_or_else(|| panic!("{method}: {answer}")).to_string()
    }

    pub async fn abci(&self, path: &str, request: &impl Message, height: u64) -> Value {
        let data = hex::encode(request.encode_to_vec());
        let params = json!({ "path": path, "data": data, "height": height.to_string(), "prove": false });
        self.rpc("abci_query", params).await["response"].take()
    }

    pub async fn value<M: Message + Default>(&self, path: &str, request: &impl Message, height: u64) -> M {
        let response = self.abci(path, request, height).await;
        assert_eq!(response["code"], 0, "{response}");
        let value = BASE64.decode(response["value"].as_str().unwrap_or_default()).unwrap();
        M::decode(value.as_slice()).unwrap()
    }

    pub async fn account(&self, address: &str) -> BaseAccount {
        let request = QueryAccountRequest { address: address.into() };
        let path = "/cosmos.auth.v1beta1.Query/Account";
        let response: QueryAccountResponse = self.value(path, &request, 0).await;
        BaseAccount::decode(response.account.unwrap().value.as_slice()).unwrap()
    }

    pub async fn balance_at(&self, address: &str, denom: &str, height: u64) -> u128 {
        let request = QueryBalanceRequest { address: address.into(), denom: denom.into() };
        let path = "/cosmos.bank.v1beta1.Query/Balance";
        let response: QueryBalanceResponse = self.value(path, &request, height).await;
        response.balance.unwrap().amount.parse().unwrap()
    }

    pub async fn balance(&self, address: &str, denom: &str) -> u128 {
        self.balance_at(address, denom, 0).await
    }

    pub async fn smart_at(&self, contract: &str, query: Value, height: u64) -> Value {
        let request = QuerySmartContractStateRequest {
            address: contract.into(),
            query_data: query.to_string().into_bytes(),
        };
        let path = "/cosmwasm.wasm.v1.Query/SmartContractState";
        let response: QuerySmartContractStateResponse = self.value(path, &request, height).await;
        serde_json::from_slice(&response.data).unwrap()
    }

    pub async fn smart(&self, contract: &str, query: Value) -> Value {
        self.smart_at(contract, query, 0).await
    }

    /// Signs with account number and sequence from the chain unless the envelope says otherwise.
    pub async fn sign(&self, account: usize, msgs: Vec<Any>, envelope: &Envelope) -> Vec<u8> {
        let (number, sequence) = match (envelope.number, envelope.sequence) {
            (Some(number), Some(sequence)) => (number, sequence),
            (number, sequence) => {
                let on_chain = self.account(&self.address(account)).await;
                (number.unwrap_or(on_chain.account_number), sequence.unwrap_or(on_chain.sequence))
            }
        };
        sign(&self.key(account), msgs, number, sequence, envelope)
    }

    pub async fn broadcast(&self, bytes: &[u8]) -> Value {
        self.rpc("broadcast_tx_sync", json!({ "tx": BASE64.encode(bytes) })).await
    }

    /// Signs, broadcasts, makes a block, and returns `tx`'s answer.
    pub async fn run(&self, account: usize, msgs: Vec<Any>) -> Value {
        let answer = self.submit(account, msgs, &Envelope::default()).await;
        self.included(&answer).await
    }

    /// Signs and broadcasts.
    pub async fn submit(&self, account: usize, msgs: Vec<Any>, envelope: &Envelope) -> Value {
        self.broadcast(&self.sign(account, msgs, envelope).await).await
    }

    /// Makes the block of what was broadcast, and returns `tx`'s answer.
    pub async fn included(&self, answer: &Value) -> Value {
        assert_eq!(answer["code"], 0, "{answer}");
        self.devnet.mine(1).await.unwrap();
        self.tx(answer["hash"].as_str().unwrap()).await
    }

    /// A page of the REST server.
    pub async fn rest(&self, path: &str) -> (u16, Value) {
        let response = self.http.get(format!("{}{path}", self.devnet.rest_url())).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    pub async fn tx(&self, hash: &str) -> Value {
        let hash = BASE64.encode(hex::decode(hash).unwrap());
        self.rpc("tx", json!({ "hash": hash, "prove": false })).await
    }

    /// A vault whose admin is account 0.
    pub async fn instantiate(&self) -> String {
        let vault =
            MsgInstantiateContract { admin: self.address(0), ..instantiation(self.address(0), "vault") };
        let tx = self.run(0, vec![any(&vault)]).await;
        assert_eq!(tx["tx_result"]["code"], 0, "{tx}");
        attribute(&tx["tx_result"], "instantiate", "_contract_address")
    }

    pub fn execute(&self, account: usize, contract: &str, msg: Value, funds: u128) -> Any {
        let funds = if funds > 0 { vec![coin(funds, "uusd").into()] } else { vec![] };
        let (sender, contract) = (self.address(account), contract.into());
        any(&MsgExecuteContract { sender, contract, msg: msg.to_string().into_bytes(), funds })
    }

    pub fn send(&self, from: usize, to: &str, amount: u128) -> Any {
        any(&transfer(self.address(from), to, amount))
    }
}

/// What the first message of a transaction answered.
pub fn response<M: Message + Default + Name>(result: &Value) -> M {
    let data = BASE64.decode(result["data"].as_str().unwrap()).unwrap();
    let first = TxMsgData::decode(data.as_slice()).unwrap().msg_responses.remove(0);
    assert_eq!(first.type_url, M::type_url());
    M::decode(first.value.as_slice()).unwrap()
}

pub fn transfer(from_address: String, to: &str, amount: u128) -> MsgSend {
    MsgSend { from_address, to_address: to.into(), amount: vec![coin(amount, "uusd").into()] }
}

/// Of code 1, without admin.
pub fn instantiation(sender: String, label: &str) -> MsgInstantiateContract {
    let (label, msg) = (label.into(), b"{}".to_vec());
    MsgInstantiateContract { sender, code_id: 1, label, msg, ..MsgInstantiateContract::default() }
}

pub fn any<M: Message + Name>(msg: &M) -> Any {
    Any { type_url: M::type_url(), value: msg.encode_to_vec() }
}

pub fn coin(amount: u128, denom: &str) -> Coin {
    Coin { denom: denom.parse().unwrap(), amount }
}

pub fn fee(envelope: &Envelope) -> Fee {
    let amount = envelope.fee.iter().map(|(amount, denom)| coin(*amount, denom)).collect();
    Fee { amount, gas_limit: envelope.gas, payer: None, granter: None }
}

pub fn sign(key: &SigningKey, msgs: Vec<Any>, number: u64, sequence: u64, envelope: &Envelope) -> Vec<u8> {
    let body = Body::new(msgs, envelope.memo.clone(), envelope.timeout);
    let auth = SignerInfo::single_direct(Some(key.public_key()), sequence).auth_info(fee(envelope));
    let chain_id = envelope.chain_id.parse().unwrap();
    let doc = SignDoc::new(&body, &auth, &chain_id, number).unwrap();
    doc.sign(key).unwrap().to_bytes().unwrap()
}

/// The first value of an attribute in a result's events.
pub fn attribute(result: &Value, kind: &str, key: &str) -> String {
    for event in result["events"].as_array().unwrap() {
        if event["type"] == kind {
            for attribute in event["attributes"].as_array().unwrap() {
                if attribute["key"] == key {
                    return attribute["value"].as_str().unwrap().to_string();
                }
            }
        }
    }
    panic!("no {kind}.{key} in {result}")
}

/// Kinds of events in order, and the attributes of each as `key=value`.
pub fn events(result: &Value) -> Vec<(String, Vec<String>)> {
    let text = |value: &Value| value.as_str().unwrap().to_string();
    result["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| {
            let attributes = event["attributes"].as_array().unwrap().iter();
            let attributes = attributes.map(|one| format!("{}={}", text(&one["key"]), text(&one["value"])));
            (text(&event["type"]), attributes.collect())
        })
        .collect()
}
