//! Several nodes of one chain that stand in for each other: which to ask, when to ask a second one too, and how
//! long to leave one alone after a failure.

use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use backon::Retryable as _;
use futures::StreamExt as _;
use futures::future::join_all;
use futures::stream::FuturesUnordered;
use reqwest::Url;
use serde_json::{Value, json};
use tokio::time::timeout_at;

use crate::blocks::Status;
use crate::latency::Hedges;
use crate::progress::Progress;
use crate::record::{BLOCKS, FAR, NodeStatus, Record, TIP_HEADER, Trouble, millis};
use crate::waits::Wait;
use crate::{Node, NodeError, backoff, blocks, http, with_causes};

/// First and longest wait after failures in a row, of which a random half to whole. One block at most: a request now
/// and then harms no node, and a node that healed unnoticed makes everyone stale.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(6));
/// First and longest wait after a node told of another chain. Once may be a mistake; if it goes on somebody has to
/// change something.
const WRONG_CHAIN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(1));
/// How often a node is asked again which chain it follows: another may stand behind its address by now.
const IDENTIFY: Duration = Duration::from_mins(5);
/// How often [`Pool::ask`] tries all nodes before it fails.
const ROUNDS: usize = 5;
/// The pause before its second try, about; it doubles with each.
const PAUSE: Duration = Duration::from_millis(200);
/// Once one node has told its tip the others have this long.
const GRACE: Duration = Duration::from_secs(1);
/// Nodes whose answers take about as long, in steps of this doubled, are asked in the order of the configuration.
const ALIKE: Duration = Duration::from_millis(500);

/// The nodes.
#[derive(Debug)]
pub struct Pool {
    members: Vec<Member>,
    backoff: (Duration, Duration),
    /// The chain that all nodes have to follow, once it is known.
    chain_id: OnceLock<String>,
    /// Height that is known to exist: an answer from below it is old.
    floor: AtomicU64,
    /// The best tip that was believed.
    tip: AtomicU64,
    hedges: Mutex<Hedges>,
}

#[derive(Debug)]
struct Member {
    node: Node,
    record: Mutex<Record>,
}

/// A node that is being asked.
struct Asked<'a> {
    at: usize,
    member: &'a Member,
    progress: Arc<Progress>,
}

impl Pool {
    /// A pool of the nodes at these addresses.
    ///
    /// # Errors
    /// [`NodeError::Unreachable`] if no HTTP client can be made.
    pub fn new(urls: &[Url]) -> Result<Self, NodeError> {
        let mut names = BTreeMap::<String, u32>::new();
        let mut member = |url| {
            let node = Node::new(url)?;
            let same = names.entry(node.name().to_owned()).or_default();
            *same = same.saturating_add(1);
            // The rest of an address may hold a password, so that it can't tell them apart.
            let name = format!("{} #{same}", node.name());
            let node = if *same > 1 { node.named(name) } else { node };
            Ok(Member { node, record: Mutex::default() })
        };
        let members = urls.iter().map(&mut member).collect::<Result<_, NodeError>>()?;
        Ok(Self {
            members,
            backoff: BACKOFF,
            chain_id: OnceLock::new(),
            floor: AtomicU64::new(0),
            tip: AtomicU64::new(0),
            hedges: Mutex::default(),
        })
    }

    /// A pool of the nodes at these addresses, for a job: it asks a node again however often it has failed.
    ///
    /// # Errors
    /// [`NodeError::Address`] if an address can't be used or there is none; [`NodeError::Unreachable`] if no
    /// HTTP client can be made.
    pub fn at<S: AsRef<str>>(urls: &[S]) -> Result<Self, NodeError> {
        let url = |url: &str| http::node_url(url).ok_or_else(|| NodeError::Address(url.to_owned()));
        let urls: Vec<_> = urls.iter().map(|text| url(text.as_ref())).collect::<Result<_, _>>()?;
        if urls.is_empty() {
            return Err(NodeError::Address(String::new()));
        }
        Ok(Self::new(&urls)?.with_backoff(Duration::ZERO, Duration::ZERO))
    }

    /// The same with other waits after failures (first, longest).
    #[must_use]
    pub fn with_backoff(self, first: Duration, longest: Duration) -> Self {
        Self { backoff: (first, longest), ..self }
    }

    /// The same with another time that a node may send nothing: before the first bytes of an answer, and between two
    /// pieces of it.
    ///
    /// # Errors
    /// [`NodeError::Unreachable`] if no HTTP client can be made.
    pub fn with_idle(self, idle: Duration) -> Result<Self, NodeError> {
        let member = |member: Member| Ok(Member { node: member.node.with_idle(idle)?, ..member });
        let members = self.members.into_iter().map(member).collect::<Result<_, NodeError>>()?;
        Ok(Self { members, ..self })
    }

    /// The nodes, in the order of the configuration.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.members.iter().map(|member| &member.node)
    }

    /// The nodes that aren't waiting out a failure, best first.
    pub(crate) fn at_hand(&self) -> impl Iterator<Item = &Node> {
        self.ready(Trouble::Queries, 0, &[]).into_iter().map(|(_, member)| &member.node)
    }

    /// How the nodes are doing, in the order of the configuration.
    pub fn health(&self) -> Vec<NodeStatus> {
        let now = now();
        let one = |member: &Member| {
            let status = member.record().status(now);
            let limiter = member.node.gate().limiter();
            NodeStatus {
                name: member.node.name().to_owned(),
                waiting_ms: status.waiting_ms.max(millis(limiter.paused(now))),
                requests_per_second: limiter.rate(),
                latency_ms: millis(member.node.usual()),
                ..status
            }
        };
        self.members.iter().map(one).collect()
    }

    /// How long until some node may be asked for its tip and for blocks again.
    pub fn wait(&self) -> Duration {
        self.wait_for(Trouble::Tip).max(self.wait_for(Trouble::Blocks))
    }

    fn wait_for(&self, kind: Trouble) -> Duration {
        let now = now();
        let wait = |member: &Member| {
            let wait = member.record().wait(kind, now);
            let limiter = member.node.gate().limiter();
            wait.max(limiter.paused(now).min(limiter.until_probe(now)))
        };
        self.members.iter().map(wait).min().unwrap_or_default()
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
        for (_, member) in self.ready(Trouble::Tip, 0, &[]) {
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

    /// The nodes that may be asked now for something of this kind, without those at `not`: those that have
    /// `height` first, then by what is held against them, then by how long an answer would take, then in the
    /// order of the configuration. If all ask for a pause, one of them that may be tried cautiously.
    fn ready(&self, kind: Trouble, height: u64, not: &[usize]) -> Vec<(usize, &Member)> {
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

    /// Makes sure, now and then, that a node follows the chain that the pool is held to.
    async fn check(&self, member: &Member) -> Result<(), NodeError> {
        let (version, identified) = {
            let record = member.record();
            (record.version.is_some(), record.identified)
        };
        let fresh = identified.is_some_and(|at| now().saturating_duration_since(at) < IDENTIFY);
        if self.chain_id.get().is_none() || (version && fresh) {
            return Ok(());
        }
        match self.held(member).await {
            Ok(_) => Ok(()),
            // Known from before: whatever else is wrong shows in what it is asked for.
            Err(error) if version && !matches!(error, NodeError::WrongChain { .. }) => {
                member.record().identified = Some(now());
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// What a node says of itself, if it follows the chain that the pool is held to.
    async fn held(&self, member: &Member) -> Result<Status, NodeError> {
        let none = json!({});
        let status = member.node.ask("status", &none, |body| {
            let status = blocks::status(body)?;
            match self.chain_id.get().filter(|wanted| **wanted != status.chain_id) {
                Some(_) => Err(self.wrong_chain(member, &status.chain_id)),
                None => Ok(status),
            }
        });
        let status = self.attempt(member, "status", status).await?;
        let mut record = member.record();
        record.version = Some(status.version.clone());
        record.identified = Some(now());
        Ok(status)
    }

    fn wrong_chain(&self, member: &Member, given: &str) -> NodeError {
        NodeError::WrongChain {
            node: member.node.name().to_owned(),
            given: given.to_owned(),
            wanted: self.chain_id().unwrap_or_default().to_owned(),
        }
    }

    async fn attempt<T>(
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

    fn hedges(&self) -> MutexGuard<'_, Hedges> {
        self.hedges.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time, which tests can stop.
fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

impl Member {
    fn record(&self) -> MutexGuard<'_, Record> {
        // Nothing can panic while it is held; if it did, the counts would still be usable.
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
