//! Errors of the API: problem details (RFC 9457) that say what went wrong and what to do.

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::header::{CACHE_CONTROL, CONTENT_RANGE, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use meteor_chain::words::Refusal;
use meteor_rules::tier::Tier;
use serde::Serialize;
use utoipa::ToSchema;

use crate::fold::Collection;
use crate::images::ImageFault;
use crate::relay::NotRelayed;
use crate::view::page::to_json;

/// What went wrong and what to do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// The kind of problem, for programs.
    #[serde(rename = "type")]
    #[schema(example = "urn:meteor-shower:problem:unknown-shower")]
    pub kind: String,
    /// The kind of problem, for people.
    #[schema(example = "Unknown shower")]
    pub title: &'static str,
    /// The HTTP status.
    #[schema(example = 404)]
    pub status: u16,
    /// What went wrong this time and what to do.
    pub detail: String,
    /// Whose `code` it is, for example `sdk` or `wasm`, where the chain refuses a transaction; else null.
    pub codespace: Option<String>,
    /// The code that the chain refuses a transaction with, for example 32 of `sdk` for another sequence; else null.
    pub code: Option<u32>,
    /// When to try again (seconds), if that may help.
    #[serde(skip)]
    retry_after: Option<u16>,
    /// The length of what a part was asked of.
    #[serde(skip)]
    whole: Option<u64>,
}

impl Problem {
    /// A problem of this status and kind: `title` says in words what `kind` says to programs, `detail` what to do.
    pub fn new(status: StatusCode, kind: &str, title: &'static str, detail: String) -> Self {
        let kind = format!("urn:meteor-shower:problem:{kind}");
        let retry_after = match status {
            // What is missing now may exist with the next block.
            StatusCode::SERVICE_UNAVAILABLE => Some(3),
            StatusCode::TOO_MANY_REQUESTS => Some(10),
            _ => None,
        };
        Self {
            kind,
            title,
            status: status.as_u16(),
            detail,
            codespace: None,
            code: None,
            retry_after,
            whole: None,
        }
    }

    /// 400: a part of the request is malformed.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", "Bad request", detail.into())
    }

    /// 400: not an address.
    pub fn bad_address(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-address", "Not an address", detail.into())
    }

    /// 400: a query parameter that the path doesn't take; `known` are those that it takes.
    pub fn unknown_parameter<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> Self {
        let shown: String = given.chars().take(40).collect();
        let known = known.collect::<Vec<_>>().join(", ");
        let takes = if known.is_empty() { "none" } else { &known };
        let detail = format!("There is no query parameter {shown:?} here: this path takes {takes}.");
        Self::new(StatusCode::BAD_REQUEST, "unknown-parameter", "Unknown query parameter", detail)
    }

    /// 404: a shower that the schedule doesn't have.
    pub fn unknown_shower(shower: u32, count: usize) -> Self {
        let detail = format!("There is no shower {shower}: showers are numbered 1 to {count}.");
        Self::new(StatusCode::NOT_FOUND, "unknown-shower", "Unknown shower", detail)
    }

    /// 404: a collection that the event doesn't have.
    pub fn unknown_collection(collection: &str) -> Self {
        let shown: String = collection.chars().take(40).collect();
        let detail = format!("There is no collection {shown:?}: use meteors, eggs or dust.");
        Self::new(StatusCode::NOT_FOUND, "unknown-collection", "Unknown collection", detail)
    }

    /// 404: a token that isn't minted.
    pub fn unknown_nft(of: Collection, id: u64) -> Self {
        let detail = match of {
            Collection::Meteors => {
                format!("Meteor {id} has not been minted. /v1/showers shows how far minting is.")
            }
            Collection::Eggs => format!("No egg {id} has been found. See /v1/nfts/meteors/{id}."),
            Collection::Dust => format!("No dust {id} has been found. See /v1/nfts/meteors/{id}."),
        };
        Self::new(StatusCode::NOT_FOUND, "unknown-nft", "Unknown NFT", detail)
    }

    /// 404: no tables file was given to this server.
    pub fn no_tables() -> Self {
        let detail =
            "This server has no tables file. Get it from the event's team, and compare its SHA-256 with tables \
             in /v1/fairness."
                .to_owned();
        Self::new(StatusCode::NOT_FOUND, "no-tables", "No tables file", detail)
    }

    /// 503: the tables file of this server is not the one that the chain names.
    pub fn other_tables(given: &str, wanted: &str) -> Self {
        let detail = format!(
            "The tables file of this server has SHA-256 {given}, but the chain names {wanted}, so it is not \
             served. The operator of this server must start it with the right file (--tables)."
        );
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "other-tables", "Not the chain's tables", detail)
    }

    /// 404: no catalogue was given to this server.
    pub fn no_catalogue() -> Self {
        let detail =
            "This server has no catalogue. Get it from the event's team, and compare its roots with \
                      catalogue in /v1/fairness (meteor catalogue shows them)."
                .to_owned();
        Self::new(StatusCode::NOT_FOUND, "no-catalogue", "No catalogue", detail)
    }

    /// 503: the catalogue of this server is not the launch's.
    pub fn other_catalogue() -> Self {
        let detail =
            "The catalogue of this server is not the one that the launch committed to, so it is not \
                      served. The operator of this server must start it with the right file (--catalogue)."
                .to_owned();
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "other-catalogue", "Not the launch's catalogue", detail)
    }

    /// 404: this server serves no pictures.
    pub fn no_images() -> Self {
        let detail = "This server serves no pictures. Ask an IPFS gateway: /v1/site lists some.".to_owned();
        Self::new(StatusCode::NOT_FOUND, "no-images", "No pictures", detail)
    }

    /// 404: no picture of this event.
    pub fn unknown_image(cid: &str) -> Self {
        let shown: String = cid.chars().take(100).collect();
        let detail = format!(
            "{shown:?} is no picture of this event. /v1/catalogue lists those of its meteors; image of an NFT names one, \
             with ipfs:// before it."
        );
        Self::new(StatusCode::NOT_FOUND, "unknown-image", "Unknown picture", detail)
    }

    /// 404 or 503: a picture of the event that can't be served now.
    pub(crate) fn no_image(cid: &str, fault: &ImageFault) -> Self {
        let detail = format!("The picture {cid} can't be served now: {fault}. An IPFS gateway may have it.");
        match fault {
            ImageFault::Missing => Self::new(StatusCode::NOT_FOUND, "no-image", "Picture not there", detail),
            ImageFault::Damaged | ImageFault::Store(_) | ImageFault::Slow | ImageFault::Busy => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "no-image", "No picture now", detail)
            }
        }
    }

    /// 416: a part that a picture of this length doesn't have.
    pub fn no_such_part(length: u64) -> Self {
        let detail = format!("The picture has {length} bytes, and none of the part that Range names.");
        let problem = Self::new(StatusCode::RANGE_NOT_SATISFIABLE, "no-such-part", "No such part", detail);
        Self { whole: Some(length), ..problem }
    }

    /// 404: no such route.
    pub fn not_found(path: &str) -> Self {
        let shown: String = path.chars().take(100).collect();
        let detail = format!("There is nothing at {shown}. /docs lists all routes.");
        Self::new(StatusCode::NOT_FOUND, "not-found", "Not found", detail)
    }

    /// 405: another method than the route has.
    pub fn method_not_allowed() -> Self {
        let detail = "This path takes another method: /docs says which.".to_owned();
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "Method not allowed", detail)
    }

    /// 409: a tier that no rank of a shower has.
    pub fn no_such_tier(shower: u32, tier: Tier) -> Self {
        let detail = format!(
            "Shower {shower} has no rank that is {tier} or better, however much one contributes. /v1/config has the rule \
             of the tiers."
        );
        Self::new(StatusCode::CONFLICT, "no-such-tier", "No such tier", detail)
    }

    /// 409: a quote for a shower that is over.
    pub fn shower_over(shower: u32) -> Self {
        let detail =
            format!("Shower {shower} accepts no more contributions. /v1/showers shows which one is open.");
        Self::new(StatusCode::CONFLICT, "shower-over", "Shower is over", detail)
    }

    /// 503: the launch has not been read yet.
    pub fn not_launched() -> Self {
        let detail =
            "This server has not read the launch from the chain yet. Try again in a few seconds; /v1/status \
             shows how far it is."
                .to_owned();
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "not-launched", "Not launched yet", detail)
    }

    /// 503: what only a node can tell is not known.
    pub fn no_node() -> Self {
        let detail =
            "The chain's nodes do not answer this server now. Try again in a few seconds.".to_owned();
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "no-node", "No node answers", detail)
    }

    /// 422: the chain refuses a transaction, or would.
    pub fn refused(refusal: Refusal) -> Self {
        let title = "Refused by the chain";
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "refused", title, refusal.plain());
        Self { codespace: Some(refusal.codespace), code: Some(refusal.code), ..problem }
    }

    /// 503: a transaction was sent, and nobody knows whether it arrived.
    pub fn perhaps_sent() -> Self {
        let detail = "The chain's nodes did not answer: the transaction may or may not have arrived. Look its hash up at \
                      /v1/txs, or send the same bytes again; do not sign another one before that."
            .to_owned();
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "perhaps-sent", "Perhaps sent", detail)
    }

    /// 503: as many requests are passed on to nodes as may be at once.
    pub fn busy() -> Self {
        let detail = "This server asks the chain's nodes as much as it may at once. Nothing was sent: try again in a second."
            .to_owned();
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "Too many requests at once", detail);
        Self { retry_after: Some(1), ..problem }
    }

    /// 408: the body took too long.
    pub fn slow_body() -> Self {
        let detail = "The body did not come in time. Nothing was sent: try again.".to_owned();
        Self::new(StatusCode::REQUEST_TIMEOUT, "slow-body", "Body too slow", detail)
    }

    /// 429: an address has as many live connections as one may have.
    pub fn too_many_streams_of_one() -> Self {
        let detail = "Your address has as many live connections as one address may have. Poll the pages every few seconds \
             instead, or close some."
            .to_owned();
        let problem =
            Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many-streams", "Too many live connections", detail);
        Self { retry_after: Some(60), ..problem }
    }

    /// 503: the limit of live connections is reached.
    pub fn too_many_streams() -> Self {
        let detail = "This server has reached its limit of live connections. Poll the pages every few seconds instead, \
             or try again later."
            .to_owned();
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "too-many-streams", "Too many live connections", detail)
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        let why = rejection.body_text();
        let why = why.strip_prefix("Invalid URL: ").unwrap_or(&why);
        Self::bad_request(format!("The path is malformed: {why}. See /docs."))
    }
}

/// What the description of a path tells is refused before (`known`).
impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        let why = rejection.body_text();
        let why = why.strip_prefix("Failed to deserialize query string: ").unwrap_or(&why);
        Self::bad_request(format!("The query is malformed: {why}. See /docs."))
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            let detail = "The body has more than 64 KiB: send fewer messages in one transaction.".to_owned();
            return Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "Too large", detail);
        }
        Self::bad_request(format!(
            "The body is malformed: {}. Send JSON with content-type application/json. See /docs.",
            rejection.body_text()
        ))
    }
}

impl From<NotRelayed> for Problem {
    fn from(why: NotRelayed) -> Self {
        let title = "Not a transaction of this event";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "not-relayed", title, format!("Nothing was sent: {why}."))
    }
}

impl Problem {
    /// Status and headers of the answer, and its body.
    pub(crate) fn parts(&self) -> (axum::http::Response<()>, Vec<u8>) {
        let mut response = axum::http::Response::new(());
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        if let Some(whole) = self.whole
            && let Ok(range) = HeaderValue::try_from(format!("bytes */{whole}"))
        {
            headers.insert(CONTENT_RANGE, range);
        }
        (response, to_json(self))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (response, body) = self.parts();
        response.map(|()| body.into())
    }
}
