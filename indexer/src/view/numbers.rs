//! A shower's numbers as the API gives them: its summary, its floors and odds, and the facts of its draw.

use cosmwasm_std::HexBinary;
use meteor_messages::shower::InstantiateMsg;
use meteor_rules::fairness::evidence;
use meteor_rules::fairness::hex::{Hex, Hex32};
use meteor_rules::life::Facts;
use meteor_rules::odds::{self, Weights};
use meteor_rules::tier::{PerTier, Tier, TierRule};
use meteor_rules::{NANOS_PER_SECOND, Rank, ShowerId, eggs, ranking};

use crate::fold::{Launched, Shower, State};
use crate::models::{self, Amount, Status, TierFloor};

/// What decides where a shower stands; `None` for one that the schedule doesn't have.
pub(super) fn life(config: &InstantiateMsg, shower: &Shower) -> Option<Facts> {
    Some(Facts {
        window: config.schedule.window(shower.number)?,
        mint_window: config.mint_window,
        contributors: shower.contributors(),
        minted: shower.minted,
        closed: shower.closed(),
        drawn: shower.draw.is_some(),
        cancelled: shower.cancelled,
    })
}

/// Where a shower stands at a block time (nanoseconds).
pub fn status(config: &InstantiateMsg, shower: &Shower, now: u64) -> Status {
    life(config, shower).map_or(Status::Upcoming, |life| life.stage(now).into())
}

/// Whether contributing was paused at some time while `shower` was open, as known at block time `now`
/// (nanoseconds).
pub(super) fn was_paused(launched: &Launched, shower: &Shower, now: u64) -> bool {
    let under_way = launched.paused_since.and_then(|since| launched.config.schedule.open_between(since, now));
    shower.paused || under_way.is_some_and(|(first, last)| (first..=last).contains(&shower.number))
}

/// A tier of a shower.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share {
    /// Which.
    pub tier: Tier,
    /// Its last rank; that of the tier before it if it is empty.
    pub last: u32,
    size: u32,
    weights: Weights,
}

/// The tiers of a shower of `contributors`, best first.
pub(super) fn shares(config: &InstantiateMsg, contributors: u32) -> [Share; 4] {
    shares_of(&config.tiers, &config.eggs, config.tilt_bp, contributors)
}

fn shares_of(tiers: &TierRule, eggs: &PerTier<u32>, tilt_bp: u32, contributors: u32) -> [Share; 4] {
    let sizes = tiers.sizes(contributors);
    let issue = eggs::issue(eggs, &sizes);
    let mut last = 0u32;
    Tier::ALL.map(|tier| {
        let size = *sizes.get(tier);
        last = last.saturating_add(size);
        Share { tier, last, size, weights: Weights::new(size, *issue.eggs.get(tier), tilt_bp) }
    })
}

/// The share that a rank is in; `None` for a rank that there is not.
pub(super) fn share_of(shares: &[Share; 4], rank: Rank) -> Option<&Share> {
    shares.iter().find(|share| (1..=share.last).contains(&rank.0))
}

/// The odds of an egg for a rank; `None` for one that there is not.
///
/// They are those of `meteor_rules::odds`. Only, fractions of numbers below 2^64 are reduced with such numbers: nearly all
/// are, and the rules, which contracts and pages share, divide 128 bits some twenty times.
pub(super) fn odds_of(shares: &[Share; 4], rank: Rank) -> Option<models::Odds> {
    let Share { last, size, weights, .. } = share_of(shares, rank)?;
    let place = rank.0.checked_sub(last.saturating_sub(*size))?.checked_sub(1)?;
    let numerator = u128::from(weights.eggs()).saturating_mul(weights.weight(place));
    let small = u64::try_from(numerator).ok().zip(u64::try_from(weights.sum()).ok());
    Some(match small {
        Some((numerator, denominator)) if place >= weights.certain() && numerator > 0 && denominator > 0 => {
            let by = gcd(numerator, denominator);
            let odds =
                [numerator, denominator].map(|number| u128::from(number.checked_div(by).unwrap_or(number)));
            odds::Odds { numerator: odds[0], denominator: odds[1] }.into()
        }
        Some(_) | None => weights.odds(place).into(),
    })
}

/// The greatest common divisor of two numbers above 0.
const fn gcd(mut a: u64, mut b: u64) -> u64 {
    let shift = (a | b).trailing_zeros();
    a >>= a.trailing_zeros();
    while b != 0 {
        b >>= b.trailing_zeros();
        if a > b {
            (a, b) = (b, a);
        }
        b -= a;
    }
    a << shift
}

pub(super) fn summary(state: &State, launched: &Launched, shower: &Shower) -> models::Shower {
    let config = &launched.config;
    let window = config.schedule.window(shower.number);
    models::Shower {
        shower: shower.number,
        status: status(config, shower, state.at.time_ns),
        opens_at: window.map_or(0, |window| window.start / NANOS_PER_SECOND),
        closes_at: window.map_or(0, |window| window.end / NANOS_PER_SECOND),
        mint_deadline: life(config, shower).map_or(0, |life| life.deadline() / NANOS_PER_SECOND),
        minimum: Amount(launched.minimum(shower.number)),
        contributors: shower.contributors(),
        total: Amount(shower.total),
        last_seq: shower.last_seq,
        log: shower.log,
        earlier: state.earlier(shower.number),
        cancelled: shower.cancelled,
        paused: was_paused(launched, shower, state.at.time_ns),
        minted: shower.minted,
        minted_amount: Amount(shower.minted_amount),
        held: Amount(shower.held),
        held_returned: Amount(shower.held_returned),
        key_deadline: window
            .map_or(0, |window| (window.end / NANOS_PER_SECOND).saturating_add(config.fairness.key_window)),
        key_in_time: shower.key_in_time,
        settled: Amount(shower.settled),
        refunds: shower.refunds,
        refunded: Amount(shower.refunded),
        changed_height: shower.changed,
    }
}

/// `amount_at` gives the amount of a rank.
pub(super) fn floors(
    config: &InstantiateMsg,
    summary: &models::Shower,
    amount_at: impl FnMut(Rank) -> Option<u128>,
) -> models::Floors {
    let contributors = summary.contributors;
    let sizes = config.tiers.sizes(contributors);
    let issue = eggs::issue(&config.eggs, &sizes);
    let floors = ranking::floors(&config.tiers, contributors, amount_at);
    let tiers = Tier::ALL.map(|tier| {
        let (size, eggs) = (*sizes.get(tier), *issue.eggs.get(tier));
        let odds = u64::from(eggs) * u64::from(meteor_rules::BASIS_POINTS);
        let weights = Weights::new(size, eggs, config.tilt_bp);
        let of = |place: Option<u32>| place.map(|place| weights.odds(place).into());
        TierFloor {
            tier,
            best: of((size > 0).then_some(0)),
            worst: of(size.checked_sub(1)),
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

pub(super) fn past(summary: &models::Shower, floors: &models::Floors) -> models::Past {
    models::Past {
        shower: summary.shower,
        status: summary.status,
        closes_at: summary.closes_at,
        contributors: summary.contributors,
        total: summary.total,
        floors: PerTier::from_fn(|tier| {
            floors.tiers.iter().find(|floor| floor.tier == tier).and_then(|floor| floor.floor)
        }),
    }
}

pub(super) fn facts(config: &InstantiateMsg, summary: &models::Shower, shower: &Shower) -> evidence::Shower {
    let commitment = ShowerId(shower.number).index().and_then(|at| config.fairness.commitments.get(at));
    let draw = shower.draw.as_ref();
    evidence::Shower {
        shower: shower.number,
        closes_at: summary.closes_at,
        closed_at: shower.closing.map(|closing| closing.at),
        commitment: commitment.map_or(Hex32([0; 32]), hex32),
        beacon_round: shower.closing.map(|closing| closing.beacon_round),
        beacon_signature: draw.map(|draw| Hex(draw.beacon.clone())),
        log: Hex32(shower.log),
        contributors: summary.contributors,
        total: summary.total.0,
        earlier: summary.earlier,
        root: draw.map(|draw| Hex32(draw.root)),
        leaves: draw.map(|draw| draw.leaves),
        key: shower.key.map(Hex32),
        key_in_time: shower.key_in_time,
        cancelled: shower.cancelled,
        paused: summary.paused,
    }
}

/// 32 bytes of the launch. The fold refuses a launch in which they are not 32.
pub(super) fn hex32(bytes: &HexBinary) -> Hex32 {
    Hex32(bytes.as_slice().try_into().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn odds_are_those_of_the_rules(
            contributors in 0u32..4_000,
            rank in 0u32..4_100,
            eggs in prop::array::uniform4(0u32..2_000),
            tilt_bp in 0u32..=10_000,
            legendary in 0u32..200,
        ) {
            let tiers = TierRule { legendary, ancient_bp: 900, rare_bp: 2250 };
            let eggs = PerTier { legendary: eggs[0], ancient: eggs[1], rare: eggs[2], common: eggs[3] };
            let shares = shares_of(&tiers, &eggs, tilt_bp, contributors);
            let expected = odds::odds(&tiers, &eggs, tilt_bp, contributors, Rank(rank)).map(Into::into);
            prop_assert_eq!(odds_of(&shares, Rank(rank)), expected);
            prop_assert_eq!(share_of(&shares, Rank(rank)).map(|it| it.tier), tiers.tier_of(Rank(rank), contributors));
        }
    }

    #[test]
    fn large_showers_have_the_rules_odds() {
        let (tiers, eggs) = (
            TierRule { legendary: 10, ancient_bp: 900, rare_bp: 2250 },
            PerTier { legendary: 10, ancient: 30, rare: 61, common: 101 },
        );
        for contributors in [100_000, u32::MAX] {
            let shares = shares_of(&tiers, &eggs, 2_000, contributors);
            for rank in [1, 11, 5_000, contributors / 2, contributors] {
                let expected = odds::odds(&tiers, &eggs, 2_000, contributors, Rank(rank)).map(Into::into);
                assert_eq!(odds_of(&shares, Rank(rank)), expected);
            }
        }
    }
}
