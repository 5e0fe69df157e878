//! The chain's tax on coins that are sent, asked of a node now and then.

use std::time::{Duration, Instant};

use meteor_chain::tax::Rate;
use meteor_chain::{Pool, with_causes};
use tokio::sync::Mutex;
use tokio::time::timeout;

/// Governance decides about the tax, so it changes rarely.
const FRESH: Duration = Duration::from_mins(1);
/// Wait after a failure, as long as the rate was never known.
const RETRY: Duration = Duration::from_secs(2);
/// Nobody waits longer for a node.
const DEADLINE: Duration = Duration::from_secs(5);

/// The last known rate.
#[derive(Debug)]
pub(crate) struct Tax {
    known: Mutex<Known>,
    fresh: Duration,
}

#[derive(Debug, Default)]
struct Known {
    asked: Option<Instant>,
    rate: Option<Rate>,
}

impl Default for Tax {
    fn default() -> Self {
        Self { known: Mutex::default(), fresh: FRESH }
    }
}

impl Tax {
    /// The rate, at most a minute old; an older one while no node answers, and `None` if none ever did.
    pub(crate) async fn rate(&self, pool: &Pool) -> Option<Rate> {
        // Whoever comes while a node is asked waits for that answer.
        let mut known = self.known.lock().await;
        let pause = if known.rate.is_some() { self.fresh } else { RETRY };
        if known.asked.is_none_or(|asked| asked.elapsed() >= pause) {
            let answer = timeout(DEADLINE, Rate::of(pool)).await;
            known.asked = Some(Instant::now());
            match answer {
                Ok(Ok(rate)) => known.rate = Some(rate),
                Ok(Err(error)) => tracing::warn!(error = with_causes(&error), "the tax rate can't be asked"),
                Err(_) => tracing::warn!("the tax rate can't be asked: no node answers in time"),
            }
        }
        known.rate
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
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
        let tax = Tax { fresh: Duration::ZERO, ..Tax::default() };
        for expected in ["0.005", "0.005", "0.01"] {
            assert_eq!(tax.rate(&pool).await.unwrap().decimal(), expected);
        }
        assert_eq!(asked.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn a_rate_is_kept_and_a_failure_is_not_asked_again_at_once() {
        let asked = Arc::new(AtomicUsize::new(0));
        let (kept, good) = (Tax::default(), pool(&asked).await);
        assert_eq!(kept.rate(&good).await, kept.rate(&good).await);
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        let never = Tax::default();
        assert_eq!(
            [never.rate(&good).await, never.rate(&good).await],
            [None, None],
            "the second answer is bad"
        );
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }
}
