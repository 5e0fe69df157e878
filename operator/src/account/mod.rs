//! One key that sends transactions in order: it keeps the sequence, sets fees and waits for blocks.

mod dry_run;
mod error;
mod follow;
mod under_way;

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use cosmrs::Any;
use cosmwasm_std::Coin;
use meteor_chain::tax::Rate;
use meteor_chain::tx::Included;
use meteor_chain::words::{Refusal, Said};
use meteor_chain::{NodeError, transactions};
use serde::Serialize;

pub use self::dry_run::{Planned, PlannedMessage};
pub use self::error::AccountError;
use self::follow::Fate;
pub use self::follow::Patience;
pub use self::under_way::under_way;
use crate::gas::{GasPrice, taxed_transfers, with_margin};
use crate::journal::{Intent, Journal};
use crate::node::Node;
use crate::signer::Signer;
use crate::tx::{self, Place};

/// Blocks in which a signed transaction may be included. After them it can be signed again.
const LIFETIME: u64 = 30;
/// How often a message is signed before the job gives up.
const SIGNATURES: u32 = 4;
/// How many times the configured price a transaction may cost if the nodes ask for more.
const DEAREST: u64 = 4;

/// One key that sends transactions to one chain.
#[derive(Debug)]
pub struct Account {
    node: Node,
    signer: Signer,
    price: GasPrice,
    place: Place,
    journal: Journal,
    patience: Patience,
    /// Whether everything is only simulated.
    dry_run: bool,
}

impl Account {
    /// Reads the account's number and sequence from the chain. Without a journal, a transaction under way is
    /// lost with the process: jobs use [`Account::open_with_journal`].
    ///
    /// # Errors
    /// [`AccountError::NoAccount`] if the chain has no such account: send it coins first.
    pub async fn open(node: Node, signer: Signer, price: GasPrice) -> Result<Self, AccountError> {
        let chain_id = node.one_chain().await?;
        let state = match node.account(signer.address()).await {
            Ok(answer) => answer.value,
            Err(NodeError::Query(refusal)) if refusal.said() == Said::NoAccount => {
                let (address, denom) = (signer.address().to_owned(), price.denom);
                return Err(AccountError::NoAccount { address, denom });
            }
            Err(error) => return Err(error.into()),
        };
        let place = Place { chain_id, number: state.number, sequence: state.sequence };
        let (journal, patience) = (Journal::memory(), Patience::default());
        Ok(Self { node, signer, price, place, journal, patience, dry_run: false })
    }

    /// Opens the account with its journal under `dir`. First it finds out what became of a transaction that
    /// an earlier process left under way, so that the chain's state shows everything that process did.
    ///
    /// # Errors
    /// As [`Account::open`]; [`AccountError::Journal`] if another process uses the journal or it can't be
    /// read.
    pub async fn open_with_journal(
        node: Node,
        signer: Signer,
        price: GasPrice,
        dir: &Path,
    ) -> Result<Self, AccountError> {
        let mut account = Self::open(node, signer, price).await?;
        account.journal = Journal::open(dir, &account.place.chain_id, account.signer.address())?;
        // On a node that has stalled, this account would sign its last transaction again, byte for byte, and
        // mistake it for the new one.
        if let Some(last) = account.journal.history()?.last() {
            account.node.seen(last.height);
        }
        if let Some(intent) = account.journal.outstanding().cloned() {
            tracing::info!(hash = intent.hash, "finding out what became of an earlier transaction");
            account.settle(&intent, true).await?;
        }
        // Reads that follow must see everything up to this height.
        account.node.seen(account.node.status().await?.height);
        account.refresh().await?;
        Ok(account)
    }

    /// The account for a dry run: it simulates what it is to send, and answers with [`AccountError::DryRun`].
    #[must_use]
    pub fn for_a_dry_run(self) -> Self {
        Self { dry_run: true, ..self }
    }

    /// The account that waits so long for its transactions, instead of some minutes.
    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// Its transactions, under way and done.
    pub const fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The address that signs.
    pub fn address(&self) -> &str {
        self.signer.address()
    }

    /// What it pays for a unit of gas, unless the nodes ask for more.
    pub const fn price(&self) -> &GasPrice {
        &self.price
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
    ) -> Result<Included, AccountError> {
        let message = tx::execute(self.address(), contract, message, funds)?;
        self.send(vec![message]).await
    }

    /// Simulates, signs, sends, and waits until the transaction is in a block. The journal has it before it
    /// is sent. It is signed again only once no block can hold the one before. If all nodes ask for a higher
    /// fee, it pays twice the price, then four times. If its gas limit exceeds a block's, the block's gas
    /// becomes the limit.
    ///
    /// # Errors
    /// [`AccountError::WouldFail`] if the simulation says so, [`AccountError::Refused`] if no node accepts
    /// it, [`AccountError::Failed`] if it was included and failed, [`AccountError::NeverIncluded`] if no
    /// block took it. After any other error the outcome may be unknown: the next `send`, or the next opening
    /// of the journal, finds it out first.
    pub async fn send(&mut self, messages: Vec<Any>) -> Result<Included, AccountError> {
        self.send_by(messages, u64::MAX).await
    }

    /// As [`Account::send`], but no block above `last` may hold the transaction, however often it is signed.
    ///
    /// # Errors
    /// As [`Account::send`]; [`AccountError::TooLate`] once `last` is over.
    pub async fn send_by(&mut self, messages: Vec<Any>, last: u64) -> Result<Included, AccountError> {
        self.resume().await?;
        let mut least_gas = self.least_gas(&messages).await?;
        let mut most_gas = u64::MAX;
        let mut price = self.price.clone();
        let mut signatures = 0;
        loop {
            signatures += 1;
            // A simulation shows the messages to the nodes, too.
            if last < u64::MAX && self.node.status().await?.height >= last {
                return Err(AccountError::TooLate { until: last });
            }
            let gas = with_margin(self.simulate(&messages).await?).max(least_gas).min(most_gas);
            if self.dry_run {
                let fee = format!("{}{}", price.fee(gas), price.denom);
                let messages = messages.iter().map(PlannedMessage::of).collect();
                let signer = self.address().to_owned();
                return Err(AccountError::DryRun(Box::new(Planned { signer, messages, gas, fee })));
            }
            let again = signatures < SIGNATURES;
            match self.attempt(messages.clone(), gas, &price, last).await {
                Ok(Fate::Included(Included { refusal: Some(refusal), hash, height, .. })) => {
                    // It cost its fee and its sequence and did nothing else: more gas may help.
                    if refusal.said() != Said::OutOfGas || !again {
                        return Err(AccountError::Failed { hash, height, refusal });
                    }
                    least_gas = gas.saturating_add(gas / 2);
                }
                Ok(Fate::Included(included)) => return Ok(included),
                Ok(Fate::Never { .. }) if again => self.refresh().await?,
                Ok(Fate::Never { hash, until }) => {
                    return Err(AccountError::NeverIncluded { signatures, hash, until });
                }
                Err(AccountError::Refused(refusal)) => {
                    let said = refusal.said();
                    let dearer = price.millionths.saturating_mul(2);
                    if said == Said::WrongSequence && again {
                        // Somebody else used the key, or a node was behind: ask, never guess.
                        self.refresh().await?;
                    } else if said == Said::InsufficientFee
                        && dearer <= self.price.millionths.saturating_mul(DEAREST)
                    {
                        // Nothing happened: the same sequence again at a higher price. The price has a bound of its
                        // own, so what else may be refused has as many tries left as before.
                        price.millionths = dearer;
                        signatures -= 1;
                        tracing::warn!("the nodes ask for a higher gas price: paying {price} now");
                    } else if said == Said::OverBlockGas && most_gas == u64::MAX {
                        most_gas = self.node.block_gas().await?.ok_or(AccountError::Refused(refusal))?;
                    } else if said == Said::InsufficientFunds {
                        return Err(self.cannot_pay(price.fee(gas), refusal).await);
                    } else {
                        return Err(AccountError::Refused(refusal));
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Says how much is missing for a fee. If the fee isn't the reason, `refusal` stays.
    async fn cannot_pay(&self, fee: u128, refusal: Refusal) -> AccountError {
        match self.node.balance(self.address(), &self.price.denom).await {
            Ok(has) if has < fee => AccountError::CannotPay {
                address: self.address().to_owned(),
                missing: fee.saturating_sub(has),
                denom: self.price.denom.clone(),
            },
            Ok(_) => AccountError::Refused(refusal),
            Err(error) => error.into(),
        }
    }

    /// What a simulation doesn't tell: the tax on the transfers among the messages.
    async fn least_gas(&self, messages: &[Any]) -> Result<u64, AccountError> {
        let coins = tx::transferred(messages);
        let taxed = coins > 0 && Rate::of(&self.node).await? != Rate::default();
        Ok(if taxed { taxed_transfers(coins) } else { 0 })
    }

    /// Finds out what became of a transaction whose `send` ended without knowing.
    async fn resume(&mut self) -> Result<(), AccountError> {
        if let Some(intent) = self.journal.outstanding().cloned() {
            self.settle(&intent, true).await?;
            self.refresh().await?;
        }
        Ok(())
    }

    async fn simulate(&mut self, messages: &[Any]) -> Result<u64, AccountError> {
        let mut tries = 1;
        loop {
            let bytes = tx::unsigned(&self.signer, self.place.sequence, messages.to_vec());
            match self.node.simulate(bytes).await {
                // Somebody else used the key.
                Err(NodeError::Query(refusal))
                    if refusal.said() == Said::WrongSequence && tries < SIGNATURES =>
                {
                    tries += 1;
                    self.refresh().await?;
                }
                Err(NodeError::Query(refusal)) => {
                    // So that times in it can be told from now; without it they are told all the same.
                    let now = self.node.time().await;
                    return Err(AccountError::WouldFail(now.map_or(refusal.clone(), |now| refusal.at(now))));
                }
                other => return Ok(other?),
            }
        }
    }

    async fn attempt(
        &mut self,
        messages: Vec<Any>,
        gas: u64,
        price: &GasPrice,
        last: u64,
    ) -> Result<Fate, AccountError> {
        let signed_at = self.node.status().await?.height;
        let timeout_height = signed_at.saturating_add(LIFETIME).min(last);
        // 0 would mean: in any block.
        if timeout_height <= signed_at {
            return Err(AccountError::TooLate { until: last });
        }
        let bytes = tx::sign(&self.signer, &self.place, messages, gas, price, timeout_height)?;
        let intent = Intent {
            chain_id: self.place.chain_id.clone(),
            address: self.address().to_owned(),
            sequence: self.place.sequence,
            fee: format!("{}{}", price.fee(gas), price.denom),
            hash: transactions::hash(&bytes),
            signed_at,
            timeout_height,
            tx: BASE64.encode(&bytes),
        };
        // Intent before effect: once it is sent, only these bytes tell what may have happened.
        self.journal.write(intent.clone())?;
        self.settle(&intent, false).await
    }

    async fn refresh(&mut self) -> Result<(), AccountError> {
        self.place.sequence = self.node.account(self.signer.address()).await?.value.sequence;
        Ok(())
    }
}
