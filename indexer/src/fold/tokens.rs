//! The tokens of the three collections: who holds which, and what they show.

use std::ops::Bound;
use std::sync::Arc;

use imbl::{OrdMap, OrdSet, Vector};
use meteor_rules::fairness::content::Kind;
use meteor_rules::{Rank, ShowerId};
use serde::Serialize;
use utoipa::ToSchema;

use super::FoldFault;

/// One of the three collections. Egg and dust have the number of the meteor they were found in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CollectionName)]
pub enum Collection {
    /// The meteors.
    Meteors,
    /// The eggs.
    Eggs,
    /// The dust.
    Dust,
}

impl Collection {
    /// All collections, in the order of a cave.
    pub const ALL: [Self; 3] = [Self::Meteors, Self::Eggs, Self::Dust];

    /// Its name in paths and answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Meteors => "meteors",
            Self::Eggs => "eggs",
            Self::Dust => "dust",
        }
    }

    /// The collection of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|collection| collection.name() == name)
    }
}

impl From<Kind> for Collection {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Egg => Self::Eggs,
            Kind::Dust => Self::Dust,
        }
    }
}

/// A token of any collection in eight bytes, as small as a bare id. Ordered by collection, then by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TokenRef(u64);

impl TokenRef {
    /// Bits of the id; the collection is in the bits above.
    const BITS: u32 = 62;

    /// The token with that id; `None` if no meteor can have it.
    pub const fn new(collection: Collection, id: u64) -> Option<Self> {
        if id >> Self::BITS != 0 {
            return None;
        }
        let collection: u64 = match collection {
            Collection::Meteors => 0,
            Collection::Eggs => 1,
            Collection::Dust => 2,
        };
        Some(Self(collection << Self::BITS | id))
    }

    pub(super) fn checked(collection: Collection, id: u64) -> Result<Self, FoldFault> {
        Self::new(collection, id).ok_or(FoldFault::Overflow)
    }

    /// Its collection.
    pub const fn collection(self) -> Collection {
        match self.0 >> Self::BITS {
            0 => Collection::Meteors,
            1 => Collection::Eggs,
            _ => Collection::Dust,
        }
    }

    /// Its id.
    pub const fn id(self) -> u64 {
        self.0 & ((1 << Self::BITS) - 1)
    }
}

/// One token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its holder, or its last one if it is burnt (number in [`super::Wallets`]).
    pub owner: u32,
    /// The shower it came from.
    pub shower: ShowerId,
    /// The rank that earned it.
    pub rank: Rank,
    /// Whether it is burnt.
    pub burnt: bool,
    /// Height of its mint.
    pub height: u64,
    /// Bare CID of its image.
    pub image: Arc<str>,
    /// One number for each column of the template.
    pub traits: Arc<[u32]>,
}

/// The tokens of one collection.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    pub(super) by_id: OrdMap<u64, Token>,
    pub(super) order: Vector<u64>,
    pub(super) burnt: u64,
    /// Height of the last change to any of them.
    pub(super) changed: u64,
}

impl Tokens {
    /// The token with an id, burnt or not.
    pub fn get(&self, id: u64) -> Option<&Token> {
        self.by_id.get(&id)
    }

    /// Tokens ever minted.
    pub fn minted(&self) -> usize {
        self.order.len()
    }

    /// Tokens burnt.
    pub const fn burnt(&self) -> u64 {
        self.burnt
    }

    /// Height of the last change to any of them.
    pub const fn changed(&self) -> u64 {
        self.changed
    }

    /// Ids in the order of minting.
    pub const fn order(&self) -> &Vector<u64> {
        &self.order
    }

    /// Ids from `first` to `last`, burnt or not, in order.
    pub fn ids(&self, first: u64, last: u64) -> impl Iterator<Item = u64> {
        self.by_id.range(first..=last).map(|(id, _)| *id)
    }

    /// Adds a token, whose id must be new.
    pub(super) fn add(&mut self, id: u64, token: Token) -> Result<(), FoldFault> {
        if self.by_id.contains_key(&id) {
            return Err(FoldFault::Mint(id)); // ids are never reused
        }
        self.changed = token.height;
        self.by_id.insert(id, token);
        self.order.push_back(id);
        Ok(())
    }
}

/// The tokens of all three collections.
#[derive(Clone, Debug, Default)]
pub struct Collections {
    /// The meteors.
    pub meteors: Tokens,
    /// The eggs.
    pub eggs: Tokens,
    /// The dust.
    pub dust: Tokens,
}

impl Collections {
    /// The tokens of one collection.
    pub const fn of(&self, collection: Collection) -> &Tokens {
        match collection {
            Collection::Meteors => &self.meteors,
            Collection::Eggs => &self.eggs,
            Collection::Dust => &self.dust,
        }
    }

    pub(super) const fn of_mut(&mut self, collection: Collection) -> &mut Tokens {
        match collection {
            Collection::Meteors => &mut self.meteors,
            Collection::Eggs => &mut self.eggs,
            Collection::Dust => &mut self.dust,
        }
    }

    /// The collection of what was found in a revealed meteor: its token has the meteor's number.
    pub fn found_in(&self, meteor: u64) -> Option<Collection> {
        let found = |collection: &Collection| self.of(*collection).get(meteor).is_some();
        [Collection::Eggs, Collection::Dust].into_iter().find(found)
    }

    /// Height of the last change to any of them.
    pub fn changed(&self) -> u64 {
        self.meteors.changed.max(self.eggs.changed).max(self.dust.changed)
    }
}

/// A meteor in custody of the hatchery, waiting to be revealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Custody {
    /// Who cracked it and receives what it holds (number in [`super::Wallets`]).
    pub holder: u32,
    /// From then on it can be reclaimed and no longer revealed (Unix seconds).
    pub reclaim_at: u64,
}

/// The meteors in custody.
#[derive(Clone, Debug, Default)]
pub struct Custodies {
    by_id: OrdMap<u64, Custody>,
    by_holder: OrdSet<(u32, u64)>,
}

impl Custodies {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// The custody of a meteor.
    pub fn get(&self, meteor: u64) -> Option<Custody> {
        self.by_id.get(&meteor).copied()
    }

    /// The meteors that a wallet has cracked, sorted by number.
    pub fn of(&self, wallet: u32) -> impl Iterator<Item = u64> {
        self.by_holder.range((wallet, 0)..=(wallet, u64::MAX)).map(|(_, meteor)| *meteor)
    }

    /// The meteors from `first` on that a wallet has cracked, sorted by number.
    pub fn of_from(&self, wallet: u32, first: u64) -> impl Iterator<Item = u64> {
        self.by_holder.range((wallet, first)..=(wallet, u64::MAX)).map(|(_, meteor)| *meteor)
    }

    /// Those after the meteor `after`, sorted by number; all of them for `None`.
    pub fn after(&self, after: Option<u64>) -> impl Iterator<Item = (u64, Custody)> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.by_id.range((from, Bound::Unbounded)).map(|(meteor, custody)| (*meteor, *custody))
    }

    /// Takes a meteor into custody. It must not be there already.
    pub(super) fn add(&mut self, meteor: u64, custody: Custody) -> Result<(), FoldFault> {
        if self.by_id.contains_key(&meteor) {
            return Err(FoldFault::InCustody(meteor));
        }
        self.by_holder.insert((custody.holder, meteor));
        self.by_id.insert(meteor, custody);
        Ok(())
    }

    /// Releases a meteor from custody.
    pub(super) fn remove(&mut self, meteor: u64) -> Result<Custody, FoldFault> {
        let custody = self.by_id.remove(&meteor).ok_or(FoldFault::NotInCustody(meteor))?;
        self.by_holder.remove(&(custody.holder, meteor));
        Ok(custody)
    }
}

/// What one revealed meteor held. Only reveals on the chain create one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reveal {
    /// The meteor's number.
    pub token_id: u64,
    /// Its place in the shower, from 0.
    pub index: u32,
    /// Egg or dust.
    pub kind: Kind,
    /// Bare CID of the image.
    pub image: Arc<str>,
    /// One number for each column of the kind's template.
    pub traits: Arc<[u32]>,
    /// The leaf's salt.
    pub salt: [u8; 32],
}
