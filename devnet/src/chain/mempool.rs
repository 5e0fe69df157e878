//! Transactions that wait for a block, and the cache that refuses to take one twice.
use std::collections::{HashSet, VecDeque};

use crate::app::sign::Verdict;
use crate::app::tx::Tx;

/// A checked transaction.
pub(crate) struct Pending {
    pub(crate) tx: Tx,
    pub(crate) verdicts: Vec<Verdict>,
}

/// As CometBFT's `cache_size`; more room for load tests.
const CACHE: usize = 100_000;

pub(crate) struct Mempool {
    /// As CometBFT's `mempool.size`.
    limit: usize,
    pending: VecDeque<Pending>,
    bytes: usize,
    seen: HashSet<[u8; 32]>,
    order: VecDeque<[u8; 32]>,
}

impl Mempool {
    /// Room for `limit` transactions.
    pub(crate) fn new(limit: usize) -> Mempool {
        Mempool { limit, pending: VecDeque::new(), bytes: 0, seen: HashSet::new(), order: VecDeque::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.pending.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn is_full(&self) -> bool {
        self.pending.len() >= self.limit
    }

    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// True when seen before: waiting, or in a recent block.
    pub(crate) fn knows(&self, hash: &[u8; 32]) -> bool {
        self.seen.contains(hash)
    }

    pub(crate) fn push(&mut self, pending: Pending) {
        self.remember(pending.tx.hash);
        self.bytes = self.bytes.saturating_add(pending.tx.bytes.len());
        self.pending.push_back(pending);
    }

    fn remember(&mut self, hash: [u8; 32]) {
        if self.seen.insert(hash) {
            self.order.push_back(hash);
        }
        while self.order.len() > CACHE {
            if let Some(old) = self.order.pop_front() {
                self.seen.remove(&old);
            }
        }
    }

    /// A transaction that failed may be sent again, as CometBFT allows.
    pub(crate) fn forget(&mut self, hash: &[u8; 32]) {
        // Its place in `order` stays and is dropped in its turn.
        self.seen.remove(hash);
    }

    /// Takes what fits into a block of `max_gas`, in the order of arrival.
    pub(crate) fn reap(&mut self, max_gas: Option<u64>) -> Vec<Pending> {
        let mut left = max_gas.unwrap_or(u64::MAX);
        let mut taken = Vec::new();
        while let Some(pending) = self.pending.pop_front() {
            match left.checked_sub(pending.tx.fee.gas_limit) {
                Some(rest) => left = rest,
                // Nothing overtakes: a later transaction may need this one's sequence.
                None if max_gas.is_some() => {
                    self.pending.push_front(pending);
                    break;
                }
                None => left = 0,
            }
            self.bytes = self.bytes.saturating_sub(pending.tx.bytes.len());
            taken.push(pending);
        }
        taken
    }

    /// Everything left after a block, to be checked again; put back with `push`.
    pub(crate) fn drain(&mut self) -> Vec<Pending> {
        self.bytes = 0;
        self.pending.drain(..).collect()
    }

    /// Empties all: the chain went back to a snapshot, where everything may be sent again.
    pub(crate) fn clear(&mut self) {
        *self = Mempool::new(self.limit);
    }
}
