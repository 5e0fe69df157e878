//! Mint: give every contributor of a drawn shower a meteor, in rank order, batch by batch. Anyone may: the
//! catalogue says which pieces, and the contract checks them.

use std::ops::ControlFlow;

use meteor_chain::NodeError;
use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::{Art, ConfigResponse, ExecuteMsg, MAX_BATCH, ShowerResponse};
use meteor_rules::ShowerId;
use meteor_rules::catalogue::{Catalogue, Piece, piece};
use meteor_rules::tier::{PerTier, Tier};

use super::JobError;
use crate::account::Account;
use crate::gas::within;
use crate::node::Node;
use crate::tx;

/// How far minting has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MintProgress {
    /// Meteors minted so far.
    pub minted: u32,
    /// Meteors in all.
    pub contributors: u32,
}

/// How much goes into one transaction: as many meteors as fit both bounds, in messages of the contract's largest
/// batch or less where a tier or its list of pieces ends.
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
    pub(crate) fn size(self, each: u64) -> usize {
        let fit = within(self.gas).checked_div(each).unwrap_or_default();
        let fit = usize::try_from(fit).unwrap_or(usize::MAX);
        // Whole messages: a part of one costs nearly as much as all of it.
        let fit = if fit > MAX_BATCH { fit / MAX_BATCH * MAX_BATCH } else { fit };
        fit.min(self.meteors).max(1)
    }

    /// The same, of which none takes more than a quarter of a block.
    ///
    /// # Errors
    /// If the nodes don't answer.
    pub async fn within_a_block(self, node: &Node) -> Result<Self, NodeError> {
        let block = node.block_gas().await?;
        Ok(Self { gas: block.map_or(self.gas, |block| self.gas.min(block / 4)), ..self })
    }
}

/// What one message may mint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Batch {
    first_rank: u32,
    tier: Tier,
    first_piece: u32,
    /// Most meteors: the tier or its list ends there, or the contract takes no more.
    pub(crate) most: u32,
}

/// The batch that begins at `rank` (1-based); `None` beyond the last rank. `sizes` are those of the shower's
/// tiers, `earlier` the meteors of each tier in earlier showers, `counts` the pieces of each tier.
pub(crate) fn batch(
    sizes: &PerTier<u32>,
    earlier: &PerTier<u64>,
    counts: &PerTier<u32>,
    rank: u32,
) -> Option<Batch> {
    let mut place = rank.checked_sub(1)?;
    for (tier, size) in sizes.iter() {
        let Some(left) = size.checked_sub(place).filter(|left| *left > 0) else {
            place = place.checked_sub(*size)?;
            continue;
        };
        let count = *counts.get(tier);
        let first_piece = piece(*earlier.get(tier), place, count)?;
        let most = left.min(count.checked_sub(first_piece)?).min(u32::try_from(MAX_BATCH).ok()?);
        return Some(Batch { first_rank: rank, tier, first_piece, most });
    }
    None
}

/// Refuses a catalogue that is not the one which the launch committed to: the contract would refuse each piece. Answers
/// with the pieces of each tier.
///
/// # Errors
/// [`JobError::WrongCatalogue`].
pub fn committed(catalogue: &Catalogue, config: &ConfigResponse) -> Result<PerTier<u32>, JobError> {
    for (tier, wanted) in config.catalogue.iter() {
        let committed = catalogue.committed(tier);
        let (pieces, root) = committed.map_or((0, None), |it| (it.count, Some(it.root)));
        if pieces != wanted.count || root.as_ref().map(<[u8; 32]>::as_slice) != Some(wanted.root.as_slice()) {
            return Err(JobError::WrongCatalogue { tier, pieces, wanted: wanted.count });
        }
    }
    Ok(PerTier::from_fn(|tier| config.catalogue.get(tier).count))
}

/// Mints the rest of `shower` from `catalogue`, in [`Batches`] of the default size. The contract's cursor says
/// where to go on, so nothing is minted twice. `progress` is called before each transaction.
///
/// # Errors
/// [`JobError::WrongCatalogue`] before anything is sent, if the catalogue is not the event's;
/// [`JobError::NotMintable`] if the contract can't mint this shower now (not closed, cancelled, too late).
pub async fn mint(
    account: &mut Account,
    contract: &str,
    shower: ShowerId,
    catalogue: &Catalogue,
    mut progress: impl FnMut(MintProgress),
) -> Result<(), JobError> {
    let go_on = |at| {
        progress(at);
        ControlFlow::Continue(())
    };
    mint_in(Batches::default(), account, contract, shower, catalogue, go_on).await
}

/// As [`mint`], in batches of another size, until all is minted or `progress` breaks off.
///
/// # Errors
/// As [`mint`].
pub async fn mint_in(
    batches: Batches,
    account: &mut Account,
    contract: &str,
    shower: ShowerId,
    catalogue: &Catalogue,
    progress: impl FnMut(MintProgress) -> ControlFlow<()>,
) -> Result<(), JobError> {
    Minter::new(account, batches).await?.mint(account, contract, shower, catalogue, progress).await
}

/// Mints one shower after the other, and keeps what it learned about their gas.
#[derive(Clone, Copy, Debug)]
pub struct Minter {
    batches: Batches,
    /// Gas of a meteor in the last transaction.
    each: u64,
}

impl Minter {
    /// In batches of this size, of which none is larger than a quarter of a block.
    ///
    /// # Errors
    /// If the nodes don't answer.
    pub async fn new(account: &Account, batches: Batches) -> Result<Self, JobError> {
        let batches = batches.within_a_block(account.node()).await?;
        Ok(Self { batches, each: FIRST_GUESS })
    }

    /// As [`mint_in`], in this minter's batches.
    ///
    /// # Errors
    /// As [`mint`].
    pub async fn mint(
        &mut self,
        account: &mut Account,
        contract: &str,
        shower: ShowerId,
        catalogue: &Catalogue,
        mut progress: impl FnMut(MintProgress) -> ControlFlow<()>,
    ) -> Result<(), JobError> {
        let node = account.node().clone();
        let shown = ShowerContract::new(&node, contract);
        let config = shown.config().await?;
        let counts = committed(catalogue, &config)?;
        loop {
            let cursor = shown.mint_cursor(shower.0).await?;
            if progress(MintProgress { minted: cursor.minted, contributors: cursor.contributors }).is_break()
            {
                return Ok(());
            }
            let state = shown.shower(shower.0).await?;
            let Some(first_rank) = cursor.next.map(|next| next.first_rank) else {
                let done = state.closed && state.minted == state.contributors;
                return if done {
                    Ok(())
                } else {
                    Err(JobError::NotMintable { shower: shower.0, status: state.status })
                };
            };
            let mut messages = Vec::new();
            let mut count = 0usize;
            let size = self.batches.size(self.each);
            for message in messages_from(&config, &state, &counts, catalogue, first_rank, size) {
                if let ExecuteMsg::Mint { art, .. } = &message {
                    count = count.saturating_add(art.len());
                }
                messages.push(tx::execute(account.address(), contract, &message, &[])?);
            }
            match account.send(messages).await {
                Ok(included) => {
                    let count = u64::try_from(count.max(1)).unwrap_or(u64::MAX);
                    self.each = included.gas_used.div_ceil(count);
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
}

/// The messages that mint up to `most` meteors from `rank` on.
fn messages_from(
    config: &ConfigResponse,
    state: &ShowerResponse,
    counts: &PerTier<u32>,
    catalogue: &Catalogue,
    mut rank: u32,
    most: usize,
) -> Vec<ExecuteMsg> {
    let sizes = config.tiers.sizes(state.contributors);
    let mut left = u32::try_from(most).unwrap_or(u32::MAX);
    let mut messages = Vec::new();
    while left > 0 {
        let Some(batch) = batch(&sizes, &state.earlier_by_tier, counts, rank) else { break };
        let Batch { first_rank, tier, first_piece, most } = batch;
        let count = most.min(left);
        let Some((pieces, proof)) = catalogue.range(tier, first_piece, count) else { break };
        messages.push(ExecuteMsg::Mint {
            shower: state.shower,
            first_rank,
            art: pieces.iter().map(art).collect(),
            proof: proof.into_iter().map(Into::into).collect(),
        });
        rank = rank.saturating_add(count);
        left = left.saturating_sub(count);
    }
    messages
}

fn art(Piece { image, traits }: &Piece) -> Art {
    Art { image: image.clone(), traits: traits.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_ends_where_its_tier_or_its_list_ends() {
        let sizes = PerTier { legendary: 10, ancient: 0, rare: 250, common: 3 };
        let earlier = PerTier { legendary: 8, ancient: 1, rare: 500, common: 9 };
        let counts = PerTier { legendary: 12, ancient: 1, rare: 1_000, common: 3 };
        let at = |rank| batch(&sizes, &earlier, &counts, rank);
        let of = |first_rank, tier, first_piece, most| Some(Batch { first_rank, tier, first_piece, most });
        assert_eq!(at(1), of(1, Tier::Legendary, 8, 4), "the list ends");
        assert_eq!(at(5), of(5, Tier::Legendary, 0, 6), "it starts again, and the tier ends");
        assert_eq!(at(11), of(11, Tier::Rare, 500, 100), "a tier without meteors is passed over");
        assert_eq!(at(211), of(211, Tier::Rare, 700, 50));
        assert_eq!(at(261), of(261, Tier::Common, 0, 3));
        assert_eq!(at(264), None);
        assert_eq!(at(0), None);
        let mut rank = 1;
        while let Some(Batch { first_rank, most, .. }) = at(rank) {
            assert!(first_rank == rank && most > 0);
            rank += most;
        }
        assert_eq!(rank, 264, "each rank is in one batch");
    }

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
