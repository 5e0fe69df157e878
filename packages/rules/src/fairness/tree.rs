//! The tree of a shower: one leaf per meteor, RFC 6962's shape, a proof for each leaf.
//!
//! Leaves and inner nodes are hashed under different first bytes, so neither passes for the other; an odd
//! node is never doubled; a leaf binds chain, contract, shower, index and token id, so a proof serves in one
//! place only.

use alloc::vec::Vec;

use sha2::{Digest, Sha256};

use super::{Bytes32, Domain};
use crate::encode::Fields;
use crate::ids::TokenId;

const LEAF_TAG: &str = "meteor-shower/leaf/v1";

/// What a leaf says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf<'a> {
    /// Place in the shower, from 0: rank − 1.
    pub index: u32,
    /// Id of the meteor.
    pub token_id: TokenId,
    /// Canonical bytes of the content.
    pub content: &'a [u8],
    /// The leaf's salt.
    pub salt: Bytes32,
}

/// The hash of a leaf:
/// `SHA256(0x00 ‖ tag ‖ chain id ‖ contract ‖ n ‖ index ‖ token id ‖ SHA256(content) ‖ salt)`.
pub fn leaf_hash(id: &Domain<'_>, leaf: &Leaf<'_>) -> Bytes32 {
    let mut hash = Sha256::new();
    Digest::update(&mut hash, [0x00]);
    hash.domain(LEAF_TAG, id);
    Digest::update(&mut hash, leaf.index.to_be_bytes());
    Digest::update(&mut hash, leaf.token_id.0.to_be_bytes());
    Digest::update(&mut hash, Sha256::digest(leaf.content));
    Digest::update(&mut hash, leaf.salt);
    hash.finalize().into()
}

/// The hash of an inner node: `SHA256(0x01 ‖ left ‖ right)`.
pub fn node_hash(left: &Bytes32, right: &Bytes32) -> Bytes32 {
    Sha256::new().chain_update([0x01]).chain_update(left).chain_update(right).finalize().into()
}

/// All levels of a tree, from which root and proofs are read without hashing again.
#[derive(Clone, Debug)]
pub struct Tree {
    /// `levels[0]` are the leaves; an odd last node moves up unchanged, which is RFC 6962's shape.
    levels: Vec<Vec<Bytes32>>,
}

impl Tree {
    /// The tree over these leaf hashes; `None` without leaves.
    pub fn new(leaves: Vec<Bytes32>) -> Option<Self> {
        if leaves.is_empty() {
            return None;
        }
        let mut levels = alloc::vec![leaves];
        while let Some(level) = levels.last().filter(|level| level.len() > 1) {
            let above = level
                .chunks(2)
                .filter_map(|pair| match pair {
                    [left, right] => Some(node_hash(left, right)),
                    [odd] => Some(*odd),
                    _ => None,
                })
                .collect();
            levels.push(above);
        }
        Some(Self { levels })
    }

    /// The root.
    pub fn root(&self) -> Bytes32 {
        self.levels.last().and_then(|level| level.first()).copied().unwrap_or([0; 32])
    }

    /// The siblings of the leaf at `index` (from 0), from the bottom up; `None` if there is no such leaf.
    pub fn proof(&self, index: u32) -> Option<Vec<Bytes32>> {
        let mut at = usize::try_from(index).ok()?;
        self.levels.first()?.get(at)?;
        let mut proof = Vec::new();
        for level in &self.levels {
            proof.extend(level.get(at ^ 1));
            at /= 2;
        }
        Some(proof)
    }
}

impl Tree {
    /// The hashes that prove the leaves of `[from, to)`: those of the largest subtrees outside, from left to
    /// right. `None` if the range is empty or ends outside the tree.
    pub fn range_proof(&self, from: u32, to: u32) -> Option<Vec<Bytes32>> {
        let count = u32::try_from(self.levels.first()?.len()).ok()?;
        if from >= to || to > count {
            return None;
        }
        let mut proof = Vec::new();
        self.outside(0, count, from, to, &mut proof)?;
        Some(proof)
    }

    fn outside(&self, start: u32, size: u32, from: u32, to: u32, proof: &mut Vec<Bytes32>) -> Option<()> {
        let end = start.checked_add(size)?;
        if end <= from || to <= start {
            proof.push(self.subtree(start, size)?);
        } else if size > 1 {
            let left = split(size);
            self.outside(start, left, from, to, proof)?;
            self.outside(start.checked_add(left)?, size.checked_sub(left)?, from, to, proof)?;
        }
        Some(())
    }

    /// The hash of the subtree of `size` leaves from `start` on, one that RFC 6962's shape has.
    fn subtree(&self, start: u32, size: u32) -> Option<Bytes32> {
        // Such a subtree starts at a multiple of the power of two that holds it, so it is one node of the level
        // at that height; on the right edge an odd node has moved up unchanged.
        let height = size.checked_next_power_of_two().map_or(u32::BITS, u32::trailing_zeros);
        let at = usize::try_from(u64::from(start) >> height).ok()?;
        self.levels.get(usize::try_from(height).ok()?)?.get(at).copied()
    }
}

/// The root that `leaf` at `index` (from 0) of `count` leaves leads to by `proof`; `None` if the proof does
/// not have exactly the length that this place in such a tree has.
pub fn root_from(leaf: Bytes32, index: u32, count: u32, proof: &[Bytes32]) -> Option<Bytes32> {
    if index >= count {
        return None;
    }
    let (mut at, mut last) = (index, count - 1);
    let mut siblings = proof.iter();
    let mut hash = leaf;
    while last > 0 {
        if at % 2 == 1 {
            hash = node_hash(siblings.next()?, &hash);
        } else if at < last {
            hash = node_hash(&hash, siblings.next()?);
        } // else: the odd last node, which moves up unchanged
        at /= 2;
        last /= 2;
    }
    if siblings.next().is_some() { None } else { Some(hash) }
}

/// The root that the consecutive `leaves` from `from` (from 0) on lead to in a tree of `count` leaves; `None` if
/// the range is empty or ends outside the tree, or if the proof hasn't exactly the hashes that this range needs.
/// They are those of the largest subtrees outside the range, from left to right ([`Tree::range_proof`]).
pub fn root_from_range(leaves: &[Bytes32], from: u32, count: u32, proof: &[Bytes32]) -> Option<Bytes32> {
    let to = from.checked_add(u32::try_from(leaves.len()).ok()?)?;
    if leaves.is_empty() || to > count {
        return None;
    }
    let mut rest = Rest { leaves: leaves.iter(), proof: proof.iter() };
    let root = rest.hash(0, count, from, to)?;
    (rest.leaves.next().is_none() && rest.proof.next().is_none()).then_some(root)
}

/// What is not yet used of a range and its proof.
struct Rest<'a> {
    leaves: core::slice::Iter<'a, Bytes32>,
    proof: core::slice::Iter<'a, Bytes32>,
}

impl Rest<'_> {
    /// The hash of the subtree of `size` leaves from `start` on, when the range is `[from, to)`.
    fn hash(&mut self, start: u32, size: u32, from: u32, to: u32) -> Option<Bytes32> {
        let end = start.checked_add(size)?;
        if end <= from || to <= start {
            return self.proof.next().copied();
        }
        if size == 1 {
            return self.leaves.next().copied();
        }
        let left = split(size);
        // 32 levels at most: a tree of 32-bit size halves each time.
        let first = self.hash(start, left, from, to)?;
        let second = self.hash(start.checked_add(left)?, size.checked_sub(left)?, from, to)?;
        Some(node_hash(&first, &second))
    }
}

/// Leaves of the left half of a tree of `size` leaves (2 or more): the largest power of two below `size`.
const fn split(size: u32) -> u32 {
    1 << (u32::BITS - 1 - size.saturating_sub(1).leading_zeros())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ShowerId;
    use proptest::prelude::*;

    fn leaves(count: u32) -> Vec<Bytes32> {
        (0..count).map(|n| Sha256::digest(n.to_be_bytes()).into()).collect()
    }

    /// RFC 6962 section 2.1, word for word: split at the largest power of two below the count.
    fn rfc6962(leaves: &[Bytes32]) -> Bytes32 {
        if let [one] = leaves {
            return *one;
        }
        let split = leaves.len().next_power_of_two() / 2;
        node_hash(&rfc6962(&leaves[..split]), &rfc6962(&leaves[split..]))
    }

    #[test]
    fn the_shape_is_rfc_6962() {
        for count in 1..70 {
            assert_eq!(Tree::new(leaves(count)).unwrap().root(), rfc6962(&leaves(count)), "{count} leaves");
        }
        assert!(Tree::new(Vec::new()).is_none());
    }

    #[test]
    fn every_leaf_is_proven_and_nothing_else() {
        for count in 1..40u32 {
            let leaves = leaves(count);
            let tree = Tree::new(leaves.clone()).unwrap();
            for (index, leaf) in (0..count).zip(&leaves) {
                let proof = tree.proof(index).unwrap();
                assert_eq!(root_from(*leaf, index, count, &proof), Some(tree.root()));
                for other in 0..count {
                    let led = root_from(*leaf, other, count, &proof);
                    assert!(
                        other == index || led != Some(tree.root()),
                        "{index} passes at {other} of {count}"
                    );
                }
                let mut long = proof.clone();
                long.push([0; 32]);
                assert_eq!(root_from(*leaf, index, count, &long), None);
                if let Some((_, short)) = proof.split_last() {
                    assert_eq!(root_from(*leaf, index, count, short), None);
                }
                // An inner node is no leaf: the proof of the level above is too short.
                if let [first, rest @ ..] = proof.as_slice() {
                    let inner = if index % 2 == 1 { node_hash(first, leaf) } else { node_hash(leaf, first) };
                    assert_ne!(root_from(inner, index / 2, count, rest), Some(tree.root()));
                }
            }
            assert_eq!(tree.proof(count), None);
            assert_eq!(root_from(leaves[0], count, count, &[]), None);
        }
    }

    #[test]
    fn a_leaf_binds_everything() {
        let id = Domain { chain_id: "c", contract: "a", shower: ShowerId(1) };
        let leaf = Leaf { index: 1, token_id: TokenId(2), content: b"egg", salt: [3; 32] };
        let base = leaf_hash(&id, &leaf);
        for other in [
            Leaf { index: 2, ..leaf },
            Leaf { token_id: TokenId(3), ..leaf },
            Leaf { content: b"egh", ..leaf },
            Leaf { salt: [4; 32], ..leaf },
        ] {
            assert_ne!(leaf_hash(&id, &other), base);
        }
        for other in [
            Domain { chain_id: "d", ..id },
            Domain { contract: "b", ..id },
            Domain { shower: ShowerId(2), ..id },
        ] {
            assert_ne!(leaf_hash(&other, &leaf), base);
        }
    }

    #[test]
    fn every_range_is_proven_and_nothing_else() {
        for count in 1..24u32 {
            let leaves = leaves(count);
            let tree = Tree::new(leaves.clone()).unwrap();
            for from in 0..count {
                for to in from + 1..=count {
                    let range = &leaves[usize::try_from(from).unwrap()..usize::try_from(to).unwrap()];
                    let proof = tree.range_proof(from, to).unwrap();
                    assert_eq!(root_from_range(range, from, count, &proof), Some(tree.root()));
                    for other in (0..count).filter(|other| *other != from) {
                        assert_ne!(root_from_range(range, other, count, &proof), Some(tree.root()));
                    }
                    let mut long = proof.clone();
                    long.push([0; 32]);
                    assert_eq!(root_from_range(range, from, count, &long), None);
                    if let Some((_, short)) = proof.split_last() {
                        assert_eq!(root_from_range(range, from, count, short), None);
                    }
                    for at in 0..proof.len() {
                        let mut wrong = proof.clone();
                        wrong[at][0] ^= 1;
                        assert_ne!(root_from_range(range, from, count, &wrong), Some(tree.root()));
                    }
                    if range.len() > 1 {
                        let mut swapped = range.to_vec();
                        swapped.swap(0, 1);
                        assert_ne!(root_from_range(&swapped, from, count, &proof), Some(tree.root()));
                    }
                }
            }
            assert_eq!(tree.range_proof(0, count + 1), None);
            assert_eq!(tree.range_proof(1, 1), None);
            assert_eq!(root_from_range(&[], 0, count, &[tree.root()]), None);
            assert_eq!(root_from_range(&leaves, u32::MAX, count, &[]), None);
        }
    }

    #[test]
    fn a_range_of_one_is_a_leaf_and_its_siblings() {
        let leaves = leaves(13);
        let tree = Tree::new(leaves.clone()).unwrap();
        for index in 0..13 {
            let (mut range, mut single) =
                (tree.range_proof(index, index + 1).unwrap(), tree.proof(index).unwrap());
            range.sort_unstable();
            single.sort_unstable();
            assert_eq!(range, single);
        }
    }

    proptest! {
        #[test]
        fn one_flipped_bit_is_found(count in 1u32..200, who in any::<prop::sample::Index>(), bit in 0usize..256) {
            let leaves = leaves(count);
            let tree = Tree::new(leaves.clone()).unwrap();
            let index = who.index(leaves.len());
            let flip = |mut hash: Bytes32| { hash[bit / 8] ^= 1 << (bit % 8); hash };
            let place = u32::try_from(index).unwrap();
            let proof = tree.proof(place).unwrap();
            prop_assert_ne!(root_from(flip(leaves[index]), place, count, &proof), Some(tree.root()));
            for at in 0..proof.len() {
                let mut wrong = proof.clone();
                wrong[at] = flip(wrong[at]);
                prop_assert_ne!(root_from(leaves[index], place, count, &wrong), Some(tree.root()));
            }
        }
    }
}
