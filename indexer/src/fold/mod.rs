//! The state of an event as a pure fold of its contracts' events: `apply(state, block) -> state`.
//!
//! It uses no clock, no I/O and no hash order, so two replicas at one height hold the same state. Every
//! redundant field of an event is compared with what the fold has computed, above all the contribution log
//! hash. A difference in what later numbers depend on stops the fold; any other is an alarm, and the fold goes on
//! (see `apply`).

mod apply;
mod error;
mod recent;
mod reveals;
mod shower;
mod stored;
mod tokens;
mod wallets;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use imbl::Vector;
use meteor_messages::events::{HatcheryEvent, NftEvent, ShowerEvent};
use meteor_messages::shower::{InstantiateMsg, MinimumFrom};
use meteor_rules::ShowerId;
use serde::Serialize;

pub use apply::apply;
pub use error::{FoldError, FoldFault};
pub use recent::{Happened, MAX_RECENT, Recent};
pub use reveals::Reveals;
pub use shower::{Closing, Draw, Given, Moment, Shower, Standing};
pub use stored::StoredError;
pub use tokens::{Collection, Collections, Custodies, Custody, Reveal, Token, TokenRef, Tokens};
pub use wallets::{Entries, Entry, Wallet, Wallets};

/// Hash of a block.
pub type BlockHash = [u8; 32];

/// The parts of a block that concern us.
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

/// Where in a block something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockPart {
    /// At its beginning, outside any transaction.
    Begin,
    /// In the transaction of that number, from 0.
    Tx(usize),
    /// At its end, outside any transaction.
    End,
}

impl fmt::Display for BlockPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Begin => f.write_str("the block's beginning"),
            Self::Tx(number) => write!(f, "transaction {number}"),
            Self::End => f.write_str("the block's end"),
        }
    }
}

/// An event with its place in the block. The place is its identity: two equal contributions count twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// Where in the block.
    pub place: BlockPart,
    /// Place of the event among those of its transaction, from 0.
    pub index: usize,
    /// What happened.
    pub event: ChainEvent,
}

/// A typed event of one of the watched contracts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainEvent {
    /// From the shower contract.
    Shower(ShowerEvent),
    /// From the hatchery.
    Hatchery(HatcheryEvent),
    /// From a collection.
    Nft(Collection, NftEvent),
    /// From the bank: coins for the shower contract.
    Received(Received),
}

/// Coins that the shower contract received, of one denom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Who sent them.
    pub sender: String,
    /// How much (in the denom's smallest unit).
    pub amount: u128,
    /// Of which denom.
    pub denom: String,
}

/// Coins that came without a contribution, or were returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unasked {
    /// Height of the block.
    pub height: u64,
    /// Its time (Unix seconds).
    pub time: u64,
    /// Who sent them, or to whom they were returned.
    pub who: String,
    /// How much (in the denom's smallest unit).
    pub amount: u128,
    /// Of which denom.
    pub denom: String,
}

/// Something that concerns the event and can't be true, but on which no later number depends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alarm {
    /// Height of the block.
    pub height: u64,
    /// What is wrong, and where.
    pub what: String,
}

/// The alarms so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alarms {
    /// How many there were.
    pub count: u64,
    /// The last of them, at most [`MAX_ALARMS`], the oldest first.
    pub last: Vector<Alarm>,
}

/// How many alarms are kept.
pub const MAX_ALARMS: usize = 100;

impl Alarms {
    pub(super) fn raise(&mut self, height: u64, what: String) {
        self.count = self.count.saturating_add(1);
        if self.last.len() >= MAX_ALARMS {
            self.last.pop_front();
        }
        self.last.push_back(Alarm { height, what });
    }
}

/// The contracts beside the shower contract; each is `None` until it is instantiated.
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

/// What the launch fixed, and the few settings that can change.
#[derive(Clone, Debug, PartialEq)]
pub struct Launched {
    /// What the contract was instantiated with. Its roles and minimum are those of the launch; the fields
    /// below have the current ones.
    pub config: InstantiateMsg,
    /// The chain's id at the launch. Everything that is hashed is bound to it.
    pub chain_id: String,
    /// The owner now; empty once renounced.
    pub owner: String,
    /// Who can accept the ownership; empty for nobody.
    pub pending_owner: String,
    /// The operator now.
    pub operator: String,
    /// The guardian now.
    pub guardian: String,
    /// Since when contributing is paused (nanoseconds of block time); `None` if it isn't.
    pub paused_since: Option<u64>,
    /// The minimums, each valid from its shower on, sorted by shower.
    pub minimums: Vec<MinimumFrom>,
    /// Booked so far for each payee (micro-denom).
    pub booked: BTreeMap<String, u128>,
    /// Of it sent to the payee (micro-denom).
    pub paid: BTreeMap<String, u128>,
    /// Height of the last change to any of this.
    pub changed: u64,
}

impl Launched {
    /// The least total a wallet may have in `shower` (1-based; micro-denom).
    pub fn minimum(&self, shower: u32) -> u128 {
        let of = self.minimums.iter().rev().find(|minimum| minimum.from_shower <= shower);
        of.map_or_else(|| self.config.minimum.u128(), |minimum| minimum.minimum.u128())
    }
}

/// Everything that the events up to a block say.
#[derive(Clone, Debug)]
pub struct State {
    /// The chain.
    pub chain_id: String,
    /// The shower contract.
    pub contract: String,
    /// Height of the first block applied; 0 before it. An event of an earlier block is not in here.
    pub first: u64,
    /// The last block applied.
    pub at: At,
    /// The launch; `None` until it has happened.
    pub launched: Option<Launched>,
    /// The contracts instantiated by the launch.
    pub contracts: Contracts,
    /// All showers of the schedule, shower 1 first; empty before the launch. Copies of a state share what
    /// doesn't change.
    pub showers: Vec<Arc<Shower>>,
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
    /// Coins that came without a contribution, in order.
    pub unasked: Vector<Unasked>,
    /// Those that were returned, in order.
    pub returned: Vector<Unasked>,
    /// What can't be true and was passed over.
    pub alarms: Alarms,
    /// What happened lately. It is not stored: a state that begins with a snapshot knows nothing older.
    pub recent: Recent,
}

impl State {
    /// The state before any block.
    pub fn new(chain_id: &str, contract: &str) -> Self {
        Self {
            chain_id: chain_id.to_owned(),
            contract: contract.to_owned(),
            first: 0,
            at: At::default(),
            launched: None,
            contracts: Contracts::default(),
            showers: Vec::new(),
            wallets: Wallets::default(),
            collections: Collections::default(),
            custodies: Custodies::default(),
            last_seq: 0,
            contributions: 0,
            unasked: Vector::new(),
            returned: Vector::new(),
            alarms: Alarms::default(),
            recent: Recent::default(),
        }
    }

    /// The shower of that number (1-based).
    pub fn shower(&self, number: u32) -> Option<&Shower> {
        self.showers.get(ShowerId(number).index()?).map(Arc::as_ref)
    }

    /// Contributors of all showers before `number` (1-based): the meteor of rank r has number `earlier + r`.
    pub fn earlier(&self, number: u32) -> u64 {
        self.showers.iter().take_while(|s| s.number < number).map(|s| u64::from(s.contributors())).sum()
    }
}
