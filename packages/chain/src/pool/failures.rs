//! What is held against a node that failed or lied, and how long it is left alone for that.

use std::time::Duration;

use super::{Member, Pool, now};
use crate::record::{BLOCKS, Trouble};
use crate::{NodeError, backoff, with_causes};

/// First and longest wait after a node told of another chain. Once may be a mistake; if it goes on somebody has to
/// change something.
const WRONG_CHAIN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(1));

impl Pool {
    pub(super) async fn attempt<T>(
        &self,
        member: &Member,
        method: &'static str,
        call: impl Future<Output = Result<T, NodeError>>,
    ) -> Result<T, NodeError> {
        let answer = call.await;
        match &answer {
            Ok(_) => member.record().good(method, now()),
            Err(error) => self.failed(member, method, error),
        }
        answer
    }

    fn failed(&self, member: &Member, method: &'static str, error: &NodeError) {
        let (mut record, now, kind) = (member.record(), now(), Trouble::of(method));
        record.counted(method, error.outcome());
        let attempt = record.count(kind, now).saturating_add(1);
        let next = self.backoff_after(attempt);
        let wait = match error {
            // None of these is a fault of the node.
            NodeError::NotYet
            | NodeError::Behind { .. }
            | NodeError::Paced { .. }
            | NodeError::Query(_)
            | NodeError::NoNode
            | NodeError::Address(_) => return,
            // Nor is this, if somebody else chose what was asked.
            NodeError::NoMethod(_) | NodeError::Refused { .. } if kind == Trouble::Queries => return,
            NodeError::Pruned { lowest } => {
                record.lowest = lowest.or(record.lowest);
                return;
            }
            NodeError::WrongChain { .. } => {
                (record.version, record.identified) = (None, None);
                let (first, longest) = WRONG_CHAIN;
                let wait = backoff::after(first, longest, attempt);
                record.leave(wait, now);
                wait
            }
            // The limiter keeps the pause.
            NodeError::RateLimited { .. } => member.node.gate().limiter().paused(now),
            NodeError::Unreachable { .. } | NodeError::TooSlow { .. } | NodeError::Status { .. } => {
                // Another node may stand behind its address when it comes back.
                record.identified = None;
                record.leave(next, now);
                record.leave_for(kind, next, now);
                next
            }
            NodeError::NotRpc { .. }
            | NodeError::Malformed(_)
            | NodeError::TooLarge(_)
            | NodeError::NoMethod(_)
            | NodeError::Refused { .. } => {
                record.leave_for(kind, next, now);
                next
            }
        };
        let error = with_causes(error);
        tracing::warn!(node = member.node.name(), method, %error, wait_ms = wait.as_millis(), "node failed");
        record.add(kind, error, now);
    }

    fn backoff_after(&self, attempt: u32) -> Duration {
        let (first, longest) = self.backoff;
        backoff::after(first, longest, attempt)
    }

    /// Holds it against a node that what it said can't be true.
    pub fn distrust(&self, at: usize, why: &str) {
        let Some(member) = self.members.get(at) else { return };
        let (mut record, now) = (member.record(), now());
        record.counted(BLOCKS, "malformed");
        record.add(Trouble::Doubts, why.to_owned(), now);
        let wait = self.backoff_after(record.trouble(now));
        record.leave_for(Trouble::Blocks, wait, now);
        tracing::warn!(node = member.node.name(), why, wait_ms = wait.as_millis(), "node distrusted");
    }

    /// A node gave blocks that are true: what it gave before is forgiven.
    pub fn trust(&self, at: usize) {
        if let Some(member) = self.members.get(at) {
            member.record().clear(Trouble::Doubts, now());
        }
    }
}
