//! Fetches windows of blocks ahead of the one that is applied. What is here stays when another window fails, and the
//! bytes that are here and under way have a bound.

use std::collections::BTreeMap;
use std::sync::Arc;

use meteor_chain::NodeError;
use tokio::task::{Id, JoinSet};

use crate::app::App;
use crate::rpc::{self, Ask, Sizes, Told, WINDOW};

/// Windows asked for at once.
const AT_ONCE: usize = 4;
/// A window should have at most this many bytes on the wire. What is kept of it takes about as many in memory, and
/// reading an answer a few times its own.
const WINDOW_BYTES: usize = 8 << 20;
/// As many may be here and under way together; the next window to apply is asked for in any case.
const BUDGET: usize = 32 << 20;

/// Windows under way and here, each by its first height.
pub(super) struct Windows {
    app: Arc<App>,
    sizes: Arc<Sizes>,
    here: BTreeMap<u64, Told>,
    asked: BTreeMap<u64, Asked>,
    tasks: JoinSet<Result<Told, NodeError>>,
}

/// A window under way.
struct Asked {
    task: Id,
    to: u64,
    /// How many bytes it is likely to have.
    bytes: usize,
}

impl Windows {
    pub(super) fn new(app: &Arc<App>) -> Self {
        Self {
            app: Arc::clone(app),
            sizes: Arc::default(),
            here: BTreeMap::new(),
            asked: BTreeMap::new(),
            tasks: JoinSet::new(),
        }
    }

    /// The blocks from `next` on, as many as came together. Others up to `tip` are asked for meanwhile.
    ///
    /// # Errors
    /// Why the window at `next` isn't to be had now. Failures of later ones show once they are due.
    pub(super) async fn next(&mut self, next: u64, tip: u64) -> Result<Told, NodeError> {
        self.here.retain(|from, _| *from >= next);
        let mut failed = false;
        loop {
            if let Some(told) = self.here.remove(&next) {
                return Ok(told);
            }
            // After a failure only what is under way: the nodes are in trouble.
            if !failed {
                self.ask(next, tip);
            }
            let (task, answer) = match self.tasks.join_next_with_id().await {
                Some(Ok((task, answer))) => (task, answer),
                Some(Err(error)) if error.is_panic() => {
                    let why = NodeError::Malformed("reading the answer panicked".to_owned());
                    (error.id(), Err(why))
                }
                Some(Err(_)) | None => return Err(NodeError::NoNode),
            };
            let from = self.asked.iter().find(|(_, asked)| asked.task == task).map(|(from, _)| *from);
            let Some(from) = from else { continue };
            self.asked.remove(&from);
            match answer {
                Ok(told) if from >= next => drop(self.here.insert(from, told)),
                Ok(_) => {}
                Err(error) if from == next => return Err(error),
                Err(error) => {
                    tracing::debug!(from, %error, "a later window failed");
                    failed = true;
                }
            }
        }
    }

    /// Forgets what `node` gave: it can't be trusted.
    pub(super) fn forget(&mut self, node: usize) {
        self.here.retain(|_, told| told.node != node);
    }

    /// Forgets everything: what comes next is far from it.
    pub(super) fn clear(&mut self) {
        *self = Self { sizes: Arc::clone(&self.sizes), ..Self::new(&self.app) };
    }

    /// Asks for the windows from `next` to `tip` that are neither here nor under way, as far as there is room.
    fn ask(&mut self, next: u64, tip: u64) {
        let mut from = next;
        let under_way = self.asked.values().map(|asked| asked.bytes);
        let mut bytes: usize = self.here.values().map(|told| told.bytes).chain(under_way).sum();
        while from <= tip {
            let known =
                self.here.get(&from).and_then(|told| told.blocks.last()).map(|last| last.header.height);
            if let Some(to) = known.or_else(|| self.asked.get(&from).map(|asked| asked.to)) {
                from = to.saturating_add(1);
                continue;
            }
            let later = |windows: Option<u64>| windows.map_or(tip, |later| later.saturating_sub(1));
            let here = later(self.here.range(from..).next().map(|(from, _)| *from));
            let asked = later(self.asked.range(from..).next().map(|(from, _)| *from));
            let blocks = self.sizes.blocks(WINDOW_BYTES).min(WINDOW);
            let to = tip.min(here).min(asked).min(from.saturating_add(blocks - 1));
            let likely = self.sizes.bytes((to - from).saturating_add(1));
            let room = self.asked.len() < AT_ONCE && bytes.saturating_add(likely) <= BUDGET;
            if from != next && !room {
                return;
            }
            bytes = bytes.saturating_add(likely);
            let (app, sizes) = (Arc::clone(&self.app), Arc::clone(&self.sizes));
            let task = self.tasks.spawn(async move {
                let ask = Ask { shower: &app.config.shower, from, to, enough: WINDOW_BYTES, not: &[] };
                rpc::blocks(&app.pool, &sizes, ask).await
            });
            self.asked.insert(from, Asked { task: task.id(), to, bytes: likely });
            from = to.saturating_add(1);
        }
    }
}
