//! The ranking: amount descending, ties to whoever reached it first. Floors and quotes follow from it.

use core::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::ids::Rank;
use crate::tier::{PerTier, Tier, TierRule};

/// What places a contributor in a shower's ranking. Smaller sorts first and is the better place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The wallet's total in the shower (micro-denom).
    pub amount: u128,
    /// Sequence number of the contribution by which the wallet reached it.
    pub seq: u64,
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        other.amount.cmp(&self.amount).then(self.seq.cmp(&other.seq))
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What an amount would buy if it were a wallet's total now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Rank that the amount would have.
    pub rank: Rank,
    /// Tier of that rank.
    pub tier: Tier,
    /// Contributors there would be.
    pub contributors: u32,
}

/// The rank and tier that a total of `amount` would have now, for a wallet that is not yet in the shower
/// (with `mine` = `None`) or that has `mine` already and tops up to `amount`.
///
/// `at_least(x)` must say how many contributors have `x` or more now, the asking wallet included; it is asked
/// once. An equal amount that is already there was reached earlier and stays ahead.
pub fn quote(
    tiers: &TierRule,
    contributors: u32,
    mine: Option<u128>,
    amount: u128,
    at_least: impl FnOnce(u128) -> u32,
) -> Option<Quote> {
    let mut ahead = at_least(amount);
    if mine.is_some_and(|mine| mine >= amount) {
        ahead = ahead.checked_sub(1)?; // nobody is behind their own place
    }
    let contributors = if mine.is_some() { contributors } else { contributors.checked_add(1)? };
    let rank = Rank::at(ahead)?;
    Some(Quote { rank, tier: tiers.tier_of(rank, contributors)?, contributors })
}

/// The floor of each tier: the least amount now in it, `None` for an empty tier. `amount_at(rank)` gives the
/// amount of a rank and is asked at most four times.
pub fn floors(
    tiers: &TierRule,
    contributors: u32,
    mut amount_at: impl FnMut(Rank) -> Option<u128>,
) -> PerTier<Option<u128>> {
    let sizes = tiers.sizes(contributors);
    let mut last = 0u32;
    PerTier::from_fn(|tier| {
        let size = *sizes.get(tier);
        last = last.saturating_add(size);
        if size == 0 { None } else { amount_at(Rank(last)) }
    })
}

/// The least total that has `tier` or a better one now, for a wallet that is not yet in the shower (`mine` = `None`) or
/// that has a rank and a total there: that total if its rank has the tier already. `None` if no total has it, because no
/// rank is of that tier or a better one.
///
/// `amount_at(rank)` gives the amount of a rank and is asked at most once. Whoever has the tier's last rank must be
/// passed: an equal amount that is already there stays ahead.
pub fn cost(
    tiers: &TierRule,
    contributors: u32,
    mine: Option<(Rank, u128)>,
    tier: Tier,
    amount_at: impl FnOnce(Rank) -> Option<u128>,
) -> Option<u128> {
    let among = if mine.is_some() { contributors } else { contributors.checked_add(1)? };
    let sizes = tiers.sizes(among);
    let reached = sizes.iter().filter(|(of, _)| *of <= tier);
    let last = Rank(reached.fold(0u32, |sum, (_, size)| sum.saturating_add(*size)));
    match mine {
        _ if last.0 == 0 => None,
        Some((rank, amount)) if rank <= last => Some(amount),
        Some(_) | None => amount_at(last).map_or(Some(1), |passed| passed.checked_add(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LEVANA: TierRule = TierRule { legendary: 10, ancient_bp: 900, rare_bp: 2250 };

    fn ranked(amounts: &[u128]) -> Vec<Place> {
        let mut places: Vec<Place> =
            amounts.iter().zip(1u64..).map(|(amount, seq)| Place { amount: *amount, seq }).collect();
        places.sort_unstable();
        places
    }

    fn at_least(places: &[Place], x: u128) -> u32 {
        u32::try_from(places.iter().filter(|p| p.amount >= x).count()).unwrap()
    }

    #[test]
    fn ties_go_to_the_first() {
        assert_eq!(ranked(&[5, 7, 5, 7]).iter().map(|p| p.seq).collect::<Vec<_>>(), vec![2, 4, 1, 3]);
    }

    #[test]
    fn floors_are_the_last_of_each_tier() {
        let amounts: Vec<u128> = (1..=1000).rev().collect();
        let places = ranked(&amounts);
        let floors =
            floors(&LEVANA, 1000, |rank| rank.index().and_then(|index| places.get(index)).map(|p| p.amount));
        assert_eq!(
            floors,
            PerTier { legendary: Some(991), ancient: Some(902), rare: Some(679), common: Some(1) }
        );
    }

    #[test]
    fn an_empty_shower_has_no_floors_and_quotes_the_top() {
        assert_eq!(floors(&LEVANA, 0, |_| None), PerTier::default());
        let first = quote(&LEVANA, 0, None, 8, |_| 0).unwrap();
        assert_eq!(first, Quote { rank: Rank(1), tier: Tier::Legendary, contributors: 1 });
    }

    proptest! {
        #[test]
        fn a_quote_is_what_happens(amounts in prop::collection::vec(1u128..60, 0..80), amount in 1u128..70) {
            let places = ranked(&amounts);
            let n = u32::try_from(places.len()).unwrap();
            let quoted = quote(&LEVANA, n, None, amount, |x| at_least(&places, x)).unwrap();
            let mut after = places.clone();
            let mine = Place { amount, seq: 1_000 };
            after.push(mine);
            after.sort_unstable();
            let rank = after.iter().position(|p| *p == mine).unwrap() + 1;
            prop_assert_eq!(usize::try_from(quoted.rank.0).unwrap(), rank);
        }

        #[test]
        fn a_top_up_is_quoted_without_counting_oneself(
            amounts in prop::collection::vec(1u128..60, 1..80), who in any::<prop::sample::Index>(), more in 1u128..70
        ) {
            let places = ranked(&amounts);
            let n = u32::try_from(places.len()).unwrap();
            let me = places[who.index(places.len())];
            let to = me.amount + more;
            let quoted = quote(&LEVANA, n, Some(me.amount), to, |x| at_least(&places, x)).unwrap();
            let mut after: Vec<Place> = places.iter().copied().filter(|p| *p != me).collect();
            let mine = Place { amount: to, seq: 1_000 };
            after.push(mine);
            after.sort_unstable();
            let rank = after.iter().position(|p| *p == mine).unwrap() + 1;
            prop_assert_eq!(usize::try_from(quoted.rank.0).unwrap(), rank);
        }

        #[test]
        fn a_tier_costs_what_just_buys_it(
            amounts in prop::collection::vec(1u128..30, 0..120),
            who in prop::option::of(any::<prop::sample::Index>()),
            legendary in 0u32..4,
            tier in prop::sample::select(&Tier::ALL[..]),
        ) {
            let tiers = TierRule { legendary, ..LEVANA };
            let places = ranked(&amounts);
            let n = u32::try_from(places.len()).unwrap();
            let at = |rank: Rank| rank.index().and_then(|index| places.get(index)).map(|place| place.amount);
            let mine = who.filter(|_| n > 0).map(|who| {
                let rank = Rank::at(u32::try_from(who.index(places.len())).unwrap()).unwrap();
                (rank, at(rank).unwrap())
            });
            let (held, rank) = (mine.map(|(_, amount)| amount), mine.map(|(rank, _)| rank));
            let has = |amount: u128| {
                if held == Some(amount) {
                    return tiers.tier_of(rank.unwrap(), n).unwrap() <= tier;
                }
                quote(&tiers, n, held, amount, |x| at_least(&places, x)).unwrap().tier <= tier
            };
            match cost(&tiers, n, mine, tier, at) {
                Some(cost) => {
                    prop_assert!(has(cost), "{cost} is not enough");
                    let less = cost - 1;
                    prop_assert!(less < held.unwrap_or(1) || !has(less), "{less} is enough");
                }
                None => prop_assert!(!has(1_000), "there is a rank of the tier"),
            }
        }

        #[test]
        fn more_never_ranks_worse(amounts in prop::collection::vec(1u128..60, 0..80), a in 1u128..70, more in 0u128..70) {
            let places = ranked(&amounts);
            let n = u32::try_from(places.len()).unwrap();
            let less = quote(&LEVANA, n, None, a, |x| at_least(&places, x)).unwrap();
            let larger = quote(&LEVANA, n, None, a + more, |x| at_least(&places, x)).unwrap();
            prop_assert!(larger.rank <= less.rank);
            prop_assert!(larger.tier <= less.tier);
        }
    }
}
