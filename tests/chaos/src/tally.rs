//! What a run counts, and what it found.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::fault::Fault;

/// Findings kept in full; the rest is counted.
const MOST: usize = 40;

/// Counts of a run, and findings.
#[derive(Debug, Default)]
pub struct Tally {
    /// Answers compared with a clean rebuild's.
    pub compared: AtomicU64,
    /// Answers that said that what was known had not changed, and were right.
    pub unchanged: AtomicU64,
    /// Events of live connections that were right.
    pub heard: AtomicU64,
    /// Answers of blocks that one node alone had told, which said so.
    pub one_node: AtomicU64,
    /// Requests refused because there was nothing to serve yet.
    pub not_yet: AtomicU64,
    /// Requests without an answer: the replica was down.
    pub down: AtomicU64,
    /// Replicas that followed a store and asked no node.
    pub readers: AtomicU64,
    /// Replicas killed.
    pub killed: AtomicU64,
    /// Replicas asked to stop, and started again.
    pub stopped: AtomicU64,
    /// Times that something happened to stored files.
    pub damaged: AtomicU64,
    /// Times that the disk was full, or was no longer.
    pub disks: AtomicU64,
    /// Requests to the bucket that went wrong.
    pub bucket: AtomicU64,
    /// Starts while every node refused, from what was stored.
    pub alone: AtomicU64,
    /// How long the slowest of those took until it was ready (milliseconds).
    pub ready: AtomicU64,
    /// Snapshots that were, byte for byte, those of a clean rebuild.
    pub snapshots: AtomicU64,
    /// Wrong answers, and what else must not be.
    pub wrong: AtomicU64,
    /// How often each fault was given.
    given: Mutex<BTreeMap<Fault, u64>>,
    findings: Mutex<Vec<String>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Counts one more.
pub fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Tally {
    /// Notes something that must not be.
    pub fn found(&self, what: String) {
        count(&self.wrong);
        let mut findings = lock(&self.findings);
        if findings.len() < MOST {
            eprintln!("chaos: WRONG: {what}");
            findings.push(what);
        }
    }

    /// Adds what a node gave.
    pub fn gave(&self, given: &BTreeMap<Fault, u64>) {
        let mut all = lock(&self.given);
        for (fault, times) in given {
            *all.entry(*fault).or_default() += times;
        }
    }

    /// How often each fault was given.
    pub fn given(&self) -> BTreeMap<Fault, u64> {
        lock(&self.given).clone()
    }

    /// What was found.
    pub fn findings(&self) -> Vec<String> {
        lock(&self.findings).clone()
    }

    /// Everything as a table.
    pub fn table(&self) -> String {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let mut text = String::from("faults given\n");
        let given = self.given();
        for (fault, times) in &given {
            let _ = writeln!(text, "  {:<16} {times:>9}", fault.name());
        }
        for (what, times) in [
            ("faults in all", given.values().sum()),
            ("answers compared", of(&self.compared)),
            ("  unchanged (304)", of(&self.unchanged)),
            ("  one node's word", of(&self.one_node)),
            ("live events", of(&self.heard)),
            ("refused, not yet", of(&self.not_yet)),
            ("no answer", of(&self.down)),
            ("of a store alone", of(&self.readers)),
            ("kill -9", of(&self.killed)),
            ("stopped, started", of(&self.stopped)),
            ("stores damaged", of(&self.damaged)),
            ("disk full or not", of(&self.disks)),
            ("bucket's faults", of(&self.bucket)),
            ("starts, all 429", of(&self.alone)),
            ("  ready in ms, max", of(&self.ready)),
            ("equal snapshots", of(&self.snapshots)),
            ("wrong", of(&self.wrong)),
        ] {
            let _ = writeln!(text, "{what:<18} {times:>9}");
        }
        text
    }
}
