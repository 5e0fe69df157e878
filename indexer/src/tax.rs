//! The chain's tax on coins that are sent, asked of a node now and then.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use meteor_chain::tax::{Rate, Tax};
use meteor_chain::{NodeError, Pool, with_causes};
use tokio::time::timeout;

use crate::app::App;

/// Governance decides about the tax, so it changes rarely.
const FRESH: Duration = Duration::from_mins(1);
/// Wait after a failure, as long as the tax was never known.
const RETRY: Duration = Duration::from_secs(2);
/// No node is waited for longer.
const DEADLINE: Duration = Duration::from_secs(5);
/// No client waits longer for a node.
const PATIENCE: Duration = Duration::from_secs(1);

/// The last known tax.
#[derive(Debug)]
pub(crate) struct LastTax {
    known: Mutex<Known>,
    /// Held while a node is asked.
    asking: tokio::sync::Mutex<()>,
    fresh: Duration,
}

#[derive(Debug, Default)]
struct Known {
    asked: Option<Instant>,
    /// With its cap for this denom; before the event is known there is none.
    denom: Option<String>,
    tax: Option<Tax>,
}

impl Default for LastTax {
    fn default() -> Self {
        Self { known: Mutex::default(), asking: tokio::sync::Mutex::default(), fresh: FRESH }
    }
}

impl LastTax {
    /// The tax on `denom`, or its rate alone without one. It is at most a minute old; older while no node answers, and
    /// `None` if none ever did.
    async fn on(&self, pool: &Pool, denom: Option<&str>) -> Option<Tax> {
        if let Ok(tax) = self.known(denom) {
            return tax;
        }
        // Whoever comes while a node is asked waits for that answer.
        let _asking = self.asking.lock().await;
        if let Ok(tax) = self.known(denom) {
            return tax;
        }
        let answer = timeout(DEADLINE, ask(pool, denom)).await;
        let mut known = self.lock();
        if known.denom.as_deref() != denom {
            // The cap of another denom is not this one's.
            *known = Known { denom: denom.map(ToOwned::to_owned), ..Known::default() };
        }
        known.asked = Some(Instant::now());
        match answer {
            Ok(Ok(tax)) => known.tax = Some(tax),
            Ok(Err(error)) => tracing::warn!(error = with_causes(&error), "the tax can't be asked"),
            Err(_) => tracing::warn!("the tax can't be asked: no node answers in time"),
        }
        known.tax
    }

    /// What is known of the tax on `denom`.
    ///
    /// # Errors
    /// The same, if a node should be asked again.
    fn known(&self, denom: Option<&str>) -> Result<Option<Tax>, Option<Tax>> {
        let known = self.lock();
        if known.denom.as_deref() != denom {
            return Err(None);
        }
        let pause = if known.tax.is_some() { self.fresh } else { RETRY };
        let fresh = known.asked.is_some_and(|asked| asked.elapsed() < pause);
        if fresh { Ok(known.tax) } else { Err(known.tax) }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The tax on `denom`, as [`LastTax::on`] tells it. Nodes that take long are still waited for, but not by whoever asks: the
/// answer is what was known before.
pub(crate) async fn on(app: &Arc<App>, denom: Option<&str>) -> Option<Tax> {
    let before = match app.tax.known(denom) {
        Ok(tax) => return tax,
        Err(before) => before,
    };
    let (asking, denom) = (Arc::clone(app), denom.map(ToOwned::to_owned));
    let asked = tokio::spawn(async move { asking.tax.on(&asking.pool, denom.as_deref()).await });
    match timeout(PATIENCE, asked).await {
        Ok(Ok(tax)) => tax,
        Ok(Err(_)) | Err(_) => before,
    }
}

async fn ask(pool: &Pool, denom: Option<&str>) -> Result<Tax, NodeError> {
    match denom {
        Some(denom) => Tax::of(pool, denom).await,
        None => Ok(Tax::new(Rate::of(pool).await?, None)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::Router;
    use axum::extract::State;
    use axum::routing::post;
    use serde_json::json;

    use super::*;

    /// What the node answers, one after the other: 0.5 %, then nothing of use, then 1 %.
    async fn node(State(asked): State<Arc<AtomicUsize>>) -> String {
        // A protobuf string in base64.
        let response = match asked.fetch_add(1, Ordering::SeqCst) {
            0 => json!({"value": "ChA1MDAwMDAwMDAwMDAwMDAw", "height": "7"}),
            1 => json!({"code": 1, "codespace": "undefined", "log": "internal"}),
            _ => json!({"value": "ChExMDAwMDAwMDAwMDAwMDAwMA==", "height": "8"}),
        };
        json!({"jsonrpc": "2.0", "id": 1, "result": {"response": response}}).to_string()
    }

    async fn pool(asked: &Arc<AtomicUsize>) -> Pool {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().route("/", post(node)).with_state(Arc::clone(asked));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Pool::at(&[url]).unwrap()
    }

    #[tokio::test]
    async fn the_last_known_rate_outlives_a_node_that_fails() {
        let asked = Arc::new(AtomicUsize::new(0));
        let pool = pool(&asked).await;
        let tax = LastTax { fresh: Duration::ZERO, ..LastTax::default() };
        for expected in ["0.005", "0.005", "0.01"] {
            assert_eq!(tax.on(&pool, None).await.unwrap().rate().decimal(), expected);
        }
        assert_eq!(asked.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn a_rate_is_kept_and_a_failure_is_not_asked_again_at_once() {
        let asked = Arc::new(AtomicUsize::new(0));
        let (kept, good) = (LastTax::default(), pool(&asked).await);
        assert_eq!(kept.on(&good, None).await, kept.on(&good, None).await);
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        let never = LastTax::default();
        assert_eq!(
            [never.on(&good, None).await, never.on(&good, None).await],
            [None, None],
            "the second answer is bad"
        );
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }
}
