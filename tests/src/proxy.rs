//! A proxy in front of a node's RPC that goes wrong as told: what jobs must get through.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_LENGTH;
use axum::response::{IntoResponse, Response};
use futures::stream;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is forwarded; the answer is lost.
    LostAnswer,
    /// It is lost.
    LostRequest,
    /// It is forwarded twice; the second answer comes back.
    Twice,
    /// "mempool is full", without forwarding.
    MempoolFull,
    /// The same of the application's own mempool, as SDK 0.47 says it, without forwarding.
    PoolFull,
    /// 429, without forwarding.
    TooMany,
    /// 502, without forwarding.
    BadGateway,
    /// No JSON.
    Garbage,
    /// It is forwarded; half of the answer comes back.
    HalfAnswer,
    /// It is forwarded; the connection ends in the middle of the answer.
    Cut,
    /// What the same question was answered before comes back: an old height, an old sequence.
    Stale,
    /// It is forwarded and never answered: for a job that is killed meanwhile.
    HangAfter,
    /// It is neither forwarded nor answered.
    HangBefore,
}

impl Fault {
    /// What a job gets through by itself.
    pub const ALL: [Self; 11] = [
        Self::LostAnswer,
        Self::LostRequest,
        Self::Twice,
        Self::MempoolFull,
        Self::PoolFull,
        Self::TooMany,
        Self::BadGateway,
        Self::Garbage,
        Self::HalfAnswer,
        Self::Cut,
        Self::Stale,
    ];

    /// Whether a request by `method` can go wrong so: that a mempool is full is a broadcast's answer.
    pub fn fits(self, method: &str) -> bool {
        !matches!(self, Self::MempoolFull | Self::PoolFull) || method == "broadcast_tx_sync"
    }
}

/// Decides what goes wrong: by the request's number (from 0) and its method.
pub type Plan = Box<dyn Fn(usize, &str) -> Option<Fault> + Send + Sync>;

/// The seed that `METEOR_SEED` names, or a new one; printed, so that a failure can be run again.
pub fn seed() -> u64 {
    let seed = match std::env::var("METEOR_SEED") {
        Ok(seed) => seed.parse().expect("METEOR_SEED is a number"),
        Err(_) => rand::random(),
    };
    println!("METEOR_SEED={seed} runs these faults again");
    seed
}

/// Every third request goes wrong, in a way that `seed` decides; each `run` otherwise.
pub fn by_chance(seed: u64, run: u64) -> Plan {
    Box::new(move |number, method| {
        // Of the request's number alone, so that a run goes the same way again.
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(run);
        rng.set_word_pos(u128::try_from(number).expect("no such number") * 16);
        let fault = Fault::ALL.choose(&mut rng).copied();
        let fault = fault.filter(|fault| fault.fits(method));
        fault.filter(|_| rng.random_ratio(1, 3))
    })
}

struct Inner {
    upstream: String,
    http: reqwest::Client,
    plan: Plan,
    /// What a request has in it that is refused.
    refused: Option<String>,
    seen: AtomicUsize,
    hung: tokio::sync::Notify,
    /// The first answer to each question.
    first: Mutex<HashMap<Bytes, Bytes>>,
}

/// A running proxy.
pub struct Proxy {
    /// Its address.
    pub url: String,
    inner: Arc<Inner>,
}

impl Proxy {
    /// A proxy in front of `upstream`.
    pub async fn start(upstream: &str, plan: Plan) -> Self {
        Self::with(upstream, plan, None).await
    }

    /// A proxy that answers every request with `part` in it with 502, and forwards the others.
    pub async fn refusing(upstream: &str, part: String) -> Self {
        Self::with(upstream, Box::new(|_, _| None), Some(part)).await
    }

    async fn with(upstream: &str, plan: Plan, refused: Option<String>) -> Self {
        let inner = Arc::new(Inner {
            upstream: upstream.to_owned(),
            http: reqwest::Client::new(),
            plan,
            refused,
            seen: AtomicUsize::new(0),
            hung: tokio::sync::Notify::new(),
            first: Mutex::default(),
        });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&inner));
        let url = serve(router).await;
        Self { url, inner }
    }

    /// Requests so far.
    pub fn requests(&self) -> usize {
        self.inner.seen.load(Ordering::SeqCst)
    }

    /// Returns when a request hangs.
    pub async fn hung(&self) {
        self.inner.hung.notified().await;
    }
}

/// Serves on a free port; returns the address.
pub async fn serve(router: Router) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn answer(State(inner): State<Arc<Inner>>, body: Bytes) -> Response {
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    let method = request.get("method").and_then(Value::as_str).unwrap_or_default();
    let number = inner.seen.fetch_add(1, Ordering::SeqCst);
    let refused = inner.refused.as_ref();
    let refused = refused.is_some_and(|part| body.windows(part.len()).any(|some| some == part.as_bytes()));
    let fault = if refused { Some(Fault::BadGateway) } else { (inner.plan)(number, method) };
    let forward = async || {
        let answer = inner.http.post(&inner.upstream).body(body.clone());
        let answer = answer.header("content-type", "application/json").send().await.expect("upstream");
        let answer = answer.bytes().await.expect("upstream's body");
        let mut first = inner.first.lock().expect("not poisoned");
        first.entry(body.clone()).or_insert_with(|| answer.clone());
        answer
    };
    match fault {
        None => forward().await.into_response(),
        Some(Fault::LostAnswer) => {
            forward().await;
            StatusCode::GATEWAY_TIMEOUT.into_response()
        }
        Some(Fault::LostRequest) => StatusCode::GATEWAY_TIMEOUT.into_response(),
        Some(Fault::Twice) => {
            forward().await;
            forward().await.into_response()
        }
        Some(Fault::MempoolFull) => {
            let error = json!({"code": -32603, "message": "Internal error", "data": "mempool is full: number of txs 5000"});
            json!({"jsonrpc": "2.0", "id": 1, "error": error}).to_string().into_response()
        }
        Some(Fault::PoolFull) => {
            let full = json!({"code": 1, "codespace": "undefined", "data": "", "hash": "", "log": "pool reached max tx capacity"});
            json!({"jsonrpc": "2.0", "id": 1, "result": full}).to_string().into_response()
        }
        Some(Fault::TooMany) => StatusCode::TOO_MANY_REQUESTS.into_response(),
        Some(Fault::BadGateway) => (StatusCode::BAD_GATEWAY, "<html>").into_response(),
        Some(Fault::Garbage) => "<html>".into_response(),
        Some(Fault::HalfAnswer) => {
            let whole = forward().await;
            whole.slice(..whole.len() / 2).into_response()
        }
        Some(Fault::Cut) => {
            let whole = forward().await;
            let ends = [Ok(whole.slice(..whole.len() / 2)), Err(std::io::ErrorKind::ConnectionReset.into())];
            let halves = stream::iter::<[std::io::Result<Bytes>; 2]>(ends);
            ([(CONTENT_LENGTH, whole.len())], Body::from_stream(halves)).into_response()
        }
        Some(Fault::Stale) => {
            let first = inner.first.lock().expect("not poisoned").get(&body).cloned();
            match first {
                Some(first) => first.into_response(),
                None => forward().await.into_response(),
            }
        }
        Some(Fault::HangAfter) => {
            forward().await;
            inner.hung.notify_one();
            std::future::pending().await
        }
        Some(Fault::HangBefore) => {
            inner.hung.notify_one();
            std::future::pending().await
        }
    }
}
