//! Mint: give every contributor of a closed shower a meteor, in rank order, batch by batch.

use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::{Art, ExecuteMsg, MAX_BATCH};
use meteor_rules::{Rank, ShowerId};

use super::JobError;
use crate::account::Account;
use crate::gas::within;
use crate::tx;

/// How far minting has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MintProgress {
    /// Meteors minted so far.
    pub minted: u32,
    /// Meteors in all.
    pub contributors: u32,
}

/// How much goes into one transaction: as many messages of the contract's largest batch as fit both bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batches {
    /// Most meteors. A hundred are 12 to 16 KB; a node accepts no request above 1 MB, and a simulation is
    /// sent in hex.
    pub meteors: usize,
    /// About the highest gas limit of a transaction, but never more than a quarter of a block. One meteor is
    /// always sent, whatever it needs.
    pub gas: u64,
}

/// Gas of a meteor, assumed until some were minted: more than one uses in a message of 25.
const FIRST_GUESS: u64 = 30_000;

impl Default for Batches {
    fn default() -> Self {
        Self { meteors: 2_000, gas: 20_000_000 }
    }
}

impl Batches {
    /// How many meteors go into a transaction where each uses `each` gas.
    fn size(self, each: u64) -> usize {
        let fit = within(self.gas).checked_div(each).unwrap_or_default();
        let fit = usize::try_from(fit).unwrap_or(usize::MAX);
        // Whole messages: a part of one costs nearly as much as all of it.
        let fit = if fit > MAX_BATCH { fit / MAX_BATCH * MAX_BATCH } else { fit };
        fit.min(self.meteors).max(1)
    }
}

/// Mints the rest of `shower`, in [`Batches`] of the default size. The piece of art for rank r is `art(r)`,
/// so a job that runs again uses the same. The contract's cursor says where to go on, so nothing is minted
/// twice. `progress` is called before each transaction.
///
/// # Errors
/// [`JobError::NotMintable`] if the contract can't mint this shower now (not closed, cancelled, too late);
/// [`JobError::NotEnoughArt`] if `art` has nothing for a rank.
pub async fn mint(
    account: &mut Account,
    contract: &str,
    shower: ShowerId,
    art: impl Fn(Rank) -> Option<Art>,
    progress: impl FnMut(MintProgress),
) -> Result<(), JobError> {
    mint_in(Batches::default(), account, contract, shower, art, progress).await
}

/// As [`mint`], in batches of another size.
///
/// # Errors
/// As [`mint`].
pub async fn mint_in(
    mut batches: Batches,
    account: &mut Account,
    contract: &str,
    shower: ShowerId,
    art: impl Fn(Rank) -> Option<Art>,
    mut progress: impl FnMut(MintProgress),
) -> Result<(), JobError> {
    let node = account.node().clone();
    let shown = ShowerContract::new(&node, contract);
    if let Some(block) = node.block_gas().await? {
        batches.gas = batches.gas.min(block / 4);
    }
    let mut each = FIRST_GUESS;
    loop {
        let cursor = shown.mint_cursor(shower.0).await?;
        progress(MintProgress { minted: cursor.minted, contributors: cursor.contributors });
        let Some(first_rank) = cursor.next.map(|next| next.first_rank) else {
            let now = shown.shower(shower.0).await?;
            let done = now.closed && now.minted == now.contributors;
            return if done {
                Ok(())
            } else {
                Err(JobError::NotMintable { shower: shower.0, status: now.status })
            };
        };
        let art: Vec<Art> =
            (first_rank..=cursor.contributors).take(batches.size(each)).map(Rank).map_while(&art).collect();
        if art.is_empty() {
            let needed = cursor.contributors.saturating_sub(cursor.minted);
            return Err(JobError::NotEnoughArt { shower, rank: Rank(first_rank), needed });
        }
        let mut messages = Vec::new();
        let mut rank = first_rank;
        for batch in art.chunks(MAX_BATCH) {
            let mint =
                ExecuteMsg::Mint { shower: shower.0, first_rank: rank, art: batch.to_vec(), proof: vec![] };
            messages.push(tx::execute(account.address(), contract, &mint, &[])?);
            rank = rank.saturating_add(u32::try_from(batch.len()).unwrap_or(u32::MAX));
        }
        match account.send(messages).await {
            Ok(included) => {
                each = included.gas_used.div_ceil(u64::try_from(art.len()).unwrap_or(u64::MAX));
            }
            Err(error) => {
                let now = shown.mint_cursor(shower.0).await?;
                // Another job minted this batch first: the contract refused ours, and the next one follows.
                if !error.of_the_chain() || now.next.is_some_and(|next| next.first_rank == first_rank) {
                    return Err(error.into());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_whole_messages_as_fit_both_bounds() {
        let size = |meteors, gas, each| Batches { meteors, gas }.size(each);
        assert_eq!(size(2_000, 20_000_000, FIRST_GUESS), 400);
        assert_eq!(size(2_000, 20_000_000, 17_000), 800);
        assert_eq!(size(2_000, 100_000_000, 17_000), 2_000);
        assert_eq!(size(250, 20_000_000, 17_000), 250);
        assert_eq!(size(30, 20_000_000, 17_000), 30);
        assert_eq!(size(2_000, 2_000_000, 17_000), 87, "less than a message");
        assert_eq!(size(2_000, 1, 17_000), 1);
        assert_eq!(size(0, 20_000_000, 0), 1);
    }
}
