//! People who visit the demo's page: how far the demo is, play money, and waiting until they have cracked.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderName, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use meteor_indexer::api::Problem;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::event;
use super::faucet::Faucet;
use crate::chain::Chain;
use crate::out::say;

/// Seconds to wait for visitors who took part, and for people who may still be reading.
const VISITED: u64 = 15 * 60;
const UNVISITED: u64 = 5 * 60;

/// How far the demo is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Phase {
    /// Showers are open, or are being drawn and minted.
    Showers,
    /// Everything is minted; visitors crack.
    Waiting,
    /// Keys are being published and everything is checked.
    Finishing,
    /// All is checked, and is served until it is stopped.
    Over,
}

/// What `GET /demo` answers.
#[derive(Clone, Copy, Debug, Serialize)]
struct Now {
    phase: Phase,
    /// When the waiting ends by itself (seconds since the epoch).
    finish_at: Option<u64>,
}

/// The demo as its page sees it.
pub(super) struct Visitors {
    now: watch::Sender<Now>,
    faucet: Faucet,
}

impl Visitors {
    /// Nobody has come yet.
    pub(super) async fn new(chain: &Chain) -> Result<Arc<Self>> {
        let now = watch::Sender::new(Now { phase: Phase::Showers, finish_at: None });
        Ok(Arc::new(Self { now, faucet: Faucet::new(chain).await? }))
    }

    /// The demo's own routes.
    pub(super) fn routes(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/demo", get(shown))
            .route("/demo/faucet", post(faucet))
            .route("/demo/finish", post(finish))
            .with_state(Arc::clone(self))
    }

    /// The demo is so far now.
    pub(super) fn enter(&self, phase: Phase) {
        self.now.send_replace(Now { phase, finish_at: None });
    }

    /// Waits until somebody asks to finish, or `latest` (seconds since the epoch), or long enough: longer if people
    /// have taken part, whose meteors then wait to be cracked.
    pub(super) async fn wait(&self, visited: bool, latest: Option<u64>, api: &str) {
        let long = event::now().saturating_add(if visited { VISITED } else { UNVISITED });
        let finish_at = latest.map_or(long, |latest| latest.min(long));
        let left = finish_at.saturating_sub(event::now());
        say!(
            "waiting        {} {} min {:02} s; end it on the page, or with: curl -X POST {api}/demo/finish",
            if visited { "for visitors to crack their meteors, at most" } else { "in case somebody comes," },
            left / 60,
            left % 60,
        );
        self.now.send_replace(Now { phase: Phase::Waiting, finish_at: Some(finish_at) });
        let mut now = self.now.subscribe();
        tokio::select! {
            _ = now.wait_for(|now| now.phase != Phase::Waiting) => {}
            () = tokio::time::sleep(Duration::from_secs(left)) => {}
        }
    }
}

type Fresh<T> = ([(HeaderName, &'static str); 1], Json<T>);

fn fresh<T>(answer: T) -> Fresh<T> {
    ([(CACHE_CONTROL, "no-store")], Json(answer))
}

async fn shown(State(visitors): State<Arc<Visitors>>) -> Fresh<Now> {
    fresh(*visitors.now.borrow())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    address: String,
}

#[derive(Serialize)]
struct Given {
    hash: String,
}

async fn faucet(
    State(visitors): State<Arc<Visitors>>,
    asked: Result<Json<Ask>, JsonRejection>,
) -> Result<Fresh<Given>, Problem> {
    let Json(Ask { address }) = asked.map_err(|refused| {
        Problem::bad_request(format!("Send {{\"address\": \"…\"}} as JSON: {}.", refused.body_text()))
    })?;
    // In a task of its own: a payment must not be left half-way because a browser went away.
    let giving = tokio::spawn(async move { visitors.faucet.give(&address).await });
    let hash = giving.await.map_err(|_| {
        let detail = "The demo is stopping.".to_owned();
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "faucet-failed", "The faucet failed", detail)
    })??;
    Ok(fresh(Given { hash }))
}

async fn finish(State(visitors): State<Arc<Visitors>>) -> Result<Fresh<Now>, Problem> {
    visitors.now.send_if_modified(|now| {
        let waiting = now.phase == Phase::Waiting;
        if waiting {
            *now = Now { phase: Phase::Finishing, finish_at: None };
        }
        waiting
    });
    let now = *visitors.now.borrow();
    match now.phase {
        Phase::Showers => {
            let detail = "Showers are still going on or being minted. Finish when that is over.".to_owned();
            Err(Problem::new(StatusCode::CONFLICT, "showers-go-on", "Showers go on", detail))
        }
        Phase::Waiting | Phase::Finishing | Phase::Over => Ok(fresh(now)),
    }
}
