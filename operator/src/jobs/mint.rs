//! Mint: give every contributor of a closed shower a meteor, in rank order, batch by batch.

use meteor_messages::shower::{Art, ExecuteMsg, MAX_BATCH, MintCursorResponse, QueryMsg, ShowerResponse};

use crate::account::Account;
use crate::error::OperatorError;
use crate::gas::within;
use crate::tx;

/// How far minting is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MintProgress {
    /// Which shower.
    pub shower: u32,
    /// Meteors minted so far.
    pub minted: u32,
    /// Meteors in all.
    pub contributors: u32,
}

/// How much goes into one transaction: as many messages of the contract's largest batch as fit both bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batches {
    /// Meteors at most. A hundred are 12 to 16 KB, and a node takes no request above 1 MB, nor a simulation, in hex.
    pub meteors: usize,
    /// Gas that the transaction may be allowed at most; where a block holds less than four times that, a quarter of
    /// a block. One message goes whatever it needs.
    pub gas: u64,
}

impl Default for Batches {
    fn default() -> Self {
        Self { meteors: 2_000, gas: 20_000_000 }
    }
}

/// Mints what is left of `shower`, in [`Batches`] of the default size. The piece of art for rank r is `art(r)`, so a job
/// that is run again hands out the same; the contract's cursor says where to go on, so nothing is minted twice.
/// `progress` hears of each transaction.
///
/// # Errors
/// [`OperatorError::NotMintable`] if the contract mints nothing of this shower now (not closed, cancelled, too
/// late); [`OperatorError::NotEnoughArt`] if `art` has nothing for a rank.
pub async fn mint(
    account: &mut Account,
    contract: &str,
    shower: u32,
    art: impl Fn(u32) -> Option<Art>,
    progress: impl FnMut(MintProgress),
) -> Result<(), OperatorError> {
    mint_in(Batches::default(), account, contract, shower, art, progress).await
}

/// As [`mint`], in batches of another size.
///
/// # Errors
/// As [`mint`].
pub async fn mint_in(
    batches: Batches,
    account: &mut Account,
    contract: &str,
    shower: u32,
    art: impl Fn(u32) -> Option<Art>,
    mut progress: impl FnMut(MintProgress),
) -> Result<(), OperatorError> {
    let block = account.node().block_gas().await?;
    let most_gas = block.map_or(batches.gas, |gas| batches.gas.min(gas / 4));
    // The first transaction is one message: what it uses tells how many fit.
    let mut size = batches.meteors.clamp(1, MAX_BATCH);
    loop {
        let cursor: MintCursorResponse =
            account.node().smart(contract, &QueryMsg::MintCursor { shower }).await?;
        progress(MintProgress { shower, minted: cursor.minted, contributors: cursor.contributors });
        let Some(first_rank) = cursor.next_rank else {
            let now: ShowerResponse = account.node().smart(contract, &QueryMsg::Shower { shower }).await?;
            let done = now.closed && now.minted == now.contributors;
            return if done {
                Ok(())
            } else {
                Err(OperatorError::NotMintable { shower, status: now.status })
            };
        };
        let art: Vec<Art> = (first_rank..=cursor.contributors).take(size).map_while(&art).collect();
        if art.is_empty() {
            let needed = cursor.contributors.saturating_sub(cursor.minted);
            return Err(OperatorError::NotEnoughArt { shower, needed, given: 0 });
        }
        let mut messages = Vec::new();
        let mut rank = first_rank;
        for batch in art.chunks(MAX_BATCH) {
            let mint = ExecuteMsg::Mint { shower, first_rank: rank, art: batch.to_vec() };
            messages.push(tx::execute(account.address(), contract, &mint, &[])?);
            rank = rank.saturating_add(u32::try_from(batch.len()).unwrap_or(u32::MAX));
        }
        match account.send(messages).await {
            Ok(included) => {
                let used = usize::try_from(included.gas_used).unwrap_or(usize::MAX);
                let fit = usize::try_from(within(most_gas)).unwrap_or(usize::MAX);
                let fit = fit / used.div_ceil(art.len()).max(1);
                // Whole messages: a part of one costs nearly as much as all of it.
                let whole = (fit / MAX_BATCH).max(1).saturating_mul(MAX_BATCH);
                size = batches.meteors.clamp(1, whole);
            }
            Err(error) => {
                let now: MintCursorResponse =
                    account.node().smart(contract, &QueryMsg::MintCursor { shower }).await?;
                // Another job minted this batch first: the contract refused ours, and there is the next to go on with.
                if !error.of_the_chain() || now.next_rank == Some(first_rank) {
                    return Err(error);
                }
            }
        }
    }
}
