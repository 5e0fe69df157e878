//! Errors of the REST API: gRPC's code in the body, the HTTP status the gateway gives it.
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::chain::node::BroadcastError;
use crate::error::DevnetError;
use crate::query::QueryError;

#[derive(Debug)]
pub(crate) struct RestError {
    status: StatusCode,
    code: u8,
    message: String,
}

impl RestError {
    pub(crate) fn invalid(message: impl Into<String>) -> RestError {
        RestError { status: StatusCode::BAD_REQUEST, code: 3, message: message.into() }
    }

    pub(crate) fn not_found(message: impl Into<String>) -> RestError {
        RestError { status: StatusCode::NOT_FOUND, code: 5, message: message.into() }
    }

    pub(crate) fn internal(message: impl Into<String>) -> RestError {
        RestError { status: StatusCode::INTERNAL_SERVER_ERROR, code: 13, message: message.into() }
    }

    /// A route of a module that the dev chain lacks.
    pub(crate) fn absent(hint: &str) -> RestError {
        RestError { message: format!("Not Implemented: {hint}"), ..RestError::unimplemented() }
    }

    pub(crate) fn unimplemented() -> RestError {
        RestError { status: StatusCode::NOT_IMPLEMENTED, code: 12, message: "Not Implemented".into() }
    }
}

impl From<QueryError> for RestError {
    fn from(error: QueryError) -> RestError {
        match error {
            QueryError::Invalid(text) | QueryError::Plain(text) => RestError::invalid(text),
            QueryError::NotFound(text) => RestError::not_found(text),
            QueryError::Unimplemented | QueryError::NoPath => RestError::unimplemented(),
            QueryError::Absent(hint) => RestError::absent(&hint),
            // gRPC `Unknown`.
            QueryError::Simulation(text) => {
                let message = format!("{text}: unknown request");
                RestError { status: StatusCode::INTERNAL_SERVER_ERROR, code: 2, message }
            }
            QueryError::App(error) => {
                RestError { status: StatusCode::INTERNAL_SERVER_ERROR, code: 2, message: error.log }
            }
            QueryError::Height(error) => RestError::invalid(error.log),
        }
    }
}

impl From<DevnetError> for RestError {
    fn from(error: DevnetError) -> RestError {
        RestError::internal(error.to_string())
    }
}

impl From<BroadcastError> for RestError {
    fn from(error: BroadcastError) -> RestError {
        RestError::internal(error.to_string())
    }
}

impl IntoResponse for RestError {
    fn into_response(self) -> Response {
        let body = json!({ "code": self.code, "message": self.message, "details": [] });
        (self.status, Json(body)).into_response()
    }
}
