//! What should be, in plain Rust: a list of contributions and who may do what. It follows the contracts'
//! typed events, so it also follows what other contracts do with the event; everything else is computed from
//! scratch.

mod follow;
mod shower;
mod told;

use std::collections::{BTreeMap, BTreeSet};

use cosmwasm_std::{from_json, to_json_vec};
use cw_utils::Expiration;
use meteor_messages::events::Revealed;
use meteor_messages::shower::{ExecuteMsg, InstantiateMsg, NextMint, Refunded, Status};
use meteor_rules::catalogue::Catalogue;
use meteor_rules::fairness::content::Tables;
use meteor_rules::fairness::sealed::{Inputs, Sealed};
use meteor_rules::fairness::{Bytes32, Domain};
use meteor_rules::tier::{PerTier, Tier};
use meteor_rules::{NANOS_PER_SECOND, Rank};

pub use shower::{Logged, ModelShower};
pub use told::{Contracts, Told, told};

use crate::fairness::{CHAIN_ID, beacon, id, key};

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
}

/// The message as the contract reads it: what the suite sends is what a wallet could send.
pub(crate) fn through_json(msg: &ExecuteMsg) -> ExecuteMsg {
    from_json(to_json_vec(msg).expect("messages serialise")).expect("and are read back")
}
