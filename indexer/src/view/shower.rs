//! One shower as it is shown: its ranking in order, its numbers, and its pages.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use cosmwasm_std::HexBinary;
use imbl::Vector;
use meteor_messages::shower::{ContributionState, InstantiateMsg, Status};
use meteor_rules::NANOS_PER_SECOND;
use meteor_rules::fairness::evidence;
use meteor_rules::tier::{Tier, TierRule};
use meteor_rules::{eggs, ranking};

use super::page::Page;
use crate::fold::{Given, Launched, Shower, State};
use crate::models::{self, Amount, TierFloor};

/// Most rows of a ranking in one page.
pub const MAX_ROWS: u32 = 1_000;
/// Rows in a page when the request names no limit.
pub const DEFAULT_ROWS: u32 = 100;

/// Contributions in one piece of `contributions.csv`.
const PIECE: usize = 500;

/// One place of the ranking.
#[derive(Clone, Debug)]
pub struct Row {
    /// Who.
    pub address: Arc<str>,
    /// Total in the shower (micro-denom).
    pub amount: u128,
    /// Whether it was sent back.
    pub refunded: bool,
}

/// One shower as it is shown. Unchanged showers are shared between views.
#[derive(Debug)]
pub struct ShowerView {
    /// Its numbers.
    pub summary: models::Shower,
    /// Its floors and odds.
    pub floors: models::Floors,
    /// Its line in the telescope.
    pub past: models::Past,
    /// Its ranking, best first.
    pub rows: Vec<Row>,
    /// Its page.
    pub page: Arc<Page>,
    /// The page of its floors.
    pub floors_page: Arc<Page>,
    /// The first page of its ranking.
    pub ranking_page: Arc<Page>,
    /// Full pages of its ranking, each rendered when first asked for.
    full_pages: Vec<OnceLock<Arc<Page>>>,
    given: Vector<Given>,
    /// What the chain says of its draw.
    pub facts: models::ShowerFacts,
    rank_by_slot: Vec<u32>,
    tiers: TierRule,
    refunds_open: bool,
}

/// Where a shower stands at a block time (nanoseconds), exactly as the contract's query says it.
pub fn status(config: &InstantiateMsg, shower: &Shower, now: u64) -> Status {
    let Some(window) = config.schedule.window(shower.number) else { return Status::Upcoming };
    let all_minted = shower.minted == shower.contributors();
    if refunds_open(config, shower, now) && (shower.cancelled || !all_minted) {
        Status::Refunding
    } else if now < window.start {
        Status::Upcoming
    } else if now < window.end {
        Status::Open
    } else if !shower.closed() {
        Status::Ended
    } else if all_minted {
        Status::Minted
    } else {
        Status::Closed
    }
}

fn deadline(config: &InstantiateMsg, shower: u32) -> u64 {
    config.schedule.closes_at(shower).unwrap_or(u64::MAX).saturating_add(config.mint_window)
}

fn refunds_open(config: &InstantiateMsg, shower: &Shower, now: u64) -> bool {
    shower.cancelled || now >= deadline(config, shower.number).saturating_mul(NANOS_PER_SECOND)
}

impl ShowerView {
    /// Whether nothing that is shown of `shower` has changed since this was made.
    pub fn is_current(&self, launched: &Launched, shower: &Shower, now: u64) -> bool {
        self.summary.changed_at == shower.changed
            && self.summary.status == status(&launched.config, shower, now).into()
    }

    /// Makes it anew.
    pub fn new(state: &State, launched: &Launched, shower: &Shower) -> Self {
        let (config, now) = (&launched.config, state.at.time_ns);
        let ranked = shower.ranked();
        let mut rank_by_slot = vec![0u32; ranked.len()];
        let mut rows = Vec::with_capacity(ranked.len());
        for (slot, rank) in ranked.iter().zip(1u32..) {
            let Some(slot) = usize::try_from(*slot).ok() else { continue };
            let Some(standing) = shower.standings.get(slot) else { continue };
            let Some(wallet) = state.wallets.get(standing.wallet) else { continue };
            if let Some(of_slot) = rank_by_slot.get_mut(slot) {
                *of_slot = rank;
            }
            let (amount, refunded) = (standing.place.amount, standing.refunded);
            rows.push(Row { address: Arc::clone(&wallet.address), amount, refunded });
        }
        let summary = summary(state, launched, shower);
        let floors = floors(config, &summary, &rows);
        let past = models::Past {
            shower: summary.shower,
            status: summary.status,
            closes_at: summary.closes_at,
            contributors: summary.contributors,
            total: summary.total,
            floors: past_floors(&floors),
        };
        let full_pages = (0..rows.len().div_ceil(1_000)).map(|_| OnceLock::new()).collect();
        let mut view = Self {
            page: Arc::new(Page::json(&summary)),
            floors_page: Arc::new(Page::json(&floors)),
            ranking_page: Arc::new(Page::json(&())),
            facts: facts(config, &summary, shower),
            given: shower.given.clone(),
            summary,
            floors,
            past,
            rows,
            full_pages,
            rank_by_slot,
            tiers: config.tiers,
            refunds_open: refunds_open(config, shower, now),
        };
        view.ranking_page = Arc::new(Page::json(&view.ranking(0, DEFAULT_ROWS)));
        view
    }

    /// The rank of a standing (its place in the fold's standings).
    pub fn rank(&self, slot: u32) -> Option<u32> {
        self.rank_by_slot.get(usize::try_from(slot).ok()?).copied().filter(|rank| *rank > 0)
    }

    /// The place of a rank (1-based).
    pub fn row(&self, rank: u32) -> Option<&Row> {
        self.rows.get(usize::try_from(rank.checked_sub(1)?).ok()?)
    }

    /// The tier of a rank (1-based).
    pub fn tier(&self, rank: u32) -> Tier {
        self.tiers.tier_of(rank, self.summary.contributors).unwrap_or(Tier::Common)
    }

    /// What has become of the contribution of a rank.
    pub fn state(&self, rank: u32, row: &Row) -> ContributionState {
        if rank <= self.summary.minted {
            ContributionState::Minted
        } else if row.refunded {
            ContributionState::Refunded
        } else if self.refunds_open {
            ContributionState::Refundable
        } else {
            ContributionState::Waiting
        }
    }

    /// How many contributors have `amount` or more (micro-denom).
    pub fn at_least(&self, amount: u128) -> u32 {
        u32::try_from(self.rows.partition_point(|row| row.amount >= amount)).unwrap_or(u32::MAX)
    }

    /// A quote for a wallet's total of `amount` after it, when it has `mine` now (micro-denom).
    pub fn quote(&self, mine: Option<u128>, amount: u128) -> Option<ranking::Quote> {
        ranking::quote(&self.tiers, self.summary.contributors, mine, amount, |x| self.at_least(x))
    }

    /// The ranks after `after`, at most `limit` of them.
    pub fn ranking(&self, after: u32, limit: u32) -> models::Ranking<'_> {
        let rows = self.rows.iter().zip(1u32..).skip(usize::try_from(after).unwrap_or(usize::MAX));
        let mut last = after;
        let ranking: Vec<_> = rows
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .map(|(row, rank)| {
                last = rank;
                models::Ranked {
                    rank,
                    contributor: &row.address,
                    amount: Amount(row.amount),
                    tier: self.tier(rank).into(),
                }
            })
            .collect();
        let (shower, contributors) = (self.summary.shower, self.summary.contributors);
        let next = (last < contributors && !ranking.is_empty())
            .then(|| format!("/v1/showers/{shower}/ranking?after={last}&limit={limit}"));
        models::Ranking { shower, contributors, ranking, next }
    }

    /// Its contributions in order, as `contributions.csv`, piece by piece: nothing of it is kept.
    pub fn csv(self: &Arc<Self>) -> Csv {
        Csv { totals: vec![0; self.rows.len()], shower: Arc::clone(self), at: None }
    }

    /// The same as a page; those that many ask for are kept.
    pub fn ranking_page(&self, after: u32, limit: u32) -> Arc<Page> {
        if after == 0 && limit == DEFAULT_ROWS {
            return Arc::clone(&self.ranking_page);
        }
        let render = |pack| {
            let ranking = self.ranking(after, limit);
            Arc::new(if pack { Page::json(&ranking) } else { Page::once(&ranking) })
        };
        let full = usize::try_from(after / MAX_ROWS).ok().and_then(|at| self.full_pages.get(at));
        match full {
            Some(full) if limit == MAX_ROWS && after.is_multiple_of(MAX_ROWS) => {
                Arc::clone(full.get_or_init(|| render(true)))
            }
            _ => render(false),
        }
    }
}

/// Lines of `contributions.csv`, in pieces of some ten thousand bytes.
#[derive(Debug)]
pub struct Csv {
    shower: Arc<ShowerView>,
    /// The wallets' totals so far, by their place in the fold's standings.
    totals: Vec<u128>,
    /// Contributions written; `None` before the first line.
    at: Option<usize>,
}

impl Iterator for Csv {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        let Some(at) = self.at else {
            self.at = Some(0);
            return Some(format!("{}\n", evidence::CSV_HEADER).into());
        };
        let given = &self.shower.given;
        let end = at.saturating_add(PIECE).min(given.len());
        if at >= end {
            return None;
        }
        let mut csv = Vec::with_capacity((end - at).saturating_mul(100));
        let mut number = itoa::Buffer::new();
        for given in (at..end).filter_map(|at| given.get(at)) {
            let row = self.shower.rank(given.slot).and_then(|rank| self.shower.row(rank));
            let total = usize::try_from(given.slot).ok().and_then(|slot| self.totals.get_mut(slot));
            let (Some(row), Some(total)) = (row, total) else { continue };
            *total = total.saturating_add(given.amount);
            csv.extend_from_slice(number.format(given.seq).as_bytes());
            csv.push(b',');
            csv.extend_from_slice(row.address.as_bytes());
            csv.push(b',');
            csv.extend_from_slice(number.format(given.amount).as_bytes());
            csv.push(b',');
            csv.extend_from_slice(number.format(*total).as_bytes());
            csv.push(b'\n');
        }
        self.at = Some(end);
        Some(csv.into())
    }
}

fn facts(config: &InstantiateMsg, summary: &models::Shower, shower: &Shower) -> models::ShowerFacts {
    let at = shower.number.checked_sub(1).and_then(|at| usize::try_from(at).ok());
    let commitment = at.and_then(|at| config.fairness.commitments.get(at));
    let draw = shower.draw.as_ref();
    models::ShowerFacts {
        shower: shower.number,
        closes_at: summary.closes_at,
        closed_at: shower.closing.map(|closing| closing.at),
        commitment: commitment.map(HexBinary::to_hex).unwrap_or_default(),
        beacon_round: shower.closing.map(|closing| closing.beacon_round),
        beacon_signature: draw.map(|draw| hex::encode(&draw.beacon)),
        log: hex::encode(shower.log),
        contributors: summary.contributors,
        total: summary.total,
        earlier: summary.earlier,
        root: draw.map(|draw| hex::encode(draw.root)),
        leaves: draw.map(|draw| draw.leaves),
        key: shower.key.map(hex::encode),
        cancelled: shower.cancelled,
    }
}

fn summary(state: &State, launched: &Launched, shower: &Shower) -> models::Shower {
    let config = &launched.config;
    let window = config.schedule.window(shower.number);
    models::Shower {
        shower: shower.number,
        status: status(config, shower, state.at.time_ns).into(),
        opens_at: window.map_or(0, |window| window.start / NANOS_PER_SECOND),
        closes_at: window.map_or(0, |window| window.end / NANOS_PER_SECOND),
        mint_deadline: deadline(config, shower.number),
        minimum: Amount(launched.minimum(shower.number)),
        contributors: shower.contributors(),
        total: Amount(shower.total),
        last_seq: shower.last_seq,
        log: shower.log,
        earlier: state.earlier(shower.number),
        cancelled: shower.cancelled,
        minted: shower.minted,
        minted_amount: Amount(shower.minted_amount),
        settled: Amount(shower.settled),
        refunds: shower.refunds,
        refunded: Amount(shower.refunded),
        changed_at: shower.changed,
    }
}

fn floors(config: &InstantiateMsg, summary: &models::Shower, rows: &[Row]) -> models::Floors {
    let contributors = summary.contributors;
    let sizes = config.tiers.sizes(contributors);
    let issue = eggs::issue(&config.eggs, &sizes);
    let floors = ranking::floors(&config.tiers, contributors, |rank| {
        let at = usize::try_from(rank.checked_sub(1)?).ok()?;
        rows.get(at).map(|row| row.amount)
    });
    let tiers = Tier::ALL.map(|tier| {
        let (size, eggs) = (*sizes.get(tier), *issue.eggs.get(tier));
        let odds = u64::from(eggs) * u64::from(meteor_rules::BASIS_POINTS);
        TierFloor {
            tier: tier.into(),
            floor: floors.get(tier).map(Amount),
            size,
            eggs,
            odds_bp: odds.checked_div(size.into()).and_then(|bp| bp.try_into().ok()).unwrap_or(0),
        }
    });
    models::Floors {
        shower: summary.shower,
        status: summary.status,
        contributors,
        tiers: tiers.to_vec(),
        unissued: issue.unissued,
    }
}

fn past_floors(floors: &models::Floors) -> models::PerTier<Option<Amount>> {
    let floor = |tier: Tier| {
        let wanted = models::TierName::from(tier);
        floors.tiers.iter().find(|floor| floor.tier == wanted).and_then(|floor| floor.floor)
    };
    models::PerTier {
        legendary: floor(Tier::Legendary),
        ancient: floor(Tier::Ancient),
        rare: floor(Tier::Rare),
        common: floor(Tier::Common),
    }
}
