//! Hatch: reveal what cracked meteors hold. The contract's list of meteors in custody says what is left to
//! do. So a worker that was off for days, or runs twice, skips nothing and does nothing twice.
//!
//! A reveal tells what a meteor holds, to whoever sees the transaction. If it came after the reclaim time, the
//! holder would know that and still have the meteor. So a meteor is revealed only while twice the time is left
//! that the transaction may take, by the chain's clock and by ours, and no later block may hold the transaction.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::time::{SystemTime, UNIX_EPOCH};

use cosmwasm_std::HexBinary;
use meteor_chain::NodeError;
use meteor_chain::contracts::{HatcheryContract, ShowerContract};
use meteor_chain::tx::Included;
use meteor_messages::events::HatcheryEvent;
use meteor_messages::hatchery::{CustodyResponse, ExecuteMsg, MAX_REVEALS, Reveal};
use meteor_messages::shower::ShowerResponse;
use meteor_rules::fairness::sealed::Sealed;
use meteor_rules::{ShowerId, TokenId};

use super::halves::Halves;
use super::{JobError, Sealer};
use crate::account::{Account, AccountError};
use crate::keys::KeySource;
use crate::node::Node;
use crate::tx;

/// Blocks in which a reveal may be included, from when its batch is begun.
const LIFETIME: u64 = 10;

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
    /// Meteors, by number, of showers whose key, root or tables don't fit. Those of other showers are revealed
    /// all the same.
    pub held: Vec<TokenId>,
    /// Those showers.
    pub unfit: BTreeSet<ShowerId>,
    /// Meteors whose reveal the chain refuses, and its words. The others are revealed all the same.
    pub refused: BTreeMap<TokenId, String>,
}

/// A batch of a round is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The meteors that it revealed, by number.
    pub revealed: Vec<TokenId>,
    /// The chain's time shortly before (Unix seconds).
    pub time: u64,
    /// How many of those in custody this round has seen to, revealed or not.
    pub done: usize,
    /// How many were in custody when the round began.
    pub of: usize,
}

/// A meteor in custody, with what has to be shown of it.
struct Due {
    /// From then on its holder can take it back (seconds).
    reclaim_at: u64,
    reveal: Reveal,
}

impl<'a, K: KeySource> Hatcher<'a, K> {
    /// A worker for one event.
    pub const fn new(sealer: Sealer<'a, K>) -> Self {
        Self { sealer, showers: BTreeMap::new(), sealed: BTreeMap::new() }
    }

    /// Reveals everything that is in custody now, batch by batch.
    ///
    /// # Errors
    /// If key source or nodes don't answer. Meteors that were revealed before stay revealed.
    pub async fn round(&mut self, account: &mut Account) -> Result<Hatched, JobError> {
        self.round_by_batches(account, |_| ()).await
    }

    /// The same. `each` is told once at the beginning, if anything is in custody, and then of each batch.
    ///
    /// # Errors
    /// As [`Hatcher::round`].
    pub async fn round_by_batches(
        &mut self,
        account: &mut Account,
        mut each: impl FnMut(Batch) + Send,
    ) -> Result<Hatched, JobError> {
        let node = account.node().clone();
        let hatchery = self.sealer.deployment.hatchery.clone();
        let mut done = Hatched::default();
        let custodies = in_custody(HatcheryContract::new(&node, &hatchery)).await?;
        let mut told = Batch { revealed: vec![], time: 0, done: 0, of: custodies.len() };
        for batch in custodies.chunks(MAX_REVEALS) {
            told.time = node.time().await?;
            if told.done == 0 {
                each(told.clone());
            }
            let before = done.revealed.len();
            let mut due = Vec::with_capacity(batch.len());
            for custody in batch {
                due.extend(self.due(&node, custody, &mut done).await?);
            }
            let mut halves = Halves::of(due);
            while let Some(batch) = halves.next() {
                send(account, &hatchery, batch, &mut halves, &mut done).await?;
            }
            told.revealed = done.revealed.iter().skip(before).copied().collect();
            told.done = told.done.saturating_add(batch.len());
            each(told.clone());
        }
        Ok(done)
    }

    /// What has to be shown of a meteor in custody; `None` if that can't be derived, which `done` then says.
    async fn due(
        &mut self,
        node: &Node,
        custody: &CustodyResponse,
        done: &mut Hatched,
    ) -> Result<Option<Due>, JobError> {
        let token_id = TokenId(custody.token_id);
        let shower = match self.shower_of(node, token_id).await {
            Ok(shower) => shower,
            Err(error @ JobError::NoSuchMeteor { .. }) => {
                done.refused.insert(token_id, error.to_string());
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        // What is wrong with one shower must not delay the holders of the others. It is tried once a round.
        if !done.unfit.contains(&shower) {
            match self.derive(node, shower).await {
                Ok(()) => {
                    let reveal = self.reveal(shower, token_id)?;
                    return Ok(Some(Due { reclaim_at: custody.reclaim_at, reveal }));
                }
                Err(
                    error @ (JobError::WrongKey { .. }
                    | JobError::WrongRoot { .. }
                    | JobError::Sealed(_)
                    | JobError::Log { .. }
                    | JobError::NotClosed { .. }),
                ) => {
                    tracing::warn!(shower = shower.0, %error, "nothing of this shower can be revealed");
                    done.unfit.insert(shower);
                }
                Err(error) => return Err(error),
            }
        }
        done.held.push(token_id);
        Ok(None)
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

/// All meteors in custody, by number.
///
/// # Errors
/// If the nodes don't answer or the contract refuses.
pub async fn in_custody(hatchery: HatcheryContract<'_>) -> Result<Vec<CustodyResponse>, NodeError> {
    let mut all: Vec<CustodyResponse> = Vec::new();
    loop {
        let page = hatchery.custodies(all.last().map(|last| last.token_id)).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

/// The numbers of a closed shower's meteors.
fn numbers(state: &ShowerResponse) -> RangeInclusive<u64> {
    state.earlier.saturating_add(1)..=state.earlier.saturating_add(state.contributors.into())
}

/// Reveals a batch in one transaction, but for those that it may come too late for. What the chain refuses goes
/// back to `halves`, or to `done` if it is a single meteor.
async fn send(
    account: &mut Account,
    hatchery: &str,
    batch: Vec<Due>,
    halves: &mut Halves<Due>,
    done: &mut Hatched,
) -> Result<(), JobError> {
    let node = account.node().clone();
    // Anew for each transaction: deriving and sending what came before may have taken minutes.
    let (status, block) = (node.status().await?, node.block_seconds().await?);
    // A chain that stands still has an old time; its next block will have a new one.
    let now = (status.time_ns / 1_000_000_000).max(clock());
    let (batch, late): (Vec<Due>, Vec<Due>) =
        batch.into_iter().partition(|due| in_time(now, due.reclaim_at, block));
    done.left.extend(late.iter().map(|due| TokenId(due.reveal.token_id)));
    if batch.is_empty() {
        return Ok(());
    }
    let reveals = batch.iter().map(|due| due.reveal.clone()).collect();
    let message = tx::execute(account.address(), hatchery, &ExecuteMsg::Reveal { reveals }, &[])?;
    match account.send_by(vec![message], status.height.saturating_add(LIFETIME)).await {
        Ok(included) => {
            done.revealed.extend(revealed(&included, hatchery));
            Ok(())
        }
        // No block took it in time: it is tried again in the next round, if there is time.
        Err(AccountError::TooLate { .. }) => Ok(()),
        Err(error) if !error.of_the_chain() => Err(error.into()),
        Err(error) => {
            // Another worker was first, or holders took theirs back.
            let shown = HatcheryContract::new(&node, hatchery);
            let all = batch.len();
            let mut there = Vec::with_capacity(all);
            for due in batch {
                if shown.custody(due.reveal.token_id).await?.is_some() {
                    there.push(due);
                }
            }
            if there.len() < all {
                halves.again(there);
                return Ok(());
            }
            let refusal = error.into_refusal()?;
            if let Some(due) = halves.refused(there) {
                done.refused.insert(TokenId(due.reveal.token_id), refusal.to_string());
            }
            Ok(())
        }
    }
}

/// Whether a transaction of [`LIFETIME`] blocks of `block` seconds, begun at `now`, comes before `reclaim_at` even
/// if blocks take twice as long.
const fn in_time(now: u64, reclaim_at: u64, block: u64) -> bool {
    now.saturating_add(block.saturating_mul(LIFETIME).saturating_mul(2)) < reclaim_at
}

/// This machine's clock (Unix seconds).
fn clock() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// The meteors that a transaction revealed: the contract passes over those that are no longer there.
fn revealed(included: &Included, hatchery: &str) -> Vec<TokenId> {
    let of_hatchery = included.events.iter().filter(|event| event.contract() == Some(hatchery));
    let events = of_hatchery.map(|event| HatcheryEvent::parse(&event.kind, &event.pairs()));
    events
        .filter_map(|event| match event {
            Ok(Some(HatcheryEvent::Revealed(revealed))) => Some(TokenId(revealed.token_id)),
            Ok(_) | Err(_) => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reveal_is_begun_only_while_it_surely_comes_in_time() {
        // Terra Classic: ten blocks of six seconds take a minute, and two must be left.
        assert!(in_time(1_000, 1_121, 6));
        assert!(!in_time(1_000, 1_120, 6));
        assert!(!in_time(1_000, 1_000, 1));
        assert!(!in_time(1_000, 900, 1), "long over");
        assert!(!in_time(u64::MAX, u64::MAX, u64::MAX));
    }
}
