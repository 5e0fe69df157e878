//! Stores what waits, beside following: segments in order, then the snapshot that they reach. An error is shown and
//! tried again; nothing is ever overwritten.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use bytes::Bytes;
use futures::future::{join_all, pending};
use meteor_chain::backoff::spread;
use meteor_chain::blocks::RawBlock;
use meteor_chain::{NodeError, with_causes};
use thiserror::Error;
use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};

use super::error::StoreError;
use super::fill::Holes;
use super::queue::Run;
use super::{FormatError, Store, names, retain, segment, snapshot};
use crate::app::App;
use crate::fold::State;
use crate::rpc::{self, Ask, Sizes, Told, WINDOW};

/// Segments written at once.
const AT_ONCE: usize = 8;
/// The first wait after an error, and the longest.
const WAIT: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(1));
/// How long what is left may take when the server stops.
const LAST: Duration = Duration::from_secs(8);
/// Bytes of blocks that are asked for at once when they must be read again.
const REFILL: usize = 4 << 20;
/// Bytes at the end of a snapshot: the SHA-256 of all before.
const HASH: u64 = 32;

/// What became of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// It is stored now.
    New,
    /// It was there, with the same content.
    Same,
    /// What was there was damaged; it is replaced.
    Repaired,
    /// What is there verifies and differs. It stays.
    Differs,
}

/// Why storing what waits stopped for now.
#[derive(Debug, Error)]
pub(super) enum WriteError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("blocks that had to be dropped can't be read again")]
    Node(#[from] NodeError),
    #[error("the nodes' blocks do not follow what is stored before height {0}")]
    Follows(u64),
}

/// Stores until nothing more comes.
pub(crate) async fn run(app: Arc<App>) {
    let queue = &app.queue;
    let (mut wait, mut holes) = (WAIT.0, Holes::new());
    while !queue.finished.is_cancelled() {
        let done = match queue.store() {
            Some(store) => tokio::select! {
                // What is under way is cut, and begun again below.
                () = queue.finished.cancelled() => break,
                done = async {
                    all(&app, store).await?;
                    holes.fill(&app, store).await.map_err(WriteError::from)
                } => done,
            },
            None => Ok(()),
        };
        let failed = done.is_err();
        let pause = match done {
            Ok(()) => {
                wait = WAIT.0;
                queue.store().and_then(|_| holes.wait())
            }
            Err(error) => {
                app.store_health.failed(with_causes(&error));
                let pause = spread(wait);
                wait = wait.saturating_mul(2).min(WAIT.1);
                Some(pause)
            }
        };
        tokio::select! {
            () = queue.finished.cancelled() => {}
            () = async { match pause { Some(pause) => sleep(pause).await, None => pending().await } } => {}
            () = queue.filled.notified(), if !failed => {}
        }
    }
    if let Some(store) = queue.store() {
        match timeout(LAST, all(&app, store)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(error = with_causes(&error), "not everything could be stored"),
            Err(_) => tracing::warn!("the store is too slow: not everything could be stored"),
        }
    }
}

/// Stores everything that waits now.
async fn all(app: &App, store: &Store) -> Result<(), WriteError> {
    let queue = &app.queue;
    loop {
        refill(app, store).await?;
        let runs = queue.runs(AT_ONCE);
        if runs.is_empty() {
            break;
        }
        let written = join_all(runs.iter().map(|run| store.keep_segment(Arc::clone(run)))).await;
        let mut failed = None;
        for (run, written) in runs.iter().zip(written) {
            match written {
                Ok(()) => queue.stored(run),
                Err(error) => {
                    // The same blocks would be refused again, and everything after them waits.
                    if error.is_of_data() {
                        queue.refused(run);
                    }
                    failed = Some(error);
                }
            }
        }
        if let Some(error) = failed {
            return Err(error.into());
        }
    }
    if let Some(state) = queue.snapshot() {
        if let Err(error) = store.keep_snapshot(state.clone()).await {
            queue.again(state);
            return Err(error.into());
        }
        store.expire(app.config.snapshots).await?;
    }
    app.store_health.works();
    Ok(())
}

/// Stores blocks that had to be dropped, from the nodes, until they join those that wait.
async fn refill(app: &App, store: &Store) -> Result<(), WriteError> {
    let sizes = Sizes::default();
    while let Some((from, Some(next))) = app.queue.dropped() {
        app.queue.filled_to(again(app, store, &sizes, from, next.saturating_sub(1)).await?);
    }
    Ok(())
}

/// Stores blocks from `from` on, at most up to `to`, as the nodes have them. Gives the height after the last.
pub(super) async fn again(
    app: &App,
    store: &Store,
    sizes: &Sizes,
    from: u64,
    to: u64,
) -> Result<u64, WriteError> {
    let to = to.min(from.saturating_add(WINDOW - 1));
    let mut watched = app.queue.watched().ok_or(NodeError::NotYet)?;
    let ask = Ask { shower: &app.config.shower, from, to, enough: REFILL, not: &[] };
    let Told { mut blocks, .. } = rpc::blocks(&app.pool, sizes, ask).await?;
    // Cut where segments always are, unless that leaves nothing.
    let every = app.config.segment_blocks;
    let ends = |block: &RawBlock| block.header.height.is_multiple_of(every) || block.header.height == to;
    if let Some(end) = blocks.iter().rposition(ends) {
        blocks.truncate(end.saturating_add(1));
    }
    let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else {
        return Err(NodeError::NotYet.into());
    };
    let parent = match from.checked_sub(1).filter(|_| from > app.config.start_height) {
        Some(before) => store.hash_at(before).await?,
        None => None,
    };
    // The header after them confirms the results of the last, and leads to what is stored after them.
    let (_, after) = rpc::header(&app.pool, last.header.height.saturating_add(1)).await?;
    let stored = store.hash_at(after.height).await?;
    let follow = parent.is_none() || first.header.parent == parent;
    let lead = stored.is_none_or(|stored| stored == after.hash);
    let confirmed = after.parent == Some(last.header.hash) && after.last_results == Some(last.results.hash);
    if !follow || !lead || !confirmed {
        return Err(WriteError::Follows(from));
    }
    for block in &mut blocks {
        watched.keep(&mut block.results);
    }
    for run in blocks.chunk_by(|block, _| !block.header.height.is_multiple_of(every)) {
        store.keep_segment(Arc::new(run.to_vec())).await?;
    }
    Ok(after.height)
}

/// The bytes of an object, made off the runtime's threads.
async fn made(
    name: &str,
    write: impl FnOnce() -> Result<Vec<u8>, FormatError> + Send + 'static,
) -> Result<Bytes, StoreError> {
    match spawn_blocking(write).await {
        Ok(Ok(bytes)) => Ok(bytes.into()),
        Ok(Err(source)) => Err(StoreError::Format { name: name.to_owned(), source }),
        Err(error) if error.is_panic() => Err(StoreError::Panicked { name: name.to_owned() }),
        Err(_) => Err(StoreError::Stopped),
    }
}

impl Store {
    /// Stores an object, or compares it with the one of this name. `compare` finds out cheaply whether that is the same,
    /// `verifies` whether bytes are what they were when somebody wrote them.
    async fn keep(
        &self,
        name: &str,
        bytes: &Bytes,
        whole: bool,
        verifies: impl Fn(&[u8]) -> bool,
    ) -> Result<Kept, StoreError> {
        let mut kept = Kept::New;
        loop {
            // Asked before it is sent: usually another replica was first.
            if !whole && self.ends_alike(name, bytes).await? {
                return Ok(Kept::Same);
            }
            match self.files.get(name).await? {
                None if self.files.create(name, bytes.clone()).await? => return Ok(kept),
                None => {} // somebody else was first after all
                Some(there) if there == *bytes => return Ok(Kept::Same),
                Some(there) if verifies(&there) => return Ok(Kept::Differs),
                Some(_) => {
                    self.files.delete(name).await?;
                    kept = Kept::Repaired;
                }
            }
        }
    }

    /// Whether the object of this name has the same length and the same hash at its end.
    async fn ends_alike(&self, name: &str, bytes: &Bytes) -> Result<bool, StoreError> {
        let size = u64::try_from(bytes.len()).unwrap_or(0);
        let Some((there, end)) = self.files.end(name, HASH).await? else { return Ok(false) };
        Ok(there == size && bytes.ends_with(&end))
    }

    /// Stores a segment.
    async fn keep_segment(&self, run: Run) -> Result<(), StoreError> {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { return Ok(()) };
        let (from, to) = (first.header.height, last.header.height);
        let bound = self.bound.clone();
        let write = move || segment::write(&bound.event(), &run);
        let name = self.names.segment(segment::SCHEMA, from, to);
        let bytes = made(&name, write).await?;
        let verifies = |there: &[u8]| segment::read(there, &self.bound.event()).is_ok();
        let kept = self.keep(&name, &bytes, true, verifies).await?;
        self.tell(&name, kept);
        self.health.segments.fetch_max(to, Relaxed);
        Ok(())
    }

    /// Stores a snapshot.
    async fn keep_snapshot(&self, state: State) -> Result<(), StoreError> {
        let height = state.at.height;
        let name = self.names.snapshot(snapshot::SCHEMA, height);
        let bytes = made(&name, move || snapshot::write(&state)).await?;
        let verifies = |there: &[u8]| snapshot::read(there, &self.bound.event()).is_ok();
        let kept = self.keep(&name, &bytes, false, verifies).await?;
        self.tell(&name, kept);
        self.health.snapshot.store(height, Relaxed);
        Ok(())
    }

    fn tell(&self, name: &str, kept: Kept) {
        match kept {
            Kept::New => {
                self.health.written.fetch_add(1, Relaxed);
            }
            Kept::Same => {}
            Kept::Repaired => {
                self.health.written.fetch_add(1, Relaxed);
                self.health.damaged(format!("{name} was damaged and is written again"));
            }
            Kept::Differs => self.health.diverged(format!(
                "{name} differs from what this replica makes: one of the two has read something else. Compare both \
                 with another node, and delete the wrong one"
            )),
        }
    }

    /// Deletes snapshots that are not kept any longer. Where replicas differ none is deleted: somebody must look.
    async fn expire(&self, newest: usize) -> Result<(), StoreError> {
        if self.health.diverged.load(Relaxed) > 0 || self.health.rejected.load(Relaxed) > 0 {
            return Ok(());
        }
        let folder = self.names.snapshots(snapshot::SCHEMA);
        let listed = self.files.list(&folder, None).await?;
        let all: Vec<_> =
            listed.iter().filter_map(|one| Some((names::height(&one.name)?, one.written))).collect();
        for height in retain::expired(&all, newest) {
            self.files.delete(&self.names.snapshot(snapshot::SCHEMA, height)).await?;
        }
        self.files.sweep(&folder).await;
        let at = self.health.segments.load(Relaxed);
        self.files.sweep(&self.names.shelf(segment::SCHEMA, names::Names::shelf_of(at))).await;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;
    use crate::store::queue::tests::{blocks, state};
    use crate::store::{Bound, Place};

    #[tokio::test]
    async fn blocks_of_which_no_segment_can_be_made_are_asked_for_again_and_hold_up_nothing_for_good() {
        let shower =
            bech32::encode::<bech32::Bech32>(bech32::Hrp::parse("terra").unwrap(), &[7; 32]).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let mut config = Config::new(&["http://127.0.0.1:1".into()], &shower).unwrap();
        (config.store, config.segment_blocks) = (Some(Place::Folder(dir.path().into())), 5);
        let app = App::new(config).unwrap();
        let bound = Bound { chain_id: "x".into(), contract: shower, start_height: 1 };
        let files = Arc::clone(app.files.as_ref().unwrap());
        let store = Arc::new(Store::new(files, bound, Arc::clone(&app.store_health)));
        app.queue.open(Arc::clone(&store));

        // Block 8 is missing in the second segment.
        let mut given = blocks(1, 16);
        given.remove(7);
        app.queue.applied(given, state(15), Some(state(15)));
        let error = all(&app, &store).await.unwrap_err();
        assert!(matches!(error, WriteError::Store(StoreError::Format { .. })), "{}", with_causes(&error));
        assert_eq!(app.queue.dropped(), Some((6, Some(16))), "the first segment is stored");
        assert_eq!(app.store_health.segments.load(Relaxed), 15, "and what could be made of the others");
        // From now on the nodes are asked; this one doesn't answer.
        let error = all(&app, &store).await.unwrap_err();
        assert!(matches!(error, WriteError::Node(_)), "{}", with_causes(&error));
    }
}
