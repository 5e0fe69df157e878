//! A shower's ranking and its pages.

use std::sync::Arc;

use meteor_rules::Rank;

use super::{Page, ShowerView};
use crate::models::{self, Amount};

/// Most rows of a ranking in one page.
pub const MAX_ROWS: u32 = 1_000;
/// Rows in a page when the request names no limit.
pub const DEFAULT_ROWS: u32 = 100;

/// One place of the ranking.
#[derive(Clone, Debug)]
pub struct Row {
    /// The contributor.
    pub address: Arc<str>,
    /// Its total in the shower (micro-denom).
    pub amount: u128,
    /// Whether it was refunded.
    pub refunded: bool,
}

impl ShowerView {
    /// At most `limit` ranks after `after`.
    pub fn ranking(&self, after: u32, limit: u32) -> models::Ranking<'_> {
        let skipped = usize::try_from(after).unwrap_or(usize::MAX);
        let rows = self.rows.get(skipped..).unwrap_or_default().iter().zip(after.saturating_add(1)..);
        let mut last = after;
        let ranking: Vec<_> = rows
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .map(|(row, rank)| {
                last = rank;
                models::Ranked {
                    rank,
                    contributor: &row.address,
                    amount: Amount(row.amount),
                    tier: self.tier(Rank(rank)),
                }
            })
            .collect();
        let (shower, contributors) = (self.summary.shower, self.summary.contributors);
        let next = (last < contributors && !ranking.is_empty())
            .then(|| format!("/v1/showers/{shower}/ranking?after={last}&limit={limit}"));
        models::Ranking { shower, contributors, ranking, next }
    }

    /// The same as a page, if it is one that is kept: the default page and full ones.
    pub fn ranking_page(&self, after: u32, limit: u32) -> Option<&Arc<Page>> {
        if after == 0 && limit == DEFAULT_ROWS {
            return Some(&self.ranking_page);
        }
        let whole = limit == MAX_ROWS && after.is_multiple_of(MAX_ROWS);
        let full = usize::try_from(after / MAX_ROWS).ok().filter(|_| whole);
        let full = self.full_pages.get(full?)?;
        Some(full.get_or_init(|| Arc::new(Page::json(&self.ranking(after, limit)))))
    }
}
