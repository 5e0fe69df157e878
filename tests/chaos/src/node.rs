//! A node that serves a recorded chain in CometBFT's shapes, and misbehaves on command.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{Request, Response, StatusCode};
use futures::stream;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use meteor_chain::hashes;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc2822;
use time::{Duration as Time, OffsetDateTime};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::alter;
use crate::fault::Fault;
use crate::record::{Recording, Tape};

/// Most headers in an answer.
const WINDOW: u64 = 20;
/// Most requests in a batch that a healthy node takes.
const BATCH: usize = 10;
/// How long [`Fault::Hang`] takes.
const HANG: Duration = Duration::from_secs(5);
/// The pieces of [`Fault::Slow`], and the pause between them.
const PIECES: (usize, Duration) = (8, Duration::from_millis(150));
/// A proper request has fewer bytes.
const MOST_BYTES: usize = 1 << 20;

/// What a node does wrong, and at which share of the requests that it concerns (0 to 1).
#[derive(Clone, Copy, Debug)]
pub struct Active {
    /// What.
    pub fault: Fault,
    /// How often.
    pub share: f64,
}

/// A running node. Dropping it stops it.
#[derive(Debug)]
pub struct Node {
    /// Where it listens.
    pub addr: SocketAddr,
    /// What it has told so far.
    pub told: Arc<Told>,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

/// The heights of which a node has told the results to anyone; in whatever state they arrived.
#[derive(Debug, Default)]
pub struct Told(Mutex<BTreeSet<u64>>);

impl Told {
    fn tells(&self, height: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(height);
    }

    /// Whether it has told the results of this height.
    pub fn has(&self, height: u64) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&height)
    }
}

#[derive(Debug)]
struct Shared {
    recording: Arc<Recording>,
    /// The chain's tip, for all nodes.
    tip: Arc<AtomicU64>,
    http: reqwest::Client,
    told: Arc<Told>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    rng: ChaCha8Rng,
    active: Vec<Active>,
    /// The tip when [`Fault::TipStill`] began.
    still: Option<u64>,
    /// How often each fault was given.
    given: BTreeMap<Fault, u64>,
}

/// What of a chain a node has, and says it has.
struct Sight<'a> {
    tape: &'a Tape,
    chain_id: Option<&'static str>,
    base: u64,
    top: u64,
    tip: Value,
}

impl Drop for Node {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Node {
    /// Starts a node of the recorded chain, whose tip is `tip`.
    ///
    /// # Errors
    /// If no port can be opened.
    pub async fn start(recording: &Arc<Recording>, tip: &Arc<AtomicU64>, seed: u64) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let addr = listener.local_addr()?;
        let state = State {
            rng: ChaCha8Rng::seed_from_u64(seed),
            active: Vec::new(),
            still: None,
            given: BTreeMap::new(),
        };
        let shared = Arc::new(Shared {
            recording: Arc::clone(recording),
            tip: Arc::clone(tip),
            http: reqwest::Client::new(),
            told: Arc::default(),
            state: Mutex::new(state),
        });
        let (of, told) = (Arc::clone(&shared), Arc::clone(&shared.told));
        let task = tokio::spawn(async move {
            loop {
                if let Ok((socket, _)) = listener.accept().await {
                    tokio::spawn(connection(Arc::clone(&of), socket));
                }
            }
        });
        Ok(Self { addr, told, shared, task })
    }

    /// From now on it does this wrong, and nothing else.
    pub fn misbehave(&self, active: Vec<Active>) {
        let mut state = self.shared.state();
        state.still = None;
        state.active = active;
    }

    /// How often each fault was given.
    pub fn given(&self) -> BTreeMap<Fault, u64> {
        self.shared.state().given.clone()
    }
}

async fn connection(shared: Arc<Shared>, socket: TcpStream) {
    let _ = socket.set_nodelay(true);
    let serve = service_fn(|request| {
        let shared = Arc::clone(&shared);
        async move { shared.answer(request).await }
    });
    // A reset is an error of the service: the connection ends without an answer.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(socket), serve).await;
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The fault of this request, of those that concern it.
    fn fault(&self, method: &str, batch: usize, tip: u64) -> Option<(Fault, u64)> {
        let mut state = self.state();
        let State { rng, active, still, given } = &mut *state;
        for Active { fault, share } in active.iter().filter(|active| concerns(active.fault, method, batch)) {
            if rng.random_bool(*share) {
                *given.entry(*fault).or_default() += 1;
                if *fault == Fault::TipStill {
                    let tip = *still.get_or_insert(tip);
                    return Some((*fault, tip));
                }
                return Some((*fault, rng.random()));
            }
        }
        None
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>, io::Error> {
        let body = to_bytes(Body::new(request.into_body()), MOST_BYTES).await.map_err(io::Error::other)?;
        let Ok(asked) = serde_json::from_slice::<Value>(&body) else {
            return Ok(text(StatusCode::BAD_REQUEST, "no JSON"));
        };
        let requests: Vec<Value> = match &asked {
            Value::Array(all) => all.clone(),
            one => vec![one.clone()],
        };
        let method = requests.first().and_then(|one| one.get("method")).and_then(Value::as_str);
        let method = method.unwrap_or_default().to_owned();
        let tip = self.tip.load(Ordering::Relaxed);
        let (fault, random) = self.fault(&method, requests.len(), tip).unzip();
        let random = random.unwrap_or_default();
        match fault {
            Some(Fault::RateLimit) => return Ok(text(StatusCode::TOO_MANY_REQUESTS, "slow down")),
            Some(Fault::RetryAfter) => return Ok(later((random % 4).to_string())),
            Some(Fault::RetryDate) => {
                let date = OffsetDateTime::now_utc() + Time::seconds(i64::from(random % 4 == 0) * 2);
                return Ok(later(date.format(&Rfc2822).unwrap_or_default().replace("+0000", "GMT")));
            }
            Some(Fault::Unavailable) => return Ok(text(StatusCode::SERVICE_UNAVAILABLE, "maintenance")),
            Some(Fault::Broken) => return Ok(text(StatusCode::INTERNAL_SERVER_ERROR, "oh")),
            Some(Fault::BadGateway) => return Ok(text(StatusCode::BAD_GATEWAY, "<html>502</html>")),
            Some(Fault::Reset) => return Err(io::Error::other("reset")),
            Some(Fault::Hang) => tokio::time::sleep(HANG).await,
            Some(Fault::Garbage) => return Ok(text(StatusCode::OK, "<html>maintenance</html>")),
            Some(Fault::WrongJson) => return Ok(text(StatusCode::OK, "{\"status\":\"ok\",\"data\":[1,2]}")),
            Some(Fault::Empty) => return Ok(text(StatusCode::OK, "")),
            Some(Fault::NoBatch | Fault::BatchLimit) => {
                let most = if fault == Some(Fault::NoBatch) { 0 } else { 5 };
                return Ok(refused(most));
            }
            _ if requests.len() > BATCH => return Ok(refused(BATCH)),
            _ => {}
        }
        let sight = self.sight(fault, random, tip);
        let mut answers = Vec::new();
        for request in &requests {
            answers.push(self.one(&sight, request, fault, random).await);
        }
        // Any order is allowed.
        answers.reverse();
        let at = usize::try_from(random).unwrap_or_default() % answers.len().max(1);
        match fault {
            Some(Fault::Duplicated) => answers.extend(answers.clone()),
            Some(Fault::Reordered) => answers.rotate_left(at),
            Some(Fault::ShortBatch) => drop(answers.remove(at)),
            Some(Fault::WrongIds) => {
                for answer in &mut answers {
                    let id = answer.get("id").and_then(Value::as_u64).unwrap_or_default();
                    let _ = crate::record::set(answer, "id", json!(id + 1));
                }
            }
            _ => {}
        }
        let json = match asked {
            Value::Array(_) => Value::Array(answers),
            _ => answers.pop().unwrap_or_default(),
        };
        Ok(send(json.to_string(), fault))
    }

    /// What it has, and what it says of it.
    fn sight(&self, fault: Option<Fault>, random: u64, tip: u64) -> Sight<'_> {
        let Recording { tape, fork, restarted, .. } = &*self.recording;
        let tip = tip.clamp(1, tape.top());
        let mut sight = Sight { tape, chain_id: None, base: 1, top: tip, tip: Value::Null };
        match fault {
            Some(Fault::Lag) => sight.top = tip.saturating_sub(10).max(1),
            Some(Fault::Pruned) => sight.base = tip.saturating_sub(10).max(1),
            Some(Fault::TwoMachines) if random.is_multiple_of(2) => sight.top = tip.saturating_sub(7).max(1),
            Some(Fault::TwoMachines) => sight.base = tip.saturating_sub(7).max(1),
            Some(Fault::OtherChain) => sight.chain_id = Some("columbus-4"),
            Some(Fault::Restarted) => (sight.tape, sight.top) = (restarted, tip.min(restarted.top())),
            Some(Fault::Fork) => (sight.tape, sight.top) = (fork, tip.min(fork.top())),
            _ => {}
        }
        let told = match fault {
            Some(Fault::TipZero) => 0,
            Some(Fault::TipBack) => tip.saturating_sub(1 + random % 50).max(1),
            Some(Fault::TipAhead) => tip + 1_000_000,
            Some(Fault::TipStill) => random,
            _ => sight.top,
        };
        sight.tip = json!({ "response": { "last_block_height": told.to_string() } });
        if fault == Some(Fault::TipEmpty) {
            sight.tip = if random.is_multiple_of(2) { json!({}) } else { json!({ "response": {} }) };
        }
        sight
    }

    async fn one(&self, sight: &Sight<'_>, request: &Value, fault: Option<Fault>, random: u64) -> Value {
        let id = request.get("id").cloned().unwrap_or_default();
        let null = Value::Null;
        let params = request.get("params").unwrap_or(&null);
        let method = request.get("method").and_then(Value::as_str).unwrap_or_default();
        let done = match (fault, method) {
            (Some(Fault::NullResult), _) => Ok(Value::Null),
            (Some(Fault::Panicked), _) => {
                let data = "runtime error: invalid memory address or nil pointer dereference".to_owned();
                Err(("Internal error", data))
            }
            (_, "abci_info") => Ok(sight.tip.clone()),
            (_, "status") => Ok(self.status(sight)),
            (_, "blockchain") => sight.headers(params, fault, random),
            (_, "block_results") => {
                let results = sight.results(params, fault, random);
                if results.is_ok() {
                    self.told.tells(number(params, "height"));
                }
                results
            }
            _ => return self.pass_on(sight, request).await,
        };
        match done {
            Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
            Err((message, data)) => {
                json!({ "jsonrpc": "2.0", "id": id, "error": { "code": -32603, "message": message, "data": data } })
            }
        }
    }

    fn status(&self, sight: &Sight<'_>) -> Value {
        let time = sight.tape.block(sight.top).and_then(|block| block.meta.pointer("/header/time"));
        json!({
            "node_info": {
                "network": sight.chain_id.unwrap_or(&self.recording.chain_id), "version": "0.38.21"
            },
            "sync_info": {
                "latest_block_height": sight.top.to_string(),
                "latest_block_time": time,
                "earliest_block_height": sight.base.to_string(),
            },
        })
    }

    /// What else is asked, queries of contracts above all, the dev chain answers. It is at the end of the event, so the
    /// latest height is named.
    async fn pass_on(&self, sight: &Sight<'_>, request: &Value) -> Value {
        let mut request = request.clone();
        let asked = request.pointer("/params/height").and_then(Value::as_str).unwrap_or("0").to_owned();
        let latest = asked == "0";
        let error = |data: String| {
            let id = request.get("id");
            json!({ "jsonrpc": "2.0", "id": id, "error": { "code": -32603, "message": "Internal error", "data": data } })
        };
        if request.get("method").and_then(Value::as_str) == Some("abci_query") {
            let asked = asked.parse().unwrap_or_default();
            if asked > sight.top {
                return error(format!(
                    "height {asked} must be less than or equal to the current blockchain height {}",
                    sight.top
                ));
            }
            let height = if latest { sight.top } else { asked };
            if let Some(params) = request.get_mut("params") {
                let _ = crate::record::set(params, "height", json!(height.to_string()));
            }
        }
        let sent = self.http.post(&self.recording.rpc).json(&request).send().await;
        match sent {
            Ok(answer) => answer.json().await.unwrap_or_default(),
            Err(why) => {
                json!({ "jsonrpc": "2.0", "id": null, "error": { "code": -32603, "message": why.to_string() } })
            }
        }
    }
}

type Said = Result<Value, (&'static str, String)>;

impl Sight<'_> {
    /// Clamps at both ends and at 20, descending, as CometBFT does.
    fn headers(&self, params: &Value, fault: Option<Fault>, random: u64) -> Said {
        let max = number(params, "maxHeight").min(self.top);
        let min = number(params, "minHeight").max(self.base).max(max.saturating_sub(WINDOW - 1));
        if min > max {
            let data = format!("min height {min} can't be greater than max height {max}");
            return Err(("Internal error", data));
        }
        let mut metas: Vec<Value> = (min..=max)
            .rev()
            .filter_map(|height| self.tape.block(height + u64::from(fault == Some(Fault::Shifted))))
            .map(|block| block.meta.clone())
            .collect();
        if let Some(other) = self.chain_id {
            for meta in &mut metas {
                let _ = rename(meta, other);
            }
        }
        alter::headers(&mut metas, fault, random);
        Ok(json!({ "last_height": self.top.to_string(), "block_metas": metas }))
    }

    fn results(&self, params: &Value, fault: Option<Fault>, random: u64) -> Said {
        let asked = number(params, "height");
        if asked > self.top {
            let top = self.top;
            let data =
                format!("height {asked} must be less than or equal to the current blockchain height {top}");
            return Err(("Internal error", data));
        }
        if asked < self.base {
            let data = format!("height {asked} is not available, lowest height is {}", self.base);
            return Err(("Internal error", data));
        }
        let missing = || ("Internal error", format!("could not find results for height #{asked}"));
        let height = if fault == Some(Fault::OtherHeight) { asked.saturating_sub(1).max(1) } else { asked };
        let block = self.tape.block(height).filter(|_| fault != Some(Fault::NotYet)).ok_or_else(missing)?;
        let mut results = block.results.clone();
        alter::results(&mut results, fault, random);
        Ok(results)
    }
}

fn rename(meta: &mut Value, chain_id: &str) -> Result<()> {
    let header = meta.get_mut("header").ok_or_else(|| anyhow::anyhow!("a header"))?;
    crate::record::set(header, "chain_id", json!(chain_id))?;
    let hash = hex::encode_upper(hashes::header(header.to_string().as_bytes())?);
    let id = meta.get_mut("block_id").ok_or_else(|| anyhow::anyhow!("an id"))?;
    crate::record::set(id, "hash", json!(hash))
}

fn number(params: &Value, key: &str) -> u64 {
    params.get(key).and_then(Value::as_str).and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// Whether a fault can be given in the answer to a request of `method`, of which there are so many in the batch.
fn concerns(fault: Fault, method: &str, batch: usize) -> bool {
    match fault {
        Fault::RateLimit
        | Fault::RetryAfter
        | Fault::RetryDate
        | Fault::Unavailable
        | Fault::Broken
        | Fault::BadGateway
        | Fault::Reset
        | Fault::Hang
        | Fault::Slow
        | Fault::Truncated
        | Fault::Garbage
        | Fault::WrongJson
        | Fault::NullResult
        | Fault::Empty
        | Fault::Panicked
        | Fault::Lag
        | Fault::Pruned
        | Fault::TwoMachines
        | Fault::OtherChain
        | Fault::Restarted
        | Fault::Fork => true,
        Fault::Duplicated | Fault::Reordered | Fault::ShortBatch | Fault::WrongIds | Fault::NoBatch => {
            batch > 1
        }
        Fault::BatchLimit => batch > 5,
        Fault::TipZero | Fault::TipEmpty | Fault::TipBack | Fault::TipAhead | Fault::TipStill => {
            method == "abci_info"
        }
        Fault::NoTxs
        | Fault::YearOff
        | Fault::Parent
        | Fault::HeaderMissing
        | Fault::Shifted
        | Fault::OtherResults => method == "blockchain",
        Fault::NotYet
        | Fault::OtherHeight
        | Fault::TxLost
        | Fault::Code
        | Fault::EventLost
        | Fault::EventsLost
        | Fault::EventAltered
        | Fault::EventTwice
        | Fault::Base64
        | Fault::EventUnknown => method == "block_results",
    }
}

fn text(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response
}

fn later(when: String) -> Response<Body> {
    let mut response = text(StatusCode::TOO_MANY_REQUESTS, "slow down");
    if let Ok(when) = when.parse() {
        response.headers_mut().insert(RETRY_AFTER, when);
    }
    response
}

/// How CometBFT refuses a batch for its size.
fn refused(most: usize) -> Response<Body> {
    let data = format!("batch request exceeds maximum ({most}) allowed number of requests");
    let error = json!({ "code": -32600, "message": "Invalid Request", "data": data });
    let body = json!({ "jsonrpc": "2.0", "id": -1, "error": error }).to_string();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}

fn send(json: String, fault: Option<Fault>) -> Response<Body> {
    let bytes = Bytes::from(json);
    let length = bytes.len();
    let body = match fault {
        Some(Fault::Slow) => {
            let (pieces, pause) = PIECES;
            let size = length.div_ceil(pieces).max(1);
            let pieces = stream::unfold(bytes, move |mut rest| async move {
                if rest.is_empty() {
                    return None;
                }
                tokio::time::sleep(pause).await;
                let piece = rest.split_to(size.min(rest.len()));
                Some((Ok::<_, Infallible>(piece), rest))
            });
            Body::from_stream(pieces)
        }
        Some(Fault::Truncated) => {
            let half = bytes.slice(..length / 2);
            Body::from_stream(stream::iter([Ok(half), Err(io::Error::other("truncated"))]))
        }
        _ => Body::from(bytes),
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, axum::http::HeaderValue::from_static("application/json"));
    headers.insert(CONTENT_LENGTH, length.into());
    response
}
