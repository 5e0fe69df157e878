//! One shower: who contributed how much and in which order, and what became of it.

use std::num::NonZeroU32;

use imbl::Vector;
use meteor_messages::events::{Close, Draw as DrawEvent, Refund as RefundEvent};
use meteor_messages::shower::Refunded;
use meteor_rules::fairness::Domain;
use meteor_rules::holdback::held;
use meteor_rules::log::{self, Entry as LogEntry, LogHash};
use meteor_rules::ranking::Place;
use meteor_rules::{Rank, ShowerId};

use super::error::{bytes32, same};
use super::{FoldFault, Reveals};

/// What one wallet has in one shower.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The wallet's total, and the contribution that reached it.
    pub place: Place,
    /// The wallet, by its number in [`super::Wallets`].
    pub wallet: u32,
    /// Whether it was refunded; with a meteor, whether what was held back was returned.
    pub refunded: bool,
    /// Its last contribution: the place in the shower's list, from 1.
    pub last: Option<NonZeroU32>,
}

/// One contribution, in 48 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    /// Global sequence number.
    pub seq: u64,
    /// Place in the shower's standings.
    pub slot: u32,
    /// The wallet's contribution before it: the place in the shower's list, from 1. So those of one wallet are found
    /// without reading the others, at no cost: it stands where there was nothing.
    pub before: Option<NonZeroU32>,
    /// How much (micro-denom).
    pub amount: u128,
    /// The wallet's total in the shower after it (micro-denom). It is the sum of its contributions so far, and kept so
    /// that a list of contributions can begin anywhere.
    pub total: u128,
}

/// A block that brought a shower contributions. One of these for each block costs less than a time for each
/// contribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Its height.
    pub height: u64,
    /// Its time (Unix seconds).
    pub time: u64,
    /// Contributions of the shower up to and with this block.
    pub end: u32,
}

/// What `Close` fixed, beside the ranking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing {
    /// Time of its block (Unix seconds, rounded up).
    pub at: u64,
    /// The beacon round that decides the draw.
    pub beacon_round: u64,
}

/// A committed draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draw {
    /// Root of the tree over what the shower's meteors hold.
    pub root: [u8; 32],
    /// Number of its leaves.
    pub leaves: u32,
    /// The beacon signature in the seed.
    pub beacon: Vec<u8>,
}

/// One shower.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shower {
    /// Its number (1-based).
    pub number: u32,
    /// One for each contributor, in the order of their first contributions. They are not kept sorted: sorting
    /// when a view is made or the shower closes is cheaper than moving entries with every contribution. Views and
    /// copies of the state share them.
    pub standings: Vector<Standing>,
    /// Every contribution, in order. Views share it.
    pub given: Vector<Given>,
    /// When they were given: the blocks that brought them, in order.
    pub moments: Vector<Moment>,
    /// Sum of all contributions (micro-denom).
    pub total: u128,
    /// Sequence number of its last contribution.
    pub last_seq: u64,
    /// The contribution log hash.
    pub log: LogHash,
    /// Places in `standings`, best rank first; set once the shower is closed.
    pub ranking: Option<Vector<u32>>,
    /// What `Close` fixed beside it.
    pub closing: Option<Closing>,
    /// The committed draw.
    pub draw: Option<Draw>,
    /// The key, once published.
    pub key: Option<[u8; 32]>,
    /// Whether it came before the key deadline.
    pub key_in_time: bool,
    /// What its revealed meteors held, in the order of the reveals.
    pub reveals: Reveals,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// Whether a pause that is over touched it.
    pub paused: bool,
    /// Meteors minted: ranks 1 to this one have theirs.
    pub minted: u32,
    /// Contributed by those who have their meteor (micro-denom).
    pub minted_amount: u128,
    /// Of it held back until the key is published (micro-denom).
    pub held: u128,
    /// Of that sent back to contributors (micro-denom).
    pub held_returned: u128,
    /// Booked for the payees (micro-denom).
    pub settled: u128,
    /// Contributions refunded.
    pub refunds: u32,
    /// Amount refunded (micro-denom).
    pub refunded: u128,
    /// Height of the last change to any of this; 0 for none.
    pub changed: u64,
}

impl Shower {
    pub(super) fn new(chain_id: &str, contract: &str, number: u32) -> Self {
        Self {
            number,
            standings: Vector::new(),
            given: Vector::new(),
            moments: Vector::new(),
            total: 0,
            last_seq: 0,
            log: log::start(&Domain { chain_id, contract, shower: ShowerId(number) }),
            ranking: None,
            closing: None,
            draw: None,
            key: None,
            key_in_time: false,
            reveals: Reveals::default(),
            cancelled: false,
            paused: false,
            minted: 0,
            minted_amount: 0,
            held: 0,
            held_returned: 0,
            settled: 0,
            refunds: 0,
            refunded: 0,
            changed: 0,
        }
    }

    /// Wallets that contributed.
    pub fn contributors(&self) -> u32 {
        u32::try_from(self.standings.len()).unwrap_or(u32::MAX)
    }

    /// Whether `Close` has been called.
    pub const fn closed(&self) -> bool {
        self.ranking.is_some()
    }

    /// Places in `standings`, best rank first.
    pub fn ranked(&self) -> Vec<u32> {
        if let Some(ranking) = &self.ranking {
            return ranking.iter().copied().collect();
        }
        // The keys are copied beside the indices, so that sorting reads memory in order. With 100,000
        // contributors this is twice as fast.
        let mut keyed: Vec<(Place, u32)> =
            self.standings.iter().zip(0u32..).map(|(standing, slot)| (standing.place, slot)).collect();
        keyed.sort_unstable();
        keyed.into_iter().map(|(_, slot)| slot).collect()
    }

    /// The standing with `rank`, once the shower is closed.
    pub fn at_rank(&self, rank: Rank) -> Option<&Standing> {
        let slot = *self.ranking.as_ref()?.get(rank.index()?)?;
        self.standings.get(usize::try_from(slot).ok()?)
    }

    /// Adds a contribution of a block of this height and time to the standing in `slot`, or to a new one for
    /// `wallet`. Returns the slot.
    pub(super) fn contribute(
        &mut self,
        (height, time): (u64, u64),
        wallet: u32,
        slot: Option<u32>,
        entry: &LogEntry<'_>,
    ) -> Result<u32, FoldFault> {
        if self.closed() || self.cancelled {
            return Err(FoldFault::Over(self.number));
        }
        let slot = if let Some(slot) = slot {
            slot
        } else {
            let slot = u32::try_from(self.standings.len()).map_err(|_| FoldFault::Overflow)?;
            self.standings.push_back(Standing {
                place: Place { amount: 0, seq: 0 },
                wallet,
                refunded: false,
                last: None,
            });
            slot
        };
        let standing = usize::try_from(slot)
            .ok()
            .and_then(|slot| self.standings.get_mut(slot))
            .ok_or(FoldFault::Overflow)?;
        let amount = standing.place.amount.checked_add(entry.amount).ok_or(FoldFault::Overflow)?;
        same("total", entry.total, amount)?;
        standing.place = Place { amount, seq: entry.seq };
        self.total = self.total.checked_add(entry.amount).ok_or(FoldFault::Overflow)?;
        let end = u32::try_from(self.given.len()).ok().and_then(|before| before.checked_add(1));
        let end = end.ok_or(FoldFault::Overflow)?;
        let before = std::mem::replace(&mut standing.last, NonZeroU32::new(end));
        let LogEntry { seq, amount, total, .. } = *entry;
        self.given.push_back(Given { seq, slot, before, amount, total });
        match self.moments.back_mut() {
            Some(moment) if moment.height == height => moment.end = end,
            Some(_) | None => self.moments.push_back(Moment { height, time, end }),
        }
        self.last_seq = entry.seq;
        self.log = log::extend(&self.log, entry);
        Ok(slot)
    }

    /// Fixes the ranking, if the contract's numbers equal the fold's.
    pub(super) fn close(&mut self, event: &Close, closing: Closing) -> Result<(), FoldFault> {
        if self.closed() {
            return Err(FoldFault::Over(self.number));
        }
        same("contributors", event.contributors, self.contributors())?;
        same("total", event.total, self.total)?;
        if event.log != self.log {
            return Err(FoldFault::Log { shower: self.number, given: event.log, computed: self.log });
        }
        same("beacon_round", event.beacon_round, closing.beacon_round)?;
        self.closing = Some(closing);
        self.ranking = Some(self.ranked().into());
        Ok(())
    }

    /// Records the committed draw.
    pub(super) fn commit(&mut self, event: &DrawEvent) -> Result<(), FoldFault> {
        if !self.closed() {
            return Err(FoldFault::NotClosed(self.number));
        }
        if self.draw.is_some() {
            return Err(FoldFault::Again("draw"));
        }
        same("leaves", event.leaves, self.contributors())?;
        let root = bytes32("root", &event.root)?;
        self.draw = Some(Draw { root, leaves: event.leaves, beacon: event.beacon.to_vec() });
        Ok(())
    }

    /// Marks `count` ranks from `first` on as minted. Returns their wallets.
    pub(super) fn mint(
        &mut self,
        first: Rank,
        count: u32,
        amount: u128,
        holdback_bp: u32,
    ) -> Result<Vec<u32>, FoldFault> {
        if !self.closed() {
            return Err(FoldFault::NotClosed(self.number));
        }
        same("first_rank", first.0, self.minted.saturating_add(1))?;
        let last = self.minted.checked_add(count).ok_or(FoldFault::Overflow)?;
        let mut wallets = Vec::new();
        let (mut sum, mut held_back) = (0u128, 0u128);
        for rank in first.0..=last {
            let standing = self.at_rank(Rank(rank)).ok_or_else(|| FoldFault::Differs {
                field: "count",
                given: count.to_string(),
                computed: self.contributors().saturating_sub(self.minted).to_string(),
            })?;
            sum = sum.checked_add(standing.place.amount).ok_or(FoldFault::Overflow)?;
            // Never more than the sum.
            held_back = held_back.saturating_add(held(standing.place.amount, holdback_bp));
            wallets.push(standing.wallet);
        }
        same("amount", amount, sum)?;
        self.minted = last;
        self.minted_amount = self.minted_amount.checked_add(sum).ok_or(FoldFault::Overflow)?;
        self.held = self.held.checked_add(held_back).ok_or(FoldFault::Overflow)?;
        Ok(wallets)
    }

    /// Marks the contribution in `slot` as refunded, or what was held back of it as returned.
    pub(super) fn refund(
        &mut self,
        slot: u32,
        event: &RefundEvent,
        holdback_bp: u32,
    ) -> Result<(), FoldFault> {
        let amount = event.amount;
        let standing = usize::try_from(slot)
            .ok()
            .and_then(|slot| self.standings.get_mut(slot))
            .ok_or(FoldFault::Overflow)?;
        same("refunded", true, !standing.refunded)?;
        match event.what {
            Refunded::Contribution => {
                same("amount", amount, standing.place.amount)?;
                self.refunded = self.refunded.checked_add(amount).ok_or(FoldFault::Overflow)?;
                self.refunds = self.refunds.saturating_add(1); // at most the contributors
            }
            Refunded::Holdback => {
                same("amount", amount, held(standing.place.amount, holdback_bp))?;
                self.held_returned = self.held_returned.checked_add(amount).ok_or(FoldFault::Overflow)?;
            }
        }
        standing.refunded = true;
        Ok(())
    }
}
