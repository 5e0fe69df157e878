//! From the list of contributions to the wallets in rank order.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::Evidence;
use crate::fairness::hex::Hex32;
use crate::ids::Rank;
use crate::log::{self, Entry};
use crate::ranking::Place;

/// The wallets of a shower, first rank first.
pub(super) struct Ranking<'a> {
    wallets: Vec<(Place, &'a str)>,
}

impl<'a> Ranking<'a> {
    /// Checks running totals, order and log hash.
    pub(super) fn of(evidence: &Evidence<'a>) -> Result<Self, String> {
        let facts = evidence.shower;
        let mut log = log::start(&evidence.event.id(facts.shower));
        let mut wallets: BTreeMap<&str, Place> = BTreeMap::new();
        let mut last = None;
        for row in evidence.contributions {
            let (seq, contributor) = (row.seq, row.contributor.as_str());
            if last.is_some_and(|last| seq <= last) {
                return Err(format!("contribution {seq} does not come after the one before it"));
            }
            last = Some(seq);
            if row.amount == 0 {
                return Err(format!("contribution {seq} has no amount"));
            }
            let before = wallets.get(contributor).map_or(0, |place| place.amount);
            if before.checked_add(row.amount) != Some(row.total) {
                return Err(format!(
                    "contribution {seq}: {contributor} had {before}, gave {} and is said to have {} afterwards",
                    row.amount, row.total
                ));
            }
            wallets.insert(contributor, Place { amount: row.total, seq });
            let entry = Entry { seq, contributor, amount: row.amount, total: row.total };
            log = log::extend(&log, &entry);
        }
        if log != facts.log.0 {
            return Err(format!(
                "the list hashes to {} and the chain has {}: a contribution is missing, added, changed or moved",
                Hex32(log),
                facts.log
            ));
        }
        let mut wallets: Vec<(Place, &str)> = wallets.into_iter().map(|(who, place)| (place, who)).collect();
        wallets.sort_unstable();
        Ok(Self { wallets })
    }

    /// Checks what the chain counted, and the numbering of meteors.
    pub(super) fn check(&self, evidence: &Evidence<'_>) -> Result<String, String> {
        let facts = evidence.shower;
        if u32::try_from(self.wallets.len()) != Ok(facts.contributors) {
            return Err(format!(
                "the list has {} wallets and the chain {} contributors",
                self.wallets.len(),
                facts.contributors
            ));
        }
        let total = self.wallets.iter().try_fold(0u128, |sum, (place, _)| sum.checked_add(place.amount));
        if total != Some(facts.total) {
            return Err(format!("the wallets' totals do not add up to the {} of the chain", facts.total));
        }
        let before = evidence.event.showers.iter().filter(|other| other.shower < facts.shower);
        let earlier: u64 = before.map(|other| u64::from(other.contributors)).sum();
        if earlier != facts.earlier {
            return Err(format!(
                "meteors are numbered from {} on, and earlier showers have {earlier} contributors",
                facts.earlier.saturating_add(1)
            ));
        }
        let sizes = evidence.event.tiers.sizes(facts.contributors);
        Ok(format!(
            "{} wallets: {} legendary, {} ancient, {} rare, {} common",
            facts.contributors, sizes.legendary, sizes.ancient, sizes.rare, sizes.common
        ))
    }

    /// Who has this rank, and with what total.
    pub(super) fn at(&self, rank: Rank) -> Option<(&'a str, u128)> {
        self.wallets.get(rank.index()?).map(|(place, who)| (*who, place.amount))
    }
}
