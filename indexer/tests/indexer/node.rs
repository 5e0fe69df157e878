//! A node to test with: it serves a [`Chain`]'s blocks in CometBFT's shapes, and misbehaves on request.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use cosmos_sdk_proto::cosmwasm::wasm::v1::QuerySmartContractStateResponse;
use cosmos_sdk_proto::traits::Message as _;
use meteor_chain::blocks::RawBlock;
use meteor_chain::event::{RawEvent, TxResult};
use meteor_chain::hashes;
use reqwest::Url;
use serde_json::{Value, json};

use crate::chain::{CHAIN, Chain, GAS, HEADERS, address, raw};

/// What the node does wrong, once, at the next request of that method.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// 429 with this `Retry-After`.
    RateLimit(Option<u64>),
    /// 500 without JSON.
    Broken,
    /// 200 with something that is no JSON.
    Garbage,
    /// A header whose parent is another.
    Parent,
    /// Headers of other heights.
    Shifted,
    /// One transaction less than there is.
    TxLost,
    /// Results of the height before.
    OtherHeight,
    /// The answers of a batch without the last.
    ShortBatch,
    /// Results are not there yet, as right after a block.
    NotYet,
    /// The first contribution has another amount.
    Amount,
    /// The last event of the first transaction is missing.
    EventLost,
    /// The last event of the last transaction is there twice.
    EventTwice,
    /// A meteor that nobody cracked comes back: no number depends on that.
    Strange,
    /// Names and values are in base64, as of CometBFT 0.34.
    Base64,
    /// The first transaction failed.
    Code,
    /// The first header's time is a year off.
    YearOff,
    /// A header that has another hash of its parent's results.
    OtherResults,
    /// The machine that answers has deleted its first blocks.
    Pruned,
}

#[derive(Default)]
pub struct Behaviour {
    pub blocks: Vec<RawBlock>,
    pub chain_id: Option<String>,
    /// What it says its tip is, if not the truth.
    pub tip: Option<u64>,
    /// The lowest height it has.
    pub base: u64,
    pub faults: VecDeque<(&'static str, Fault)>,
    /// The most requests that it takes in a batch; 0 if it takes none.
    pub batch: Option<usize>,
    /// What it does wrong at every request of that method.
    pub always: Option<(&'static str, Fault)>,
    /// Methods asked, in order.
    pub asked: Vec<String>,
    /// What smart queries answer.
    pub answer: Option<Value>,
    /// What queries of other paths answer: the whole `response`.
    pub modules: HashMap<&'static str, Value>,
    /// What other methods answer: their result, or the error's data.
    pub methods: HashMap<&'static str, Result<Value, String>>,
    /// The parameters that those were asked with.
    pub params: Vec<Value>,
}

#[derive(Clone)]
pub struct Node {
    pub inner: Arc<Mutex<Behaviour>>,
    pub addr: SocketAddr,
}

impl Node {
    pub async fn start(blocks: &[RawBlock]) -> Self {
        let behaviour = Behaviour { blocks: blocks.to_vec(), base: 1, ..Behaviour::default() };
        let inner = Arc::new(Mutex::new(behaviour));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let routes = Router::new().route("/", post(answer)).with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { inner, addr }
    }

    pub fn url(&self) -> Url {
        format!("http://{}", self.addr).parse().unwrap()
    }

    pub fn set(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.inner.lock().unwrap());
    }

    pub fn fault(&self, method: &'static str, fault: Fault) {
        self.set(|node| node.faults.push_back((method, fault)));
    }

    /// Whether every fault has happened.
    pub fn faults_done(&self) -> bool {
        self.inner.lock().unwrap().faults.is_empty()
    }

    pub fn asked(&self) -> Vec<String> {
        self.inner.lock().unwrap().asked.clone()
    }
}

async fn answer(State(node): State<Arc<Mutex<Behaviour>>>, body: String) -> Response {
    let mut node = node.lock().unwrap();
    let body: Value = serde_json::from_str(&body).unwrap();
    let method = |request: &Value| request["method"].as_str().unwrap().to_owned();
    let first = body.get(0).map_or_else(|| method(&body), method);
    let fault = match node.faults.front() {
        Some((of, _)) if *of == first => node.faults.pop_front().map(|(_, fault)| fault),
        _ => node.always.clone().filter(|(of, _)| *of == first).map(|(_, fault)| fault),
    };
    match &fault {
        Some(Fault::RateLimit(Some(after))) => {
            return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", after.to_string())]).into_response();
        }
        Some(Fault::RateLimit(None)) => return StatusCode::TOO_MANY_REQUESTS.into_response(),
        Some(Fault::Broken) => return (StatusCode::INTERNAL_SERVER_ERROR, "oh").into_response(),
        Some(Fault::Garbage) => return "<html>maintenance</html>".into_response(),
        _ => {}
    }
    let json = if let Some(batch) = body.as_array() {
        assert!(batch.len() <= 10, "a batch may have ten requests");
        if let Some(most) = node.batch.filter(|most| batch.len() > *most) {
            let data = format!("batch request exceeds maximum ({most}) allowed number of requests");
            let error = json!({ "code": -32600, "message": "Invalid Request", "data": data });
            let refusal = json!({ "jsonrpc": "2.0", "id": -1, "error": error }).to_string();
            return (StatusCode::INTERNAL_SERVER_ERROR, refusal).into_response();
        }
        let mut answers: Vec<Value> = batch.iter().map(|request| node.one(request, fault.as_ref())).collect();
        answers.reverse(); // any order is allowed
        if fault == Some(Fault::ShortBatch) {
            answers.pop();
        }
        Value::Array(answers)
    } else {
        node.one(&body, fault.as_ref())
    };
    json.to_string().into_response()
}

impl Behaviour {
    fn top(&self) -> u64 {
        self.blocks.len() as u64
    }

    fn one(&mut self, request: &Value, fault: Option<&Fault>) -> Value {
        let method = request["method"].as_str().unwrap();
        self.asked.push(method.to_owned());
        let done = match method {
            "abci_info" => {
                Ok(json!({ "response": { "last_block_height": self.tip.unwrap_or(self.top()).to_string() } }))
            }
            "status" => Ok(json!({ "node_info": {
                "network": self.chain_id.as_deref().unwrap_or(CHAIN), "version": "0.38.21" } })),
            "blockchain" => self.blockchain(&request["params"], fault),
            "block_results" => self.results(&request["params"], fault),
            "abci_query" => Ok(self.query(&request["params"])),
            other => {
                self.params.push(request["params"].clone());
                self.methods.get(other).cloned().unwrap_or_else(|| panic!("{other}"))
            }
        };
        let id = &request["id"];
        match done {
            Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
            Err(data) => {
                let error = json!({ "code": -32603, "message": "Internal error", "data": data });
                json!({ "jsonrpc": "2.0", "id": id, "error": error })
            }
        }
    }

    /// Clamps at both ends and at 20, descending, as CometBFT does.
    fn blockchain(&self, params: &Value, fault: Option<&Fault>) -> Result<Value, String> {
        let asked = |key: &str| params[key].as_str().unwrap().parse::<u64>().unwrap();
        let max = asked("maxHeight").min(self.top());
        let base = if fault == Some(&Fault::Pruned) { max } else { self.base };
        let min = asked("minHeight").max(base).max(max.saturating_sub(19));
        if min > max {
            return Err(format!("min height {min} can't be greater than max height {max}"));
        }
        let metas = (min..=max).rev().map(|height| {
            let shift = u64::from(fault == Some(&Fault::Shifted));
            let header = &self.blocks[height as usize - 1].header;
            let mut json = HEADERS.lock().unwrap()[&header.hash].clone();
            if let Some(other) = &self.chain_id {
                json["chain_id"] = json!(other);
            }
            if fault == Some(&Fault::Parent) && height == min {
                json["last_block_id"]["hash"] = json!(hex::encode_upper([0xee; 32]));
            }
            json["height"] = json!((height + shift).to_string());
            // Another chain's headers have right hashes, too.
            let hash = hashes::header(json.to_string().as_bytes()).unwrap();
            if fault == Some(&Fault::YearOff) {
                let time = json["time"].as_str().unwrap().replace("1970", "1971");
                json["time"] = json!(time);
            }
            if fault == Some(&Fault::OtherResults) {
                json["last_results_hash"] = json!(hex::encode_upper([0xee; 32]));
            }
            json!({
                "block_id": { "hash": hex::encode_upper(hash) },
                "num_txs": header.txs.to_string(),
                "header": json,
            })
        });
        Ok(json!({ "last_height": self.top().to_string(), "block_metas": metas.collect::<Vec<_>>() }))
    }

    fn results(&self, params: &Value, fault: Option<&Fault>) -> Result<Value, String> {
        let height: u64 = params["height"].as_str().unwrap().parse().unwrap();
        if height > self.top() || fault == Some(&Fault::NotYet) {
            return Err(format!("could not find results for height #{height}"));
        }
        if height < self.base {
            return Err(format!("height {height} is not available, lowest height is {}", self.base));
        }
        let mut results = self.blocks[height as usize - 1].results.clone();
        alter(&mut results.txs, fault);
        let results = &results;
        let events = |events: &[RawEvent<'_>], mode: Option<&str>| -> Vec<Value> {
            let one = |event: &RawEvent<'_>| {
                let mut all: Vec<_> = event
                    .attributes
                    .iter()
                    .map(|a| json!({ "key": a.key, "value": a.value, "index": true }))
                    .collect();
                // As the SDK marks them from CometBFT 0.38 on.
                all.extend(mode.map(|mode| json!({ "key": "mode", "value": mode, "index": false })));
                json!({ "type": event.kind, "attributes": all })
            };
            events.iter().map(one).collect()
        };
        let one = |tx: &TxResult<'_>| json!({ "code": tx.code, "data": null, "gas_wanted": GAS[0].to_string(), "gas_used": GAS[1].to_string(), "events": events(&tx.events, None) });
        let txs: Vec<Value> = results.txs.iter().map(one).collect();
        let outside =
            [events(&results.begin, Some("BeginBlock")), events(&results.end, Some("EndBlock"))].concat();
        // Of a block without transactions none can be lost: then there is one too many.
        let lost = fault == Some(&Fault::TxLost);
        let txs = match txs.as_slice() {
            [_, rest @ ..] if lost => rest.to_vec(),
            [] if lost => vec![json!({ "code": 0, "events": [] })],
            all => all.to_vec(),
        };
        let height = if fault == Some(&Fault::OtherHeight) { height - 1 } else { height };
        let txs = if txs.is_empty() { Value::Null } else { json!(txs) };
        Ok(
            json!({ "height": height.to_string(), "txs_results": txs, "finalize_block_events": outside, "validator_updates": null }),
        )
    }

    fn query(&self, params: &Value) -> Value {
        if let Some(response) = self.modules.get(params["path"].as_str().unwrap()) {
            return json!({ "response": response });
        }
        let Some(answer) = &self.answer else {
            return json!({ "response": { "code": 5, "log": "no such contract" } });
        };
        // The page after the last shower is empty.
        let asked = hex::decode(params["data"].as_str().unwrap()).unwrap();
        let more = String::from_utf8_lossy(&asked).contains("\"start_after\":null");
        let data = if more { answer.to_string() } else { json!({ "showers": [] }).to_string() };
        let bytes = QuerySmartContractStateResponse { data: data.into_bytes() }.encode_to_vec();
        let value = BASE64.encode(bytes);
        json!({ "response": { "code": 0, "value": value, "height": params["height"] } })
    }
}

/// Makes a block's transactions say what can't be true.
fn alter(txs: &mut [TxResult<'static>], fault: Option<&Fault>) {
    let contribution = |event: &&mut RawEvent<'static>| event.kind == "wasm-contribution";
    match fault {
        Some(Fault::Amount) => {
            for event in txs.iter_mut().flat_map(|tx| &mut tx.events).filter(contribution) {
                for attribute in event.attributes.iter_mut().filter(|attribute| attribute.key == "amount") {
                    attribute.value = "31".into();
                }
            }
        }
        Some(Fault::EventLost) => {
            // Not the last: what is lost at the end shows only in the next block.
            if let [first, ..] = txs {
                first.events.pop();
            }
        }
        Some(Fault::EventTwice) => {
            if let [.., last] = txs
                && let Some(event) = last.events.last().cloned()
            {
                last.events.push(event);
            }
        }
        Some(Fault::Strange) => {
            if let [first, ..] = txs {
                let (contract, event) = Chain::reclaim_events(99, &address(1)).remove(0);
                first.events.push(raw(&contract, &event));
            }
        }
        Some(Fault::Base64) => {
            for attribute in
                txs.iter_mut().flat_map(|tx| &mut tx.events).flat_map(|event| &mut event.attributes)
            {
                attribute.key = BASE64.encode(attribute.key.as_bytes()).into();
                attribute.value = BASE64.encode(attribute.value.as_bytes()).into();
            }
        }
        Some(Fault::Code) => {
            if let [first, ..] = txs {
                first.code = 5;
            }
        }
        _ => {}
    }
}
