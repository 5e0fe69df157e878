//! Refuses query parameters that a path doesn't take: a mistyped one would be passed over, and the answer be another than
//! was asked for. Which a path takes is what its description says.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{MatchedPath, Query, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{Parameter, ParameterIn};

use super::Problem;

/// The query parameters that each path takes.
#[derive(Debug)]
pub(super) struct Known(HashMap<String, Vec<String>>);

impl Known {
    /// Those of a description.
    pub(super) fn of(description: &OpenApi) -> Arc<Self> {
        let named = |parameters: &Vec<Parameter>| -> Vec<String> {
            let query = parameters.iter().filter(|parameter| parameter.parameter_in == ParameterIn::Query);
            query.map(|parameter| parameter.name.clone()).collect()
        };
        let of = |(path, item): (&String, &utoipa::openapi::PathItem)| {
            let operation = [&item.get, &item.post].into_iter().flatten().next();
            let parameters = operation.and_then(|operation| operation.parameters.as_ref());
            (path.clone(), parameters.map(named).unwrap_or_default())
        };
        Arc::new(Self(description.paths.paths.iter().map(of).collect()))
    }

    /// The problem with a query of this path.
    fn problem(&self, path: &str, request: &Request) -> Option<Problem> {
        request.uri().query()?;
        let known = self.0.get(path)?;
        let Query(given) = Query::<Vec<(String, String)>>::try_from_uri(request.uri()).ok()?;
        let (unknown, _) = given.into_iter().find(|(name, _)| !known.contains(name))?;
        Some(Problem::unknown_parameter(&unknown, known))
    }
}

/// Passes a request on if its path takes every parameter of its query.
pub(super) async fn refuse(known: Arc<Known>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>();
    match path.and_then(|path| known.problem(path.as_str(), &request)) {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    }
}
