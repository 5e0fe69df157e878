//! Follows the chain: asks for the tip, fetches windows of blocks, applies them in order, publishes.
//!
//! It polls, because a subscription loses blocks silently. It never skips a height: it asks for a missing
//! window again without end, and halts at a block that it can't read.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use futures::stream;
use meteor_chain::backoff::spread;
use meteor_chain::blocks::RawBlock;
use meteor_chain::{NodeError, with_causes};
use tokio::task::spawn_blocking;

use crate::app::App;
use crate::decode::{Watched, decode};
use crate::fold::{Block, State, apply};
use crate::rpc::{self, WINDOW};
use crate::view::View;

/// Windows fetched ahead while catching up.
const AHEAD: usize = 3;
/// Time between two views while catching up; publishing more often would only cost time.
const PUBLISH: Duration = Duration::from_millis(500);

/// Follows until the server stops or following halts.
pub(crate) async fn run(app: Arc<App>) {
    tokio::select! {
        () = app.stop.cancelled() => {}
        () = follow(&app) => {}
    }
}

async fn follow(app: &Arc<App>) {
    let chain_id = identify(app).await;
    app.health.set_chain_id(&chain_id);
    let mut follower = Follower {
        app: Arc::clone(app),
        state: State::new(&chain_id, &app.config.shower),
        next: app.config.start_height,
        published: None,
    };
    loop {
        match follower.round().await {
            Ok(true) => {}
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

async fn identify(app: &App) -> String {
    loop {
        match app.pool.identify(app.config.chain_id.as_deref()).await {
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

struct Follower {
    app: Arc<App>,
    state: State,
    next: u64,
    published: Option<Instant>,
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
        let windows = (self.next..=tip).step_by(usize::try_from(WINDOW).unwrap_or(1));
        let mut fetched = stream::iter(windows)
            .map(|from| {
                rpc::blocks(&app.pool, &app.config.shower, from, tip.min(from.saturating_add(WINDOW - 1)))
            })
            .buffered(AHEAD);
        while let Some(window) = fetched.next().await {
            let (node, blocks) = window.map_err(|error| match error {
                NodeError::Pruned { .. } => Stop::Halt(format!(
                    "no node has height {} any more ({error}): add a node with full history to rpc",
                    self.next
                )),
                error => Stop::Wait(error),
            })?;
            self.follows(node, &blocks)?;
            self.apply(blocks, tip).await?;
        }
        Ok(true)
    }

    /// Refuses a block whose parent isn't ours: the node may be wrong, and another may be right.
    fn follows(&self, node: usize, blocks: &[RawBlock]) -> Result<(), Stop> {
        let Some(first) = blocks.first() else { return Ok(()) };
        let known = self.state.at.height > 0;
        if known && first.header.parent != Some(self.state.at.hash) {
            let why = format!(
                "block {} does not follow the last applied block: the node is wrong or follows another chain",
                first.header.height
            );
            self.app.pool.distrust(node, &why);
            return Err(Stop::Wait(NodeError::Malformed(why)));
        }
        Ok(())
    }

    /// Applies a window and publishes, off the runtime's threads: a large shower takes milliseconds to rank.
    async fn apply(&mut self, blocks: Vec<RawBlock>, tip: u64) -> Result<(), Stop> {
        let (app, count) = (Arc::clone(&self.app), blocks.len());
        let last = blocks.last().map_or(0, |block| block.header.height);
        let due = last >= tip || self.published.is_none_or(|at| at.elapsed() >= PUBLISH);
        let mut state = std::mem::replace(&mut self.state, State::new("", ""));
        let done = spawn_blocking(move || {
            let events = advance(&mut state, blocks)?;
            if due {
                let previous = app.view_full();
                app.publish(View::new(&state, &app.config.prefix, Some(&previous)));
            }
            Ok::<_, String>((state, events))
        });
        let (state, events) = match done.await {
            Ok(done) => done.map_err(Stop::Halt)?,
            Err(error) if error.is_panic() => {
                return Err(Stop::Halt("applying a block panicked: a bug, please report it".to_owned()));
            }
            Err(_) => return Err(Stop::Ended),
        };
        self.state = state;
        self.next = last.saturating_add(1);
        if due {
            self.published = Some(Instant::now());
        }
        let health = &self.app.health;
        health.blocks.fetch_add(u64::try_from(count).unwrap_or(0), Ordering::Relaxed);
        health.events.fetch_add(events, Ordering::Relaxed);
        tracing::debug!(height = last, tip, events, "applied");
        Ok(())
    }
}

/// Decodes and applies blocks in order; returns the number of events.
fn advance(state: &mut State, blocks: Vec<RawBlock>) -> Result<u64, String> {
    let mut count = 0u64;
    let mut watched = Watched::of(state);
    for RawBlock { header, results } in blocks {
        let height = header.height;
        let events = decode(&mut watched, &results)
            .map_err(|error| format!("height {height}: {}", with_causes(&error)))?;
        count = count.saturating_add(u64::try_from(events.len()).unwrap_or(0));
        let (time_ns, hash, parent) = (header.time_ns, header.hash, header.parent);
        apply(state, &Block { height, time_ns, hash, parent, events })
            .map_err(|error| with_causes(&error))?;
    }
    Ok(count)
}
