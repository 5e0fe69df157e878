//! Which nodes may be asked now, best first.

use std::cmp::Reverse;
use std::time::Duration;

use super::{Member, Pool, now};
use crate::Node;
use crate::record::Trouble;

/// Nodes whose answers take about as long, in steps of this doubled, are asked in the order of the configuration.
const ALIKE: Duration = Duration::from_millis(500);

impl Pool {
    /// The nodes that may be asked now for something of this kind, without those at `not`: those that have
    /// `height` first, then by what is held against them, then by how long an answer would take, then in the
    /// order of the configuration. If all ask for a pause, one of them that may be tried cautiously.
    pub(super) fn ready(&self, kind: Trouble, height: u64, not: &[usize]) -> Vec<(usize, &Member)> {
        let now = now();
        let up: Vec<_> = self
            .members
            .iter()
            .enumerate()
            .filter(|(at, member)| !not.contains(at) && member.record().wait(kind, now).is_zero())
            .collect();
        let mut ready: Vec<_> = up
            .iter()
            .filter(|(_, member)| member.node.gate().limiter().paused(now).is_zero())
            .map(|(at, member)| {
                let record = member.record();
                let waiting = member.node.gate().waiting();
                let backlog = member.node.gate().limiter().backlog(waiting, now);
                // Steps that double: small differences say nothing.
                let steps = (backlog + member.node.usual()).as_millis() / ALIKE.as_millis().max(1);
                let time = u128::BITS.saturating_sub(steps.leading_zeros());
                ((record.tip < height, record.trouble(now), time, *at), (*at, *member))
            })
            .collect();
        ready.sort_unstable_by_key(|(key, _)| *key);
        let ready: Vec<_> = ready.into_iter().map(|(_, member)| member).collect();
        if !ready.is_empty() {
            return ready;
        }
        let due = |member: &Member| member.node.gate().limiter().until_probe(now);
        let first = up.into_iter().filter(|(_, member)| due(member).is_zero()).min_by_key(|(at, member)| {
            let record = member.record();
            (record.trouble(now), Reverse(record.tip), *at)
        });
        if let Some((_, member)) = first {
            member.node.gate().limiter().probe(now);
        }
        first.into_iter().collect()
    }

    /// The nodes that aren't waiting out a failure, best first.
    pub(crate) fn at_hand(&self) -> impl Iterator<Item = &Node> {
        self.ready(Trouble::Queries, 0, &[]).into_iter().map(|(_, member)| &member.node)
    }
}
