//! Follows the chain: asks for the tip, fetches windows of blocks, applies them in order, publishes.
//!
//! It polls, because a subscription loses blocks silently. It never skips a height: it asks for a missing
//! window again without end. Blocks are applied to a copy of the state: one that can't be true leaves no trace,
//! and is asked for again, of another node where there is one. Following halts only if that changes nothing.
//!
//! What is applied is verified once the next header has confirmed it and, close to the tip, a second node has told the
//! same events. Until then it can be taken back.

mod advance;
mod agree;
mod disputes;
mod pending;
mod pruned;
mod start;
mod stored;
mod windows;

use std::mem;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use advance::Advanced;
pub(crate) use advance::{Fault, Keep, Trust, advance};
use agree::{Digest, Judged, judge};
use meteor_chain::backoff::spread;
use meteor_chain::blocks::RawBlock;
use meteor_chain::{NodeError, with_causes};
use pending::{Applied, Pending};
use tokio::task::{JoinHandle, spawn_blocking};
use windows::{Windows, is_close};

use crate::app::App;
use crate::config::Source;
use crate::decode::Watched;
use crate::doubt::Doubts;
use crate::fold::State;
use crate::rpc::Told;
use crate::view::View;

/// Time between two views while catching up; publishing more often would only cost time.
const PUBLISH: Duration = Duration::from_millis(500);

/// Time between two looks at what answers are worth, beside those when something happens.
const MARK: Duration = Duration::from_millis(250);

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
        () = mark(&app) => {}
    }
    app.queue.finish();
}

/// Marks answers as what they are worth; time alone makes them old.
async fn mark(app: &App) {
    loop {
        app.remark();
        tokio::time::sleep(MARK).await;
    }
}

async fn follow(app: &Arc<App>) {
    let started = Box::pin(start::load(app)).await;
    let chain_id = identify(app, started.chain_id()).await;
    app.health.set_chain_id(&chain_id);
    let state = Box::pin(start::confirmed(app, started, &chain_id)).await;
    let mut follower = Follower {
        app: Arc::clone(app),
        windows: Windows::new(app),
        next: if state.at.height == 0 { app.config.start_height } else { state.at.height.saturating_add(1) },
        state,
        snapshot: None,
        pending: Pending::default(),
        unstored: Vec::new(),
        check: None,
        dispute: None,
        sided: None,
        doubts: Doubts::default(),
        published: None,
        rebuild: false,
        alarms: Doubts::default(),
        alarm: None,
        alarmed: None,
        tried: None,
        looked: None,
    };
    loop {
        match follower.round().await {
            Ok(true) => follower.current(),
            Ok(false) => {
                follower.current();
                tokio::time::sleep(spread(app.config.poll * 4 / 3)).await;
            }
            Err(Stop::Wait(error)) => {
                app.health.set_last_error(with_causes(&error));
                tokio::time::sleep(app.pool.wait().max(spread(app.config.poll))).await;
            }
            Err(Stop::Pruned(why)) => {
                app.health.set_last_error(why);
                tokio::time::sleep(app.pool.wait().max(spread(app.config.poll))).await;
            }
            Err(Stop::Back(why)) => {
                follower.go_back(&why).await;
                app.health.set_last_error(why);
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
    /// No node has the next block any more; try again.
    Pruned(String),
    /// What was applied may be wrong, although it was verified.
    Back(String),
    /// Continuing would be wrong.
    Halt(String),
    /// The runtime is shutting down.
    Ended,
}

/// Blocks that came from one node, as another tells them.
type Check = JoinHandle<Result<(Told, Vec<Digest>), NodeError>>;

struct Follower {
    app: Arc<App>,
    windows: Windows,
    state: State,
    next: u64,
    /// The last state worth a snapshot that isn't verified yet.
    snapshot: Option<State>,
    /// The blocks applied that aren't verified yet.
    pending: Pending,
    /// Verified blocks that the store gets with the block after them, which isn't there yet.
    unstored: Vec<RawBlock>,
    /// Another node is being asked about them.
    check: Option<Check>,
    /// The height at which nodes contradict each other, and since when; nothing tells who is right.
    dispute: Option<(u64, Instant)>,
    /// A node that was contradicted without anything to tell who is right, and where last.
    sided: Option<(usize, u64)>,
    doubts: Doubts,
    published: Option<Instant>,
    /// The view holds what was taken back: nothing of it may go into the next one.
    rebuild: bool,
    /// What nodes said that raises an alarm.
    alarms: Doubts,
    /// The height of the next block if its alarm is believed, though one node alone tells it.
    alarm: Option<u64>,
    /// A node whose alarm was believed like that, until another answers again.
    alarmed: Option<usize>,
    /// The highest block that was impossible, and from which height on blocks were read again for its sake: 0 if all were.
    tried: Option<(u64, u64)>,
    /// When a newer snapshot was looked for last.
    looked: Option<Instant>,
}

impl Follower {
    /// Everything up to the tip is applied.
    fn current(&self) {
        self.app.health.clear_last_error();
        // While everything is read again the old view stays.
        if self.app.view().at.height >= self.state.at.height {
            self.app.health.set_current();
        }
        self.mark();
    }

    /// Marks answers that are one node's word, or takes the mark away.
    fn mark(&self) {
        let agreement = &self.app.health.agreement;
        let since = self.alone(self.app.health.tip());
        // What was taken back is served until something replaces it.
        if since.is_some() || !self.rebuild {
            agreement.set_one_node(since);
        }
        self.app.remark();
    }

    /// The first height of which one node's word is served, though several are asked.
    fn alone(&self, tip: u64) -> Option<u64> {
        let several = self.app.config.rpc.len() > 1;
        let first = self.pending.first_alone(|height| several && is_close(height, tip));
        first.or(self.sided.map(|(_, height)| height))
    }

    /// Fetches and applies all blocks up to the tip; tells whether there were any.
    async fn round(&mut self) -> Result<bool, Stop> {
        let app = Arc::clone(&self.app);
        self.compare().await?;
        let tip = app.pool.tip().await.map_err(Stop::Wait)?;
        app.health.set_tip(tip.max(self.state.at.height));
        if tip < self.next {
            return Ok(false);
        }
        while self.next <= tip {
            let tellings = match self.windows.next(self.next, tip).await {
                Ok(tellings) => tellings,
                Err(NodeError::Pruned { lowest }) => {
                    self.pruned(lowest).await?;
                    continue;
                }
                Err(error) => return Err(Stop::Wait(error)),
            };
            app.health.found();
            let tellings = self.following(tellings)?;
            if tellings.len() < 2 && self.dispute.is_some_and(|(at, _)| at == self.next) && !self.waited() {
                let why = format!("block {} is disputed, and only one node tells it now", self.next);
                return Err(Stop::Wait(NodeError::Malformed(why)));
            }
            self.apply(tellings, tip).await?;
        }
        Ok(true)
    }

    /// The tellings that follow what was applied. If there are none, either the nodes are wrong or what was applied.
    fn following(&mut self, tellings: Vec<Told>) -> Result<Vec<Told>, Stop> {
        let (good, bad): (Vec<_>, Vec<_>) = tellings
            .into_iter()
            .partition(|told| told.blocks.first().is_some_and(|first| self.strange(first).is_none()));
        for told in &bad {
            let Some((why, back)) = told.blocks.first().and_then(|first| self.strange(first)) else {
                continue;
            };
            if good.is_empty() {
                return Err(self.stranger(told.node, &why, back));
            }
            self.distrust(told.node, &why);
        }
        self.pending.confirm();
        Ok(good)
    }

    /// Why a block can't be the next one, and whether that may be the fault of the last.
    fn strange(&self, next: &RawBlock) -> Option<(String, bool)> {
        let (header, at) = (&next.header, self.state.at);
        let height = header.height;
        if at.height > 0 && header.parent != Some(at.hash) {
            return Some((format!("block {height} does not follow the last applied block"), true));
        }
        if header.time_ns < at.time_ns {
            return Some((format!("block {height} is older than the block before it"), false));
        }
        // Nothing else shows a code, or a transaction's result, that was altered at the tip.
        let last = self.pending.last()?;
        (header.last_results != Some(last.block.results.hash)).then(|| {
            let why = "are not those that the next header names";
            (format!("the results of block {} {why}", last.block.header.height), true)
        })
    }

    /// No node's block follows what was applied. If that isn't verified it is taken back; else the node is doubted.
    fn stranger(&mut self, node: usize, why: &str, back: bool) -> Stop {
        let Some(last) = self.pending.last().filter(|_| back) else {
            return self.doubt(&[node], why, IMPOSSIBLE);
        };
        // Either may be wrong: both are left alone for a while.
        let giver = last.node;
        if giver != node {
            self.distrust(giver, why);
        }
        self.roll_back();
        self.doubt(&[node], why, IMPOSSIBLE)
    }

    /// Back to the last verified state; what was published stays until something as high replaces it.
    fn roll_back(&mut self) {
        let Some(verified) = self.pending.verified().cloned() else { return };
        tracing::warn!(from = self.state.at.height, to = verified.at.height, "going back");
        self.restart_from(verified);
    }

    fn restart_from(&mut self, state: State) {
        let start = self.app.config.start_height;
        self.next = if state.at.height == 0 { start } else { state.at.height.saturating_add(1) };
        self.state = state;
        self.snapshot = None;
        self.rebuild = true;
        self.pending.clear();
        self.unstored.clear();
        self.check = None;
    }

    fn distrust(&mut self, node: usize, why: &str) {
        self.app.pool.distrust(node, why);
        self.windows.forget(node);
    }

    /// Notes that the next block can't be true, and forgets it. Tells whether to ask again or to halt.
    fn doubt(&mut self, nodes: &[usize], why: &str, advice: &str) -> Stop {
        for node in nodes {
            self.distrust(*node, why);
        }
        let app = &self.app;
        app.health.doubted.fetch_add(1, Ordering::Relaxed);
        let (all, patience, now) = (app.config.rpc.len(), app.config.patience, Instant::now());
        let mut told = |node| self.doubts.told(self.next, Some(node), why, all, patience, now);
        // Each is noted, also after one is believed.
        let believed = nodes.iter().filter(|node| told(**node)).count() > 0;
        if believed {
            let rebuilt = self.tried.is_some_and(|(height, from)| self.next <= height && from == 0);
            if rebuilt {
                return Stop::Halt(format!("{why}: {advice}"));
            }
            return Stop::Back(why.to_owned());
        }
        Stop::Wait(NodeError::Malformed(why.to_owned()))
    }

    /// All nodes say that the next block is one that can't follow. An event may have been lost before it, and no hash
    /// shows that: blocks are read again from an older snapshot, if that isn't enough from older ones, and at last from
    /// the start. Each time it is twice as far, so that all together cost little more than the last.
    async fn go_back(&mut self, why: &str) {
        let app = Arc::clone(&self.app);
        let (height, below) = match self.tried {
            Some((height, from)) if self.next <= height => {
                let far = height.saturating_sub(from).saturating_mul(2);
                (height, height.saturating_sub(far))
            }
            Some(_) | None => (self.next, self.state.at.height),
        };
        let older = match app.queue.store() {
            Some(store) => store.snapshot(..below).await.unwrap_or_else(|error| {
                app.store_health.failed(with_causes(&error));
                None
            }),
            None => None,
        };
        self.tried = Some((height, older.as_ref().map_or(0, |state| state.at.height)));
        if older.is_none() {
            // Before it halts everything is said again, and for as long.
            self.doubts = Doubts::default();
        }
        let state = older.unwrap_or_else(|| State::new(&self.state.chain_id, &self.state.contract));
        tracing::warn!(why, from = state.at.height, "reading blocks again");
        self.restart_from(state);
        app.queue.back_to(self.next);
        self.windows.clear();
    }

    /// Applies a window to a copy of the state and publishes, off the runtime's threads: a large shower takes
    /// milliseconds to rank.
    async fn apply(&mut self, tellings: Vec<Told>, tip: u64) -> Result<(), Stop> {
        let app = Arc::clone(&self.app);
        let nodes: Vec<usize> = tellings.iter().map(|told| told.node).collect();
        let last = tellings.iter().filter_map(|told| told.blocks.last()).map(|last| last.header.height).max();
        let last = last.unwrap_or(0);
        let due = last >= tip || self.published.is_none_or(|at| at.elapsed() >= PUBLISH);
        let close = app.config.rpc.len() > 1 && is_close(last, tip);
        // An alarm that two nodes tell is believed.
        let again = usize::from(self.alarm == Some(self.next));
        let (state, rebuild, force) = (self.state.clone(), self.rebuild, self.waited());
        let (alone, several) = (self.alone(tip), app.config.rpc.len() > 1);
        let done = spawn_blocking(move || {
            let mut judged = judge(&state, tellings, close, force)?;
            let trust = Trust::First(judged.agreed.max(again));
            let every = if app.files.is_some() { app.config.snapshot_blocks } else { 0 };
            let advanced = advance(&state, &judged.told.blocks, trust, Keep { each: close, every });
            judged.told.blocks.truncate(advanced.blocks);
            let mut watched = Watched::of(&advanced.state);
            for block in &mut judged.told.blocks {
                watched.keep(&mut block.results);
            }
            // While everything is read again the old view stays.
            let newer = advanced.state.at.height >= app.view().at.height;
            let publish = advanced.blocks > 0 && newer && (due || advanced.fault.is_some());
            if publish {
                // Said before it is served.
                let agreed = judged.agreed;
                let unsure = judged.told.blocks.get(agreed).filter(|_| several && close);
                if let Some(height) = alone.or(unsure.map(|block| block.header.height)) {
                    app.health.agreement.set_one_node(Some(height));
                    app.remark();
                }
                let previous = app.view_full();
                app.publish(View::new(&advanced.state, &app.config.prefix, (!rebuild).then_some(&*previous)));
            }
            Some((judged, advanced, publish))
        });
        let (judged, advanced, published) = match done.await {
            Ok(Some(done)) => done,
            Ok(None) => return Err(Stop::Wait(NodeError::NoNode)),
            Err(error) if error.is_panic() => {
                let why = format!("applying block {} or one of the next panicked", self.next);
                return Err(self.doubt(&nodes, &why, "this is a bug, please report it"));
            }
            Err(_) => return Err(Stop::Ended),
        };
        if published {
            self.published = Some(Instant::now());
            self.rebuild = false;
        }
        let health = &self.app.health;
        health.blocks.fetch_add(u64::try_from(advanced.blocks).unwrap_or(0), Ordering::Relaxed);
        health.events.fetch_add(advanced.events, Ordering::Relaxed);
        tracing::debug!(height = advanced.state.at.height, tip, events = advanced.events, "applied");
        self.outvote(&judged);
        let kept = self.keep(judged, advanced, close, tip);
        self.mark();
        kept
    }

    /// Moves on to what was applied, and tells what is wrong with the block after it.
    fn keep(&mut self, judged: Judged, advanced: Advanced, close: bool, tip: u64) -> Result<(), Stop> {
        let Judged { told, digests, agreed, tellers, split, .. } = judged;
        let Advanced { state, before, blocks: good, snapshot, fault, .. } = advanced;
        let mut blocks = told.blocks;
        self.snapshot = snapshot.or_else(|| self.snapshot.take());
        let first = self.next;
        self.state = state;
        if good > 0 {
            self.next = self.state.at.height.saturating_add(1);
        }
        // Of blocks far from the tip only the last can be taken back: the headers after them confirm the others.
        let later = blocks.split_off(good.saturating_sub(before.len()));
        let mut verified = Vec::new();
        if !blocks.is_empty() {
            verified = self.pending.settle(|_| true);
            verified.extend(blocks);
        }
        let skipped = good.saturating_sub(later.len());
        for (at, (block, before)) in (skipped..).zip(later.into_iter().zip(before)) {
            let digest = digests.get(at).copied().unwrap_or_default();
            let (confirmed, agreed) = (at + 1 < good, at < agreed);
            self.pending.push(Applied { node: told.node, block, digest, before, agreed, confirmed });
            if close && !agreed {
                self.app.health.agreement.alone.fetch_add(1, Ordering::Relaxed);
            }
        }
        self.settle(verified, tip);
        if self.windows.question.is_some_and(|height| height < self.next) {
            self.windows.question = None;
        }
        if agreed > 0 {
            self.alarmed = None;
            self.reconcile(&tellers, first);
        }
        match fault {
            Some(Fault::Impossible(why)) if good < agreed => {
                return Err(self.doubt(&tellers, &why, IMPOSSIBLE));
            }
            Some(Fault::Impossible(why)) => return Err(self.doubt(&[told.node], &why, IMPOSSIBLE)),
            Some(Fault::Alarm(why)) => {
                self.alarming(told.node, &why);
                return Err(Stop::Wait(NodeError::Malformed(why)));
            }
            None => {}
        }
        if !split.is_empty() {
            return Err(self.disputed(self.next, &split));
        }
        for node in tellers {
            self.app.pool.trust(node);
        }
        Ok(())
    }

    /// A node tells a block that raises an alarm, which is no reason yet to distrust it. All nodes are asked for it. If
    /// no other tells it, it is believed of one of several after minutes, and of the only one that there is once it
    /// says it again. A node that was believed needs no minutes more while it is the only one that answers: each later
    /// block about the same token may raise an alarm.
    fn alarming(&mut self, node: usize, why: &str) {
        self.app.health.doubted.fetch_add(1, Ordering::Relaxed);
        self.windows.question = Some(self.next);
        let (all, patience, now) = (self.app.config.rpc.len(), self.app.config.patience, Instant::now());
        let long = self.alarms.told(self.next, Some(node), why, all, patience, now);
        if long || all < 2 || self.alarmed == Some(node) {
            self.alarm = Some(self.next);
            self.alarmed = Some(node);
        }
    }

    /// Takes note of what is verified by now, `verified` and what follows, and gives it to the store.
    fn settle(&mut self, verified: Vec<RawBlock>, tip: u64) {
        let one_node = self.app.config.rpc.len() < 2;
        let mut blocks = mem::take(&mut self.unstored);
        blocks.extend(verified);
        blocks.extend(self.pending.settle(|height| one_node || !is_close(height, tip)));
        let Some(height) = blocks.last().map(|last| last.header.height) else { return };
        self.app.health.agreement.verified.store(height, Ordering::Relaxed);
        // The store wants the block after them, too: its header names their results. It comes again. If it can't be
        // true as it was told, there is none yet: dropped here, they would be missing in a segment for good.
        let Some(next) = self.pending.first() else {
            self.unstored = blocks;
            return;
        };
        blocks.push(next.block.clone());
        let snapshot = self.snapshot.take_if(|state| state.at.height <= height);
        self.app.queue.applied(blocks, next.before.clone(), snapshot);
    }
}

/// What to do about a block that all nodes give and that can't be true.
const IMPOSSIBLE: &str = "every node asked says the same: if an update of meteor reads it install that, else name \
                          another node in rpc, and start again";
