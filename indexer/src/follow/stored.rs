//! Follows the store instead of nodes: reads the segments that other replicas write, and asks no node for anything.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use meteor_chain::backoff::spread;
use meteor_chain::blocks::RawBlock;
use meteor_chain::with_causes;
use thiserror::Error;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::{PUBLISH, start};
use crate::app::App;
use crate::fold::State;
use crate::store::{self, Store, StoreError};
use crate::view::View;

/// The longest time between two looks at the store.
const MOST: Duration = Duration::from_secs(5);

/// Why the store brings no further for now.
#[derive(Debug, Error)]
enum Stuck {
    #[error("the store can't be read")]
    Store(#[from] StoreError),
    #[error("the store has nothing of this event yet: a replica that follows nodes must write to it")]
    Nothing,
    #[error(
        "the segment with block {0} is missing or damaged: a replica that follows nodes must write it again"
    )]
    Missing(u64),
    #[error("the segment with block {0} can't be applied: {1}")]
    Fault(u64, String),
    #[error("stopped")]
    Stopped,
}

/// Follows until the server stops.
pub(super) async fn follow(app: &Arc<App>) {
    let mut pause = app.config.poll;
    let mut begun = None;
    loop {
        let done = match &mut begun {
            None => begin(app).await.map(|found| begun.insert(found)).map(|_| true),
            Some((store, state)) => match round(app, store, state).await {
                Err(stuck @ (Stuck::Missing(_) | Stuck::Fault(..))) => skip(app, store, state, stuck).await,
                done => done,
            },
        };
        match done {
            Ok(more) => {
                app.health.clear_last_error();
                app.store_health.works();
                pause = if more { app.config.poll } else { (pause * 3 / 2).min(MOST.max(app.config.poll)) };
            }
            Err(error) => {
                let error = with_causes(&error);
                app.store_health.failed(error.clone());
                app.health.set_last_error(error);
                pause = (pause * 2).min(MOST.max(app.config.poll));
            }
        }
        sleep(spread(pause)).await;
    }
}

/// The store, and the state to begin with.
async fn begin(app: &Arc<App>) -> Result<(Arc<Store>, State), Stuck> {
    let files = app.files.as_ref().ok_or(Stuck::Nothing)?;
    let started = start::read(app, files).await?;
    let store = started.store.ok_or(Stuck::Nothing)?;
    app.health.set_chain_id(store.chain_id());
    let state = started.state.unwrap_or_else(|| store.empty());
    Ok((store, state))
}

/// Applies all segments that are there; tells whether there were any.
async fn round(app: &Arc<App>, store: &Store, state: &mut State) -> Result<bool, Stuck> {
    let index = store.index(store.next(state)).await?;
    app.health.set_tip(index.last().max(state.at.height));
    let (begun, mut published) = (state.at.height, Instant::now());
    while let Some((from, to)) = index.of(store.next(state)) {
        let blocks = store.segment(from, to).await?.ok_or(Stuck::Missing(store.next(state)))?;
        let due = to >= index.last() || published.elapsed() >= PUBLISH;
        let (shared, old) = (Arc::clone(app), state.clone());
        let done = spawn_blocking(move || apply(&shared, &old, &blocks, due));
        let (new, fault) = done.await.map_err(|_| Stuck::Stopped)?;
        *state = new;
        if let Some(fault) = fault {
            let stuck = Stuck::Fault(store.next(state), fault);
            app.store_health.damaged(stuck.to_string());
            return Err(stuck);
        }
        if due {
            published = Instant::now();
        }
        app.store_health.segments.store(state.at.height, Relaxed);
    }
    if index.last() > state.at.height {
        return Err(Stuck::Missing(store.next(state)));
    }
    app.health.set_current();
    app.remark();
    Ok(state.at.height > begun)
}

/// Goes on from a newer snapshot if there is one, as a restart would: nobody may ever write what is damaged again.
async fn skip(app: &Arc<App>, store: &Store, state: &mut State, stuck: Stuck) -> Result<bool, Stuck> {
    let Some(newer) = store.snapshot(store.next(state)..).await? else { return Err(stuck) };
    let (from, to) = (state.at.height, newer.at.height);
    tracing::warn!(from, to, why = %stuck, "going on from a newer snapshot");
    start::serve(app, Some(&newer)).await;
    *state = newer;
    Ok(true)
}

/// Applies a segment, and serves the state if that is `due`.
fn apply(app: &App, state: &State, blocks: &[RawBlock], due: bool) -> (State, Option<String>) {
    let (new, fault) = store::apply(state, blocks);
    if (due || fault.is_some()) && new.at.height > app.view().at.height {
        let previous = app.view_full();
        let before = Some(&*previous).filter(|view| view.at.height > 0);
        app.publish(View::new(&new, &app.config.prefix, before));
    }
    app.health.blocks.fetch_add(new.at.height.saturating_sub(state.at.height), Relaxed);
    (new, fault)
}
