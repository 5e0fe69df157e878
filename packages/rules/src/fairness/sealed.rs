//! Everything a shower's meteors hold, with the tree that binds it: made alike by the operator's draw, the
//! reveal worker and every verifier. Lives in memory only and shows nothing of itself in `Debug`.

use alloc::vec::Vec;
use core::fmt;

use thiserror::Error;

use super::content::{Content, ContentError, Meteor, Tables};
use super::draw::draw;
use super::key::{salt, seed};
use super::tree::{Leaf, Tree, leaf_hash};
use super::{Bytes32, Domain};
use crate::eggs::Issue;
use crate::ids::{Rank, TokenId};
use crate::log::LogHash;
use crate::tier::{PerTier, TierRule};

/// What decides a shower.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// Which shower.
    pub id: Domain<'a>,
    /// Its key.
    pub key: &'a Bytes32,
    /// Signature of the beacon round that decides it.
    pub beacon_signature: &'a [u8],
    /// Its contribution log hash.
    pub log: &'a LogHash,
    /// Wallets that contributed.
    pub contributors: u32,
    /// Contributors of all earlier showers.
    pub earlier: u64,
    /// How ranks are cut into tiers.
    pub tiers: &'a TierRule,
    /// Eggs of each tier.
    pub eggs: &'a PerTier<u32>,
    /// How much likelier the first of a tier is to hold an egg than its last (basis points).
    pub tilt_bp: u32,
    /// How contents come by their traits.
    pub tables: &'a Tables,
}

impl fmt::Debug for Inputs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inputs").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Why a shower can't be sealed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SealedError {
    /// A shower without contributors.
    #[error("nobody contributed: there is nothing to draw")]
    Empty,
    /// More meteors than numbers.
    #[error("too many meteors")]
    TooMany,
    /// The tables don't give a content.
    #[error("the tables do not give every meteor its content")]
    Content(#[from] ContentError),
}

/// What every meteor of a shower holds.
#[derive(Clone)]
pub struct Sealed {
    meteors: Vec<Entry>,
    tree: Tree,
    issue: Issue,
    earlier: u64,
}

#[derive(Clone)]
struct Entry {
    meteor: Meteor,
    content: Content,
    salt: Bytes32,
}

/// What one meteor holds, with its proof: what the hatchery asks for.
#[derive(Clone, PartialEq, Eq)]
pub struct Proven<'a> {
    /// The meteor.
    pub meteor: Meteor,
    /// Its place in the shower, from 0: rank − 1.
    pub index: u32,
    /// What it holds.
    pub content: &'a Content,
    /// The leaf's salt.
    pub salt: Bytes32,
    /// The siblings from leaf to root.
    pub proof: Vec<Bytes32>,
}

impl fmt::Debug for Proven<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proven").field("meteor", &self.meteor).finish_non_exhaustive()
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealed").field("leaves", &self.meteors.len()).finish_non_exhaustive()
    }
}

impl Sealed {
    /// Draws, makes every content, and binds all in a tree.
    ///
    /// # Errors
    /// [`SealedError`]: no contributors, or tables that were never validated.
    pub fn make(inputs: &Inputs<'_>) -> Result<Self, SealedError> {
        let Inputs { id, key, beacon_signature, log, contributors: count, earlier, .. } = *inputs;
        let Inputs { tiers, eggs, tilt_bp, tables, .. } = *inputs;
        let seed = seed(key, beacon_signature, log);
        let drawn = draw(&seed, tiers, eggs, tilt_bp, count);
        let sizes = tiers.sizes(count);
        let tiers = sizes.iter().flat_map(|(tier, size)| (0..*size).map(move |_| tier));
        let mut meteors = Vec::with_capacity(drawn.eggs.len());
        let mut leaves = Vec::with_capacity(drawn.eggs.len());
        for ((index, tier), egg) in (0u32..count).zip(tiers).zip(drawn.eggs) {
            let rank = Rank::at(index).ok_or(SealedError::TooMany)?;
            let number = TokenId::of(earlier, rank).ok_or(SealedError::TooMany)?;
            let meteor = Meteor { tier, rank, shower: id.shower, number };
            let content = tables.content(&seed, &meteor, egg)?;
            let salt = salt(key, index);
            leaves.push(leaf_hash(&id, &Leaf { index, token_id: number, content: &content.bytes(), salt }));
            meteors.push(Entry { meteor, content, salt });
        }
        let tree = Tree::new(leaves).ok_or(SealedError::Empty)?;
        Ok(Self { meteors, tree, issue: drawn.issue, earlier })
    }

    /// The root that `CommitDraw` puts on the chain.
    pub fn root(&self) -> Bytes32 {
        self.tree.root()
    }

    /// How many leaves the tree has: one per meteor.
    pub fn leaves(&self) -> u32 {
        u32::try_from(self.meteors.len()).unwrap_or(u32::MAX)
    }

    /// Eggs of each tier, and those that were left over.
    pub const fn issue(&self) -> Issue {
        self.issue
    }

    /// Place of the meteor with that number, from 0.
    pub fn index_of(&self, token_id: TokenId) -> Option<u32> {
        let index = token_id.rank(self.earlier)?.0.checked_sub(1)?;
        (index < self.leaves()).then_some(index)
    }

    /// What the meteor at `index` (from 0) holds, and its salt.
    pub fn content(&self, index: u32) -> Option<(&Content, Bytes32)> {
        let entry = self.meteors.get(usize::try_from(index).ok()?)?;
        Some((&entry.content, entry.salt))
    }

    /// What the meteor at `index` (from 0) holds, with its proof.
    pub fn reveal(&self, index: u32) -> Option<Proven<'_>> {
        let Entry { meteor, content, salt } = self.meteors.get(usize::try_from(index).ok()?)?;
        Some(Proven { meteor: *meteor, index, content, salt: *salt, proof: self.tree.proof(index)? })
    }
}

#[cfg(test)]
mod tests {
    use super::super::content::{Kind, Recipe, Source};
    use super::super::tree::root_from;
    use super::*;
    use crate::ids::ShowerId;

    const CID: &str = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";

    #[test]
    fn every_reveal_is_proven_and_nothing_shows() {
        let recipe = |number| Recipe {
            images: PerTier::from_fn(|_| vec![CID.into()]),
            sources: vec![Source::Tier, Source::Meteor, Source::Range(number, number)],
        };
        let tables = Tables { egg: recipe(11_111_111), dust: recipe(22_222_222) };
        let inputs = Inputs {
            id: Domain { chain_id: "c", contract: "a", shower: ShowerId(2) },
            key: &[7; 32],
            beacon_signature: &[1; 48],
            log: &[2; 32],
            contributors: 300,
            earlier: 50,
            tiers: &TierRule { legendary: 10, ancient_bp: 900, rare_bp: 2250 },
            eggs: &PerTier { legendary: 10, ancient: 30, rare: 61, common: 101 },
            tilt_bp: 2_000,
            tables: &tables,
        };
        let sealed = Sealed::make(&inputs).unwrap();
        assert_eq!(sealed.leaves(), 300);
        let mut eggs = 0;
        for index in 0..300 {
            let Proven { meteor, content, salt, proof, .. } = sealed.reveal(index).unwrap();
            assert_eq!(sealed.index_of(meteor.number), Some(index));
            let leaf =
                Leaf { index, token_id: TokenId(51 + u64::from(index)), content: &content.bytes(), salt };
            let hash = leaf_hash(&inputs.id, &leaf);
            assert_eq!(root_from(hash, index, 300, &proof), Some(sealed.root()));
            eggs += u64::from(content.kind == Kind::Egg);
        }
        assert_eq!(eggs, sealed.issue().eggs.total());
        assert!(sealed.reveal(300).is_none() && sealed.content(300).is_none());
        for outside in [0, 50, 351, u64::MAX] {
            assert_eq!(sealed.index_of(TokenId(outside)), None);
        }
        let shown = format!("{sealed:?} {inputs:?} {:?}", sealed.reveal(0));
        for secret in ["11111111", "22222222", "7, 7", CID, "Egg", "egg", "Dust"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert_eq!(Sealed::make(&Inputs { contributors: 0, ..inputs }).unwrap_err(), SealedError::Empty);
        let late = Inputs { earlier: u64::MAX, ..inputs };
        assert_eq!(Sealed::make(&late).unwrap_err(), SealedError::TooMany);
    }
}
