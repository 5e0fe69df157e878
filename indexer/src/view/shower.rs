//! One shower, as shown.

use std::sync::{Arc, OnceLock};

use imbl::Vector;
use meteor_messages::shower::ContributionState;
use meteor_rules::fairness::evidence;
use meteor_rules::life::Facts;
use meteor_rules::tier::Tier;
use meteor_rules::{Rank, ranking};

use super::numbers::{facts, floors, life, odds_of, past, status, summary, was_paused};
use super::page::Page;
use super::ranking::{DEFAULT_ROWS, MAX_ROWS, Row};
use crate::fold::{Given, Launched, Shower, State};
use crate::models;

/// One shower, as shown. Views share unchanged showers.
#[derive(Debug)]
pub struct ShowerView {
    /// Its numbers.
    pub summary: models::Shower,
    /// Its floors and odds.
    pub floors: models::Floors,
    /// Its row in the telescope.
    pub past: models::Past,
    /// Its ranking, best first.
    pub rows: Vec<Row>,
    /// Its page.
    pub page: Arc<Page>,
    /// The page of its floors.
    pub floors_page: Arc<Page>,
    /// The first page of its ranking.
    pub ranking_page: Arc<Page>,
    /// The full pages of its ranking, each rendered on its first request.
    pub(super) full_pages: Vec<OnceLock<Arc<Page>>>,
    pub(super) given: Vector<Given>,
    /// The facts of its draw.
    pub facts: evidence::Shower,
    rank_by_slot: Vec<u32>,
    launched: Arc<Launched>,
    life: Option<Facts>,
    now: u64,
}

impl ShowerView {
    /// Whether this still shows `shower` as it is.
    pub fn is_current(&self, launched: &Launched, shower: &Shower, now: u64) -> bool {
        self.summary.changed_at == shower.changed
            && self.summary.paused == was_paused(launched, shower, now)
            && self.summary.status == status(&launched.config, shower, now)
    }

    /// Of the state.
    pub fn new(state: &State, launched: &Arc<Launched>, shower: &Shower) -> Self {
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
        let full_pages = (0..summary.contributors.div_ceil(MAX_ROWS)).map(|_| OnceLock::new()).collect();
        let mut view = Self {
            page: Arc::new(Page::json(&summary)),
            floors_page: Arc::new(Page::json(&floors)),
            ranking_page: Arc::new(Page::json(&())),
            facts: facts(config, &summary, shower),
            given: shower.given.clone(),
            past: past(&summary, &floors),
            summary,
            floors,
            rows,
            full_pages,
            rank_by_slot,
            launched: Arc::clone(launched),
            life: life(config, shower),
            now,
        };
        view.ranking_page = Arc::new(Page::json(&view.ranking(0, DEFAULT_ROWS)));
        view
    }

    /// The rank of a standing (its place in the fold's standings).
    pub fn rank(&self, slot: u32) -> Option<Rank> {
        self.rank_by_slot.get(usize::try_from(slot).ok()?).filter(|rank| **rank > 0).copied().map(Rank)
    }

    /// The contributor with that rank.
    pub fn row(&self, rank: Rank) -> Option<&Row> {
        self.rows.get(rank.index()?)
    }

    /// The tier of a rank.
    pub fn tier(&self, rank: Rank) -> Tier {
        self.launched.config.tiers.tier_of(rank, self.summary.contributors).unwrap_or(Tier::Common)
    }

    /// The odds of an egg for a rank, were there so many contributors.
    pub fn odds_among(&self, contributors: u32, rank: Rank) -> Option<models::Odds> {
        odds_of(&self.launched.config, contributors, rank)
    }

    /// The odds of an egg for a rank.
    pub fn odds(&self, rank: Rank) -> Option<models::Odds> {
        self.odds_among(self.summary.contributors, rank)
    }

    /// The odds of `limit` ranks after the first `after`, best rank first.
    pub fn odds_table(&self, after: u32, limit: u32) -> models::OddsTable {
        let models::Shower { shower, contributors, .. } = self.summary;
        let last = after.saturating_add(limit).min(contributors);
        let of = |rank: u32| {
            let odds = self.odds(Rank(rank))?;
            Some(models::RankOdds { rank, tier: self.tier(Rank(rank)), odds })
        };
        models::OddsTable {
            shower,
            contributors,
            odds: (after.saturating_add(1)..=last).filter_map(of).collect(),
            next: (last < contributors)
                .then(|| format!("/v1/showers/{shower}/odds?after={last}&limit={limit}")),
        }
    }

    /// The state of a rank's contribution.
    pub fn state(&self, rank: Rank, row: &Row) -> ContributionState {
        let has_meteor = rank.0 <= self.summary.minted;
        self.life
            .map_or(ContributionState::Waiting, |life| life.contribution(has_meteor, row.refunded, self.now))
    }

    /// How many contributors have `amount` or more (micro-denom).
    pub fn at_least(&self, amount: u128) -> u32 {
        u32::try_from(self.rows.partition_point(|row| row.amount >= amount)).unwrap_or(u32::MAX)
    }

    /// A quote for a wallet that has `mine` now and would have `amount` (micro-denom).
    pub fn quote(&self, mine: Option<u128>, amount: u128) -> Option<ranking::Quote> {
        ranking::quote(&self.launched.config.tiers, self.summary.contributors, mine, amount, |x| {
            self.at_least(x)
        })
    }
}
