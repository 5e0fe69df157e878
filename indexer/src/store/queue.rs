//! What waits to be stored: confirmed blocks, cut into segments, and the newest state worth a snapshot. The follower
//! puts in, the writer takes out, and neither waits for the other.
//!
//! A block is confirmed once the next header names its results, so the last block applied always stays here. Segments
//! have no holes: if the store is away for so long that too much waits, or if a segment can't be made of what waits, all
//! of it is dropped, and the writer asks the nodes for those blocks again.

use std::collections::VecDeque;
use std::mem;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use meteor_chain::blocks::RawBlock;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::Store;
use super::health::StoreHealth;
use crate::decode::Watched;
use crate::fold::State;

/// Bytes of blocks that may wait, roughly.
const MOST: usize = 64 << 20;

/// A run of blocks for one segment.
pub(super) type Run = Arc<Vec<RawBlock>>;

/// What waits to be stored.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    /// The store, once the chain is known.
    store: OnceLock<Arc<Store>>,
    /// Blocks of a segment.
    every: u64,
    inner: Mutex<Waiting>,
    /// Something was put in.
    pub(super) filled: Notify,
    /// Cancelled when nothing more will be put in.
    pub(super) finished: CancellationToken,
}

#[derive(Debug, Default)]
struct Waiting {
    /// Blocks in order that are in no segment yet; the last one is not confirmed.
    blocks: VecDeque<RawBlock>,
    /// Segments in order.
    runs: VecDeque<Run>,
    /// Bytes of both, roughly.
    bytes: usize,
    /// The newest state worth a snapshot.
    snapshot: Option<State>,
    /// The last confirmed state.
    confirmed: Option<State>,
    /// The first height that was dropped.
    dropped: Option<u64>,
}

impl Queue {
    /// A queue that cuts segments at multiples of `every`.
    pub(crate) fn new(every: u64) -> Self {
        Self { every, ..Self::default() }
    }

    /// Names the store, once the chain is known. Nothing is kept before.
    pub(crate) fn open(&self, store: Arc<Store>) {
        self.store.get_or_init(|| store);
        self.filled.notify_one();
    }

    pub(crate) fn store(&self) -> Option<&Arc<Store>> {
        self.store.get()
    }

    /// Blocks that were applied, in order, after those of the last call. All but the last one are confirmed, and
    /// `confirmed` is the state before that; `snapshot` is a confirmed state worth a snapshot.
    pub(crate) fn applied(&self, blocks: Vec<RawBlock>, confirmed: State, snapshot: Option<State>) {
        let (Some(store), Some(first)) = (self.store.get(), blocks.first()) else { return };
        let mut waiting = self.lock();
        waiting.back_to(first.header.height);
        if waiting.dropped.is_some() {
            // Asked for again later; only the newest blocks are kept, to which the gap will reach.
            waiting.blocks.clear();
            waiting.bytes = 0;
        }
        waiting.bytes = waiting.bytes.saturating_add(blocks.iter().map(weight).sum());
        waiting.blocks.extend(blocks);
        waiting.confirmed = Some(confirmed);
        if waiting.dropped.is_none() {
            waiting.cut(self.every);
            waiting.snapshot = snapshot.or_else(|| waiting.snapshot.take());
        }
        if waiting.bytes > MOST {
            waiting.drop_all("too many blocks wait for the store");
        }
        waiting.count(store.health());
        drop(waiting);
        self.filled.notify_one();
    }

    /// The follower has taken back the block at `height` and all after it.
    pub(crate) fn back_to(&self, height: u64) {
        let mut waiting = self.lock();
        waiting.back_to(height);
        if waiting.dropped.is_some_and(|from| from >= height) {
            waiting.dropped = None;
        }
        waiting.confirmed = None;
    }

    /// Nothing more will be put in: what is confirmed becomes the last segment, and a snapshot.
    pub(crate) fn finish(&self) {
        let mut waiting = self.lock();
        waiting.blocks.pop_back();
        if waiting.dropped.is_none() && !waiting.blocks.is_empty() {
            let run = mem::take(&mut waiting.blocks).into();
            waiting.runs.push_back(Arc::new(run));
            waiting.snapshot = waiting.confirmed.take();
        }
        drop(waiting);
        self.finished.cancel();
    }

    /// The first segments, at most `count`. They stay until [`Queue::stored`].
    pub(super) fn runs(&self, count: usize) -> Vec<Run> {
        self.lock().runs.iter().take(count).map(Arc::clone).collect()
    }

    /// This segment is stored.
    pub(super) fn stored(&self, run: &Run) {
        let mut waiting = self.lock();
        // It may be gone, because the follower went back.
        if let Some(at) = waiting.runs.iter().position(|other| Arc::ptr_eq(other, run)) {
            waiting.runs.remove(at);
            let bytes = run.iter().map(weight).sum();
            waiting.bytes = waiting.bytes.saturating_sub(bytes);
        }
        if let Some(store) = self.store.get() {
            waiting.count(store.health());
        }
    }

    /// No segment can be made of these blocks, however often it is tried: with all that waits they are dropped, and asked
    /// for again.
    pub(super) fn refused(&self, run: &Run) {
        let mut waiting = self.lock();
        // They may be gone, because the follower went back.
        if waiting.runs.iter().any(|other| Arc::ptr_eq(other, run)) {
            waiting.drop_all("no segment can be made of blocks that wait");
        }
    }

    /// The state for a snapshot, if every segment up to it is stored.
    pub(super) fn snapshot(&self) -> Option<State> {
        let mut waiting = self.lock();
        let height = waiting.snapshot.as_ref()?.at.height;
        let first = |run: &Run| run.first().map(|block| block.header.height);
        let before = waiting.runs.front().and_then(first).is_none_or(|from| from > height);
        let whole =
            waiting.dropped.is_none() && waiting.blocks.front().is_none_or(|b| b.header.height > height);
        if before && whole { waiting.snapshot.take() } else { None }
    }

    /// Puts a state back whose snapshot couldn't be written, unless there is a newer one.
    pub(super) fn again(&self, state: State) {
        self.lock().snapshot.get_or_insert(state);
    }

    /// The first height that was dropped, and the first block after those, if some were.
    pub(super) fn dropped(&self) -> Option<(u64, Option<u64>)> {
        let waiting = self.lock();
        let next = waiting.blocks.front().map(|block| block.header.height);
        waiting.dropped.map(|from| (from, next))
    }

    /// The contracts whose events are kept, as of the last confirmed block.
    pub(super) fn watched(&self) -> Option<Watched> {
        self.lock().confirmed.as_ref().map(Watched::of)
    }

    /// Blocks from `dropped` up to before `next` are stored again: `next` becomes the first dropped height, or nothing
    /// is dropped any more if the blocks that wait begin there.
    pub(super) fn filled_to(&self, next: u64) {
        let mut waiting = self.lock();
        if waiting.dropped.is_some_and(|from| from < next) {
            let joined = waiting.blocks.front().is_some_and(|block| block.header.height <= next);
            waiting.dropped = (!joined).then_some(next);
            waiting.blocks.retain(|block| block.header.height >= next);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Every change leaves it valid, so it is even after a panic elsewhere.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// Forgets the block at `height` and all after it.
    fn back_to(&mut self, height: u64) {
        let newest = self.blocks.back().or_else(|| self.runs.back().and_then(|run| run.last()));
        if newest.is_none_or(|block| block.header.height < height) {
            return;
        }
        while self.blocks.back().is_some_and(|block| block.header.height >= height) {
            self.blocks.pop_back();
        }
        let reaches = |run: &Run| run.last().is_some_and(|block| block.header.height >= height);
        while self.runs.back().is_some_and(reaches) {
            // Only when everything is read again: it comes once more.
            self.runs.pop_back();
            self.blocks.clear();
        }
        if self.snapshot.as_ref().is_some_and(|state| state.at.height >= height) {
            self.snapshot = None;
        }
        self.bytes = self.runs.iter().flat_map(|run| run.iter()).chain(&self.blocks).map(weight).sum();
    }

    /// Cuts confirmed blocks into segments that end at multiples of `every`.
    fn cut(&mut self, every: u64) {
        loop {
            let confirmed = self.blocks.len().saturating_sub(1);
            let mut sure = self.blocks.iter().take(confirmed);
            let Some(end) = sure.position(|block| block.header.height.is_multiple_of(every)) else { return };
            let run = self.blocks.drain(..=end).collect();
            self.runs.push_back(Arc::new(run));
        }
    }

    /// Drops all that waits; what is confirmed must be asked for again.
    fn drop_all(&mut self, why: &str) {
        let first = self.runs.front().and_then(|run| run.first()).or_else(|| self.blocks.front());
        self.dropped = self.dropped.or_else(|| first.map(|block| block.header.height));
        tracing::warn!(from = self.dropped, why, "blocks will be asked for again");
        self.runs.clear();
        self.snapshot = None;
        // The newest stay, so that what is asked for again ends where they begin.
        let keep = self.blocks.pop_back();
        self.blocks.clear();
        self.bytes = keep.as_ref().map_or(0, weight);
        self.blocks.extend(keep);
    }

    fn count(&self, health: &StoreHealth) {
        let runs: usize = self.runs.iter().map(|run| run.len()).sum();
        let waiting = runs.saturating_add(self.blocks.len().saturating_sub(1));
        health.waiting.store(u64::try_from(waiting).unwrap_or(u64::MAX), Relaxed);
    }
}

/// Bytes that a block takes here, roughly.
fn weight(block: &RawBlock) -> usize {
    const EACH: usize = 64;
    let results = &block.results;
    let events = results.txs.iter().flat_map(|tx| &tx.events).chain(&results.begin).chain(&results.end);
    let attributes = events.flat_map(|event| &event.attributes);
    let texts: usize =
        attributes.map(|a| EACH.saturating_add(a.key.len()).saturating_add(a.value.len())).sum();
    texts.saturating_add(EACH.saturating_mul(results.txs.len().saturating_add(8)))
}

#[cfg(test)]
pub(super) mod tests {
    use meteor_chain::blocks::{Header, Results};

    use super::*;
    use crate::store::{Bound, Files, Place};

    /// Stands for the hash of a block.
    fn hash(height: u64) -> [u8; 32] {
        let mut hash = [0; 32];
        hash[24..].copy_from_slice(&height.to_be_bytes());
        hash
    }

    fn block(height: u64) -> RawBlock {
        let header = Header {
            height,
            time_ns: 0,
            hash: hash(height),
            computed: hash(height),
            last_results: Some(Results::default().hash),
            parent: height.checked_sub(1).map(hash),
            txs: 0,
            chain_id: "x".into(),
        };
        RawBlock { header, results: Results::default() }
    }

    pub(in crate::store) fn blocks(from: u64, to: u64) -> Vec<RawBlock> {
        (from..=to).map(block).collect()
    }

    pub(in crate::store) fn state(height: u64) -> State {
        let mut state = State::new("x", "c");
        state.at.height = height;
        state
    }

    /// A queue of segments of 5 blocks, whose store is never written to.
    fn queue(dir: &tempfile::TempDir) -> Queue {
        let files = Arc::new(Files::open(&Place::Folder(dir.path().into())).unwrap());
        let queue = Queue::new(5);
        let bound = Bound { chain_id: "x".into(), contract: "c".into(), start_height: 1 };
        queue.open(Arc::new(Store::new(files, bound, Arc::default())));
        queue
    }

    fn runs(queue: &Queue) -> Vec<(u64, u64)> {
        let ends = |run: &Run| (run[0].header.height, run[run.len() - 1].header.height);
        queue.runs(usize::MAX).iter().map(ends).collect()
    }

    #[test]
    fn segments_end_at_multiples_and_hold_only_what_is_confirmed() {
        let dir = tempfile::tempdir().unwrap();
        let queue = queue(&dir);
        queue.applied(blocks(3, 10), state(9), None);
        assert_eq!(runs(&queue), [(3, 5)], "block 10 is not confirmed");
        // Its results proved to be others: it comes again, and is confirmed by the one after it.
        queue.back_to(10);
        queue.applied(blocks(10, 11), state(10), Some(state(10)));
        assert_eq!(runs(&queue), [(3, 5), (6, 10)]);

        assert!(queue.snapshot().is_none(), "a snapshot waits for the segments before it");
        for run in queue.runs(8) {
            queue.stored(&run);
        }
        assert_eq!(queue.snapshot().map(|state| state.at.height), Some(10));
        queue.applied(blocks(12, 13), state(12), None);
        queue.finish();
        assert_eq!(runs(&queue), [(11, 12)], "what is confirmed at the end is a shorter segment");
    }

    #[test]
    fn when_all_is_read_again_nothing_of_before_is_stored() {
        let dir = tempfile::tempdir().unwrap();
        let queue = queue(&dir);
        queue.applied(blocks(1, 13), state(12), Some(state(10)));
        queue.back_to(1);
        assert_eq!(runs(&queue), []);
        queue.applied(blocks(1, 6), state(5), None);
        assert_eq!(runs(&queue), [(1, 5)]);
        assert!(queue.snapshot().is_none());
    }

    #[test]
    fn what_is_too_much_is_dropped_and_asked_for_again_up_to_what_waits() {
        let dir = tempfile::tempdir().unwrap();
        let queue = queue(&dir);
        queue.applied(blocks(1, 13), state(12), Some(state(10)));
        let each = weight(&block(1));
        let many = u64::try_from(MOST / each).unwrap() + 14;
        queue.applied(blocks(14, many), state(many - 1), None);
        assert_eq!((runs(&queue), queue.dropped()), (Vec::new(), Some((1, Some(many)))));
        // Following goes on meanwhile.
        queue.applied(blocks(many + 1, many + 7), state(many + 6), Some(state(many + 5)));
        assert_eq!(queue.dropped(), Some((1, Some(many + 1))));
        assert!(queue.snapshot().is_none(), "its segments are missing");
        queue.filled_to(many);
        assert_eq!(queue.dropped(), Some((many, Some(many + 1))));
        queue.filled_to(many + 1);
        assert_eq!(queue.dropped(), None);
        queue.applied(blocks(many + 8, many + 12), state(many + 11), None);
        assert_eq!(runs(&queue).first().map(|run| run.0), Some(many + 1), "without a hole");
    }
}
