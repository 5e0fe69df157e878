//! The faucet: play money for the wallets of people who visit the demo's page.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use axum::http::StatusCode;
use meteor_indexer::address;
use meteor_indexer::api::Problem;
use meteor_operator::account::Account;
use meteor_operator::gas::coins;
use meteor_operator::tax::Tax;
use meteor_operator::tx;
use tokio::sync::Mutex;

use super::wallets::CONTRIBUTE_GAS;
use crate::chain::Chain;

/// What a visitor gets to contribute (micro-denom).
const GIFT: u128 = 1_000_000_000;
/// How many transactions its fees last for.
const TRANSACTIONS: u64 = 200;
/// How many addresses get something.
const MOST: usize = 500;

/// Sends coins to each address once.
pub(super) struct Faucet {
    prefix: String,
    money: Vec<cosmwasm_std::Coin>,
    /// One payment at a time: an account signs its transactions in order.
    bank: Mutex<Bank>,
}

struct Bank {
    account: Account,
    /// Who got something, by which transaction.
    given: BTreeMap<String, String>,
}

impl Faucet {
    /// Gives from account 0, which the demo itself needs no more once its wallets are funded.
    pub(super) async fn new(chain: &Chain) -> Result<Self> {
        let account = chain.account(0).await.context("account 0 of the words, which funds visitors")?;
        let fees = chain.gas_price.fee(CONTRIBUTE_GAS.saturating_mul(TRANSACTIONS));
        let mut money = Vec::new();
        for (due, denom) in [(GIFT, &chain.denom), (fees, &chain.gas_price.denom)] {
            let amount = Tax::of(account.node(), denom).await?.to_arrive(due);
            money.extend(coins(amount.context("the chain's tax leaves nothing of what is sent")?, denom));
        }
        money.sort_by(|a, b| a.denom.cmp(&b.denom));
        let bank = Mutex::new(Bank { account, given: BTreeMap::new() });
        Ok(Self { prefix: chain.prefix.clone(), money, bank })
    }

    /// Sends `to` its coins, waits until they are there, and answers with the transaction's hash. An address that has
    /// had them gets the same answer and nothing more: the page asks each time it is opened.
    pub(super) async fn give(&self, to: &str) -> Result<String, Problem> {
        address::check(to, &self.prefix).map_err(|error| Problem::bad_address(format!("{error}.")))?;
        let mut bank = self.bank.lock().await;
        if let Some(hash) = bank.given.get(to) {
            return Ok(hash.clone());
        }
        if bank.given.len() >= MOST {
            let detail = format!("The demo has given play money to {MOST} addresses and gives no more.");
            return Err(Problem::new(StatusCode::FORBIDDEN, "faucet-closed", "The faucet is closed", detail));
        }
        let message = tx::send(bank.account.address(), to, &self.money);
        let sent = bank.account.send(vec![message]).await.map_err(|error| {
            let detail = format!("The chain did not take the payment, try again: {error}.");
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "faucet-failed", "The faucet failed", detail)
        })?;
        bank.given.insert(to.to_owned(), sent.hash.clone());
        Ok(sent.hash)
    }
}
