//! How well following the chain goes, and what was wrong last.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::latency::Lag;

/// How well following the chain goes.
#[derive(Debug, Default)]
pub struct Health {
    tip: AtomicU64,
    /// Whether everything up to the tip was served once since the start: before, answers may be older than those that
    /// were given before it.
    pub(crate) current: AtomicBool,
    /// Blocks applied since the start.
    pub blocks: AtomicU64,
    /// Events of our contracts applied since the start.
    pub events: AtomicU64,
    /// Blocks that couldn't be true and were asked for again.
    pub doubted: AtomicU64,
    /// Whether nodes tell the same.
    pub agreement: Agreement,
    /// How old blocks are when they are served.
    pub lag: Lag,
    /// Audits done.
    pub audits: AtomicU64,
    /// Audits that could not be done.
    pub unaudited: AtomicU64,
    /// Comparisons of an audit that found a difference from the contracts.
    pub mismatches: AtomicU64,
    chain_id: OnceLock<String>,
    halted: OnceLock<String>,
    lacks: Mutex<Option<String>>,
    halting: Notify,
    advanced: Mutex<Option<Instant>>,
    last_error: Mutex<Option<(Instant, String)>>,
    checks: Mutex<BTreeMap<String, Check>>,
}

/// Whether nodes tell the same events. With one node there is nothing to compare.
#[derive(Debug, Default)]
pub struct Agreement {
    /// Height of the last block that can't be taken back any more.
    pub verified: AtomicU64,
    /// Blocks that were served on the word of one node, because no other answered in time.
    pub alone: AtomicU64,
    /// How often nodes contradicted each other.
    pub contradictions: AtomicU64,
    open: AtomicBool,
    last: Mutex<Option<(Instant, String)>>,
    one_node: Mutex<Option<(u64, Instant)>>,
}

impl Agreement {
    /// Nodes contradicted each other in this way.
    pub fn contradicted(&self, how: String) {
        self.contradictions.fetch_add(1, Ordering::Relaxed);
        *lock(&self.last) = Some((Instant::now(), how));
    }

    /// The last contradiction, and how long ago it was.
    pub fn last(&self) -> Option<(Duration, String)> {
        lock(&self.last).as_ref().map(|(at, how)| (at.elapsed(), how.clone()))
    }

    /// Whether nothing tells which of two nodes is right.
    pub fn open(&self) -> bool {
        self.open.load(Ordering::Relaxed)
    }

    /// The height from which on what is served is one node's word, though several are asked; and for how long it is.
    pub fn one_node(&self) -> Option<(u64, Duration)> {
        lock(&self.one_node).map(|(height, since)| (height, since.elapsed()))
    }

    /// Records that. While there is something, the first height stays.
    pub(crate) fn set_one_node(&self, height: Option<u64>) {
        let mut known = lock(&self.one_node);
        *known = height.map(|height| known.unwrap_or_else(|| (height, Instant::now())));
    }

    /// Records that.
    pub fn set_open(&self, open: bool) {
        self.open.store(open, Ordering::Relaxed);
    }
}

/// The last comparison of a shower, or of another subject, with what the contracts say.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Check {
    /// Height of the comparison.
    pub height: u64,
    /// Whether everything was equal.
    pub equal: bool,
    /// Of a shower: the log hash of the fold (hex).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    /// What differed.
    pub differs: Vec<String>,
}

impl Health {
    /// The best height that a node has reported.
    pub fn tip(&self) -> u64 {
        self.tip.load(Ordering::Relaxed)
    }

    /// Records the best height.
    pub fn set_tip(&self, tip: u64) {
        self.tip.store(tip, Ordering::Relaxed);
    }

    /// Everything up to the tip is served.
    pub fn set_current(&self) {
        self.current.store(true, Ordering::Relaxed);
    }

    /// The chain, once a node or the store has named it.
    pub fn chain_id(&self) -> Option<&str> {
        self.chain_id.get().map(String::as_str)
    }

    /// Records the chain; the first one stays.
    pub fn set_chain_id(&self, chain_id: &str) {
        self.chain_id.get_or_init(|| chain_id.to_owned());
    }

    /// Why following has halted, if it has.
    pub fn halted(&self) -> Option<&str> {
        self.halted.get().map(String::as_str)
    }

    /// Halts following for good. The last good height stays served.
    pub fn halt(&self, why: &str) {
        tracing::error!(why, "halted: nothing more is applied; the last good height is still served");
        self.halted.get_or_init(|| why.to_owned());
        self.halting.notify_waiters();
    }

    /// The block that no node has any more, and what is waited for, if following waits for that.
    pub fn lacks(&self) -> Option<String> {
        lock(&self.lacks).clone()
    }

    /// Following waits for a block that no node has any more.
    pub fn lack(&self, why: &str) {
        let before = lock(&self.lacks).replace(why.to_owned());
        if before.as_deref() != Some(why) {
            tracing::error!(why, "following waits; the last good height is still served");
        }
    }

    /// The next block is to be had again.
    pub fn found(&self) {
        if lock(&self.lacks).take().is_some() {
            tracing::info!("following goes on");
        }
    }

    /// Waits until following halts.
    pub async fn wait_halted(&self) {
        let halting = self.halting.notified();
        // Registered before the check, so that a halt in between is not missed.
        tokio::pin!(halting);
        halting.as_mut().enable();
        if self.halted().is_none() {
            halting.await;
        }
    }

    /// Time since a view was published.
    pub fn since_advance(&self) -> Option<Duration> {
        lock(&self.advanced).map(|at| at.elapsed())
    }

    pub(crate) fn advanced(&self) {
        *lock(&self.advanced) = Some(Instant::now());
    }

    /// The last error, and how long ago it was; `None` once following goes well again.
    pub fn last_error(&self) -> Option<(Duration, String)> {
        lock(&self.last_error).as_ref().map(|(at, error)| (at.elapsed(), error.clone()))
    }

    /// Following goes well: what was wrong is over.
    pub fn clear_last_error(&self) {
        *lock(&self.last_error) = None;
    }

    /// Records an error.
    pub fn set_last_error(&self, error: String) {
        *lock(&self.last_error) = Some((Instant::now(), error));
    }

    /// The last comparison with the contracts, by subject.
    pub fn checks(&self) -> BTreeMap<String, Check> {
        lock(&self.checks).clone()
    }

    /// Records a comparison. Gives the one before it.
    pub fn checked(&self, subject: String, check: Check) -> Option<Check> {
        lock(&self.checks).insert(subject, check)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The values are replaced as a whole, so they are valid even after a panic elsewhere.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
