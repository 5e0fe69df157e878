//! The event's pictures, whole, in part, or as thumbnails.

use std::ops::{Bound, Range};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use headers::{ContentRange, ETag, HeaderMapExt as _, IfNoneMatch, IfRange};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{InPath, InQuery, Problem, shown};
use crate::app::App;
use crate::images::{Width, digest_of};

/// A name that stands for one content for ever.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// A picture that could run something is kept from doing so where it is opened by itself.
const HARMLESS: HeaderValue =
    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox");
/// Other sites may show it.
const ANYWHERE: HeaderValue = HeaderValue::from_static("cross-origin");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// How large.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ImageQuery {
    /// Ask for a thumbnail, at most so many pixels wide and high, as WebP (default: the picture as it was published)
    #[param(inline)]
    w: Option<Width>,
}

/// A picture of the event: of a meteor, an egg or dust
///
/// Its bytes hash to its CID. They never change, so caches may keep them for ever; parts can be asked for (`Range`). What
/// is no picture of the event is not found here.
#[utoipa::path(get, path = "/img/{cid}", tag = "images",
    params(("cid" = String, Path, description = "The CID in `image` of an NFT, without `ipfs://`"), ImageQuery),
    responses(
        (status = 200, description = "The picture, as it was published; a thumbnail is WebP", content(
            (Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/gif"), (Vec<u8> = "image/webp"),
            (Vec<u8> = "image/avif"), (Vec<u8> = "image/svg+xml"), (Vec<u8> = "application/octet-stream"),
        )),
        (status = 206, description = "The part that `Range` names", content(
            (Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/gif"), (Vec<u8> = "image/webp"),
            (Vec<u8> = "image/avif"), (Vec<u8> = "image/svg+xml"), (Vec<u8> = "application/octet-stream"),
        )),
        (status = 404, body = Problem, content_type = "application/problem+json",
            description = "No picture of this event, or this server has it not"),
        (status = 416, body = Problem, content_type = "application/problem+json",
            description = "It has no such part"),
        (status = 503, body = Problem, content_type = "application/problem+json",
            description = "Not launched yet, or the store of pictures does not answer: see Retry-After"),
    )
)]
pub(super) async fn image(
    State(app): State<Arc<App>>,
    InPath(cid): InPath<String>,
    InQuery(query): InQuery<ImageQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let images = app.images.as_ref().ok_or_else(Problem::no_images)?;
    let of = digest_of(&cid).ok_or_else(|| Problem::unknown_image(&cid))?;
    let launched = shown(&app)?.launched.clone().ok_or_else(Problem::not_launched)?;
    if !app.has_image(&launched.config, &of) {
        return Err(Problem::unknown_image(&cid));
    }
    let tag = tag(&cid, query.w);
    let known = headers.typed_get::<IfNoneMatch>().zip(tag.to_str().ok().and_then(|text| text.parse().ok()));
    if known.is_some_and(|(given, tag): (_, ETag)| !given.precondition_passes(&tag)) {
        return Ok(answer(StatusCode::NOT_MODIFIED, tag, Body::empty()));
    }
    let picture = images.get(of, query.w).await.map_err(|fault| Problem::no_image(&cid, &fault))?;
    let whole = picture.bytes;
    let length = u64::try_from(whole.len()).unwrap_or(u64::MAX);
    let mut response = match asked(&headers, &tag, length) {
        Asked::All => answer(StatusCode::OK, tag, whole.into()),
        Asked::Part(part) => {
            let range = ContentRange::bytes(part.clone(), length).ok();
            let at = |place: u64| usize::try_from(place).unwrap_or(usize::MAX).min(whole.len());
            let bytes = whole.slice(at(part.start)..at(part.end));
            let mut response = answer(StatusCode::PARTIAL_CONTENT, tag, bytes.into());
            if let Some(range) = range {
                response.headers_mut().typed_insert(range);
            }
            response
        }
        Asked::Beyond => return Err(Problem::no_such_part(length)),
    };
    response.headers_mut().insert(CONTENT_TYPE, picture.kind.content_type());
    Ok(response)
}

/// Stands for the bytes. Those of a thumbnail are made by this version.
fn tag(cid: &str, width: Option<Width>) -> HeaderValue {
    let tag = match width {
        Some(width) => format!("\"{cid}-{}-{}\"", width.pixels(), env!("CARGO_PKG_VERSION")),
        None => format!("\"{cid}\""),
    };
    HeaderValue::try_from(tag).unwrap_or(HeaderValue::from_static("\"\""))
}

/// How much of a picture is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    All,
    /// These bytes; at least one, and all are there.
    Part(Range<u64>),
    /// Bytes of which none is there.
    Beyond,
}

/// How much of a picture with this tag and length is asked for. Several parts at once, and what can't be read, are answered
/// with all of it, as HTTP allows.
fn asked(headers: &HeaderMap, tag: &HeaderValue, length: u64) -> Asked {
    let same = |given: IfRange| {
        let tag = tag.to_str().ok().and_then(|text| text.parse().ok());
        !given.is_modified(tag.as_ref(), None)
    };
    let range = headers.typed_get::<headers::Range>();
    let Some(range) = range.filter(|_| headers.typed_get::<IfRange>().is_none_or(same)) else {
        return Asked::All;
    };
    let mut parts = range.satisfiable_ranges(length);
    let (Some((from, to)), None) = (parts.next(), parts.next()) else { return Asked::All };
    let (from, to) = match (from, to) {
        (Bound::Included(from), Bound::Included(to)) if to >= from => {
            (from, to.saturating_add(1).min(length))
        }
        (Bound::Included(from), Bound::Unbounded) => (from, length),
        _ => return Asked::All,
    };
    if from < length { Asked::Part(from..to) } else { Asked::Beyond }
}

fn answer(status: StatusCode, tag: HeaderValue, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(ETAG, tag);
    headers.insert(CACHE_CONTROL, FOREVER);
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONTENT_SECURITY_POLICY, HARMLESS);
    headers.insert(RESOURCE_POLICY, ANYWHERE);
    response
}

#[cfg(test)]
mod tests {
    use axum::http::header::{IF_RANGE, RANGE};

    use super::*;

    fn of(range: &'static str, tag: Option<&'static str>) -> Asked {
        let mut headers = HeaderMap::new();
        headers.insert(RANGE, HeaderValue::from_static(range));
        if let Some(tag) = tag {
            headers.insert(IF_RANGE, HeaderValue::from_static(tag));
        }
        asked(&headers, &HeaderValue::from_static("\"a\""), 10)
    }

    #[test]
    fn a_part_is_what_http_calls_one() {
        for (range, wanted) in [
            ("bytes=0-3", Asked::Part(0..4)),
            ("bytes=9-", Asked::Part(9..10)),
            ("bytes=4-999", Asked::Part(4..10)),
            ("bytes=-4", Asked::Part(6..10)),
            ("bytes=10-", Asked::Beyond),
            ("bytes=0-18446744073709551615", Asked::Part(0..10)),
        ] {
            assert_eq!(of(range, None), wanted, "{range}");
        }
        for all in [
            "bytes=-11",
            "bytes=3-1",
            "bytes=-",
            "bytes=",
            "bytes=x-1",
            "items=0-1",
            "bytes=0-1,3-4",
            "bytes=-0-1",
        ] {
            assert_eq!(of(all, None), Asked::All, "{all}");
        }
        assert_eq!(of("bytes=-0", None), Asked::Beyond);
        assert_eq!(of("bytes=0-1", Some("\"a\"")), Asked::Part(0..2));
        assert_eq!(of("bytes=0-1", Some("W/\"a\"")), Asked::All, "of something else, perhaps");
        assert_eq!(of("bytes=0-1", Some("\"b\"")), Asked::All);
    }
}
