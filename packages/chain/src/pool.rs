//! Several nodes of one chain that stand in for each other: which to ask, and how long to leave one alone
//! after a failure.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use backon::Retryable as _;
use futures::future::join_all;
use reqwest::Url;
use serde::Serialize;
use serde_json::{Value, json};

use crate::blocks::Status;

use crate::{Node, NodeError, backoff, blocks, http, with_causes};

/// First and longest wait after failures in a row, of which a random half to whole.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(500), backoff::LONGEST);
/// Wait after a node turned out to follow another chain: somebody has to change something.
const WRONG_CHAIN: Duration = Duration::from_mins(1);
/// How often [`Pool::ask`] tries all nodes before it fails.
const ROUNDS: usize = 5;
/// The pause before its second try, about; it doubles with each.
const PAUSE: Duration = Duration::from_millis(200);

/// The method under which blocks are counted.
const BLOCKS: &str = "blocks";
/// After so many blocks that a node should have and doesn't its tip is taken for a lie.
const LIES: u32 = 3;

/// The nodes.
#[derive(Debug)]
pub struct Pool {
    members: Vec<Member>,
    backoff: (Duration, Duration),
    /// The chain that all nodes have to follow, once it is known.
    chain_id: OnceLock<String>,
    /// Height that is known to exist: an answer from below it is old.
    floor: AtomicU64,
}

#[derive(Debug)]
struct Member {
    node: Node,
    record: Mutex<Record>,
}

#[derive(Debug, Default)]
struct Record {
    /// Not to be asked before.
    ready_at: Option<Instant>,
    failures: u32,
    /// Blocks in a row that it gave and that can't be true. What else it answers well clears none.
    doubts: u32,
    /// How often it did not have blocks below the tip that it tells.
    undelivered: u32,
    /// The highest block that it gave.
    delivered: u64,
    status: NodeStatus,
}

/// How a node is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NodeStatus {
    /// Host and port.
    pub name: String,
    /// The tip it told last; 0 for never.
    pub tip: u64,
    /// The lowest height it has, where it has said so.
    pub lowest: Option<u64>,
    /// Its CometBFT version, once it is known to follow the right chain.
    pub version: Option<String>,
    /// 100 for healthy, halved by each failure in a row and each block that can't be true.
    pub score: u32,
    /// How long it is left alone (milliseconds).
    pub waiting_ms: u64,
    /// Its last error.
    pub last_error: Option<String>,
    /// Requests so far by method and outcome.
    #[serde(skip)]
    pub outcomes: BTreeMap<(&'static str, &'static str), u64>,
}

impl Pool {
    /// A pool of the nodes at these addresses.
    ///
    /// # Errors
    /// [`NodeError::Unreachable`] if no HTTP client can be made.
    pub fn new(urls: &[Url]) -> Result<Self, NodeError> {
        let member = |url| Ok(Member { node: Node::new(url)?, record: Mutex::default() });
        let members = urls.iter().map(member).collect::<Result<_, NodeError>>()?;
        Ok(Self { members, backoff: BACKOFF, chain_id: OnceLock::new(), floor: AtomicU64::new(0) })
    }

    /// A pool of the nodes at these addresses, for a job: it asks a node again however often it has failed.
    ///
    /// # Errors
    /// [`NodeError::Address`] if an address can't be used or there is none; [`NodeError::Unreachable`] if no
    /// HTTP client can be made.
    pub fn at<S: AsRef<str>>(urls: &[S]) -> Result<Self, NodeError> {
        let urls: Option<Vec<_>> = urls.iter().map(|url| http::node_url(url.as_ref())).collect();
        let urls = urls.filter(|urls| !urls.is_empty()).ok_or(NodeError::Address)?;
        Ok(Self::new(&urls)?.with_backoff(Duration::ZERO, Duration::ZERO))
    }

    /// The same with other waits after failures (first, longest).
    #[must_use]
    pub fn with_backoff(self, first: Duration, longest: Duration) -> Self {
        Self { backoff: (first, longest), ..self }
    }

    /// The nodes, in the order of the configuration.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.members.iter().map(|member| &member.node)
    }

    /// The nodes that aren't waiting out a failure, best first.
    pub(crate) fn at_hand(&self) -> impl Iterator<Item = &Node> {
        self.ready(0).into_iter().map(|(_, member)| &member.node)
    }

    /// How the nodes are doing, in the order of the configuration.
    pub fn health(&self) -> Vec<NodeStatus> {
        let one = |member: &Member| {
            let record = member.record();
            NodeStatus {
                name: member.node.name().to_owned(),
                score: 100u32.checked_shr(record.trouble()).unwrap_or(0),
                waiting_ms: u64::try_from(record.wait().as_millis()).unwrap_or(u64::MAX),
                ..record.status.clone()
            }
        };
        self.members.iter().map(one).collect()
    }

    /// How long until some node may be asked again.
    pub fn wait(&self) -> Duration {
        self.members.iter().map(|member| member.record().wait()).min().unwrap_or_default()
    }

    /// Height `height` is known to exist: answers from below it count as old from now on.
    pub fn seen(&self, height: u64) {
        self.floor.fetch_max(height, Ordering::Relaxed);
    }

    /// Refuses an answer from below a height that is known to exist.
    ///
    /// # Errors
    /// [`NodeError::Behind`].
    pub fn not_behind(&self, height: u64) -> Result<(), NodeError> {
        let needed = self.floor.load(Ordering::Relaxed);
        if height < needed { Err(NodeError::Behind { height, needed }) } else { Ok(()) }
    }

    /// From now on only nodes of this chain are asked. The first chain stays.
    pub fn hold_to(&self, chain_id: &str) {
        self.chain_id.get_or_init(|| chain_id.to_owned());
    }

    /// The chain that the nodes are held to.
    pub fn chain_id(&self) -> Option<&str> {
        self.chain_id.get().map(String::as_str)
    }

    /// The chain of the first node that answers, or that is of the chain `wanted`; the others are held to it.
    ///
    /// # Errors
    /// The last node's error if none answers.
    pub async fn identify(&self, wanted: Option<&str>) -> Result<Status, NodeError> {
        if let Some(wanted) = wanted {
            self.hold_to(wanted);
        }
        let mut last = NodeError::NoNode;
        for (_, member) in self.ready(0) {
            match self.held(member).await {
                Ok(status) => {
                    self.hold_to(&status.chain_id);
                    return Ok(status);
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// Makes sure that all nodes that answer are of one chain; answers with its id.
    ///
    /// # Errors
    /// [`NodeError::WrongChain`] if they aren't; if none answers.
    pub async fn one_chain(&self) -> Result<String, NodeError> {
        let chain_id = self.status().await?.chain_id;
        self.hold_to(&chain_id);
        for status in join_all(self.members.iter().map(|member| self.held(member))).await {
            if let Err(error @ NodeError::WrongChain { .. }) = status {
                return Err(error);
            }
        }
        Ok(chain_id)
    }

    /// Asks every node that isn't waiting for its tip; gives the best. A node in trouble doesn't count: a tip
    /// that it can't deliver must not make everyone else look late.
    ///
    /// # Errors
    /// The last node's error if none answers.
    pub async fn tip(&self) -> Result<u64, NodeError> {
        let asked = self.ready(0).into_iter().map(|(_, member)| async move {
            self.check(member).await?;
            let none = json!({});
            let tip = member.node.ask("abci_info", &none, blocks::tip);
            let tip = self.attempt(member, "abci_info", tip).await?;
            Ok(member.record().told(tip))
        });
        let mut best = Err(NodeError::NoNode);
        for answer in join_all(asked).await {
            best = match (best, answer) {
                (Ok(best), Ok(tip)) => Ok(tip.max(best)),
                (Ok(best), Err(_)) => Ok(best),
                (Err(_), answer) => answer,
            };
        }
        best
    }

    /// Asks the nodes in turn, best first, those that have `height` before all; gives the first answer, and
    /// which node gave it.
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
        for (at, member) in self.ready(height).into_iter().filter(|(at, _)| !not.contains(at)) {
            let asked = match self.check(member).await {
                Ok(()) => self.attempt(member, method, ask(&member.node)).await,
                Err(error) => Err(error),
            };
            match asked {
                Ok(answer) => {
                    if method == BLOCKS {
                        member.record().delivered(height);
                    }
                    return Ok((at, answer));
                }
                Err(error @ NodeError::NotYet) => {
                    if method == BLOCKS {
                        member.record().owes(height);
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
        Err(last)
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
        let round = || self.first(0, method, |node| node.ask(method, &params, &read));
        let answer = round
            .retry(backoff::waits(PAUSE, ROUNDS))
            .when(|error| error.another_may_answer() && !matches!(error, NodeError::NoMethod(_)))
            .adjust(|_, pause| pause.map(|pause| pause.max(self.wait()).min(backoff::LONGEST)))
            .await;
        Ok(answer?.1)
    }

    /// Holds it against a node that what it said can't be true.
    pub fn distrust(&self, at: usize, why: &str) {
        if let Some(member) = self.members.get(at) {
            self.failed(member, BLOCKS, &NodeError::Malformed(why.to_owned()));
            let mut record = member.record();
            record.doubts = record.doubts.saturating_add(1);
        }
    }

    /// A node gave blocks that are true: what it gave before is forgiven.
    pub fn trust(&self, at: usize) {
        if let Some(member) = self.members.get(at) {
            member.record().doubts = 0;
        }
    }

    /// The nodes that may be asked now: those that have `height` first, then by failures, then in the order
    /// of the configuration.
    fn ready(&self, height: u64) -> Vec<(usize, &Member)> {
        let mut ready: Vec<_> = self
            .members
            .iter()
            .enumerate()
            .filter_map(|(at, member)| {
                let record = member.record();
                let key = (record.status.tip < height, record.trouble(), at);
                record.wait().is_zero().then_some((key, (at, member)))
            })
            .collect();
        ready.sort_unstable_by_key(|(key, _)| *key);
        ready.into_iter().map(|(_, member)| member).collect()
    }

    /// Makes sure, once, that a node follows the chain that the pool is held to.
    async fn check(&self, member: &Member) -> Result<(), NodeError> {
        let known = member.record().status.version.is_some() || self.chain_id.get().is_none();
        if known { Ok(()) } else { self.held(member).await.map(|_| ()) }
    }

    /// What a node says of itself, if it follows the chain that the pool is held to.
    async fn held(&self, member: &Member) -> Result<Status, NodeError> {
        let none = json!({});
        let status = member.node.ask("status", &none, blocks::status);
        let status = self.attempt(member, "status", status).await?;
        if let Some(wanted) = self.chain_id.get().filter(|wanted| **wanted != status.chain_id) {
            let (node, given) = (member.node.name().to_owned(), status.chain_id);
            let error = NodeError::WrongChain { node, given, wanted: wanted.clone() };
            self.failed(member, "status", &error);
            return Err(error);
        }
        member.record().status.version = Some(status.version.clone());
        Ok(status)
    }

    async fn attempt<T>(
        &self,
        member: &Member,
        method: &'static str,
        call: impl Future<Output = Result<T, NodeError>>,
    ) -> Result<T, NodeError> {
        let answer = call.await;
        match &answer {
            Ok(_) => {
                let mut record = member.record();
                record.failures = 0;
                record.ready_at = None;
                *record.status.outcomes.entry((method, "ok")).or_default() += 1;
            }
            Err(error) => self.failed(member, method, error),
        }
        answer
    }

    fn failed(&self, member: &Member, method: &'static str, error: &NodeError) {
        let mut record = member.record();
        *record.status.outcomes.entry((method, error.outcome())).or_default() += 1;
        let wait = match error {
            // None of these is a fault of the node.
            NodeError::NotYet
            | NodeError::Behind { .. }
            | NodeError::NoMethod(_)
            | NodeError::Refused { .. }
            | NodeError::Query(_)
            | NodeError::NoNode
            | NodeError::Address => return,
            NodeError::Pruned { lowest } => {
                record.status.lowest = lowest.or(record.status.lowest);
                return;
            }
            NodeError::WrongChain { .. } => WRONG_CHAIN,
            NodeError::RateLimited { after: Some(after) } => *after,
            NodeError::RateLimited { after: None }
            | NodeError::Unreachable { .. }
            | NodeError::Status { .. }
            | NodeError::Malformed(_) => {
                let (first, longest) = self.backoff;
                backoff::after(first, longest, record.trouble().saturating_add(1))
            }
        };
        record.failures = record.failures.saturating_add(1);
        record.ready_at = Some(Instant::now() + wait);
        let error = with_causes(error);
        tracing::warn!(node = member.node.name(), method, %error, wait_ms = wait.as_millis(), "node failed");
        record.status.last_error = Some(error);
    }
}

impl Member {
    fn record(&self) -> MutexGuard<'_, Record> {
        // Nothing can panic while it is held; if it did, the counts would still be usable.
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Record {
    /// Notes the tip that it tells; gives the one to go by. One that was told and not delivered again and again
    /// is a lie, of which only the next block is believed.
    fn told(&mut self, tip: u64) -> u64 {
        if tip < self.status.tip {
            self.undelivered = 0;
        }
        self.status.tip = tip;
        if self.undelivered >= LIES { tip.min(self.delivered.saturating_add(1)) } else { tip }
    }

    /// It gave the blocks up to `height`.
    fn delivered(&mut self, height: u64) {
        self.delivered = self.delivered.max(height);
        if height >= self.status.tip {
            self.undelivered = 0;
        }
    }

    /// It doesn't have the block at `height`.
    const fn owes(&mut self, height: u64) {
        if height <= self.status.tip {
            self.undelivered = self.undelivered.saturating_add(1);
        }
    }

    /// Failures in a row, and blocks that can't be true.
    const fn trouble(&self) -> u32 {
        self.failures.saturating_add(self.doubts)
    }

    /// How long the node is still left alone.
    fn wait(&self) -> Duration {
        self.ready_at.map_or(Duration::ZERO, |at| at.saturating_duration_since(Instant::now()))
    }
}
