//! How the store is doing: what the operator sees of it in `/status` and in metrics.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde::Serialize;

/// Alarms that are kept.
const MOST: usize = 20;

/// How the store is doing.
#[derive(Debug, Default)]
pub struct StoreHealth {
    /// Height of the last segment that is known to be stored. When a process is killed one before it may be missing.
    pub segments: AtomicU64,
    /// Height of the last snapshot that is known to be stored.
    pub snapshot: AtomicU64,
    /// Blocks that wait to be stored.
    pub waiting: AtomicU64,
    /// Objects written.
    pub written: AtomicU64,
    /// Tries that failed.
    pub failed: AtomicU64,
    /// Objects that are not what they were when they were written.
    pub damaged: AtomicU64,
    /// Objects that another replica wrote with other content.
    pub diverged: AtomicU64,
    /// Times that what was stored was not of the nodes' chain.
    pub rejected: AtomicU64,
    /// Blocks that segments lack, because no node that was asked has them.
    pub missing: AtomicU64,
    /// Segments replayed at the start.
    pub replayed: AtomicU64,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    start: Option<Start>,
    last_error: Option<(Instant, String)>,
    alarms: VecDeque<String>,
}

/// What was served first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Start {
    /// Height of the snapshot; `None` if all was replayed from segments.
    pub snapshot: Option<u64>,
    /// Height up to which segments were replayed after it.
    pub height: u64,
    /// Whether a node has confirmed that block; null until one answers.
    pub confirmed: Option<bool>,
}

/// The store in `/status`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    place: String,
    /// What was served first; null if nothing was stored.
    start: Option<Start>,
    segments: u64,
    snapshot: u64,
    waiting_blocks: u64,
    /// Blocks that segments lack, and no node had when it was asked last.
    missing_blocks: u64,
    last_error: Option<String>,
    last_error_seconds: Option<u64>,
    /// What needs somebody to look: damaged objects, replicas that differ, another chain.
    alarms: Vec<String>,
}

impl StoreHealth {
    /// What was served first.
    pub fn start(&self) -> Option<Start> {
        self.inner().start.clone()
    }

    pub(crate) fn set_start(&self, start: Option<Start>) {
        self.segments.store(start.as_ref().map_or(0, |start| start.height), Relaxed);
        self.snapshot.store(start.as_ref().and_then(|start| start.snapshot).unwrap_or(0), Relaxed);
        self.inner().start = start;
    }

    /// A node has the block that was served first, or another one.
    pub(crate) fn confirmed(&self, confirmed: bool) {
        if let Some(start) = &mut self.inner().start {
            start.confirmed = Some(confirmed);
        }
    }

    pub(crate) fn failed(&self, error: String) {
        tracing::warn!(error, "the store can't be used now; it will be tried again");
        self.failed.fetch_add(1, Relaxed);
        self.inner().last_error = Some((Instant::now(), error));
    }

    pub(crate) fn works(&self) {
        self.inner().last_error = None;
    }

    pub(crate) fn damaged(&self, what: String) {
        self.alarm(&self.damaged, what);
    }

    pub(crate) fn diverged(&self, what: String) {
        self.alarm(&self.diverged, what);
    }

    pub(crate) fn rejected(&self, what: String) {
        self.alarm(&self.rejected, what);
    }

    /// Counts and shows what needs somebody to look; once, however often it is seen.
    fn alarm(&self, count: &AtomicU64, what: String) {
        let alarms = &mut self.inner().alarms;
        if alarms.contains(&what) {
            return;
        }
        count.fetch_add(1, Relaxed);
        tracing::error!(what, "the store needs somebody to look");
        if alarms.len() >= MOST {
            alarms.pop_front();
        }
        alarms.push_back(what);
    }

    /// Whether something needs somebody to look.
    pub fn alarmed(&self) -> bool {
        !self.inner().alarms.is_empty()
    }

    /// What needs somebody to look, the oldest first.
    pub fn alarms(&self) -> Vec<String> {
        self.inner().alarms.iter().cloned().collect()
    }

    /// The last error, until the store works again.
    pub fn last_error(&self) -> Option<String> {
        self.inner().last_error.as_ref().map(|(_, error)| error.clone())
    }

    pub(crate) fn report(&self, place: String) -> Report {
        let inner = self.inner();
        Report {
            place,
            start: inner.start.clone(),
            segments: self.segments.load(Relaxed),
            snapshot: self.snapshot.load(Relaxed),
            waiting_blocks: self.waiting.load(Relaxed),
            missing_blocks: self.missing.load(Relaxed),
            last_error: inner.last_error.as_ref().map(|(_, error)| error.clone()),
            last_error_seconds: inner.last_error.as_ref().map(|(at, _)| at.elapsed().as_secs()),
            alarms: inner.alarms.iter().cloned().collect(),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // Each field is replaced as a whole, so it is valid even after a panic elsewhere.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
