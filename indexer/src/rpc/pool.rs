//! Several nodes: which to ask, and how long to leave one alone after a failure.

use std::collections::BTreeMap;
use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures::future::join_all;

use super::error::chain;
use super::{Identity, Node, RawBlock, RpcError, SmartAnswer};

/// First and longest wait after failures in a row; which part of it is waited is up to chance.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));
/// Wait after a node turned out to follow another chain: somebody has to change something.
const WRONG_CHAIN: Duration = Duration::from_mins(1);

/// The nodes.
#[derive(Debug)]
pub struct Pool {
    members: Vec<Member>,
    backoff: (Duration, Duration),
}

#[derive(Debug)]
struct Member {
    node: Node,
    record: Mutex<Record>,
}

#[derive(Clone, Debug, Default)]
struct Record {
    /// Not to be asked before.
    ready_at: Option<Instant>,
    failures: u32,
    tip: u64,
    lowest: Option<u64>,
    identity: Option<Identity>,
    last_error: Option<String>,
    outcomes: BTreeMap<(&'static str, &'static str), u64>,
}

/// How a node is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeStatus {
    /// Host and port.
    pub name: String,
    /// The tip it told last; 0 for never.
    pub tip: u64,
    /// The lowest height it has, where it has said so.
    pub lowest: Option<u64>,
    /// Its CometBFT version, once asked.
    pub version: Option<String>,
    /// 100 for healthy, halved by each failure in a row.
    pub score: u32,
    /// How long it is left alone (milliseconds).
    pub waiting_ms: u64,
    /// Its last error.
    pub last_error: Option<String>,
    /// Requests so far by method and outcome.
    pub outcomes: BTreeMap<(&'static str, &'static str), u64>,
}

impl Pool {
    /// A pool of the nodes at these addresses.
    ///
    /// # Errors
    /// [`RpcError::Transport`] if no HTTP client can be made.
    pub fn new(urls: &[reqwest::Url]) -> Result<Self, RpcError> {
        let member = |url| Ok(Member { node: Node::new(url)?, record: Mutex::default() });
        Ok(Self { members: urls.iter().map(member).collect::<Result<_, RpcError>>()?, backoff: BACKOFF })
    }

    /// The same with other waits after failures (first, longest).
    #[must_use]
    pub fn with_backoff(self, first: Duration, longest: Duration) -> Self {
        Self { backoff: (first, longest), ..self }
    }

    /// How the nodes are doing, in the order of the configuration.
    pub fn status(&self) -> Vec<NodeStatus> {
        let now = Instant::now();
        let one = |member: &Member| {
            let record = member.record().clone();
            NodeStatus {
                name: member.node.name().to_owned(),
                tip: record.tip,
                lowest: record.lowest,
                version: record.identity.map(|identity| identity.version),
                score: 100u32.checked_shr(record.failures).unwrap_or(0),
                waiting_ms: record.ready_at.map_or(0, |at| {
                    u64::try_from(at.saturating_duration_since(now).as_millis()).unwrap_or(u64::MAX)
                }),
                last_error: record.last_error,
                outcomes: record.outcomes,
            }
        };
        self.members.iter().map(one).collect()
    }

    /// How long until some node may be asked again.
    pub fn wait(&self) -> Duration {
        let now = Instant::now();
        let wait = |member: &Member| {
            member.record().ready_at.map_or(Duration::ZERO, |at| at.saturating_duration_since(now))
        };
        self.members.iter().map(wait).min().unwrap_or_default()
    }

    /// The chain of the first node that answers; the others are held to it.
    ///
    /// # Errors
    /// The last node's error if none answers.
    pub async fn identify(&self, wanted: Option<&str>) -> Result<Identity, RpcError> {
        let mut last = RpcError::NoNode;
        for (at, member) in self.ready(0) {
            match self.attempt(at, "status", || member.node.identity()).await {
                Ok(identity) => match wanted {
                    Some(wanted) if wanted != identity.chain_id => {
                        let wanted = wanted.to_owned();
                        last = RpcError::WrongChain { given: identity.chain_id, wanted };
                        self.failed(at, "status", &last);
                    }
                    _ => {
                        member.record().identity = Some(identity.clone());
                        return Ok(identity);
                    }
                },
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// Asks every node that isn't waiting for its tip; gives the best. A node in trouble doesn't count: a tip that
    /// it can't deliver must not make everyone else look late.
    ///
    /// # Errors
    /// The last node's error if none answers.
    pub async fn tip(&self, chain_id: &str) -> Result<u64, RpcError> {
        let asked = self.ready(0).into_iter().map(|(at, member)| async move {
            self.held_to(at, chain_id).await?;
            let tip = self.attempt(at, "abci_info", || member.node.tip()).await?;
            member.record().tip = tip;
            Ok(tip)
        });
        let mut best = Err(RpcError::NoNode);
        for answer in join_all(asked).await {
            best = match (best, answer) {
                (Ok(best), Ok(tip)) => Ok(tip.max(best)),
                (Ok(best), Err(_)) => Ok(best),
                (Err(_), answer) => answer,
            };
        }
        best
    }

    /// The blocks `from..=to`, all of one node, and which node it was. Tries the nodes in turn, best first.
    ///
    /// # Errors
    /// [`RpcError::Pruned`] only if every node of the pool has pruned them; else the last node's error.
    pub async fn blocks(
        &self,
        chain_id: &str,
        from: u64,
        to: u64,
    ) -> Result<(usize, Vec<RawBlock>), RpcError> {
        let mut last = RpcError::NoNode;
        let mut pruned = 0usize;
        for (at, member) in self.ready(to) {
            let asked = match self.held_to(at, chain_id).await {
                Ok(()) => self.attempt(at, "blocks", || member.node.blocks(chain_id, from, to)).await,
                Err(error) => Err(error),
            };
            match asked {
                Ok(blocks) => return Ok((at, blocks)),
                Err(error @ RpcError::Pruned { .. }) => {
                    pruned += 1;
                    if pruned == self.members.len() {
                        return Err(error);
                    }
                    last = RpcError::NotYet; // another node may still have it
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// Asks `contract` the `query` (JSON) at `height`.
    ///
    /// # Errors
    /// The last node's error if none answers.
    pub async fn smart_query(
        &self,
        chain_id: &str,
        contract: &str,
        query: &[u8],
        height: u64,
    ) -> Result<SmartAnswer, RpcError> {
        let mut last = RpcError::NoNode;
        for (at, member) in self.ready(height) {
            let asked = match self.held_to(at, chain_id).await {
                Ok(()) => {
                    self.attempt(at, "abci_query", || member.node.smart_query(contract, query, height)).await
                }
                Err(error) => Err(error),
            };
            match asked {
                Ok(answer) => return Ok(answer),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// Holds it against a node that what it said can't be true.
    pub fn distrust(&self, at: usize, why: &str) {
        self.failed(at, "blocks", &RpcError::Malformed(why.to_owned()));
    }

    /// The nodes that may be asked now: those that have `height` first, then by failures, then in the order of the
    /// configuration.
    fn ready(&self, height: u64) -> Vec<(usize, &Member)> {
        let now = Instant::now();
        let mut ready: Vec<_> = self
            .members
            .iter()
            .enumerate()
            .filter_map(|(at, member)| {
                let record = member.record();
                let free = record.ready_at.is_none_or(|ready| ready <= now);
                free.then_some(((record.tip < height, record.failures, at), (at, member)))
            })
            .collect();
        ready.sort_unstable_by_key(|(key, _)| *key);
        ready.into_iter().map(|(_, member)| member).collect()
    }

    /// Makes sure, once, that a node follows the chain we do.
    async fn held_to(&self, at: usize, chain_id: &str) -> Result<(), RpcError> {
        let Some(member) = self.members.get(at) else { return Err(RpcError::NoNode) };
        if member.record().identity.is_some() {
            return Ok(());
        }
        let identity = self.attempt(at, "status", || member.node.identity()).await?;
        if identity.chain_id != chain_id {
            let error = RpcError::WrongChain { given: identity.chain_id, wanted: chain_id.to_owned() };
            self.failed(at, "status", &error);
            return Err(error);
        }
        member.record().identity = Some(identity);
        Ok(())
    }

    async fn attempt<T, F: Future<Output = Result<T, RpcError>>>(
        &self,
        at: usize,
        method: &'static str,
        call: impl FnOnce() -> F,
    ) -> Result<T, RpcError> {
        let answer = call().await;
        match &answer {
            Ok(_) => {
                if let Some(member) = self.members.get(at) {
                    let mut record = member.record();
                    record.failures = 0;
                    record.ready_at = None;
                    *record.outcomes.entry((method, "ok")).or_default() += 1;
                }
            }
            Err(error) => self.failed(at, method, error),
        }
        answer
    }

    fn failed(&self, at: usize, method: &'static str, error: &RpcError) {
        let Some(member) = self.members.get(at) else { return };
        let mut record = member.record();
        *record.outcomes.entry((method, error.outcome())).or_default() += 1;
        let wait = match error {
            // Neither is a fault of the node.
            RpcError::NotYet | RpcError::Refused(_) => return,
            RpcError::Pruned { lowest } => {
                record.lowest = lowest.or(record.lowest);
                return;
            }
            RpcError::WrongChain { .. } => WRONG_CHAIN,
            RpcError::RateLimited { after: Some(after) } => *after,
            _ => {
                let (first, longest) = self.backoff;
                let most = first.saturating_mul(1u32.checked_shl(record.failures).unwrap_or(u32::MAX));
                jitter(most.min(longest))
            }
        };
        record.failures = record.failures.saturating_add(1);
        record.ready_at = Some(Instant::now() + wait);
        let error = chain(error);
        tracing::warn!(node = member.node.name(), method, %error, wait_ms = wait.as_millis(), "node failed");
        record.last_error = Some(error);
    }
}

impl Member {
    fn record(&self) -> MutexGuard<'_, Record> {
        // Nothing can panic while it is held; if it did, the counts would still be usable.
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Between half of `most` and all of it. The standard library's random hasher keys are chance enough for spreading
/// requests, and no reason for another crate.
pub(crate) fn jitter(most: Duration) -> Duration {
    let chance = u32::try_from(RandomState::new().hash_one(0u8) % 1000).unwrap_or_default();
    most / 2 + most / 2 * chance / 1000
}
