//! What the revealed meteors of a shower held, with their proofs. Proofs of one tree share most of their siblings, and each
//! is kept once, where it belongs in the tree: 64 bytes a meteor, where the proofs of 10,000 are 448 each.

use std::iter::{repeat_n, successors};
use std::sync::Arc;

use imbl::{OrdMap, Vector};

use super::Reveal;

type Hash = [u8; 32];

/// The reveals of a shower, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reveals {
    list: Vector<Reveal>,
    /// Leaves of the shower's tree; 0 before the first reveal.
    leaves: u32,
    /// The tree's nodes that some proof names, level by level from the leaves up; zeros for the others.
    nodes: Vector<Hash>,
    /// By index: proofs that contradict others, or don't fit such a tree. The contract lets none through.
    whole: OrdMap<u32, Arc<[Hash]>>,
}

impl Reveals {
    /// The next reveal, of a tree of so many leaves, with the siblings from its leaf to the root, from the bottom up.
    pub fn push(&mut self, reveal: Reveal, leaves: u32, proof: &[Hash]) {
        if self.list.is_empty() {
            self.leaves = leaves;
            self.nodes = repeat_n([0; 32], levels(leaves).fold(0, usize::saturating_add)).collect();
        }
        let places: Vec<usize> = siblings(reveal.index, self.leaves).collect();
        let fits = |(place, hash): (&usize, &Hash)| {
            *hash != [0; 32] && self.nodes.get(*place).is_some_and(|known| *known == [0; 32] || known == hash)
        };
        if places.len() == proof.len() && places.iter().zip(proof).all(fits) {
            for (place, hash) in places.into_iter().zip(proof) {
                if self.nodes.get(place) != Some(hash) {
                    self.nodes.set(place, *hash);
                }
            }
        } else {
            self.whole.insert(reveal.index, proof.into());
        }
        self.list.push_back(reveal);
    }

    /// The siblings from a reveal's leaf to the root, from the bottom up.
    pub fn proof(&self, reveal: &Reveal) -> Vec<Hash> {
        match self.whole.get(&reveal.index) {
            Some(proof) => proof.to_vec(),
            None => {
                siblings(reveal.index, self.leaves).filter_map(|at| self.nodes.get(at).copied()).collect()
            }
        }
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Reveal> {
        self.list.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

/// How many nodes each level of a tree has, from the leaves up to below the root.
fn levels(leaves: u32) -> impl Iterator<Item = usize> {
    let leaves = usize::try_from(leaves).unwrap_or(usize::MAX);
    successors(Some(leaves), |level| Some(level.div_ceil(2))).take_while(|level| *level > 1)
}

/// The places of the siblings of a leaf and of the nodes above it. An odd last node moves up and has none.
fn siblings(index: u32, leaves: u32) -> impl Iterator<Item = usize> {
    let (mut at, mut before) = (usize::try_from(index).unwrap_or(usize::MAX), 0usize);
    levels(leaves).filter_map(move |level| {
        let place =
            Some(at ^ 1).filter(|sibling| *sibling < level).map(|sibling| before.saturating_add(sibling));
        (at, before) = (at / 2, before.saturating_add(level));
        place
    })
}

#[cfg(test)]
mod tests {
    use meteor_rules::fairness::content::Kind;
    use meteor_rules::fairness::tree::Tree;

    use super::*;

    fn reveal(index: u32) -> Reveal {
        let (image, traits): (Arc<str>, Arc<[u32]>) = ("".into(), [].into());
        Reveal { token_id: index.into(), index, kind: Kind::Dust, image, traits, salt: [0; 32] }
    }

    fn hash(of: u32) -> Hash {
        let mut hash = [7; 32];
        hash[..4].copy_from_slice(&of.to_le_bytes());
        hash
    }

    #[test]
    fn every_proof_of_every_tree_comes_back() {
        for leaves in (1..=40).chain([1_000]) {
            let tree = Tree::new((0..leaves).map(hash).collect()).unwrap();
            let mut reveals = Reveals::default();
            // In an order that is not the tree's.
            for at in (0..leaves).rev().step_by(2).chain((0..leaves).rev().skip(1).step_by(2)) {
                reveals.push(reveal(at), leaves, &tree.proof(at).unwrap());
            }
            assert_eq!(reveals.len(), usize::try_from(leaves).unwrap());
            for one in reveals.iter() {
                assert_eq!(reveals.proof(one), tree.proof(one.index).unwrap(), "{} of {leaves}", one.index);
            }
            assert!(reveals.whole.is_empty());
        }
    }

    #[test]
    fn a_proof_that_does_not_fit_comes_back_as_it_was_and_changes_no_other() {
        let tree = Tree::new((0..7).map(hash).collect()).unwrap();
        let right = |at| tree.proof(at).unwrap();
        let mut reveals = Reveals::default();
        reveals.push(reveal(0), 7, &right(0));
        let mut another = right(1);
        another[1] = hash(99);
        let mut zero = right(3);
        zero[0] = [0; 32];
        let odd = [(1, another), (2, right(2)[..2].to_vec()), (3, zero), (4, Vec::new()), (9, right(5))];
        for (index, proof) in &odd {
            reveals.push(reveal(*index), 7, proof);
        }
        for (index, proof) in odd.into_iter().chain([(0, right(0))]) {
            assert_eq!(reveals.proof(&reveal(index)), proof, "{index}");
        }
    }
}
