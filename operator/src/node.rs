//! CometBFT nodes of one chain over JSON-RPC: queries at the tip, broadcasts, transactions by hash.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
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

/// How often a read is tried over all nodes before it fails.
const ROUNDS: u32 = 5;
/// The pause before the second try; it doubles with each.
const PAUSE: Duration = Duration::from_millis(100);
/// The chain's code for "is in the mempool already".
const IN_MEMPOOL: u32 = 19;

/// One node of a chain, or several that stand in for each other.
#[derive(Clone, Debug)]
pub struct Node {
    urls: Arc<[String]>,
    http: reqwest::Client,
    /// Height that is known to exist: an answer from below it is old.
    floor: Arc<AtomicU64>,
}

/// What a node answered to a query, and the height at which it holds.
struct Answer<A> {
    value: A,
    height: u64,
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
        Self::pool(&[url])
    }

    /// Nodes of one chain at `urls`: what one doesn't answer is asked of the next, and transactions go to all.
    ///
    /// # Errors
    /// [`OperatorError::Build`] if `urls` is empty; [`OperatorError::Unreachable`] if no HTTP client can be made.
    pub fn pool<S: AsRef<str>>(urls: &[S]) -> Result<Self, OperatorError> {
        let urls: Vec<String> =
            urls.iter().map(|url| url.as_ref().trim_end_matches('/').to_owned()).collect();
        let Some(first) = urls.first() else {
            return Err(OperatorError::Build("no node is named".into()));
        };
        let http = reqwest::Client::builder().timeout(TIMEOUT).build().map_err(|source| {
            OperatorError::Unreachable { node: first.clone(), method: "connect", source }
        })?;
        Ok(Self { urls: urls.into(), http, floor: Arc::default() })
    }

    /// The first node's address.
    pub fn url(&self) -> &str {
        self.urls.first().map_or("", String::as_str)
    }

    /// Height `height` is known to exist: answers from below it count as old from now on.
    pub fn seen(&self, height: u64) {
        self.floor.fetch_max(height, Ordering::Relaxed);
    }

    fn not_behind(&self, height: u64) -> Result<(), OperatorError> {
        let needed = self.floor.load(Ordering::Relaxed);
        if height < needed { Err(OperatorError::Behind { height, needed }) } else { Ok(()) }
    }

    /// Asks one node after the other until `read` is content with an answer; after each round over all of them it waits.
    async fn ask<T>(
        &self,
        method: &'static str,
        params: Value,
        read: impl Fn(Value) -> Result<T, OperatorError>,
    ) -> Result<T, OperatorError> {
        let mut round = 0;
        let mut pause = PAUSE;
        loop {
            let mut last = OperatorError::Build("no node is named".into());
            for url in self.urls.iter() {
                match self.call(url, method, params.clone()).await.and_then(&read) {
                    Err(error) if error.of_the_node() => last = error,
                    other => return other,
                }
            }
            round += 1;
            if round >= ROUNDS {
                return Err(last);
            }
            tokio::time::sleep(jittered(pause)).await;
            pause = pause.saturating_mul(2);
        }
    }

    async fn call(&self, url: &str, method: &'static str, params: Value) -> Result<Value, OperatorError> {
        let unreachable = |source| OperatorError::Unreachable { node: url.to_owned(), method, source };
        let request = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let mut response = self.http.post(url).json(&request).send().await.map_err(unreachable)?;
        let status = response.status();
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
        // CometBFT's own errors come with status 500 and a body that says more than the status.
        let mut answer: Value = match serde_json::from_slice(&body) {
            Ok(answer) => answer,
            Err(_) if !status.is_success() => {
                return Err(OperatorError::Busy { node: url.to_owned(), method, status: status.as_u16() });
            }
            Err(error) => return Err(OperatorError::Malformed { method, what: error.to_string() }),
        };
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

    /// Makes sure that all nodes that answer are of one chain; answers with its id.
    ///
    /// # Errors
    /// [`OperatorError::OtherChain`] if they aren't; if none answers.
    pub async fn one_chain(&self) -> Result<String, OperatorError> {
        let (expected, _) = self.status().await?;
        for url in self.urls.iter().filter(|_| self.urls.len() > 1) {
            let Ok(status) = self.call(url, "status", json!({})).await else { continue };
            let chain_id = text(&status, "status", "/node_info/network")?;
            if chain_id != expected {
                return Err(OperatorError::OtherChain { node: url.clone(), chain_id, expected });
            }
        }
        Ok(expected)
    }

    /// The chain's id and the height of its last block.
    ///
    /// # Errors
    /// If the node doesn't answer as a CometBFT node does.
    pub async fn status(&self) -> Result<(String, u64), OperatorError> {
        self.ask("status", json!({}), |status| {
            let chain_id = text(&status, "status", "/node_info/network")?;
            let height = number(&status, "status", "/sync_info/latest_block_height")?;
            self.not_behind(height)?;
            Ok((chain_id, height))
        })
        .await
    }

    /// Time of the chain's last block (Unix seconds).
    ///
    /// # Errors
    /// If the node doesn't answer as a CometBFT node does.
    pub async fn time(&self) -> Result<u64, OperatorError> {
        let time = self
            .ask("status", json!({}), |status| {
                self.not_behind(number(&status, "status", "/sync_info/latest_block_height")?)?;
                text(&status, "status", "/sync_info/latest_block_time")
            })
            .await?;
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
        self.query_at(path, request).await.map(|answer| answer.value)
    }

    async fn query_at<Q: Message, A: Message + Default>(
        &self,
        path: &str,
        request: &Q,
    ) -> Result<Answer<A>, OperatorError> {
        const METHOD: &str = "abci_query";
        let params = json!({"path": path, "data": hex::encode(request.encode_to_vec()), "prove": false});
        self.ask(METHOD, params, |answer| {
            // A refusal says no height: a node behind may refuse what is true at the tip.
            let code = answer.pointer("/response/code").and_then(Value::as_u64).unwrap_or_default();
            if code != 0 {
                let log = answer.pointer("/response/log").and_then(Value::as_str).unwrap_or_default();
                return Err(OperatorError::Query {
                    code: u32::try_from(code).unwrap_or(u32::MAX),
                    log: log.to_owned(),
                });
            }
            let height = number(&answer, METHOD, "/response/height")?;
            self.not_behind(height)?;
            // An empty answer comes as null: proto's default.
            let value = answer.pointer("/response/value").and_then(Value::as_str).unwrap_or_default();
            let malformed = |what: String| OperatorError::Malformed { method: METHOD, what };
            let bytes = BASE64.decode(value).map_err(|error| malformed(error.to_string()))?;
            let value = A::decode(bytes.as_slice()).map_err(|error| malformed(error.to_string()))?;
            Ok(Answer { value, height })
        })
        .await
    }

    /// An account's number and sequence.
    ///
    /// # Errors
    /// [`OperatorError::Query`] for an address that never received coins.
    pub async fn account(&self, address: &str) -> Result<AccountState, OperatorError> {
        self.account_at(address).await.map(|(state, _)| state)
    }

    /// An account's number and sequence, and the height of the block after which they are so.
    ///
    /// # Errors
    /// [`OperatorError::Query`] for an address that never received coins.
    pub async fn account_at(&self, address: &str) -> Result<(AccountState, u64), OperatorError> {
        let request = QueryAccountRequest { address: address.to_owned() };
        let answer = self.query_at("/cosmos.auth.v1beta1.Query/Account", &request).await?;
        let Answer { value, height }: Answer<QueryAccountResponse> = answer;
        let malformed = |what: &str| OperatorError::Malformed { method: "account", what: what.to_owned() };
        let any = value.account.ok_or_else(|| malformed("no account"))?;
        let account = BaseAccount::decode(any.value.as_slice()).map_err(|_| malformed(&any.type_url))?;
        Ok((AccountState { number: account.account_number, sequence: account.sequence }, height))
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

    /// The chain's tax on coins that are sent, in units of 10⁻¹⁸, as it writes it; `None` where there is none.
    ///
    /// # Errors
    /// If no node answers.
    pub async fn burn_tax_rate(&self) -> Result<Option<String>, OperatorError> {
        // The answer is one text field, a decimal's atomics: as prost decodes a wrapped string.
        match self.query::<_, String>("/terra.tax.v1beta1.Query/BurnTaxRate", &()).await {
            Ok(answer) => Ok(Some(answer)),
            Err(OperatorError::Query { log, .. }) if log.contains("unknown query path") => Ok(None),
            Err(error) => Err(error),
        }
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

    /// How much gas a block holds; `None` where that is not limited.
    ///
    /// # Errors
    /// If the node doesn't answer as a CometBFT node does.
    pub async fn block_gas(&self) -> Result<Option<u64>, OperatorError> {
        const METHOD: &str = "consensus_params";
        self.ask(METHOD, json!({}), |answer| {
            let gas = text(&answer, METHOD, "/consensus_params/block/max_gas")?;
            if gas == "-1" {
                return Ok(None);
            }
            let malformed = || OperatorError::Malformed { method: METHOD, what: format!("max_gas {gas}") };
            gas.parse().map(Some).map_err(|_| malformed())
        })
        .await
    }

    /// Hands a transaction to all nodes; answers with its hash once one of them has checked it, or has it already.
    ///
    /// # Errors
    /// [`OperatorError::Refused`] if all nodes refuse it: it is in none of their mempools then. Any other error says
    /// nothing about the transaction.
    pub async fn broadcast(&self, tx: &[u8]) -> Result<String, OperatorError> {
        const METHOD: &str = "broadcast_tx_sync";
        let mut tasks = tokio::task::JoinSet::new();
        for url in self.urls.iter() {
            let (node, url, params) = (self.clone(), url.clone(), json!({"tx": BASE64.encode(tx)}));
            tasks.spawn(async move {
                let answer = match node.call(&url, METHOD, params).await {
                    Err(OperatorError::Node { text, .. }) if text.contains("already exists in cache") => {
                        return Ok(());
                    }
                    other => other?,
                };
                let malformed = || OperatorError::Malformed { method: METHOD, what: "no code".into() };
                let code = answer.get("code").and_then(Value::as_u64).ok_or_else(malformed)?;
                let code = u32::try_from(code).unwrap_or(u32::MAX);
                if code == 0 || code == IN_MEMPOOL {
                    return Ok(());
                }
                let log = answer.get("log").and_then(Value::as_str).unwrap_or_default().to_owned();
                Err(OperatorError::Refused { code, log })
            });
        }
        let mut refused = None;
        let mut unknown = None;
        while let Some(done) = tasks.join_next().await {
            match done {
                Ok(Ok(())) => {
                    // The others shall have it too.
                    tasks.detach_all();
                    return Ok(hash(tx));
                }
                Ok(Err(error @ OperatorError::Refused { .. })) => refused = Some(error),
                Ok(Err(error)) => unknown = Some(error),
                Err(error) => unknown = Some(OperatorError::Build(error.to_string())),
            }
        }
        Err(unknown.or(refused).unwrap_or_else(|| OperatorError::Build("no node is named".into())))
    }

    /// The transaction with this hash, or `None` while no node knows a block that holds it.
    ///
    /// # Errors
    /// If no node answers.
    pub async fn tx(&self, hash: &str) -> Result<Option<Included>, OperatorError> {
        const METHOD: &str = "tx";
        let bytes = hex::decode(hash).map_err(|_| OperatorError::Build(format!("{hash} is no hash")))?;
        let params = json!({"hash": BASE64.encode(bytes), "prove": false});
        let (mut last, mut answered) = (None, false);
        for url in self.urls.iter() {
            match self.call(url, METHOD, params.clone()).await {
                Ok(answer) => return included(hash, &answer).map(Some),
                // A node without an index can't tell: the account's sequence does.
                Err(OperatorError::Node { text, .. })
                    if text.contains("not found") || text.contains("indexing is disabled") =>
                {
                    answered = true;
                }
                Err(error) => last = Some(error),
            }
        }
        // One dead node among several must not make a slow block look like a failure.
        match last {
            Some(error) if !answered => Err(error),
            _ => Ok(None),
        }
    }

    /// The transaction with this hash, searched in every block of a range: for nodes that have no index.
    ///
    /// # Errors
    /// If no node has the blocks.
    pub async fn scan(&self, hash: &str, from: u64, to: u64) -> Result<Option<Included>, OperatorError> {
        for height in from..=to {
            let params = json!({"height": height.to_string()});
            let position = self
                .ask("block", params.clone(), |block| {
                    // The node may lie or be pruned: an empty block must say that it is this height's.
                    if number(&block, "block", "/block/header/height")? != height {
                        return Err(OperatorError::Malformed {
                            method: "block",
                            what: "other height".into(),
                        });
                    }
                    let txs = block.pointer("/block/data/txs").and_then(Value::as_array);
                    Ok(txs.and_then(|txs| {
                        txs.iter().position(|tx| {
                            let bytes = tx.as_str().and_then(|tx| BASE64.decode(tx).ok());
                            bytes.is_some_and(|bytes| self::hash(&bytes) == hash)
                        })
                    }))
                })
                .await?;
            let Some(position) = position else { continue };
            let result = self
                .ask("block_results", params, |results| {
                    results.pointer(&format!("/txs_results/{position}")).cloned().ok_or_else(|| {
                        OperatorError::Malformed { method: "block_results", what: "too few".into() }
                    })
                })
                .await?;
            let answer = json!({"height": height.to_string(), "tx_result": result});
            return included(hash, &answer).map(Some);
        }
        Ok(None)
    }
}

fn included(hash: &str, answer: &Value) -> Result<Included, OperatorError> {
    let events = answer.pointer("/tx_result/events").and_then(Value::as_array).cloned().unwrap_or_default();
    let malformed = || OperatorError::Malformed { method: "tx", what: "no code".into() };
    let code = answer.pointer("/tx_result/code").and_then(Value::as_u64).ok_or_else(malformed)?;
    Ok(Included {
        hash: hash.to_owned(),
        height: number(answer, "tx", "/height")?,
        code: u32::try_from(code).map_err(|_| malformed())?,
        log: answer.pointer("/tx_result/log").and_then(Value::as_str).unwrap_or_default().to_owned(),
        gas_used: number(answer, "tx", "/tx_result/gas_used")?,
        events: events.iter().map(event).collect(),
    })
}

/// `pause`, and up to as much again: jobs that failed together shall not come back together.
fn jittered(pause: Duration) -> Duration {
    let dice = getrandom::u32().unwrap_or_default();
    pause.saturating_add(pause.mul_f64(f64::from(dice) / f64::from(u32::MAX)))
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
