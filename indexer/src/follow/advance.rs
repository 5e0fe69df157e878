//! Applies blocks that came from anywhere, nodes or a segment: decode, fold, and how far that came. Pure.

use meteor_chain::blocks::RawBlock;
use meteor_chain::with_causes;

use crate::decode::{Watched, decode};
use crate::fold::{Block, State, apply};

/// Which alarms are believed: one that a single node raises once may be its lie.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Trust {
    /// All.
    All,
    /// Those of the first blocks, so many.
    First(usize),
}

/// How far applying blocks came.
#[derive(Debug)]
pub(crate) struct Advanced {
    /// The state after the last good block.
    pub(crate) state: State,
    /// The states before the good blocks: before each, or before the last alone.
    pub(crate) before: Vec<State>,
    /// How many were good.
    pub(crate) blocks: usize,
    /// Events in them.
    pub(crate) events: u64,
    /// The last state worth a snapshot, which the block after it confirms.
    pub(crate) snapshot: Option<State>,
    /// What is wrong with the next one.
    pub(crate) fault: Option<Fault>,
}

/// What is wrong with a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It can't be true.
    Impossible(String),
    /// It raises an alarm.
    Alarm(String),
}

/// What is kept on the way.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Keep {
    /// The state before each block, and not before the last alone.
    pub(crate) each: bool,
    /// States at multiples of this are worth a snapshot; none is if it is 0.
    pub(crate) every: u64,
}

/// Decodes and applies blocks in order to a copy of `state`, up to the first that can't be true or raises an alarm
/// that isn't believed.
pub(crate) fn advance(state: &State, blocks: &[RawBlock], trust: Trust, keep: Keep) -> Advanced {
    let fresh = || Advanced {
        state: state.clone(),
        before: Vec::new(),
        blocks: 0,
        events: 0,
        snapshot: None,
        fault: None,
    };
    let mut advanced = fresh();
    let Err(fault) = advanced.all(blocks, trust, keep) else { return advanced };
    // The bad block may be half applied. Those before it are good: once more, up to it.
    let mut again = fresh();
    let redone = again.all(blocks.get(..advanced.blocks).unwrap_or_default(), trust, keep);
    Advanced { fault: Some(redone.err().unwrap_or(fault)), ..again }
}

impl Fault {
    /// In words.
    pub(crate) fn why(self) -> String {
        match self {
            Self::Impossible(why) | Self::Alarm(why) => why,
        }
    }
}

impl Advanced {
    /// Applies all of them, or those before the first that isn't good.
    fn all(&mut self, blocks: &[RawBlock], trust: Trust, keep: Keep) -> Result<(), Fault> {
        for (at, block) in blocks.iter().enumerate() {
            let height = self.state.at.height;
            if keep.every > 0 && height > 0 && height.is_multiple_of(keep.every) {
                self.snapshot = Some(self.state.clone());
            }
            if keep.each || at + 1 == blocks.len() {
                self.before.push(self.state.clone());
            }
            let alarms = self.state.alarms.count;
            self.apply(block).map_err(Fault::Impossible)?;
            let believed = match trust {
                Trust::All => true,
                Trust::First(blocks) => at < blocks,
            };
            if let Some(alarm) = self.state.alarms.last.last().filter(|_| self.state.alarms.count > alarms)
                && !believed
            {
                return Err(Fault::Alarm(format!("height {}: {}", alarm.height, alarm.what)));
            }
            self.blocks += 1;
        }
        Ok(())
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
        self.events = self.events.saturating_add(count);
        Ok(())
    }
}
