//! What to begin with: the newest snapshot that verifies, and the segments after it. Whatever is damaged is passed
//! over with an alarm; whatever is missing is asked of the nodes later.

use std::collections::BTreeMap;
use std::ops::RangeBounds;
use std::sync::atomic::Ordering::Relaxed;

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use meteor_chain::blocks::{BlockHash, RawBlock};
use meteor_chain::with_causes;
use tokio::task::spawn_blocking;

use super::error::StoreError;
use super::files::Files;
use super::health::Start;
use super::names::{self, LONGEST, Names};
use super::{Store, segment, snapshot};
use crate::fold::State;
use crate::follow::{Fault, Keep, Trust, advance};

/// Segments fetched at once.
const AHEAD: usize = 16;

/// A state from the store.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The state.
    pub(crate) state: State,
    /// Height of the snapshot; `None` if it is all from segments.
    pub(crate) snapshot: Option<u64>,
}

impl Loaded {
    pub(crate) const fn start(&self) -> Start {
        Start { snapshot: self.snapshot, height: self.state.at.height, confirmed: None }
    }
}

/// Which segments there are, by first height: the longest of each.
#[derive(Debug, Default)]
pub(crate) struct Index(BTreeMap<u64, u64>);

impl Index {
    pub(super) fn add(&mut self, from: u64, to: u64) {
        let known = self.0.entry(from).or_insert(to);
        *known = to.max(*known);
    }

    /// The segment that has `height` and reaches furthest.
    pub(crate) fn of(&self, height: u64) -> Option<(u64, u64)> {
        let before = self.0.range(height.saturating_sub(LONGEST)..=height);
        before.map(|(from, to)| (*from, *to)).filter(|(_, to)| *to >= height).max_by_key(|(_, to)| *to)
    }

    /// All of them, by first height.
    pub(super) fn ranges(&self) -> impl Iterator<Item = (u64, u64)> {
        self.0.iter().map(|(from, to)| (*from, *to))
    }

    /// The last height that any has; 0 for none.
    pub(crate) fn last(&self) -> u64 {
        self.0.values().copied().max().unwrap_or(0)
    }

    /// Segments that follow each other from `next` on without a gap.
    fn run(&self, next: u64) -> Vec<(u64, u64)> {
        let mut next = next;
        let mut run = Vec::new();
        while let Some((from, to)) = self.of(next) {
            run.push((from, to));
            next = to.saturating_add(1);
        }
        run
    }
}

impl Store {
    /// The newest state there is: the newest snapshot that verifies, and the segments after it.
    ///
    /// # Errors
    /// [`StoreError`] if the store can't be read now.
    pub(crate) async fn newest(&self) -> Result<Option<Loaded>, StoreError> {
        let found = self.snapshot(..).await?;
        let snapshot = found.as_ref().map(|state| state.at.height);
        let state = found.unwrap_or_else(|| self.empty());
        let state = self.replay(state).await?;
        Ok((state.at.height > 0).then_some(Loaded { state, snapshot }))
    }

    /// The newest state at `height` or later: a snapshot there, and the segments after it.
    ///
    /// # Errors
    /// [`StoreError`] if the store can't be read now.
    pub(crate) async fn beyond(&self, height: u64) -> Result<Option<State>, StoreError> {
        match self.snapshot(height..).await? {
            Some(state) => self.replay(state).await.map(Some),
            None => Ok(None),
        }
    }

    /// The newest snapshot of these heights that verifies.
    ///
    /// # Errors
    /// [`StoreError`] if the store can't be read now.
    pub(crate) async fn snapshot(&self, of: impl RangeBounds<u64>) -> Result<Option<State>, StoreError> {
        let listed = self.files.list(&self.names.snapshots(snapshot::SCHEMA), None).await?;
        let heights = listed.iter().rev().filter_map(|one| names::height(&one.name));
        for height in heights.filter(|height| of.contains(height)) {
            let name = self.names.snapshot(snapshot::SCHEMA, height);
            let Some(bytes) = self.files.get(&name).await? else { continue };
            let bound = self.bound.clone();
            let read = spawn_blocking(move || snapshot::read(&bytes, &bound.event()));
            match read.await.map_err(|_| StoreError::Stopped)? {
                Ok(state) if state.at.height == height => return Ok(Some(state)),
                Ok(state) => {
                    self.health
                        .damaged(format!("{name} is a snapshot of height {}: passed over", state.at.height));
                }
                Err(error) => {
                    self.health
                        .damaged(format!("{name} can't be used and is passed over: {}", with_causes(&error)));
                }
            }
        }
        Ok(None)
    }

    /// Applies the segments after a state, as far as they go.
    async fn replay(&self, mut state: State) -> Result<State, StoreError> {
        let next = self.next(&state);
        let run = self.index(next).await?.run(next);
        let mut fetched = stream::iter(run)
            .map(|(from, to)| async move { Ok::<_, StoreError>((from, to, self.segment(from, to).await?)) })
            .buffered(AHEAD);
        while let Some(one) = fetched.next().await {
            let (from, to, blocks) = one?;
            let Some(blocks) = blocks else { break };
            let done = spawn_blocking(move || apply(&state, &blocks)).await;
            let (after, fault) = done.map_err(|_| StoreError::Stopped)?;
            state = after;
            self.health.replayed.fetch_add(1, Relaxed);
            if let Some(fault) = fault {
                let name = self.names.segment(segment::SCHEMA, from, to);
                self.health.damaged(format!("{name} can't be applied, nodes are asked instead: {fault}"));
                break;
            }
        }
        Ok(state)
    }

    /// The height after a state.
    pub(crate) const fn next(&self, state: &State) -> u64 {
        if state.at.height == 0 { self.bound.start_height } else { state.at.height.saturating_add(1) }
    }

    /// Which segments hold `next` or something after it.
    pub(crate) async fn index(&self, next: u64) -> Result<Index, StoreError> {
        let mut index = Index::default();
        let earliest = next.saturating_sub(LONGEST);
        let mut shelf = Names::shelf_of(earliest);
        loop {
            // What begins earlier can't reach it.
            let after = self.names.segment(segment::SCHEMA, earliest, 0);
            let after = Some(after.as_str()).filter(|_| shelf == Names::shelf_of(earliest));
            let listed = self.files.list(&self.names.shelf(segment::SCHEMA, shelf), after).await?;
            for (from, to) in listed.iter().filter_map(|one| names::heights(&one.name)) {
                index.add(from, to);
            }
            // The shelf of `next` may still be empty while the one before isn't.
            if listed.is_empty() && shelf >= Names::shelf_of(next) {
                return Ok(index);
            }
            shelf = shelf.saturating_add(1);
        }
    }

    /// The blocks of a segment; `None` if it is gone or damaged.
    pub(crate) async fn segment(&self, from: u64, to: u64) -> Result<Option<Vec<RawBlock>>, StoreError> {
        let name = self.names.segment(segment::SCHEMA, from, to);
        let Some(bytes) = self.files.get(&name).await? else { return Ok(None) };
        match self.read(bytes, from, to).await? {
            Ok(blocks) => Ok(Some(blocks)),
            Err(why) => {
                self.health.damaged(format!("{name} can't be used: {why}"));
                Ok(None)
            }
        }
    }

    async fn read(
        &self,
        bytes: Bytes,
        from: u64,
        to: u64,
    ) -> Result<Result<Vec<RawBlock>, String>, StoreError> {
        let bound = self.bound.clone();
        let read = spawn_blocking(move || {
            let blocks = segment::read(&bytes, &bound.event()).map_err(|error| with_causes(&error))?;
            let heights = blocks.iter().map(|block| block.header.height);
            if heights.eq(from..=to) {
                Ok(blocks)
            } else {
                Err("it holds other blocks than its name says".to_owned())
            }
        });
        read.await.map_err(|_| StoreError::Stopped)
    }

    /// The hash of a block that is in a segment.
    pub(crate) async fn hash_at(&self, height: u64) -> Result<Option<BlockHash>, StoreError> {
        let Some((from, to)) = self.index(height).await?.of(height) else { return Ok(None) };
        let blocks = self.segment(from, to).await?.unwrap_or_default();
        Ok(blocks.iter().find(|block| block.header.height == height).map(|block| block.header.hash))
    }
}

/// Applies those of `blocks` that come after a state, and says what is wrong with the next one.
pub(crate) fn apply(state: &State, blocks: &[RawBlock]) -> (State, Option<String>) {
    let known = |block: &&RawBlock| block.header.height <= state.at.height;
    let blocks = blocks.get(blocks.iter().take_while(known).count()..).unwrap_or_default();
    if let Some(fault) = broken(state, blocks) {
        return (state.clone(), Some(fault));
    }
    let advanced = advance(state, blocks, Trust::All, Keep::default());
    (advanced.state, advanced.fault.map(Fault::why))
}

/// What is wrong if blocks don't follow the state and each other.
fn broken(state: &State, blocks: &[RawBlock]) -> Option<String> {
    let mut parent = (state.at.height > 0).then_some(state.at.hash);
    for RawBlock { header, .. } in blocks {
        if parent.is_some() && header.parent != parent {
            return Some(format!("block {} does not follow the one before it", header.height));
        }
        parent = Some(header.hash);
    }
    None
}

/// The chain to begin with before any node has named it: the one that is configured, or the only one of which something
/// is stored.
///
/// # Errors
/// [`StoreError::Chains`] if there are several; another one if the store can't be read now.
pub(crate) async fn chain(
    files: &Files,
    configured: Option<&str>,
    contract: &str,
) -> Result<Option<String>, StoreError> {
    if let Some(chain_id) = configured {
        return Ok(Some(chain_id.to_owned()));
    }
    let mut chains = files.chains(contract).await?;
    if chains.len() > 1 {
        return Err(StoreError::Chains(chains.join(", ")));
    }
    Ok(chains.pop())
}
