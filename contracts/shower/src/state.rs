//! Everything that is stored, with all storage namespaces in one place, and what follows from it alone.
//!
//! Storage bytes are nearly the whole price of a message (30 gas each), so rows have short names and a
//! contribution touches three of them.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Binary, Env, HexBinary, Order, StdError, StdResult, Storage, Uint128};
use cw_storage_plus::{Bound, Item, Map};
use meteor_messages::hatchery::HatcheryInit;
use meteor_messages::shower::{Cursor, Fairness, Payee};
use meteor_rules::ShowerId;
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
    pub(super) const TERMS: &str = "terms";
    pub(super) const ROLES: &str = "roles";
    pub(super) const METEORS: &str = "meteors";
    pub(super) const HATCHERY: &str = "hatchery";
    pub(super) const PENDING: &str = "pending";
    pub(super) const FAIRNESS: &str = "fairness";
    pub(super) const DRAWS: &str = "D";
    pub(super) const LAST_ACTIVE: &str = "last_active";
    pub(super) const MINIMUMS: &str = "M";
    pub(super) const BOOKS: &str = "B";
    pub(super) const LIVES: &str = "L";
    pub(super) const CONTRIBUTIONS: &str = "C";
    pub(super) const RANKING: &str = "R";
}

/// What every contribution reads.
pub const EVENT: Item<Event> = Item::new(namespace::EVENT);
/// What only minting and settling read; never written again.
pub const TERMS: Item<Terms> = Item::new(namespace::TERMS);
/// Operator and guardian; the owner is cw-ownable's.
pub const ROLES: Item<Roles> = Item::new(namespace::ROLES);
/// The meteors' CW721 contract, which this one instantiated and alone may mint; never written again.
pub const METEORS: Item<Addr> = Item::new(namespace::METEORS);
/// The contract that cracks meteors, which this one instantiated; never written again.
pub const HATCHERY: Item<Addr> = Item::new(namespace::HATCHERY);
/// The hatchery to make, between instantiation and its reply.
pub const PENDING: Item<HatcheryInit> = Item::new(namespace::PENDING);
/// What keeps the draw fair; never written again.
pub const FAIRNESS: Item<Fairness> = Item::new(namespace::FAIRNESS);
/// By shower: its draw, from `Close` on.
pub const DRAWS: Map<u32, Draw> = Map::new(namespace::DRAWS);
/// The last shower that has contributions.
pub const LAST_ACTIVE: Item<u32> = Item::new(namespace::LAST_ACTIVE);
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

/// What every contribution reads. All but `paused` is fixed.
#[cw_serde]
pub struct Event {
    /// The one denom.
    pub denom: String,
    /// When the showers open and close.
    pub schedule: Schedule,
    /// Seconds after a shower's close during which its meteors may be minted.
    pub mint_window: u64,
    /// Whether `Contribute` is stopped.
    pub paused: bool,
}

/// What only minting and settling read.
#[cw_serde]
pub struct Terms {
    /// How ranks are cut into tiers.
    pub tiers: TierRule,
    /// Eggs of each tier in a shower.
    pub eggs: PerTier<u32>,
    /// Who is paid.
    pub payees: Vec<Payee>,
}

/// Who may do what, besides the owner.
#[cw_serde]
pub struct Roles {
    /// Mints.
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

/// What happens to a shower after its end.
#[cw_serde]
#[derive(Default)]
pub struct Life {
    /// Whether `Close` was called.
    pub closed: bool,
    /// Meteors minted.
    pub minted: u32,
    /// Place of the last rank with a meteor: it and all better places have theirs.
    pub cursor: Option<Cursor>,
    /// What those with a meteor contributed.
    pub minted_amount: Uint128,
    /// Of it paid to the payees.
    pub settled: Uint128,
    /// Contributions sent back.
    pub refunds: u32,
    /// What they add up to.
    pub refunded: Uint128,
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
    /// Whether it was sent back.
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
    pub fn following(env: &Env, shower: u32, last: Option<&Self>) -> Self {
        let contract = env.contract.address.as_str();
        let log = start(&Domain { chain_id: &env.block.chain_id, contract, shower: ShowerId(shower) });
        Self {
            contributors: 0,
            total: Uint128::zero(),
            last_seq: last.map_or(0, |book| book.last_seq),
            log: log.as_slice().into(),
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

    /// What the payees can be paid now.
    pub fn unsettled(&self) -> StdResult<Uint128> {
        Ok(self.minted_amount.checked_sub(self.settled)?)
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

/// The book of a shower as it stands; without contributions its `earlier` is what it would be now.
pub fn book(storage: &dyn Storage, env: &Env, shower: u32) -> StdResult<Book> {
    let stored = BOOKS.may_load(storage, shower)?;
    match stored {
        Some(book) if book.contributors > 0 => Ok(book),
        _ => {
            // At most MAX_SHOWERS books, and only those cancelled without contributions are skipped.
            let earlier = BOOKS
                .range(storage, None, Some(Bound::exclusive(shower)), Order::Descending)
                .find(|row| !matches!(row, Ok((_, book)) if book.contributors == 0))
                .transpose()?
                .map(|(_, book)| book);
            let cancelled = stored.is_some_and(|book| book.cancelled);
            Ok(Book { cancelled, ..Book::following(env, shower, earlier.as_ref()) })
        }
    }
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
            TERMS.as_slice().to_vec(),
            ROLES.as_slice().to_vec(),
            METEORS.as_slice().to_vec(),
            LAST_ACTIVE.as_slice().to_vec(),
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
        let env = cosmwasm_std::testing::mock_env();
        let book = cosmwasm_std::to_json_string(&Book::following(&env, 1, None)).unwrap();
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
