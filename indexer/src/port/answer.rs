//! Answers that are given below HTTP's routing: when a connection is one too many, or a request's head is too long or
//! malformed. Problems, like all others.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::body::Body;
use axum::http::header::ACCESS_CONTROL_ALLOW_ORIGIN;
use axum::http::{HeaderValue, Response, StatusCode};
use axum::response::IntoResponse as _;

use super::caps::Full;
use super::{MAX_HEAD, MAX_HEADERS, MAX_PATH};
use crate::api::Problem;

/// For a path that is too long.
pub(super) fn long_path() -> Response<Body> {
    let mut response = long_path_problem().into_response();
    // Below the layer that adds it to all others.
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

fn long_path_problem() -> Problem {
    let detail = format!("The path and query have more than {} KiB. /docs lists all routes.", MAX_PATH >> 10);
    Problem::new(StatusCode::URI_TOO_LONG, "uri-too-long", "Path too long", detail)
}

/// For a connection that is one too many.
pub(super) fn full(full: Full) -> &'static [u8] {
    static ALL: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let detail =
            "This server has as many connections as it can hold. Try again in a few seconds.".to_owned();
        raw(&Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "too-many-connections",
            "Too many connections",
            detail,
        ))
    });
    static ADDRESS: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let detail =
            "Your address has as many connections to this server as one address may have. Close some, or use them \
             for several requests."
                .to_owned();
        raw(&Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too-many-connections",
            "Too many connections",
            detail,
        ))
    });
    match full {
        Full::All => &ALL,
        Full::Address => &ADDRESS,
    }
}

/// For a head that began and did not come whole.
pub(super) fn slow_head() -> &'static [u8] {
    static SLOW: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let detail = "The request did not come whole in time. Nothing was done: try again.".to_owned();
        raw(&Problem::new(StatusCode::REQUEST_TIMEOUT, "slow-request", "Request too slow", detail))
    });
    &SLOW
}

/// In place of the bare answer that hyper gives to a head that it can't take. `line`: bytes of its first line that
/// came.
pub(super) fn bad_head(status: &[u8], line: usize) -> &'static [u8] {
    static LINE: LazyLock<Vec<u8>> = LazyLock::new(|| raw(&long_path_problem()));
    static HEAD: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let kib = MAX_HEAD >> 10;
        let detail = format!(
            "The request has more than {MAX_HEADERS} headers, or more than {kib} KiB of them: send fewer."
        );
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        raw(&Problem::new(status, "headers-too-large", "Headers too large", detail))
    });
    static MALFORMED: LazyLock<Vec<u8>> = LazyLock::new(|| {
        raw(&Problem::bad_request("This is not an HTTP/1.1 request. /docs lists all routes."))
    });
    match status {
        b"414" => &LINE,
        b"431" if line > MAX_PATH => &LINE,
        b"431" => &HEAD,
        _ => &MALFORMED,
    }
}

/// A problem as bytes on the wire, after which the connection ends.
fn raw(problem: &Problem) -> Vec<u8> {
    let (response, body) = problem.parts();
    let status = response.status();
    let reason = status.canonical_reason().unwrap_or("Error");
    let mut head = format!("HTTP/1.1 {} {reason}\r\n", status.as_u16());
    for (name, value) in response.headers() {
        let _ = write!(head, "{name}: {}\r\n", value.to_str().unwrap_or_default());
    }
    let _ = write!(
        head,
        "access-control-allow-origin: *\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(&body);
    bytes
}
