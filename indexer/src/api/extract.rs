//! What handlers take from a request. What is malformed is a [`Problem`].

use std::time::Duration;

use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use serde::de::DeserializeOwned;

use super::Problem;

/// How long a body may take to come.
const BODY: Duration = Duration::from_secs(15);

/// Parameters in the path. Bad ones are a [`Problem`].
#[derive(FromRequestParts)]
#[from_request(via(Path), rejection(Problem))]
pub(super) struct InPath<T>(pub T);

/// Parameters in the query. Bad ones are a [`Problem`].
#[derive(FromRequestParts)]
#[from_request(via(Query), rejection(Problem))]
pub(super) struct InQuery<T>(pub T);

/// The body. A bad one is a [`Problem`], and one that takes too long.
pub(super) struct InJson<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for InJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Ok(body) = tokio::time::timeout(BODY, Json::from_request(request, state)).await else {
            return Err(Problem::slow_body());
        };
        let Json(body) = body?;
        Ok(Self(body))
    }
}
