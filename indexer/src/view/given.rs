//! A wallet's contributions, found without reading those of others: each names the one before it.

use std::iter::successors;
use std::num::NonZeroU32;
use std::ops::Range;

use super::{ShowerView, View};
use crate::fold::{Given, Moment, Wallet};
use crate::models::{Amount, WalletContribution};

impl View {
    /// At most `limit` contributions of a wallet before the one numbered `after`, or its newest ones; and whether there
    /// are more. `None` if `after` is none of its contributions. Hashes of transactions are for nodes to tell.
    pub fn contributions_of(
        &self,
        wallet: &Wallet,
        after: Option<u64>,
        limit: usize,
    ) -> Option<(Vec<WalletContribution>, bool)> {
        // Showers are open one after the other.
        let mut entries = wallet.entries.iter().rev();
        let mut lists = Vec::with_capacity(wallet.entries.len());
        if let Some(seq) = after {
            let resumed = entries.find_map(|entry| {
                let shower = self.shower(entry.shower)?;
                let given = shower.numbered(seq).filter(|given| given.slot == entry.slot)?;
                Some((&**shower, given.before))
            });
            lists.push(resumed?);
        }
        let others = entries.filter_map(|entry| {
            let shower = &**self.shower(entry.shower)?;
            Some((shower, shower.last_of(entry.slot)))
        });
        lists.extend(others);
        let mut all = lists.into_iter().flat_map(|(shower, last)| shower.back_from(last));
        let page = all.by_ref().take(limit).collect();
        Some((page, all.next().is_some()))
    }
}

impl ShowerView {
    /// The contribution at a place, from 1.
    fn at(&self, place: NonZeroU32) -> Option<&Given> {
        self.given.get(usize::try_from(place.get()).ok()?.checked_sub(1)?)
    }

    /// The contribution with that sequence number.
    fn numbered(&self, seq: u64) -> Option<&Given> {
        let at = self.given.binary_search_by_key(&seq, |given| given.seq).ok()?;
        self.given.get(at)
    }

    /// Place of the last contribution of whoever stands in `slot`.
    fn last_of(&self, slot: u32) -> Option<NonZeroU32> {
        self.ranked.standing(slot)?.last
    }

    /// The contribution at a place and those before it of the same wallet.
    fn back_from(&self, last: Option<NonZeroU32>) -> impl Iterator<Item = WalletContribution> {
        successors(last, |place| self.at(*place)?.before).filter_map(|place| {
            let Given { seq, amount, total, .. } = *self.at(place)?;
            let Moment { height, time, .. } = self.moment(place.get())?;
            let (shower, amount, total) = (self.summary.shower, Amount(amount), Amount(total));
            Some(WalletContribution { seq, shower, amount, total, height, time, tx_hash: None })
        })
    }

    /// The places, from 0, of the contributions after a height.
    pub(super) fn given_after(&self, height: u64) -> Range<usize> {
        let search = self.moments.binary_search_by_key(&height, |moment| moment.height);
        let brought = search.map_or_else(|next| next, |at| at.saturating_add(1));
        let last = brought.checked_sub(1).and_then(|at| self.moments.get(at));
        last.map_or(0, |moment| usize::try_from(moment.end).unwrap_or(usize::MAX))..self.given.len()
    }

    /// The block that brought the contribution at a place, from 1.
    pub(super) fn moment(&self, place: u32) -> Option<Moment> {
        let (Ok(at) | Err(at)) = self.moments.binary_search_by_key(&place, |moment| moment.end);
        self.moments.get(at).copied()
    }
}
