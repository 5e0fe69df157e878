//! Segments are never written with a hole, but one can be lost or deleted by hand, and several replicas that were killed
//! can leave one. Nobody misses it until a new schema makes the state anew from segments. So holes are looked for once
//! after the start, shown, and filled from whichever node has those blocks, now or later.

use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use meteor_chain::backoff::spread;
use meteor_chain::with_causes;

use super::Store;
use super::error::StoreError;
use super::load::Index;
use super::write::{self, WriteError};
use crate::app::App;
use crate::rpc::Sizes;

/// The first wait after all nodes lacked something, and the longest.
const WAIT: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(1));

/// The blocks that segments lack, before those that are followed.
#[derive(Debug)]
pub(super) struct Holes {
    /// First and last height of each; `None` until they were looked for.
    known: Option<Vec<(u64, u64)>>,
    sizes: Sizes,
    wait: Duration,
    next: Instant,
}

impl Holes {
    pub(super) fn new() -> Self {
        Self { known: None, sizes: Sizes::default(), wait: WAIT.0, next: Instant::now() }
    }

    /// How long until nodes are asked again; `None` if nothing is missing.
    pub(super) fn wait(&self) -> Option<Duration> {
        let missing = self.known.as_ref().is_none_or(|known| !known.is_empty());
        missing.then(|| self.next.saturating_duration_since(Instant::now()))
    }

    /// Fills what a node has. Between two windows new blocks may be stored, so it is called again and again.
    ///
    /// # Errors
    /// [`StoreError`] if the store can't be used now. That nodes lack blocks is no error: they are asked again later.
    pub(super) async fn fill(&mut self, app: &App, store: &Store) -> Result<(), StoreError> {
        if self.next > Instant::now() {
            return Ok(());
        }
        let holes = match self.known.take() {
            Some(known) => known,
            None => store.holes().await?,
        };
        let (mut left, mut filled, mut failed) = (Vec::new(), false, None);
        for (from, to) in holes {
            match write::again(app, store, &self.sizes, from, to).await {
                Ok(next) => {
                    filled = true;
                    tracing::info!(
                        from,
                        to = next.saturating_sub(1),
                        "blocks that segments lacked are stored again"
                    );
                    left.extend((next <= to).then_some((next, to)));
                }
                Err(error) => {
                    failed = Some(error);
                    left.push((from, to));
                }
            }
        }
        let count = left.iter().map(|(from, to)| to.saturating_sub(*from).saturating_add(1));
        store.health.missing.store(count.fold(0, u64::saturating_add), Relaxed);
        let all = left.len();
        if let (Some((from, to)), Some(error)) = (left.first(), &failed) {
            let error = with_causes(error);
            tracing::warn!(
                from,
                to,
                holes = all,
                error,
                "segments lack blocks: name a node in rpc that has them"
            );
        }
        self.known = Some(left);
        self.wait = if filled { WAIT.0 } else { self.wait.saturating_mul(2).min(WAIT.1) };
        self.next = Instant::now() + if filled { Duration::ZERO } else { spread(self.wait) };
        match failed {
            Some(WriteError::Store(error)) => Err(error),
            Some(WriteError::Node(_) | WriteError::Follows(_)) | None => Ok(()),
        }
    }
}

impl Store {
    /// The blocks that segments lack, up to the state that was begun with: those after it are followed.
    async fn holes(&self) -> Result<Vec<(u64, u64)>, StoreError> {
        let Some(start) = self.health.start() else { return Ok(Vec::new()) };
        Ok(self.index(self.bound.start_height).await?.holes(self.bound.start_height, start.height))
    }
}

impl Index {
    /// First and last height of each run of blocks from `from` to `to` that no segment has.
    fn holes(&self, from: u64, to: u64) -> Vec<(u64, u64)> {
        let (mut next, mut holes) = (from, Vec::new());
        for (first, last) in self.ranges() {
            if first > to {
                break;
            }
            if first > next {
                holes.push((next, first.saturating_sub(1)));
            }
            next = next.max(last.saturating_add(1));
        }
        if next <= to {
            holes.push((next, to));
        }
        holes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_is_what_no_segment_has_up_to_where_following_begins() {
        let of = |segments: &[(u64, u64)], to| {
            let mut index = Index::default();
            for (from, to) in segments {
                index.add(*from, *to);
            }
            index.holes(3, to)
        };
        assert_eq!(of(&[(3, 5), (6, 10)], 10), []);
        assert_eq!(of(&[(3, 5), (6, 10), (8, 9)], 10), [], "one within another");
        assert_eq!(of(&[(6, 10), (16, 20)], 20), [(3, 5), (11, 15)]);
        assert_eq!(of(&[(3, 5)], 12), [(6, 12)]);
        assert_eq!(of(&[(3, 5), (11, 15)], 8), [(6, 8)], "what follows is followed");
        assert_eq!(of(&[(3, 5), (11, 15)], 5), []);
        assert_eq!(of(&[], 2), []);
    }
}
