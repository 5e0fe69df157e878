//! The state of an event as a pure fold of its contracts' events: `apply(state, block) -> state`.
//!
//! No clock, no I/O, no order of hashing: two replicas at one height hold the same state. Every redundant field of
//! an event is compared with what the fold has computed itself, the contribution log hash above all; whatever
//! doesn't agree stops the fold, because from then on every number would be doubtful.

mod apply;
mod error;
mod shower;
mod tokens;
mod wallets;

use std::collections::BTreeMap;

use meteor_messages::events::{HatcheryEvent, NftEvent, ShowerEvent};
use meteor_messages::shower::{InstantiateMsg, MinimumFrom};

pub use apply::apply;
pub use error::{FoldError, FoldFault};
pub use shower::{Closing, Draw, Given, Shower, Standing};
pub use tokens::{Collection, Collections, Custodies, Custody, Reveal, Token, TokenRef, Tokens};
pub use wallets::{Entry, Wallet, Wallets};

/// Hash of a block.
pub type BlockHash = [u8; 32];

/// One block, as far as it concerns the event.
#[derive(Clone, Debug)]
pub struct Block {
    /// Its height.
    pub height: u64,
    /// Its time (nanoseconds since the Unix epoch).
    pub time_ns: u64,
    /// Its hash.
    pub hash: BlockHash,
    /// Hash of the block before it; `None` for the first block of a chain.
    pub parent: Option<BlockHash>,
    /// The events of the watched contracts, in the chain's order.
    pub events: Vec<Located>,
}

/// An event with its place in the block, which is its identity: two equal contributions are two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// Place of the transaction in the block, from 0.
    pub tx: usize,
    /// Place of the event among those of its transaction, from 0.
    pub index: usize,
    /// What happened.
    pub event: ChainEvent,
}

/// A typed event of one of the watched contracts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainEvent {
    /// The shower contract tells.
    Shower(ShowerEvent),
    /// The hatchery tells.
    Hatchery(HatcheryEvent),
    /// A collection tells.
    Nft(Collection, NftEvent),
}

/// The contracts beside the shower contract; each `None` until it has been instantiated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contracts {
    /// The meteors.
    pub meteors: Option<String>,
    /// The hatchery.
    pub hatchery: Option<String>,
    /// The eggs.
    pub eggs: Option<String>,
    /// The dust.
    pub dust: Option<String>,
}

impl Contracts {
    /// The contract of a collection.
    pub fn of(&self, collection: Collection) -> Option<&str> {
        match collection {
            Collection::Meteors => self.meteors.as_deref(),
            Collection::Eggs => self.eggs.as_deref(),
            Collection::Dust => self.dust.as_deref(),
        }
    }
}

/// A block that has been applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct At {
    /// Its height; 0 before the first.
    pub height: u64,
    /// Its time (nanoseconds since the Unix epoch).
    pub time_ns: u64,
    /// Its hash.
    pub hash: BlockHash,
}

/// What the launch fixed, and the little of it that may change.
#[derive(Clone, Debug, PartialEq)]
pub struct Launched {
    /// What the contract was instantiated with. Roles and minimum in here are those of the launch; see below.
    pub config: InstantiateMsg,
    /// The owner now; empty once renounced.
    pub owner: String,
    /// Who may become the owner; empty for nobody.
    pub pending_owner: String,
    /// The operator now.
    pub operator: String,
    /// The guardian now.
    pub guardian: String,
    /// Whether contributing is stopped.
    pub paused: bool,
    /// The minimums, each from its shower on, in the order of their showers.
    pub minimums: Vec<MinimumFrom>,
    /// Paid so far, by payee (micro-denom).
    pub paid: BTreeMap<String, u128>,
    /// Height at which anything of this last changed.
    pub changed: u64,
}

impl Launched {
    /// Least total of a wallet in `shower` (1-based; micro-denom).
    pub fn minimum(&self, shower: u32) -> u128 {
        let of = self.minimums.iter().rev().find(|minimum| minimum.from_shower <= shower);
        of.map_or_else(|| self.config.minimum.u128(), |minimum| minimum.minimum.u128())
    }
}

/// Everything the events up to some block say.
#[derive(Clone, Debug)]
pub struct State {
    /// The chain.
    pub chain_id: String,
    /// The shower contract.
    pub contract: String,
    /// The block applied last.
    pub at: At,
    /// The launch; `None` until it has happened.
    pub launched: Option<Launched>,
    /// The contracts it made.
    pub contracts: Contracts,
    /// All showers of the schedule, shower 1 first; empty before the launch.
    pub showers: Vec<Shower>,
    /// Everyone who contributed or ever held a token.
    pub wallets: Wallets,
    /// The tokens.
    pub collections: Collections,
    /// Meteors in custody.
    pub custodies: Custodies,
    /// Sequence number of the last contribution.
    pub last_seq: u64,
    /// Contributions so far.
    pub contributions: u64,
}

impl State {
    /// The state before any block.
    pub fn new(chain_id: &str, contract: &str) -> Self {
        Self {
            chain_id: chain_id.to_owned(),
            contract: contract.to_owned(),
            at: At::default(),
            launched: None,
            contracts: Contracts::default(),
            showers: Vec::new(),
            wallets: Wallets::default(),
            collections: Collections::default(),
            custodies: Custodies::default(),
            last_seq: 0,
            contributions: 0,
        }
    }

    /// The shower of that number (1-based).
    pub fn shower(&self, number: u32) -> Option<&Shower> {
        self.showers.get(usize::try_from(number.checked_sub(1)?).ok()?)
    }

    /// Contributors of all showers before `number` (1-based): the meteor of rank r has number `earlier + r`.
    pub fn earlier(&self, number: u32) -> u64 {
        self.showers.iter().take_while(|s| s.number < number).map(|s| u64::from(s.contributors())).sum()
    }
}
