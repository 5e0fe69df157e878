//! Everything that is stored, with all storage namespaces in one place, and what follows from it alone.
//!
//! Storage bytes are nearly the whole price of a message (30 gas each), so rows have short names and a
//! contribution touches three of them.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Binary, Env, HexBinary, Order, StdError, StdResult, Storage, Uint128};
use cw_storage_plus::{Bound, Item, Map};
use meteor_messages::hatchery::HatcheryInit;
use meteor_messages::shower::{CatalogueTier, Cursor, Fairness, MAX_BATCH, NextMint};
use meteor_rules::ShowerId;
use meteor_rules::catalogue::piece;
use meteor_rules::fairness::Domain;
use meteor_rules::life::{Facts, mint_deadline};
use meteor_rules::log::{LogHash, start};
use meteor_rules::ranking::Place;
use meteor_rules::schedule::{Schedule, Window};
use meteor_rules::tier::{PerTier, TierRule};

use crate::error::ContractError;

/// Name of the contract, as cw2 stores it.
pub const NAME: &str = concat!("crates.io:", env!("CARGO_PKG_NAME"));
/// Version of the contract, as cw2 stores it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Storage keys. Items are raw keys, so none may begin another's (a ranking once overwrote an owner that
/// way); maps are one capital letter, because each contribution pays for theirs.
mod namespace {
    pub(super) const EVENT: &str = "event";
    pub(super) const CHAIN_ID: &str = "chain_id";
    pub(super) const TERMS: &str = "terms";
    pub(super) const PAYEES: &str = "payees";
    pub(super) const ROLES: &str = "roles";
    pub(super) const METEORS: &str = "meteors";
    pub(super) const HATCHERY: &str = "hatchery";
    pub(super) const PENDING: &str = "pending";
    pub(super) const FAIRNESS: &str = "fairness";
    pub(super) const DRAWS: &str = "D";
    pub(super) const EARLIER: &str = "E";
    pub(super) const PAUSED: &str = "P";
    pub(super) const MINIMUMS: &str = "M";
    pub(super) const BOOKS: &str = "B";
    pub(super) const LIVES: &str = "L";
    pub(super) const CONTRIBUTIONS: &str = "C";
    pub(super) const RANKING: &str = "R";
}

/// What every contribution reads.
pub const EVENT: Item<Event> = Item::new(namespace::EVENT);
/// The chain's id when the contract was made, so that a renamed chain breaks no hash; never written again.
pub const CHAIN_ID: Item<String> = Item::new(namespace::CHAIN_ID);
/// What contributing doesn't read; never written again.
pub const TERMS: Item<Terms> = Item::new(namespace::TERMS);
/// Who is paid, with what each is owed; addresses and shares never change.
pub const PAYEES: Item<Vec<Payee>> = Item::new(namespace::PAYEES);
/// Operator and guardian; the owner is cw-ownable's.
pub const ROLES: Item<Roles> = Item::new(namespace::ROLES);
/// The meteors' CW721 contract, which this one instantiated and alone may mint; never written again.
pub const METEORS: Item<Addr> = Item::new(namespace::METEORS);
/// The contract that cracks meteors, which this one instantiated; never written again.
pub const HATCHERY: Item<Addr> = Item::new(namespace::HATCHERY);
/// What the replies of the instantiation still need.
pub const PENDING: Item<Pending> = Item::new(namespace::PENDING);
/// What keeps the draw fair; never written again.
pub const FAIRNESS: Item<Fairness> = Item::new(namespace::FAIRNESS);
/// By shower: its draw, from `Close` on.
pub const DRAWS: Map<u32, Draw> = Map::new(namespace::DRAWS);
/// By closed shower: meteors of each tier in all earlier showers. Written once, by `Close`.
pub const EARLIER: Map<u32, PerTier<u64>> = Map::new(namespace::EARLIER);
/// By shower: there if contributing was paused while it was open.
pub const PAUSED: Map<u32, bool> = Map::new(namespace::PAUSED);
/// Least total of a wallet, by the first shower for which it holds; it holds until the next entry.
pub const MINIMUMS: Map<u32, Uint128> = Map::new(namespace::MINIMUMS);
/// By shower: what contributing changes.
pub const BOOKS: Map<u32, Book> = Map::new(namespace::BOOKS);
/// By shower: what happens after it.
pub const LIVES: Map<u32, Life> = Map::new(namespace::LIVES);
/// By shower and wallet.
pub const CONTRIBUTIONS: Map<(u32, &Addr), Contribution> = Map::new(namespace::CONTRIBUTIONS);
/// By shower, complement of the amount, sequence number: ascending is rank order.
pub const RANKING: Map<(u32, u128, u64), Addr> = Map::new(namespace::RANKING);

/// What every contribution reads. All but `paused_since` is fixed.
#[cw_serde]
pub struct Event {
    /// The one denom.
    pub denom: String,
    /// When the showers open and close.
    pub schedule: Schedule,
    /// Seconds after a shower's close during which its meteors may be minted.
    pub mint_window: u64,
    /// Since when (nanoseconds) `Contribute` is stopped; `None` if it isn't.
    pub paused_since: Option<u64>,
}

/// What contributing doesn't read, but for the first of a shower.
#[cw_serde]
pub struct Terms {
    /// How ranks are cut into tiers.
    pub tiers: TierRule,
    /// Eggs of each tier in a shower.
    pub eggs: PerTier<u32>,
    /// How much likelier the first of a tier is to hold an egg than its last (basis points).
    pub tilt_bp: u32,
    /// What each contribution holds back until the shower's key is published (basis points).
    pub holdback_bp: u32,
    /// Seconds after a shower's close by which its key must be published.
    pub key_window: u64,
    /// The pieces of each tier.
    pub catalogue: PerTier<CatalogueTier>,
}

/// A payee, with what it is owed.
#[cw_serde]
pub struct Payee {
    /// Where the money goes.
    pub address: Addr,
    /// Share (basis points).
    pub share_bp: u32,
    /// Booked and not yet sent.
    pub owed: Uint128,
    /// Sent so far.
    pub withdrawn: Uint128,
}

/// What the replies of the instantiation still need.
#[cw_serde]
pub struct Pending {
    /// The hatchery to make.
    pub hatchery: HatcheryInit,
    /// Who must be the contract's admin.
    pub admin: Option<String>,
    /// Whom royalties and settlements go to: none may be a contract of the event.
    pub paid: Vec<String>,
}

/// Who may do what, besides the owner.
#[cw_serde]
pub struct Roles {
    /// Commits to draws.
    pub operator: Addr,
    /// May pause.
    pub guardian: Addr,
}

/// What contributing changes of a shower: one item, so that the log hash costs no read or write of its own.
#[cw_serde]
pub struct Book {
    /// Wallets that contributed.
    #[serde(rename = "c")]
    pub contributors: u32,
    /// What they contributed.
    #[serde(rename = "t")]
    pub total: Uint128,
    /// Sequence number of the last contribution, over all showers.
    #[serde(rename = "s")]
    pub last_seq: u64,
    /// The contribution log hash.
    #[serde(rename = "l")]
    log: Binary,
    /// Contributors of all earlier showers; final, since they were over at this one's first contribution.
    #[serde(rename = "e")]
    pub earlier: u64,
    /// Whether it was cancelled.
    #[serde(rename = "x", default, skip_serializing_if = "is_false")]
    pub cancelled: bool,
}

/// What happens to a shower after its end. Every batch of meteors writes it, so its names are short.
#[cw_serde]
#[derive(Default)]
pub struct Life {
    /// Whether `Close` was called.
    #[serde(rename = "c")]
    pub closed: bool,
    /// Meteors minted.
    #[serde(rename = "m")]
    pub minted: u32,
    /// Place of the last rank with a meteor: it and all better places have theirs.
    #[serde(rename = "l")]
    pub cursor: Option<Cursor>,
    /// What those with a meteor contributed.
    #[serde(rename = "a")]
    pub minted_amount: Uint128,
    /// Of it held back until the key is published.
    #[serde(rename = "h")]
    pub held: Uint128,
    /// Of it booked for the payees.
    #[serde(rename = "s")]
    pub settled: Uint128,
    /// Contributions without a meteor that were sent back.
    #[serde(rename = "n")]
    pub refunds: u32,
    /// What they add up to.
    #[serde(rename = "r")]
    pub refunded: Uint128,
    /// Of what was held back: sent back to contributors.
    #[serde(rename = "b")]
    pub held_returned: Uint128,
    /// Whether the key was published before its deadline: what is held back is the payees' then.
    #[serde(rename = "k")]
    pub key_in_time: bool,
}

/// The draw of a shower. Each field is written once.
#[cw_serde]
pub struct Draw {
    /// The beacon's round that decides it.
    pub beacon_round: u64,
    /// Block time of `Close` (seconds, rounded up).
    pub closed_at: u64,
    /// What was committed to.
    pub committed: Option<Committed>,
    /// The key, once published.
    pub key: Option<HexBinary>,
}

/// What a draw commits to.
#[cw_serde]
pub struct Committed {
    /// Root of the tree over what the meteors hold.
    pub root: HexBinary,
    /// Its leaves.
    pub leaves: u32,
    /// The beacon's signature.
    pub beacon: HexBinary,
}

/// What one wallet has in one shower. Whether it has its meteor follows from its place and the mint cursor.
#[cw_serde]
pub struct Contribution {
    /// Its total.
    #[serde(rename = "a")]
    pub amount: Uint128,
    /// Sequence number of the contribution that reached it.
    #[serde(rename = "s")]
    pub seq: u64,
    /// Whether it was sent back: all of it, or of one with a meteor what was held back.
    #[serde(rename = "r", default, skip_serializing_if = "is_false")]
    pub refunded: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for it
fn is_false(value: &bool) -> bool {
    !value
}

impl Event {
    /// The window of `shower`, or a refusal if there is no such shower.
    pub fn window(&self, shower: u32) -> Result<Window, ContractError> {
        let none = ContractError::NoSuchShower { named: shower, count: self.schedule.count };
        self.schedule.window(shower).ok_or(none)
    }

    /// From this block time (nanoseconds) on `Mint` refuses and `Refund` is open.
    pub fn mint_deadline(&self, shower: u32) -> Result<u64, ContractError> {
        Ok(mint_deadline(self.window(shower)?, self.mint_window))
    }
}

impl Terms {
    /// From this block time (nanoseconds) on a key comes too late for the payees.
    pub const fn key_deadline(&self, window: Window) -> u64 {
        // The same form: so many seconds after the end.
        mint_deadline(window, self.key_window)
    }
}

/// What decides where `shower` stands, with the rows it is from.
pub fn facts(
    storage: &dyn Storage,
    env: &Env,
    event: &Event,
    shower: u32,
) -> Result<(Facts, Book, Life), ContractError> {
    let window = event.window(shower)?;
    let book = book(storage, env, shower)?;
    let life = LIVES.may_load(storage, shower)?.unwrap_or_default();
    let facts = Facts {
        window,
        mint_window: event.mint_window,
        contributors: book.contributors,
        minted: life.minted,
        closed: life.closed,
        drawn: DRAWS.may_load(storage, shower)?.is_some_and(|draw| draw.committed.is_some()),
        cancelled: book.cancelled,
    };
    Ok((facts, book, life))
}

impl Book {
    /// The log hash.
    pub fn log(&self) -> StdResult<LogHash> {
        LogHash::try_from(self.log.as_slice()).map_err(|_| StdError::generic_err("the log is not 32 bytes"))
    }

    /// Sets the log hash.
    pub fn set_log(&mut self, log: LogHash) {
        self.log = log.as_slice().into();
    }

    /// The book of a shower without contributions, when the last shower that has some is `last`.
    fn following(id: &Domain<'_>, last: Option<&Self>) -> Self {
        Self {
            contributors: 0,
            total: Uint128::zero(),
            last_seq: last.map_or(0, |book| book.last_seq),
            log: start(id).as_slice().into(),
            earlier: last.map_or(0, |book| book.earlier.saturating_add(book.contributors.into())),
            cancelled: false,
        }
    }
}

impl Contribution {
    /// Its place in the ranking.
    pub fn place(&self) -> Place {
        Place { amount: self.amount.u128(), seq: self.seq }
    }
}

impl Life {
    /// Whether a contribution at `place` has its meteor.
    pub fn has_minted(&self, place: &Place) -> bool {
        self.last_minted().is_some_and(|cursor| *place <= cursor) // smaller is better
    }

    /// Place of the last rank with a meteor.
    pub fn last_minted(&self) -> Option<Place> {
        self.cursor.map(place)
    }

    /// What can be booked for the payees now. What is held back is theirs once the key came in time.
    pub fn unsettled(&self) -> StdResult<Uint128> {
        let held = if self.key_in_time { Uint128::zero() } else { self.held };
        Ok(self.minted_amount.checked_sub(held)?.checked_sub(self.settled)?)
    }
}

/// The place that a cursor names.
pub fn place(cursor: Cursor) -> Place {
    Place { amount: cursor.amount.u128(), seq: cursor.seq }
}

/// The cursor that names a place.
pub fn cursor(place: Place) -> Cursor {
    Cursor { amount: place.amount.into(), seq: place.seq }
}

/// The key of `place` in the ranking of `shower`.
pub fn ranking_key(shower: u32, place: &Place) -> (u32, u128, u64) {
    (shower, !place.amount, place.seq)
}

/// Up to `limit` places of a shower's ranking: down from the one after `after`, or up from the one before it.
pub fn ranked(
    storage: &dyn Storage,
    shower: u32,
    after: Option<Place>,
    limit: usize,
    order: Order,
) -> StdResult<Vec<(Place, Addr)>> {
    let bound = after.map(|place| Bound::exclusive((!place.amount, place.seq)));
    let (min, max) = match order {
        Order::Ascending => (bound, None),
        Order::Descending => (None, bound),
    };
    RANKING
        .sub_prefix(shower)
        .range(storage, min, max, order)
        .take(limit)
        .map(|row| row.map(|((complement, seq), who)| (Place { amount: !complement, seq }, who)))
        .collect()
}

/// The book of a shower that has no contributions yet.
///
/// Time doesn't go back, so at its first contribution every earlier shower is over and its numbers are final:
/// they are carried over once, and `Close` and `Mint` of any shower need no other.
pub fn unopened(storage: &dyn Storage, env: &Env, shower: u32) -> StdResult<Book> {
    let chain_id = CHAIN_ID.load(storage)?;
    let id =
        Domain { chain_id: &chain_id, contract: env.contract.address.as_str(), shower: ShowerId(shower) };
    // Books without contributions are of showers that were cancelled before they opened.
    let last = BOOKS
        .range(storage, None, Some(Bound::exclusive(shower)), Order::Descending)
        .find(|row| row.as_ref().map_or(true, |(_, book)| book.contributors > 0))
        .transpose()?;
    Ok(Book::following(&id, last.as_ref().map(|(_, book)| book)))
}

/// The book of a shower as it stands; without contributions its `earlier` is what it would be now.
pub fn book(storage: &dyn Storage, env: &Env, shower: u32) -> StdResult<Book> {
    match BOOKS.may_load(storage, shower)? {
        Some(book) if book.contributors > 0 => Ok(book),
        stored => {
            let cancelled = stored.is_some_and(|book| book.cancelled);
            Ok(Book { cancelled, ..unopened(storage, env, shower)? })
        }
    }
}

/// Meteors of each tier in all showers before `shower`: as they are now, and once it is over for good.
///
/// Summed up from the last closed shower on: one step where showers are closed in order, and never more than
/// there are showers. `Close` pays for that, so that no contribution has to.
pub fn earlier_by_tier(storage: &dyn Storage, shower: u32) -> StdResult<PerTier<u64>> {
    if let Some(earlier) = EARLIER.may_load(storage, shower)? {
        return Ok(earlier);
    }
    let tiers = TERMS.load(storage)?.tiers;
    let mut sum = PerTier::default();
    for row in BOOKS.range(storage, None, Some(Bound::exclusive(shower)), Order::Descending) {
        let (before, book) = row?;
        let sizes = tiers.sizes(book.contributors);
        sum = plus(&sum, &PerTier::from_fn(|tier| (*sizes.get(tier)).into()));
        if let Some(earlier) = EARLIER.may_load(storage, before)? {
            return Ok(plus(&sum, &earlier));
        }
    }
    Ok(sum)
}

fn plus(some: &PerTier<u64>, more: &PerTier<u64>) -> PerTier<u64> {
    PerTier::from_fn(|tier| some.get(tier).saturating_add(*more.get(tier)))
}

/// What the next `Mint` of a shower with these facts must bring; `None` if every contributor has a meteor.
pub fn next_mint(terms: &Terms, facts: &Facts, earlier: &PerTier<u64>) -> Option<NextMint> {
    let sizes = terms.tiers.sizes(facts.contributors);
    let mut first = 0u32; // meteors of better tiers; the sizes add up to the contributors
    for (tier, size) in sizes.iter() {
        let last = first.saturating_add(*size);
        if facts.minted < last {
            let pieces = terms.catalogue.get(tier).count;
            let first_piece = piece(*earlier.get(tier), facts.minted.saturating_sub(first), pieces)?;
            let most = last.saturating_sub(facts.minted).min(pieces.saturating_sub(first_piece));
            let most = most.min(u32::try_from(MAX_BATCH).unwrap_or(u32::MAX));
            return Some(NextMint { first_rank: facts.minted.saturating_add(1), tier, first_piece, most });
        }
        first = last;
    }
    None
}

/// Whether contributing was paused while `shower` was open, as known at the block time of `env`.
pub fn was_paused(storage: &dyn Storage, env: &Env, event: &Event, shower: u32) -> bool {
    let now = event.paused_since.and_then(|since| event.schedule.open_between(since, env.block.time.nanos()));
    now.is_some_and(|(first, last)| (first..=last).contains(&shower)) || PAUSED.has(storage, shower)
}

/// The least total of a wallet in a shower.
pub fn minimum(storage: &dyn Storage, shower: u32) -> StdResult<Uint128> {
    MINIMUMS
        .range(storage, None, Some(Bound::inclusive(shower)), Order::Descending)
        .next()
        .transpose()?
        .map(|(_, minimum)| minimum)
        .ok_or_else(|| StdError::not_found("minimum"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::testing::MockStorage;

    #[test]
    fn no_namespace_begins_another() {
        let names = [
            EVENT.as_slice().to_vec(),
            CHAIN_ID.as_slice().to_vec(),
            TERMS.as_slice().to_vec(),
            PAYEES.as_slice().to_vec(),
            ROLES.as_slice().to_vec(),
            METEORS.as_slice().to_vec(),
            HATCHERY.as_slice().to_vec(),
            PENDING.as_slice().to_vec(),
            FAIRNESS.as_slice().to_vec(),
            DRAWS.namespace_bytes().to_vec(),
            EARLIER.namespace_bytes().to_vec(),
            PAUSED.namespace_bytes().to_vec(),
            MINIMUMS.namespace_bytes().to_vec(),
            BOOKS.namespace_bytes().to_vec(),
            LIVES.namespace_bytes().to_vec(),
            CONTRIBUTIONS.namespace_bytes().to_vec(),
            RANKING.namespace_bytes().to_vec(),
            cw_ownable::OWNERSHIP_KEY.as_bytes().to_vec(),
            b"contract_info".to_vec(),
        ];
        assert_eq!(cw2::CONTRACT.as_slice(), b"contract_info");
        for (at, a) in names.iter().enumerate() {
            for (other, b) in names.iter().enumerate() {
                assert!(at == other || !b.starts_with(a.as_slice()), "{a:?} begins {b:?}");
            }
        }
    }

    #[test]
    fn rows_are_small() {
        let row = Contribution { amount: 8_000_000u128.into(), seq: 17, refunded: false };
        assert_eq!(cosmwasm_std::to_json_string(&row).unwrap(), r#"{"a":"8000000","s":17}"#);
        let id = Domain { chain_id: "localterra", contract: "terra1xyz", shower: ShowerId(1) };
        let book = cosmwasm_std::to_json_string(&Book::following(&id, None)).unwrap();
        assert!(book.len() < 90, "{book}");
    }

    #[test]
    fn ascending_keys_are_rank_order() {
        let mut storage = MockStorage::new();
        let places =
            [(7, 2), (7, 4), (5, 1), (u128::MAX, 9), (0, 8)].map(|(amount, seq)| Place { amount, seq });
        for place in &places {
            let who = Addr::unchecked(place.seq.to_string());
            RANKING.save(&mut storage, ranking_key(3, place), &who).unwrap();
        }
        RANKING.save(&mut storage, (2, 0, 0), &Addr::unchecked("other shower")).unwrap();
        RANKING.save(&mut storage, (4, 0, 0), &Addr::unchecked("other shower")).unwrap();
        let all = ranked(&storage, 3, None, 9, Order::Ascending).unwrap();
        let mut sorted = places;
        sorted.sort_unstable();
        assert_eq!(all.iter().map(|(place, _)| *place).collect::<Vec<_>>(), sorted);
        let after = ranked(&storage, 3, Some(sorted[1]), 2, Order::Ascending).unwrap();
        assert_eq!(after.iter().map(|(place, _)| *place).collect::<Vec<_>>(), sorted[2..4]);
        let before = ranked(&storage, 3, Some(sorted[1]), 2, Order::Descending).unwrap();
        assert_eq!(before.iter().map(|(place, _)| *place).collect::<Vec<_>>(), sorted[..1]);
    }

    #[test]
    fn a_minimum_holds_until_the_next() {
        let mut storage = MockStorage::new();
        MINIMUMS.save(&mut storage, 1, &8u128.into()).unwrap();
        MINIMUMS.save(&mut storage, 5, &9u128.into()).unwrap();
        for (shower, least) in [(1, 8u128), (4, 8), (5, 9), (44, 9)] {
            assert_eq!(minimum(&storage, shower).unwrap().u128(), least);
        }
    }
}
