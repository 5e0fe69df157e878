//! One key sending transactions in order: knows its sequence, sets fees, waits for blocks.

use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use cosmrs::Any;
use cosmwasm_std::Coin;
use serde::Serialize;

use crate::error::OperatorError;
use crate::gas::{GasPrice, with_margin};
use crate::jitter;
use crate::journal::{Intent, Journal};
use crate::node::{self, Included, Node};
use crate::signer::Signer;
use crate::tx::{self, Place};

/// The chain's code for "another sequence is expected".
const WRONG_SEQUENCE: u32 = 32;
/// The chain's code for "used more gas than its limit".
const OUT_OF_GAS: u32 = 11;
/// The chain's code for "the account has too little".
const INSUFFICIENT_FUNDS: u32 = 5;
/// The chain's code for "the fee is too low".
const INSUFFICIENT_FEE: u32 = 13;
/// The chain's code for "the gas limit is more than a block holds".
const GAS_LIMIT: u32 = 41;
/// The chain's words for another sequence, where a simulation fails.
const SEQUENCE_MISMATCH: &str = "account sequence mismatch";
/// Blocks after which a transaction that was taken but didn't show up is reported.
const PATIENCE: u64 = 50;
/// Blocks in which a signed transaction may be included. After them it can be signed again.
const LIFETIME: u64 = 30;
/// How often a message is signed anew before the job gives up.
const SIGNATURES: u32 = 4;
/// How many times its configured price a transaction may cost where nodes ask for more.
const DEAREST: u64 = 4;
/// Failures of all nodes in a row, some two minutes of them, after which the job gives up. What is outstanding stays noted.
const FAILURES: u32 = 12;
/// The pause after the first failure; it doubles with each: a node that is started anew is waited for.
const PAUSE: Duration = Duration::from_millis(250);
/// How often a transaction is looked for in its first looks, for fast chains, and afterwards: public nodes count requests.
const FAST_LOOK: Duration = Duration::from_millis(50);
const SLOW_LOOK: Duration = Duration::from_millis(500);
const FAST_LOOKS: u32 = 20;
/// Looks between two broadcasts of the same bytes: a node may forget what it took.
const REBROADCAST: u32 = 20;

/// What became of a signed transaction.
enum Fate {
    /// It is in a block.
    Included(Included),
    /// It is in no block and never will be.
    Never,
}

/// One key that sends transactions to one chain.
#[derive(Debug)]
pub struct Account {
    node: Node,
    signer: Signer,
    price: GasPrice,
    place: Place,
    journal: Journal,
}

impl Account {
    /// Reads the account's number and sequence from the chain. What it has under way is forgotten with the process:
    /// jobs use [`Account::open_with_journal`].
    ///
    /// # Errors
    /// [`OperatorError::Query`] if the chain doesn't know the account: send it coins first.
    pub async fn open(node: Node, signer: Signer, price: GasPrice) -> Result<Self, OperatorError> {
        let chain_id = node.one_chain().await?;
        let state = node.account(signer.address()).await?;
        let place = Place { chain_id, number: state.number, sequence: state.sequence };
        Ok(Self { node, signer, price, place, journal: Journal::memory() })
    }

    /// Opens the account with its journal under `dir`, and first finds out what became of the transaction that an
    /// earlier process left under way: when this returns, the chain's state says all that it did.
    ///
    /// # Errors
    /// As [`Account::open`]; [`OperatorError::Journal`] if another process uses the journal or it can't be read.
    pub async fn open_with_journal(
        node: Node,
        signer: Signer,
        price: GasPrice,
        dir: &Path,
    ) -> Result<Self, OperatorError> {
        let mut account = Self::open(node, signer, price).await?;
        account.journal = Journal::open(dir, &account.place.chain_id, account.signer.address())?;
        // A node that stands still would have this account sign its last transaction again, byte for byte, and take
        // that for the new one.
        if let Some(last) = account.journal.history()?.last() {
            account.node.seen(last.height);
        }
        if let Some(intent) = account.journal.outstanding().cloned() {
            tracing::info!(hash = intent.hash, "finding out what became of an earlier transaction");
            account.settle(&intent, true).await?;
        }
        // One tip for all reads that follow: what was committed must be seen.
        let (_, height) = account.node.status().await?;
        account.node.seen(height);
        account.refresh().await?;
        Ok(account)
    }

    /// What it has under way and has done.
    pub const fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The address that signs.
    pub fn address(&self) -> &str {
        self.signer.address()
    }

    /// The node it sends to.
    pub const fn node(&self) -> &Node {
        &self.node
    }

    /// Executes a contract and waits until it is in a block.
    ///
    /// # Errors
    /// As [`Account::send`].
    pub async fn execute(
        &mut self,
        contract: &str,
        message: &impl Serialize,
        funds: &[Coin],
    ) -> Result<Included, OperatorError> {
        let message = tx::execute(self.address(), contract, message, funds)?;
        self.send(vec![message]).await
    }

    /// Simulates, signs, sends, and waits until the transaction is in a block. It is noted before it is sent, and
    /// signed anew only once the one before can be in no block any more. Where all nodes ask for a higher fee it
    /// pays twice the price, then four times; where a block holds less gas than its limit it takes all of a block.
    ///
    /// # Errors
    /// [`OperatorError::Query`] if the simulation says it would fail, [`OperatorError::Refused`] if the chain doesn't
    /// take it, [`OperatorError::Failed`] if it was included and failed. After any other error its fate may be
    /// unknown: the next `send`, or the next opening of the journal, finds out first.
    pub async fn send(&mut self, messages: Vec<Any>) -> Result<Included, OperatorError> {
        self.resume().await?;
        let mut least_gas = 0;
        let mut most_gas = u64::MAX;
        let mut price = self.price.clone();
        let mut signatures = 0;
        loop {
            let gas = with_margin(self.simulate(&messages).await?).max(least_gas).min(most_gas);
            signatures += 1;
            match self.attempt(messages.clone(), gas, &price).await {
                Ok(Fate::Included(included)) if included.code == 0 => return Ok(included),
                Ok(Fate::Included(included)) => {
                    // It took its fee and its sequence and did nothing else: more gas may help.
                    if included.code == OUT_OF_GAS && signatures < SIGNATURES {
                        least_gas = gas.saturating_add(gas / 2);
                        continue;
                    }
                    let Included { hash, height, code, log, .. } = included;
                    return Err(OperatorError::Failed { hash, height, code, log });
                }
                Ok(Fate::Never) if signatures < SIGNATURES => self.refresh().await?,
                Ok(Fate::Never) => {
                    let (_, height) = self.node.status().await?;
                    return Err(OperatorError::NotIncluded { hash: String::new(), height });
                }
                // Somebody else used the key, or a node was behind: ask, never guess.
                Err(OperatorError::Refused { code: WRONG_SEQUENCE, .. }) if signatures < SIGNATURES => {
                    self.refresh().await?;
                }
                // Nothing was taken: the same sequence at a higher price, but not at any.
                Err(OperatorError::Refused { code: INSUFFICIENT_FEE, .. })
                    if signatures < SIGNATURES
                        && price.millionths.saturating_mul(2)
                            <= self.price.millionths.saturating_mul(DEAREST) =>
                {
                    price.millionths = price.millionths.saturating_mul(2);
                    tracing::warn!(millionths = price.millionths, "the nodes ask for a higher gas price");
                }
                Err(OperatorError::Refused { code: GAS_LIMIT, log }) if most_gas == u64::MAX => {
                    let block = self.node.block_gas().await?;
                    most_gas = block.ok_or(OperatorError::Refused { code: GAS_LIMIT, log })?;
                }
                Err(OperatorError::Refused { code: INSUFFICIENT_FUNDS, log }) => {
                    let fee = price.fee(gas);
                    let has = self.node.balance(self.address(), &self.price.denom).await?;
                    return Err(if has < fee {
                        OperatorError::CannotPay {
                            address: self.address().to_owned(),
                            missing: fee.saturating_sub(has),
                            denom: self.price.denom.clone(),
                        }
                    } else {
                        OperatorError::Refused { code: INSUFFICIENT_FUNDS, log }
                    });
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Finds out what became of a transaction whose `send` ended without knowing.
    async fn resume(&mut self) -> Result<(), OperatorError> {
        if let Some(intent) = self.journal.outstanding().cloned() {
            self.settle(&intent, true).await?;
            self.refresh().await?;
        }
        Ok(())
    }

    async fn simulate(&mut self, messages: &[Any]) -> Result<u64, OperatorError> {
        let mut tries = 1;
        loop {
            let bytes = tx::unsigned(&self.signer, self.place.sequence, messages.to_vec());
            match self.node.simulate(bytes).await {
                // Somebody else used the key. A query's error comes without the transaction's code: its words must do.
                Err(OperatorError::Query { log, .. })
                    if log.contains(SEQUENCE_MISMATCH) && tries < SIGNATURES =>
                {
                    tries += 1;
                    self.refresh().await?;
                }
                other => return other,
            }
        }
    }

    async fn attempt(
        &mut self,
        messages: Vec<Any>,
        gas: u64,
        price: &GasPrice,
    ) -> Result<Fate, OperatorError> {
        let (_, signed_at) = self.node.status().await?;
        let timeout_height = signed_at.saturating_add(LIFETIME);
        let bytes = tx::sign(&self.signer, &self.place, messages, gas, price, timeout_height)?;
        let intent = Intent {
            chain_id: self.place.chain_id.clone(),
            address: self.address().to_owned(),
            sequence: self.place.sequence,
            fee: format!("{}{}", price.fee(gas), price.denom),
            hash: node::hash(&bytes),
            signed_at,
            timeout_height,
            tx: BASE64.encode(&bytes),
        };
        // Intent before effect: once sent, only these bytes tell what may have happened.
        self.journal.write(intent.clone())?;
        self.settle(&intent, false).await
    }

    /// Follows a noted transaction to its end. `sent`: it may be in a mempool already.
    async fn settle(&mut self, intent: &Intent, mut sent: bool) -> Result<Fate, OperatorError> {
        let bytes = intent.bytes()?;
        let mut failures = 0;
        let mut looks: u32 = 0;
        loop {
            match self.step(intent, &bytes, &mut sent, looks).await {
                Ok(Some(fate)) => {
                    if let Fate::Included(included) = &fate {
                        self.node.seen(included.height);
                        self.place.sequence = intent.sequence.saturating_add(1);
                        self.journal.committed(included)?;
                    } else {
                        self.journal.forget()?;
                    }
                    return Ok(fate);
                }
                Ok(None) => {
                    failures = 0;
                    looks = looks.saturating_add(1);
                    tokio::time::sleep(if looks < FAST_LOOKS { FAST_LOOK } else { SLOW_LOOK }).await;
                }
                // All nodes refused it before any may have had it: nothing happened.
                Err(error @ OperatorError::Refused { .. }) if !sent => {
                    self.journal.forget()?;
                    return Err(error);
                }
                Err(error) => {
                    failures += 1;
                    if failures > FAILURES {
                        return Err(error);
                    }
                    // Asked again at once, for the transaction may have got through.
                    looks = 0;
                    tokio::time::sleep(jitter::backoff(PAUSE, failures)).await;
                }
            }
        }
    }

    /// One look at where a noted transaction is; `None` while that is open.
    async fn step(
        &self,
        intent: &Intent,
        bytes: &[u8],
        sent: &mut bool,
        looks: u32,
    ) -> Result<Option<Fate>, OperatorError> {
        if *sent && let Some(included) = self.node.tx(&intent.hash).await? {
            return Ok(Some(Fate::Included(included)));
        }
        if looks.is_multiple_of(REBROADCAST) {
            match self.node.broadcast(bytes).await {
                // All nodes refused it before any may have had it. That a mempool is full is no verdict.
                Err(error @ OperatorError::Refused { .. }) if !*sent && !error.mempool_full() => {
                    return Err(error);
                }
                // Taken; or a node may have it or not. From here on only the account's sequence tells, whatever a
                // node says of bytes that may be in another one's mempool.
                _ => *sent = true,
            }
        }
        // The account at one height tells all about the blocks up to that height, with or without an index.
        let (mut state, mut height) = self.node.account_at(self.address()).await?;
        let expired = height > intent.timeout_height.saturating_add(2);
        if expired && state.sequence <= intent.sequence {
            // One node's word is too little for signing anew: what it doesn't know of would then happen twice.
            for other in self.node.account_everywhere(self.address()).await? {
                if other.0.sequence > state.sequence {
                    (state, height) = other;
                }
            }
        }
        if state.sequence > intent.sequence {
            let from = intent.signed_at.saturating_add(1);
            let found = self.node.scan(&intent.hash, from, height.min(intent.timeout_height)).await?;
            return Ok(Some(found.map_or(Fate::Never, Fate::Included)));
        }
        Ok(expired.then_some(Fate::Never))
    }

    /// Signs with `gas` as the limit and hands the transaction to the node, without waiting for a block; answers
    /// with its hash. Several may be under way, in order.
    ///
    /// # Errors
    /// [`OperatorError::Refused`] if the chain doesn't take it; [`OperatorError::OneAtATime`] on an account with a
    /// journal, which has room for one.
    pub async fn submit(&mut self, messages: Vec<Any>, gas: u64) -> Result<String, OperatorError> {
        if self.journal.durable() {
            return Err(OperatorError::OneAtATime);
        }
        let bytes = tx::sign(&self.signer, &self.place, messages.clone(), gas, &self.price, 0)?;
        let hash = match self.node.broadcast(&bytes).await {
            // Somebody else used the key, or the node forgot what it had not put into a block: ask, never guess.
            Err(OperatorError::Refused { code: WRONG_SEQUENCE, .. }) => {
                self.refresh().await?;
                let bytes = tx::sign(&self.signer, &self.place, messages, gas, &self.price, 0)?;
                self.node.broadcast(&bytes).await?
            }
            other => other?,
        };
        self.place.sequence = self.place.sequence.saturating_add(1);
        Ok(hash)
    }

    /// Waits until the transaction is in a block, whatever its code.
    ///
    /// # Errors
    /// [`OperatorError::NotIncluded`] if it is in none after many blocks.
    pub async fn wait(&self, hash: &str) -> Result<Included, OperatorError> {
        let (_, from) = self.node.status().await?;
        loop {
            if let Some(included) = self.node.tx(hash).await? {
                return Ok(included);
            }
            let (_, height) = self.node.status().await?;
            if height > from.saturating_add(PATIENCE) {
                return Err(OperatorError::NotIncluded { hash: hash.to_owned(), height });
            }
            tokio::time::sleep(FAST_LOOK).await;
        }
    }

    async fn refresh(&mut self) -> Result<(), OperatorError> {
        self.place.sequence = self.node.account(self.signer.address()).await?.sequence;
        Ok(())
    }
}
