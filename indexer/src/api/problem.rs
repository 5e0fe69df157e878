//! Errors of the API: problem details (RFC 9457) that say what went wrong and what to do next.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::fold::Collection;
use crate::view::page::to_json;

/// What went wrong and what to do next.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Which problem it is, for programs.
    #[serde(rename = "type")]
    #[schema(example = "urn:meteor-shower:problem:unknown-shower")]
    pub kind: String,
    /// Which problem it is, for people.
    #[schema(example = "Unknown shower")]
    pub title: &'static str,
    /// The HTTP status.
    #[schema(example = 404)]
    pub status: u16,
    /// What went wrong this time and what to do next.
    pub detail: String,
}

impl Problem {
    fn new(status: StatusCode, kind: &str, title: &'static str, detail: String) -> Self {
        let kind = format!("urn:meteor-shower:problem:{kind}");
        Self { kind, title, status: status.as_u16(), detail }
    }

    /// 400: a part of the request is not of its form.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", "Bad request", detail.into())
    }

    /// 400: not an address.
    pub fn bad_address(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-address", "Not an address", detail.into())
    }

    /// 404: a shower that the schedule doesn't have.
    pub fn unknown_shower(shower: u32, count: usize) -> Self {
        let detail = format!("There is no shower {shower}: ask for one from 1 to {count}.");
        Self::new(StatusCode::NOT_FOUND, "unknown-shower", "Unknown shower", detail)
    }

    /// 404: a collection that the event doesn't have.
    pub fn unknown_collection(collection: &str) -> Self {
        let shown: String = collection.chars().take(40).collect();
        let detail = format!("There is no collection {shown:?}: ask for meteors, eggs or dust.");
        Self::new(StatusCode::NOT_FOUND, "unknown-collection", "Unknown collection", detail)
    }

    /// 404: a token that isn't minted.
    pub fn unknown_nft(of: Collection, id: u64) -> Self {
        let detail = match of {
            Collection::Meteors => {
                format!("Meteor {id} is not minted (yet): look at /v1/showers for how far minting is.")
            }
            Collection::Eggs => format!("No egg {id} was found (yet): look at /v1/nfts/meteors/{id}."),
            Collection::Dust => format!("No dust {id} was found (yet): look at /v1/nfts/meteors/{id}."),
        };
        Self::new(StatusCode::NOT_FOUND, "unknown-nft", "Unknown NFT", detail)
    }

    /// 404: no tables file was given to this server.
    pub fn no_tables() -> Self {
        let detail =
            "This server has no tables file: ask the event's makers for it, and compare its SHA-256 with \
                      tables in /v1/fairness."
                .to_owned();
        Self::new(StatusCode::NOT_FOUND, "no-tables", "No tables file", detail)
    }

    /// 503: the tables file of this server is not the one that the chain names.
    pub fn other_tables(given: &str, wanted: &str) -> Self {
        let detail = format!(
            "The tables file of this server has SHA-256 {given} where the chain names {wanted}, so it is not \
             given out: whoever runs the server must give it the right file (--tables)."
        );
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "other-tables", "Not the chain's tables", detail)
    }

    /// 404: no such route.
    pub fn not_found(path: &str) -> Self {
        let shown: String = path.chars().take(100).collect();
        let detail = format!("There is nothing at {shown}: see /docs for what there is.");
        Self::new(StatusCode::NOT_FOUND, "not-found", "Not found", detail)
    }

    /// 405: another method than the route has.
    pub fn method_not_allowed() -> Self {
        let detail = "The API is for reading: use GET.".to_owned();
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "Method not allowed", detail)
    }

    /// 409: a quote for a shower that is over.
    pub fn shower_over(shower: u32) -> Self {
        let detail =
            format!("Shower {shower} takes no contributions any more: see /v1/showers for the open one.");
        Self::new(StatusCode::CONFLICT, "shower-over", "Shower is over", detail)
    }

    /// 503: the launch has not been read yet.
    pub fn not_launched() -> Self {
        let detail =
            "The event's launch has not been read from the chain yet: try again in a few seconds, and see \
                      /v1/status for how far reading is."
                .to_owned();
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "not-launched", "Not launched yet", detail)
    }

    /// 503: as many live connections as there may be.
    pub fn too_many_streams() -> Self {
        let detail = "As many live connections are open as this server takes: ask the pages again every few \
                      seconds instead, or try another time."
            .to_owned();
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "too-many-streams", "Too many live connections", detail)
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Self::bad_request(format!("The path can't be read: {}. See /docs.", rejection.body_text()))
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::bad_request(format!("The query can't be read: {}. See /docs.", rejection.body_text()))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, to_json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        // What is missing now may be there with the next block.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("3"));
        }
        response
    }
}
