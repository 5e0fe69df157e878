//! One shower, as shown.

use std::sync::{Arc, OnceLock};

use imbl::Vector;
use meteor_messages::shower::ContributionState;
use meteor_rules::fairness::evidence;
use meteor_rules::life::Facts;
use meteor_rules::tier::Tier;
use meteor_rules::{Rank, ranking};

use super::numbers::{Share, facts, floors, life, odds_of, past, shares, status, summary, was_paused};
use super::page::Page;
use super::ranking::{DEFAULT_ROWS, MAX_ROWS, Ranked, Row};
use crate::fold::{Given, Launched, Moment, Shower, State};
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
    /// Its page.
    pub page: Arc<Page>,
    /// The page of its floors.
    pub floors_page: Arc<Page>,
    /// The first page of its ranking.
    pub ranking_page: Arc<Page>,
    /// The full pages of its ranking, each rendered on its first request.
    pub(super) full_pages: Vec<OnceLock<Arc<Page>>>,
    pub(super) given: Vector<Given>,
    pub(super) moments: Vector<Moment>,
    /// The facts of its draw.
    pub facts: evidence::Shower,
    pub(super) ranked: Ranked,
    /// The tiers, best first, each with its last rank.
    pub(super) tiers: [(Tier, u32); 4],
    shares: [Share; 4],
    launched: Arc<Launched>,
    pub(super) life: Option<Facts>,
    pub(super) now: u64,
}

impl ShowerView {
    /// Whether this still shows `shower` as it is.
    pub fn is_current(&self, launched: &Launched, shower: &Shower, now: u64) -> bool {
        self.summary.changed_height == shower.changed
            && self.summary.paused == was_paused(launched, shower, now)
            && self.summary.status == status(&launched.config, shower, now)
    }

    /// Of the state. `previous` shows the same shower as it was in an earlier state that this one continues; only what
    /// has changed since then is ranked.
    pub fn new(state: &State, launched: &Arc<Launched>, shower: &Shower, previous: Option<&Self>) -> Self {
        let (config, now) = (&launched.config, state.at.time_ns);
        let ranked = previous
            .and_then(|previous| previous.ranked.next(state, shower, previous.given.len()))
            .unwrap_or_else(|| Ranked::new(state, shower));
        let summary = summary(state, launched, shower);
        let floors = floors(config, &summary, |rank| ranked.order.at(rank).map(|placed| placed.amount));
        let full_pages = (0..summary.contributors.div_ceil(MAX_ROWS)).map(|_| OnceLock::new()).collect();
        let shares = shares(config, summary.contributors);
        let mut view = Self {
            page: Arc::new(Page::json(&summary)),
            floors_page: Arc::new(Page::json(&floors)),
            ranking_page: Arc::new(Page::json(&())),
            facts: facts(config, &summary, shower),
            given: shower.given.clone(),
            moments: shower.moments.clone(),
            past: past(&summary, &floors),
            summary,
            floors,
            full_pages,
            ranked,
            tiers: shares.map(|share| (share.tier, share.last)),
            shares,
            launched: Arc::clone(launched),
            life: life(config, shower),
            now,
        };
        view.ranking_page = Arc::new(Page::of_json(view.ranking(0, DEFAULT_ROWS)));
        view
    }

    /// The tier of a rank.
    pub fn tier(&self, rank: Rank) -> Tier {
        self.tier_until(rank).0
    }

    /// The tier of a rank, and its last rank.
    pub(super) fn tier_until(&self, rank: Rank) -> (Tier, u32) {
        tier_until(&self.tiers, rank)
    }

    /// The odds of an egg for a rank, were there so many contributors.
    pub fn odds_among(&self, contributors: u32, rank: Rank) -> Option<models::Odds> {
        if contributors == self.summary.contributors {
            return odds_of(&self.shares, rank);
        }
        odds_of(&shares(&self.launched.config, contributors), rank)
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
    pub fn state(&self, rank: Rank, row: &Row<'_>) -> ContributionState {
        let has_meteor = rank.0 <= self.summary.minted;
        self.life
            .map_or(ContributionState::Waiting, |life| life.contribution(has_meteor, row.refunded, self.now))
    }

    /// The least total that has a tier or a better one now, for a wallet that has this rank and total or none; `None` if
    /// there is no such rank.
    pub fn cost(&self, mine: Option<(Rank, u128)>, tier: Tier) -> Option<u128> {
        let at = |rank| self.row(rank).map(|row| row.amount);
        ranking::cost(&self.launched.config.tiers, self.summary.contributors, mine, tier, at)
    }

    /// A quote for a wallet that has `mine` now and would have `amount` (micro-denom).
    pub fn quote(&self, mine: Option<u128>, amount: u128) -> Option<ranking::Quote> {
        ranking::quote(&self.launched.config.tiers, self.summary.contributors, mine, amount, |x| {
            self.at_least(x)
        })
    }
}

/// The tier of a rank, and its last rank.
pub(super) fn tier_until(tiers: &[(Tier, u32); 4], rank: Rank) -> (Tier, u32) {
    let found = tiers.iter().find(|(_, last)| (1..=*last).contains(&rank.0));
    found.copied().unwrap_or((Tier::Common, u32::MAX))
}
