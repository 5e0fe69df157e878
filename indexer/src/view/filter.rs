//! NFTs by owner, shower, tier and state. A request looks at a bounded number of them: where an index or a range of ids
//! leads to those that are asked for it is followed, and the rest is passed over one by one.

use std::iter;
use std::ops::Bound;

use meteor_rules::tier::Tier;

use super::View;
use super::json::Json;
use crate::fold::{Collection, Token, TokenRef, Wallet};
use crate::models::NftState;

/// Most NFTs that one request looks at.
pub const MAX_EXAMINED: usize = 1_000;

/// Which NFTs. `None` leaves a question open.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter<'a> {
    /// Of which collection.
    pub collection: Option<Collection>,
    /// Held by whom, or cracked by whom and waiting.
    pub owner: Option<Option<&'a Wallet>>,
    /// From which shower.
    pub shower: Option<u32>,
    /// Of which tier.
    pub tier: Option<Tier>,
    /// What has become of them.
    pub state: Option<NftState>,
}

impl View {
    /// What has become of a token.
    pub fn nft_state(&self, of: Collection, id: u64, token: &Token) -> NftState {
        let meteor = of == Collection::Meteors;
        if meteor && self.custodies.get(id).is_some() {
            NftState::Cracking
        } else if !token.burnt {
            NftState::Held
        } else if meteor && self.collections.found_in(id).is_some() {
            NftState::Revealed
        } else {
            NftState::Burnt
        }
    }

    /// `models::FoundNfts` after a token, and the token after which there may be more. `next` gives the path of the next
    /// page.
    pub fn filtered_json(
        &self,
        filter: &Filter<'_>,
        after: Option<TokenRef>,
        limit: usize,
        next: impl FnOnce(TokenRef) -> String,
    ) -> Vec<u8> {
        let (mut found, mut last) = (Vec::with_capacity(limit), None);
        let mut candidates = self.candidates(filter, after);
        for token in candidates.by_ref().take(MAX_EXAMINED) {
            last = Some(token);
            let (of, id) = (token.collection(), token.id());
            let Some(shown) = self.collections.of(of).get(id) else { continue };
            if self.passes(filter, of, id, shown) {
                found.push((of, id, shown));
            }
            if found.len() == limit {
                break;
            }
        }
        let more = last.filter(|_| candidates.next().is_some());
        let mut json = Json::with_room(found.len().saturating_add(1).saturating_mul(768));
        json.raw(r#"{"nfts":"#).list(found, |json, (of, id, token)| self.write_nft(json, of, id, token));
        json.raw(r#","next":"#).or_null(more, |json, last| _ = json.text(&next(last)));
        json.raw(r#","height":"#).number(self.at.height).raw("}");
        json.into_bytes()
    }

    fn passes(&self, filter: &Filter<'_>, of: Collection, id: u64, token: &Token) -> bool {
        let tier = || self.shower(token.shower.0).map(|shower| shower.tier(token.rank));
        filter.collection.is_none_or(|wanted| wanted == of)
            && filter.shower.is_none_or(|wanted| wanted == token.shower.0)
            && filter.tier.is_none_or(|wanted| tier() == Some(wanted))
            && filter.state.is_none_or(|wanted| wanted == self.nft_state(of, id, token))
    }

    /// Tokens in order, among which are all that pass.
    fn candidates<'a>(
        &'a self,
        filter: &Filter<'a>,
        after: Option<TokenRef>,
    ) -> Box<dyn Iterator<Item = TokenRef> + 'a> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        match (filter.owner, filter.state) {
            (Some(None), _) => Box::new(iter::empty()),
            (Some(Some(wallet)), _) => {
                let held = wallet.tokens.range((from, Bound::Unbounded)).copied();
                Box::new(merged(held, self.cracking_after(Some(wallet), after)))
            }
            (None, Some(NftState::Cracking)) => Box::new(self.cracking_after(None, after)),
            (None, Some(NftState::Held | NftState::Revealed | NftState::Burnt) | None) => {
                let wanted = filter.collection;
                let of = Collection::ALL.into_iter().filter(move |of| wanted.is_none_or(|it| it == *of));
                let ranges = self.ranges(filter.shower, filter.tier);
                Box::new(of.flat_map(move |of| self.of_ranges(of, ranges.clone(), after)))
            }
        }
    }

    /// The meteors after a token that wait for their reveal, of all wallets or of one.
    fn cracking_after(&self, of: Option<&Wallet>, after: Option<TokenRef>) -> impl Iterator<Item = TokenRef> {
        let from = match after {
            None => Some(0),
            Some(token) if token.collection() == Collection::Meteors => token.id().checked_add(1),
            Some(_) => None, // eggs and dust come after all meteors
        };
        let holder = of.map(|wallet| self.wallets.number(&wallet.address));
        let all = from
            .filter(|_| holder.is_none())
            .into_iter()
            .flat_map(|from| self.custodies.after(from.checked_sub(1)).map(|(id, _)| id));
        let one = from.zip(holder.flatten()).into_iter();
        let one = one.flat_map(|(from, number)| self.custodies.of_from(number, from));
        all.chain(one).filter_map(|id| TokenRef::new(Collection::Meteors, id))
    }

    /// The ids that meteors of a shower and tier can have, in order: those of a tier follow one another.
    fn ranges(&self, shower: Option<u32>, tier: Option<Tier>) -> Vec<(u64, u64)> {
        if shower.is_none() && tier.is_none() {
            return vec![(0, u64::MAX)];
        }
        let showers =
            self.showers.iter().filter(|it| shower.is_none_or(|wanted| wanted == it.summary.shower));
        let of = |it: &super::ShowerView| {
            let mut first = it.summary.earlier.saturating_add(1);
            it.tiers.map(|(of, last)| {
                let last = it.summary.earlier.saturating_add(last.into());
                let range = (first, last);
                first = last.saturating_add(1);
                (of, range)
            })
        };
        let all = showers.flat_map(|it| of(it));
        all.filter(|(of, (first, last))| tier.is_none_or(|wanted| wanted == *of) && first <= last)
            .map(|(_, range)| range)
            .collect()
    }

    fn of_ranges(
        &self,
        of: Collection,
        ranges: Vec<(u64, u64)>,
        after: Option<TokenRef>,
    ) -> impl Iterator<Item = TokenRef> {
        let tokens = self.collections.of(of);
        let from = TokenRef::new(of, 0).filter(|first| after.is_none_or(|after| after < *first)).map_or_else(
            || after.filter(|after| after.collection() == of).map(|after| after.id().saturating_add(1)),
            |_| Some(0),
        );
        let ids = from.into_iter().flat_map(move |from| {
            let left = ranges.clone().into_iter().filter(move |(_, last)| *last >= from);
            left.flat_map(move |(first, last)| tokens.ids(first.max(from), last))
        });
        ids.filter_map(move |id| TokenRef::new(of, id))
    }
}

/// Two ordered lists as one.
fn merged<T: Ord>(a: impl Iterator<Item = T>, b: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
    let (mut a, mut b) = (a.peekable(), b.peekable());
    iter::from_fn(move || match (a.peek(), b.peek()) {
        (Some(left), Some(right)) if right < left => b.next(),
        (Some(_), _) => a.next(),
        (None, _) => b.next(),
    })
}
