//! The catalogue: for each tier an ordered list of pieces, committed to before the first contribution.
//!
//! The m-th meteor of a tier over all showers has piece m modulo the length of the list. `Mint` proves that it
//! brings these pieces (`fairness::tree::root_from_range`), so nobody picks pictures.

#[cfg(feature = "described")]
pub mod described;
pub mod file;

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use sha2::digest::Update;
use sha2::{Digest, Sha256};

use crate::encode::Fields;
use crate::fairness::Bytes32;
use crate::fairness::tree::Tree;
use crate::tier::{PerTier, Tier};

const PIECE_TAG: &str = "meteor-shower/piece/v1";

/// A piece of the catalogue: what a meteor looks like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Bare CID of the image.
    pub image: String,
    /// One number for each column of the meteors' template that the shower contract doesn't fill in.
    pub traits: Vec<u32>,
}

/// What the launch commits to for one tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// How many pieces there are.
    pub count: u32,
    /// Root of the tree over them.
    pub root: Bytes32,
}

/// The hash of a piece, which is a leaf of its tier's tree:
/// `SHA256(0x00 ‖ tag ‖ tier ‖ index ‖ image ‖ number of traits ‖ traits)`. `index` is its place in the list,
/// from 0.
pub fn piece_hash(tier: Tier, index: u32, image: &str, traits: &[u32]) -> Bytes32 {
    let mut hash = Sha256::new();
    Update::update(&mut hash, &[0x00]);
    hash.text(PIECE_TAG);
    Update::update(&mut hash, &tier.index().to_be_bytes());
    Update::update(&mut hash, &index.to_be_bytes());
    hash.text(image);
    let count = u32::try_from(traits.len()).unwrap_or(u32::MAX);
    Update::update(&mut hash, &count.to_be_bytes());
    for number in traits {
        Update::update(&mut hash, &number.to_be_bytes());
    }
    hash.finalize().into()
}

/// Which piece (from 0) of `count` a meteor has, when its tier has `earlier` meteors in all earlier showers and
/// it stands at `place` (from 0) of its tier in its own; `None` without pieces.
pub fn piece(earlier: u64, place: u32, count: u32) -> Option<u32> {
    let meteors = u128::from(earlier) + u128::from(place);
    u32::try_from(meteors.checked_rem(count.into())?).ok()
}

/// A whole catalogue.
#[derive(Clone, Debug)]
pub struct Catalogue {
    pieces: PerTier<Vec<Piece>>,
    trees: PerTier<Option<Tree>>,
}

impl Catalogue {
    /// The catalogue with these pieces, in their order.
    pub fn new(pieces: PerTier<Vec<Piece>>) -> Self {
        let trees = PerTier::from_fn(|tier| {
            let pieces = (0u32..).zip(pieces.get(tier));
            Tree::new(pieces.map(|(at, piece)| piece_hash(tier, at, &piece.image, &piece.traits)).collect())
        });
        Self { pieces, trees }
    }

    /// The pieces of a tier.
    pub fn pieces(&self, tier: Tier) -> &[Piece] {
        self.pieces.get(tier)
    }

    /// What the launch commits to for a tier; `None` for a tier without pieces.
    pub fn committed(&self, tier: Tier) -> Option<Committed> {
        let root = self.trees.get(tier).as_ref()?.root();
        Some(Committed { count: u32::try_from(self.pieces.get(tier).len()).ok()?, root })
    }

    /// `count` pieces of a tier from `first` (from 0) on, with their range proof; `None` if the list ends before.
    pub fn range(&self, tier: Tier, first: u32, count: u32) -> Option<(&[Piece], Vec<Bytes32>)> {
        let end = first.checked_add(count)?;
        let range = usize::try_from(first).ok()?..usize::try_from(end).ok()?;
        let pieces = self.pieces.get(tier).get(range)?;
        Some((pieces, self.trees.get(tier).as_ref()?.range_proof(first, end)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fairness::tree::root_from_range;

    #[test]
    fn a_piece_binds_everything() {
        let base = piece_hash(Tier::Rare, 1, "a", &[1, 2]);
        for other in [
            piece_hash(Tier::Common, 1, "a", &[1, 2]),
            piece_hash(Tier::Rare, 2, "a", &[1, 2]),
            piece_hash(Tier::Rare, 1, "b", &[1, 2]),
            piece_hash(Tier::Rare, 1, "a", &[2, 1]),
            piece_hash(Tier::Rare, 1, "a", &[1]),
        ] {
            assert_ne!(other, base);
        }
    }

    #[test]
    fn lists_start_again_when_they_are_used_up() {
        assert_eq!((piece(0, 0, 3), piece(2, 1, 3), piece(7, 0, 3)), (Some(0), Some(0), Some(1)));
        assert_eq!(piece(u64::MAX, u32::MAX, u32::MAX), Some(0));
        assert_eq!(piece(1, 1, 0), None);
    }

    #[test]
    fn a_range_leads_to_what_was_committed() {
        let piece = |n: u32| Piece { image: alloc::format!("image {n}"), traits: vec![n] };
        let catalogue = Catalogue::new(PerTier::from_fn(|tier| (0..7 + tier.index()).map(piece).collect()));
        let committed = catalogue.committed(Tier::Rare).unwrap();
        assert_eq!(committed.count, 9);
        let (pieces, proof) = catalogue.range(Tier::Rare, 3, 4).unwrap();
        let leaves: Vec<Bytes32> =
            (3u32..).zip(pieces).map(|(at, p)| piece_hash(Tier::Rare, at, &p.image, &p.traits)).collect();
        assert_eq!(root_from_range(&leaves, 3, 9, &proof), Some(committed.root));
        assert!(catalogue.range(Tier::Rare, 6, 4).is_none());
        assert!(Catalogue::new(PerTier::default()).committed(Tier::Rare).is_none());
    }
}
