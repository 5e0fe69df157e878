//! Applies blocks that came from anywhere, nodes or a segment: decode, fold, and how far that came. Pure.

use meteor_chain::blocks::{BlockHash, RawBlock};
use meteor_chain::with_causes;

use crate::decode::{Watched, decode};
use crate::fold::{Block, State, apply};

/// How far applying blocks came.
pub(super) struct Advanced {
    /// The state after the last good block.
    pub(super) state: State,
    /// The state before that block.
    pub(super) before: State,
    /// The hash of that block's results.
    pub(super) results: BlockHash,
    /// How many were good.
    pub(super) blocks: u64,
    /// Events in them.
    pub(super) events: u64,
    /// What is wrong with the next one.
    pub(super) fault: Option<String>,
}

/// Decodes and applies blocks in order to a copy of `state`, up to the first that can't be true.
pub(super) fn advance(state: &State, blocks: &[RawBlock]) -> Advanced {
    let fresh = || Advanced {
        state: state.clone(),
        before: state.clone(),
        results: BlockHash::default(),
        blocks: 0,
        events: 0,
        fault: None,
    };
    let mut advanced = fresh();
    let Err(fault) = advanced.all(blocks) else { return advanced };
    // The bad block may be half applied. Those before it are good: once more, up to it.
    let good = usize::try_from(advanced.blocks).unwrap_or(0);
    let mut again = fresh();
    let redone = again.all(blocks.get(..good).unwrap_or_default());
    Advanced { fault: Some(redone.err().unwrap_or(fault)), ..again }
}

impl Advanced {
    /// Applies all of them, or those before the first that can't be true.
    fn all(&mut self, blocks: &[RawBlock]) -> Result<(), String> {
        let Some((last, blocks)) = blocks.split_last() else { return Ok(()) };
        blocks.iter().try_for_each(|block| self.apply(block))?;
        self.before = self.state.clone();
        self.results = last.results.hash;
        self.apply(last)
    }

    /// Decodes and applies one block. If it fails the state may be half-way through the block.
    fn apply(&mut self, RawBlock { header, results }: &RawBlock) -> Result<(), String> {
        let height = header.height;
        let events = decode(&mut Watched::of(&self.state), results)
            .map_err(|error| format!("height {height}: {}", with_causes(&error)))?;
        let count = u64::try_from(events.len()).unwrap_or(0);
        let (time_ns, hash, parent) = (header.time_ns, header.hash, header.parent);
        apply(&mut self.state, &Block { height, time_ns, hash, parent, events })
            .map_err(|error| with_causes(&error))?;
        self.blocks = self.blocks.saturating_add(1);
        self.events = self.events.saturating_add(count);
        Ok(())
    }
}
