//! N wallets with one contribution each: funded, signed in parallel, and broadcast without waiting for
//! blocks.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use meteor_chain::transactions::Broadcast;
use meteor_chain::words::Said;
use meteor_messages::shower::ExecuteMsg;
use meteor_operator::gas::{GasPrice, coins, taxed_transfers};
use meteor_operator::node::Node;
use meteor_operator::signer::Signer;
use meteor_operator::tax::Tax;
use meteor_operator::tx::{self, Place};
use tokio::task::JoinSet;

use crate::Stage;

/// Far above what a contribution uses; simulating each would double the requests.
const CONTRIBUTE_GAS: u64 = 250_000;
/// What a transfer to a new account uses, and some.
const TRANSFER_GAS: u64 = 90_000;
/// Transfers in a transaction.
const TRANSFERS: usize = 250;
/// The least contribution (micro-denom); wallet i gives i more, so that no two are equal.
const LEAST: u128 = 8_000_000;
/// Broadcasts under way at once.
const PARALLEL: usize = 32;
/// A node that executes a large block answers nothing meanwhile.
const TRIES: u32 = 60;
const POLL: Duration = Duration::from_millis(200);
/// Looks in which nobody was counted before the crowd is given up: a minute.
const IDLE: u32 = 300;

/// Wallets that have not contributed yet.
pub struct Crowd {
    signers: Vec<Signer>,
    /// The chain's number of the first wallet; the others follow.
    first: u64,
    chain_id: String,
    price: GasPrice,
}

/// What wallet number `wallet` of a crowd gives: no two the same.
pub fn amount(wallet: usize) -> u128 {
    LEAST.saturating_add(u128::try_from(wallet).unwrap_or_default())
}

impl Crowd {
    /// Makes `count` wallets and sends each its contribution and its fee.
    ///
    /// # Errors
    /// If the chain refuses.
    pub async fn fund(stage: &Stage, count: usize) -> Result<Self> {
        Self::fund_for(stage, count, 1).await
    }

    /// The same for a contribution to each of the first `showers` showers.
    ///
    /// # Errors
    /// If the chain refuses.
    pub async fn fund_for(stage: &Stage, count: usize, showers: u32) -> Result<Self> {
        let price = GasPrice { denom: "uusd".into(), millionths: 10_000 };
        let key = |wallet: usize| {
            let mut key = [1; 32];
            for (byte, wallet) in key.iter_mut().zip(wallet.to_be_bytes()) {
                *byte = wallet;
            }
            key
        };
        let signers = (0..count)
            .map(|wallet| Signer::from_bytes(&key(wallet), &stage.chain.prefix))
            .collect::<Result<Vec<_>, _>>()?;
        let mut bank = stage.account(0).await;
        let fee = price.fee(CONTRIBUTE_GAS);
        let tax = Tax::of(&stage.node, "uusd").await?;
        let mut last = String::new();
        let transfers: Vec<_> = signers
            .iter()
            .enumerate()
            .map(|(wallet, signer)| {
                let due = amount(wallet).saturating_add(fee).saturating_mul(showers.into());
                let money = tax.to_arrive(due).context("the tax takes all")?;
                anyhow::Ok(tx::send(bank.address(), signer.address(), &coins(money, "uusd")))
            })
            .collect::<Result<_>>()?;
        for batch in transfers.chunks(TRANSFERS) {
            let transfers = u64::try_from(batch.len())?;
            let gas = TRANSFER_GAS.saturating_mul(transfers).max(if tax.is_zero() {
                0
            } else {
                taxed_transfers(transfers)
            });
            last = bank.submit(batch.to_vec(), gas).await.context("funding the wallets")?;
        }
        let included = bank.wait(&last).await?;
        ensure!(included.refusal.is_none(), "funding failed: {:?}", included.refusal);
        // New accounts are numbered in the order of the transfers: the ends tell all between.
        let number = async |signer: Option<&Signer>| -> Result<u64> {
            Ok(stage.node.account(signer.context("no wallets")?.address()).await?.value.number)
        };
        let first = number(signers.first()).await?;
        let last = number(signers.last()).await?;
        ensure!(
            last.checked_sub(first) == u64::try_from(count)?.checked_sub(1),
            "the wallets' numbers have gaps: {first} to {last}"
        );
        let chain_id = stage.node.status().await?.chain_id;
        Ok(Self { signers, first, chain_id, price })
    }

    /// The wallets' addresses, in the order of what they give: the last gives the most.
    pub fn addresses(&self) -> Vec<String> {
        self.signers.iter().map(|signer| signer.address().to_owned()).collect()
    }

    /// Each wallet contributes to shower 1; returns when the contract has counted all of them.
    ///
    /// # Errors
    /// If the chain refuses one, or the shower ends before.
    pub async fn contribute(self, stage: &Stage) -> Result<()> {
        Arc::new(self).contribute_to(stage, 1).await
    }

    /// Each wallet contributes to `shower`, after all showers before it; returns when the contract has counted all of
    /// them.
    ///
    /// # Errors
    /// If the chain refuses one, or the shower ends before.
    pub async fn contribute_to(self: &Arc<Self>, stage: &Stage, shower: u32) -> Result<()> {
        let count = self.signers.len();
        let crowd = self;
        let mut workers = JoinSet::new();
        for worker in 0..PARALLEL {
            let (crowd, node, contract) =
                (Arc::clone(crowd), stage.node.clone(), stage.deployment.shower.clone());
            workers.spawn(async move {
                for wallet in (worker..crowd.signers.len()).step_by(PARALLEL) {
                    let bytes = crowd.sign(wallet, &contract, shower)?;
                    broadcast(&node, &bytes).await.with_context(|| format!("wallet {wallet}"))?;
                }
                anyhow::Ok(())
            });
        }
        while let Some(done) = workers.join_next().await {
            done??;
        }
        let (mut counted, mut idle) = (0, 0);
        loop {
            let state = stage.contract().shower(shower).await?;
            if usize::try_from(state.contributors)? == count {
                return Ok(());
            }
            // Contributions that failed in their blocks are waited for in vain; the dev chain's time may
            // stand still.
            idle = if state.contributors == counted { idle + 1 } else { 0 };
            counted = state.contributors;
            let now = stage.time().await;
            let end = stage.schedule.closes_at(shower).context("an end")?;
            ensure!(now < end && idle < IDLE, "{counted} of {count} contributed");
            tokio::time::sleep(POLL).await;
        }
    }

    fn sign(&self, wallet: usize, contract: &str, shower: u32) -> Result<Vec<u8>> {
        let signer = self.signers.get(wallet).context("a wallet")?;
        let contribute = ExecuteMsg::Contribute { shower };
        let message = tx::execute(signer.address(), contract, &contribute, &coins(amount(wallet), "uusd"))?;
        let number = self.first.saturating_add(u64::try_from(wallet)?);
        // It has sent one transaction in each earlier shower.
        let sequence = u64::from(shower.saturating_sub(1));
        let place = Place { chain_id: self.chain_id.clone(), number, sequence };
        Ok(tx::sign(signer, &place, vec![message], CONTRIBUTE_GAS, &self.price, 0)?)
    }
}

/// Hands over the same bytes until the node says that it has them.
async fn broadcast(node: &Node, bytes: &[u8]) -> Result<()> {
    let mut tries = 0;
    let mut full = false;
    loop {
        match node.broadcast(bytes).await {
            Ok(Broadcast::Accepted(_)) => return Ok(()),
            // SDK 0.47 has a mempool of its own besides CometBFT's, of 5,000; and it has counted the sequence
            // before it finds that full, so that until the next block it also expects another.
            Ok(Broadcast::Refused(refusal)) => {
                let said = refusal.said();
                full |= said == Said::MempoolFull;
                let passes = said == Said::MempoolFull || full && said == Said::WrongSequence;
                ensure!(tries < TRIES && passes, "refused ({refusal})");
            }
            Err(error) if tries >= TRIES => return Err(error.into()),
            Err(_) => {}
        }
        tries += 1;
        tokio::time::sleep(POLL).await;
    }
}
