//! What is passed on to the chain's nodes: a bounded number of requests at once, each with a deadline.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse as _, Response};
use meteor_chain::words::{Refusal, Said};
use meteor_chain::{NodeError, with_causes};
use serde::Serialize;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

use super::Problem;
use crate::app::App;

/// A reader doesn't wait longer. Below the pause after which a pool would have asked every node again.
const DEADLINE: Duration = Duration::from_secs(8);

/// A place among the requests that nodes are asked at once. Keep it until the answer is there.
pub(super) fn place(app: &App) -> Result<OwnedSemaphorePermit, Problem> {
    Arc::clone(&app.upstream).try_acquire_owned().map_err(|_| Problem::busy())
}

/// The nodes' answer to a question, within the deadline. A refusal of the chain stays one.
pub(super) async fn asked<T>(
    answer: impl Future<Output = Result<T, NodeError>>,
) -> Result<Result<T, Refusal>, Problem> {
    match timeout(DEADLINE, answer).await {
        Ok(Ok(answer)) => Ok(Ok(answer)),
        Ok(Err(error)) => refused(error).map(Err),
        Err(_) => Err(Problem::no_node()),
    }
}

/// What the chain says against it; a problem if no node could tell.
pub(super) fn refused(error: NodeError) -> Result<Refusal, Problem> {
    match error {
        NodeError::Query(refusal) if !matches!(refusal.said(), Said::Panicked | Said::NoQuery) => {
            Ok(refusal.unhidden())
        }
        NodeError::Refused { text, said: Said::MempoolFull } => Ok(Refusal::mempool_full(text)),
        NodeError::Query(_)
        | NodeError::Refused { .. }
        | NodeError::NotYet
        | NodeError::Pruned { .. }
        | NodeError::Behind { .. }
        | NodeError::RateLimited { .. }
        | NodeError::Paced { .. }
        | NodeError::TooLarge(_)
        | NodeError::TooSlow { .. }
        | NodeError::Unreachable { .. }
        | NodeError::Status { .. }
        | NodeError::NotRpc { .. }
        | NodeError::Malformed(_)
        | NodeError::WrongChain { .. }
        | NodeError::NoMethod(_)
        | NodeError::NoNode
        | NodeError::Address(_) => {
            tracing::warn!(error = with_causes(&error), "no node could answer");
            Err(Problem::no_node())
        }
    }
}

/// An answer of this moment, which nobody may keep.
pub(super) fn fresh<T: Serialize>(value: &T) -> Response {
    ([(CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(value)).into_response()
}
