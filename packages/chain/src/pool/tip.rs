//! How high the chain is: what the nodes tell, and how much of it is believed.

use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use serde_json::json;
use tokio::time::timeout_at;

use super::{Member, Pool, now};
use crate::record::{FAR, TIP_HEADER, Trouble};
use crate::{NodeError, blocks};

/// Once one node has told its tip the others have this long.
const GRACE: Duration = Duration::from_secs(1);

impl Pool {
    /// Asks every node that isn't waiting for its tip; gives the best that is believed. A node that is much slower
    /// than the others isn't waited for. A tip far above what is known counts only if the node shows a header from
    /// there: one that it can't deliver must not make everyone else look late.
    ///
    /// # Errors
    /// The last node's error if none answers.
    pub async fn tip(&self) -> Result<u64, NodeError> {
        let ready = self.ready(Trouble::Tip, 0, &[]);
        let mut asked: FuturesUnordered<_> = ready
            .iter()
            .map(|(at, member)| async move {
                let tip = async {
                    self.check(member).await?;
                    let none = json!({});
                    self.attempt(member, "abci_info", member.node.ask("abci_info", &none, blocks::tip)).await
                };
                (*at, tip.await)
            })
            .collect();
        let mut waited_for: Vec<usize> = ready.iter().map(|(at, _)| *at).collect();
        let (mut told, mut last, start) = (Vec::new(), NodeError::NoNode, now());
        let mut until = None;
        loop {
            let next = match until {
                None => asked.next().await,
                Some(until) => timeout_at(until, asked.next()).await.unwrap_or_default(),
            };
            let Some((at, answer)) = next else { break };
            waited_for.retain(|other| *other != at);
            match answer {
                Ok(tip) => {
                    told.push((tip, at));
                    until = until.or_else(|| Some(tokio::time::Instant::now() + GRACE));
                }
                Err(error) => last = error,
            }
        }
        drop(asked);
        for member in waited_for.iter().filter_map(|at| self.members.get(*at)) {
            member.node.given_up(now().saturating_duration_since(start));
            member.record().counted("abci_info", "slow");
        }
        self.believed(told).await.ok_or(last)
    }

    /// The best of the tips that nodes told, as far as they are believed.
    async fn believed(&self, mut told: Vec<(u64, usize)>) -> Option<u64> {
        // From the lowest up: what two nodes tell about alike needs no proof.
        told.sort_unstable();
        let mut known = self.tip.load(Ordering::Relaxed);
        let (mut best, mut answered) = (None, Vec::new());
        for (tip, at) in told {
            let Some(member) = self.members.get(at) else { continue };
            let tip = if tip <= known.saturating_add(FAR) {
                tip
            } else {
                let Ok(proven) = self.proven(member, tip).await else { continue };
                proven
            };
            known = known.max(tip);
            best = best.max(Some(member.record().told(tip, now())));
            answered.push(member);
        }
        let best = best?;
        self.tip.fetch_max(best, Ordering::Relaxed);
        for member in answered {
            member.record().compared(best, now());
        }
        Some(best)
    }

    /// How much of a tip is true, by the node's highest header.
    async fn proven(&self, member: &Member, tip: u64) -> Result<u64, NodeError> {
        // A window that is too long is cut to the highest headers there are.
        let window = json!({ "minHeight": "1", "maxHeight": tip.to_string() });
        let highest = |body: &[u8]| {
            let headers = blocks::headers(body, 1)?;
            let of_another =
                |header: &&blocks::Header| self.chain_id().is_some_and(|id| id != header.chain_id);
            if let Some(other) = headers.iter().find(of_another) {
                return Err(self.wrong_chain(member, &other.chain_id));
            }
            headers.iter().map(|header| header.height).max().ok_or(NodeError::NotYet)
        };
        let headers = member.node.ask("blockchain", &window, highest);
        let highest = self.attempt(member, TIP_HEADER, headers).await?;
        if highest.saturating_add(FAR) < tip {
            let why = format!("it tells a tip of {tip}, and its highest block is {highest}");
            tracing::warn!(node = member.node.name(), why, "a tip is not believed");
            member.record().add(Trouble::Lies, why, now());
        }
        Ok(tip.min(highest))
    }
}
