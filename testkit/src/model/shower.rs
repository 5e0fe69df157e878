//! One shower as it should be.

use std::collections::{BTreeMap, BTreeSet};

use meteor_messages::events::Draw;
use meteor_rules::ShowerId;
use meteor_rules::fairness::Domain;
use meteor_rules::log::{Entry, LogHash, extend, start};
use meteor_rules::ranking::Place;

/// One contribution as it happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Global sequence number.
    pub seq: u64,
    /// Who.
    pub contributor: String,
    /// How much.
    pub amount: u128,
}

/// One shower.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // each is a fact of its own
pub struct ModelShower {
    /// Every contribution, in order.
    pub log: Vec<Logged>,
    /// Whether it was closed.
    pub closed: bool,
    /// The beacon's round that decides it, from the close on.
    pub beacon_round: Option<u64>,
    /// What its draw committed to.
    pub draw: Option<Draw>,
    /// Whether its key was published.
    pub key: bool,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// How many ranks have their meteor.
    pub minted: u32,
    /// Booked for the payees.
    pub settled: u128,
    /// Who was refunded.
    pub refunded: BTreeSet<String>,
    /// Who was sent back what was held back.
    pub held_returned: BTreeSet<String>,
    /// Whether its key came before its deadline.
    pub key_in_time: bool,
    /// Whether a pause that has ended touched it.
    pub paused: bool,
}

impl ModelShower {
    /// Each wallet's total with the sequence number that reached it.
    pub fn totals(&self) -> BTreeMap<&str, Place> {
        let mut totals = BTreeMap::new();
        for Logged { seq, contributor, amount } in &self.log {
            let place = totals.entry(contributor.as_str()).or_insert(Place { amount: 0, seq: 0 });
            *place = Place { amount: place.amount + amount, seq: *seq };
        }
        totals
    }

    /// The ranking, by a plain sort.
    pub fn ranking(&self) -> Vec<(Place, &str)> {
        let mut ranking: Vec<(Place, &str)> =
            self.totals().into_iter().map(|(who, place)| (place, who)).collect();
        ranking.sort_by(|(a, _), (b, _)| b.amount.cmp(&a.amount).then(a.seq.cmp(&b.seq)));
        ranking
    }

    /// How many wallets contributed.
    pub fn contributors(&self) -> u32 {
        u32::try_from(self.totals().len()).unwrap_or(u32::MAX)
    }

    /// What they contributed.
    pub fn total(&self) -> u128 {
        self.log.iter().map(|entry| entry.amount).sum()
    }

    /// What those with a meteor contributed.
    pub fn minted_amount(&self) -> u128 {
        self.ranking().iter().zip(0..self.minted).map(|((place, _), _)| place.amount).sum()
    }

    /// What those with a meteor contributed, each with what is held back of it.
    pub fn held_parts(&self, holdback_bp: u32) -> BTreeMap<&str, u128> {
        let parts = self.ranking().into_iter().zip(0..self.minted);
        parts.map(|((place, who), _)| (who, place.amount * u128::from(holdback_bp) / 10_000)).collect()
    }

    /// What is held back of all of them.
    pub fn held(&self, holdback_bp: u32) -> u128 {
        self.held_parts(holdback_bp).values().sum()
    }

    /// Of it what was sent back to contributors.
    pub fn held_returned_amount(&self, holdback_bp: u32) -> u128 {
        let parts = self.held_parts(holdback_bp);
        parts.iter().filter(|(who, _)| self.held_returned.contains(**who)).map(|(_, part)| part).sum()
    }

    /// What was sent back of contributions without a meteor.
    pub fn refunded_amount(&self) -> u128 {
        self.totals().iter().filter(|(who, _)| self.refunded.contains(**who)).map(|(_, p)| p.amount).sum()
    }

    /// Who could be refunded if refunds were open: neither minted nor refunded, best rank first.
    pub fn unminted(&self) -> Vec<&str> {
        let minted = usize::try_from(self.minted).unwrap_or(usize::MAX);
        let rest = self.ranking().into_iter().skip(minted).map(|(_, who)| who);
        rest.filter(|who| !self.refunded.contains(*who)).collect()
    }

    /// The log hash, from the first contribution on.
    pub fn log_hash(&self, chain_id: &str, contract: &str, shower: u32) -> LogHash {
        let mut log = start(&Domain { chain_id, contract, shower: ShowerId(shower) });
        let mut totals: BTreeMap<&str, u128> = BTreeMap::new();
        for Logged { seq, contributor, amount } in &self.log {
            let total = totals.entry(contributor).or_default();
            *total += amount;
            log = extend(&log, &Entry { seq: *seq, contributor, amount: *amount, total: *total });
        }
        log
    }
}
