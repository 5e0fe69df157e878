//! Fetches windows of blocks ahead of the one that is applied. What is here stays when another window fails, and the
//! bytes that are here and under way have a bound. Close to the tip each window is asked of two nodes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use meteor_chain::NodeError;
use tokio::task::{Id, JoinSet};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::app::App;
use crate::rpc::{self, Ask, Sizes, Told, WINDOW};

/// Windows asked for at once.
const AT_ONCE: usize = 4;
/// A window should have at most this many bytes on the wire. What is kept of it takes about as many in memory, and
/// reading an answer a few times its own.
const WINDOW_BYTES: usize = 8 << 20;
/// As many may be here and under way together; the next window to apply is asked for in any case.
const BUDGET: usize = 32 << 20;

/// Blocks less than this far from the tip are asked of two nodes. Further back the log hash, the sequence and the
/// totals of later events show what one node leaves out or alters in contributions, at half the load.
pub(super) const CLOSE: u64 = 100;
/// How long a block waits for a second node.
const WAIT: Duration = Duration::from_secs(2);
/// How long a node that is a moment behind is left alone.
const AGAIN: Duration = Duration::from_millis(200);

/// Windows under way and here, each by its first height, with what nodes told of it.
pub(super) struct Windows {
    app: Arc<App>,
    sizes: Arc<Sizes>,
    /// The second node didn't answer in time lately: nothing waits for it.
    pub(super) late: bool,
    /// All nodes are asked about the block at this height.
    pub(super) question: Option<u64>,
    here: BTreeMap<u64, Vec<Told>>,
    asked: BTreeMap<u64, Asked>,
    tasks: JoinSet<Result<Vec<Told>, NodeError>>,
}

/// A window under way.
struct Asked {
    task: Id,
    to: u64,
    /// How many bytes it is likely to have.
    bytes: usize,
    /// How many nodes are asked.
    nodes: usize,
}

impl Windows {
    pub(super) fn new(app: &Arc<App>) -> Self {
        Self {
            app: Arc::clone(app),
            sizes: Arc::default(),
            late: false,
            question: None,
            here: BTreeMap::new(),
            asked: BTreeMap::new(),
            tasks: JoinSet::new(),
        }
    }

    /// The blocks from `next` on, as many as came together, as nodes tell them: one of them, or more. Others up to `tip`
    /// are asked for meanwhile.
    ///
    /// # Errors
    /// Why the window at `next` isn't to be had now. Failures of later ones show once they are due.
    pub(super) async fn next(&mut self, next: u64, tip: u64) -> Result<Vec<Told>, NodeError> {
        self.here.retain(|from, _| *from >= next);
        let mut failed = false;
        loop {
            if let Some(tellings) = self.here.remove(&next) {
                return Ok(tellings);
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
            let wanted = self.asked.remove(&from).map_or(1, |asked| asked.nodes);
            match answer {
                Ok(tellings) => {
                    self.late = if wanted > 1 { tellings.len() == 1 } else { self.late };
                    if from >= next {
                        self.here.insert(from, tellings);
                    }
                }
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
        self.here.retain(|_, tellings| tellings.iter().all(|told| told.node != node));
    }

    /// Forgets everything: what comes next is far from it.
    pub(super) fn clear(&mut self) {
        let (sizes, late, question) = (Arc::clone(&self.sizes), self.late, self.question);
        *self = Self { sizes, late, question, ..Self::new(&self.app) };
    }

    /// Asks for the windows from `next` to `tip` that are neither here nor under way, as far as there is room.
    fn ask(&mut self, next: u64, tip: u64) {
        let mut from = next;
        let under_way = self.asked.values().map(|asked| asked.bytes);
        let here = self.here.values().flatten().map(|told| told.bytes);
        let mut bytes: usize = here.chain(under_way).sum();
        while from <= tip {
            let here = self.here.get(&from).and_then(|tellings| tellings.first());
            let known = here.and_then(|told| told.blocks.last()).map(|last| last.header.height);
            if let Some(to) = known.or_else(|| self.asked.get(&from).map(|asked| asked.to)) {
                from = to.saturating_add(1);
                continue;
            }
            let later = |windows: Option<u64>| windows.map_or(tip, |later| later.saturating_sub(1));
            let here = later(self.here.range(from..).next().map(|(from, _)| *from));
            let asked = later(self.asked.range(from..).next().map(|(from, _)| *from));
            let blocks = self.sizes.blocks(WINDOW_BYTES).min(WINDOW);
            let most = from.saturating_add(blocks - 1);
            // The block in question has a window of its own: a node that has no later one yet can tell it, too.
            let question = match self.question.filter(|height| *height >= from) {
                Some(height) if height > from => height.saturating_sub(1),
                Some(height) => height,
                None => tip,
            };
            let to = tip.min(here).min(asked).min(most).min(question);
            let nodes = self.nodes(from, to, tip);
            let likely = self.sizes.bytes((to - from).saturating_add(1)).saturating_mul(nodes);
            let room = self.asked.len() < AT_ONCE && bytes.saturating_add(likely) <= BUDGET;
            if from != next && !room {
                return;
            }
            bytes = bytes.saturating_add(likely);
            let (app, sizes) = (Arc::clone(&self.app), Arc::clone(&self.sizes));
            let task = self.tasks.spawn(async move { fetch(&app, &sizes, from, to, nodes).await });
            self.asked.insert(from, Asked { task: task.id(), to, bytes: likely, nodes });
            from = to.saturating_add(1);
        }
    }

    /// How many nodes are asked for a window.
    fn nodes(&self, from: u64, to: u64, tip: u64) -> usize {
        let all = self.app.config.rpc.len();
        if self.question.is_some_and(|height| (from..=to).contains(&height)) {
            return all;
        }
        if is_close(to, tip) && !self.late { all.min(2) } else { 1 }
    }
}

/// Whether a block is so close to the tip that another node has to tell it, too.
pub(super) const fn is_close(height: u64, tip: u64) -> bool {
    height.saturating_add(CLOSE) > tip
}

/// Blocks as one node tells them, and as others do, `nodes` in all, if they answer in time.
async fn fetch(app: &App, sizes: &Sizes, from: u64, to: u64, nodes: usize) -> Result<Vec<Told>, NodeError> {
    let shower = &app.config.shower;
    let first =
        rpc::blocks(&app.pool, sizes, Ask { shower, from, to, enough: WINDOW_BYTES, not: &[] }).await?;
    let to = first.blocks.last().map_or(from, |last| last.header.height);
    let mut tellings = vec![first];
    let until = Instant::now() + WAIT;
    while tellings.len() < nodes {
        let not: Vec<usize> = tellings.iter().map(|told| told.node).collect();
        let ask = Ask { shower, from, to, enough: usize::MAX, not: &not };
        match timeout_at(until, rpc::blocks(&app.pool, sizes, ask)).await {
            Ok(Ok(told)) => tellings.push(told),
            Ok(Err(NodeError::NotYet)) if Instant::now() + AGAIN < until => {
                sleep_until(Instant::now() + AGAIN).await;
            }
            Ok(Err(_)) | Err(_) => break,
        }
    }
    Ok(tellings)
}
