//! A shower's numbers as the API gives them: its summary, its floors and odds, and the facts of its draw.

use cosmwasm_std::HexBinary;
use meteor_messages::shower::{InstantiateMsg, Status};
use meteor_rules::fairness::evidence;
use meteor_rules::fairness::hex::{Hex, Hex32};
use meteor_rules::life::Facts;
use meteor_rules::odds::{self, Weights};
use meteor_rules::tier::{PerTier, Tier};
use meteor_rules::{NANOS_PER_SECOND, Rank, ShowerId, eggs, ranking};

use crate::fold::{Launched, Shower, State};
use crate::models::{self, Amount, TierFloor};

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

/// Where a shower stands at a block time (nanoseconds), exactly as the contract's query says it.
pub fn status(config: &InstantiateMsg, shower: &Shower, now: u64) -> Status {
    life(config, shower).map_or(Status::Upcoming, |life| life.stage(now).into())
}

/// Whether contributing was paused at some time while `shower` was open, as known at block time `now`
/// (nanoseconds).
pub(super) fn was_paused(launched: &Launched, shower: &Shower, now: u64) -> bool {
    let under_way = launched.paused_since.and_then(|since| launched.config.schedule.open_between(since, now));
    shower.paused || under_way.is_some_and(|(first, last)| (first..=last).contains(&shower.number))
}

/// The odds of an egg for `rank` in a shower of `contributors`; `None` for a rank that there is not.
pub(super) fn odds_of(config: &InstantiateMsg, contributors: u32, rank: Rank) -> Option<models::Odds> {
    odds::odds(&config.tiers, &config.eggs, config.tilt_bp, contributors, rank).map(Into::into)
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
        changed_at: shower.changed,
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
