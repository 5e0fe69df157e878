//! The chances of one picture: the same for the same collection, tier and index, on every machine.

use meteor_rules::tier::Tier;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use sha2::{Digest, Sha256};

/// Before everything that seeds are hashed from.
const TAG: &[u8] = b"meteor-shower/art/v1";

/// A stream of numbers. Each kind of picture and each purpose has its own, so that one more number drawn for the
/// sky leaves the rock as it was.
#[derive(Clone, Debug)]
pub(crate) struct Chance(ChaCha8Rng);

impl Chance {
    /// The stream of a piece for one purpose.
    pub(crate) fn new(seed: &str, kind: &str, tier: Tier, index: u32, purpose: &str) -> Self {
        let mut hash = Sha256::new().chain_update(TAG);
        for text in [seed, kind, purpose] {
            // Lengths first: no two lists of texts are the same bytes.
            let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
            hash = hash.chain_update(length.to_be_bytes()).chain_update(text);
        }
        let hash = hash.chain_update(tier.index().to_be_bytes()).chain_update(index.to_be_bytes());
        Self(ChaCha8Rng::from_seed(hash.finalize().into()))
    }

    /// From 0 up to, and without, 1.
    pub(crate) fn unit(&mut self) -> f32 {
        let bits = u16::try_from(self.0.next_u32() >> 16).unwrap_or_default();
        f32::from(bits) / 65_536.0
    }

    /// From `from` to `to`.
    pub(crate) fn between(&mut self, from: f32, to: f32) -> f32 {
        from + (to - from) * self.unit()
    }

    /// From `-most` to `most`.
    pub(crate) fn spread(&mut self, most: f32) -> f32 {
        self.between(-most, most)
    }

    /// An angle (radians).
    pub(crate) fn turn(&mut self) -> f32 {
        self.between(0.0, core::f32::consts::TAU)
    }

    /// A whole number below `bound`, all as likely as 64 bits allow; 0 if the bound is.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.0.next_u64()) * u128::from(bound);
        u64::try_from(wide >> 64).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_name_counts_and_numbers_stay_in_bounds() {
        let first = |seed: &str, kind: &str, tier, index, purpose: &str| {
            Chance::new(seed, kind, tier, index, purpose).below(u64::MAX)
        };
        let base = first("a", "b", Tier::Rare, 1, "c");
        assert_eq!(first("a", "b", Tier::Rare, 1, "c"), base);
        for other in [
            first("x", "b", Tier::Rare, 1, "c"),
            first("ab", "", Tier::Rare, 1, "c"),
            first("a", "b", Tier::Common, 1, "c"),
            first("a", "b", Tier::Rare, 2, "c"),
            first("a", "b", Tier::Rare, 1, "d"),
        ] {
            assert_ne!(other, base);
        }
        let mut chance = Chance::new("a", "b", Tier::Rare, 1, "c");
        for _ in 0..1000 {
            assert!((0.0..1.0).contains(&chance.unit()) && chance.below(3) < 3 && chance.below(0) == 0);
        }
    }
}
