//! What should be, in plain Rust: a list of contributions and who may do what. It follows the contracts'
//! typed events, so it also follows what other contracts do with the event; everything else is computed from
//! scratch.

use std::collections::{BTreeMap, BTreeSet};

use cosmwasm_std::{Event, from_json, to_json_vec};
use cw_utils::Expiration;
use meteor_messages::events::{Draw, HatcheryEvent, Minted, NftEvent, Revealed, ShowerEvent};
use meteor_messages::shower::{ExecuteMsg, InstantiateMsg, NextMint, Refunded, Status};
use meteor_rules::catalogue::Catalogue;
use meteor_rules::fairness::content::{Content, Kind, Tables};
use meteor_rules::fairness::sealed::{Inputs, Sealed};
use meteor_rules::fairness::{Bytes32, Domain};
use meteor_rules::log::{Entry, LogHash, extend, start};
use meteor_rules::ranking::Place;
use meteor_rules::tier::{PerTier, Tier};
use meteor_rules::{NANOS_PER_SECOND, Rank, ShowerId, TokenId};

use crate::fairness::{CHAIN_ID, beacon, id, key};

/// Addresses of an event's contracts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contracts {
    /// The shower contract.
    pub shower: String,
    /// The meteors.
    pub meteors: String,
    /// The hatchery.
    pub hatchery: String,
    /// The eggs.
    pub eggs: String,
    /// The dust.
    pub dust: String,
}

/// A typed event of one of the contracts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The shower contract's.
    Shower(ShowerEvent),
    /// The meteors'.
    Nft(NftEvent),
    /// The hatchery's.
    Hatchery(HatcheryEvent),
    /// The eggs' or the dust's.
    Inside(Kind, NftEvent),
}

/// Reads the typed events of `contracts`; an address left empty is nobody's.
///
/// # Panics
/// If one of them can't be read.
pub fn told(events: &[Event], contracts: &Contracts) -> Vec<Told> {
    let mut all = vec![];
    for event in events {
        let attributes: Vec<(&str, &str)> =
            event.attributes.iter().map(|a| (a.key.as_str(), a.value.as_str())).collect();
        let by = attributes.iter().find(|(key, _)| *key == "_contract_address").map(|(_, by)| *by);
        let Some(by) = by else { continue };
        let nft =
            |tell: fn(NftEvent) -> Told| NftEvent::parse(&event.ty, &attributes).map(|read| read.map(tell));
        let read = if by == contracts.shower {
            ShowerEvent::parse(&event.ty, &attributes).map(|read| read.map(Told::Shower))
        } else if by == contracts.meteors {
            nft(Told::Nft)
        } else if by == contracts.hatchery {
            HatcheryEvent::parse(&event.ty, &attributes).map(|read| read.map(Told::Hatchery))
        } else if by == contracts.eggs {
            nft(|event| Told::Inside(Kind::Egg, event))
        } else if by == contracts.dust {
            nft(|event| Told::Inside(Kind::Dust, event))
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

/// A meteor, an egg or dust.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// Whose it is.
    pub owner: String,
    /// Who else may move or burn it, and until when.
    pub approvals: BTreeMap<String, Until>,
    /// Bare CID of its image.
    pub image: String,
    /// Its row.
    pub traits: Vec<u32>,
}

/// Until when someone may do something with a token; `None` where another contract said so: it isn't told.
pub type Until = Option<Expiration>;

/// A meteor in custody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cracked {
    /// Who cracked it.
    pub holder: String,
    /// When (nanoseconds).
    pub since: u64,
}

/// An event as it should be.
#[derive(Clone, Debug)]
pub struct Model {
    /// What is fixed.
    pub config: InstantiateMsg,
    /// How meteors come by what they hold.
    pub tables: Tables,
    /// The pieces.
    pub catalogue: Catalogue,
    /// The shower contract.
    pub contract: String,
    /// All contracts.
    pub contracts: Contracts,
    /// The owner.
    pub owner: Option<String>,
    /// Who may become it, and until when.
    pub pending: Option<(String, Option<Expiration>)>,
    /// The operator.
    pub operator: String,
    /// The guardian.
    pub guardian: String,
    /// Since when (nanoseconds) contributing is stopped.
    pub paused_since: Option<u64>,
    /// What each payee is owed, by address.
    pub owed: BTreeMap<String, u128>,
    /// What each payee was sent.
    pub withdrawn: BTreeMap<String, u128>,
    /// By denom: what came without a contribution and is still there.
    pub unasked: BTreeMap<String, u128>,
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
    /// Meteors in custody.
    pub custody: BTreeMap<u64, Cracked>,
    /// What was revealed, by the meteor's number.
    pub revealed: BTreeMap<u64, Revealed>,
    /// Eggs and dust by id.
    pub found: BTreeMap<u64, Token>,
    /// Ids of eggs and dust that were burnt.
    pub gone: BTreeSet<u64>,
    /// Who may move and burn all tokens of whom: by collection, owner and who may.
    pub grants: BTreeMap<(String, String, String), Until>,
}

impl Model {
    /// An event that begins.
    pub fn new(config: InstantiateMsg, tables: Tables, catalogue: Catalogue, contracts: Contracts) -> Self {
        Self {
            owner: Some(config.owner.clone()),
            pending: None,
            operator: config.operator.clone(),
            guardian: config.guardian.clone(),
            paused_since: None,
            owed: BTreeMap::new(),
            withdrawn: BTreeMap::new(),
            unasked: BTreeMap::new(),
            minimums: BTreeMap::from([(1, config.minimum.u128())]),
            seq: 0,
            showers: BTreeMap::new(),
            tokens: BTreeMap::new(),
            burnt: BTreeSet::new(),
            custody: BTreeMap::new(),
            revealed: BTreeMap::new(),
            found: BTreeMap::new(),
            gone: BTreeSet::new(),
            grants: BTreeMap::new(),
            config,
            tables,
            catalogue,
            contract: contracts.shower.clone(),
            contracts,
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

    /// What the contract owes to contributors and payees together.
    pub fn owes(&self) -> u128 {
        let bp = self.config.holdback_bp;
        let total: u128 = self.showers.values().map(ModelShower::total).sum();
        let refunded: u128 =
            self.showers.values().map(|s| s.refunded_amount() + s.held_returned_amount(bp)).sum();
        total - refunded - self.withdrawn.values().sum::<u128>()
    }

    /// What came of the event's denom without a contribution and is still there.
    pub fn surplus(&self) -> u128 {
        self.unasked.get(&self.config.denom).copied().unwrap_or_default()
    }

    /// Where `shower` stands at `now` (nanoseconds).
    pub fn status(&self, shower: u32, now: u64) -> Status {
        let here = self.shower(shower);
        let Some(window) = self.config.schedule.window(shower) else { return Status::Upcoming };
        let left = here.minted < here.contributors();
        match now {
            _ if here.cancelled => Status::Refunding,
            now if now < window.start => Status::Upcoming,
            now if now < window.end => Status::Open,
            now if left && self.refunds_open(shower, now) => Status::Refunding,
            _ if !here.closed => Status::Ended,
            _ if left => Status::Closed,
            _ => Status::Minted,
        }
    }

    /// What the next `Mint` of `shower` must bring at `now` (nanoseconds), if anything can be minted.
    pub fn next_mint(&self, shower: u32, now: u64) -> Option<NextMint> {
        let here = self.shower(shower);
        if self.status(shower, now) != Status::Closed || here.draw.is_none() {
            return None;
        }
        let first_rank = here.minted + 1;
        let (tier, first_piece) = self.piece(shower, first_rank)?;
        // So many of the next ranks have this tier and pieces that follow each other in the list.
        let follow = (first_rank..=here.contributors()).zip(first_piece..).take(100);
        let most =
            follow.take_while(|(rank, piece)| self.piece(shower, *rank) == Some((tier, *piece))).count();
        Some(NextMint { first_rank, tier, first_piece, most: u32::try_from(most).ok()? })
    }

    /// What `Refund` would send to whom of `shower` at `now` (nanoseconds), best rank first.
    pub fn refundable(&self, shower: u32, now: u64) -> Vec<(String, u128, Refunded)> {
        let here = self.shower(shower);
        if !self.refunds_open(shower, now) {
            return vec![];
        }
        let late = !here.key_in_time && self.key_deadline(shower).is_some_and(|deadline| now >= deadline);
        let parts = here.held_parts(self.config.holdback_bp);
        let all = here.ranking().into_iter().filter_map(|(place, who)| match parts.get(who) {
            Some(part) if late && *part > 0 && !here.held_returned.contains(who) => {
                Some((who.to_owned(), *part, Refunded::Holdback))
            }
            Some(_) => None,
            None if here.refunded.contains(who) => None,
            None => Some((who.to_owned(), place.amount, Refunded::Contribution)),
        });
        all.collect()
    }

    /// Meteors of each tier in all showers before `shower`.
    pub fn earlier_by_tier(&self, shower: u32) -> PerTier<u64> {
        let mut earlier = PerTier::<u64>::default();
        for (_, before) in self.showers.range(..shower) {
            let sizes = self.config.tiers.sizes(before.contributors());
            earlier = PerTier::from_fn(|tier| earlier.get(tier) + u64::from(*sizes.get(tier)));
        }
        earlier
    }

    /// Tier and piece (its place in the tier's list) of the meteor at `rank` of `shower`.
    pub fn piece(&self, shower: u32, rank: u32) -> Option<(Tier, u32)> {
        let contributors = self.shower(shower).contributors();
        let tier = self.config.tiers.tier_of(Rank(rank), contributors)?;
        // Counted one by one: so many better ranks of the same shower have this tier.
        let better =
            (1..rank).filter(|rank| self.config.tiers.tier_of(Rank(*rank), contributors) == Some(tier));
        let before = self.earlier_by_tier(shower).get(tier) + u64::try_from(better.count()).ok()?;
        let count = u64::from(self.config.catalogue.get(tier).count);
        Some((tier, u32::try_from(before.checked_rem(count)?).ok()?))
    }

    /// Whether contributing was paused at some time while `shower` was open, as known at `now` (nanoseconds).
    pub fn was_paused(&self, shower: u32, now: u64) -> bool {
        let window = self.config.schedule.window(shower);
        let under_way =
            self.paused_since.zip(window).is_some_and(|(since, w)| since < w.end && w.start <= now);
        under_way || self.shower(shower).paused
    }

    /// By when (nanoseconds) the key of `shower` must be published.
    pub fn key_deadline(&self, shower: u32) -> Option<u64> {
        let close = self.config.schedule.closes_at(shower)?;
        (close + self.config.fairness.key_window).checked_mul(NANOS_PER_SECOND)
    }

    /// From when on (seconds) the beacon's round that decides `shower` is there; `None` before its close.
    pub fn beacon_due(&self, shower: u32) -> Option<u64> {
        let round = self.shower(shower).beacon_round?;
        self.config.fairness.beacon.due(round)
    }

    /// When a cracked meteor can be taken back (nanoseconds).
    pub fn reclaim_at(&self, cracked: &Cracked) -> u64 {
        cracked.since + self.config.hatchery.reveal_timeout * NANOS_PER_SECOND
    }

    /// What the meteors of `shower` hold, as an honest draw has it; `None` without contributors.
    ///
    /// # Panics
    /// If the tables are no good.
    pub fn sealed(&self, shower: u32) -> Option<Sealed> {
        self.sealed_as(shower, id(&self.contract, shower), &key(&self.contract, shower))
    }

    /// The same as if the shower were `id` and had this key.
    ///
    /// # Panics
    /// If the tables don't fit.
    pub fn sealed_as(&self, shower: u32, id: Domain<'_>, key: &Bytes32) -> Option<Sealed> {
        let here = self.shower(shower);
        if here.contributors() == 0 {
            return None;
        }
        let inputs = Inputs {
            id,
            key,
            beacon_signature: &beacon(here.beacon_round.unwrap_or_default()),
            log: &here.log_hash(CHAIN_ID, &self.contract, shower),
            contributors: here.contributors(),
            earlier: self.earlier(shower),
            tiers: &self.config.tiers,
            eggs: &self.config.eggs,
            tilt_bp: self.config.tilt_bp,
            tables: &self.tables,
        };
        Some(Sealed::make(&inputs).expect("tables that fit"))
    }

    /// The shower of the meteor with that number.
    pub fn shower_of(&self, token_id: u64) -> Option<u32> {
        let contains = |shower: &&u32| {
            let earlier = self.earlier(**shower);
            let last = earlier + u64::from(self.shower(**shower).contributors());
            earlier < token_id && token_id <= last
        };
        self.showers.keys().find(contains).copied()
    }

    /// Follows an event that happened at `now` (nanoseconds).
    ///
    /// # Panics
    /// If the event contradicts what happened before it.
    pub fn follow(&mut self, told: &Told, now: u64) {
        match told {
            Told::Shower(event) => self.follow_shower(event, now),
            Told::Nft(event) => follow_nft(&mut self.tokens, &mut self.burnt, event),
            Told::Hatchery(event) => self.follow_hatchery(event, now),
            Told::Inside(kind, event) => self.follow_inside(*kind, event),
        }
    }

    fn follow_shower(&mut self, event: &ShowerEvent, now: u64) {
        match event {
            ShowerEvent::Launch(_) | ShowerEvent::Collection(_) => {}
            ShowerEvent::Share(e) => *self.owed.entry(e.payee.clone()).or_default() += e.amount,
            ShowerEvent::Withdraw(e) => {
                let owed = self.owed.remove(&e.payee).unwrap_or_default();
                assert_eq!(owed, e.amount, "{} is sent what it is owed", e.payee);
                *self.withdrawn.entry(e.payee.clone()).or_default() += e.amount;
            }
            ShowerEvent::ReturnUnasked(e) => {
                let left = self.unasked.entry(e.denom.clone()).or_default();
                *left = left.checked_sub(e.amount).expect("only what came unasked is returned");
            }
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
            ShowerEvent::Close(e) => {
                let shower = self.showers.entry(e.shower).or_default();
                shower.closed = true;
                shower.beacon_round = Some(e.beacon_round);
            }
            ShowerEvent::Draw(e) => {
                let draw = &mut self.showers.entry(e.shower).or_default().draw;
                assert!(draw.replace(e.clone()).is_none(), "shower {} is drawn once", e.shower);
            }
            ShowerEvent::Key(e) => {
                let shower = self.showers.entry(e.shower).or_default();
                (shower.key, shower.key_in_time) = (true, e.in_time);
            }
            ShowerEvent::Mint(e) => self.showers.entry(e.shower).or_default().minted += e.count,
            ShowerEvent::Settle(e) => self.showers.entry(e.shower).or_default().settled += e.amount,
            ShowerEvent::Cancel(e) => self.showers.entry(e.shower).or_default().cancelled = true,
            ShowerEvent::Refund(e) => {
                let shower = self.showers.entry(e.shower).or_default();
                let refunded = match e.what {
                    Refunded::Contribution => &mut shower.refunded,
                    Refunded::Holdback => &mut shower.held_returned,
                };
                assert!(refunded.insert(e.contributor.clone()), "{} is refunded once", e.contributor);
            }
            ShowerEvent::Pause(_) => self.paused_since = Some(now),
            ShowerEvent::Resume(e) => {
                assert!(self.paused_since.take().is_some(), "only what is paused is resumed");
                for shower in e.from_shower.max(1)..=e.to_shower {
                    self.showers.entry(shower).or_default().paused = true;
                }
            }
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

    /// Follows an approval, of which the standard's own events tell, but not until when.
    pub(crate) fn follow_approval(&mut self, event: &Event, until: Until) {
        let said = |key: &str| event.attributes.iter().find(|a| a.key == key).map(|a| a.value.as_str());
        let (Some(collection), Some(action), Some(sender)) =
            (said("_contract_address"), said("action"), said("sender"))
        else {
            return;
        };
        let tokens = if collection == self.contracts.meteors {
            &mut self.tokens
        } else if collection == self.contracts.eggs || collection == self.contracts.dust {
            &mut self.found
        } else {
            return;
        };
        let token = said("token_id").and_then(|id| tokens.get_mut(&id.parse().ok()?));
        let who = said("spender").or(said("operator")).unwrap_or_default().to_owned();
        let grant = (collection.to_owned(), sender.to_owned(), who.clone());
        match (action, token) {
            ("approve", Some(token)) => {
                token.approvals.insert(who, until);
            }
            ("revoke", Some(token)) => {
                token.approvals.remove(&who);
            }
            ("approve_all", None) => {
                self.grants.insert(grant, until);
            }
            ("revoke_all", None) => {
                self.grants.remove(&grant);
            }
            _ => {}
        }
    }

    fn follow_inside(&mut self, kind: Kind, event: &NftEvent) {
        if let NftEvent::Minted(Minted { token_id, owner, image, traits }) = event {
            assert!(self.burnt.contains(token_id), "the meteor {token_id} is burnt first");
            let shown = self.revealed.get(token_id).expect("only what is revealed is minted");
            let revealed = (shown.kind, &shown.holder, &shown.image, &shown.traits);
            assert_eq!((kind, owner, image, traits), revealed, "what meteor {token_id} held");
        }
        follow_nft(&mut self.found, &mut self.gone, event);
    }
}

fn follow_nft(tokens: &mut BTreeMap<u64, Token>, burnt: &mut BTreeSet<u64>, event: &NftEvent) {
    match event {
        NftEvent::Minted(e) => {
            assert!(!burnt.contains(&e.token_id), "burnt id {} is back", e.token_id);
            let token = Token {
                owner: e.owner.clone(),
                approvals: BTreeMap::new(),
                image: e.image.clone(),
                traits: e.traits.clone(),
            };
            assert!(tokens.insert(e.token_id, token).is_none(), "id {} is twice", e.token_id);
        }
        NftEvent::Transfer(e) => {
            let token = tokens.get_mut(&e.token_id).expect("only minted tokens move");
            assert_eq!(token.owner, e.from, "a token moves from its owner");
            token.owner.clone_from(&e.to);
            token.approvals.clear();
        }
        NftEvent::Burn(e) => {
            let token = tokens.remove(&e.token_id).expect("only minted tokens burn");
            assert_eq!(token.owner, e.owner, "a token burns at its owner's");
            burnt.insert(e.token_id);
        }
    }
}

impl Model {
    fn follow_hatchery(&mut self, event: &HatcheryEvent, now: u64) {
        match event {
            HatcheryEvent::Nest(_) => {}
            HatcheryEvent::Crack(e) => {
                let owner = self.tokens.get(&e.token_id).map(|token| &token.owner);
                assert_eq!(owner, Some(&self.contracts.hatchery), "a cracked meteor is in custody");
                let cracked = Cracked { holder: e.holder.clone(), since: now };
                assert_eq!(e.reclaim_at, self.reclaim_at(&cracked).div_ceil(NANOS_PER_SECOND));
                assert!(self.custody.insert(e.token_id, cracked).is_none(), "a meteor is cracked once");
            }
            HatcheryEvent::Revealed(e) => {
                let cracked = self.custody.remove(&e.token_id).expect("only cracked meteors are revealed");
                assert_eq!(e.holder, cracked.holder, "what a meteor holds is for who cracked it");
                assert!(now < self.reclaim_at(&cracked), "meteor {} is revealed in time", e.token_id);
                assert_eq!(
                    (self.shower_of(e.token_id), e.token_id),
                    (Some(e.shower), self.earlier(e.shower) + u64::from(e.index) + 1),
                    "a meteor is revealed by the leaf at its own place"
                );
                let draw = self.shower(e.shower).draw.expect("only drawn showers are revealed");
                let sealed = self.sealed(e.shower).expect("the shower has contributors");
                // An operator may commit to another root, and prove against it; `meteor verify` tells, not
                // the chain.
                if draw.root.as_slice() == sealed.root() {
                    let shown = Content { kind: e.kind, image: e.image.clone(), traits: e.traits.clone() };
                    let salt = e.salt.as_slice();
                    let (content, real) = sealed.content(e.index).expect("an index of the shower");
                    assert_eq!(sealed.index_of(TokenId(e.token_id)), Some(e.index), "meteor {}", e.token_id);
                    assert_eq!((&shown, salt), (content, real.as_slice()), "meteor {}", e.token_id);
                }
                assert!(self.revealed.insert(e.token_id, e.clone()).is_none(), "a meteor is revealed once");
            }
            HatcheryEvent::Reclaim(e) => {
                let cracked = self.custody.remove(&e.token_id).expect("only cracked meteors go back");
                assert_eq!(e.holder, cracked.holder, "a meteor goes back to who cracked it");
                assert!(now >= self.reclaim_at(&cracked), "meteor {} had time to be revealed", e.token_id);
            }
        }
    }
}

/// The message as the contract reads it: what the suite sends is what a wallet could send.
pub(crate) fn through_json(msg: &ExecuteMsg) -> ExecuteMsg {
    from_json(to_json_vec(msg).expect("messages serialise")).expect("and are read back")
}
