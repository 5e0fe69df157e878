//! Mint: give every contributor of a closed shower a meteor, in rank order, batch by batch.

use meteor_messages::shower::{Art, ExecuteMsg, MAX_BATCH, MintCursorResponse, QueryMsg, ShowerResponse};

use crate::account::Account;
use crate::error::OperatorError;

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

/// Mints what is left of `shower`. The piece of art for rank r is `art(r)`, so a job that is run again hands out
/// the same; the contract's cursor says where to go on, so nothing is minted twice. `progress` hears of each batch.
///
/// # Errors
/// [`OperatorError::NotMintable`] if the contract mints nothing of this shower now (not closed, cancelled, too
/// late); [`OperatorError::NotEnoughArt`] if `art` has nothing for a rank.
pub async fn mint(
    account: &mut Account,
    contract: &str,
    shower: u32,
    art: impl Fn(u32) -> Option<Art>,
    mut progress: impl FnMut(MintProgress),
) -> Result<(), OperatorError> {
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
        let batch: Vec<Art> = (first_rank..=cursor.contributors).take(MAX_BATCH).map_while(&art).collect();
        if batch.is_empty() {
            let needed = cursor.contributors.saturating_sub(cursor.minted);
            return Err(OperatorError::NotEnoughArt { shower, needed, given: 0 });
        }
        let mint = ExecuteMsg::Mint { shower, first_rank, art: batch };
        if let Err(error) = account.execute(contract, &mint, &[]).await {
            let now: MintCursorResponse =
                account.node().smart(contract, &QueryMsg::MintCursor { shower }).await?;
            // Another job minted this batch first: the contract refused ours, and there is the next to go on with.
            if !error.of_the_chain() || now.next_rank == Some(first_rank) {
                return Err(error);
            }
        }
    }
}
