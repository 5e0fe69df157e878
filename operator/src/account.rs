//! One key sending transactions in order: knows its sequence, sets fees, waits for blocks.

use std::time::Duration;

use cosmrs::Any;
use cosmwasm_std::Coin;
use serde::Serialize;

use crate::error::OperatorError;
use crate::gas::{GasPrice, with_margin};
use crate::node::{Included, Node};
use crate::signer::Signer;
use crate::tx::{self, Place};

/// The chain's code for "another sequence is expected".
const WRONG_SEQUENCE: u32 = 32;
/// The chain's words for the same, where a simulation fails.
const SEQUENCE_MISMATCH: &str = "account sequence mismatch";
/// Blocks after which a transaction that was taken but didn't show up is reported.
const PATIENCE: u64 = 50;
const POLL: Duration = Duration::from_millis(50);

/// One key that sends transactions to one chain.
#[derive(Debug)]
pub struct Account {
    node: Node,
    signer: Signer,
    price: GasPrice,
    place: Place,
}

impl Account {
    /// Reads the account's number and sequence from the chain.
    ///
    /// # Errors
    /// [`OperatorError::Query`] if the chain doesn't know the account: send it coins first.
    pub async fn open(node: Node, signer: Signer, price: GasPrice) -> Result<Self, OperatorError> {
        let (chain_id, _) = node.status().await?;
        let state = node.account(signer.address()).await?;
        let place = Place { chain_id, number: state.number, sequence: state.sequence };
        Ok(Self { node, signer, price, place })
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

    /// Simulates, signs, sends, and waits until the transaction is in a block.
    ///
    /// # Errors
    /// [`OperatorError::Query`] if the simulation says it would fail, [`OperatorError::Failed`] if it was included and
    /// failed, [`OperatorError::NotIncluded`] if it did not show up.
    pub async fn send(&mut self, messages: Vec<Any>) -> Result<Included, OperatorError> {
        let bytes = tx::unsigned(&self.signer, self.place.sequence, messages.clone());
        let gas = match self.node.simulate(bytes).await {
            // A query's error comes without the transaction's code, so its words have to do.
            Err(OperatorError::Query { log, .. }) if log.contains(SEQUENCE_MISMATCH) => {
                self.refresh().await?;
                let again = tx::unsigned(&self.signer, self.place.sequence, messages.clone());
                self.node.simulate(again).await?
            }
            other => other?,
        };
        let hash = self.submit(messages, with_margin(gas)).await?;
        let included = self.wait(&hash).await?;
        if included.code == 0 {
            Ok(included)
        } else {
            Err(OperatorError::Failed {
                hash,
                height: included.height,
                code: included.code,
                log: included.log,
            })
        }
    }

    /// Signs with `gas` as the limit and hands the transaction to the node, without waiting for a block; answers
    /// with its hash. Several may be under way, in order.
    ///
    /// # Errors
    /// [`OperatorError::Refused`] if the chain doesn't take it.
    pub async fn submit(&mut self, messages: Vec<Any>, gas: u64) -> Result<String, OperatorError> {
        let bytes = tx::sign(&self.signer, &self.place, messages.clone(), gas, &self.price)?;
        let hash = match self.node.broadcast(&bytes).await {
            // Somebody else used the key, or the node forgot what it had not put into a block: ask, never guess.
            Err(OperatorError::Refused { code: WRONG_SEQUENCE, .. }) => {
                self.refresh().await?;
                let bytes = tx::sign(&self.signer, &self.place, messages, gas, &self.price)?;
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
            tokio::time::sleep(POLL).await;
        }
    }

    async fn refresh(&mut self) -> Result<(), OperatorError> {
        self.place.sequence = self.node.account(self.signer.address()).await?.sequence;
        Ok(())
    }
}
