//! When a block that can't be true is believed: what one node says once is no reason to stop. Pure; whoever asks
//! passes the time.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Nodes that must say the same, where there are several.
const FEWEST_NODES: usize = 2;
/// How often the same must be said before patience can run out.
const FEWEST_TIMES: u32 = 3;
/// Different stories kept of one height. A node that tells another each time is never believed.
const MOST_STORIES: usize = 16;

/// What nodes said of the next block that can't be true.
#[derive(Debug, Default)]
pub(crate) struct Doubts {
    height: u64,
    stories: Vec<Story>,
}

#[derive(Debug)]
struct Story {
    why: String,
    nodes: BTreeSet<usize>,
    times: u32,
    since: Instant,
}

impl Doubts {
    /// Notes that `node`, or all nodes together, gave a block at `height` that can't be true because of `why`.
    /// Tells whether that is to be believed: most of the pool's `nodes`, and at least two, say the same; or it
    /// was said again and again for as long as `patience`.
    pub(crate) fn told(
        &mut self,
        height: u64,
        node: Option<usize>,
        why: &str,
        nodes: usize,
        patience: Duration,
        now: Instant,
    ) -> bool {
        if self.height != height {
            *self = Self { height, stories: Vec::new() };
        }
        if !self.stories.iter().any(|story| story.why == why) {
            if self.stories.len() >= MOST_STORIES {
                self.stories.remove(0);
            }
            let (why, nodes) = (why.to_owned(), BTreeSet::new());
            self.stories.push(Story { why, nodes, times: 0, since: now });
        }
        let Some(story) = self.stories.iter_mut().find(|story| story.why == why) else { return false };
        story.nodes.extend(node);
        story.times = story.times.saturating_add(1);
        let most = (nodes / 2 + 1).max(FEWEST_NODES);
        let long = now.saturating_duration_since(story.since) >= patience;
        story.nodes.len() >= most || (story.times >= FEWEST_TIMES && long)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_mins(3);

    #[test]
    fn one_node_is_believed_only_after_patience() {
        let (mut doubts, start) = (Doubts::default(), Instant::now());
        let mut told =
            |seconds| doubts.told(7, Some(0), "odd", 1, PATIENCE, start + Duration::from_secs(seconds));
        assert!(!told(0));
        assert!(!told(180), "twice is not again and again");
        assert!(told(181));
        let mut often = Doubts::default();
        assert!((0..100).all(|_| !often.told(7, Some(0), "odd", 1, PATIENCE, start)), "often, but not long");
    }

    #[test]
    fn most_nodes_are_believed_at_once_and_one_of_them_is_not() {
        let (mut doubts, now) = (Doubts::default(), Instant::now());
        let mut told = |node, nodes| doubts.told(7, Some(node), "odd", nodes, PATIENCE, now);
        assert!(!told(0, 4) && !told(0, 4) && !told(1, 4));
        assert!(told(2, 4));
        let mut two = Doubts::default();
        assert!(!two.told(7, Some(0), "odd", 2, PATIENCE, now));
        assert!(two.told(7, Some(1), "odd", 2, PATIENCE, now));
    }

    #[test]
    fn different_stories_and_other_heights_do_not_add_up() {
        let (mut doubts, start) = (Doubts::default(), Instant::now());
        let late = start + 2 * PATIENCE;
        assert!(!doubts.told(7, Some(0), "odd", 2, PATIENCE, start));
        assert!(!doubts.told(7, Some(1), "odder", 2, PATIENCE, start), "they do not agree");
        assert!(!doubts.told(8, Some(1), "odd", 2, PATIENCE, late), "of another height");
        for story in 0..100 {
            assert!(!doubts.told(8, Some(0), &story.to_string(), 1, PATIENCE, late));
        }
        assert!(doubts.stories.len() <= MOST_STORIES);
    }
}
