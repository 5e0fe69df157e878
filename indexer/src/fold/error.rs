//! Why the fold stops at an event.

use meteor_rules::log::LogHash;
use thiserror::Error;

use super::BlockPart;

/// An event that contradicts the state, with its place. Discard the state it was applied to.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("block {height}, {place}, event {index} contradicts what came before it")]
pub struct FoldError {
    /// Height of the block.
    pub height: u64,
    /// Where in the block.
    pub place: BlockPart,
    /// Place of the event there, from 0.
    pub index: usize,
    /// What is wrong.
    #[source]
    pub fault: FoldFault,
}

/// What is wrong with an event.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FoldFault {
    /// Not the next height.
    #[error("it has height {given}, but {wanted} is next: no height may be skipped or repeated")]
    Height {
        /// Height of the block.
        given: u64,
        /// Height that is next.
        wanted: u64,
    },
    /// The block doesn't follow the last one applied.
    #[error("its parent is not the block applied before it: the node serves another chain")]
    Parent,
    /// Something happened before the launch.
    #[error("the launch has not been read: lower start_height, which is after the launch")]
    NotLaunched,
    /// A second launch.
    #[error("the contract is launched already")]
    LaunchedTwice,
    /// A shower that the schedule doesn't have.
    #[error("there is no shower {0}")]
    NoShower(u32),
    /// The shower is closed or cancelled.
    #[error("shower {0} accepts no more contributions")]
    Over(u32),
    /// The shower is not closed.
    #[error("shower {0} is not closed")]
    NotClosed(u32),
    /// A field differs from what the fold computes from earlier events.
    #[error("{field} is {given}, but earlier events make it {computed}")]
    Differs {
        /// The field.
        field: &'static str,
        /// What the event says.
        given: String,
        /// What the fold computes.
        computed: String,
    },
    /// The contribution log hash differs: a contribution was missed, doubled, changed or reordered.
    #[error(
        "shower {shower} has the log hash {}, but earlier events make it {}",
        hex::encode(given),
        hex::encode(computed)
    )]
    Log {
        /// The shower (1-based).
        shower: u32,
        /// What the contract says.
        given: LogHash,
        /// What the fold computes.
        computed: LogHash,
    },
    /// A wallet without a contribution in the shower that the event names.
    #[error("{wallet} has no contribution in shower {shower}")]
    NoContribution {
        /// The wallet.
        wallet: String,
        /// The shower (1-based).
        shower: u32,
    },
    /// A token that doesn't exist or is burnt.
    #[error("there is no token {0}")]
    NoToken(u64),
    /// A token was minted without announcement, or announced and not minted.
    #[error("the mint of token {0} was not announced, or was announced and did not happen")]
    Mint(u64),
    /// A meteor is revealed or reclaimed that is not in custody.
    #[error("meteor {0} is not in custody")]
    NotInCustody(u64),
    /// A meteor moves while it is in custody.
    #[error("meteor {0} is in custody: only a reveal or a reclaim can move it")]
    InCustody(u64),
    /// The burn, mint or transfer of a reveal or reclaim is missing.
    #[error("the hatchery announced a move of meteor {0} that did not happen")]
    NotFollowed(u64),
    /// No draw was committed.
    #[error("no draw was committed for shower {0}")]
    NoDraw(u32),
    /// Something happens a second time that can happen only once.
    #[error("there is a second {0}, and there can be only one")]
    Again(&'static str),
    /// A word that this version doesn't support.
    #[error("this version does not support {field} {given:?}: update the indexer")]
    UnknownWord {
        /// The field.
        field: &'static str,
        /// What the event says.
        given: String,
    },
    /// A number exceeds its type.
    #[error("a number exceeds its type")]
    Overflow,
}

/// Reads a field of 32 bytes.
pub(super) fn bytes32(field: &'static str, given: &[u8]) -> Result<[u8; 32], FoldFault> {
    given.try_into().map_err(|_| FoldFault::Differs {
        field,
        given: format!("{} bytes", given.len()),
        computed: "32 bytes".to_owned(),
    })
}

/// Compares a redundant field.
pub(super) fn same<T: PartialEq + ToString>(
    field: &'static str,
    given: T,
    computed: T,
) -> Result<(), FoldFault> {
    if given == computed {
        return Ok(());
    }
    Err(FoldFault::Differs { field, given: given.to_string(), computed: computed.to_string() })
}
