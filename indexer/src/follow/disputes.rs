//! What becomes of blocks about which nodes contradict each other, and of those that one node alone has told.

use std::sync::Arc;
use std::time::Instant;

use meteor_chain::NodeError;

use super::agree::{Digest, Judged, digests};
use super::pending::Alone;
use super::windows::is_close;
use super::{Follower, Stop};
use crate::app::App;
use crate::decode::Watched;
use crate::rpc::{self, Ask, Sizes, Told};

impl Follower {
    /// Nodes contradict each other about a block, and nothing tells who is right: all are asked again.
    pub(super) fn disputed(&mut self, height: u64, nodes: &[usize]) -> Stop {
        let why = self.contradiction(height, nodes, "nothing tells who is right");
        self.windows.question = Some(height);
        if self.dispute.is_none_or(|(at, _)| at != height) {
            self.dispute = Some((height, Instant::now()));
        }
        self.app.health.agreement.set_open(true);
        Stop::Wait(NodeError::Malformed(why))
    }

    /// Whether it was waited long enough for nodes that contradict each other.
    pub(super) fn waited(&self) -> bool {
        let patience = self.app.config.patience / 6;
        let long = |(height, since): (u64, Instant)| height == self.next && since.elapsed() >= patience;
        self.sided.is_some() || self.dispute.is_some_and(long)
    }

    /// Notes who was contradicted, if anyone.
    pub(super) fn outvote(&mut self, judged: &Judged) {
        let Some(first) = judged.outvoted.first() else { return };
        let nodes = [&[judged.told.node], judged.outvoted.as_slice()].concat();
        let how = if judged.forced { "nothing tells who is right" } else { "the first is right" };
        let why = self.contradiction(self.next, &nodes, how);
        for node in &judged.outvoted {
            self.distrust(*node, &why);
        }
        self.dispute = None;
        if judged.forced {
            self.sided = Some((*first, self.next));
        }
        self.app.health.agreement.set_open(self.sided.is_some());
    }

    fn contradiction(&self, height: u64, nodes: &[usize], how: &str) -> String {
        let names = self.app.config.node_names();
        let names: Vec<&str> = nodes.iter().filter_map(|at| names.get(*at)).map(String::as_str).collect();
        let why = format!("{} contradict each other about block {height}: {how}", names.join(" and "));
        tracing::warn!(why);
        self.app.health.agreement.contradicted(why.clone());
        why
    }

    /// Nodes told the same from height `first` on: what was disputed before is settled.
    pub(super) fn reconcile(&mut self, tellers: &[usize], first: u64) {
        if self.dispute.is_some_and(|(height, _)| height < self.next) {
            self.dispute = None;
        }
        // It may lie every now and then: it has to tell the truth for a while.
        if self.sided.is_some_and(|(node, at)| tellers.contains(&node) && !is_close(at, first)) {
            self.sided = None;
        }
        self.app.health.agreement.set_open(self.sided.is_some() || self.dispute.is_some());
    }

    /// Asks another node about blocks that came from one, and compares as soon as it has answered.
    pub(super) async fn compare(&mut self) -> Result<(), Stop> {
        let asked = match self.check.take() {
            Some(check) if check.is_finished() => check.await,
            Some(check) => {
                self.check = Some(check);
                return Ok(());
            }
            None => {
                self.check =
                    self.pending.alone().map(|alone| tokio::spawn(check(Arc::clone(&self.app), alone)));
                return Ok(());
            }
        };
        let (told, digests) = match asked {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => {
                tracing::debug!(%error, "no other node tells yet");
                return Ok(());
            }
            Err(_) => return Ok(()),
        };
        self.windows.late = false;
        let Some(from) = told.blocks.first().map(|first| first.header.height) else { return Ok(()) };
        let giver = self.pending.giver(from);
        let Err(height) = self.pending.compare(from, &digests) else {
            self.reconcile(&[told.node], from);
            self.settle(Vec::new(), self.app.health.tip());
            return Ok(());
        };
        let nodes: Vec<usize> = giver.into_iter().chain([told.node]).collect();
        if self.sided.is_some_and(|(node, _)| node == told.node) {
            let why = self.contradiction(height, &nodes, "nothing tells who is right");
            self.sided = Some((told.node, height));
            self.distrust(told.node, &why);
            self.pending.leave();
            self.settle(Vec::new(), self.app.health.tip());
            return Ok(());
        }
        self.roll_back();
        Err(self.disputed(height, &nodes))
    }
}

/// Asks another node about blocks that came from one.
async fn check(app: Arc<App>, alone: Alone) -> Result<(Told, Vec<Digest>), NodeError> {
    let Alone { from, to, node, before } = alone;
    let ask = Ask { shower: &app.config.shower, from, to, enough: usize::MAX, not: &[node] };
    let told = rpc::blocks(&app.pool, &Sizes::default(), ask).await?;
    let digests = digests(Watched::of(&before), &told.blocks);
    Ok((told, digests))
}
