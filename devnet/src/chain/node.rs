//! The chain's thread and the handle to it.
//!
//! Contracts of cw-multi-test cannot cross threads, so the chain owns one and everybody else sends it small
//! jobs. Signatures, the slow part, are verified by the sender.
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::{broadcast, oneshot};

use super::block::{Block, Validator};
use super::blocks::SharedBlocks;
use super::produce::{Chain, KnownSigner, MempoolError};
use crate::app::sign::{self, Verdict};
use crate::app::tx::{MAX_TX_BYTES, Signer, Tx};
use crate::config::Blocks;
use crate::error::{AppError, DevnetError};

type Job = Box<dyn FnOnce(&mut Worker) + Send>;

/// What the thread owns.
pub(crate) struct Worker {
    pub(crate) chain: Chain,
    pub(crate) blocks: Blocks,
    due: Instant,
}

/// Handle to the chain, for the RPC, the REST API and the in-process controls.
#[derive(Clone)]
pub(crate) struct Node {
    inner: Arc<Inner>,
}

struct Inner {
    /// `None` once stopped, which ends the thread.
    jobs: Mutex<Option<Sender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    facts: Facts,
}

/// What the RPC needs without asking the chain's thread.
pub(crate) struct Facts {
    /// Of addresses.
    pub(crate) prefix: String,
    /// Whether the chain has the burn tax.
    pub(crate) taxed: bool,
    pub(crate) max_gas: Option<u64>,
    pub(crate) validator: Validator,
    pub(crate) blocks: SharedBlocks,
    pub(crate) news: broadcast::Sender<Arc<Block>>,
}

/// How a broadcast ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BroadcastError {
    #[error(transparent)]
    Mempool(#[from] MempoolError),
    #[error(transparent)]
    Stopped(#[from] DevnetError),
    #[error("Tx too large. Max size is {MAX_TX_BYTES}, but got {0}")]
    TooLarge(usize),
}

impl Node {
    /// Starts the thread; `make` builds the chain there.
    pub(crate) async fn start(
        facts: Facts,
        when: Blocks,
        make: impl FnOnce() -> Result<Chain, DevnetError> + Send + 'static,
    ) -> Result<Node, DevnetError> {
        let (jobs, queue) = channel();
        let (ready, started) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("devnet-chain".into())
            .spawn(move || {
                // The first block is there before anyone can ask: wallets take height 0 for a broken node.
                let chain = make().and_then(|mut chain| {
                    chain.produce()?;
                    Ok(chain)
                });
                match chain {
                    Ok(chain) => {
                        let _ = ready.send(Ok(()));
                        Worker { chain, blocks: when, due: Instant::now() }.run(&queue);
                    }
                    Err(error) => drop(ready.send(Err(error))),
                }
            })
            .map_err(DevnetError::Thread)?;
        started.await.map_err(|_| DevnetError::Stopped)??;
        let inner = Inner { jobs: Mutex::new(Some(jobs)), thread: Mutex::new(Some(thread)), facts };
        Ok(Node { inner: Arc::new(inner) })
    }

    /// The latest block's; it changes when the chain is renamed.
    pub(crate) fn chain_id(&self) -> String {
        self.blocks().read().last().map_or_else(String::new, |block| block.header.chain_id.to_string())
    }

    pub(crate) fn max_gas(&self) -> Option<u64> {
        self.inner.facts.max_gas
    }

    /// Of addresses.
    pub(crate) fn prefix(&self) -> &str {
        &self.inner.facts.prefix
    }

    pub(crate) fn validator(&self) -> &Validator {
        &self.inner.facts.validator
    }

    pub(crate) fn blocks(&self) -> &SharedBlocks {
        &self.inner.facts.blocks
    }

    /// Every block from now on.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Arc<Block>> {
        self.inner.facts.news.subscribe()
    }

    /// Runs `job` on the chain's thread.
    pub(crate) async fn call<R: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Worker) -> R + Send + 'static,
    ) -> Result<R, DevnetError> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |worker| {
            // The caller may have hung up.
            let _ = reply.send(job(worker));
        });
        {
            let jobs = self.inner.jobs.lock().unwrap_or_else(PoisonError::into_inner);
            let jobs = jobs.as_ref().ok_or(DevnetError::Stopped)?;
            jobs.send(job).map_err(|_| DevnetError::Stopped)?;
        }
        answer.await.map_err(|_| DevnetError::Stopped)
    }

    /// Decodes, verifies and submits a transaction. The inner result is `CheckTx`: gas or an error.
    pub(crate) async fn broadcast(&self, bytes: &[u8]) -> Result<Result<u64, AppError>, BroadcastError> {
        let (tx, verdicts) = match self.verified(bytes).await? {
            Ok(verified) => verified,
            Err(error) => return Ok(Err(error)),
        };
        Ok(self.call(move |worker| worker.chain.submit(tx, verdicts)).await??)
    }

    /// The same without submitting it.
    pub(crate) async fn check(&self, bytes: &[u8]) -> Result<Result<u64, AppError>, BroadcastError> {
        let (tx, verdicts) = match self.verified(bytes).await? {
            Ok(verified) => verified,
            Err(error) => return Ok(Err(error)),
        };
        Ok(self.call(move |worker| worker.chain.check(&tx, &verdicts)).await?)
    }

    async fn verified(&self, bytes: &[u8]) -> Result<Result<(Tx, Vec<Verdict>), AppError>, BroadcastError> {
        if bytes.len() > MAX_TX_BYTES {
            return Err(BroadcastError::TooLarge(bytes.len()));
        }
        let tx = match Tx::decode(bytes, &self.inner.facts.prefix, self.inner.facts.taxed) {
            Ok(tx) => tx,
            Err(error) => return Ok(Err(error)),
        };
        let (tx, accounts, chain_id) = self
            .call(move |worker| {
                let accounts = worker.chain.signer_accounts(&tx);
                (tx, accounts, worker.chain.app.chain_id.clone())
            })
            .await?;
        let verdicts = Self::verdicts(&tx, accounts, &chain_id);
        Ok(Ok((tx, verdicts)))
    }

    fn verdicts(tx: &Tx, accounts: Vec<Option<KnownSigner>>, chain_id: &str) -> Vec<Verdict> {
        let verdict = |(signer, account): (&Signer, Option<KnownSigner>)| {
            // Unknown accounts fail in the chain's own checks, with the right words.
            let KnownSigner { number: account_number, key } = account.unwrap_or_default();
            let key = key.or_else(|| signer.public_key.clone());
            let verify = |key| sign::verify(tx, signer, key, chain_id, account_number);
            let result = key.as_ref().map_or_else(|| Err("no key".into()), verify);
            Verdict { account_number, key, result }
        };
        tx.signers.iter().zip(accounts).map(verdict).collect()
    }

    /// Lets the thread end after its current job.
    pub(crate) fn close(&self) {
        self.inner.jobs.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Ends the thread and waits for it.
    pub(crate) async fn stop(&self) {
        self.close();
        let thread = self.inner.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // Joining blocks; the thread ends after its current job.
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Node").field("chain_id", &self.chain_id()).finish_non_exhaustive()
    }
}

impl Worker {
    /// Changes when blocks are made.
    pub(crate) fn set_blocks(&mut self, blocks: Blocks) {
        self.blocks = blocks;
        self.due = Instant::now();
    }

    fn run(mut self, queue: &Receiver<Job>) {
        loop {
            let job = match self.wait() {
                Some(wait) if wait.is_zero() => {
                    self.make_block();
                    continue;
                }
                Some(wait) => match queue.recv_timeout(wait) {
                    Ok(job) => Some(job),
                    Err(RecvTimeoutError::Timeout) => None,
                    Err(RecvTimeoutError::Disconnected) => return,
                },
                None => match self.next_job(queue) {
                    Ok(job) => job,
                    Err(()) => return,
                },
            };
            if let Some(job) = job {
                job(&mut self);
            }
        }
    }

    /// Time to the next block of an interval; `None` without one.
    fn wait(&self) -> Option<Duration> {
        match self.blocks {
            Blocks::Interval(_) => Some(self.due.saturating_duration_since(Instant::now())),
            Blocks::OnTx | Blocks::OnDemand => None,
        }
    }

    /// Without an interval: the next job, or a block when the queue is empty and something waits.
    fn next_job(&mut self, queue: &Receiver<Job>) -> Result<Option<Job>, ()> {
        match queue.try_recv() {
            Ok(job) => Ok(Some(job)),
            Err(TryRecvError::Disconnected) => Err(()),
            Err(TryRecvError::Empty) if self.blocks == Blocks::OnTx && self.chain.mempool.len() > 0 => {
                self.make_block();
                Ok(None)
            }
            Err(TryRecvError::Empty) => queue.recv().map(Some).map_err(|_| ()),
        }
    }

    fn make_block(&mut self) {
        if let Err(error) = self.chain.produce() {
            tracing::error!(%error, "no block");
        }
        if let Blocks::Interval(interval) = self.blocks {
            // From now, not from the last due time: a slow block is not followed by a burst of empty ones.
            self.due = Instant::now().checked_add(interval).unwrap_or(self.due);
        }
    }
}
