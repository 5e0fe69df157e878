//! A node over HTTP that misbehaves on request.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use futures::stream::{self, StreamExt as _};
use meteor_chain::hashes;
use reqwest::Url;
use serde_json::{Value, json};

pub const CHAIN: &str = "testerra";

/// What it does instead of answering.
#[derive(Clone, Debug)]
pub enum Fault {
    /// This status, with this `Retry-After`.
    Status(u16, Option<&'static str>),
    /// Takes the request and says nothing, ever.
    Stall,
    /// Answers in full, in pieces with these pauses (milliseconds).
    Slowly(u64),
    /// Half of the answer, and then nothing, ever.
    Half,
    /// Answers after this many milliseconds.
    Late(u64),
    /// Announces this many bytes.
    Large(u64),
    /// Refuses as a node does, with these words.
    Refuse(&'static str),
}

pub struct Inner {
    pub chain_id: &'static str,
    /// The height that it tells.
    pub tip: u64,
    /// The height that it has.
    pub highest: u64,
    /// What it does wrong at the next requests of a method.
    pub faults: VecDeque<(&'static str, Fault)>,
    /// What it does wrong at every request of a method.
    pub always: Option<(&'static str, Fault)>,
    /// The most requests of one method in a batch that its rate limit ever lets through.
    pub most: Option<usize>,
    /// Methods asked, in order; of a batch the first.
    pub asked: Vec<String>,
}

#[derive(Clone)]
pub struct Server {
    pub inner: Arc<Mutex<Inner>>,
    pub url: Url,
}

impl Server {
    pub async fn start(tip: u64) -> Self {
        let inner = Arc::new(Mutex::new(Inner {
            chain_id: CHAIN,
            tip,
            highest: tip,
            faults: VecDeque::new(),
            always: None,
            most: None,
            asked: Vec::new(),
        }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/secret", listener.local_addr().unwrap()).parse().unwrap();
        let routes = Router::new().route("/{*path}", post(answer)).with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { inner, url }
    }

    pub fn set(&self, change: impl FnOnce(&mut Inner)) {
        change(&mut self.inner.lock().unwrap());
    }

    pub fn fault(&self, method: &'static str, fault: Fault) {
        self.set(|node| node.faults.push_back((method, fault)));
    }

    /// How often a method was asked.
    pub fn asked(&self, method: &str) -> usize {
        self.inner.lock().unwrap().asked.iter().filter(|asked| *asked == method).count()
    }
}

async fn answer(State(inner): State<Arc<Mutex<Inner>>>, body: String) -> Response {
    let (fault, text) = {
        let mut node = inner.lock().unwrap();
        let body: Value = serde_json::from_str(&body).unwrap();
        let method = body.get(0).unwrap_or(&body)["method"].as_str().unwrap().to_owned();
        node.asked.push(method.clone());
        let at = node.faults.iter().position(|(of, _)| *of == method);
        let fault = match at {
            Some(at) => node.faults.remove(at),
            None => node.always.clone().filter(|(of, _)| *of == method),
        };
        let size = body.as_array().map_or(1, Vec::len);
        let fault = match node.most {
            Some(most) if size > most => Some(Fault::Status(429, None)),
            _ => fault.map(|(_, fault)| fault),
        };
        let text = match body.as_array() {
            Some(batch) => Value::Array(batch.iter().map(|one| node.one(one)).collect()).to_string(),
            None => node.one(&body).to_string(),
        };
        (fault, text)
    };
    // A stream's length isn't announced: the pieces come one by one.
    let pieces = |text: &str| -> Vec<Bytes> {
        text.as_bytes().chunks(text.len().div_ceil(10)).map(Bytes::copy_from_slice).collect()
    };
    match fault {
        None => text.into_response(),
        Some(Fault::Status(status, after)) => {
            let after = after.map(|after| [("retry-after", after)]);
            (StatusCode::from_u16(status).unwrap(), after.unwrap_or([("x-none", "")]), "no").into_response()
        }
        Some(Fault::Stall) => std::future::pending().await,
        Some(Fault::Late(millis)) => {
            pause(millis).await;
            text.into_response()
        }
        Some(Fault::Slowly(millis)) => {
            let slowly = stream::iter(pieces(&text)).then(move |piece| async move {
                pause(millis).await;
                Ok::<_, Infallible>(piece)
            });
            Body::from_stream(slowly).into_response()
        }
        Some(Fault::Half) => {
            let half: Vec<_> = pieces(&text).into_iter().take(5).map(Ok::<_, Infallible>).collect();
            Body::from_stream(stream::iter(half).chain(stream::pending())).into_response()
        }
        Some(Fault::Large(bytes)) => {
            let body = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
            ([("content-length", bytes.to_string())], body).into_response()
        }
        Some(Fault::Refuse(words)) => {
            let error = json!({ "code": -32603, "message": "Internal error", "data": words });
            json!({ "jsonrpc": "2.0", "id": 1, "error": error }).to_string().into_response()
        }
    }
}

async fn pause(millis: u64) {
    tokio::time::sleep(std::time::Duration::from_millis(millis)).await;
}

impl Inner {
    fn one(&self, request: &Value) -> Value {
        let asked = |key: &str| request["params"][key].as_str().unwrap().parse::<u64>().unwrap();
        let result = match request["method"].as_str().unwrap() {
            "abci_info" => json!({ "response": { "last_block_height": self.tip.to_string() } }),
            "status" => json!({ "node_info": { "network": self.chain_id, "version": "0.38.21" } }),
            "blockchain" => {
                let max = asked("maxHeight").min(self.highest);
                let min = asked("minHeight").max(max.saturating_sub(19));
                json!({ "block_metas": (min..=max).rev().map(|height| self.header(height)).collect::<Vec<_>>() })
            }
            _ => json!("x".repeat(1_000)),
        };
        json!({ "jsonrpc": "2.0", "id": request["id"], "result": result })
    }

    fn header(&self, height: u64) -> Value {
        let header = json!({
            "chain_id": self.chain_id, "height": height.to_string(), "time": "2026-01-01T00:00:00Z",
        });
        let hash = hex::encode_upper(hashes::header(header.to_string().as_bytes()).unwrap());
        json!({ "block_id": { "hash": hash }, "header": header, "num_txs": "0" })
    }
}
