//! Contributions as the contract would tell of them, for benchmarks: totals and numbers are right, amounts random.

use std::collections::HashMap;

use meteor_indexer::fold::{Block, BlockPart, ChainEvent, Located};
use meteor_messages::events::{Contribution, Json, Launch, ShowerEvent};
use meteor_rules::ranking::Place;

use crate::chain;

/// What the contract would remember.
pub struct Contract {
    places: HashMap<(u32, u64), Place>,
    totals: Vec<(u128, u32)>,
    seq: u64,
    chance: u64,
}

impl Contract {
    /// One with so many showers, before any contribution.
    pub fn new(showers: u32) -> Self {
        let totals = vec![(0, 0); showers as usize];
        Self { places: HashMap::new(), totals, seq: 0, chance: 0x9e37_79b9_7f4a_7c15 }
    }

    /// A random number, the same ones in every run.
    pub fn chance(&mut self) -> u64 {
        self.chance ^= self.chance << 13;
        self.chance ^= self.chance >> 7;
        self.chance ^= self.chance << 17;
        self.chance
    }

    /// A contribution of a wallet to a shower (1-based).
    pub fn contribute(&mut self, shower: u32, wallet: u64) -> Contribution {
        self.seq += 1;
        let seq = self.seq;
        let amount = 8_000_000 + u128::from(self.chance() >> 40);
        let (total, contributors) = &mut self.totals[shower as usize - 1];
        let place = self.places.entry((shower, wallet)).or_insert_with(|| {
            *contributors += 1;
            Place { amount: 0, seq }
        });
        place.amount += amount;
        *total += amount;
        Contribution {
            shower,
            contributor: format!("terra1{wallet:038}"),
            amount,
            total: place.amount,
            seq,
            shower_total: *total,
            contributors: *contributors,
        }
    }
}

/// The launch of an event with so many showers.
pub fn launch(showers: u32) -> Launch {
    Launch { chain_id: chain::CHAIN.into(), config: Json(Box::new(chain::instantiate(showers))) }
}

/// The block at `height` with these events, each in a transaction of its own.
pub fn block(height: u64, events: impl IntoIterator<Item = ShowerEvent>) -> Block {
    let hash = |height: u64| {
        let mut hash = [0; 32];
        hash[..8].copy_from_slice(&height.to_be_bytes());
        hash
    };
    let located =
        |(tx, event)| Located { place: BlockPart::Tx(tx), index: 0, event: ChainEvent::Shower(event) };
    Block {
        height,
        time_ns: (chain::OPENS + 1) * 1_000_000_000,
        hash: hash(height),
        parent: Some(hash(height - 1)),
        events: events.into_iter().enumerate().map(located).collect(),
    }
}
