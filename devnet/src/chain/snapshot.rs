//! Snapshots: the chain as it was, to go back to.
use cosmwasm_std::BlockInfo;

use super::clock::Position;
use super::produce::{Chain, Past};
use crate::app::store::Store;
use crate::error::DevnetError;

pub(crate) struct Snapshot {
    height: u64,
    state: Store,
    clock: Position,
}

impl Chain {
    /// Remembers state, height and clock. What waits in the mempool is not part of it.
    pub(crate) fn snapshot(&mut self) -> u64 {
        let id = self.next_snapshot;
        self.next_snapshot = id.saturating_add(1);
        let snapshot =
            Snapshot { height: self.tip().height, state: self.state.branch(), clock: self.ticker.position() };
        self.snapshots.insert(id, snapshot);
        id
    }

    /// Goes back: later blocks, snapshots and waiting transactions are gone. Returns the height.
    pub(crate) fn revert(&mut self, id: u64) -> Result<u64, DevnetError> {
        let later = self.snapshots.split_off(&id);
        let Some(snapshot) = later.into_iter().next().filter(|(found, _)| *found == id) else {
            return Err(DevnetError::NoSnapshot(id));
        };
        let Snapshot { height, state, clock } = snapshot.1;
        // Pruned since: there is no block to go back to.
        if self.blocks.read().get(height).is_none() {
            return Err(DevnetError::NoSnapshot(id));
        }
        self.blocks.write().truncate(height);
        while self.past.back().is_some_and(|past| past.block.height > height) {
            self.past.pop_back();
        }
        // `set_balance` may have changed the tip since; and after a long run its past may be gone altogether.
        if let Some(tip) = self.past.back_mut() {
            tip.store = state.branch();
        } else {
            let blocks = self.blocks.read();
            let Some(block) = blocks.last() else { return Err(DevnetError::NoSnapshot(id)) };
            let chain_id = block.header.chain_id.to_string();
            let block = BlockInfo { height: block.height(), time: block.time, chain_id };
            self.past.push_back(Past { block, store: state.branch() });
        }
        // The chain may have been renamed since.
        let name = self.blocks.read().last().map(|block| block.header.chain_id.to_string());
        if let Some(name) = name {
            self.named(&name)?;
        }
        self.state = state;
        self.ticker.restore(clock);
        self.mempool.clear();
        self.recheck();
        Ok(height)
    }
}
