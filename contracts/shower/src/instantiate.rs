//! Instantiation: checks everything that is fixed for good, and makes the collection of meteors.

use std::collections::BTreeSet;

use cosmwasm_std::{DepsMut, Env, Reply, Response, SubMsg, WasmMsg, to_json_binary};
use meteor_contract_kit::{KitError, bytes32, instantiated, make_collection};
use meteor_messages::events::{Collection, Json, Launch};
use meteor_messages::hatchery;
use meteor_messages::shower::{Fairness, InstantiateMsg, MAX_PAYEES, MAX_SHOWERS, OWN_COLUMNS, Payee};
use meteor_rules::metadata::{Template, Values};
use meteor_rules::tier::Tier;
use meteor_rules::{BASIS_POINTS, NANOS_PER_SECOND};

use crate::error::ContractError;
use crate::state::{
    EVENT, Event, FAIRNESS, HATCHERY, METEORS, MINIMUMS, PENDING, ROLES, Roles, TERMS, Terms,
};
use crate::state::{NAME, VERSION};
use crate::verbs::draw::MAX_BEACON_BYTES;

/// Least and most seconds for minting a shower.
const MINT_WINDOW: (u64, u64) = (60, 365 * 24 * 60 * 60);
/// Longest denom of the Cosmos SDK.
const MAX_DENOM: usize = 128;
/// Longest time that keys may stay secret (seconds): people should live to check a draw.
const MAX_CRACK_WINDOW: u64 = 5 * 365 * 24 * 60 * 60;
const METEORS_REPLY: u64 = 1;
const HATCHERY_REPLY: u64 = 2;

/// Checks the message, stores it, and instantiates the meteors with this contract as their one minter.
pub(crate) fn instantiate(
    deps: DepsMut,
    env: &Env,
    mut msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    for address in [&mut msg.owner, &mut msg.operator, &mut msg.guardian]
        .into_iter()
        .chain(msg.payees.iter_mut().map(|payee| &mut payee.address))
    {
        *address = deps.api.addr_validate(address)?.into();
    }
    check_times(&msg, env)?;
    check_money(&msg, env)?;
    msg.tiers.validate()?;
    let eggs = msg.eggs.total();
    if eggs == 0 || eggs > u32::MAX.into() {
        return Err(ContractError::Eggs { given: eggs, most: u32::MAX });
    }
    check_template(&msg.meteors.template)?;
    check_fairness(&msg.fairness, msg.schedule.count)?;

    cw2::set_contract_version(deps.storage, NAME, VERSION)?;
    cw_ownable::initialize_owner(deps.storage, deps.api, Some(&msg.owner))?;
    EVENT.save(
        deps.storage,
        &Event {
            denom: msg.denom.clone(),
            schedule: msg.schedule,
            mint_window: msg.mint_window,
            paused: false,
        },
    )?;
    TERMS.save(deps.storage, &Terms { tiers: msg.tiers, eggs: msg.eggs, payees: msg.payees.clone() })?;
    ROLES.save(
        deps.storage,
        &Roles {
            operator: deps.api.addr_validate(&msg.operator)?,
            guardian: deps.api.addr_validate(&msg.guardian)?,
        },
    )?;
    MINIMUMS.save(deps.storage, 1, &msg.minimum)?;
    FAIRNESS.save(deps.storage, &msg.fairness)?;
    PENDING.save(deps.storage, &msg.hatchery)?;

    let collection = make_collection(msg.meteors.clone(), env)?;
    Ok(Response::new()
        .add_event(Launch { config: Json(Box::new(msg)) })
        .add_submessage(SubMsg::reply_on_success(collection, METEORS_REPLY)))
}

fn check_fairness(fairness: &Fairness, showers: u32) -> Result<(), ContractError> {
    let given = fairness.commitments.len();
    if u32::try_from(given).ok() != Some(showers) {
        return Err(ContractError::Commitments { given, showers });
    }
    for commitment in &fairness.commitments {
        bytes32("a commitment", commitment)?;
    }
    bytes32("the hash of the tables", &fairness.tables)?;
    if fairness.beacon_key.is_empty() || fairness.beacon_key.len() > MAX_BEACON_BYTES {
        let given = fairness.beacon_key.len();
        return Err(KitError::Length { what: "the beacon's key", given, wanted: "1 to 96" }.into());
    }
    // With no delay a round could be due, and known, while the closing block still takes contributions' time.
    if fairness.beacon.period == 0 || fairness.beacon.delay == 0 {
        return Err(ContractError::Beacon);
    }
    if fairness.crack_window > MAX_CRACK_WINDOW {
        return Err(ContractError::CrackWindow { given: fairness.crack_window, most: MAX_CRACK_WINDOW });
    }
    Ok(())
}

fn check_times(msg: &InstantiateMsg, env: &Env) -> Result<(), ContractError> {
    let schedule = &msg.schedule;
    // Before `validate`, which computes the last close.
    if schedule.count > MAX_SHOWERS {
        return Err(ContractError::TooManyShowers { given: schedule.count, most: MAX_SHOWERS });
    }
    schedule.validate()?;
    let now = env.block.time.seconds();
    if schedule.first_close <= now {
        return Err(ContractError::AlreadyOver { closes_at: schedule.first_close, now });
    }
    let (least, most) = MINT_WINDOW;
    if !(least..=most).contains(&msg.mint_window) {
        return Err(ContractError::MintWindow { given: msg.mint_window, least, most });
    }
    schedule
        .closes_at(schedule.count)
        .and_then(|close| close.checked_add(msg.mint_window))
        .and_then(|deadline| deadline.checked_mul(NANOS_PER_SECOND))
        .ok_or(ContractError::DeadlineTooLate)?;
    Ok(())
}

fn check_money(msg: &InstantiateMsg, env: &Env) -> Result<(), ContractError> {
    if msg.denom.is_empty() || msg.denom.len() > MAX_DENOM || msg.denom.contains(char::is_whitespace) {
        return Err(ContractError::BadDenom { given: msg.denom.chars().take(MAX_DENOM).collect() });
    }
    if msg.minimum.is_zero() {
        return Err(ContractError::ZeroMinimum);
    }
    if msg.payees.is_empty() || msg.payees.len() > MAX_PAYEES {
        return Err(ContractError::PayeeCount { given: msg.payees.len(), most: MAX_PAYEES });
    }
    let mut seen = BTreeSet::new();
    let mut sum = 0u64;
    for Payee { address, share_bp } in &msg.payees {
        if !seen.insert(address) {
            return Err(ContractError::PayeeTwice { address: address.clone() });
        }
        if *share_bp == 0 {
            return Err(ContractError::ZeroShare { address: address.clone() });
        }
        // Settled money would come back unaccounted and stay forever.
        if *address == env.contract.address.as_str() {
            return Err(ContractError::PayeeIsContract);
        }
        sum += u64::from(*share_bp); // at most 20 of 32 bits
    }
    if sum != u64::from(BASIS_POINTS) {
        return Err(ContractError::Shares { given: sum, wanted: BASIS_POINTS });
    }
    Ok(())
}

/// The first columns are filled in by `Mint` and must mean what it writes.
fn check_template(template: &Template) -> Result<(), ContractError> {
    template.validate()?;
    let titles = Tier::ALL.map(Tier::title);
    for (index, wanted) in OWN_COLUMNS.into_iter().enumerate() {
        let fits = template.columns.get(index).is_some_and(|column| {
            column.trait_type == wanted
                && match &column.values {
                    Values::Text(values) => index == 0 && values.iter().eq(titles.iter()),
                    Values::Number { .. } => index > 0,
                    Values::Tenths { .. } | Values::TextOrNone(_) => false,
                }
        });
        if !fits {
            let wanted = match index {
                0 => "rarity, a text of Legendary, Ancient, Rare, Common",
                1 => "rank, a number",
                _ => "shower, a number",
            };
            return Err(ContractError::OwnColumn { index, wanted });
        }
    }
    Ok(())
}

/// Stores the address of what was just made. After the meteors comes the hatchery, which must know them.
pub(crate) fn reply(deps: DepsMut, reply: Reply) -> Result<Response, ContractError> {
    match reply.id {
        METEORS_REPLY => {
            let address = instantiated(deps.api, reply)?;
            METEORS.save(deps.storage, &address)?;
            let hatchery = PENDING.load(deps.storage)?;
            PENDING.remove(deps.storage);
            // Made here and without an admin, so that nobody can name another contract to send meteors to.
            let make = WasmMsg::Instantiate {
                admin: None,
                code_id: hatchery.code_id,
                label: "hatchery".into(),
                msg: to_json_binary(&hatchery::InstantiateMsg {
                    meteors: address.to_string(),
                    reveal_timeout: hatchery.reveal_timeout,
                    eggs: hatchery.eggs,
                    dust: hatchery.dust,
                })?,
                funds: vec![],
            };
            Ok(Response::new()
                .add_event(Collection { kind: "meteors".into(), address: address.into() })
                .add_submessage(SubMsg::reply_on_success(make, HATCHERY_REPLY)))
        }
        HATCHERY_REPLY => {
            let address = instantiated(deps.api, reply)?;
            HATCHERY.save(deps.storage, &address)?;
            Ok(Response::new().add_event(Collection { kind: "hatchery".into(), address: address.into() }))
        }
        id => Err(KitError::UnknownReply { id }.into()),
    }
}
