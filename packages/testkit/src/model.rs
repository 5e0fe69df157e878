//! What should be, in plain Rust: a list of contributions and who may do what. It follows the contracts' typed
//! events, so it also follows what other contracts do with the event; everything else is computed from scratch.

use std::collections::{BTreeMap, BTreeSet};

use cosmwasm_std::{Event, from_json, to_json_vec};
use cw_utils::Expiration;
use meteor_messages::events::{NftEvent, ShowerEvent};
use meteor_messages::shower::{ExecuteMsg, InstantiateMsg};
use meteor_rules::log::{Entry, LogHash, extend, start};
use meteor_rules::ranking::Place;

/// A typed event of either contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The shower contract's.
    Shower(ShowerEvent),
    /// The meteors'.
    Nft(NftEvent),
}

/// Reads the typed events of the contracts `shower` and `meteors`.
///
/// # Panics
/// If one of them can't be read.
pub fn told(events: &[Event], shower: &str, meteors: &str) -> Vec<Told> {
    let mut all = vec![];
    for event in events {
        let attributes: Vec<(&str, &str)> =
            event.attributes.iter().map(|a| (a.key.as_str(), a.value.as_str())).collect();
        let by = attributes.iter().find(|(key, _)| *key == "_contract_address").map(|(_, by)| *by);
        let read = if by == Some(shower) {
            ShowerEvent::parse(&event.ty, &attributes).map(|read| read.map(Told::Shower))
        } else if by == Some(meteors) {
            NftEvent::parse(&event.ty, &attributes).map(|read| read.map(Told::Nft))
        } else {
            Ok(None)
        };
        all.extend(read.unwrap_or_else(|error| panic!("an event of ours can't be read: {error}")));
    }
    all
}

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
pub struct ModelShower {
    /// Every contribution, in order.
    pub log: Vec<Logged>,
    /// Whether it was closed.
    pub closed: bool,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// How many ranks have their meteor.
    pub minted: u32,
    /// Paid to the payees.
    pub settled: u128,
    /// Who was refunded.
    pub refunded: BTreeSet<String>,
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

    /// What was sent back.
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
        let mut log = start(chain_id, contract, shower);
        let mut totals: BTreeMap<&str, u128> = BTreeMap::new();
        for Logged { seq, contributor, amount } in &self.log {
            let total = totals.entry(contributor).or_default();
            *total += amount;
            log = extend(&log, &Entry { seq: *seq, contributor, amount: *amount, total: *total });
        }
        log
    }
}

/// One meteor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Whose it is.
    pub owner: String,
    /// Bare CID of its image.
    pub image: String,
    /// Its row.
    pub traits: Vec<u32>,
}

/// An event as it should be.
#[derive(Clone, Debug)]
pub struct Model {
    /// What is fixed.
    pub config: InstantiateMsg,
    /// The shower contract.
    pub contract: String,
    /// The owner.
    pub owner: Option<String>,
    /// Who may become it, and until when.
    pub pending: Option<(String, Option<Expiration>)>,
    /// The operator.
    pub operator: String,
    /// The guardian.
    pub guardian: String,
    /// Whether contributing is stopped.
    pub paused: bool,
    /// Minimums by the shower from which they hold.
    pub minimums: BTreeMap<u32, u128>,
    /// Last global sequence number.
    pub seq: u64,
    /// Showers in which something happened.
    pub showers: BTreeMap<u32, ModelShower>,
    /// Meteors by id.
    pub tokens: BTreeMap<u64, Token>,
    /// Ids that were burnt.
    pub burnt: BTreeSet<u64>,
}

impl Model {
    /// An event that begins.
    pub fn new(config: InstantiateMsg, contract: String) -> Self {
        Self {
            owner: Some(config.owner.clone()),
            pending: None,
            operator: config.operator.clone(),
            guardian: config.guardian.clone(),
            paused: false,
            minimums: BTreeMap::from([(1, config.minimum.u128())]),
            seq: 0,
            showers: BTreeMap::new(),
            tokens: BTreeMap::new(),
            burnt: BTreeSet::new(),
            config,
            contract,
        }
    }

    /// One shower, empty if nothing has happened in it.
    pub fn shower(&self, shower: u32) -> ModelShower {
        self.showers.get(&shower).cloned().unwrap_or_default()
    }

    /// Contributors of all showers before `shower`.
    pub fn earlier(&self, shower: u32) -> u64 {
        self.showers.range(..shower).map(|(_, earlier)| u64::from(earlier.contributors())).sum()
    }

    /// The least total in `shower`.
    pub fn minimum(&self, shower: u32) -> u128 {
        self.minimums.range(..=shower).next_back().map_or(0, |(_, minimum)| *minimum)
    }

    /// From this block time (nanoseconds) on `shower` is refunded instead of minted.
    pub fn deadline(&self, shower: u32) -> Option<u64> {
        let close = self.config.schedule.closes_at(shower)?;
        close.checked_add(self.config.mint_window)?.checked_mul(meteor_rules::NANOS_PER_SECOND)
    }

    /// Whether `shower` is refunded instead of minted at `now`.
    pub fn refunds_open(&self, shower: u32, now: u64) -> bool {
        self.shower(shower).cancelled || self.deadline(shower).is_some_and(|deadline| now >= deadline)
    }

    /// What the contract should hold.
    pub fn held(&self) -> u128 {
        let total: u128 = self.showers.values().map(ModelShower::total).sum();
        let gone: u128 = self.showers.values().map(|s| s.settled + s.refunded_amount()).sum();
        total - gone
    }

    /// Follows an event.
    ///
    /// # Panics
    /// If the event contradicts what happened before it.
    pub fn follow(&mut self, told: &Told) {
        match told {
            Told::Shower(event) => self.follow_shower(event),
            Told::Nft(event) => self.follow_nft(event),
        }
    }

    fn follow_shower(&mut self, event: &ShowerEvent) {
        match event {
            ShowerEvent::Launch(_) | ShowerEvent::Collection(_) | ShowerEvent::Payment(_) => {}
            ShowerEvent::Contribution(e) => {
                assert_eq!(e.seq, self.seq + 1, "sequence numbers follow each other");
                self.seq = e.seq;
                let shower = self.showers.entry(e.shower).or_default();
                shower.log.push(Logged { seq: e.seq, contributor: e.contributor.clone(), amount: e.amount });
                let place = shower.totals().get(e.contributor.as_str()).copied();
                assert_eq!(place.map(|place| place.amount), Some(e.total), "a wallet's contributions add up");
                assert_eq!(e.shower_total, shower.total(), "a shower's contributions add up");
                assert_eq!(e.contributors, shower.contributors(), "each contributor is counted once");
            }
            ShowerEvent::Close(e) => self.showers.entry(e.shower).or_default().closed = true,
            ShowerEvent::Mint(e) => self.showers.entry(e.shower).or_default().minted += e.count,
            ShowerEvent::Settle(e) => self.showers.entry(e.shower).or_default().settled += e.amount,
            ShowerEvent::Cancel(e) => self.showers.entry(e.shower).or_default().cancelled = true,
            ShowerEvent::Refund(e) => {
                let refunded = &mut self.showers.entry(e.shower).or_default().refunded;
                assert!(refunded.insert(e.contributor.clone()), "{} is refunded once", e.contributor);
            }
            ShowerEvent::Pause(_) => self.paused = true,
            ShowerEvent::Resume(_) => self.paused = false,
            ShowerEvent::Minimum(e) => {
                self.minimums.insert(e.from_shower, e.minimum);
            }
            ShowerEvent::Role(e) => {
                let holder = (!e.address.is_empty()).then(|| e.address.clone());
                match e.role.as_str() {
                    "owner" => self.owner = holder,
                    // The expiry is not told; `Suite::execute` adds it from the message.
                    "pending_owner" => self.pending = holder.map(|holder| (holder, None)),
                    "operator" => self.operator.clone_from(&e.address),
                    "guardian" => self.guardian.clone_from(&e.address),
                    role => panic!("no role {role}"),
                }
            }
        }
    }

    fn follow_nft(&mut self, event: &NftEvent) {
        match event {
            NftEvent::Minted(e) => {
                assert!(!self.burnt.contains(&e.token_id), "burnt id {} is back", e.token_id);
                let token =
                    Token { owner: e.owner.clone(), image: e.image.clone(), traits: e.traits.clone() };
                assert!(self.tokens.insert(e.token_id, token).is_none(), "id {} is twice", e.token_id);
            }
            NftEvent::Transfer(e) => {
                let token = self.tokens.get_mut(&e.token_id).expect("only minted tokens move");
                assert_eq!(token.owner, e.from, "a token moves from its owner");
                token.owner.clone_from(&e.to);
            }
            NftEvent::Burn(e) => {
                let token = self.tokens.remove(&e.token_id).expect("only minted tokens burn");
                assert_eq!(token.owner, e.owner, "a token burns at its owner's");
                self.burnt.insert(e.token_id);
            }
        }
    }
}

/// The message as the contract reads it: what the suite sends is what a wallet could send.
pub(crate) fn through_json(msg: &ExecuteMsg) -> ExecuteMsg {
    from_json(to_json_vec(msg).expect("messages serialise")).expect("and are read back")
}
