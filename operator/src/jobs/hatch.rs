//! Hatch: reveal what cracked meteors hold. The contract's list of meteors in custody says what is left to
//! do. So a worker that was off for days, or runs twice, skips nothing and does nothing twice.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use cosmwasm_std::HexBinary;
use meteor_chain::contracts::{HatcheryContract, ShowerContract};
use meteor_messages::hatchery::{CustodyResponse, ExecuteMsg, MAX_REVEALS, Reveal};
use meteor_messages::shower::ShowerResponse;
use meteor_rules::fairness::sealed::Sealed;
use meteor_rules::{ShowerId, TokenId};

use super::{JobError, Sealer};
use crate::account::Account;
use crate::keys::KeySource;
use crate::node::Node;

/// Seconds before the holder can take a meteor back, within which it is not revealed. The reveal could be
/// seen and come too late: the holder would know what the meteor holds and still have it.
const MARGIN_SECONDS: u64 = 120;

/// Reveals what is in custody. Keeps what showers hold in memory only.
pub struct Hatcher<'a, K> {
    sealer: Sealer<'a, K>,
    /// The showers of the meteors so far, as they are since they were closed.
    showers: BTreeMap<ShowerId, ShowerResponse>,
    /// By shower: what its meteors hold.
    sealed: BTreeMap<ShowerId, Sealed>,
}

/// What one round of the worker did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hatched {
    /// Meteors that this worker revealed, by number.
    pub revealed: Vec<TokenId>,
    /// Meteors that are too close to their reclaim time to be revealed.
    pub left: Vec<TokenId>,
    /// Meteors, by number, of showers whose key or root doesn't fit. Those of other showers are revealed all
    /// the same.
    pub held: Vec<TokenId>,
    /// Those showers.
    pub unfit: BTreeSet<ShowerId>,
}

impl<'a, K: KeySource> Hatcher<'a, K> {
    /// A worker for one event.
    pub const fn new(sealer: Sealer<'a, K>) -> Self {
        Self { sealer, showers: BTreeMap::new(), sealed: BTreeMap::new() }
    }

    /// Reveals everything that is in custody now, batch by batch.
    ///
    /// # Errors
    /// If key source or chain refuse. Meteors that were revealed before stay revealed.
    pub async fn round(&mut self, account: &mut Account) -> Result<Hatched, JobError> {
        let node = account.node().clone();
        let hatchery = &self.sealer.deployment.hatchery;
        let now = node.time().await?;
        let mut done = Hatched::default();
        let mut start_after = None;
        loop {
            let page = HatcheryContract::new(&node, hatchery).custodies(start_after).await?;
            let Some(last) = page.last() else { return Ok(done) };
            start_after = Some(last.token_id);
            let (due, left): (Vec<CustodyResponse>, Vec<CustodyResponse>) =
                page.into_iter().partition(|custody| custody.reclaim_at > now.saturating_add(MARGIN_SECONDS));
            done.left.extend(left.iter().map(|custody| TokenId(custody.token_id)));
            for batch in due.chunks(MAX_REVEALS) {
                let mut reveals = Vec::with_capacity(batch.len());
                for custody in batch {
                    let token_id = TokenId(custody.token_id);
                    let shower = self.shower_of(&node, token_id).await?;
                    // A wrong key for one shower must not delay the holders of the others. It is tried once a
                    // round.
                    if !done.unfit.contains(&shower) {
                        match self.derive(&node, shower).await {
                            Ok(()) => {
                                reveals.push(self.reveal(shower, token_id)?);
                                continue;
                            }
                            Err(JobError::WrongKey { .. } | JobError::WrongRoot { .. }) => {
                                done.unfit.insert(shower);
                            }
                            Err(error) => return Err(error),
                        }
                    }
                    done.held.push(token_id);
                }
                done.revealed.extend(send(account, hatchery, reveals).await?);
            }
        }
    }

    fn reveal(&self, shower: ShowerId, token_id: TokenId) -> Result<Reveal, JobError> {
        let found = self.sealed.get(&shower).and_then(|sealed| sealed.reveal(sealed.index_of(token_id)?));
        let proven = found.ok_or(JobError::NoSuchMeteor { token_id })?;
        Ok(Reveal {
            token_id: token_id.0,
            shower: shower.0,
            index: proven.index,
            content: proven.content.clone(),
            salt: proven.salt.into(),
            proof: proven.proof.into_iter().map(HexBinary::from).collect(),
        })
    }

    /// The shower of a meteor. The contract is asked once for each shower.
    async fn shower_of(&mut self, node: &Node, token_id: TokenId) -> Result<ShowerId, JobError> {
        let known = self.showers.iter().find(|(_, state)| numbers(state).contains(&token_id.0));
        if let Some((shower, _)) = known {
            return Ok(*shower);
        }
        let contract = ShowerContract::new(node, &self.sealer.deployment.shower);
        for shower in (1..=self.sealer.config.schedule.count).map(ShowerId) {
            if self.showers.contains_key(&shower) {
                continue;
            }
            let state = contract.shower(shower.0).await?;
            if numbers(&state).contains(&token_id.0) {
                self.showers.insert(shower, state);
                return Ok(shower);
            }
        }
        Err(JobError::NoSuchMeteor { token_id })
    }

    /// Derives what the shower's meteors hold, once.
    async fn derive(&mut self, node: &Node, shower: ShowerId) -> Result<(), JobError> {
        let (Some(state), None) = (self.showers.get(&shower), self.sealed.get(&shower)) else {
            return Ok(());
        };
        let draw = ShowerContract::new(node, &self.sealer.deployment.shower).draw(shower.0).await?;
        let beacon = draw.beacon.as_ref().ok_or(JobError::NotClosed { shower: shower.0 })?;
        let sealed = self.sealer.seal(state, &draw, beacon).await?;
        // The contract would refuse anything that was not committed to.
        if draw.root.as_ref().map(HexBinary::as_slice) != Some(sealed.root().as_slice()) {
            return Err(JobError::WrongRoot { shower: shower.0 });
        }
        self.sealed.insert(shower, sealed);
        Ok(())
    }
}

/// The numbers of a closed shower's meteors.
fn numbers(state: &ShowerResponse) -> RangeInclusive<u64> {
    state.earlier.saturating_add(1)..=state.earlier.saturating_add(state.contributors.into())
}

/// Reveals in one transaction; answers with the meteors it revealed. A meteor that has left custody meanwhile
/// is skipped: another worker was first, or its holder took it back.
async fn send(
    account: &mut Account,
    hatchery: &str,
    mut reveals: Vec<Reveal>,
) -> Result<Vec<TokenId>, JobError> {
    while !reveals.is_empty() {
        let tokens: Vec<TokenId> = reveals.iter().map(|reveal| TokenId(reveal.token_id)).collect();
        match account.execute(hatchery, &ExecuteMsg::Reveal { reveals: reveals.clone() }, &[]).await {
            Ok(_) => return Ok(tokens),
            Err(error) if error.of_the_chain() => {
                let mut there = BTreeSet::new();
                for token_id in &tokens {
                    let shown = HatcheryContract::new(account.node(), hatchery);
                    if shown.custody(token_id.0).await?.is_some() {
                        there.insert(*token_id);
                    }
                }
                if there.len() == reveals.len() {
                    return Err(error.into());
                }
                reveals.retain(|reveal| there.contains(&TokenId(reveal.token_id)));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(vec![])
}
