//! What was seen, for Prometheus: `/healthz`, `/readyz` and `/metrics` on a port of its own.

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

use super::{Look, Verdict};

/// Every metric with its label and what it says. All are named from the start, for whoever writes alerts. Prometheus has
/// labels `job` and `instance` of its own, and would rename ours.
const FAMILIES: [(&str, Option<&str>, &str); 9] = [
    ("watch_answer_seconds", Some("what"), "Time until the page or an image had come whole"),
    ("watch_certificate_expiry_timestamp_seconds", None, "When the site's certificate ends"),
    ("watch_shown_age_seconds", None, "Age of what the API shows"),
    ("watch_paused", None, "1 while contributing is paused"),
    ("watch_balance", Some("role"), "What an account has for fees, in micro-denom"),
    ("watch_balance_needed", Some("role"), "About what it needs for what is left to do, in micro-denom"),
    (
        "watch_late_seconds",
        Some("task"),
        "How long ago something could have been done that is not done; 0 if nothing",
    ),
    (
        "watch_left_seconds",
        Some("task"),
        "Time until the nearest deadline of what is not done; missing if nothing",
    ),
    ("watch_missed_deadlines", None, "Showers that were not minted in time, or whose key came too late"),
];

/// What was seen last.
#[derive(Debug)]
struct Seen {
    look: Look,
    looks: u64,
    at: Instant,
    patience: Duration,
}

/// Where looks are put. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Board(Arc<Mutex<Seen>>);

impl Board {
    /// Of a watch that looks this often.
    pub(crate) fn new(every: Duration) -> Self {
        // A look at a site that hangs takes a while.
        let patience = every.saturating_mul(3).saturating_add(Duration::from_mins(2));
        Self(Arc::new(Mutex::new(Seen { look: Look::default(), looks: 0, at: Instant::now(), patience })))
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        // Nothing can panic while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts up what was seen.
    pub(crate) fn put(&self, look: Look) {
        let mut seen = self.seen();
        seen.looks = seen.looks.saturating_add(1);
        (seen.look, seen.at) = (look, Instant::now());
    }

    /// In the text format of Prometheus.
    pub(crate) fn text(&self) -> String {
        let seen = self.seen();
        let mut text = String::new();
        let since = format!("{:.1}", seen.at.elapsed().as_secs_f64());
        for (name, kind, help, value) in [
            ("watch_looks_total", "counter", "How often was looked", seen.looks.to_string()),
            ("watch_last_look_seconds", "gauge", "Seconds since a look ended", since),
        ] {
            let _ = writeln!(text, "# HELP {name} {help}.\n# TYPE {name} {kind}\n{name} {value}");
        }
        let findings = &seen.look.findings;
        let checks = [
            ("watch_wrong", Verdict::Wrong, "1 if what was checked is not as it should be"),
            ("watch_unknown", Verdict::Unknown, "1 if it could not be looked at"),
        ];
        for (name, verdict, help) in checks {
            let _ = writeln!(text, "# HELP {name} {help}.\n# TYPE {name} gauge");
            let mut names: Vec<&str> = findings.iter().map(|finding| finding.check).collect();
            names.sort_unstable();
            names.dedup();
            for check in names {
                let so = findings.iter().any(|found| found.check == check && found.verdict == verdict);
                let _ = writeln!(text, "{name}{{check=\"{check}\"}} {}", u8::from(so));
            }
        }
        for (name, label, help) in FAMILIES {
            let _ = writeln!(text, "# HELP {name} {help}.\n# TYPE {name} gauge");
            for figure in seen.look.figures.iter().filter(|figure| figure.name == name) {
                let labels = label.zip(figure.label.as_ref());
                let labels =
                    labels.map_or_else(String::new, |(label, value)| format!("{{{label}=\"{value}\"}}"));
                let _ = writeln!(text, "{name}{labels} {}", figure.value);
            }
        }
        text
    }

    /// Whether it looks, and in words.
    fn ready(&self) -> (bool, String) {
        let seen = self.seen();
        let since = seen.at.elapsed();
        match seen.looks {
            0 => (false, "not ready: nothing was looked at yet\n".to_owned()),
            _ if since > seen.patience => {
                (false, format!("not ready: the last look was {} s ago\n", since.as_secs()))
            }
            _ => (true, "ready\n".to_owned()),
        }
    }

    /// Serves it at `listen`; answers with the address that it got.
    ///
    /// # Errors
    /// If nothing can listen there.
    pub(crate) async fn serve(&self, listen: SocketAddr) -> Result<SocketAddr> {
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

async fn ready(State(board): State<Board>) -> Response {
    let (ready, text) = board.ready();
    (if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, text).into_response()
}

async fn metrics(State(board): State<Board>) -> Response {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], board.text()).into_response()
}
