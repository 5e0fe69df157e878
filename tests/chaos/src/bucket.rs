//! A bucket as an S3-compatible store serves it, which refuses, is slow, and breaks off on command.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_RANGE, ETAG, IF_NONE_MATCH, LAST_MODIFIED, RANGE};
use axum::http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use reqwest::Url;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The bucket's name.
pub const NAME: &str = "chaos";
/// An object has fewer bytes.
const MOST_BYTES: usize = 64 << 20;
/// How long a slow answer takes.
const SLOW: Duration = Duration::from_millis(1500);

/// A running store. Dropping it stops it.
#[derive(Debug)]
pub struct Bucket {
    /// Where it listens.
    pub addr: SocketAddr,
    shared: Arc<Mutex<Shared>>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    objects: BTreeMap<String, Object>,
    rng: ChaCha8Rng,
    share: f64,
    given: u64,
}

#[derive(Clone, Debug)]
struct Object {
    bytes: Bytes,
    written: OffsetDateTime,
}

/// What it does wrong.
#[derive(Clone, Copy, Debug)]
enum Wrong {
    Refused,
    SlowDown,
    Broken,
    Slow,
    /// Nothing is done.
    Reset,
    /// It is done, and nobody hears of it.
    Silent,
}

const WRONG: [Wrong; 6] =
    [Wrong::Refused, Wrong::SlowDown, Wrong::Broken, Wrong::Slow, Wrong::Reset, Wrong::Silent];

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Bucket {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Bucket {
    /// Starts an empty one.
    ///
    /// # Errors
    /// If no port can be opened.
    pub async fn start(seed: u64) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let addr = listener.local_addr()?;
        let rng = ChaCha8Rng::seed_from_u64(seed);
        let shared = Arc::new(Mutex::new(Shared { objects: BTreeMap::new(), rng, share: 0.0, given: 0 }));
        let of = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let of = Arc::clone(&of);
                tokio::spawn(async move {
                    let serve = service_fn(|request| answer(Arc::clone(&of), request));
                    let http = hyper::server::conn::http1::Builder::new();
                    let _ = http.serve_connection(TokioIo::new(socket), serve).await;
                });
            }
        });
        Ok(Self { addr, shared, task })
    }

    /// From now on this share of the requests (0 to 1) goes wrong.
    pub fn misbehave(&self, share: f64) {
        lock(&self.shared).share = share;
    }

    /// How many requests went wrong.
    pub fn given(&self) -> u64 {
        lock(&self.shared).given
    }

    /// All objects whose name has this part.
    pub fn objects(&self, part: &str) -> Vec<(String, Bytes)> {
        let shared = lock(&self.shared);
        let found = shared.objects.iter().filter(|(name, _)| name.contains(part));
        found.map(|(name, object)| (name.clone(), object.bytes.clone())).collect()
    }
}

async fn answer(shared: Arc<Mutex<Shared>>, request: Request<Incoming>) -> Result<Response<Body>, io::Error> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(Body::new(body), MOST_BYTES).await.map_err(io::Error::other)?;
    let wrong = {
        let mut shared = lock(&shared);
        let share = shared.share;
        let wrong = shared
            .rng
            .random_bool(share)
            .then(|| WRONG.get(shared.rng.random_range(0..WRONG.len())).copied());
        shared.given += u64::from(wrong.is_some());
        wrong.flatten()
    };
    match wrong {
        Some(Wrong::Refused) => return Ok(error(StatusCode::FORBIDDEN, "AccessDenied")),
        Some(Wrong::SlowDown) => return Ok(error(StatusCode::SERVICE_UNAVAILABLE, "SlowDown")),
        Some(Wrong::Broken) => return Ok(error(StatusCode::INTERNAL_SERVER_ERROR, "InternalError")),
        Some(Wrong::Slow) => tokio::time::sleep(SLOW).await,
        Some(Wrong::Reset) => return Err(io::Error::other("reset")),
        Some(Wrong::Silent) | None => {}
    }
    let url = Url::parse(&format!("http://localhost{}", parts.uri)).map_err(io::Error::other)?;
    let path = url.path().trim_start_matches('/');
    let name = path.strip_prefix(NAME).unwrap_or(path).trim_start_matches('/').replace("%3D", "=");
    let header = |name| parts.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let done = {
        let mut shared = lock(&shared);
        match parts.method {
            Method::GET if name.is_empty() => list(&shared, &url),
            Method::GET | Method::HEAD => get(&shared, &name, header(RANGE), parts.method == Method::HEAD),
            Method::PUT => put(&mut shared, name, body, header(IF_NONE_MATCH) == Some("*")),
            Method::DELETE => {
                shared.objects.remove(&name);
                status(StatusCode::NO_CONTENT)
            }
            _ => error(StatusCode::NOT_IMPLEMENTED, "NotImplemented"),
        }
    };
    if matches!(wrong, Some(Wrong::Silent)) { Err(io::Error::other("silent")) } else { Ok(done) }
}

fn status(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn error(status: StatusCode, code: &str) -> Response<Body> {
    let text = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{code}</Message></Error>");
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response
}

fn tag(bytes: &Bytes) -> String {
    format!("\"{}\"", hex::encode(Sha256::digest(bytes)).get(..32).unwrap_or_default())
}

fn put(shared: &mut Shared, name: String, bytes: Bytes, create: bool) -> Response<Body> {
    if create && shared.objects.contains_key(&name) {
        return error(StatusCode::PRECONDITION_FAILED, "PreconditionFailed");
    }
    let mut response = status(StatusCode::OK);
    if let Ok(tag) = tag(&bytes).parse() {
        response.headers_mut().insert(ETAG, tag);
    }
    shared.objects.insert(name, Object { bytes, written: OffsetDateTime::now_utc() });
    response
}

fn get(shared: &Shared, name: &str, range: Option<&str>, head: bool) -> Response<Body> {
    let Some(Object { bytes, written }) = shared.objects.get(name) else {
        return error(StatusCode::NOT_FOUND, "NoSuchKey");
    };
    let bounds = range.and_then(|range| {
        let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
        let to = to.parse().unwrap_or(usize::MAX).min(bytes.len().checked_sub(1)?);
        Some((from.parse::<usize>().ok()?, to)).filter(|(from, to)| from <= to)
    });
    let part = bounds.map_or_else(|| bytes.clone(), |(from, to)| bytes.slice(from..=to));
    let length = part.len();
    let mut response = Response::new(if head { Body::empty() } else { Body::from(part) });
    let headers = response.headers_mut();
    headers.insert(CONTENT_LENGTH, length.into());
    let date = written.format(&Rfc2822).unwrap_or_default().replace("+0000", "GMT");
    if let (Ok(tag), Ok(date)) = (tag(bytes).parse(), date.parse()) {
        headers.insert(ETAG, tag);
        headers.insert(LAST_MODIFIED, date);
    }
    if let Some((from, to)) = bounds {
        if let Ok(range) = format!("bytes {from}-{to}/{}", bytes.len()).parse() {
            headers.insert(CONTENT_RANGE, range);
        }
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    response
}

fn list(shared: &Shared, url: &Url) -> Response<Body> {
    let asked =
        |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let (prefix, delimiter) = (asked("prefix").unwrap_or_default(), asked("delimiter"));
    let after = asked("start-after").unwrap_or_default();
    let (mut text, mut folders) = (String::new(), BTreeSet::new());
    for (name, object) in
        shared.objects.iter().filter(|(name, _)| name.starts_with(&prefix) && **name > after)
    {
        let rest = name.get(prefix.len()..).unwrap_or_default();
        if let Some((folder, _)) = delimiter.as_deref().and_then(|delimiter| rest.split_once(delimiter)) {
            folders.insert(format!("{prefix}{folder}/"));
            continue;
        }
        let written = object.written.format(&Rfc3339).unwrap_or_default();
        let (size, tag) = (object.bytes.len(), tag(&object.bytes).replace('"', "&quot;"));
        let _ = write!(
            text,
            "<Contents><Key>{name}</Key><LastModified>{written}</LastModified><ETag>{tag}</ETag><Size>{size}</Size></Contents>"
        );
    }
    for folder in folders {
        let _ = write!(text, "<CommonPrefixes><Prefix>{folder}</Prefix></CommonPrefixes>");
    }
    let text = format!(
        "<?xml version=\"1.0\"?><ListBucketResult><Name>{NAME}</Name><IsTruncated>false</IsTruncated>{text}</ListBucketResult>"
    );
    Response::new(Body::from(text))
}
