//! How many meteors each tier gets, and how many of its pieces they use.

use meteor_rules::tier::{PerTier, Tier};

/// What one tier comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Its meteors.
    pub meteors: u64,
    /// Its pieces in the catalogue.
    pub pieces: u32,
    /// Pieces that at least one meteor has.
    pub used: u32,
    /// Meteors whose piece another one has already.
    pub repeated: u64,
}

/// What all tiers come to. It holds a bit of truth for each piece, and nothing for a meteor.
#[derive(Clone, Debug)]
pub struct Tallies {
    tallies: PerTier<Tally>,
    seen: PerTier<Vec<bool>>,
}

impl Tallies {
    /// Nothing yet, of a catalogue with so many pieces.
    pub fn new(counts: &PerTier<u32>) -> Self {
        let seen = |tier| vec![false; usize::try_from(*counts.get(tier)).unwrap_or_default()];
        Self {
            tallies: PerTier::from_fn(|tier| Tally { pieces: *counts.get(tier), ..Tally::default() }),
            seen: PerTier::from_fn(seen),
        }
    }

    /// A meteor of `tier` that has this piece (from 0).
    pub fn count(&mut self, tier: Tier, piece: u32) {
        let (tally, seen) = match tier {
            Tier::Legendary => (&mut self.tallies.legendary, &mut self.seen.legendary),
            Tier::Ancient => (&mut self.tallies.ancient, &mut self.seen.ancient),
            Tier::Rare => (&mut self.tallies.rare, &mut self.seen.rare),
            Tier::Common => (&mut self.tallies.common, &mut self.seen.common),
        };
        tally.meteors = tally.meteors.saturating_add(1);
        match usize::try_from(piece).ok().and_then(|piece| seen.get_mut(piece)) {
            Some(seen) if !*seen => {
                *seen = true;
                tally.used = tally.used.saturating_add(1);
            }
            Some(_) | None => tally.repeated = tally.repeated.saturating_add(1),
        }
    }

    /// What a tier comes to.
    pub const fn get(&self, tier: Tier) -> &Tally {
        self.tallies.get(tier)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_used_once_and_repeated_after() {
        let mut tallies = Tallies::new(&PerTier { legendary: 3, ancient: 1, rare: 1, common: 1 });
        for piece in [0, 2, 0, 0] {
            tallies.count(Tier::Legendary, piece);
        }
        let legendary = Tally { meteors: 4, pieces: 3, used: 2, repeated: 2 };
        assert_eq!(*tallies.get(Tier::Legendary), legendary);
        assert_eq!(*tallies.get(Tier::Common), Tally { pieces: 1, ..Tally::default() });
    }
}
