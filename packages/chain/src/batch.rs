//! How many requests go into one batch to a node. Pure.
//!
//! Nodes limit batches, refuse them, or need too long for large ones; what a node can do shows only in trying.

use std::time::Duration;

use crate::NodeError;
use crate::jsonrpc::BATCH;

/// Good batches until a larger one is tried again after one failed; doubled each time one fails then.
const PATIENCE: u32 = 16;
const LONGEST_PATIENCE: u32 = 4096;
/// Good batches until a larger one is tried, as long as none failed for its size.
const EAGER: u32 = 2;
/// A batch's answer should have at most this many bytes, and take no longer than this.
const MOST_BYTES: usize = 8 << 20;
const MOST_TIME: Duration = Duration::from_secs(8);
/// So often in a row a batch must find no way through a rate limit, while single requests do, before its size is
/// taken for the reason: some nodes count what is in a batch.
const STARVED: u32 = 2;

/// The size of the batches for one node.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    size: usize,
    good: u32,
    patience: u32,
    /// The size that failed last, until one as large is answered.
    failed: Option<usize>,
    /// Nothing was answered since.
    falling: bool,
    /// Batches in a row that a rate limit kept out.
    starved: u32,
    /// A single request got through since.
    single: bool,
}

impl Default for Batch {
    fn default() -> Self {
        Self {
            size: BATCH,
            good: 0,
            patience: EAGER,
            failed: None,
            falling: false,
            starved: 0,
            single: false,
        }
    }
}

impl Batch {
    /// Requests in the next batch, 1 to [`BATCH`].
    pub(crate) const fn size(&self) -> usize {
        self.size
    }

    /// A batch of `asked` requests was answered with so many bytes in this time.
    pub(crate) fn worked(&mut self, asked: usize, bytes: usize, took: Duration) {
        if asked == 1 && self.size > 1 && bytes <= MOST_BYTES {
            return self.single();
        }
        (self.starved, self.falling) = (0, false);
        if self.failed.is_some_and(|failed| asked >= failed) {
            // It had not failed for its size.
            (self.failed, self.patience) = (None, EAGER);
        }
        if bytes > MOST_BYTES || took > MOST_TIME {
            if asked <= self.size {
                self.size = (asked / 2).max(1);
            }
            self.good = 0;
            return;
        }
        self.good = self.good.saturating_add(1);
        // One more should still be small and fast enough.
        let grown = u32::try_from(asked.saturating_add(1)).unwrap_or(u32::MAX);
        let one = u32::try_from(asked.max(1)).unwrap_or(u32::MAX);
        let fits =
            (bytes / asked.max(1)).saturating_add(bytes) <= MOST_BYTES && (took / one) * grown <= MOST_TIME;
        if self.good >= self.patience && self.size < BATCH && fits {
            self.size += 1;
            self.good = 0;
        }
    }

    /// A single request was answered.
    pub(crate) const fn single(&mut self) {
        self.single = self.starved > 0;
    }

    /// A batch of `asked` requests failed. Tells whether a smaller one is worth trying at once.
    pub(crate) fn failed(&mut self, asked: usize, error: &NodeError) -> bool {
        // Failures without a good answer between them are one: on the way down to what works no patience is lost.
        let doubled = || self.patience.max(PATIENCE / 2).saturating_mul(2).min(LONGEST_PATIENCE);
        let longer = if self.falling { self.patience.max(PATIENCE) } else { doubled() };
        let (at_once, patience) = match error {
            // How nodes refuse a batch for its size, or all batches.
            NodeError::Refused { .. }
            | NodeError::NoMethod(_)
            | NodeError::Status { .. }
            | NodeError::NotRpc { .. } => (true, longer),
            NodeError::TooLarge(_) => (true, self.patience),
            // Too slow, or cut off. The node may also just be in trouble.
            NodeError::Malformed(_) | NodeError::Unreachable { .. } | NodeError::TooSlow { .. } => {
                (false, longer)
            }
            NodeError::RateLimited { .. } => {
                self.starved = self.starved.saturating_add(1);
                if self.starved < STARVED || !self.single {
                    return false;
                }
                (self.starved, self.single) = (0, false);
                (true, self.patience)
            }
            NodeError::NotYet
            | NodeError::Pruned { .. }
            | NodeError::Behind { .. }
            | NodeError::Paced { .. }
            | NodeError::WrongChain { .. }
            | NodeError::Query(_)
            | NodeError::NoNode
            | NodeError::Address(_) => return false,
        };
        // Batches that were under way at the same time count once.
        if asked > 1 && asked <= self.size {
            (self.failed, self.falling) = (Some(asked), true);
            self.size = asked / 2;
            self.good = 0;
            self.patience = patience;
        }
        at_once && asked > 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Said;

    const FAST: Duration = Duration::from_millis(100);

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
                batch.worked(asked, 1_000, FAST);
            }
        }
        assert!(tries.len() >= 2 && tries.len() < 12, "{tries:?}");
    }

    #[test]
    fn whoever_was_only_in_trouble_soon_gets_large_batches_again() {
        for error in [refused, || NodeError::malformed("cut off")] {
            let (mut batch, mut sent) = (Batch::default(), 0);
            for _ in 0..5 {
                while batch.size() > 1 {
                    let asked = batch.size();
                    batch.failed(asked, &error());
                }
                while batch.size() < BATCH {
                    let asked = batch.size();
                    batch.worked(asked, 1_000, FAST);
                    sent += 1;
                }
                let asked = batch.size();
                batch.worked(asked, 1_000, FAST);
            }
            assert!(sent < 5 * 40, "{sent}");
        }
    }

    #[test]
    fn it_shrinks_to_one_and_no_further() {
        let mut batch = Batch::default();
        while batch.size() > 1 {
            let asked = batch.size();
            assert!(!batch.failed(asked, &NodeError::malformed("cut off")), "the node may be in trouble");
            assert!(batch.size() < asked);
        }
        assert!(!batch.failed(1, &refused()), "then it is not for the size");
        assert_eq!(batch.size(), 1);
        for _ in 0..100 {
            batch.worked(1, usize::MAX, FAST);
            batch.worked(1, 1, 2 * MOST_TIME);
        }
        assert_eq!(batch.size(), 1);
    }

    #[test]
    fn large_and_slow_answers_shrink_it_and_it_grows_as_far_as_they_fit() {
        for (bytes, time, fits) in [
            (MOST_BYTES / 4, FAST, 4),
            (1_000, MOST_TIME / 3, 3),
            (MOST_BYTES * 2, FAST, 1),
            (1_000, 2 * MOST_TIME, 1),
        ] {
            let mut batch = Batch::default();
            let answered = |batch: &mut Batch| {
                let asked = batch.size();
                let count = u32::try_from(asked).unwrap();
                batch.worked(asked, bytes.saturating_mul(asked), time * count);
            };
            for _ in 0..100 {
                answered(&mut batch);
            }
            assert_eq!(batch.size(), fits, "{bytes} bytes and {time:?} each");
            for _ in 0..100 {
                let asked = batch.size();
                batch.worked(asked, 1_000, FAST);
            }
            assert_eq!(batch.size(), BATCH, "small blocks again");
        }
    }

    #[test]
    fn one_that_is_too_large_is_asked_again_at_once_in_parts() {
        let mut batch = Batch::default();
        assert!(batch.failed(BATCH, &NodeError::TooLarge(7)));
        assert_eq!(batch.size(), BATCH / 2);
        assert!(!batch.failed(1, &NodeError::TooLarge(7)));
    }

    #[test]
    fn what_says_nothing_of_size_does_not_shrink_it() {
        let mut batch = Batch::default();
        let limited = NodeError::RateLimited { after: None };
        batch.worked(BATCH, MOST_BYTES + 1, FAST);
        assert_eq!(batch.size(), BATCH / 2);
        for _ in 0..10 {
            batch.failed(BATCH / 2, &limited);
        }
        batch.failed(BATCH, &NodeError::malformed("of an older, larger batch"));
        assert_eq!(batch.size(), BATCH / 2);
    }

    #[test]
    fn a_limit_that_counts_what_is_in_a_batch_is_found() {
        let (mut batch, limited) = (Batch::default(), NodeError::RateLimited { after: None });
        // Only batches of up to 3 ever get through, and single requests always.
        let mut tries = 0;
        while batch.size() > 3 {
            let asked = batch.size();
            batch.failed(asked, &limited);
            batch.single();
            tries += 1;
            assert!(tries < 10);
        }
        assert_eq!(batch.size(), 2);
    }
}
