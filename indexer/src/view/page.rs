//! A page that is rendered once: plain and gzip, each with a strong tag of its bytes. And the headers of
//! answers.

use std::io::Write as _;

use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CACHE_CONTROL,
    CONTENT_ENCODING, CONTENT_TYPE, ETAG, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use headers::{ETag, HeaderMapExt as _, IfNoneMatch};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Height of the block that an answer describes.
const HEIGHT: HeaderName = HeaderName::from_static("x-meteor-height");
/// Time of that block (seconds).
const BLOCK_TIME: HeaderName = HeaderName::from_static("x-meteor-block-time");

/// Caches may answer for a moment, and longer while they refresh or the server is down.
const CACHE: HeaderValue =
    HeaderValue::from_static("public, max-age=1, s-maxage=2, stale-while-revalidate=5, stale-if-error=60");
const EXPOSED: HeaderValue = HeaderValue::from_static("x-meteor-height, x-meteor-block-time, etag");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Gzip saves no packet below this many bytes.
const WORTH_PACKING: usize = 1_000;

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

/// A page.
#[derive(Debug)]
pub struct Page {
    plain: Variant,
    packed: Option<Variant>,
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
        Self::new(json, true)
    }

    /// The same for one request only, which isn't worth packing.
    pub fn once<T: Serialize>(value: &T) -> Self {
        Self::new(to_json(value), false)
    }

    /// A file, with headers of its own.
    pub fn file<const N: usize>(
        content_type: HeaderValue,
        bytes: &[u8],
        headers: [(HeaderName, HeaderValue); N],
    ) -> Self {
        let mut page = Self::new(bytes.to_vec(), true);
        for variant in [Some(&mut page.plain), page.packed.as_mut()].into_iter().flatten() {
            variant.headers.insert(CONTENT_TYPE, content_type.clone());
            for (name, value) in &headers {
                variant.headers.insert(name, value.clone()); // `extend` would add a second Cache-Control
            }
        }
        page
    }

    fn new(body: Vec<u8>, pack: bool) -> Self {
        let packed = if pack && body.len() >= WORTH_PACKING { gzip(&body) } else { None };
        Self {
            packed: packed.map(|body| Variant::new(body.into(), true)),
            plain: Variant::new(body.into(), false),
        }
    }

    /// The plain bytes.
    pub fn body(&self) -> &Bytes {
        &self.plain.body
    }

    /// The answer to a request with these headers: the variant it accepts, or 304 if the client has it
    /// already.
    pub fn respond(&self, request: &HeaderMap, currency: &Currency) -> Response {
        let variant = match &self.packed {
            Some(packed) if accepts_gzip(request) => packed,
            _ => &self.plain,
        };
        answer(request, currency.on(variant.headers.clone()), || Body::from(variant.body.clone()))
    }
}

impl Variant {
    fn new(body: Bytes, packed: bool) -> Self {
        let mut headers = headers(etag(&body));
        if packed {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        Self { body, headers }
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

fn gzip(body: &[u8]) -> Option<Vec<u8>> {
    // It contains no name and no time, so that equal bodies have equal bytes on every replica.
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::new(6));
    encoder.write_all(body).ok()?;
    encoder.finish().ok().filter(|packed| packed.len() < body.len())
}

/// Whether a request accepts gzip; `gzip;q=0` means that it doesn't. No library: `tower-http` compresses each
/// answer again, and `headers` has no Accept-Encoding.
fn accepts_gzip(request: &HeaderMap) -> bool {
    let Some(accepted) = request.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    accepted.split(',').any(|one| {
        let (coding, parameter) = one.split_once(';').unwrap_or((one, ""));
        let refused = matches!(parameter.trim().trim_end_matches(['0', '.']), "q=") && !parameter.is_empty();
        matches!(coding.trim(), "gzip" | "*") && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header::IF_NONE_MATCH;

    fn request(name: HeaderName, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        headers
    }

    #[test]
    fn gzip_is_accepted_where_it_says_so() {
        for (value, accepted) in [
            ("gzip", true),
            ("br, gzip;q=0.8", true),
            ("*", true),
            ("gzip;q=0", false),
            ("gzip; q=0.0", false),
            ("br", false),
            ("", false),
        ] {
            assert_eq!(accepts_gzip(&request(ACCEPT_ENCODING, value)), accepted, "{value}");
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }

    #[test]
    fn tags_match_in_lists_and_when_weak() {
        let page = Page::json(&"body");
        let tag = page.plain.headers[ETAG].to_str().unwrap().to_owned();
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

    #[test]
    fn a_page_is_the_same_on_every_replica() {
        let long = "☄".repeat(2_000);
        let (a, b) = (Page::json(&long), Page::json(&long));
        let plain = |page: &Page| page.plain.headers[ETAG].clone();
        assert_eq!(plain(&a), plain(&b));
        let packed = |page: &Page| page.packed.as_ref().unwrap().headers[ETAG].clone();
        assert_eq!(packed(&a), packed(&b));
        assert_ne!(packed(&a), plain(&a), "another body, another tag");
    }
}
