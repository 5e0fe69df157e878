//! One answer from several nodes: asked in turn, and a second one too where the first is silent.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use backon::Retryable as _;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use serde_json::Value;

use super::{Member, Pool, now};
use crate::progress::Progress;
use crate::record::{BLOCKS, Trouble};
use crate::waits::Wait;
use crate::{Node, NodeError, backoff};

/// How often [`Pool::ask`] tries all nodes before it fails.
const ROUNDS: usize = 5;
/// The pause before its second try, about; it doubles with each.
const PAUSE: Duration = Duration::from_millis(200);

/// A node that is being asked.
struct Asked<'a> {
    at: usize,
    member: &'a Member,
    progress: Arc<Progress>,
}

impl Pool {
    /// Asks the nodes in turn, best first, those that have `height` before all; gives the first answer, and
    /// which node gave it. A node that shows no sign of life for longer than usual is not waited for alone: the next
    /// is asked, too, if it has no trouble with its rate.
    ///
    /// # Errors
    /// [`NodeError::Pruned`] only if every node of the pool has pruned what was asked for; else the last
    /// node's error.
    pub async fn first<'a, T, F: Future<Output = Result<T, NodeError>>>(
        &'a self,
        height: u64,
        method: &'static str,
        ask: impl Fn(&'a Node) -> F,
    ) -> Result<(usize, T), NodeError> {
        self.first_but(&[], height, method, ask).await
    }

    /// As [`Pool::first`], of any node but those at `not`: whether another says the same.
    ///
    /// # Errors
    /// [`NodeError::NoNode`] if there is no other that may be asked now; [`NodeError::Pruned`] only if all
    /// others have pruned what was asked for; else the last node's error.
    pub async fn first_other<'a, T, F: Future<Output = Result<T, NodeError>>>(
        &'a self,
        height: u64,
        method: &'static str,
        not: &[usize],
        ask: impl Fn(&'a Node) -> F,
    ) -> Result<(usize, T), NodeError> {
        self.first_but(not, height, method, ask).await
    }

    async fn first_but<'a, T, F: Future<Output = Result<T, NodeError>>>(
        &'a self,
        not: &[usize],
        height: u64,
        method: &'static str,
        ask: impl Fn(&'a Node) -> F,
    ) -> Result<(usize, T), NodeError> {
        let mut last = NodeError::NoNode;
        let mut pruned = 0usize;
        let all = (0..self.members.len()).filter(|at| !not.contains(at)).count();
        let mut queue: VecDeque<_> = self.ready(Trouble::of(method), height, not).into();
        let mut running = FuturesUnordered::new();
        let mut asked = Vec::<Asked<'_>>::new();
        self.hedges().earn();
        loop {
            if asked.is_empty() {
                let Some((at, member)) = queue.pop_front() else { return Err(last) };
                let progress = Progress::new();
                running.push(self.one(at, member, method, ask(&member.node), Arc::clone(&progress)));
                asked.push(Asked { at, member, progress });
            }
            let (at, answer) = tokio::select! {
                biased;
                Some(done) = running.next() => done,
                next = self.second(&asked, &mut queue, height) => {
                    let (at, member) = next;
                    let progress = Progress::new();
                    running.push(self.one(at, member, method, ask(&member.node), Arc::clone(&progress)));
                    asked.push(Asked { at, member, progress });
                    continue;
                }
            };
            asked.retain(|one| one.at != at);
            let Some(member) = self.members.get(at) else { continue };
            match answer {
                Ok(answer) => {
                    if method == BLOCKS {
                        member.record().delivered(height);
                    }
                    for slow in asked {
                        slow.member.node.given_up(slow.progress.last().elapsed());
                        slow.member.record().counted(method, "slow");
                    }
                    return Ok((at, answer));
                }
                Err(error @ NodeError::NotYet) => {
                    if method == BLOCKS {
                        member.record().owes(height, now());
                    }
                    last = error;
                }
                Err(error @ NodeError::Pruned { .. }) => {
                    pruned += 1;
                    if pruned == all {
                        return Err(error);
                    }
                    last = NodeError::NotYet; // another node may still have it
                }
                Err(error) if error.another_may_answer() => last = error,
                Err(error) => return Err(error),
            }
        }
    }

    /// Asks one node.
    async fn one<T>(
        &self,
        at: usize,
        member: &Member,
        method: &'static str,
        ask: impl Future<Output = Result<T, NodeError>>,
        progress: Arc<Progress>,
    ) -> (usize, Result<T, NodeError>) {
        let work = async {
            self.check(member).await?;
            self.attempt(member, method, ask).await
        };
        (at, progress.of(work).await)
    }

    /// Waits until the only node that is asked has shown no sign of life for longer than usual; gives another that
    /// is asked too. Never comes back if there is none.
    async fn second<'a>(
        &self,
        asked: &[Asked<'a>],
        queue: &mut VecDeque<(usize, &'a Member)>,
        height: u64,
    ) -> (usize, &'a Member) {
        if let [first] = asked {
            first.progress.silent(first.member.node.patience()).await;
            // Not one whose rate is scarce, and none that lags: it would only be asked for nothing.
            let free = |(_, member): &(usize, &Member)| {
                member.record().tip >= height && member.node.gate().limiter().is_free(now())
            };
            if let Some(next) = queue.iter().position(free)
                && self.hedges().spend()
                && let Some(next) = queue.remove(next)
            {
                return next;
            }
        }
        std::future::pending().await
    }

    /// Asks the nodes in turn until `read` accepts an answer; after each round over all of them it waits.
    ///
    /// # Errors
    /// The last node's error after some rounds; one that no node would answer otherwise at once.
    pub async fn ask<T>(
        &self,
        method: &'static str,
        params: Value,
        read: impl Fn(&[u8]) -> Result<T, NodeError>,
    ) -> Result<T, NodeError> {
        let kind = Trouble::of(method);
        let origins: Vec<String> = self.nodes().map(Node::origin).collect();
        let wait = Wait::answer(&origins.join(" or "), method);
        let round = || async {
            let answer = self.first(0, method, |node| node.ask(method, &params, &read)).await;
            if let Err(error) = &answer {
                wait.failed(error.briefly());
            }
            answer
        };
        let answer = round
            .retry(backoff::waits(PAUSE, ROUNDS))
            .when(|error| error.another_may_answer() && !matches!(error, NodeError::NoMethod(_)))
            .adjust(|_, pause| pause.map(|pause| pause.max(self.wait_for(kind)).min(backoff::LONGEST)))
            .await;
        Ok(answer?.1)
    }
}
