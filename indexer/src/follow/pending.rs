//! Blocks that are applied, and may be served, but are not verified: the next header hasn't confirmed their results, or
//! no other node has told the same events. They can be taken back.

use std::collections::VecDeque;

use meteor_chain::blocks::RawBlock;

use super::agree::Digest;
use crate::fold::State;
use crate::rpc::WINDOW;

/// A block that is applied.
#[derive(Debug)]
pub(super) struct Applied {
    /// The node that gave it.
    pub(super) node: usize,
    pub(super) block: RawBlock,
    pub(super) digest: Digest,
    /// The state before it.
    pub(super) before: State,
    /// Another node told the same.
    pub(super) agreed: bool,
    /// The next header has the hash of its results.
    pub(super) confirmed: bool,
}

/// The blocks after the last verified one, in order.
#[derive(Debug, Default)]
pub(super) struct Pending(VecDeque<Applied>);

/// Blocks that one node gave and another is to be asked for.
#[derive(Debug)]
pub(super) struct Alone {
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) node: usize,
    /// The state before the first.
    pub(super) before: State,
}

impl Pending {
    pub(super) fn push(&mut self, applied: Applied) {
        self.0.push_back(applied);
    }

    /// The last verified state; `None` if that is the present one.
    pub(super) fn verified(&self) -> Option<&State> {
        self.0.front().map(|first| &first.before)
    }

    pub(super) fn first(&self) -> Option<&Applied> {
        self.0.front()
    }

    pub(super) fn last(&self) -> Option<&Applied> {
        self.0.back()
    }

    /// The height of the first of these blocks that only one node has told.
    pub(super) fn first_alone(&self, of: impl Fn(u64) -> bool) -> Option<u64> {
        let alone =
            self.0.iter().filter(|applied| !applied.agreed).map(|applied| applied.block.header.height);
        alone.into_iter().find(|height| of(*height))
    }

    /// The node that gave the block at `height`.
    pub(super) fn giver(&self, height: u64) -> Option<usize> {
        self.0.iter().find(|applied| applied.block.header.height == height).map(|applied| applied.node)
    }

    /// The next header has confirmed the last block.
    pub(super) fn confirm(&mut self) {
        if let Some(last) = self.0.back_mut() {
            last.confirmed = true;
        }
    }

    /// Takes out the blocks that are verified by now. Those that `alone_is_enough` for need no second node.
    pub(super) fn settle(&mut self, alone_is_enough: impl Fn(u64) -> bool) -> Vec<RawBlock> {
        let done = |applied: &Applied| {
            applied.confirmed && (applied.agreed || alone_is_enough(applied.block.header.height))
        };
        let count = self.0.iter().take_while(|applied| done(applied)).count();
        self.0.drain(..count).map(|applied| applied.block).collect()
    }

    /// The first blocks that one node gave and nobody else has told, at most as many as a window has.
    pub(super) fn alone(&self) -> Option<Alone> {
        let most = usize::try_from(WINDOW).unwrap_or(1);
        let mut alone = self.0.iter().skip_while(|applied| applied.agreed).peekable();
        let first = *alone.peek()?;
        let last = alone.take_while(|of| !of.agreed && of.node == first.node).take(most).last()?;
        let (from, to) = (first.block.header.height, last.block.header.height);
        Some(Alone { from, to, node: first.node, before: first.before.clone() })
    }

    /// Another node told the blocks from height `from` on like this.
    ///
    /// # Errors
    /// The height of the first block that it told otherwise.
    pub(super) fn compare(&mut self, from: u64, digests: &[Digest]) -> Result<(), u64> {
        let heights = from..;
        for (height, digest) in heights.zip(digests) {
            let applied = self.0.iter_mut().find(|applied| applied.block.header.height == height);
            let Some(applied) = applied else { continue };
            if applied.digest != *digest {
                return Err(height);
            }
            applied.agreed = true;
        }
        Ok(())
    }

    /// Nobody will be asked about the blocks so far any more.
    pub(super) fn leave(&mut self) {
        self.0.iter_mut().for_each(|applied| applied.agreed = true);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}
