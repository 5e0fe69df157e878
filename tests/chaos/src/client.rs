//! Clients that read all pages all the time, and compare each answer with what a clean rebuild says at the height that
//! the answer carries.

use std::collections::HashMap;
use std::io::Read as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use flate2::read::GzDecoder;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use reqwest::StatusCode;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::node::Told;
use crate::oracle::Oracle;
use crate::tally::{Tally, count};

/// A client gives up on an answer after so long.
const DEADLINE: Duration = Duration::from_secs(10);
/// The pause after a request without an answer.
const PAUSE: Duration = Duration::from_millis(50);
/// Blocks less than this far from the tip are told by two nodes, or marked.
const CLOSE: u64 = 100;

/// Reads from one replica.
#[derive(Debug)]
pub struct Client {
    /// The replica.
    pub replica: SocketAddr,
    /// What is right.
    pub oracle: Arc<Oracle>,
    /// What is counted.
    pub tally: Arc<Tally>,
    /// The time between two requests.
    pub every: Duration,
    /// How often the replica was ended: each process begins anew.
    pub ends: Arc<AtomicU64>,
    /// The chain's tip.
    pub tip: Arc<AtomicU64>,
    /// What each node that the replica asks has told; nothing if that can't be judged.
    pub told: Vec<Arc<Told>>,
    /// Set when it should end.
    pub stop: Arc<AtomicBool>,
    /// In what to say what was found.
    pub round: String,
}

/// What a client knows of the replica.
#[derive(Debug, Default)]
struct Known {
    /// The last height seen of this process; 0 for none.
    height: u64,
    /// Which process that was.
    process: u64,
    /// Which process was asked.
    asked: u64,
    /// By tag: the body that it stands for.
    bodies: HashMap<(usize, String), [u8; 32]>,
}

impl Client {
    /// Reads until told to stop.
    ///
    /// # Errors
    /// If there is no HTTP client.
    pub async fn run(self, seed: u64) -> Result<()> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let http = reqwest::Client::builder().timeout(DEADLINE).build()?;
        let mut known = Known::default();
        let all: Vec<usize> = (0..self.oracle.paths.len()).collect();
        while !self.stop.load(Ordering::Relaxed) {
            let at = all.choose(&mut rng).copied().unwrap_or_default();
            known.asked = self.ends.load(Ordering::Relaxed);
            if known.asked != known.process {
                known.height = 0;
            }
            // One in twenty looks at how current all is.
            let asked = if rng.random_ratio(1, 20) {
                self.status(&http, &mut known).await
            } else {
                let way = rng.random_range(0..4);
                self.page(&http, &mut known, at, way).await
            };
            if asked.is_err() {
                // The next process may begin anew.
                known.height = 0;
                count(&self.tally.down);
                tokio::time::sleep(PAUSE).await;
            }
            tokio::time::sleep(self.every).await;
        }
        Ok(())
    }

    /// Compares all pages once, at the height where the replica is.
    ///
    /// # Errors
    /// If one has no answer.
    pub async fn all(&self) -> Result<()> {
        let http = reqwest::Client::builder().timeout(DEADLINE).build()?;
        let mut known = Known { asked: self.ends.load(Ordering::Relaxed), ..Known::default() };
        for at in 0..self.oracle.paths.len() {
            self.page(&http, &mut known, at, 0).await?;
        }
        Ok(())
    }

    async fn page(&self, http: &reqwest::Client, known: &mut Known, at: usize, way: u32) -> Result<()> {
        let path = self.oracle.paths.get(at).context("a path")?;
        let mut request = http.get(format!("http://{}{path}", self.replica));
        let packed = match way {
            1 => Some("gzip"),
            3 => Some("br"),
            _ => None,
        };
        if let Some(packed) = packed {
            request = request.header(ACCEPT_ENCODING, packed);
        }
        let tag = known.bodies.keys().find(|(of, _)| *of == at).map(|(_, tag)| tag.clone());
        let tag = tag.filter(|_| way == 2);
        if let Some(tag) = &tag {
            request = request.header(IF_NONE_MATCH, tag);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await?;
        let Some(height) = height_of(&headers) else {
            self.without_height(known.height, at, status, &body).await;
            return Ok(());
        };
        self.not_back(known, height);
        self.one_node(path, height, &headers);
        let Ok(right) = self.oracle.at(height).await else {
            self.tally
                .found(format!("{}: {path} at height {height}, which does not exist: {status}", self.round));
            return Ok(());
        };
        let (right_status, right_hash) = right.get(at).copied().context("a path")?;
        if status == StatusCode::NOT_MODIFIED {
            let hash = tag.and_then(|tag| known.bodies.get(&(at, tag)));
            if hash == Some(&right_hash) {
                count(&self.tally.unchanged);
                count(&self.tally.compared);
            } else {
                let round = &self.round;
                self.tally
                    .found(format!("{round}: {path} at height {height}: unchanged, it says, but it is not"));
            }
            return Ok(());
        }
        let mut plain = Vec::new();
        match headers.get(CONTENT_ENCODING).map(HeaderValue::as_bytes) {
            None => plain.extend_from_slice(&body),
            Some(b"gzip") if packed == Some("gzip") => {
                GzDecoder::new(&*body).read_to_end(&mut plain)?;
            }
            Some(b"br") if packed == Some("br") => brotli::BrotliDecompress(&mut &*body, &mut plain)?,
            Some(other) => {
                let other = String::from_utf8_lossy(other);
                self.tally
                    .found(format!("{}: {path}: packed as {other}, which was not asked for", self.round));
                return Ok(());
            }
        }
        let hash: [u8; 32] = Sha256::digest(&plain).into();
        if (status.as_u16(), hash) == (right_status, right_hash) {
            count(&self.tally.compared);
            if let (Some(tag), true) = (headers.get(ETAG), status.is_success()) {
                known.bodies.retain(|(of, _), _| *of != at);
                known.bodies.insert((at, tag.to_str().unwrap_or_default().to_owned()), hash);
            }
            return Ok(());
        }
        let right = self.oracle.body(height, path).await?;
        let (right, given) = (String::from_utf8_lossy(&right), String::from_utf8_lossy(&plain));
        let (right, given) = differ(&right, &given);
        let round = &self.round;
        self.tally.found(format!(
            "{round}: {path} at height {height}: {} {given} where a clean rebuild says {right_status} {right}",
            status.as_u16()
        ));
        Ok(())
    }

    /// An answer that carries no height: an error, which must be right at some height from the last one seen on.
    async fn without_height(&self, height: u64, at: usize, status: StatusCode, body: &[u8]) {
        let path = self.oracle.paths.get(at).map_or("", String::as_str);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            count(&self.tally.not_yet);
            return;
        }
        let given = (status.as_u16(), Sha256::digest(body).into());
        for height in height.max(self.oracle.start)..=self.tip.load(Ordering::Relaxed) {
            if self.oracle.at(height).await.is_ok_and(|right| right.get(at) == Some(&given)) {
                count(&self.tally.compared);
                return;
            }
        }
        let body = String::from_utf8_lossy(body);
        self.tally.found(format!("{}: {path} after height {height}: {status} {body}", self.round));
    }

    async fn status(&self, http: &reqwest::Client, known: &mut Known) -> Result<()> {
        let response = http.get(format!("http://{}/v1/status", self.replica)).send().await?;
        if response.status() == StatusCode::SERVICE_UNAVAILABLE {
            count(&self.tally.not_yet);
            return Ok(());
        }
        let status: Value = response.json().await?;
        let height = status.get("height").and_then(Value::as_u64).unwrap_or_default();
        if height == 0 {
            return Ok(());
        }
        self.not_back(known, height);
        let time = self.oracle.state(height).map(|state| state.at.time_ns / 1_000_000_000);
        if time.is_none() || time != status.get("time").and_then(Value::as_u64) {
            self.tally.found(format!("{}: status {status}: the block's time is {time:?}", self.round));
        }
        count(&self.tally.compared);
        Ok(())
    }

    /// An answer of a block that one node alone has told says so. What a node has told by now it may have told a moment
    /// ago, and the tip was no higher then: so nothing is said of an answer that was right to have no mark.
    fn one_node(&self, path: &str, height: u64, headers: &HeaderMap) {
        let close = height + CLOSE > self.tip.load(Ordering::Relaxed);
        let tellers = self.told.iter().filter(|told| told.has(height)).count();
        if !close || self.told.len() < 2 || tellers != 1 {
            return;
        }
        let since = number(headers, "x-meteor-one-node-since");
        if since.is_some_and(|since| since <= height) {
            count(&self.tally.one_node);
        } else {
            let round = &self.round;
            self.tally.found(format!(
                "{round}: {path} at height {height}, which one node alone has told, is marked as told so since {since:?}"
            ));
        }
    }

    /// A process never serves what is older than what it has served.
    fn not_back(&self, known: &mut Known, height: u64) {
        // An answer that was under way while the process ended may be of either.
        let process = self.ends.load(Ordering::Relaxed);
        if process != known.asked {
            known.height = 0;
            return;
        }
        if process == known.process && height < known.height {
            let (round, before) = (&self.round, known.height);
            self.tally.found(format!("{round}: served height {height} after {before}"));
        }
        (known.height, known.process) = (height, process);
    }
}

fn height_of(headers: &HeaderMap) -> Option<u64> {
    number(headers, "x-meteor-height")
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

/// Both from shortly before the first difference on.
fn differ<'a>(one: &'a str, other: &'a str) -> (&'a str, &'a str) {
    let same = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let cut = |text: &'a str| {
        let from = same.saturating_sub(60);
        text.get(from..text.len().min(from + 140)).unwrap_or(text)
    };
    (cut(one), cut(other))
}
