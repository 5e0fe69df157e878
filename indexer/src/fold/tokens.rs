//! The meteors: who holds which, and what they show.

use std::sync::Arc;

use imbl::{OrdMap, Vector};

/// One meteor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Who holds it, or held it last if it is burnt (number in [`super::Wallets`]).
    pub owner: u32,
    /// The shower it came from (1-based).
    pub shower: u32,
    /// The rank that earned it (1-based).
    pub rank: u32,
    /// Whether it is burnt.
    pub burnt: bool,
    /// Height of its mint.
    pub height: u64,
    /// Bare CID of its image.
    pub image: Arc<str>,
    /// One number for each column of the template.
    pub traits: Arc<[u32]>,
}

/// The meteors.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    pub(super) by_id: OrdMap<u64, Token>,
    pub(super) order: Vector<u64>,
    pub(super) burnt: u64,
    /// Height at which any of them last changed.
    pub(super) changed: u64,
}

impl Tokens {
    /// The meteor of an id, burnt or not.
    pub fn get(&self, id: u64) -> Option<&Token> {
        self.by_id.get(&id)
    }

    /// Meteors ever minted.
    pub fn minted(&self) -> usize {
        self.order.len()
    }

    /// Meteors burnt.
    pub const fn burnt(&self) -> u64 {
        self.burnt
    }

    /// Height at which any of them last changed.
    pub const fn changed(&self) -> u64 {
        self.changed
    }

    /// Ids in the order of minting.
    pub const fn order(&self) -> &Vector<u64> {
        &self.order
    }
}
