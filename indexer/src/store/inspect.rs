//! What a store holds, for people: every event in it, its snapshots, and whether they can be made again from the blocks.

use std::sync::Arc;

use bytes::Bytes;
use meteor_chain::with_causes;
use tokio::task::spawn_blocking;

use super::error::StoreError;
use super::files::Files;
use super::load::apply;
use super::names::{height, unsafe_text};
use super::{Bound, FormatError, Store, snapshot};
use crate::fold::State;

/// An event of which a store holds something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Which one.
    pub bound: Bound,
    /// Its folder.
    folder: String,
}

/// A snapshot as it is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its whole name.
    pub name: String,
    /// The schema version that its name says.
    pub schema: u32,
    /// The height that its name says.
    pub height: u64,
}

/// A snapshot that was read.
#[derive(Debug)]
pub struct Opened {
    /// Its bytes.
    pub bytes: Bytes,
    /// The state in it, or why there is none that can be used.
    pub state: Result<State, FormatError>,
}

/// What became of making a state again from blocks.
#[derive(Debug)]
pub enum Replayed {
    /// The state after the height that was asked for.
    State(Box<State>),
    /// No segment has this height.
    Missing(u64),
    /// Some blocks can't be used, and why.
    Fault(String),
}

impl Held {
    /// The events that `files` hold something of, sorted.
    ///
    /// # Errors
    /// [`StoreError`] if the store can't be read now.
    pub async fn all(files: &Files) -> Result<Vec<Self>, StoreError> {
        let mut held = Vec::new();
        for contract in files.folders(files.prefix()).await? {
            for chain in files.folders(&contract).await? {
                for folder in files.folders(&chain).await? {
                    let last = |path: &str| path.rsplit('/').next().and_then(unsafe_text);
                    let (Some(contract), Some(chain_id)) = (last(&contract), last(&chain)) else { continue };
                    let start_height = folder.rsplit('/').next().and_then(|text| text.parse().ok());
                    let Some(start_height) = start_height else { continue };
                    held.push(Self { bound: Bound { chain_id, contract, start_height }, folder });
                }
            }
        }
        Ok(held)
    }

    /// Its snapshots of all schemas, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`] if the store can't be read now.
    pub async fn snapshots(&self, files: &Files) -> Result<Vec<Kept>, StoreError> {
        let listed = files.list(&format!("{}/snapshots", self.folder), None).await?;
        let named = listed.into_iter().filter_map(|one| {
            let schema = one.name.rsplit('/').nth(1)?.strip_prefix('v')?.parse().ok()?;
            Some(Kept { height: height(&one.name)?, schema, name: one.name })
        });
        let mut named: Vec<_> = named.collect();
        named.sort_unstable_by_key(|one| (one.height, one.schema));
        Ok(named)
    }

    /// Reads a snapshot; `None` if it has gone by now.
    ///
    /// # Errors
    /// [`StoreError`] if the store can't be read now.
    pub async fn open(&self, files: &Files, named: &Kept) -> Result<Option<Opened>, StoreError> {
        let Some(bytes) = files.get(&named.name).await? else { return Ok(None) };
        let (bound, given) = (self.bound.clone(), bytes.clone());
        let read = spawn_blocking(move || snapshot::read(&given, &bound.event()));
        let state = read.await.map_err(|_| StoreError::Stopped)?;
        Ok(Some(Opened { bytes, state }))
    }

    /// The state after the block of height `to`, made from `state` (from nothing for `None`) and the blocks in segments.
    ///
    /// # Errors
    /// [`StoreError`] if the store can't be read now.
    pub async fn replay(
        &self,
        files: &Arc<Files>,
        state: Option<State>,
        to: u64,
    ) -> Result<Replayed, StoreError> {
        let store = Store::new(Arc::clone(files), self.bound.clone(), Arc::default());
        let mut state = state.unwrap_or_else(|| store.empty());
        let index = store.index(store.next(&state)).await?;
        loop {
            let next = store.next(&state);
            if next > to {
                return Ok(Replayed::State(Box::new(state)));
            }
            let Some((from, last)) = index.of(next) else { return Ok(Replayed::Missing(next)) };
            let Some(mut blocks) = store.segment(from, last).await? else {
                return Ok(Replayed::Fault(format!("the blocks {from} to {last} are damaged")));
            };
            blocks.retain(|block| block.header.height <= to);
            let done = spawn_blocking(move || apply(&state, &blocks)).await;
            let (after, fault) = done.map_err(|_| StoreError::Stopped)?;
            if let Some(fault) = fault {
                return Ok(Replayed::Fault(fault));
            }
            if store.next(&after) <= next {
                return Ok(Replayed::Missing(next));
            }
            state = after;
        }
    }

    /// Whether a snapshot is the one of a state that was made again. Its bytes are compared.
    ///
    /// # Errors
    /// What is wrong.
    pub fn compare(bytes: &[u8], state: &State) -> Result<(), String> {
        let again = snapshot::write(state).map_err(|error| with_causes(&error))?;
        if again == bytes { Ok(()) } else { Err("its blocks lead to another state".to_owned()) }
    }
}
