//! The demo's wallets. Each is sent exactly what it will contribute, and fees.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use futures::{StreamExt, TryStreamExt, stream};
use meteor_operator::account::Account;
use meteor_operator::gas::{GasPrice, coins};
use meteor_operator::node::Node;
use meteor_operator::signer::Signer;
use meteor_operator::tax::Tax;
use meteor_operator::tx;

use super::plan::Plan;
use crate::chain::Chain;

/// The demo's wallets with coins in them.
pub(super) struct Wallets {
    /// One account per wallet of the plan.
    pub accounts: Vec<Arc<tokio::sync::Mutex<Account>>>,
    /// Their addresses.
    pub addresses: Vec<String>,
    /// What each had of the denom before: on a chain that goes on, the same seed makes the same wallets.
    pub before: Vec<u128>,
}

/// Requests under way at once.
pub(super) const PARALLEL: usize = 16;
/// Far above what a contribution uses; simulating each would double the requests.
pub(super) const CONTRIBUTE_GAS: u64 = 500_000;
/// What one meteor uses when it is cracked, at most.
const CRACK_GAS: u64 = 400_000;

/// Sends every wallet what it will contribute, and fees, plus what the tax takes on the way.
pub(super) async fn fund(chain: &Chain, plan: &Plan, showers: u32) -> Result<Wallets> {
    let mut bank = chain.account(0).await.context("account 0 of the words, which funds the wallets")?;
    let node = Node::new(&chain.rpc)?;
    let signers: Vec<Signer> =
        plan.keys.iter().map(|key| Signer::from_bytes(key, &chain.prefix)).collect::<Result<_, _>>()?;
    let addresses: Vec<String> = signers.iter().map(|signer| signer.address().to_owned()).collect();
    let before: Vec<u128> = stream::iter(&addresses)
        .map(|address| node.balance(address, &chain.denom))
        .buffered(PARALLEL)
        .try_collect()
        .await?;
    let [tax, fee_tax] = [Tax::of(&node, &chain.denom).await?, Tax::of(&node, &chain.gas_price.denom).await?];
    let mut messages = Vec::with_capacity(addresses.len());
    let (mut all, mut all_fees) = (0u128, 0u128);
    for (wallet, address) in addresses.iter().enumerate() {
        let to_arrive =
            |tax: Tax, due| tax.to_arrive(due).context("the chain's tax leaves nothing of what is sent");
        let give = to_arrive(tax, plan.gets(wallet))?;
        let fees = to_arrive(fee_tax, fee_money(&chain.gas_price, plan, wallet, showers))?;
        all = all.saturating_add(give);
        all_fees = all_fees.saturating_add(fees);
        let mut money = [coins(give, &chain.denom), coins(fees, &chain.gas_price.denom)].concat();
        money.sort_by(|a, b| a.denom.cmp(&b.denom));
        messages.push(tx::send(bank.address(), address, &money));
    }
    for (needed, denom) in [(all, &chain.denom), (all_fees, &chain.gas_price.denom)] {
        let has = node.balance(bank.address(), denom).await?;
        ensure!(
            has >= needed,
            "{} has {has}{denom} and the wallets need {needed}: fewer --wallets, --showers or another --seed",
            bank.address()
        );
    }
    for batch in messages.chunks(100) {
        bank.send(batch.to_vec()).await.context("funding the wallets")?;
    }
    let accounts = stream::iter(signers)
        .map(|signer| {
            let node = node.clone();
            async move {
                let account = Account::open(node, signer, chain.gas_price.clone()).await?;
                anyhow::Ok(Arc::new(tokio::sync::Mutex::new(account)))
            }
        })
        .buffered(PARALLEL)
        .try_collect()
        .await?;
    Ok(Wallets { accounts, addresses, before })
}

/// What a wallet needs for its fees: its contributions, and a meteor of each shower to crack.
fn fee_money(price: &GasPrice, plan: &Plan, wallet: usize, showers: u32) -> u128 {
    let contributions = plan.contributions.iter().filter(|c| c.wallet == wallet);
    let contributing: u128 = contributions.map(|_| price.fee(CONTRIBUTE_GAS)).sum();
    contributing.saturating_add(price.fee(CRACK_GAS).saturating_mul(u128::from(showers)))
}
