//! Follows a signed transaction: hands it over and looks for it until it is in a block or never can be.

use std::time::Duration;

use cosmrs::Any;
use meteor_chain::backoff;
use meteor_chain::query::Answer;
use meteor_chain::transactions::Broadcast;
use meteor_chain::tx::Included;
use meteor_chain::waits::Wait;
use meteor_chain::words::Said;
use tokio::time::Instant;

use super::under_way::UnderWay;
use super::{Account, AccountError};
use crate::journal::Intent;
use crate::tx;

/// Blocks after which a transaction that was accepted but didn't show up is reported.
const PATIENCE: u64 = 50;
/// How long an account waits for a transaction under way before it gives up. The transaction stays in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How long the chain may stand still.
    pub still: Duration,
    /// Failures of all nodes in a row. The pauses between them grow.
    pub failures: u32,
    /// How long the nodes may be silent: then each try takes long, and few of them fail.
    pub silence: Duration,
}

impl Default for Patience {
    /// Ten minutes for a chain; for nodes three, or about two if they fail at once.
    fn default() -> Self {
        Self { still: Duration::from_mins(10), failures: 12, silence: Duration::from_mins(3) }
    }
}

/// The pause after the first failure. It doubles with each, long enough for a node to restart.
const PAUSE: Duration = Duration::from_millis(250);
/// The pause between the first looks for a transaction, for fast chains, and between the later ones: public
/// nodes limit requests.
const FAST_LOOK: Duration = Duration::from_millis(50);
const SLOW_LOOK: Duration = Duration::from_millis(500);
const FAST_LOOKS: u32 = 20;
/// Looks between two broadcasts of the same bytes: a node may forget what it accepted.
const REBROADCAST: u32 = 20;

/// What became of a signed transaction.
pub(super) enum Fate {
    /// It is in a block.
    Included(Included),
    /// It is in no block and never will be.
    Never {
        /// Its hash.
        hash: String,
        /// The last height that could have held it.
        until: u64,
    },
}

/// What a look for a transaction came to.
enum Step {
    /// Its fate is certain.
    Done(Fate),
    /// It isn't yet.
    Open {
        /// Where the chain is.
        height: u64,
    },
}

impl Account {
    /// Follows a transaction of the journal to its end. `sent` says that it may already be in a mempool.
    pub(super) async fn settle(&mut self, intent: &Intent, mut sent: bool) -> Result<Fate, AccountError> {
        let bytes = intent.bytes()?;
        let _under_way = UnderWay::now(&intent.hash);
        let wait = Wait::begin(format!("transaction {} to be in a block", intent.hash));
        let mut failures = 0;
        let mut answered = Instant::now();
        let mut looks: u32 = 0;
        loop {
            match self.step(intent, &bytes, &mut sent, looks).await {
                Ok(Step::Done(fate)) => {
                    if let Fate::Included(included) = &fate {
                        self.node.seen(included.height);
                        self.place.sequence = intent.sequence.saturating_add(1);
                        self.journal.committed(included)?;
                    } else {
                        self.journal.forget()?;
                    }
                    return Ok(fate);
                }
                Ok(Step::Open { height }) => {
                    failures = 0;
                    answered = Instant::now();
                    let still = wait.at(height);
                    if still >= self.patience.still {
                        let hash = intent.hash.clone();
                        return Err(AccountError::StandsStill { hash, height, seconds: still.as_secs() });
                    }
                    looks = looks.saturating_add(1);
                    tokio::time::sleep(if looks < FAST_LOOKS { FAST_LOOK } else { SLOW_LOOK }).await;
                }
                // All nodes refused it before any may have had it: nothing happened.
                Err(error @ AccountError::Refused(_)) if !sent => {
                    self.journal.forget()?;
                    return Err(error);
                }
                Err(error) => {
                    failures += 1;
                    let Patience { failures: most, silence, still: _ } = self.patience;
                    if failures > most || answered.elapsed() > silence {
                        return Err(match error {
                            AccountError::Node(source) => {
                                AccountError::Lost { hash: intent.hash.clone(), source }
                            }
                            other => other,
                        });
                    }
                    // Look at once after the pause: the transaction may have got through.
                    looks = 0;
                    tokio::time::sleep(backoff::after(PAUSE, backoff::LONGEST, failures)).await;
                }
            }
        }
    }

    /// Looks once for a transaction that is in the journal.
    async fn step(
        &self,
        intent: &Intent,
        bytes: &[u8],
        sent: &mut bool,
        looks: u32,
    ) -> Result<Step, AccountError> {
        if *sent && let Some(included) = self.node.tx(&intent.hash).await? {
            return Ok(Step::Done(Fate::Included(included)));
        }
        if looks.is_multiple_of(REBROADCAST) {
            match self.node.broadcast(bytes).await {
                // All nodes refused it before any may have had it. That a mempool is full is no verdict.
                Ok(Broadcast::Refused(refusal)) if !*sent && refusal.said() != Said::MempoolFull => {
                    return Err(AccountError::Refused(refusal));
                }
                // Accepted; or a node may have it or not. From here on only the account's sequence tells,
                // whatever a node says of bytes that may be in another one's mempool.
                _ => *sent = true,
            }
        }
        // The account's sequence at a height says all about the blocks up to it, with or without an index.
        let Answer { value: mut state, mut height } = self.node.account(self.address()).await?;
        let expired = height > intent.timeout_height.saturating_add(2);
        if expired && state.sequence <= intent.sequence {
            // One node is not enough to sign again: a transaction that it missed would then happen twice.
            for other in self.node.account_everywhere(self.address()).await? {
                if other.value.sequence > state.sequence {
                    Answer { value: state, height } = other;
                }
            }
        }
        let never = Fate::Never { hash: intent.hash.clone(), until: intent.timeout_height };
        if state.sequence > intent.sequence {
            let from = intent.signed_at.saturating_add(1);
            let found = self.node.scan(&intent.hash, from, height.min(intent.timeout_height)).await?;
            return Ok(Step::Done(found.map_or(never, Fate::Included)));
        }
        Ok(if expired { Step::Done(never) } else { Step::Open { height } })
    }

    /// Signs with `gas` as the limit and hands the transaction to the node, without waiting for a block;
    /// answers with its hash. Several may be under way, in order.
    ///
    /// # Errors
    /// [`AccountError::Refused`] if no node accepts it; [`AccountError::OneAtATime`] on an account with a
    /// journal, which has room for one.
    pub async fn submit(&mut self, messages: Vec<Any>, gas: u64) -> Result<String, AccountError> {
        if self.journal.durable() {
            return Err(AccountError::OneAtATime);
        }
        let bytes = tx::sign(&self.signer, &self.place, messages.clone(), gas, &self.price, 0)?;
        let mut told = self.node.broadcast(&bytes).await?;
        if let Broadcast::Refused(refusal) = &told
            && refusal.said() == Said::WrongSequence
        {
            // Somebody else used the key, or the node forgot a transaction that was in no block: ask, never
            // guess.
            self.refresh().await?;
            let bytes = tx::sign(&self.signer, &self.place, messages, gas, &self.price, 0)?;
            told = self.node.broadcast(&bytes).await?;
        }
        let hash = match told {
            Broadcast::Accepted(hash) => hash,
            Broadcast::Refused(refusal) => return Err(AccountError::Refused(refusal)),
        };
        self.place.sequence = self.place.sequence.saturating_add(1);
        Ok(hash)
    }

    /// Waits until the transaction is in a block, whatever its code.
    ///
    /// # Errors
    /// [`AccountError::NotIncluded`] if it is in none after many blocks.
    pub async fn wait(&self, hash: &str) -> Result<Included, AccountError> {
        let waits = Wait::begin(format!("transaction {hash} to be in a block"));
        let from = self.node.status().await?.height;
        loop {
            if let Some(included) = self.node.tx(hash).await? {
                return Ok(included);
            }
            let height = self.node.status().await?.height;
            if height > from.saturating_add(PATIENCE) {
                return Err(AccountError::NotIncluded { hash: hash.to_owned(), height });
            }
            waits.at(height);
            tokio::time::sleep(FAST_LOOK).await;
        }
    }
}
