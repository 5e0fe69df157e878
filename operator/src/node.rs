//! One CometBFT node over JSON-RPC: queries at the tip, broadcasts, transactions by hash.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use cosmos_sdk_proto::cosmos::auth::v1beta1::{BaseAccount, QueryAccountRequest, QueryAccountResponse};
use cosmos_sdk_proto::cosmos::bank::v1beta1::{QueryBalanceRequest, QueryBalanceResponse};
use cosmos_sdk_proto::cosmos::tx::v1beta1::{SimulateRequest, SimulateResponse};
use cosmos_sdk_proto::cosmwasm::wasm::v1::{QueryCodeRequest, QueryCodeResponse};
use cosmos_sdk_proto::cosmwasm::wasm::v1::{QuerySmartContractStateRequest, QuerySmartContractStateResponse};
use cosmos_sdk_proto::traits::Message;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::error::OperatorError;

/// A whole event's answers fit many times; a node that sends more is not one of ours.
const MOST_BYTES: usize = 32 << 20;
const TIMEOUT: Duration = Duration::from_secs(10);
/// How often the chain's time is looked at while something waits for it.
const SHORTEST_LOOK: Duration = Duration::from_millis(100);
const LONGEST_LOOK: Duration = Duration::from_secs(1);

/// One node.
#[derive(Clone, Debug)]
pub struct Node {
    url: String,
    http: reqwest::Client,
}

/// A transaction that is in a block.
#[derive(Clone, Debug)]
pub struct Included {
    /// Its hash, upper-case hex.
    pub hash: String,
    /// The block's height.
    pub height: u64,
    /// 0 for success.
    pub code: u32,
    /// What the chain said.
    pub log: String,
    /// Gas it used.
    pub gas_used: u64,
    /// Its events: type, and attributes as pairs of key and value.
    pub events: Vec<(String, Vec<(String, String)>)>,
}

/// An account as the chain knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountState {
    /// Its number, fixed when it first received coins.
    pub number: u64,
    /// The sequence that its next transaction must use.
    pub sequence: u64,
}

impl Node {
    /// A node at `url`, for example `http://127.0.0.1:26657`.
    ///
    /// # Errors
    /// [`OperatorError::Unreachable`] if no HTTP client can be made.
    pub fn new(url: &str) -> Result<Self, OperatorError> {
        let http = reqwest::Client::builder().timeout(TIMEOUT).build().map_err(|source| {
            OperatorError::Unreachable { node: url.to_owned(), method: "connect", source }
        })?;
        Ok(Self { url: url.trim_end_matches('/').to_owned(), http })
    }

    /// The node's address.
    pub fn url(&self) -> &str {
        &self.url
    }

    async fn call(&self, method: &'static str, params: Value) -> Result<Value, OperatorError> {
        let unreachable = |source| OperatorError::Unreachable { node: self.url.clone(), method, source };
        let request = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let mut response = self.http.post(&self.url).json(&request).send().await.map_err(unreachable)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if body.len().saturating_add(chunk.len()) > MOST_BYTES {
                return Err(OperatorError::Malformed {
                    method,
                    what: format!("more than {MOST_BYTES} bytes"),
                });
            }
            body.extend_from_slice(&chunk);
        }
        let mut answer: Value = serde_json::from_slice(&body)
            .map_err(|error| OperatorError::Malformed { method, what: error.to_string() })?;
        if let Some(error) = answer.get("error").filter(|e| !e.is_null()) {
            let part = |key| error.get(key).and_then(Value::as_str).unwrap_or_default();
            return Err(OperatorError::Node {
                method,
                text: format!("{}: {}", part("message"), part("data")),
            });
        }
        answer
            .get_mut("result")
            .map(Value::take)
            .ok_or_else(|| OperatorError::Malformed { method, what: "no result".into() })
    }

    /// The chain's id and the height of its last block.
    ///
    /// # Errors
    /// If the node doesn't answer as a CometBFT node does.
    pub async fn status(&self) -> Result<(String, u64), OperatorError> {
        let status = self.call("status", json!({})).await?;
        let chain_id = text(&status, "status", "/node_info/network")?;
        let height = number(&status, "status", "/sync_info/latest_block_height")?;
        Ok((chain_id, height))
    }

    /// Time of the chain's last block (Unix seconds).
    ///
    /// # Errors
    /// If the node doesn't answer as a CometBFT node does.
    pub async fn time(&self) -> Result<u64, OperatorError> {
        let status = self.call("status", json!({})).await?;
        let time = text(&status, "status", "/sync_info/latest_block_time")?;
        let malformed = || OperatorError::Malformed { method: "status", what: format!("block time {time}") };
        let time = cosmrs::tendermint::Time::parse_from_rfc3339(&time).map_err(|_| malformed())?;
        u64::try_from(time.unix_timestamp()).map_err(|_| malformed())
    }

    /// Waits until the chain's last block is of `seconds` (Unix) or later. Contracts go by block time, which is behind
    /// every clock: what is due by ours may still be refused, by a simulation as well.
    ///
    /// # Errors
    /// If the node doesn't answer as a CometBFT node does.
    pub async fn wait_for_time(&self, seconds: u64) -> Result<(), OperatorError> {
        loop {
            let now = self.time().await?;
            if now >= seconds {
                return Ok(());
            }
            let missing = Duration::from_secs(seconds.saturating_sub(now));
            tokio::time::sleep(missing.clamp(SHORTEST_LOOK, LONGEST_LOOK)).await;
        }
    }

    /// SHA-256 of the code with this id, from which addresses of contracts follow.
    ///
    /// # Errors
    /// [`OperatorError::Query`] if there is no such code.
    pub async fn code_checksum(&self, code_id: u64) -> Result<Vec<u8>, OperatorError> {
        let answer: QueryCodeResponse =
            self.query("/cosmwasm.wasm.v1.Query/Code", &QueryCodeRequest { code_id }).await?;
        answer.code_info.map(|info| info.data_hash).ok_or_else(|| OperatorError::Malformed {
            method: "code",
            what: format!("nothing about code {code_id}"),
        })
    }

    async fn query<Q: Message, A: Message + Default>(
        &self,
        path: &str,
        request: &Q,
    ) -> Result<A, OperatorError> {
        const METHOD: &str = "abci_query";
        let params = json!({"path": path, "data": hex::encode(request.encode_to_vec()), "prove": false});
        let answer = self.call(METHOD, params).await?;
        let code = answer.pointer("/response/code").and_then(Value::as_u64).unwrap_or_default();
        if code != 0 {
            let log = answer.pointer("/response/log").and_then(Value::as_str).unwrap_or_default();
            return Err(OperatorError::Query {
                code: u32::try_from(code).unwrap_or(u32::MAX),
                log: log.to_owned(),
            });
        }
        // An empty answer comes as null: proto's default.
        let value = answer.pointer("/response/value").and_then(Value::as_str).unwrap_or_default();
        let malformed = |what: String| OperatorError::Malformed { method: METHOD, what };
        let bytes = BASE64.decode(value).map_err(|error| malformed(error.to_string()))?;
        A::decode(bytes.as_slice()).map_err(|error| malformed(error.to_string()))
    }

    /// An account's number and sequence.
    ///
    /// # Errors
    /// [`OperatorError::Query`] for an address that never received coins.
    pub async fn account(&self, address: &str) -> Result<AccountState, OperatorError> {
        let request = QueryAccountRequest { address: address.to_owned() };
        let answer: QueryAccountResponse = self.query("/cosmos.auth.v1beta1.Query/Account", &request).await?;
        let malformed = |what: &str| OperatorError::Malformed { method: "account", what: what.to_owned() };
        let any = answer.account.ok_or_else(|| malformed("no account"))?;
        let account = BaseAccount::decode(any.value.as_slice()).map_err(|_| malformed(&any.type_url))?;
        Ok(AccountState { number: account.account_number, sequence: account.sequence })
    }

    /// What `address` has of `denom` (micro-denom).
    ///
    /// # Errors
    /// If the node doesn't answer.
    pub async fn balance(&self, address: &str, denom: &str) -> Result<u128, OperatorError> {
        let request = QueryBalanceRequest { address: address.to_owned(), denom: denom.to_owned() };
        let answer: QueryBalanceResponse = self.query("/cosmos.bank.v1beta1.Query/Balance", &request).await?;
        let amount = answer.balance.map_or_else(|| "0".to_owned(), |coin| coin.amount);
        amount.parse().map_err(|_| OperatorError::Malformed { method: "balance", what: amount })
    }

    /// A contract's answer to `message`.
    ///
    /// # Errors
    /// [`OperatorError::Query`] with the contract's words if it refuses.
    pub async fn smart<A: DeserializeOwned>(
        &self,
        contract: &str,
        message: &impl Serialize,
    ) -> Result<A, OperatorError> {
        let query_data =
            serde_json::to_vec(message).map_err(|error| OperatorError::Build(error.to_string()))?;
        let request = QuerySmartContractStateRequest { address: contract.to_owned(), query_data };
        let answer: QuerySmartContractStateResponse =
            self.query("/cosmwasm.wasm.v1.Query/SmartContractState", &request).await?;
        serde_json::from_slice(&answer.data)
            .map_err(|error| OperatorError::Malformed { method: "smart query", what: error.to_string() })
    }

    /// How much gas the transaction would use now.
    ///
    /// # Errors
    /// [`OperatorError::Query`] with the chain's words if the transaction would fail.
    pub async fn simulate(&self, tx_bytes: Vec<u8>) -> Result<u64, OperatorError> {
        let request = SimulateRequest { tx_bytes, ..SimulateRequest::default() };
        let answer: SimulateResponse = self.query("/cosmos.tx.v1beta1.Service/Simulate", &request).await?;
        answer
            .gas_info
            .map(|gas| gas.gas_used)
            .ok_or_else(|| OperatorError::Malformed { method: "simulate", what: "no gas".into() })
    }

    /// Hands a transaction to the node; answers with its hash once the node has checked it.
    ///
    /// # Errors
    /// [`OperatorError::Refused`] if the chain doesn't take it.
    pub async fn broadcast(&self, tx: &[u8]) -> Result<String, OperatorError> {
        let answer = self.call("broadcast_tx_sync", json!({"tx": BASE64.encode(tx)})).await?;
        let code = answer.get("code").and_then(Value::as_u64).unwrap_or_default();
        if code != 0 {
            let log = answer.get("log").and_then(Value::as_str).unwrap_or_default();
            return Err(OperatorError::Refused {
                code: u32::try_from(code).unwrap_or(u32::MAX),
                log: log.to_owned(),
            });
        }
        Ok(hash(tx))
    }

    /// The transaction with this hash, or `None` while it is in no block.
    ///
    /// # Errors
    /// If the node doesn't answer.
    pub async fn tx(&self, hash: &str) -> Result<Option<Included>, OperatorError> {
        const METHOD: &str = "tx";
        let bytes = hex::decode(hash).map_err(|_| OperatorError::Build(format!("{hash} is no hash")))?;
        let answer = match self.call(METHOD, json!({"hash": BASE64.encode(bytes), "prove": false})).await {
            Err(OperatorError::Node { text, .. }) if text.contains("not found") => return Ok(None),
            other => other?,
        };
        let events =
            answer.pointer("/tx_result/events").and_then(Value::as_array).cloned().unwrap_or_default();
        Ok(Some(Included {
            hash: hash.to_owned(),
            height: number(&answer, METHOD, "/height")?,
            code: answer
                .pointer("/tx_result/code")
                .and_then(Value::as_u64)
                .and_then(|code| u32::try_from(code).ok())
                .unwrap_or_default(),
            log: answer.pointer("/tx_result/log").and_then(Value::as_str).unwrap_or_default().to_owned(),
            gas_used: number(&answer, METHOD, "/tx_result/gas_used").unwrap_or_default(),
            events: events.iter().map(event).collect(),
        }))
    }
}

/// A transaction's hash, as nodes and explorers write it: upper-case hex.
pub fn hash(tx: &[u8]) -> String {
    hex::encode_upper(Sha256::digest(tx))
}

fn event(event: &Value) -> (String, Vec<(String, String)>) {
    let part =
        |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let attributes = event.get("attributes").and_then(Value::as_array).cloned().unwrap_or_default();
    (part(event, "type"), attributes.iter().map(|a| (part(a, "key"), part(a, "value"))).collect())
}

fn text(value: &Value, method: &'static str, pointer: &str) -> Result<String, OperatorError> {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .map(ToOwned::to_owned)
        .ok_or_else(|| OperatorError::Malformed { method, what: format!("no text at {pointer}") })
}

fn number(value: &Value, method: &'static str, pointer: &str) -> Result<u64, OperatorError> {
    text(value, method, pointer)?
        .parse()
        .map_err(|_| OperatorError::Malformed { method, what: format!("no number at {pointer}") })
}
