//! How many bytes blocks have on the wire, learnt from those that came. Decides how many are asked for at once.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a block without transactions is taken to have at first (bytes).
const BLOCK: usize = 4 << 10;
/// What a transaction is taken to have at first (bytes): a contribution on a real chain has about 3,300.
const TX: usize = 4 << 10;

/// Sizes so far. One for all nodes: they serve the same blocks.
#[derive(Debug)]
pub struct Sizes(Mutex<Learnt>);

#[derive(Clone, Copy, Debug)]
struct Learnt {
    /// Bytes of a block without transactions.
    block: usize,
    /// Bytes of a transaction's result.
    tx: usize,
    /// Bytes of a block as they came lately.
    lately: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Self(Mutex::new(Learnt { block: BLOCK, tx: TX, lately: BLOCK }))
    }
}

impl Sizes {
    /// How many of the blocks with these counts of transactions have at most `most` bytes together; at least one.
    pub(super) fn fitting(&self, txs: impl Iterator<Item = u64>, most: usize) -> usize {
        let Learnt { block, tx, .. } = *self.learnt();
        let bytes = txs.scan(0usize, |sum, txs| {
            let txs = usize::try_from(txs).unwrap_or(usize::MAX);
            *sum = sum.saturating_add(tx.saturating_mul(txs)).saturating_add(block);
            Some(*sum)
        });
        bytes.take_while(|sum| *sum <= most).count().max(1)
    }

    /// Learns from an answer of so many bytes, with so many blocks and transactions.
    pub(super) fn learn(&self, blocks: usize, txs: u64, bytes: usize) {
        let mut learnt = self.learnt();
        let each = bytes / blocks.max(1);
        learnt.lately = follow(learnt.lately, each);
        match usize::try_from(txs).unwrap_or(usize::MAX) {
            0 => learnt.block = follow(learnt.block, each),
            txs => {
                let rest = bytes.saturating_sub(learnt.block.saturating_mul(blocks));
                learnt.tx = follow(learnt.tx, rest / txs);
            }
        }
    }

    /// How many blocks `bytes` are likely to be; at least one.
    pub(crate) fn blocks(&self, bytes: usize) -> u64 {
        u64::try_from(bytes / self.learnt().lately.max(1)).unwrap_or(u64::MAX).max(1)
    }

    /// How many bytes so many blocks are likely to be.
    pub(crate) fn bytes(&self, blocks: u64) -> usize {
        usize::try_from(blocks).unwrap_or(usize::MAX).saturating_mul(self.learnt().lately)
    }

    fn learnt(&self) -> MutexGuard<'_, Learnt> {
        // Nothing can panic while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Up at once, down slowly: what is too large does harm, what is too small only costs a request.
const fn follow(old: usize, new: usize) -> usize {
    if new > old { new } else { old - (old - new) / 8 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_of_transactions_tells_the_size_before_anything_came() {
        let sizes = Sizes::default();
        let full = || std::iter::repeat_n(1_000, 20);
        assert_eq!(sizes.fitting(full(), 8 << 20), 2);
        assert_eq!(sizes.fitting(full(), 1 << 20), 1, "one always");
        assert_eq!(sizes.fitting(std::iter::repeat_n(0, 20), 8 << 20), 20);
        assert_eq!(sizes.fitting([u64::MAX, u64::MAX].into_iter(), 8 << 20), 1);
    }

    #[test]
    fn sizes_grow_at_once_and_shrink_slowly() {
        let sizes = Sizes::default();
        sizes.learn(1, 1_000, 33 << 20);
        assert_eq!(sizes.fitting(std::iter::repeat_n(1_000, 20), 65 << 20), 1);
        assert_eq!(sizes.blocks(8 << 20), 1);
        for _ in 0..100 {
            sizes.learn(20, 0, 20 << 10);
        }
        assert!(sizes.blocks(8 << 20) > 1_000);
        assert!(sizes.bytes(20) < 1 << 20);
        assert_eq!(sizes.fitting(std::iter::repeat_n(1_000, 20), 8 << 20), 1, "transactions stay large");
    }
}
