//! `CommitDraw` and `PublishKey`: contents are fixed before a meteor exists, and provable afterwards.

use cosmwasm_std::{Addr, DepsMut, Env, HexBinary, Response};
use meteor_contract_kit::{KitError, bytes32};
use meteor_messages::events;
use meteor_rules::fairness::Domain;
use meteor_rules::fairness::key::commitment;
use meteor_rules::life::refunds_open;
use meteor_rules::{NANOS_PER_SECOND, ShowerId};

use crate::error::ContractError;
use crate::state::{CHAIN_ID, Committed, DRAWS, EVENT, FAIRNESS, LIVES, ROLES, TERMS, book};

/// Longest signature or key of a beacon: a point of BLS12-381's larger group, compressed.
pub(crate) const MAX_BEACON_BYTES: usize = 96;

/// Commits to what the meteors of `shower` hold, once and for all.
pub(crate) fn commit_draw(
    deps: DepsMut,
    env: &Env,
    sender: &Addr,
    ShowerId(shower): ShowerId,
    root: HexBinary,
    leaves: u32,
    beacon: HexBinary,
) -> Result<Response, ContractError> {
    if ROLES.load(deps.storage)?.operator != *sender {
        return Err(ContractError::NotAllowed { verb: "CommitDraw", role: "operator" });
    }
    let deadline = EVENT.load(deps.storage)?.mint_deadline(shower)?;
    let book = book(deps.storage, env, shower)?;
    if book.cancelled {
        return Err(ContractError::Cancelled { shower });
    }
    let now = env.block.time.nanos();
    if refunds_open(now, deadline, book.cancelled) {
        return Err(ContractError::DeadlinePassed { shower, deadline: deadline / NANOS_PER_SECOND });
    }
    let mut draw = DRAWS.may_load(deps.storage, shower)?.ok_or(ContractError::NotClosed { shower })?;
    // Once: a root that could be replaced after the first crack would let the operator choose.
    if draw.committed.is_some() {
        return Err(ContractError::AlreadyDrawn { shower });
    }
    bytes32("the root", &root)?;
    if leaves != book.contributors || leaves == 0 {
        let contributors = book.contributors;
        return Err(ContractError::Leaves { shower, given: leaves, contributors });
    }
    // The signature itself is checked by everyone off the chain (older chains have no BLS): that it was
    // already possible is checked here.
    let rule = FAIRNESS.load(deps.storage)?.beacon;
    let due = rule.due(draw.beacon_round).unwrap_or(u64::MAX);
    if now / NANOS_PER_SECOND < due {
        return Err(ContractError::BeaconNotDue { round: draw.beacon_round, due });
    }
    if beacon.is_empty() || beacon.len() > MAX_BEACON_BYTES {
        let given = beacon.len();
        return Err(KitError::Length { what: "the beacon's signature", given, wanted: "1 to 96" }.into());
    }
    draw.committed = Some(Committed { root: root.clone(), leaves, beacon: beacon.clone() });
    DRAWS.save(deps.storage, shower, &draw)?;
    Ok(Response::new().add_event(events::Draw { shower, root, leaves, beacon }))
}

/// Publishes the key of `shower`; anyone may who has it, once the crack window has passed.
pub(crate) fn publish_key(
    deps: DepsMut,
    env: &Env,
    shower: u32,
    key: HexBinary,
) -> Result<Response, ContractError> {
    let window = EVENT.load(deps.storage)?.window(shower)?;
    let fairness = FAIRNESS.load(deps.storage)?;
    let mut draw = DRAWS.may_load(deps.storage, shower)?.ok_or(ContractError::NotClosed { shower })?;
    if draw.key.is_some() {
        return Err(ContractError::KeyKnown { shower });
    }
    // Earlier, it would tell what uncracked meteors hold. The crack window is never shorter than the times for
    // minting and revealing together, so from then on nothing can be minted either.
    let at = (window.end / NANOS_PER_SECOND).saturating_add(fairness.crack_window);
    if env.block.time.seconds() < at {
        return Err(ContractError::KeyTooEarly { shower, at });
    }
    let bytes = bytes32("the key", &key)?;
    let id = Domain {
        chain_id: &CHAIN_ID.load(deps.storage)?,
        contract: env.contract.address.as_str(),
        shower: ShowerId(shower),
    };
    let committed = ShowerId(shower).index().and_then(|index| fairness.commitments.get(index));
    if committed.map(HexBinary::as_slice) != Some(commitment(&id, &bytes).as_slice()) {
        return Err(ContractError::WrongKey { shower });
    }
    draw.key = Some(key.clone());
    DRAWS.save(deps.storage, shower, &draw)?;
    // A late key is still proof, but what was held back is the contributors' by then.
    let in_time = env.block.time.nanos() < TERMS.load(deps.storage)?.key_deadline(window);
    let mut life = LIVES.may_load(deps.storage, shower)?.unwrap_or_default();
    life.key_in_time = in_time;
    LIVES.save(deps.storage, shower, &life)?;
    Ok(Response::new().add_event(events::Key { shower, key, in_time }))
}
