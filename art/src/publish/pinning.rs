//! A pinning service: its CAR upload, and the Pinning Service API (`POST /pins`, `GET /pins`), by which each root is pinned
//! and asked after. The service's own word about a root is compared with ours.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cid::Cid;
use meteor_chain::http;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use serde::Deserialize;
use serde_json::{Value, json};
use thiserror::Error;

use crate::cid::{LARGEST_IMAGE, image};
use crate::pack::{Manifest, Packed};

/// How long a service may send nothing.
const IDLE: Duration = Duration::from_mins(2);
/// How often a request is repeated that the service refuses for now.
const ATTEMPTS: u32 = 8;
/// The first wait where the service names none; it doubles.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// Most bytes of an answer.
const MOST: usize = 4 << 20;
/// Most roots that one question may name (the API's limit).
const NAMED_AT_ONCE: usize = 10;
/// Most characters of an answer that an error repeats.
const SHOWN: usize = 200;

/// Why a service doesn't do what it should.
#[derive(Debug, Error)]
pub enum PinningError {
    /// No connection can be made.
    #[error("no connection can be made on this machine")]
    Client(#[source] reqwest::Error),
    /// The service can't be reached.
    #[error("{service} does not answer: check the address, then run the same command again to go on")]
    Unreachable {
        /// Its host.
        service: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// The service refuses.
    #[error("{service} answers {status} to {what}{}", said(text))]
    Refused {
        /// Its host.
        service: String,
        /// What it was asked.
        what: String,
        /// The HTTP status.
        status: StatusCode,
        /// What it says.
        text: String,
    },
    /// The service doesn't know who asks.
    #[error(
        "{service} does not take the token ({status}): give it in METEOR_PINNING_TOKEN or with --token-file"
    )]
    Token {
        /// Its host.
        service: String,
        /// The HTTP status.
        status: StatusCode,
    },
    /// A gateway that isn't for everyone.
    #[error("{gateway} answers {status}: it is not open to everyone, name another gateway")]
    Closed {
        /// Its host.
        gateway: String,
        /// The HTTP status.
        status: StatusCode,
    },
    /// The service is asked too often.
    #[error(
        "{service} still answers {status} to {what} after {ATTEMPTS} attempts: run the same command again later to go on"
    )]
    Busy {
        /// Its host.
        service: String,
        /// What it was asked.
        what: String,
        /// The HTTP status.
        status: StatusCode,
    },
    /// An answer that isn't one.
    #[error("{service}'s answer to {what} can't be used: {why}")]
    Answer {
        /// Its host.
        service: String,
        /// What it was asked.
        what: String,
        /// What is wrong.
        why: String,
    },
    /// A service that has made another root of a CAR.
    #[error(
        "{service} says that {file} has the root {theirs}, and it has {ours}: it repacks what it is sent, use another"
    )]
    OtherRoot {
        /// Its host.
        service: String,
        /// The CAR.
        file: String,
        /// What the service says.
        theirs: String,
        /// What is right.
        ours: String,
    },
    /// A pin that the service gave up.
    #[error("{service} could not pin {root}: run the same command again; if it stays so, ask the service")]
    Failed {
        /// Its host.
        service: String,
        /// The root.
        root: String,
    },
    /// A CAR that can't be read.
    #[error("can't read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// What a service says, for people: a page of HTML says nothing.
fn said(text: &str) -> String {
    let text: String = text.trim().chars().take(SHOWN).collect();
    if text.is_empty() || text.starts_with('<') { String::new() } else { format!(": {text}") }
}

/// Where a pin stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The service will look for it.
    Queued,
    /// The service is fetching it.
    Pinning,
    /// It is there.
    Pinned,
    /// The service gave up.
    Failed,
}

/// What happened to a CAR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The service had its root already, or was about to.
    Already(Status),
    /// It was uploaded and its root is to be pinned.
    Now(Status),
}

/// A pinning service.
#[derive(Clone)]
pub struct Pinning {
    client: Client,
    api: Url,
    upload: Option<Url>,
    token: Option<String>,
}

impl fmt::Debug for Pinning {
    /// Without the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pinning service {}", self.name())
    }
}

#[derive(Deserialize)]
struct Pins {
    results: Vec<Pin>,
}

#[derive(Deserialize)]
struct Pin {
    status: Status,
    pin: Named,
}

#[derive(Deserialize)]
struct Named {
    cid: String,
}

impl Pinning {
    /// A service whose Pinning Service API is at `api`, and which takes CARs at `upload`. Without that it fetches what it
    /// pins from whoever has it.
    ///
    /// # Errors
    /// If no TLS is available.
    pub fn new(mut api: Url, upload: Option<Url>, token: Option<String>) -> Result<Self, PinningError> {
        let client = http::patient(IDLE).map_err(PinningError::Client)?;
        // What follows is below it.
        if !api.path().ends_with('/') {
            api.set_path(&format!("{}/", api.path()));
        }
        Ok(Self { client, api, upload, token })
    }

    /// Its host: the rest of the address may hold a password.
    pub fn name(&self) -> String {
        http::node_name(&self.api)
    }

    fn pins(&self) -> Url {
        let mut url = self.api.clone();
        url.set_path(&format!("{}pins", self.api.path()));
        url
    }

    /// Where the pins of these roots stand. Of several pins of a root the best counts.
    ///
    /// # Errors
    /// [`PinningError`].
    pub async fn stand(&self, roots: &[String]) -> Result<BTreeMap<String, Status>, PinningError> {
        let what = "GET /pins";
        let mut stand = BTreeMap::new();
        for roots in roots.chunks(NAMED_AT_ONCE) {
            let mut url = self.pins();
            // There may be several of each, of which failed ones are left out.
            url.query_pairs_mut()
                .append_pair("cid", &roots.join(","))
                .append_pair("status", "queued,pinning,pinned")
                .append_pair("limit", "1000");
            let answer = self.ask(what, || self.client.get(url.clone())).await?;
            let pins: Pins = self.read(what, answer).await?;
            for Pin { status, pin } in pins.results {
                let better = status == Status::Pinned || !stand.contains_key(&pin.cid);
                if better && roots.contains(&pin.cid) {
                    stand.insert(pin.cid, status);
                }
            }
        }
        Ok(stand)
    }

    /// Sends a CAR of the folder `cars` and has its root pinned, unless the service says in `stand` that it has it.
    ///
    /// # Errors
    /// [`PinningError`].
    pub async fn send(
        &self,
        car: &Packed,
        cars: &Path,
        stand: &BTreeMap<String, Status>,
    ) -> Result<Sent, PinningError> {
        if let Some(status) = stand.get(&car.root) {
            return Ok(Sent::Already(*status));
        }
        if let Some(upload) = &self.upload {
            self.upload(car, &cars.join(&car.file), upload).await?;
        }
        let what = format!("POST /pins of {}", car.file);
        let name = if car.path.is_empty() { "art" } else { &car.path };
        let pin = json!({"cid": car.root, "name": name});
        let answer = self.ask(&what, || self.client.post(self.pins()).json(&pin)).await?;
        let Pin { status, pin } = self.read(&what, answer).await?;
        self.same_root(car, &pin.cid)?;
        if status == Status::Failed { Err(self.failed(&car.root)) } else { Ok(Sent::Now(status)) }
    }

    fn failed(&self, root: &str) -> PinningError {
        PinningError::Failed { service: self.name(), root: root.to_owned() }
    }

    fn same_root(&self, car: &Packed, theirs: &str) -> Result<(), PinningError> {
        // The same root may be written in another base.
        let same = |theirs: Cid| theirs.to_string() == car.root;
        if Cid::try_from(theirs).is_ok_and(same) {
            return Ok(());
        }
        let (file, theirs, ours) = (car.file.clone(), theirs.chars().take(SHOWN).collect(), car.root.clone());
        Err(PinningError::OtherRoot { service: self.name(), file, theirs, ours })
    }

    async fn upload(&self, car: &Packed, path: &Path, upload: &Url) -> Result<(), PinningError> {
        let what = format!("the upload of {}", car.file);
        let mut attempt = 0;
        let answer = loop {
            let read = |source| PinningError::Read { path: path.to_owned(), source };
            // Read on the way: a CAR may be larger than the memory.
            let file = tokio::fs::File::open(path).await.map_err(read)?;
            let request = self
                .client
                .post(upload.clone())
                .header(CONTENT_TYPE, "application/vnd.ipld.car")
                .header(CONTENT_LENGTH, car.bytes)
                .body(file);
            if let Some(answer) = self.once(&what, request, &mut attempt).await? {
                break answer;
            }
        };
        // Not every service says it; who does must say the same.
        let body = http::body(answer, MOST).await.unwrap_or_default();
        let said: Value = serde_json::from_slice(&body).unwrap_or_default();
        let places = ["/cid", "/root", "/value/cid", "/data/cid"];
        match places.into_iter().find_map(|at| said.pointer(at)?.as_str()) {
            Some(theirs) => self.same_root(car, theirs),
            None => Ok(()),
        }
    }

    /// Which roots of the manifest aren't pinned.
    ///
    /// # Errors
    /// [`PinningError`].
    pub async fn unpinned(&self, manifest: &Manifest) -> Result<Vec<String>, PinningError> {
        let roots: Vec<String> = manifest.cars.iter().map(|car| car.root.clone()).collect();
        let stand = self.stand(&roots).await?;
        Ok(roots.into_iter().filter(|root| stand.get(root) != Some(&Status::Pinned)).collect())
    }

    /// Waits until the roots are pinned, asking every so often. Which aren't when the time is over.
    ///
    /// # Errors
    /// [`PinningError::Failed`] for one of which the service knows nothing any more, and the others.
    pub async fn settled(
        &self,
        roots: &[String],
        wait: Duration,
        every: Duration,
    ) -> Result<Vec<String>, PinningError> {
        let mut waiting = roots.to_vec();
        let until = tokio::time::Instant::now().checked_add(wait);
        loop {
            let stand = self.stand(&waiting).await?;
            if let Some(root) = waiting.iter().find(|root| !stand.contains_key(*root)) {
                return Err(self.failed(root));
            }
            waiting.retain(|root| stand.get(root) != Some(&Status::Pinned));
            let next = tokio::time::Instant::now().checked_add(every);
            if waiting.is_empty() || until.is_some_and(|until| next.is_none_or(|next| next > until)) {
                return Ok(waiting);
            }
            tokio::time::sleep(every).await;
        }
    }

    /// Sends a request until it is answered, as often as [`ATTEMPTS`] allows.
    async fn ask(&self, what: &str, request: impl Fn() -> RequestBuilder) -> Result<Response, PinningError> {
        let mut attempt = 0;
        loop {
            if let Some(answer) = self.once(what, request(), &mut attempt).await? {
                return Ok(answer);
            }
        }
    }

    /// The answer to a request; `None` if it should be sent again, after having waited.
    async fn once(
        &self,
        what: &str,
        request: RequestBuilder,
        attempt: &mut u32,
    ) -> Result<Option<Response>, PinningError> {
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let sent = request.send().await;
        *attempt = attempt.saturating_add(1);
        let last = *attempt >= ATTEMPTS;
        let service = || self.name();
        let wait = match sent {
            Err(source) if last => {
                return Err(PinningError::Unreachable { service: service(), source: source.without_url() });
            }
            Err(_) => None,
            Ok(answer) => {
                let status = answer.status();
                let wait = http::retry_after(answer.headers());
                if status.is_success() {
                    return Ok(Some(answer));
                }
                if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
                    return Err(PinningError::Token { service: service(), status });
                }
                let what = what.to_owned();
                if !(status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()) {
                    let body = http::body(answer, MOST).await.unwrap_or_default();
                    let text = String::from_utf8_lossy(&body).into_owned();
                    return Err(PinningError::Refused { service: service(), what, status, text });
                }
                if last {
                    return Err(PinningError::Busy { service: service(), what, status });
                }
                wait
            }
        };
        let doubled = FIRST_WAIT.saturating_mul(1 << attempt.saturating_sub(1).min(6));
        tokio::time::sleep(wait.unwrap_or(doubled)).await;
        Ok(None)
    }

    async fn read<T: serde::de::DeserializeOwned>(
        &self,
        what: &str,
        answer: Response,
    ) -> Result<T, PinningError> {
        let wrong = |why: String| PinningError::Answer { service: self.name(), what: what.to_owned(), why };
        let body = http::body(answer, MOST).await.map_err(|error| wrong(error.to_string()))?;
        serde_json::from_slice(&body).map_err(|error| wrong(error.to_string()))
    }
}

/// A gateway, of which images are asked one by one.
#[derive(Clone, Debug)]
pub struct Gateway {
    asks: Pinning,
}

impl Gateway {
    /// The gateway at this address, to which `/ipfs/CID` is added.
    ///
    /// # Errors
    /// If no TLS is available.
    pub fn new(address: Url) -> Result<Self, PinningError> {
        Ok(Self { asks: Pinning::new(address, None, None)? })
    }

    /// Its host.
    pub fn name(&self) -> String {
        self.asks.name()
    }

    /// Whether the gateway has the bytes that this CID names.
    ///
    /// # Errors
    /// [`PinningError`], with status 404 if it doesn't find it.
    pub async fn is_right(&self, cid: &Cid) -> Result<bool, PinningError> {
        let mut url = self.asks.api.clone();
        url.set_path(&format!("{}ipfs/{cid}", self.asks.api.path()));
        url.set_query(Some("format=raw"));
        let what = format!("GET /ipfs/{cid}");
        let answer = self.asks.ask(&what, || self.asks.client.get(url.clone())).await;
        let answer = answer.map_err(|error| match error {
            // A gateway takes no token.
            PinningError::Token { service, status } => PinningError::Closed { gateway: service, status },
            other => other,
        })?;
        let body = http::body(answer, LARGEST_IMAGE).await.map_err(|error| PinningError::Answer {
            service: self.name(),
            what,
            why: error.to_string(),
        })?;
        Ok(image(&body).is_ok_and(|image| image.cid == *cid))
    }
}
