//! A page rendered once and served as it is: plain and gzip, each with a strong tag of its bytes.

use std::io::Write as _;

use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CACHE_CONTROL,
    CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Height of the block that an answer is true for.
pub const HEIGHT: HeaderName = HeaderName::from_static("x-meteor-height");
/// Time of that block (seconds).
pub const BLOCK_TIME: HeaderName = HeaderName::from_static("x-meteor-block-time");

/// Caches may answer for a moment, and for longer while they ask again or we are away.
pub const CACHE: HeaderValue =
    HeaderValue::from_static("public, max-age=1, s-maxage=2, stale-while-revalidate=5, stale-if-error=60");
const EXPOSED: HeaderValue = HeaderValue::from_static("x-meteor-height, x-meteor-block-time, etag");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Below this many bytes gzip saves no packet.
const WORTH_PACKING: usize = 1_000;

/// What says how current a view is, made once for each.
#[derive(Clone, Debug)]
pub struct Currency {
    height: HeaderValue,
    time: HeaderValue,
    etag: HeaderValue,
    headers: HeaderMap,
}

impl Currency {
    /// For a block of this height, time (seconds) and hash.
    pub fn new(height: u64, time: u64, hash: &[u8]) -> Self {
        let version = env!("CARGO_PKG_VERSION");
        let etag = etag(&[hash, &height.to_be_bytes(), version.as_bytes()].concat());
        let mut currency = Self { height: height.into(), time: time.into(), etag, headers: HeaderMap::new() };
        let mut headers = headers(&currency.etag);
        currency.put(&mut headers);
        currency.headers = headers;
        currency
    }

    /// The answer to one request, made on demand. Its tag is the block's: what is answered at a path depends on the
    /// block alone, so nothing has to be hashed, nor made at all for who has it already.
    pub fn respond<T: Serialize>(&self, request: &HeaderMap, make: impl FnOnce() -> T) -> Response {
        let fresh = request.get(IF_NONE_MATCH).is_some_and(|tags| matches(tags, &self.etag));
        let mut response = if fresh { not_modified() } else { Response::new(Body::from(to_json(&make()))) };
        *response.headers_mut() = self.headers.clone();
        if fresh {
            response.headers_mut().remove(CONTENT_TYPE);
        }
        response
    }

    /// A table of comma-separated values, made on demand. `tag` must stand for its content.
    pub fn csv(&self, request: &HeaderMap, tag: &[u8], make: impl FnOnce() -> Body) -> Response {
        let etag = etag(tag);
        let fresh = request.get(IF_NONE_MATCH).is_some_and(|tags| matches(tags, &etag));
        let mut headers = headers(&etag);
        self.put(&mut headers);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
        let mut response = if fresh { not_modified() } else { Response::new(make()) };
        if fresh {
            headers.remove(CONTENT_TYPE);
        }
        *response.headers_mut() = headers;
        response
    }

    /// Puts both on an answer.
    pub fn put(&self, headers: &mut HeaderMap) {
        headers.insert(HEIGHT, self.height.clone());
        headers.insert(BLOCK_TIME, self.time.clone());
    }
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
    etag: HeaderValue,
}

impl Page {
    /// A page of this JSON. Its bytes depend on `value` alone, so every replica gives it the same tags.
    pub fn json<T: Serialize>(value: &T) -> Self {
        Self::new(to_json(value), true)
    }

    /// The same for a page made for one request, which isn't worth packing.
    pub fn once<T: Serialize>(value: &T) -> Self {
        Self::new(to_json(value), false)
    }

    /// A file of the page at `/`, with headers of its own.
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

    /// The answer to a request with these headers: the variant it accepts, or 304 if it has it already.
    pub fn respond(&self, request: &HeaderMap, currency: &Currency) -> Response {
        let variant = match &self.packed {
            Some(packed) if accepts_gzip(request) => packed,
            _ => &self.plain,
        };
        let mut headers = variant.headers.clone();
        currency.put(&mut headers);
        let fresh = request.get(IF_NONE_MATCH).is_some_and(|tags| matches(tags, &variant.etag));
        let mut response = if fresh {
            headers.remove(CONTENT_TYPE);
            headers.remove(CONTENT_ENCODING);
            not_modified()
        } else {
            Response::new(Body::from(variant.body.clone()))
        };
        *response.headers_mut() = headers;
        response
    }
}

impl Variant {
    fn new(body: Bytes, packed: bool) -> Self {
        let etag = etag(&body);
        let mut headers = headers(&etag);
        if packed {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        Self { body, headers, etag }
    }
}

fn headers(etag: &HeaderValue) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(12);
    headers.insert(CONTENT_TYPE, JSON);
    headers.insert(ETAG, etag.clone());
    headers.insert(CACHE_CONTROL, CACHE);
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    headers
}

fn not_modified() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    response
}

/// Our own answers always serialise; an empty object would show at once in any test that they did not.
pub fn to_json<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_else(|_| b"{}".to_vec())
}

/// A strong tag: the first half of the bytes' SHA-256.
pub fn etag(body: &[u8]) -> HeaderValue {
    let hash = Sha256::digest(body);
    let half = hash.get(..16).unwrap_or_default();
    HeaderValue::from_str(&format!("\"{}\"", hex::encode(half)))
        .unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

fn gzip(body: &[u8]) -> Option<Vec<u8>> {
    // No name and no time go into it, so that equal bodies have equal bytes on every replica.
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::new(6));
    encoder.write_all(body).ok()?;
    encoder.finish().ok().filter(|packed| packed.len() < body.len())
}

/// Whether a request accepts gzip; `gzip;q=0` says that it doesn't.
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

/// Whether `If-None-Match` names the tag. A cache may have made it weak; the bytes are the same for our purpose.
pub fn matches(tags: &HeaderValue, etag: &HeaderValue) -> bool {
    if tags == etag {
        return true;
    }
    let (Ok(tags), Ok(etag)) = (tags.to_str(), etag.to_str()) else { return false };
    tags.split(',').map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let etag = etag(b"body");
        let tag = etag.to_str().unwrap().to_owned();
        for (given, same) in [
            (tag.clone(), true),
            (format!("W/{tag}"), true),
            (format!("\"x\", {tag}"), true),
            ("*".into(), true),
            ("\"x\"".into(), false),
            (String::new(), false),
        ] {
            assert_eq!(matches(&HeaderValue::from_str(&given).unwrap(), &etag), same, "{given}");
        }
    }

    #[test]
    fn a_page_is_the_same_on_every_replica() {
        let long = "☄".repeat(2_000);
        let (a, b) = (Page::json(&long), Page::json(&long));
        assert_eq!(a.plain.etag, b.plain.etag);
        let packed = |page: &Page| page.packed.as_ref().unwrap().etag.clone();
        assert_eq!(packed(&a), packed(&b));
        assert_ne!(packed(&a), a.plain.etag, "another body, another tag");
    }
}
