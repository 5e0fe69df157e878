//! No node has the next block any more. That is doubted like what can't be true, and then waited for: a node that has
//! the block may come back, or another replica may bring the store further.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use meteor_chain::with_causes;

use super::{Follower, Stop, start};
use crate::fold::State;

/// Polls between two looks for a newer snapshot.
const LOOK: u32 = 5;

impl Follower {
    /// Notes that every node has deleted the next block; `lowest` is the first that the node asked last has, if it says
    /// so. Moves on to a newer snapshot if there is one.
    pub(super) async fn pruned(&mut self, lowest: Option<u64>) -> Result<(), Stop> {
        let app = Arc::clone(&self.app);
        let why = format!("no node has block {} any more", self.next);
        // Several machines may stand behind one address, and another of them may have it.
        let (all, patience) = (app.config.rpc.len(), app.config.patience);
        if !self.doubts.told(self.next, None, &why, all, patience, Instant::now()) {
            app.health.doubted.fetch_add(1, Relaxed);
            return Err(Stop::Pruned(format!("{why}, the nodes say: they are asked again")));
        }
        let first = lowest.map_or_else(String::new, |lowest| format!(" (the lowest is {lowest})"));
        let (newer, advice) = if app.queue.store().is_some() {
            (
                ", or for a newer snapshot in the store",
                ", or let a replica that has the block write to this store",
            )
        } else {
            ("", ", or a store (--store) with a newer snapshot of another replica")
        };
        let why = format!(
            "{why}{first}: waiting for a node that has it{newer}. Name a node with full history (--node) and start \
             again{advice}"
        );
        app.health.lack(&why);
        if self.looked.is_some_and(|at| at.elapsed() < app.config.poll * LOOK) {
            return Err(Stop::Pruned(why));
        }
        self.looked = Some(Instant::now());
        let newer = match self.newer().await {
            Ok(Some(newer)) => newer,
            Ok(None) => return Err(Stop::Pruned(why)),
            Err(problem) => return Err(Stop::Pruned(format!("{why}. {problem}"))),
        };
        let (from, to) = (self.state.at.height, newer.at.height);
        tracing::warn!(from, to, why, "going on from a newer snapshot");
        start::serve(&app, Some(&newer)).await;
        // Blocks of before would leave a hole before those that come now. Whoever wrote the snapshot has stored them.
        app.queue.back_to(0);
        self.windows.clear();
        self.restart_from(newer);
        app.health.found();
        Ok(())
    }

    /// A state of the store that is beyond the missing block, if there is one. Its block must be that of the nodes; else
    /// this says why it can't be used.
    async fn newer(&self) -> Result<Option<State>, String> {
        let app = &self.app;
        let Some(store) = app.queue.store() else { return Ok(None) };
        // Nor one that may be wrong itself: blocks are read again because of what follows it.
        let wrong = self.tried.map_or(0, |(height, _)| height);
        let from = self.next.max(wrong).max(app.view().at.height);
        let found = store.beyond(from).await.map_err(|error| {
            let error = with_causes(&error);
            app.store_health.failed(error.clone());
            error
        });
        let Some(state) = found? else { return Ok(None) };
        let height = state.at.height;
        match start::theirs(app, store, &state).await {
            Ok(theirs) if theirs.fits() => Ok(Some(state)),
            Ok(_) => Err(format!(
                "The store has a snapshot up to {height}, but the nodes have another block there"
            )),
            Err(error) => {
                let error = with_causes(&error);
                Err(format!("The store has a snapshot up to {height}, but no node confirms it now: {error}"))
            }
        }
    }
}
