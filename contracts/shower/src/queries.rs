//! What can be asked. Every walk is paged: a node stops a query that costs too much.

use cosmwasm_std::{Binary, Deps, Env, Order, StdError, StdResult, to_json_binary};
use meteor_messages::shower::{
    ConfigResponse, ContributionResponse, Cursor, DEFAULT_PAGE, DrawResponse, MAX_BATCH, MinimumFrom,
    MintCursorResponse, QueryMsg, RankOrder, RankedContributor, RankingResponse, RefundableResponse,
    ShowerResponse, ShowersResponse, WalletResponse,
};
use meteor_rules::life::{Facts, Stage};
use meteor_rules::ranking::Place;
use meteor_rules::{NANOS_PER_SECOND, ShowerId};

use crate::error::ContractError;
use crate::state::{
    Book, CONTRIBUTIONS, Contribution, DRAWS, EVENT, Event, FAIRNESS, HATCHERY, Life, METEORS, MINIMUMS,
    ROLES, TERMS, cursor, facts, minimum, place, ranked,
};

/// Answers `msg`.
pub(crate) fn query(deps: Deps, env: &Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&config(deps)?),
        QueryMsg::Shower { shower } => to_json_binary(&one(deps, env, &EVENT.load(deps.storage)?, shower)?),
        QueryMsg::Showers { start_after, limit } => {
            to_json_binary(&showers(deps, env, start_after.unwrap_or(0), limit)?)
        }
        QueryMsg::Contribution { shower, contributor } => {
            to_json_binary(&contribution(deps, env, shower, contributor)?)
        }
        QueryMsg::Wallet { contributor, start_after, limit } => {
            to_json_binary(&wallet(deps, env, &contributor, start_after.unwrap_or(0), limit)?)
        }
        QueryMsg::Ranking { shower, start_after, limit, order } => {
            to_json_binary(&ranking(deps, shower, start_after, limit, order)?)
        }
        QueryMsg::Refundable { shower, start_after, limit } => {
            to_json_binary(&refundable(deps, env, shower, start_after, limit)?)
        }
        QueryMsg::Fairness {} => to_json_binary(&FAIRNESS.load(deps.storage)?),
        QueryMsg::Draw { shower } => to_json_binary(&draw(deps, shower)?),
        QueryMsg::MintCursor { shower } => to_json_binary(&mint_cursor(deps, env, shower)?),
        QueryMsg::Ownership {} => to_json_binary(&cw_ownable::get_ownership(deps.storage)?),
    };
    Ok(answer?)
}

/// Rows in a page.
fn page(limit: Option<u32>) -> usize {
    usize::try_from(limit.unwrap_or(DEFAULT_PAGE)).map_or(MAX_BATCH, |limit| limit.min(MAX_BATCH))
}

fn config(deps: Deps) -> Result<ConfigResponse, ContractError> {
    let event = EVENT.load(deps.storage)?;
    let terms = TERMS.load(deps.storage)?;
    let roles = ROLES.load(deps.storage)?;
    let minimums = MINIMUMS
        .range(deps.storage, None, None, Order::Ascending) // at most MAX_SHOWERS
        .map(|row| row.map(|(from_shower, minimum)| MinimumFrom { from_shower, minimum }))
        .collect::<StdResult<_>>()?;
    Ok(ConfigResponse {
        denom: event.denom,
        schedule: event.schedule,
        mint_window: event.mint_window,
        tiers: terms.tiers,
        eggs: terms.eggs,
        payees: terms.payees,
        meteors: METEORS.load(deps.storage)?.into(),
        hatchery: HATCHERY.load(deps.storage)?.into(),
        owner: cw_ownable::get_ownership(deps.storage)?.owner.map(String::from),
        operator: roles.operator.into(),
        guardian: roles.guardian.into(),
        paused: event.paused,
        minimums,
    })
}

fn draw(deps: Deps, shower: u32) -> Result<DrawResponse, ContractError> {
    EVENT.load(deps.storage)?.window(shower)?; // there is such a shower
    let commitments = FAIRNESS.load(deps.storage)?.commitments;
    let commitment = ShowerId(shower)
        .index()
        .and_then(|index| commitments.into_iter().nth(index))
        .ok_or_else(|| StdError::not_found("commitment"))?;
    let draw = DRAWS.may_load(deps.storage, shower)?;
    let committed = draw.as_ref().and_then(|draw| draw.committed.clone());
    Ok(DrawResponse {
        shower,
        commitment,
        beacon_round: draw.as_ref().map(|draw| draw.beacon_round),
        closed_at: draw.as_ref().map(|draw| draw.closed_at),
        beacon: committed.as_ref().map(|committed| committed.beacon.clone()),
        root: committed.as_ref().map(|committed| committed.root.clone()),
        leaves: committed.map_or(0, |committed| committed.leaves),
        key: draw.and_then(|draw| draw.key),
    })
}

fn one(deps: Deps, env: &Env, event: &Event, shower: u32) -> Result<ShowerResponse, ContractError> {
    let (facts, book, life) = facts(deps.storage, env, event, shower)?;
    let log = book.log()?;
    let Book { contributors, total, last_seq, earlier, cancelled, .. } = book;
    let Life { closed, minted, minted_amount, settled, refunds, refunded, cursor: _ } = life;
    Ok(ShowerResponse {
        shower,
        status: facts.stage(env.block.time.nanos()).into(),
        opens_at: facts.window.start / NANOS_PER_SECOND,
        closes_at: facts.window.end / NANOS_PER_SECOND,
        mint_deadline: facts.deadline() / NANOS_PER_SECOND,
        minimum: minimum(deps.storage, shower)?,
        contributors,
        total,
        last_seq,
        log: log.into(),
        earlier,
        closed,
        cancelled,
        minted,
        minted_amount,
        settled,
        refunds,
        refunded,
    })
}

fn showers(deps: Deps, env: &Env, after: u32, limit: Option<u32>) -> Result<ShowersResponse, ContractError> {
    let event = EVENT.load(deps.storage)?;
    let showers = (after.saturating_add(1)..=event.schedule.count)
        .take(page(limit))
        .map(|shower| one(deps, env, &event, shower))
        .collect::<Result<_, _>>()?;
    Ok(ShowersResponse { showers })
}

/// What a contribution looks like from outside.
fn shown(
    deps: Deps,
    env: &Env,
    event: &Event,
    shower: u32,
    contributor: String,
    row: &Contribution,
) -> Result<ContributionResponse, ContractError> {
    let (facts, _, life) = facts(deps.storage, env, event, shower)?;
    let state = facts.contribution(life.has_minted(&row.place()), row.refunded, env.block.time.nanos());
    Ok(ContributionResponse { shower, contributor, amount: row.amount, seq: row.seq, state })
}

fn contribution(
    deps: Deps,
    env: &Env,
    shower: u32,
    contributor: String,
) -> Result<ContributionResponse, ContractError> {
    let event = EVENT.load(deps.storage)?;
    event.window(shower)?;
    let address = deps.api.addr_validate(&contributor)?;
    let row = CONTRIBUTIONS
        .may_load(deps.storage, (shower, &address))?
        .ok_or_else(|| ContractError::NoContribution { shower, address: contributor.clone() })?;
    shown(deps, env, &event, shower, contributor, &row)
}

fn wallet(
    deps: Deps,
    env: &Env,
    contributor: &str,
    after: u32,
    limit: Option<u32>,
) -> Result<WalletResponse, ContractError> {
    let event = EVENT.load(deps.storage)?;
    let address = deps.api.addr_validate(contributor)?;
    let mut contributions = vec![];
    let mut last = after;
    for shower in (after.saturating_add(1)..=event.schedule.count).take(page(limit)) {
        if let Some(row) = CONTRIBUTIONS.may_load(deps.storage, (shower, &address))? {
            contributions.push(shown(deps, env, &event, shower, contributor.to_owned(), &row)?);
        }
        last = shower;
    }
    Ok(WalletResponse { contributions, next: (last < event.schedule.count).then_some(last) })
}

fn ranking(
    deps: Deps,
    shower: u32,
    start_after: Option<Cursor>,
    limit: Option<u32>,
    order: Option<RankOrder>,
) -> Result<RankingResponse, ContractError> {
    EVENT.load(deps.storage)?.window(shower)?;
    let order = match order {
        None | Some(RankOrder::Ascending) => Order::Ascending,
        Some(RankOrder::Descending) => Order::Descending,
    };
    let ranking = ranked(deps.storage, shower, start_after.map(place), page(limit), order)?
        .into_iter()
        .map(|(place, who)| row(place, who.into()))
        .collect();
    Ok(RankingResponse { ranking })
}

fn row(place: Place, contributor: String) -> RankedContributor {
    RankedContributor { contributor, amount: place.amount.into(), seq: place.seq }
}

fn refundable(
    deps: Deps,
    env: &Env,
    shower: u32,
    start_after: Option<Cursor>,
    limit: Option<u32>,
) -> Result<RefundableResponse, ContractError> {
    let (facts, _, life) = facts(deps.storage, env, &EVENT.load(deps.storage)?, shower)?;
    if !facts.refunds_open(env.block.time.nanos()) {
        return Ok(RefundableResponse { refundable: vec![], next: None });
    }
    // Places up to the mint cursor have their meteors. Smaller is better, so the later of both is the max.
    let after = start_after.map(place).max(life.last_minted());
    let looked_at = ranked(deps.storage, shower, after, page(limit), Order::Ascending)?;
    let full = looked_at.len() == page(limit);
    let next = looked_at.last().filter(|_| full).map(|(place, _)| cursor(*place));
    let mut refundable = vec![];
    for (place, who) in looked_at {
        if !CONTRIBUTIONS.load(deps.storage, (shower, &who))?.refunded {
            refundable.push(row(place, who.into()));
        }
    }
    Ok(RefundableResponse { refundable, next })
}

fn mint_cursor(deps: Deps, env: &Env, shower: u32) -> Result<MintCursorResponse, ContractError> {
    let (facts, ..) = facts(deps.storage, env, &EVENT.load(deps.storage)?, shower)?;
    let Facts { contributors, minted, .. } = facts;
    let next_rank = match facts.stage(env.block.time.nanos()) {
        Stage::Drawn | Stage::Minting => Some(minted.saturating_add(1)),
        Stage::Upcoming
        | Stage::Open
        | Stage::Ended
        | Stage::Closed
        | Stage::Minted
        | Stage::Refundable
        | Stage::Cancelled => None,
    };
    Ok(MintCursorResponse { next_rank, minted, contributors })
}
