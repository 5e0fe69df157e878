//! An event that grows block by block, for benchmarks of what is done at each block.

use std::collections::HashMap;

use meteor_indexer::fold::{Block, BlockPart, ChainEvent, Located, State, apply};
use meteor_messages::events::{Contribution, Json, Launch, ShowerEvent};

use super::chain;

/// An event that grows.
pub(crate) struct Growing {
    pub(crate) state: State,
    totals: HashMap<u64, u128>,
    seq: u64,
    total: u128,
    chance: u64,
}

impl Growing {
    /// Before its first contribution: 44 showers.
    pub(crate) fn launched() -> Self {
        let config = chain::instantiate(44);
        let launch =
            ShowerEvent::Launch(Launch { chain_id: chain::CHAIN.into(), config: Json(Box::new(config)) });
        let state = State::new(chain::CHAIN, &chain::shower_contract());
        let mut event =
            Self { state, totals: HashMap::new(), seq: 0, total: 0, chance: 0x9e37_79b9_7f4a_7c15 };
        event.block(vec![launch]);
        event
    }

    fn chance(&mut self) -> u64 {
        self.chance ^= self.chance << 13;
        self.chance ^= self.chance >> 7;
        self.chance ^= self.chance << 17;
        self.chance
    }

    fn contribution(&mut self, wallet: u64) -> ShowerEvent {
        let amount = 8_000_000 + u128::from(self.chance() >> 40);
        let total = self.totals.entry(wallet).or_default();
        *total += amount;
        self.seq += 1;
        self.total += amount;
        ShowerEvent::Contribution(Contribution {
            shower: 1,
            contributor: format!("terra1{wallet:038}"),
            amount,
            total: *total,
            seq: self.seq,
            shower_total: self.total,
            contributors: u32::try_from(self.totals.len()).unwrap(),
        })
    }

    fn block(&mut self, events: Vec<ShowerEvent>) {
        let hash = |height: u64| std::array::from_fn(|at| height.to_be_bytes().get(at).copied().unwrap_or(0));
        let at = self.state.at.height;
        let events = events.into_iter().enumerate().map(|(tx, event)| Located {
            place: BlockPart::Tx(tx),
            index: 0,
            event: ChainEvent::Shower(event),
        });
        let block = Block {
            height: at + 1,
            time_ns: (chain::OPENS + 1) * 1_000_000_000,
            hash: hash(at + 1),
            parent: Some(hash(at)),
            events: events.collect(),
        };
        apply(&mut self.state, &block).unwrap();
    }

    /// A block in which so many wallets come.
    pub(crate) fn come(&mut self, wallets: u64) {
        let first = u64::try_from(self.totals.len()).unwrap();
        let events = (first..first + wallets).map(|wallet| self.contribution(wallet)).collect();
        self.block(events);
    }

    /// A block of contributions, nine in ten of them top-ups.
    pub(crate) fn grow(&mut self, contributions: u64) {
        let one = |n: u64| {
            let newest = u64::try_from(self.totals.len()).unwrap();
            let wallet = if n.is_multiple_of(10) { newest } else { self.chance() % newest };
            self.contribution(wallet)
        };
        let events = (0..contributions).map(one).collect();
        self.block(events);
    }
}
