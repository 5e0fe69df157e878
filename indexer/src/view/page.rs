//! A page that is rendered once: plain, gzip and Brotli, each with a strong tag of its bytes. And the headers of
//! answers.

use std::fmt;
use std::sync::OnceLock;

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CACHE_CONTROL, CONTENT_ENCODING,
    CONTENT_TYPE, ETAG, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use headers::{ETag, HeaderMapExt as _, IfNoneMatch};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::encoding::{Encoding, preferred};

/// Height of the block that an answer describes.
const HEIGHT: HeaderName = HeaderName::from_static("x-meteor-height");
/// Time of that block (seconds).
const BLOCK_TIME: HeaderName = HeaderName::from_static("x-meteor-block-time");

/// Caches may answer for a moment, and longer while they refresh or the server is down.
const CACHE: HeaderValue =
    HeaderValue::from_static("public, max-age=1, s-maxage=2, stale-while-revalidate=5, stale-if-error=60");
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "x-meteor-height, x-meteor-block-time, x-meteor-state, x-meteor-one-node-since, etag",
);
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The headers that say which block an answer is true for, made once for each view.
#[derive(Clone, Debug)]
pub struct Currency {
    height: HeaderValue,
    time: HeaderValue,
    headers: HeaderMap,
}

impl Currency {
    /// For a block of this height, time (seconds) and hash.
    pub fn new(height: u64, time: u64, hash: &[u8]) -> Self {
        let version = env!("CARGO_PKG_VERSION");
        let headers = headers(etag(&[hash, &height.to_be_bytes(), version.as_bytes()].concat()));
        let mut currency = Self { height: height.into(), time: time.into(), headers: HeaderMap::new() };
        currency.headers = currency.on(headers);
        currency
    }

    /// The answer to one request, made on demand. Its tag is the block's: the answer at a path depends on the
    /// block alone. So nothing is hashed, and nothing is made for a client that has the answer already.
    pub fn respond<T: Serialize>(&self, request: &HeaderMap, make: impl FnOnce() -> T) -> Response {
        self.respond_json(request, || to_json(&make()))
    }

    /// The same for JSON that is there as bytes.
    pub fn respond_json(&self, request: &HeaderMap, make: impl FnOnce() -> Vec<u8>) -> Response {
        answer(request, self.headers.clone(), || make().into())
    }

    /// The same for JSON that depends on something beside the block, which must be named in it: `beside` becomes part of
    /// the tag.
    pub fn respond_beside(
        &self,
        request: &HeaderMap,
        beside: fmt::Arguments<'_>,
        make: impl FnOnce() -> Vec<u8>,
    ) -> Response {
        let mut headers = self.headers.clone();
        let block = headers.get(ETAG).and_then(|tag| tag.to_str().ok()).unwrap_or_default();
        let tag = format!("{}-{beside}\"", block.trim_end_matches('"'));
        if let Ok(tag) = HeaderValue::from_maybe_shared(Bytes::from(tag)) {
            headers.insert(ETAG, tag);
        }
        answer(request, headers, || make().into())
    }

    /// A table of comma-separated values, made on demand. `tag` must stand for its content.
    pub fn csv(&self, request: &HeaderMap, tag: &[u8], make: impl FnOnce() -> Body) -> Response {
        let mut headers = self.on(headers(etag(tag)));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
        answer(request, headers, make)
    }

    fn on(&self, mut headers: HeaderMap) -> HeaderMap {
        headers.insert(HEIGHT, self.height.clone());
        headers.insert(BLOCK_TIME, self.time.clone());
        headers
    }
}

/// The answer with these headers, or 304 if the request names their tag.
fn answer(request: &HeaderMap, mut headers: HeaderMap, make: impl FnOnce() -> Body) -> Response {
    let known = request.typed_get::<IfNoneMatch>().is_some_and(|known| {
        headers.typed_get::<ETag>().is_some_and(|etag| !known.precondition_passes(&etag))
    });
    let mut response = Response::default();
    if known {
        headers.remove(CONTENT_TYPE);
        headers.remove(CONTENT_ENCODING);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        *response.body_mut() = make();
    }
    *response.headers_mut() = headers;
    response
}

/// A page. Each encoding of it is made when it is first asked for, once.
#[derive(Debug)]
pub struct Page {
    body: Bytes,
    /// Whether it may be packed while a client waits.
    pack: bool,
    /// The headers that it has instead of the usual ones.
    own: Vec<(HeaderName, HeaderValue)>,
    plain: OnceLock<Variant>,
    gzip: OnceLock<Option<Variant>>,
    brotli: OnceLock<Option<Variant>>,
}

#[derive(Debug)]
struct Variant {
    body: Bytes,
    headers: HeaderMap,
}

impl Page {
    /// A page of this JSON. Its bytes depend only on `value`, so every replica gives it the same tags.
    pub fn json<T: Serialize>(value: &T) -> Self {
        Self::of_json(to_json(value))
    }

    /// The same of JSON that is there as bytes.
    pub fn of_json(json: Vec<u8>) -> Self {
        Self::new(json.into(), true, Vec::new())
    }

    /// The same for one request only, which isn't worth packing.
    pub fn once<T: Serialize>(value: &T) -> Self {
        Self::new(to_json(value).into(), false, Vec::new())
    }

    /// A file, with headers of its own. It may be large, so it is sent as it is until [`Self::pack`] is done or
    /// [`Self::packed`] says otherwise.
    pub fn file<const N: usize>(
        content_type: HeaderValue,
        bytes: impl Into<Bytes>,
        headers: [(HeaderName, HeaderValue); N],
    ) -> Self {
        let own = std::iter::once((CONTENT_TYPE, content_type)).chain(headers).collect();
        Self::new(bytes.into(), false, own)
    }

    fn new(body: Bytes, pack: bool, own: Vec<(HeaderName, HeaderValue)>) -> Self {
        let (plain, gzip, brotli) = Default::default();
        Self { body, pack, own, plain, gzip, brotli }
    }

    /// With these bytes as its Brotli encoding.
    #[must_use]
    pub fn packed(mut self, brotli: Option<&'static [u8]>) -> Self {
        let variant = brotli.map(|bytes| self.variant(Encoding::Brotli, Bytes::from_static(bytes)));
        self.brotli = variant.map_or_else(OnceLock::new, |variant| OnceLock::from(Some(variant)));
        self
    }

    /// Makes the encodings that aren't there yet. A large file takes a second.
    pub fn pack(&self) {
        self.made(Encoding::Brotli);
        self.made(Encoding::Gzip);
    }

    /// The plain bytes.
    pub const fn body(&self) -> &Bytes {
        &self.body
    }

    /// The answer to a request with these headers: the encoding it prefers, or 304 if the client has it already.
    pub fn respond(&self, request: &HeaderMap, currency: &Currency) -> Response {
        let packed = preferred(request).find_map(|encoding| match encoding {
            Encoding::Plain => Some(self.plain()),
            Encoding::Brotli | Encoding::Gzip if self.pack => self.made(encoding),
            Encoding::Brotli => self.brotli.get()?.as_ref(),
            Encoding::Gzip => self.gzip.get()?.as_ref(),
        });
        let variant = packed.unwrap_or_else(|| self.plain());
        answer(request, currency.on(variant.headers.clone()), || Body::from(variant.body.clone()))
    }

    fn plain(&self) -> &Variant {
        self.plain.get_or_init(|| self.variant(Encoding::Plain, self.body.clone()))
    }

    fn made(&self, encoding: Encoding) -> Option<&Variant> {
        let cell = match encoding {
            Encoding::Brotli => &self.brotli,
            Encoding::Gzip => &self.gzip,
            Encoding::Plain => return Some(self.plain()),
        };
        let make = || Some(self.variant(encoding, encoding.pack(&self.body)?.into()));
        cell.get_or_init(make).as_ref()
    }

    fn variant(&self, encoding: Encoding, body: Bytes) -> Variant {
        let mut headers = headers(etag(&body));
        for (name, value) in &self.own {
            headers.insert(name, value.clone()); // `extend` would add a second Cache-Control
        }
        if let Some(name) = encoding.name() {
            headers.insert(CONTENT_ENCODING, name);
        }
        Variant { body, headers }
    }
}

fn headers(etag: HeaderValue) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(12);
    headers.insert(CONTENT_TYPE, JSON);
    headers.insert(ETAG, etag);
    headers.insert(CACHE_CONTROL, CACHE);
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    headers
}

/// Serialises one of our answers. That can't fail; if it did, the empty object would fail the tests at once.
pub fn to_json<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_else(|_| b"{}".to_vec())
}

/// Appends one value to JSON that is being written. That can't fail, as above.
pub(super) fn write_json<T: Serialize + ?Sized>(value: &T, json: &mut Vec<u8>) {
    if serde_json::to_writer(&mut *json, value).is_err() {
        json.extend_from_slice(b"null");
    }
}

/// A strong tag: the first half of the bytes' SHA-256.
fn etag(body: &[u8]) -> HeaderValue {
    let hash = Sha256::digest(body);
    let half = hash.get(..16).unwrap_or_default();
    HeaderValue::from_str(&format!("\"{}\"", hex::encode(half)))
        .unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use axum::http::header::{ACCEPT_ENCODING, IF_NONE_MATCH};
    use futures::FutureExt as _;

    use super::*;

    fn request(name: HeaderName, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        headers
    }

    #[test]
    fn tags_match_in_lists_and_when_weak() {
        let page = Page::json(&"body");
        let tag = page.plain().headers[ETAG].to_str().unwrap().to_owned();
        for (given, same) in [
            (tag.clone(), true),
            (format!("W/{tag}"), true),
            (format!("\"x\", {tag}"), true),
            ("*".into(), true),
            ("\"x\"".into(), false),
            (String::new(), false),
        ] {
            let answer = page.respond(&request(IF_NONE_MATCH, &given), &Currency::new(1, 1, b""));
            assert_eq!(answer.status() == StatusCode::NOT_MODIFIED, same, "{given}");
        }
    }

    fn sent(page: &Page, accept: &'static str) -> (Option<String>, String, Bytes) {
        let answer = page.respond(&request(ACCEPT_ENCODING, accept), &Currency::new(1, 1, b""));
        let header = |name| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(header(VARY).as_deref(), Some("accept-encoding"));
        let (encoding, tag) = (header(CONTENT_ENCODING), header(ETAG).unwrap());
        let body = to_bytes(answer.into_body(), usize::MAX).now_or_never().unwrap().unwrap();
        (encoding, tag, body)
    }

    #[test]
    fn a_page_is_the_same_on_every_replica() {
        let long = "☄".repeat(2_000);
        let (a, b) = (Page::json(&long), Page::json(&long));
        let mut tags = Vec::new();
        for (accept, encoding) in [("", None), ("gzip", Some("gzip")), ("gzip, br", Some("br"))] {
            let (found, tag, body) = sent(&a, accept);
            assert_eq!(found.as_deref(), encoding);
            assert_eq!(sent(&b, accept), (found, tag.clone(), body));
            tags.push(tag);
        }
        tags.dedup();
        assert_eq!(tags.len(), 3, "another body, another tag");
        assert_eq!(sent(&Page::json(&"short"), "br, gzip").0, None);
    }

    #[test]
    fn an_encoding_is_made_once() {
        let page = Page::json(&"☄".repeat(2_000));
        assert!(page.brotli.get().is_none(), "not before it is asked for");
        let (first, again) = (sent(&page, "br").2, sent(&page, "br").2);
        assert_eq!(first.as_ptr(), again.as_ptr());
        assert!(page.gzip.get().is_none());
    }

    #[test]
    fn no_client_waits_while_a_file_is_packed() {
        let bytes = "meteor ".repeat(1_000).into_bytes();
        let text = HeaderValue::from_static("text/plain");
        let file = Page::file(text.clone(), bytes.clone(), []);
        assert_eq!(sent(&file, "br, gzip").0, None);
        file.pack();
        assert_eq!(sent(&file, "br, gzip").0.as_deref(), Some("br"));
        assert_eq!(sent(&file, "gzip").0.as_deref(), Some("gzip"));
        let built = Page::file(text, bytes, []).packed(Some(b"packed at build time"));
        let (encoding, _, body) = sent(&built, "br, gzip");
        assert_eq!((encoding.as_deref(), &*body), (Some("br"), &b"packed at build time"[..]));
    }
}
