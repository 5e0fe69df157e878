//! The demo's own books: who gave what, and the ranking that follows from it, sorted independently of the contracts.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use meteor_rules::Rank;
use meteor_rules::ranking::Place;
use meteor_rules::tier::{Tier, TierRule};

use super::event::Sent;
use crate::evidence;

/// A contribution.
#[derive(Clone, Debug)]
pub(super) struct Given {
    /// By whom.
    pub contributor: String,
    /// To which shower (1-based).
    pub shower: u32,
    /// How much (micro-denom).
    pub amount: u128,
    /// Its global sequence number.
    pub seq: u64,
}

/// One contributor of one shower.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ranked {
    /// Its address.
    pub contributor: String,
    /// What it gave in this shower (micro-denom).
    pub amount: u128,
    /// The tier of its rank.
    pub tier: Tier,
    /// The number of its meteor.
    pub meteor: u64,
    /// Whether it is none of the demo's wallets.
    pub visitor: bool,
}

/// All contributions.
pub(super) struct Books {
    given: Vec<Given>,
    /// By shower, in rank order.
    pub showers: Vec<Vec<Ranked>>,
}

impl Books {
    /// Of what the demo's wallets (at `addresses`) sent and visitors gave, in this many showers.
    pub(super) fn new(
        sent: &[Sent],
        addresses: &[String],
        visitors: &[Given],
        showers: u32,
        tiers: TierRule,
    ) -> Self {
        let of_wallets = sent.iter().map(|sent| Given {
            contributor: addresses.get(sent.planned.wallet).cloned().unwrap_or_default(),
            shower: sent.planned.shower,
            amount: sent.planned.amount,
            seq: sent.seq,
        });
        let mut given: Vec<Given> = of_wallets.chain(visitors.iter().cloned()).collect();
        given.sort_by_key(|given| given.seq);
        let wallets: BTreeSet<&String> = addresses.iter().collect();
        let mut next = 1;
        let showers = (1..=showers)
            .map(|shower| {
                let ranked = rank(&given, shower, tiers, next, &wallets);
                next = next.saturating_add(ranked.len().try_into().unwrap_or(u64::MAX));
                ranked
            })
            .collect();
        Self { given, showers }
    }

    /// What each contributor gave in all showers (micro-denom).
    pub(super) fn spent(&self) -> BTreeMap<&str, u128> {
        let mut spent = BTreeMap::new();
        for given in &self.given {
            let sum: &mut u128 = spent.entry(given.contributor.as_str()).or_default();
            *sum = sum.saturating_add(given.amount);
        }
        spent
    }

    /// The meteors that visitors got. What became of them since is theirs to know.
    pub(super) fn of_visitors(&self) -> impl Iterator<Item = &Ranked> {
        self.showers.iter().flatten().filter(|ranked| ranked.visitor)
    }
}

/// The ranking of `shower`, computed only from what was given (in the order of sequence numbers). Its meteors are
/// numbered from `first`.
fn rank(
    given: &[Given],
    shower: u32,
    tiers: TierRule,
    first: u64,
    wallets: &BTreeSet<&String>,
) -> Vec<Ranked> {
    let mut totals: BTreeMap<&String, Place> = BTreeMap::new();
    for one in given.iter().filter(|one| one.shower == shower) {
        let place = totals.entry(&one.contributor).or_insert(Place { amount: 0, seq: 0 });
        place.amount = place.amount.saturating_add(one.amount);
        place.seq = one.seq;
    }
    let mut places: Vec<(&String, Place)> = totals.into_iter().collect();
    places.sort_by(|a, b| b.1.amount.cmp(&a.1.amount).then(a.1.seq.cmp(&b.1.seq)));
    let contributors = u32::try_from(places.len()).unwrap_or(u32::MAX);
    let ranked = places.into_iter().zip(1u32..).zip(first..);
    ranked
        .map(|(((contributor, place), rank), meteor)| Ranked {
            contributor: contributor.clone(),
            amount: place.amount,
            tier: tiers.tier_of(Rank(rank), contributors).unwrap_or(Tier::Common),
            meteor,
            visitor: !wallets.contains(contributor),
        })
        .collect()
}

/// What visitors gave, as the API lists it: contributions by others than the demo's wallets at `addresses`.
pub(super) async fn of_visitors(api: &str, addresses: &[String]) -> Result<Vec<Given>> {
    let wallets: BTreeSet<&String> = addresses.iter().collect();
    let showers = evidence::load(api).await?.showers;
    let rows =
        (1u32..).zip(showers).flat_map(|(shower, (rows, _))| rows.into_iter().map(move |row| (shower, row)));
    Ok(rows
        .filter(|(_, row)| !wallets.contains(&row.contributor))
        .map(|(shower, row)| Given { contributor: row.contributor, shower, amount: row.amount, seq: row.seq })
        .collect())
}
