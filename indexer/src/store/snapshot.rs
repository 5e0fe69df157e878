//! A snapshot: the state after one block, from which an indexer goes on without asking a node for history.
//!
//! Equal states give equal bytes on any machine, so that replicas can compare theirs. A snapshot that isn't whole, or
//! that no events can lead to, is refused.

use serde::{Deserialize, Serialize};

use super::envelope::{Bound, Damage, Event, FormatError, Kind};
use crate::fold::{BlockHash, State};

/// The version of what is written. Change it with every change of the rows in `fold::stored`; the test
/// `the_bytes_of_the_schema` tells.
pub const SCHEMA: u32 = 1;

const KIND: Kind = Kind { magic: b"meteor-snapshot\n", schema: SCHEMA };

/// What a snapshot is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The event.
    pub bound: Bound,
    /// Height of the last block applied.
    pub height: u64,
    /// Its hash.
    pub hash: BlockHash,
}

impl Head {
    fn of(state: &State) -> Self {
        let (chain_id, contract) = (state.chain_id.clone(), state.contract.clone());
        let bound = Bound { chain_id, contract, start_height: state.first };
        Self { bound, height: state.at.height, hash: state.at.hash }
    }
}

/// The snapshot of a state.
///
/// # Errors
/// [`FormatError::Unwritable`], which no state that blocks made causes.
pub fn write(state: &State) -> Result<Vec<u8>, FormatError> {
    let body = state.to_bytes().map_err(|error| FormatError::Unwritable(error.into()))?;
    KIND.seal(&Head::of(state), &body)
}

/// What the snapshot says it is of. Its first few hundred bytes suffice, and its hash is not checked: [`read`] does
/// that.
///
/// # Errors
/// [`FormatError`] if it is of another schema, or no snapshot.
pub fn head(bytes: &[u8]) -> Result<Head, FormatError> {
    KIND.head(bytes).map(|(head, _)| head)
}

/// The state in a snapshot of this event.
///
/// # Errors
/// [`FormatError`] if it is damaged, of another schema or of another event.
pub fn read(bytes: &[u8], of: &Event<'_>) -> Result<State, FormatError> {
    let (head, body) = KIND.open::<Head>(bytes)?;
    head.bound.check(of)?;
    let state = State::from_bytes(body).map_err(Damage::State)?;
    if Head::of(&state) != head {
        return Err(Damage::Contradiction("its head is of another state").into());
    }
    Ok(state)
}
