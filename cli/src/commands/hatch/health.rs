//! How the worker does, for those who watch it: `/healthz`, `/readyz` and `/metrics` on a port of its own.

use crate::amounts::counted;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;

/// A round may take this long, besides the pauses: a batch of reveals waits for blocks.
const ROUND: Duration = Duration::from_mins(2);

/// What the worker did and what it could not do.
#[derive(Debug)]
struct Seen {
    rounds: u64,
    failed: u64,
    revealed: u64,
    /// When a round last ended well; at first, when the worker started.
    good: Instant,
    /// Why the last round failed; `None` if it did not.
    error: Option<String>,
    waits: Waits,
}

/// Meteors that are in custody and can't be revealed, by why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Waits {
    /// Too near to their reclaim time.
    pub near: usize,
    /// Of showers whose key, root or tables don't fit.
    pub unfit: usize,
    /// Whose reveal the chain refuses.
    pub refused: usize,
    /// When the first of them can be taken back (Unix seconds), if that is known.
    pub first: Option<u64>,
}

impl Waits {
    /// How many there are.
    const fn count(&self) -> usize {
        self.near.saturating_add(self.unfit).saturating_add(self.refused)
    }
}

/// The worker's health. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Health {
    seen: Arc<Mutex<Seen>>,
    /// A round that ended well longer ago means that the worker is in trouble.
    patience: Duration,
}

impl Health {
    /// Of a worker that pauses this long between rounds.
    pub(super) fn new(every: Duration) -> Self {
        let seen = Seen {
            rounds: 0,
            failed: 0,
            revealed: 0,
            good: Instant::now(),
            error: None,
            waits: Waits::default(),
        };
        Self { seen: Arc::new(Mutex::new(seen)), patience: every.saturating_mul(3).saturating_add(ROUND) }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        // Nothing can panic while it is held.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A round ended well.
    pub(super) fn good(&self, revealed: usize, waits: Waits) {
        let mut seen = self.seen();
        seen.rounds = seen.rounds.saturating_add(1);
        seen.revealed = seen.revealed.saturating_add(revealed.try_into().unwrap_or(u64::MAX));
        (seen.good, seen.error, seen.waits) = (Instant::now(), None, waits);
    }

    /// A round failed.
    pub(super) fn failed(&self, why: String) {
        let mut seen = self.seen();
        seen.failed = seen.failed.saturating_add(1);
        seen.error = Some(why);
    }

    /// Whether it does its work, and in words.
    fn ready(&self) -> (bool, String) {
        let seen = self.seen();
        let since = seen.good.elapsed();
        let ready = seen.rounds > 0 && since <= self.patience;
        let mut text = match (ready, seen.rounds) {
            (true, _) => "ready".to_owned(),
            (false, 0) => "not ready: no round has ended well yet".to_owned(),
            (false, _) => format!("not ready: no round has ended well for {} s", since.as_secs()),
        };
        if let Some(error) = &seen.error {
            let _ = write!(text, "; the last one: {error}");
        }
        if seen.waits.count() > 0 {
            let _ = write!(text, "; {} in custody can't be revealed", counted(seen.waits.count(), "meteor"));
        }
        text.push('\n');
        (ready, text)
    }

    /// In the text format of Prometheus.
    fn metrics(&self) -> String {
        let ready = u8::from(self.ready().0);
        let seen = self.seen();
        let mut text = String::new();
        let mut metric = |name: &str, kind: &str, help: &str, values: &[(&str, String)]| {
            let _ = writeln!(text, "# HELP {name} {help}.\n# TYPE {name} {kind}");
            for (labels, value) in values {
                let _ = writeln!(text, "{name}{labels} {value}");
            }
        };
        let one = |value: u64| [("", value.to_string())];
        metric("hatch_ready", "gauge", "1 while rounds end well", &one(ready.into()));
        metric(
            "hatch_rounds_total",
            "counter",
            "Looks at what is in custody that ended well",
            &one(seen.rounds),
        );
        metric(
            "hatch_rounds_failed_total",
            "counter",
            "Looks that failed, and were tried again",
            &one(seen.failed),
        );
        metric("hatch_revealed_total", "counter", "Meteors revealed since the start", &one(seen.revealed));
        let since = [("", format!("{:.1}", seen.good.elapsed().as_secs_f64()))];
        metric("hatch_last_round_seconds", "gauge", "Seconds since a round last ended well", &since);
        let Waits { near, unfit, refused, first } = &seen.waits;
        let waits = [
            ("{reason=\"near\"}", near.to_string()),
            ("{reason=\"unfit\"}", unfit.to_string()),
            ("{reason=\"refused\"}", refused.to_string()),
        ];
        metric("hatch_waiting", "gauge", "Meteors in custody that can't be revealed, by reason", &waits);
        // Without a value as long as nothing waits; its name is there from the start, for whoever writes alerts.
        let first = first.map(one).into_iter().flatten().collect::<Vec<_>>();
        let help = "When the first of them can be taken back by its holder";
        metric("hatch_first_reclaim_timestamp_seconds", "gauge", help, &first);
        text
    }

    /// Serves it at `listen`; answers with the address that it got.
    ///
    /// # Errors
    /// If nothing can listen there.
    pub(super) async fn serve(&self, listen: SocketAddr) -> Result<SocketAddr> {
        let listener = TcpListener::bind(listen).await;
        let listener = listener.with_context(|| format!("listening at --admin {listen}"))?;
        let address = listener.local_addr()?;
        let router = Router::new()
            .route("/healthz", get(async || "alive\n")) // answering is the proof
            .route("/readyz", get(ready))
            .route("/metrics", get(metrics))
            .with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(address)
    }
}

async fn ready(State(health): State<Health>) -> Response {
    let (ready, text) = health.ready();
    (if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, text).into_response()
}

async fn metrics(State(health): State<Health>) -> Response {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], health.metrics()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_ready_once_a_round_ended_well_and_says_what_waits() {
        let health = Health::new(Duration::from_secs(5));
        assert_eq!(health.ready(), (false, "not ready: no round has ended well yet\n".to_owned()));
        let nothing = health.metrics();
        assert!(nothing.ends_with("# TYPE hatch_first_reclaim_timestamp_seconds gauge\n"), "{nothing}");
        health.failed("the node does not answer".to_owned());
        assert!(health.ready().1.ends_with("; the last one: the node does not answer\n"));
        health.good(2, Waits { unfit: 1, first: Some(1_795_632_501), ..Waits::default() });
        assert_eq!(health.ready(), (true, "ready; 1 meteor in custody can't be revealed\n".to_owned()));
        let metrics = health.metrics();
        for line in [
            "hatch_ready 1",
            "hatch_rounds_total 1",
            "hatch_rounds_failed_total 1",
            "hatch_revealed_total 2",
            "hatch_waiting{reason=\"unfit\"} 1",
            "hatch_waiting{reason=\"near\"} 0",
            "hatch_first_reclaim_timestamp_seconds 1795632501",
        ] {
            assert!(metrics.lines().any(|said| said == line), "{line}: {metrics}");
        }
    }

    #[test]
    fn a_worker_that_no_longer_gets_through_is_not_ready() {
        let health = Health { patience: Duration::ZERO, ..Health::new(Duration::ZERO) };
        health.good(0, Waits::default());
        let (ready, text) = health.ready();
        assert!(!ready && text.starts_with("not ready: no round has ended well for "), "{text}");
        assert!(health.metrics().contains("hatch_ready 0"));
    }
}
