//! A shower's ranking and its pages.
//!
//! A page is put together from bytes that its rows keep: a row's wallet and amount are written once for each of its
//! changes, only rank and tier each time. `models::Ranking` describes the same bytes to OpenAPI.

use std::io::Write as _;
use std::sync::Arc;

use imbl::Vector;
use meteor_rules::Rank;
use meteor_rules::tier::Tier;

use super::order::{Order, Placed};
use super::page::write_json;
use super::{Page, ShowerView};
use crate::fold::{Shower, Standing, State};

/// Most rows of a ranking in one page.
pub const MAX_ROWS: u32 = 1_000;
/// Rows in a page when the request names no limit.
pub const DEFAULT_ROWS: u32 = 100;

/// Bytes of a row, about.
const ROW: usize = 120;

/// One place of the ranking.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The contributor.
    pub address: &'a Arc<str>,
    /// Its total in the shower (micro-denom).
    pub amount: u128,
    /// Whether it was refunded.
    pub refunded: bool,
}

/// Standings and their order.
#[derive(Clone, Debug)]
pub(super) struct Ranked {
    /// The fold's.
    pub standings: Vector<Standing>,
    /// Who stands in them. Apart from them, because this only grows: whoever holds an old one holds little that the
    /// newest doesn't.
    pub contributors: Vector<Arc<str>>,
    pub order: Order,
}

impl Ranked {
    /// Of a shower's state.
    pub(super) fn new(state: &State, shower: &Shower) -> Self {
        let address =
            |standing: &Standing| state.wallets.get(standing.wallet).map(|it| Arc::clone(&it.address));
        let placed = shower.standings.iter().zip(0..).map(|(it, slot)| Placed::new(it.place, slot));
        Self {
            order: Order::new(placed.collect()),
            contributors: shower.standings.iter().map(|it| address(it).unwrap_or_default()).collect(),
            standings: shower.standings.clone(),
        }
    }

    /// Of a later state of the same shower: what the contributions after the first `known` have changed. `None` if that
    /// isn't worth it, or if the state doesn't continue this one.
    pub(super) fn next(&self, state: &State, shower: &Shower, known: usize) -> Option<Self> {
        let new = shower.given.len().checked_sub(known)?;
        if new > shower.standings.len() / 8 {
            return None;
        }
        let mut slots: Vec<u32> =
            shower.given.focus().narrow(known..).into_iter().map(|it| it.slot).collect();
        slots.sort_unstable();
        slots.dedup();
        let (mut gone, mut come) = (Vec::new(), Vec::with_capacity(slots.len()));
        let mut contributors = self.contributors.clone();
        for slot in slots {
            let standing = shower.standings.get(usize::try_from(slot).ok()?)?;
            match self.standing(slot) {
                Some(before) => gone.push(before.place),
                None => contributors.push_back(Arc::clone(&state.wallets.get(standing.wallet)?.address)),
            }
            come.push(Placed::new(standing.place, slot));
        }
        let order = self.order.with(gone, come);
        let whole = usize::try_from(order.len()).ok()? == shower.standings.len()
            && contributors.len() == shower.standings.len();
        whole.then(|| Self { order, contributors, standings: shower.standings.clone() })
    }

    /// What stands in `slot`.
    pub(super) fn standing(&self, slot: u32) -> Option<&Standing> {
        self.standings.get(usize::try_from(slot).ok()?)
    }

    /// Who stands in `slot`.
    pub(super) fn contributor(&self, slot: u32) -> Option<&Arc<str>> {
        self.contributors.get(usize::try_from(slot).ok()?)
    }
}

impl ShowerView {
    /// The rank of a standing (its place in the fold's standings).
    pub fn rank(&self, slot: u32) -> Option<Rank> {
        self.ranked.order.rank(self.ranked.standing(slot)?.place)
    }

    /// The rank of a standing, and what stands there.
    pub fn ranked_row(&self, slot: u32) -> Option<(Rank, Row<'_>)> {
        Some((self.rank(slot)?, self.row_of(slot)?))
    }

    /// The contributor with that rank.
    pub fn row(&self, rank: Rank) -> Option<Row<'_>> {
        self.row_of(self.ranked.order.at(rank)?.slot)
    }

    /// The contributors after the first `after`, best first.
    pub fn rows(&self, after: u32) -> impl Iterator<Item = Row<'_>> {
        self.ranked.order.after(after).filter_map(|placed| self.row_of(placed.slot))
    }

    fn row_of(&self, slot: u32) -> Option<Row<'_>> {
        let (standing, address) = (self.ranked.standing(slot)?, self.ranked.contributor(slot)?);
        Some(Row { address, amount: standing.place.amount, refunded: standing.refunded })
    }

    /// How many contributors have `amount` or more (micro-denom).
    pub fn at_least(&self, amount: u128) -> u32 {
        self.ranked.order.at_least(amount)
    }

    /// At most `limit` ranks after `after`, as JSON.
    pub fn ranking(&self, after: u32, limit: u32) -> Vec<u8> {
        let (shower, contributors) = (self.summary.shower, self.summary.contributors);
        let last = after.saturating_add(limit).min(contributors);
        let rows = usize::try_from(last.saturating_sub(after)).unwrap_or(0);
        let mut json = Vec::with_capacity(rows.saturating_add(2).saturating_mul(ROW));
        let _ = write!(json, r#"{{"shower":{shower},"contributors":{contributors},"ranking":["#);
        let fragments = self
            .ranked
            .order
            .runs_after(after)
            .flat_map(|(run, skip)| run.text(skip, |placed, bytes| self.fragment(placed, bytes)));
        let mut number = itoa::Buffer::new();
        let (mut tier, mut ends) = (Tier::Legendary, 0);
        for (fragment, rank) in fragments.zip(after.saturating_add(1)..=last) {
            if rank > ends {
                (tier, ends) = self.tier_until(Rank(rank));
            }
            json.extend_from_slice(if rank == after.saturating_add(1) {
                br#"{"rank":"#
            } else {
                br#",{"rank":"#
            });
            json.extend_from_slice(number.format(rank).as_bytes());
            json.extend_from_slice(fragment);
            json.extend_from_slice(ending(tier));
        }
        if rows > 0 && last < contributors {
            let _ = write!(json, r#"],"next":"/v1/showers/{shower}/ranking?after={last}&limit={limit}"}}"#);
        } else {
            json.extend_from_slice(br#"],"next":null}"#);
        }
        json
    }

    /// What a row says between its rank and its tier.
    fn fragment(&self, placed: &Placed, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(br#","contributor":"#);
        write_json(&**self.ranked.contributor(placed.slot).unwrap_or(&Arc::default()), bytes);
        bytes.extend_from_slice(br#","amount":""#);
        bytes.extend_from_slice(itoa::Buffer::new().format(placed.amount).as_bytes());
        bytes.push(b'"');
    }

    /// The same as a page, if it is one that is kept: the default page and full ones.
    pub fn ranking_page(&self, after: u32, limit: u32) -> Option<&Arc<Page>> {
        if after == 0 && limit == DEFAULT_ROWS {
            return Some(&self.ranking_page);
        }
        let whole = limit == MAX_ROWS && after.is_multiple_of(MAX_ROWS);
        let full = usize::try_from(after / MAX_ROWS).ok().filter(|_| whole);
        let full = self.full_pages.get(full?)?;
        Some(full.get_or_init(|| Arc::new(Page::of_json(self.ranking(after, limit)))))
    }
}

/// What a row says after its amount.
const fn ending(tier: Tier) -> &'static [u8] {
    match tier {
        Tier::Legendary => br#","tier":"legendary"}"#,
        Tier::Ancient => br#","tier":"ancient"}"#,
        Tier::Rare => br#","tier":"rare"}"#,
        Tier::Common => br#","tier":"common"}"#,
    }
}
