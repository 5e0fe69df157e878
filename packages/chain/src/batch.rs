//! How many requests go into one batch to a node. Pure.
//!
//! Nodes limit batches, refuse them, or need too long for large ones; what a node can do shows only in trying.

use crate::NodeError;
use crate::jsonrpc::BATCH;

/// Good batches until a larger one is tried again; doubled by each failure.
const PATIENCE: u32 = 16;
const LONGEST_PATIENCE: u32 = 4096;
/// A batch's answer should have at most this many bytes.
const MOST_BYTES: usize = 8 << 20;

/// The size of the batches for one node.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    size: usize,
    good: u32,
    patience: u32,
}

impl Default for Batch {
    fn default() -> Self {
        Self { size: BATCH, good: 0, patience: PATIENCE }
    }
}

impl Batch {
    /// Requests in the next batch, 1 to [`BATCH`].
    pub(crate) const fn size(&self) -> usize {
        self.size
    }

    /// A batch was answered with so many bytes.
    pub(crate) fn worked(&mut self, bytes: usize) {
        if bytes > MOST_BYTES {
            self.size = (self.size / 2).max(1);
            self.good = 0;
            return;
        }
        self.good = self.good.saturating_add(1);
        if self.good >= self.patience && self.size < BATCH {
            self.size += 1;
            self.good = 0;
        }
    }

    /// A batch of `asked` requests failed. Tells whether a smaller one is worth trying at once.
    pub(crate) fn failed(&mut self, asked: usize, error: &NodeError) -> bool {
        let at_once = match error {
            // How nodes refuse a batch for its size, or all batches.
            NodeError::Refused { .. } | NodeError::NoMethod(_) | NodeError::Status { .. } => true,
            // Too large, or too slow. The node may also just be in trouble.
            NodeError::Malformed(_) | NodeError::Unreachable { .. } => false,
            NodeError::NotYet
            | NodeError::Pruned { .. }
            | NodeError::Behind { .. }
            | NodeError::RateLimited { .. }
            | NodeError::WrongChain { .. }
            | NodeError::Query(_)
            | NodeError::NoNode
            | NodeError::Address => return false,
        };
        // Batches that were under way at the same time count once.
        if asked > 1 && asked <= self.size {
            self.size = asked / 2;
            self.good = 0;
            self.patience = self.patience.saturating_mul(2).min(LONGEST_PATIENCE);
        }
        at_once && asked > 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Said;

    fn refused() -> NodeError {
        NodeError::Refused { text: "no".into(), said: Said::of_rpc("no", "") }
    }

    #[test]
    fn a_limit_is_found_kept_to_and_tried_again_ever_less() {
        let mut batch = Batch::default();
        let (mut tries, mut sent) = (Vec::new(), 0u32);
        while sent < 2_000 {
            sent += 1;
            let asked = batch.size();
            if asked > 5 {
                tries.push(sent);
                assert!(batch.failed(asked, &refused()), "a smaller one is tried at once");
            } else {
                batch.worked(1_000);
            }
        }
        assert!(tries.len() >= 2 && tries.len() < 12, "{tries:?}");
    }

    #[test]
    fn it_shrinks_to_one_and_no_further() {
        let mut batch = Batch::default();
        while batch.size() > 1 {
            let asked = batch.size();
            assert!(!batch.failed(asked, &NodeError::malformed("too large")), "the node may be in trouble");
            assert!(batch.size() < asked);
        }
        assert!(!batch.failed(1, &refused()), "then it is not for the size");
        assert_eq!(batch.size(), 1);
        for _ in 0..10 {
            batch.worked(usize::MAX);
        }
        assert_eq!(batch.size(), 1);
    }

    #[test]
    fn large_answers_shrink_it_and_what_says_nothing_of_size_does_not() {
        let mut batch = Batch::default();
        batch.worked(MOST_BYTES + 1);
        assert_eq!(batch.size(), BATCH / 2);
        batch.failed(BATCH / 2, &NodeError::RateLimited { after: None });
        batch.failed(BATCH, &NodeError::malformed("of an older, larger batch"));
        assert_eq!(batch.size(), BATCH / 2);
    }
}
