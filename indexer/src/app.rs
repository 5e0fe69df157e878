//! What the follower, the public API and the admin API share.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::{ArcSwap, Guard};
use axum::http::HeaderValue;
use sha2::{Digest, Sha256};
use tokio::sync::{Notify, Semaphore, watch};
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::rpc::{Pool, RpcError};
use crate::view::{Page, View};

/// Everything shared.
#[derive(Debug)]
pub struct App {
    /// The configuration.
    pub config: Config,
    /// The nodes.
    pub pool: Pool,
    /// How following the chain goes.
    pub health: Health,
    /// The tables file, if one was given.
    pub tables: Option<Tables>,
    /// Permits for live connections.
    pub streams: Arc<Semaphore>,
    /// Cancelled when the server stops.
    pub stop: CancellationToken,
    view: ArcSwap<View>,
    published: watch::Sender<u64>,
}

/// The tables file, given out only while the chain names its hash.
#[derive(Debug)]
pub struct Tables {
    /// SHA-256 of its bytes.
    pub hash: [u8; 32],
    /// The file, ready to be sent.
    pub page: Page,
}

impl Tables {
    fn new(bytes: &[u8]) -> Self {
        let json = HeaderValue::from_static("application/json");
        Self { hash: Sha256::digest(bytes).into(), page: Page::file(json, bytes, []) }
    }
}

impl App {
    /// Of a configuration, before any block.
    ///
    /// # Errors
    /// [`RpcError::Transport`] if no HTTP client can be made.
    pub fn new(config: Config) -> Result<Arc<Self>, RpcError> {
        Ok(Arc::new(Self {
            pool: Pool::new(&config.rpc)?,
            tables: config.tables.as_deref().map(Tables::new),
            health: Health::default(),
            streams: Arc::new(Semaphore::new(config.max_streams)),
            stop: CancellationToken::new(),
            view: ArcSwap::from_pointee(View::empty()),
            published: watch::Sender::new(0),
            config,
        }))
    }

    /// The view to answer from.
    pub fn view(&self) -> Guard<Arc<View>> {
        self.view.load()
    }

    /// The same, to keep.
    pub fn view_full(&self) -> Arc<View> {
        self.view.load_full()
    }

    /// Puts a new view in place and tells whoever waits.
    pub fn publish(&self, view: View) {
        let height = view.at.height;
        self.view.store(Arc::new(view));
        self.health.advanced();
        // After the view is in place: who is told of a height must find it.
        self.published.send_replace(height);
    }

    /// Heights as they are published; only the latest is kept.
    pub fn heights(&self) -> watch::Receiver<u64> {
        self.published.subscribe()
    }

    /// Live connections now.
    pub fn live(&self) -> usize {
        self.config.max_streams.saturating_sub(self.streams.available_permits())
    }

    /// Whether the public should be sent here, and if not, why.
    ///
    /// # Errors
    /// The reason, in words.
    pub fn ready(&self) -> Result<(), String> {
        let view = self.view();
        let (height, tip) = (view.at.height, self.health.tip());
        if let Some(why) = self.health.halted() {
            return Err(format!("halted at height {height}: {why}"));
        }
        if height == 0 {
            return Err("no block has been read yet".to_owned());
        }
        // Against the best known tip and not against the clock: a chain that stands still must not take every
        // replica out at once.
        let lag = tip.saturating_sub(height);
        if lag > self.config.ready_lag {
            return Err(format!("catching up: at height {height} of {tip}, {lag} blocks behind"));
        }
        Ok(())
    }
}

/// How following the chain goes.
#[derive(Debug, Default)]
pub struct Health {
    tip: AtomicU64,
    /// Requests answered by the public API.
    pub requests: AtomicU64,
    /// Blocks applied since the start.
    pub blocks: AtomicU64,
    /// Events of ours applied since the start.
    pub events: AtomicU64,
    /// Audits done.
    pub audits: AtomicU64,
    /// Showers in which an audit found the contract to say something else.
    pub mismatches: AtomicU64,
    chain_id: OnceLock<String>,
    halted: OnceLock<String>,
    halting: Notify,
    advanced: Mutex<Option<Instant>>,
    last_error: Mutex<Option<String>>,
    checks: Mutex<BTreeMap<u32, Check>>,
}

/// The last comparison of a shower with what the contract says.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Check {
    /// Height of the comparison.
    pub height: u64,
    /// Whether all was equal.
    pub equal: bool,
    /// The log hash of the fold (hex).
    pub log: String,
    /// What differed.
    pub differs: Vec<String>,
}

impl Health {
    /// Best height that a node has told of.
    pub fn tip(&self) -> u64 {
        self.tip.load(Ordering::Relaxed)
    }

    /// Notes the best height.
    pub fn set_tip(&self, tip: u64) {
        self.tip.store(tip, Ordering::Relaxed);
    }

    /// The chain, once a node has said it.
    pub fn chain_id(&self) -> Option<&str> {
        self.chain_id.get().map(String::as_str)
    }

    /// Notes the chain; the first one stays.
    pub fn set_chain_id(&self, chain_id: &str) {
        self.chain_id.get_or_init(|| chain_id.to_owned());
    }

    /// Why following has stopped for good, if it has.
    pub fn halted(&self) -> Option<&str> {
        self.halted.get().map(String::as_str)
    }

    /// Stops following for good. The answers stay those of the last good height.
    pub fn halt(&self, why: &str) {
        tracing::error!(why, "halted: nothing more is applied; the last good height is still served");
        self.halted.get_or_init(|| why.to_owned());
        self.halting.notify_waiters();
    }

    /// Waits until following has stopped for good.
    pub async fn wait_halted(&self) {
        let halting = self.halting.notified();
        // Registered before the look, so that a halt in between is not missed.
        tokio::pin!(halting);
        halting.as_mut().enable();
        if self.halted().is_none() {
            halting.await;
        }
    }

    /// How long since a view was published.
    pub fn since_advance(&self) -> Option<Duration> {
        lock(&self.advanced).map(|at| at.elapsed())
    }

    fn advanced(&self) {
        *lock(&self.advanced) = Some(Instant::now());
    }

    /// The last thing that went wrong.
    pub fn last_error(&self) -> Option<String> {
        lock(&self.last_error).clone()
    }

    /// Notes what went wrong.
    pub fn set_last_error(&self, error: String) {
        *lock(&self.last_error) = Some(error);
    }

    /// The last comparison of each shower with the contract.
    pub fn checks(&self) -> BTreeMap<u32, Check> {
        lock(&self.checks).clone()
    }

    /// Notes a comparison.
    pub fn checked(&self, shower: u32, check: Check) {
        lock(&self.checks).insert(shower, check);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // These hold plain values that are replaced whole: after a panic elsewhere they are still good.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
