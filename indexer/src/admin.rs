//! The admin API on its own port: liveness, readiness, status and metrics.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use futures::FutureExt as _;
use hyper::body::Incoming;
use meteor_chain::NodeStatus;
use serde::Serialize;
use tower_service::Service as _;

use crate::api::Problem;
use crate::app::App;
use crate::fold::Alarm;
use crate::health::{Agreement, Check};
use crate::images::{self, Images};
use crate::metrics::{self, Format};
use crate::models::ServerState;
use crate::port::{self, Handler};
use crate::standing::Standing;
use crate::store;

/// The admin API, as its port answers.
pub(crate) struct Admin(Router);

impl Admin {
    /// Of this server.
    pub(crate) fn new(app: &Arc<App>) -> Self {
        Self(router(app))
    }
}

impl Handler for Admin {
    fn handle(&self, _: IpAddr, request: Request<Incoming>) -> port::Answer {
        port::Answer::Later(self.0.clone().call(request.map(Body::new)).boxed())
    }
}

fn router(app: &Arc<App>) -> Router {
    Router::new()
        .route("/livez", get(|| async { "alive\n" })) // answering is the proof
        .route("/readyz", get(ready))
        .route("/status", get(status))
        .route("/metrics", get(metrics))
        .fallback(|| async { problem(StatusCode::NOT_FOUND, "not-found", "Not found", NOTHING_ELSE) })
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .with_state(Arc::clone(app))
        .layer(map_response(async |mut response: Response| {
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }))
}

const NOTHING_ELSE: &str = "There are /livez, /readyz, /status and /metrics here.";

fn problem(status: StatusCode, kind: &str, title: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(status, kind, title, detail.into())
}

async fn ready(State(app): State<Arc<App>>) -> Response {
    let one_node = app.health.agreement.one_node().map_or_else(String::new, |(height, since)| {
        format!("; one node alone has told the blocks from {height} on, for {} seconds", since.as_secs())
    });
    match app.ready() {
        // All replicas would be out at once if the chain's halt made them so.
        Ok(()) if app.standing() == Standing::ChainStands => {
            let since = app.health.since_advance().unwrap_or_default().as_secs();
            let height = app.view().at.height;
            format!("ready; the chain stands at height {height} since {since} seconds{one_node}\n")
                .into_response()
        }
        Ok(()) => format!("ready{one_node}\n").into_response(),
        Err(why) => problem(StatusCode::SERVICE_UNAVAILABLE, "not-ready", "Not ready", why).into_response(),
    }
}

async fn metrics(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let format = Format::asked(headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()));
    match metrics::render(&app, format) {
        Ok(text) => ([(CONTENT_TYPE, format.content_type())], text).into_response(),
        Err(error) => {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            problem(status, "no-metrics", "No metrics", error.to_string()).into_response()
        }
    }
}

/// The state of this replica, for its operator.
#[derive(Debug, Serialize)]
struct Status {
    chain_id: Option<String>,
    contract: String,
    state: &'static str,
    not_ready: Option<String>,
    height: u64,
    hash: String,
    time: u64,
    tip: u64,
    lag: u64,
    seconds_since_advance: Option<u64>,
    contributions: u64,
    wallets: usize,
    meteors: usize,
    live_connections: usize,
    /// What went wrong last; null once following goes well again.
    last_error: Option<String>,
    /// How long ago that was.
    last_error_seconds: Option<u64>,
    alarm: bool,
    /// How often the chain said what can't be true, and the last of it.
    alarms: Alarms,
    /// Whether nodes tell the same.
    agreement: Agreed,
    /// The last comparison with the contracts, by subject: each shower, roles, payees, balance, custody, collections.
    checks: BTreeMap<String, Check>,
    nodes: Vec<NodeStatus>,
    /// Snapshots and segments; null if nothing is kept.
    store: Option<store::Report>,
    /// The event's pictures; null if none are served.
    images: Option<images::Report>,
}

/// How far nodes agree.
#[derive(Debug, Serialize)]
struct Agreed {
    /// Height of the last block that can't be taken back any more.
    verified: u64,
    /// Blocks served on the word of one node, since the start.
    alone: u64,
    /// The height from which on what is served is one node's word, though several are asked; null if it isn't.
    one_node_since: Option<u64>,
    /// For how long it is.
    one_node_seconds: Option<u64>,
    /// How often nodes contradicted each other, since the start.
    contradictions: u64,
    /// Whether nothing tells which of two nodes is right.
    open: bool,
    /// The last contradiction, and how long ago it was.
    last: Option<String>,
    last_seconds: Option<u64>,
}

impl Agreed {
    fn of(agreement: &Agreement) -> Self {
        let (last, one_node) = (agreement.last(), agreement.one_node());
        Self {
            one_node_since: one_node.map(|(height, _)| height),
            one_node_seconds: one_node.map(|(_, since)| since.as_secs()),
            verified: agreement.verified.load(Relaxed),
            alone: agreement.alone.load(Relaxed),
            contradictions: agreement.contradictions.load(Relaxed),
            open: agreement.open(),
            last_seconds: last.as_ref().map(|(since, _)| since.as_secs()),
            last: last.map(|(_, how)| how),
        }
    }
}

/// The alarms of the fold.
#[derive(Debug, Serialize)]
struct Alarms {
    count: u64,
    last: Vec<Alarm>,
}

async fn status(State(app): State<Arc<App>>) -> Response {
    let view = app.view();
    let health = &app.health;
    let not_ready = app.ready().err();
    let checks = health.checks();
    let tip = health.tip();
    let last_error = health.last_error();
    let status = Status {
        chain_id: health.chain_id().map(str::to_owned),
        contract: app.config.shower.clone(),
        state: match (app.state(), &not_ready) {
            (ServerState::Following | ServerState::ChainStands, Some(_)) => "catching_up",
            (state, _) => state.name(),
        },
        not_ready,
        height: view.at.height,
        hash: hex::encode(view.at.hash),
        time: view.time(),
        tip,
        lag: tip.saturating_sub(view.at.height),
        seconds_since_advance: health.since_advance().map(|since| since.as_secs()),
        contributions: view.contributions,
        wallets: view.wallets.len(),
        meteors: view.collections.meteors.minted(),
        live_connections: app.live(),
        last_error_seconds: last_error.as_ref().map(|(since, _)| since.as_secs()),
        last_error: last_error.map(|(_, error)| error),
        // An unequal comparison stays on until a later one of the same subject is equal; an alarm stays on.
        alarm: health.halted().is_some()
            || health.lacks().is_some()
            || health.agreement.open()
            || view.alarms.count > 0
            || app.store_health.alarmed()
            || app.images.as_ref().is_some_and(Images::alarmed)
            || checks.values().any(|check| !check.equal),
        alarms: Alarms { count: view.alarms.count, last: view.alarms.last.iter().cloned().collect() },
        agreement: Agreed::of(&health.agreement),
        checks,
        nodes: app.pool.health(),
        store: app.config.store.as_ref().map(|place| app.store_health.report(place.to_string())),
        images: app.images.as_ref().map(Images::report),
    };
    Json(status).into_response()
}
