//! Why the fold stops.

use meteor_rules::log::LogHash;
use thiserror::Error;

/// An event that doesn't fit the state, with its place. The state it was applied to must not be used any more.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("block {height}, transaction {tx}, event {index} does not fit what came before it")]
pub struct FoldError {
    /// Height of the block.
    pub height: u64,
    /// Place of the transaction in the block, from 0.
    pub tx: usize,
    /// Place of the event in the transaction, from 0.
    pub index: usize,
    /// What is wrong.
    #[source]
    pub fault: FoldFault,
}

/// What is wrong with an event.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FoldFault {
    /// Not the height after the last.
    #[error("it has height {given} where {wanted} is next: no height may be skipped or come twice")]
    Height {
        /// Height of the block.
        given: u64,
        /// Height that is next.
        wanted: u64,
    },
    /// The block doesn't follow the one applied last.
    #[error("its parent is not the block applied before it: the node serves another chain")]
    Parent,
    /// Something happened before the launch.
    #[error("the launch has not been seen: start_height lies after it, lower it")]
    NotLaunched,
    /// A second launch.
    #[error("the contract was launched already")]
    LaunchedTwice,
    /// A shower that the schedule doesn't have.
    #[error("there is no shower {0}")]
    NoShower(u32),
    /// The shower is closed or cancelled.
    #[error("shower {0} takes no contributions any more")]
    Over(u32),
    /// The shower is not closed.
    #[error("shower {0} is not closed")]
    NotClosed(u32),
    /// A field doesn't say what the fold computes from the events before.
    #[error("{field} is {given} where the events so far make it {computed}")]
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
        "shower {shower} has the log hash {} where the events so far make it {}",
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
    /// A wallet without the contribution that the event speaks of.
    #[error("{wallet} has no contribution in shower {shower} that this could be about")]
    NoContribution {
        /// The wallet.
        wallet: String,
        /// The shower (1-based).
        shower: u32,
    },
    /// A token that does not exist, or not any more.
    #[error("there is no token {0}")]
    NoToken(u64),
    /// A token minted that no mint announced, or announced and not minted.
    #[error("the mint of token {0} was not announced, or was announced and did not follow")]
    Mint(u64),
    /// A meteor that is revealed or taken back and is not in custody.
    #[error("meteor {0} is not in custody")]
    NotInCustody(u64),
    /// A meteor that is in custody or cracked and does what it then can't.
    #[error("meteor {0} is in custody, which it leaves only when it is revealed or taken back")]
    InCustody(u64),
    /// A reveal or reclaim whose burn, mint or way back did not follow.
    #[error("what the hatchery told of meteor {0} did not follow")]
    NotFollowed(u64),
    /// No draw was committed.
    #[error("no draw was committed for shower {0}")]
    NoDraw(u32),
    /// Something that happens once, for the second time.
    #[error("the {0} was told of before, and there is only one")]
    Again(&'static str),
    /// A word of an event that this version doesn't know.
    #[error("{field} {given:?} is not known to this version: update the indexer")]
    UnknownWord {
        /// The field.
        field: &'static str,
        /// What the event says.
        given: String,
    },
    /// A number outgrew its type.
    #[error("a number outgrew its type")]
    Overflow,
}

/// A field of 32 bytes.
pub(super) fn bytes32(field: &'static str, given: &[u8]) -> Result<[u8; 32], FoldFault> {
    given.try_into().map_err(|_| FoldFault::Differs {
        field,
        given: format!("{} bytes", given.len()),
        computed: "32 bytes".to_owned(),
    })
}

/// Checks a redundant field.
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
