//! What a replica begins with: the newest state of the store, served at once and before any node answers. As soon as
//! one does, its block at that height is compared; if it is another, the state before it is taken.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use meteor_chain::backoff::spread;
use meteor_chain::blocks::BlockHash;
use meteor_chain::{NodeError, with_causes};
use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};

use crate::app::App;
use crate::doubt::Doubts;
use crate::fold::State;
use crate::rpc;
use crate::store::{self, Bound, Files, Start, Store, StoreError};
use crate::view::View;

/// Time between two tries to read the store.
const AGAIN: Duration = Duration::from_secs(1);
/// The least time that reading the store may stand still.
const LEAST: Duration = Duration::from_secs(20);

/// What the store has to begin with.
#[derive(Default)]
pub(super) struct Started {
    /// The store, if the chain is known.
    pub(super) store: Option<Arc<Store>>,
    /// The newest state.
    pub(super) state: Option<State>,
}

impl Started {
    /// The chain of what is stored.
    pub(super) fn chain_id(&self) -> Option<&str> {
        self.store.as_ref().map(|store| store.chain_id())
    }
}

/// Reads the store and serves what it has. If it can't be read for as long as is configured, the nodes are followed
/// from the start.
pub(super) async fn load(app: &Arc<App>) -> Started {
    let Some(files) = &app.files else { return Started::default() };
    let mut failing = None;
    loop {
        match Box::pin(moving(app, read(app, files))).await {
            Some(Ok(started)) => {
                app.store_health.works();
                return started;
            }
            // A node tells which chain it is.
            Some(Err(error @ StoreError::Chains(_))) => {
                app.store_health.failed(with_causes(&error));
                return Started::default();
            }
            Some(Err(error)) => app.store_health.failed(with_causes(&error)),
            None => app.store_health.failed("reading it takes too long".to_owned()),
        }
        if failing.get_or_insert_with(Instant::now).elapsed() >= app.config.patience {
            tracing::warn!("the store can't be read: following from the start");
            return Started::default();
        }
        sleep(spread(AGAIN)).await;
    }
}

/// What reading the store gives; `None` if it stands still. Replaying a long event takes minutes, and is no reason to
/// give up.
async fn moving<T>(app: &App, reading: impl Future<Output = T>) -> Option<T> {
    let mut reading = pin!(reading);
    loop {
        let before = app.store_health.replayed.load(Relaxed);
        if let Ok(read) = timeout(app.config.patience.max(LEAST), &mut reading).await {
            return Some(read);
        }
        if app.store_health.replayed.load(Relaxed) == before {
            return None;
        }
    }
}

/// The newest state of the store, which is served from now on.
pub(super) async fn read(app: &Arc<App>, files: &Arc<Files>) -> Result<Started, StoreError> {
    let config = &app.config;
    let chain = store::chain(files, config.chain_id.as_deref(), &config.shower).await?;
    let Some(chain_id) = chain else { return Ok(Started::default()) };
    let store = open(app, files, &chain_id);
    let Some(loaded) = store.newest().await? else {
        return Ok(Started { store: Some(store), state: None });
    };
    app.store_health.set_start(Some(loaded.start()));
    app.health.set_chain_id(&chain_id); // nodes are held to it
    let (snapshot, height) = (loaded.snapshot, loaded.state.at.height);
    tracing::info!(snapshot, height, place = ?config.store, "begins with what is stored");
    serve(app, Some(&loaded.state)).await;
    Ok(Started { store: Some(store), state: Some(loaded.state) })
}

fn open(app: &Arc<App>, files: &Arc<Files>, chain_id: &str) -> Arc<Store> {
    let (chain_id, contract) = (chain_id.to_owned(), app.config.shower.clone());
    let bound = Bound { chain_id, contract, start_height: app.config.start_height };
    Arc::new(Store::new(Arc::clone(files), bound, Arc::clone(&app.store_health)))
}

/// Serves a state in place of what is served, or nothing at all.
pub(super) async fn serve(app: &Arc<App>, state: Option<&State>) {
    let (app, state) = (Arc::clone(app), state.cloned());
    let made = spawn_blocking(move || {
        let view = state.map_or_else(View::empty, |state| View::new(&state, &app.config.prefix, None));
        app.publish(view);
    });
    // It panics only if making a view does, which following would show as well.
    let _ = made.await;
}

/// The state to follow from, once a node has the block that was loaded. Storing begins here.
pub(super) async fn confirmed(app: &Arc<App>, started: Started, chain_id: &str) -> State {
    let fresh = State::new(chain_id, &app.config.shower);
    let Some(files) = &app.files else { return fresh };
    let store = started.store.unwrap_or_else(|| open(app, files, chain_id));
    let state = match started.state {
        Some(state) => compare(app, &store, state).await.unwrap_or(fresh),
        None => fresh,
    };
    app.queue.open(store);
    state
}

/// Compares a state's block with the nodes', and goes back to older ones until they have it. `None` if there is none.
async fn compare(app: &Arc<App>, store: &Store, mut state: State) -> Option<State> {
    let mut doubts = Doubts::default();
    loop {
        match theirs(app, store, &state).await {
            // Following says what to do.
            Err(NodeError::Pruned { .. }) => return Some(state),
            Ok(theirs) if theirs.fits() => {
                app.store_health.confirmed(true);
                return Some(state);
            }
            Ok(Theirs { node, height, .. }) => {
                let why = format!(
                    "block {height} is another one in the store: the node, or the store, is of another chain"
                );
                let (nodes, patience) = (app.config.rpc.len(), app.config.patience);
                if nodes > 1 {
                    app.pool.distrust(node, &why); // another one is asked next
                }
                app.health.set_last_error(why.clone());
                if doubts.told(height, Some(node), &why, nodes, patience, Instant::now()) {
                    app.store_health.confirmed(false);
                    app.store_health.rejected(format!(
                        "the nodes have another block {height} than the store: what it has from there on is left out"
                    ));
                    // Not the segments after it: they may be of the other chain.
                    match store.snapshot(..state.at.height).await {
                        Ok(Some(older)) => {
                            let height = older.at.height;
                            let start = Start { snapshot: Some(height), height, confirmed: None };
                            app.store_health.set_start(Some(start));
                            serve(app, Some(&older)).await;
                            state = older;
                            continue;
                        }
                        Ok(None) => {
                            app.store_health.set_start(None);
                            serve(app, None).await;
                            return None;
                        }
                        Err(error) => app.store_health.failed(with_causes(&error)),
                    }
                }
            }
            Err(error) => app.health.set_last_error(with_causes(&error)),
        }
        sleep(app.pool.wait().max(spread(app.config.poll))).await;
    }
}

/// A block as a node has it, and as we have it.
pub(super) struct Theirs {
    node: usize,
    height: u64,
    hash: Option<BlockHash>,
    ours: BlockHash,
}

impl Theirs {
    /// Whether both are the same.
    pub(super) fn fits(&self) -> bool {
        self.hash == Some(self.ours)
    }
}

/// The block of a state, or the nodes' last one if they are behind: a chain that began anew is shorter.
pub(super) async fn theirs(app: &App, store: &Store, state: &State) -> Result<Theirs, NodeError> {
    let tip = app.pool.tip().await?;
    app.health.set_tip(tip.max(state.at.height));
    let height = tip.min(state.at.height);
    let ours = if height == state.at.height {
        Some(state.at.hash)
    } else {
        let found = store.hash_at(height).await;
        found.inspect_err(|error| app.store_health.failed(with_causes(error))).ok().flatten()
    };
    let Some(ours) = ours else { return Err(NodeError::NotYet) };
    let (node, hash) = match rpc::header(&app.pool, height).await {
        // The block after it names it.
        Err(NodeError::Pruned { .. }) => {
            let (node, next) = rpc::header(&app.pool, height.saturating_add(1)).await?;
            (node, next.parent)
        }
        found => found.map(|(node, header)| (node, Some(header.hash)))?,
    };
    Ok(Theirs { node, height, hash, ours })
}
