//! Applies blocks that came from anywhere, nodes or a segment: decode, fold, and how far that came. Pure.

use meteor_chain::blocks::{BlockHash, RawBlock};
use meteor_chain::with_causes;

use crate::decode::{Watched, decode};
use crate::fold::{Block, State, apply};

/// How far applying blocks came.
pub(crate) struct Advanced {
    /// The state after the last good block.
    pub(crate) state: State,
    /// The state before that block.
    pub(crate) before: State,
    /// The hash of that block's results.
    pub(crate) results: BlockHash,
    /// How many were good.
    pub(crate) blocks: u64,
    /// Events in them.
    pub(crate) events: u64,
    /// The last state worth a snapshot, which the block after it confirms.
    pub(crate) snapshot: Option<State>,
    /// What is wrong with the next one.
    pub(crate) fault: Option<String>,
}

/// Decodes and applies blocks in order to a copy of `state`, up to the first that can't be true. States at multiples of
/// `every` are worth a snapshot; none is if that is 0.
pub(crate) fn advance(state: &State, blocks: &[RawBlock], every: u64) -> Advanced {
    let fresh = || Advanced {
        state: state.clone(),
        before: state.clone(),
        results: BlockHash::default(),
        blocks: 0,
        events: 0,
        snapshot: None,
        fault: None,
    };
    let mut advanced = fresh();
    let Err(fault) = advanced.all(blocks, every) else { return advanced };
    // The bad block may be half applied. Those before it are good: once more, up to it.
    let good = usize::try_from(advanced.blocks).unwrap_or(0);
    let mut again = fresh();
    let redone = again.all(blocks.get(..good).unwrap_or_default(), every);
    Advanced { fault: Some(redone.err().unwrap_or(fault)), ..again }
}

impl Advanced {
    /// Applies all of them, or those before the first that can't be true.
    fn all(&mut self, blocks: &[RawBlock], every: u64) -> Result<(), String> {
        let Some((last, blocks)) = blocks.split_last() else { return Ok(()) };
        for block in blocks {
            self.keep(every);
            self.apply(block)?;
        }
        self.keep(every);
        self.before = self.state.clone();
        self.results = last.results.hash;
        self.apply(last)
    }

    /// Keeps the state before a block is applied, whose header confirms it.
    fn keep(&mut self, every: u64) {
        let height = self.state.at.height;
        if every > 0 && height > 0 && height.is_multiple_of(every) {
            self.snapshot = Some(self.state.clone());
        }
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
