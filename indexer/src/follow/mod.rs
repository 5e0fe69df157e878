//! Follows the chain: asks for the tip, fetches windows of blocks, applies them in order, publishes.
//!
//! It polls, because a subscription loses blocks silently. It never skips a height: it asks for a missing
//! window again without end. Blocks are applied to a copy of the state: one that can't be true leaves no trace,
//! and is asked for again, of another node where there is one. Following halts only if that changes nothing.

mod advance;
mod start;
mod stored;
mod windows;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use advance::Advanced;
pub(crate) use advance::advance;
use meteor_chain::backoff::spread;
use meteor_chain::blocks::{BlockHash, RawBlock};
use meteor_chain::{NodeError, with_causes};
use tokio::task::spawn_blocking;
use windows::Windows;

use crate::app::App;
use crate::config::Source;
use crate::decode::Watched;
use crate::doubt::Doubts;
use crate::fold::State;
use crate::rpc::Told;
use crate::view::View;

/// Time between two views while catching up; publishing more often would only cost time.
const PUBLISH: Duration = Duration::from_millis(500);

/// Follows until the server stops or following halts.
pub(crate) async fn run(app: Arc<App>) {
    let follow = async {
        match app.config.source {
            Source::Node => Box::pin(follow(&app)).await,
            Source::Store => stored::follow(&app).await,
        }
    };
    tokio::select! {
        () = app.stop.cancelled() => {}
        () = follow => {}
    }
    app.queue.finish();
}

async fn follow(app: &Arc<App>) {
    let started = start::load(app).await;
    let chain_id = identify(app, started.chain_id()).await;
    app.health.set_chain_id(&chain_id);
    let state = Box::pin(start::confirmed(app, started, &chain_id)).await;
    let mut follower = Follower {
        app: Arc::clone(app),
        windows: Windows::new(app),
        next: if state.at.height == 0 { app.config.start_height } else { state.at.height.saturating_add(1) },
        state,
        last: None,
        doubts: Doubts::default(),
        published: None,
        rebuild: false,
        rebuilt: None,
    };
    loop {
        match follower.round().await {
            Ok(true) => app.health.clear_last_error(),
            Ok(false) => tokio::time::sleep(spread(app.config.poll * 4 / 3)).await,
            Err(Stop::Wait(error)) => {
                app.health.set_last_error(with_causes(&error));
                tokio::time::sleep(app.pool.wait().max(spread(app.config.poll))).await;
            }
            Err(Stop::Halt(why)) => return app.health.halt(&why),
            Err(Stop::Ended) => return,
        }
    }
}

/// Waits until a node names the chain: the one that is configured or `stored`, where there is one.
async fn identify(app: &App, stored: Option<&str>) -> String {
    loop {
        match app.pool.identify(app.config.chain_id.as_deref().or(stored)).await {
            Ok(status) => {
                let (chain_id, version) = (&status.chain_id, &status.version);
                tracing::info!(chain_id, version, contract = app.config.shower, "following");
                return status.chain_id;
            }
            Err(error) => app.health.set_last_error(with_causes(&error)),
        }
        tokio::time::sleep(app.pool.wait().max(spread(app.config.poll))).await;
    }
}

/// Why a round ended early.
enum Stop {
    /// Nothing is lost; try again.
    Wait(NodeError),
    /// Continuing would be wrong.
    Halt(String),
    /// The runtime is shutting down.
    Ended,
}

/// The last block applied.
struct Last {
    /// The node that gave it.
    node: usize,
    /// The hash of its results.
    results: BlockHash,
    /// The state before it.
    before: State,
}

struct Follower {
    app: Arc<App>,
    windows: Windows,
    state: State,
    next: u64,
    /// The last block applied, until the next one's header confirms its results.
    last: Option<Last>,
    doubts: Doubts,
    published: Option<Instant>,
    /// The view holds what was taken back: nothing of it may go into the next one.
    rebuild: bool,
    /// The height for which everything was read again.
    rebuilt: Option<u64>,
}

impl Follower {
    /// Fetches and applies all blocks up to the tip; tells whether there were any.
    async fn round(&mut self) -> Result<bool, Stop> {
        let app = Arc::clone(&self.app);
        let tip = app.pool.tip().await.map_err(Stop::Wait)?;
        app.health.set_tip(tip.max(self.state.at.height));
        if tip < self.next {
            return Ok(false);
        }
        while self.next <= tip {
            let Told { node, blocks, .. } = match self.windows.next(self.next, tip).await {
                Ok(told) => told,
                // Several machines may stand behind one address, and another of them may have it.
                Err(NodeError::Pruned { .. }) => {
                    let why = format!("no node has height {} any more", self.next);
                    return Err(self.doubt(None, &why, "add a node with full history to rpc"));
                }
                Err(error) => return Err(Stop::Wait(error)),
            };
            self.follows(node, &blocks)?;
            self.apply(node, blocks, tip).await?;
        }
        Ok(true)
    }

    /// Refuses a block whose parent isn't ours: the node may be wrong, and another may be right.
    fn follows(&mut self, node: usize, blocks: &[RawBlock]) -> Result<(), Stop> {
        let Some(first) = blocks.first() else { return Ok(()) };
        let known = self.state.at.height > 0;
        if known && first.header.parent != Some(self.state.at.hash) {
            let why = format!(
                "block {} does not follow the last applied block: the node is wrong or follows another chain",
                first.header.height
            );
            self.app.pool.distrust(node, &why);
            self.windows.forget(node);
            return Err(Stop::Wait(NodeError::Malformed(why)));
        }
        if first.header.time_ns < self.state.at.time_ns {
            let why = format!("block {} is older than the block before it", first.header.height);
            return Err(self.doubt(Some(node), &why, IMPOSSIBLE));
        }
        self.confirms(node, first)
    }

    /// Goes back before the last block applied if its results aren't those of which this header has the hash.
    /// Nothing else shows a code, or a transaction's result, that was altered at the tip.
    fn confirms(&mut self, node: usize, next: &RawBlock) -> Result<(), Stop> {
        let Some(last) = self.last.take() else { return Ok(()) };
        if next.header.last_results == Some(last.results) {
            self.last = Some(last);
            return Ok(());
        }
        let why =
            format!("the results of block {} are not those that the next header names", self.state.at.height);
        tracing::warn!(why, "going back by one block");
        self.app.queue.back_to(self.state.at.height);
        // Either may be wrong: both are left alone for a while.
        self.app.pool.distrust(last.node, &why);
        self.windows.forget(last.node);
        self.next = self.state.at.height;
        self.state = last.before;
        self.rebuild = true;
        Err(self.doubt((node != last.node).then_some(node), &why, IMPOSSIBLE))
    }

    /// Notes that the next block can't be true, and forgets it. Tells whether to ask again or to halt.
    fn doubt(&mut self, node: Option<usize>, why: &str, advice: &str) -> Stop {
        let app = &self.app;
        if let Some(node) = node {
            app.pool.distrust(node, why);
            self.windows.forget(node);
        }
        app.health.doubted.fetch_add(1, Ordering::Relaxed);
        let (nodes, patience) = (app.config.rpc.len(), app.config.patience);
        if self.doubts.told(self.next, node, why, nodes, patience, Instant::now()) {
            if self.rebuilt == Some(self.next) || node.is_none() {
                return Stop::Halt(format!("{why}: {advice}"));
            }
            // An event may have been lost long before, and no hash shows that: all is read again, once.
            tracing::warn!(why, "reading everything again from the start");
            self.rebuilt = Some(self.next);
            app.queue.back_to(app.config.start_height);
            self.state = State::new(&self.state.chain_id, &self.state.contract);
            (self.next, self.last, self.rebuild) = (app.config.start_height, None, true);
            self.windows.clear();
        }
        Stop::Wait(NodeError::Malformed(why.to_owned()))
    }

    /// Applies a window to a copy of the state and publishes, off the runtime's threads: a large shower takes
    /// milliseconds to rank.
    async fn apply(&mut self, node: usize, blocks: Vec<RawBlock>, tip: u64) -> Result<(), Stop> {
        let app = Arc::clone(&self.app);
        let last = blocks.last().map_or(0, |block| block.header.height);
        let due = last >= tip || self.published.is_none_or(|at| at.elapsed() >= PUBLISH);
        let (state, rebuild) = (self.state.clone(), self.rebuild);
        let mut blocks = blocks;
        let done = spawn_blocking(move || {
            let every = if app.files.is_some() { app.config.snapshot_blocks } else { 0 };
            let advanced = advance(&state, &blocks, every);
            if app.files.is_some() {
                keep(&advanced, &mut blocks);
            }
            // While everything is read again the old view stays.
            let newer = advanced.state.at.height >= app.view().at.height;
            let publish = advanced.blocks > 0 && newer && (due || advanced.fault.is_some());
            if publish {
                let previous = app.view_full();
                app.publish(View::new(&advanced.state, &app.config.prefix, (!rebuild).then_some(&*previous)));
            }
            (advanced, publish, blocks)
        });
        let (advanced, published, applied) = match done.await {
            Ok(done) => done,
            Err(error) if error.is_panic() => {
                let why = format!("applying block {} or one of the next panicked", self.next);
                return Err(self.doubt(Some(node), &why, "this is a bug, please report it"));
            }
            Err(_) => return Err(Stop::Ended),
        };
        let Advanced { state, before, blocks, results, events, snapshot, fault } = advanced;
        if blocks > 0 {
            self.app.queue.applied(applied, before.clone(), snapshot);
            self.last = Some(Last { node, results, before });
            self.next = state.at.height.saturating_add(1);
        }
        self.state = state;
        if published {
            self.published = Some(Instant::now());
            self.rebuild = false;
        }
        let health = &self.app.health;
        health.blocks.fetch_add(blocks, Ordering::Relaxed);
        health.events.fetch_add(events, Ordering::Relaxed);
        tracing::debug!(height = self.state.at.height, tip, events, "applied");
        if let Some(why) = fault {
            return Err(self.doubt(Some(node), &why, IMPOSSIBLE));
        }
        self.app.pool.trust(node);
        Ok(())
    }
}

/// Leaves those blocks that were applied, and of their events those that are stored.
fn keep(advanced: &Advanced, blocks: &mut Vec<RawBlock>) {
    blocks.truncate(usize::try_from(advanced.blocks).unwrap_or(0));
    let mut watched = Watched::of(&advanced.state);
    for block in blocks {
        watched.keep(&mut block.results);
    }
}

/// What to do about a block that all nodes give and that can't be true.
const IMPOSSIBLE: &str = "every node asked says the same: if an update of meteor reads it install that, else name \
                          another node in rpc, and start again";
