//! The blocks kept, shared between the chain's thread (which writes) and the RPC (which reads).
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::block::Block;

#[derive(Default)]
pub(crate) struct Blocks {
    /// Ascending and without gaps.
    blocks: VecDeque<Arc<Block>>,
    tx_at: HashMap<[u8; 32], (u64, usize)>,
}

impl Blocks {
    /// Lowest height kept; 0 when there is none.
    pub(crate) fn base(&self) -> u64 {
        self.blocks.front().map_or(0, |block| block.height())
    }

    /// Latest height; 0 before the first block.
    pub(crate) fn height(&self) -> u64 {
        self.blocks.back().map_or(0, |block| block.height())
    }

    pub(crate) fn get(&self, height: u64) -> Option<&Arc<Block>> {
        let index = height.checked_sub(self.base())?;
        self.blocks.get(usize::try_from(index).ok()?)
    }

    pub(crate) fn last(&self) -> Option<&Arc<Block>> {
        self.blocks.back()
    }

    pub(crate) fn first(&self) -> Option<&Arc<Block>> {
        self.blocks.front()
    }

    pub(crate) fn by_hash(&self, hash: &[u8]) -> Option<&Arc<Block>> {
        self.blocks.iter().rev().find(|block| block.id.hash.as_bytes() == hash)
    }

    /// The block and the place in it of a transaction.
    pub(crate) fn tx(&self, hash: &[u8]) -> Option<(&Arc<Block>, usize)> {
        let hash: [u8; 32] = hash.try_into().ok()?;
        let (height, index) = self.tx_at.get(&hash)?;
        Some((self.get(*height)?, *index))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Block>> {
        self.blocks.iter()
    }

    /// Appends a block and drops the oldest above `keep`.
    pub(crate) fn push(&mut self, block: Arc<Block>, keep: usize) {
        for (index, tx) in block.txs.iter().enumerate() {
            self.tx_at.insert(tx.hash, (block.height(), index));
        }
        self.blocks.push_back(block);
        while self.blocks.len() > keep {
            let old = self.blocks.pop_front();
            self.forget(old.as_deref());
        }
    }

    /// Drops everything above `height`: the chain goes back to a snapshot.
    pub(crate) fn truncate(&mut self, height: u64) {
        while self.height() > height {
            let gone = self.blocks.pop_back();
            self.forget(gone.as_deref());
        }
    }

    fn forget(&mut self, block: Option<&Block>) {
        for tx in block.map_or(&[][..], |block| &block.txs) {
            self.tx_at.remove(&tx.hash);
        }
    }
}

/// Handle to the blocks. A panic elsewhere cannot leave them half-written, so a poisoned lock is taken as is.
#[derive(Clone, Default)]
pub(crate) struct SharedBlocks(Arc<RwLock<Blocks>>);

impl SharedBlocks {
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Blocks> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, Blocks> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}
