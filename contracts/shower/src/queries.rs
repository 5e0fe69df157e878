//! What can be asked. Every walk is paged: a node stops a query that costs too much.

use cosmwasm_std::{Binary, Deps, Env, Order, StdError, StdResult, to_json_binary};
use meteor_messages::shower::{
    ConfigResponse, ContributionResponse, Cursor, DEFAULT_PAGE, DrawResponse, MAX_BATCH, MinimumFrom,
    MintCursorResponse, Payee, PayeeResponse, PayeesResponse, QueryMsg, RankOrder, RankedContributor,
    RankingResponse, Refundable, RefundableResponse, Refunded, ShowerResponse, ShowersResponse,
    WalletResponse,
};
use meteor_rules::holdback::held;
use meteor_rules::life::{Facts, Stage};
use meteor_rules::ranking::Place;
use meteor_rules::{NANOS_PER_SECOND, ShowerId};

use crate::error::ContractError;
use crate::state::{
    Book, CHAIN_ID, CONTRIBUTIONS, Contribution, DRAWS, EVENT, Event, FAIRNESS, HATCHERY, Life, METEORS,
    MINIMUMS, PAYEES, ROLES, TERMS, Terms, book, cursor, earlier_by_tier, facts, minimum, next_mint, place,
    ranked, was_paused,
};

/// Answers `msg`.
pub(crate) fn query(deps: Deps, env: &Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&config(deps, env)?),
        QueryMsg::Shower { shower } => {
            let (event, terms) = (EVENT.load(deps.storage)?, TERMS.load(deps.storage)?);
            to_json_binary(&one(deps, env, &event, &terms, shower)?)
        }
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
        QueryMsg::Draw { shower } => to_json_binary(&draw(deps, env, shower)?),
        QueryMsg::Payees {} => to_json_binary(&payees(deps)?),
        QueryMsg::MintCursor { shower } => to_json_binary(&mint_cursor(deps, env, shower)?),
        QueryMsg::Ownership {} => to_json_binary(&cw_ownable::get_ownership(deps.storage)?),
    };
    Ok(answer?)
}

/// Rows in a page.
fn page(limit: Option<u32>) -> usize {
    usize::try_from(limit.unwrap_or(DEFAULT_PAGE)).map_or(MAX_BATCH, |limit| limit.min(MAX_BATCH))
}

fn config(deps: Deps, env: &Env) -> Result<ConfigResponse, ContractError> {
    let event = EVENT.load(deps.storage)?;
    let terms = TERMS.load(deps.storage)?;
    let roles = ROLES.load(deps.storage)?;
    let minimums = MINIMUMS
        .range(deps.storage, None, None, Order::Ascending) // at most MAX_SHOWERS
        .map(|row| row.map(|(from_shower, minimum)| MinimumFrom { from_shower, minimum }))
        .collect::<StdResult<_>>()?;
    let payees = PAYEES.load(deps.storage)?.into_iter();
    let payees =
        payees.map(|payee| Payee { address: payee.address.into(), share_bp: payee.share_bp }).collect();
    Ok(ConfigResponse {
        chain_id: CHAIN_ID.load(deps.storage)?,
        // As the chain has it now: an admin can name another.
        admin: deps.querier.query_wasm_contract_info(&env.contract.address)?.admin.map(String::from),
        denom: event.denom,
        schedule: event.schedule,
        mint_window: event.mint_window,
        tiers: terms.tiers,
        eggs: terms.eggs,
        tilt_bp: terms.tilt_bp,
        payees,
        holdback_bp: terms.holdback_bp,
        catalogue: terms.catalogue,
        meteors: METEORS.load(deps.storage)?.into(),
        hatchery: HATCHERY.load(deps.storage)?.into(),
        owner: cw_ownable::get_ownership(deps.storage)?.owner.map(String::from),
        operator: roles.operator.into(),
        guardian: roles.guardian.into(),
        paused: event.paused_since.is_some(),
        minimums,
    })
}

fn payees(deps: Deps) -> Result<PayeesResponse, ContractError> {
    let payees = PAYEES.load(deps.storage)?.into_iter();
    let payees = payees.map(|payee| PayeeResponse {
        address: payee.address.into(),
        share_bp: payee.share_bp,
        owed: payee.owed,
        withdrawn: payee.withdrawn,
    });
    Ok(PayeesResponse { payees: payees.collect() })
}

fn draw(deps: Deps, env: &Env, shower: u32) -> Result<DrawResponse, ContractError> {
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
        earlier: book(deps.storage, env, shower)?.earlier,
        key: draw.and_then(|draw| draw.key),
    })
}

fn one(
    deps: Deps,
    env: &Env,
    event: &Event,
    terms: &Terms,
    shower: u32,
) -> Result<ShowerResponse, ContractError> {
    let (facts, book, life) = facts(deps.storage, env, event, shower)?;
    let log = book.log()?;
    let Book { contributors, total, last_seq, earlier, cancelled, .. } = book;
    let Life {
        closed,
        minted,
        cursor: _,
        minted_amount,
        held,
        settled,
        refunds,
        refunded,
        held_returned,
        key_in_time,
    } = life;
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
        earlier_by_tier: earlier_by_tier(deps.storage, shower)?,
        closed,
        cancelled,
        paused: was_paused(deps.storage, env, event, shower),
        minted,
        minted_amount,
        held,
        settled,
        refunds,
        refunded,
        held_returned,
        key_deadline: terms.key_deadline(facts.window) / NANOS_PER_SECOND,
        key_in_time,
    })
}

fn showers(deps: Deps, env: &Env, after: u32, limit: Option<u32>) -> Result<ShowersResponse, ContractError> {
    let (event, terms) = (EVENT.load(deps.storage)?, TERMS.load(deps.storage)?);
    let showers = (after.saturating_add(1)..=event.schedule.count)
        .take(page(limit))
        .map(|shower| one(deps, env, &event, &terms, shower))
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
    let has_meteor = life.has_minted(&row.place());
    let state = facts.contribution(has_meteor, row.refunded, env.block.time.nanos());
    let held_returned = if has_meteor && row.refunded {
        held(row.amount.u128(), TERMS.load(deps.storage)?.holdback_bp)
    } else {
        0
    };
    Ok(ContributionResponse {
        shower,
        contributor,
        amount: row.amount,
        seq: row.seq,
        state,
        held_returned: held_returned.into(),
    })
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
    let event = EVENT.load(deps.storage)?;
    let (facts, _, life) = facts(deps.storage, env, &event, shower)?;
    let now = env.block.time.nanos();
    if !facts.refunds_open(now) {
        return Ok(RefundableResponse { refundable: vec![], next: None });
    }
    let terms = TERMS.load(deps.storage)?;
    let key_is_late = !life.key_in_time && now >= terms.key_deadline(facts.window);
    // Places up to the mint cursor have their meteors; something of theirs goes back only if the key is late.
    // Smaller is better, so the later of both is the max.
    let minted = life.last_minted().filter(|_| !key_is_late);
    let looked_at =
        ranked(deps.storage, shower, start_after.map(place).max(minted), page(limit), Order::Ascending)?;
    let full = looked_at.len() == page(limit);
    let next = looked_at.last().filter(|_| full).map(|(place, _)| cursor(*place));
    let mut refundable = vec![];
    for (place, who) in looked_at {
        let (what, amount) = if life.has_minted(&place) {
            (Refunded::Holdback, held(place.amount, terms.holdback_bp))
        } else {
            (Refunded::Contribution, place.amount)
        };
        if amount > 0 && !CONTRIBUTIONS.load(deps.storage, (shower, &who))?.refunded {
            refundable.push(Refundable { contributor: who.into(), amount: amount.into(), what });
        }
    }
    Ok(RefundableResponse { refundable, next })
}

fn mint_cursor(deps: Deps, env: &Env, shower: u32) -> Result<MintCursorResponse, ContractError> {
    let (facts, ..) = facts(deps.storage, env, &EVENT.load(deps.storage)?, shower)?;
    let Facts { contributors, minted, .. } = facts;
    let next = match facts.stage(env.block.time.nanos()) {
        Stage::Drawn | Stage::Minting => {
            let earlier = earlier_by_tier(deps.storage, shower)?;
            next_mint(&TERMS.load(deps.storage)?, &facts, &earlier)
        }
        Stage::Upcoming
        | Stage::Open
        | Stage::Ended
        | Stage::Closed
        | Stage::Minted
        | Stage::Refundable
        | Stage::Cancelled => None,
    };
    Ok(MintCursorResponse { next, minted, contributors })
}
