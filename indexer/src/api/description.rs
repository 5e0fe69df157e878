//! The API's description (OpenAPI): what stands at its head, and what every operation can answer beside its own.

use std::sync::Arc;

use axum::Router;
use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{Components, ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

use crate::app::App;
use crate::models;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Meteor Shower",
        description = "Live and past showers, floors and odds, rankings, wallets and caves of one event.\n\n\
            Amounts are decimal strings in micro-denom, token ids decimal strings. Times are seconds since the Unix \
            epoch; what is a height is called one. Ranks and showers count from 1. Every field is always there: what \
            there isn't is null. Lists take `limit` and `after`, the cursor of the page before; `next` is the path of the \
            page after, null at the end. Query parameters that a path doesn't take are refused. Every answer describes the state at one block; the headers `x-meteor-height` and \
            `x-meteor-block-time` name it. Only accounts and transactions are asked of the chain's nodes. Answers \
            carry a strong `ETag`: send it back as `If-None-Match` to download only what changed. Errors are problem \
            details (RFC 9457).",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    components(schemas(models::LiveEvents)),
    tags(
        (name = "event", description = "The rules of the event, and how current the answers are"),
        (name = "showers", description = "Showers, rankings, floors and quotes"),
        (name = "wallets", description = "What wallets contributed and hold"),
        (name = "fairness", description = "Evidence for verifying the draws"),
        (name = "images", description = "The event's pictures"),
        (name = "exports", description = "Tables of a shower, whole, as comma-separated values"),
        (name = "transactions", description = "What wallets need for signing, and passing on what they signed"),
        (name = "live", description = "Changes as they happen"),
    )
)]
struct Head;

const NOT_MODIFIED: &str = "NotModified";

/// What any operation may answer: status, name among the components, and when. All are problems but the first.
const COMMON: [(&str, &str, &str); 7] = [
    ("304", NOT_MODIFIED, "Unchanged since the answer that `If-None-Match` names"),
    ("400", "BadRequest", "Not HTTP/1.1, or a parameter that is malformed or out of its range"),
    ("408", "RequestTimeout", "The request did not come whole in time"),
    ("414", "UriTooLong", "Path and query have more than 8 KiB"),
    ("429", "TooManyConnections", "This address has as many connections as one address may have"),
    ("431", "HeadersTooLarge", "There are more than 100 headers, or more than 16 KiB of them"),
    (
        "503",
        "Unavailable",
        "The launch has not been read yet, or this server has as many connections as it can hold: see Retry-After",
    ),
];

/// The description as JSON, as committed in `schema/openapi.json`.
///
/// # Errors
/// If it can't be serialised, which is a bug.
pub fn openapi() -> Result<String, serde_json::Error> {
    let mut json = parts().1.to_pretty_json()?;
    json.push('\n');
    Ok(json)
}

/// The routes, and their description.
pub(super) fn parts() -> (Router<Arc<App>>, utoipa::openapi::OpenApi) {
    let (routes, mut description) = super::routes(Head::openapi());
    complete(&mut description);
    (routes, description)
}

/// Adds what any operation may answer.
fn complete(description: &mut utoipa::openapi::OpenApi) {
    let components = description.components.get_or_insert_with(Components::new);
    for (_, name, when) in COMMON {
        components.responses.insert(name.to_owned(), response(name, when).into());
    }
    // Every field is always there; what there isn't is null.
    for schema in components.schemas.values_mut() {
        if let RefOr::T(Schema::Object(object)) = schema {
            object.required = object.properties.keys().cloned().collect();
        }
    }
    for path in description.paths.paths.values_mut() {
        for operation in operations(path) {
            // What is told of this moment only has no ETag.
            let groups = operation.tags.clone().unwrap_or_default();
            let kept = !groups.iter().any(|group| matches!(group.as_str(), "transactions" | "live"));
            let own = &mut operation.responses.responses;
            for (status, name, _) in COMMON.into_iter().filter(|(status, ..)| kept || *status != "304") {
                let common = || RefOr::Ref(Ref::from_response_name(name));
                own.entry(status.to_owned()).or_insert_with(common);
            }
        }
    }
}

fn operations(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut path.get, &mut path.post].into_iter().flatten()
}

/// A response without a body for 304, otherwise with a problem.
fn response(name: &str, when: &str) -> Response {
    let response = ResponseBuilder::new().description(when);
    if name == NOT_MODIFIED {
        return response.build();
    }
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    response.content("application/problem+json", problem).build()
}
