//! Several nodes of one chain that stand in for each other.

mod answer;
mod failures;
mod identity;
mod order;
mod tip;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use reqwest::Url;

use crate::latency::Hedges;
use crate::record::{NodeStatus, Record, Trouble, millis};
use crate::{Node, NodeError, http};

/// First and longest wait after failures in a row, of which a random half to whole. One block at most: a request now
/// and then harms no node, and a node that healed unnoticed makes everyone stale.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(6));

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
