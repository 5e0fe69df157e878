//! Which of several nodes is believed about the same blocks. Pure.
//!
//! Events are in no hash of a header, so that nothing but another node can vouch for them. What is compared is a
//! digest of a block: its hash, that of its results, and the events of our contracts.

use meteor_chain::blocks::RawBlock;
use meteor_chain::with_causes;
use sha2::{Digest as _, Sha256};

use super::advance::{Keep, Trust, advance};
use crate::decode::{Watched, decode};
use crate::fold::{Located, State};
use crate::rpc::Told;

/// Digest of a block as a node tells it.
pub(super) type Digest = [u8; 32];

/// The digests of these blocks, which follow each other. `watched` are the contracts known before the first.
pub(super) fn digests(mut watched: Watched, blocks: &[RawBlock]) -> Vec<Digest> {
    blocks.iter().map(|block| digest(&mut watched, block)).collect()
}

fn digest(watched: &mut Watched, RawBlock { header, results }: &RawBlock) -> Digest {
    let mut hash = Sha256::new().chain_update(header.hash).chain_update(results.hash);
    match decode(watched, results) {
        // Not the index in the transaction: modules may emit events of no concern to us in any order.
        Ok(events) => events.iter().for_each(|Located { place, event, .. }| {
            hash.update(format!("{place}: {event:?}\n"));
        }),
        Err(error) => hash.update(with_causes(&error)),
    }
    hash.finalize().into()
}

/// What several tellings of the same blocks come to.
#[derive(Debug, PartialEq, Eq)]
struct Verdict {
    /// The telling to go by.
    teller: usize,
    /// How many of its blocks nobody contradicts who isn't outvoted.
    believed: usize,
    /// How many of those another telling has alike.
    agreed: usize,
    /// The tellings that most contradicted.
    outvoted: Vec<usize>,
    /// The tellings that contradict each other about the next block, where none has more on its side.
    split: Vec<usize>,
}

/// Compares tellings block by block: of those that contradict each other the largest group goes on, if it has two
/// at least.
fn verdict(tellings: &[Vec<Digest>]) -> Verdict {
    let mut alive: Vec<usize> = (0..tellings.len()).collect();
    let mut verdict = Verdict { teller: 0, believed: 0, agreed: 0, outvoted: Vec::new(), split: Vec::new() };
    loop {
        let block = verdict.believed;
        let mut groups: Vec<(Digest, Vec<usize>)> = Vec::new();
        for at in &alive {
            let Some(digest) = tellings.get(*at).and_then(|told| told.get(block)) else { continue };
            match groups.iter_mut().find(|(of, _)| of == digest) {
                Some((_, group)) => group.push(*at),
                None => groups.push((*digest, vec![*at])),
            }
        }
        groups.sort_by_key(|(_, group)| std::cmp::Reverse(group.len()));
        let mut groups = groups.into_iter().map(|(_, group)| group);
        let Some(largest) = groups.next() else { return verdict };
        let others: Vec<usize> = groups.clone().flatten().collect();
        if !others.is_empty() && groups.next().is_some_and(|second| second.len() == largest.len()) {
            verdict.split = [largest, others].concat();
            return verdict;
        }
        verdict.teller = largest.first().copied().unwrap_or_default();
        verdict.believed += 1;
        if largest.len() > 1 {
            verdict.agreed = verdict.believed;
        }
        verdict.outvoted.extend(others);
        alive = largest;
    }
}

/// Which blocks are applied, and whose.
#[derive(Debug)]
pub(super) struct Judged {
    /// What is believed; possibly nothing.
    pub(super) told: Told,
    /// The digests of its blocks, if anything was compared, or may be later.
    pub(super) digests: Vec<Digest>,
    /// How many of its blocks another node tells alike.
    pub(super) agreed: usize,
    /// The nodes that tell those.
    pub(super) tellers: Vec<usize>,
    /// The nodes that were contradicted.
    pub(super) outvoted: Vec<usize>,
    /// The nodes that contradict each other about the block after them; nobody can tell who is right.
    pub(super) split: Vec<usize>,
    /// A side was taken, though nobody can tell who is right.
    pub(super) forced: bool,
}

/// Decides between what nodes tell of the blocks after `state`. Where two contradict each other and there is no
/// third, the fold decides, if it refuses one of them; else the first in the configuration, if `force` says that it
/// was waited long enough. One telling alone is believed; its digests are told if they are `wanted`. `None` if there
/// is no telling.
pub(super) fn judge(state: &State, mut tellings: Vec<Told>, wanted: bool, force: bool) -> Option<Judged> {
    if tellings.len() < 2 {
        let told = tellings.pop()?;
        let digests = if wanted { digests(Watched::of(state), &told.blocks) } else { Vec::new() };
        let (tellers, none) = (vec![told.node], Vec::new);
        return Some(Judged {
            told,
            digests,
            agreed: 0,
            tellers,
            outvoted: none(),
            split: none(),
            forced: false,
        });
    }
    let digests: Vec<_> = tellings.iter().map(|told| digests(Watched::of(state), &told.blocks)).collect();
    let Verdict { mut teller, mut believed, agreed, outvoted, mut split } = verdict(&digests);
    let nodes = |of: &[usize]| -> Vec<usize> {
        of.iter().filter_map(|at| tellings.get(*at)).map(|told| told.node).collect()
    };
    let prefix = |at: usize| digests.get(at).and_then(|of| of.get(..agreed));
    let alike: Vec<usize> = (0..tellings.len()).filter(|at| prefix(*at) == prefix(teller)).collect();
    let (mut tellers, mut outvoted, mut forced) = (nodes(&alike), nodes(&outvoted), false);
    if believed == 0 && !split.is_empty() {
        let fits = fits(state, &tellings, &split);
        let first = |among: &[usize]| among.iter().copied().min_by_key(|at| nodes(&[*at]));
        let chosen = match fits.as_slice() {
            // The fold says why, and it is doubted.
            [] => first(&split),
            [one] => Some(*one),
            more => first(more).filter(|_| force),
        };
        if let Some(chosen) = chosen {
            forced = fits.len() > 1;
            split.retain(|at| *at != chosen);
            outvoted.extend(nodes(&split));
            (teller, believed, tellers) = (chosen, 1, nodes(&[chosen]));
            split.clear();
        }
    }
    let split = nodes(&split);
    let digests = digests.into_iter().nth(teller)?;
    let mut told = tellings.swap_remove(teller);
    told.blocks.truncate(believed);
    Some(Judged { told, digests, agreed, tellers, outvoted, split, forced })
}

/// Those of `tellings` whose first block the fold accepts without an alarm; if there is none, those it accepts.
fn fits(state: &State, tellings: &[Told], among: &[usize]) -> Vec<usize> {
    let accepted = |trust: Trust| -> Vec<usize> {
        let fits = |at: &&usize| {
            let first = tellings.get(**at).and_then(|told| told.blocks.get(..1));
            first.is_some_and(|first| advance(state, first, trust, Keep::default()).fault.is_none())
        };
        among.iter().filter(fits).copied().collect()
    };
    let quiet = accepted(Trust::First(0));
    if quiet.is_empty() { accepted(Trust::All) } else { quiet }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(blocks: &str) -> Vec<Digest> {
        blocks.bytes().map(|byte| [byte; 32]).collect()
    }

    fn of(tellings: &[&str]) -> (usize, usize, usize, Vec<usize>, Vec<usize>) {
        let tellings: Vec<_> = tellings.iter().map(|blocks| told(blocks)).collect();
        let Verdict { teller, believed, agreed, outvoted, split } = verdict(&tellings);
        (teller, believed, agreed, outvoted, split)
    }

    #[test]
    fn what_one_node_tells_is_believed_and_not_agreed() {
        assert_eq!(of(&["abc"]), (0, 3, 0, vec![], vec![]));
        assert_eq!(of(&["abc", ""]), (0, 3, 0, vec![], vec![]), "nor if the other tells nothing");
    }

    #[test]
    fn what_two_tell_alike_is_agreed_up_to_where_they_differ() {
        assert_eq!(of(&["abc", "abc"]), (0, 3, 3, vec![], vec![]));
        assert_eq!(of(&["abc", "ab"]), (0, 3, 2, vec![], vec![]));
        assert_eq!(of(&["abc", "abd"]), (0, 2, 2, vec![], vec![0, 1]));
        assert_eq!(of(&["abc", "xbc"]), (0, 0, 0, vec![], vec![0, 1]), "the digests before count");
    }

    #[test]
    fn a_third_decides_and_is_heard_once() {
        assert_eq!(of(&["axc", "abc", "abc"]), (1, 3, 3, vec![0], vec![]));
        assert_eq!(of(&["abx", "abc", "abc"]), (1, 3, 3, vec![0], vec![]));
        assert_eq!(of(&["axc", "abd", "abc"]), (1, 2, 2, vec![0], vec![1, 2]), "who lied has no voice later");
        assert_eq!(of(&["a", "b", "c"]), (0, 0, 0, vec![], vec![0, 1, 2]));
        assert_eq!(of(&["a", "b", "a", "b"]), (0, 0, 0, vec![], vec![0, 2, 1, 3]), "two against two");
    }
}
