//! Instantiation: checks everything that is fixed for good, and makes the collection of meteors.

use std::collections::BTreeSet;

use cosmwasm_std::{
    Addr, DepsMut, Env, QuerierWrapper, Reply, Response, StdResult, SubMsg, Uint128, WasmMsg, to_json_binary,
};
use meteor_contract_kit::{KitError, bytes32, instantiated, make_collection};
use meteor_messages::events::{Collection, Json, Launch};
use meteor_messages::shower::{
    CatalogueTier, Fairness, InstantiateMsg, MAX_HOLDBACK_BP, MAX_PAYEES, MAX_SHOWERS, OWN_COLUMNS,
};
use meteor_messages::{hatchery, limits, shower};
use meteor_rules::fairness::beacon::Network;
use meteor_rules::metadata::{Template, Values};
use meteor_rules::odds::MAX_TILT_BP;
use meteor_rules::tier::{PerTier, Tier};
use meteor_rules::{BASIS_POINTS, NANOS_PER_SECOND};

use crate::error::ContractError;
use crate::state::{
    CHAIN_ID, EVENT, Event, FAIRNESS, HATCHERY, METEORS, MINIMUMS, PAYEES, PENDING, Payee, Pending, ROLES,
    Roles, TERMS, Terms,
};
use crate::state::{NAME, VERSION};
use crate::verbs::draw::MAX_BEACON_BYTES;

/// Least and most seconds for minting a shower.
const MINT_WINDOW: (u64, u64) = limits::MINT_WINDOW;
/// Least seconds for revealing a cracked meteor: with drand quicknet, and with another beacon, which is one for
/// test chains.
const REVEAL_TIMEOUT: (u64, u64) = limits::REVEAL_TIMEOUT;
/// Most seconds for revealing.
const MAX_REVEAL_TIMEOUT: u64 = limits::MAX_REVEAL_TIMEOUT;
/// Longest time that keys may stay secret (seconds): people should live to check a draw.
const MAX_KEY_WINDOW: u64 = limits::MAX_KEY_WINDOW;
/// Lengths of a denom of the Cosmos SDK.
const DENOM: (usize, usize) = limits::DENOM;
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
        .chain(msg.admin.as_mut())
        .chain(msg.payees.iter_mut().map(|payee| &mut payee.address))
    {
        *address = deps.api.addr_validate(address)?.into();
    }
    check_times(&msg, env)?;
    check_money(&msg)?;
    msg.tiers.validate()?;
    let eggs = msg.eggs.total();
    if eggs == 0 || eggs > u32::MAX.into() {
        return Err(ContractError::Eggs { given: eggs, most: u32::MAX });
    }
    if msg.tilt_bp > MAX_TILT_BP {
        return Err(ContractError::Tilt { given: msg.tilt_bp, most: MAX_TILT_BP });
    }
    check_catalogue(&msg.catalogue)?;
    check_template(&msg.meteors.template)?;
    let network = check_fairness(&msg.fairness, msg.schedule.count)?;
    check_windows(&msg, network)?;

    cw2::set_contract_version(deps.storage, NAME, VERSION)?;
    cw_ownable::initialize_owner(deps.storage, deps.api, Some(&msg.owner))?;
    EVENT.save(
        deps.storage,
        &Event {
            denom: msg.denom.clone(),
            schedule: msg.schedule,
            mint_window: msg.mint_window,
            paused_since: None,
        },
    )?;
    CHAIN_ID.save(deps.storage, &env.block.chain_id)?;
    TERMS.save(
        deps.storage,
        &Terms {
            tiers: msg.tiers,
            eggs: msg.eggs,
            tilt_bp: msg.tilt_bp,
            holdback_bp: msg.holdback_bp,
            key_window: msg.fairness.key_window,
            catalogue: msg.catalogue.clone(),
        },
    )?;
    let payees = msg.payees.iter().map(|payee| {
        let address = deps.api.addr_validate(&payee.address)?;
        Ok(Payee { address, share_bp: payee.share_bp, owed: Uint128::zero(), withdrawn: Uint128::zero() })
    });
    PAYEES.save(deps.storage, &payees.collect::<StdResult<_>>()?)?;
    ROLES.save(
        deps.storage,
        &Roles {
            operator: deps.api.addr_validate(&msg.operator)?,
            guardian: deps.api.addr_validate(&msg.guardian)?,
        },
    )?;
    MINIMUMS.save(deps.storage, 1, &msg.minimum)?;
    FAIRNESS.save(deps.storage, &msg.fairness)?;
    let royalties =
        [&msg.meteors, &msg.hatchery.eggs, &msg.hatchery.dust].map(|collection| collection.royalties.clone());
    let royalties = royalties.into_iter().flatten().map(|royalties| royalties.payment_address);
    let pending = Pending {
        hatchery: msg.hatchery.clone(),
        admin: msg.admin.clone(),
        paid: msg.payees.iter().map(|payee| payee.address.clone()).chain(royalties).collect(),
    };
    PENDING.save(deps.storage, &pending)?;

    let collection = make_collection(msg.meteors.clone(), env)?;
    Ok(Response::new()
        .add_event(Launch { chain_id: env.block.chain_id.clone(), config: Json(Box::new(msg)) })
        .add_submessage(SubMsg::reply_on_success(collection, METEORS_REPLY)))
}

fn check_catalogue(catalogue: &PerTier<CatalogueTier>) -> Result<(), ContractError> {
    for (tier, CatalogueTier { count, root }) in catalogue.iter() {
        if *count == 0 {
            return Err(ContractError::NoPieces { tier });
        }
        bytes32("a root of the catalogue", root)?;
    }
    Ok(())
}

fn check_fairness(fairness: &Fairness, showers: u32) -> Result<Network, ContractError> {
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
    // quicknet's key with another genesis or period would name rounds that have been public for years.
    Ok(fairness.beacon.check(&fairness.beacon_key)?)
}

/// Checks that the times after a close leave room for one another.
fn check_windows(msg: &InstantiateMsg, network: Network) -> Result<(), ContractError> {
    let InstantiateMsg { schedule, mint_window, .. } = msg;
    let Fairness { beacon, crack_window, key_window, .. } = &msg.fairness;
    for shower in [1, schedule.count] {
        let close = schedule.closes_at(shower).unwrap_or_default();
        let due = beacon.round(close, close).and_then(|round| beacon.due(round)).unwrap_or(u64::MAX);
        let after = due.saturating_sub(close);
        if after.saturating_mul(2) > *mint_window {
            return Err(ContractError::RoundTooLate { shower, after, mint_window: *mint_window });
        }
    }
    let least = match network {
        Network::Quicknet => REVEAL_TIMEOUT.0,
        Network::Own => REVEAL_TIMEOUT.1,
    };
    let given = msg.hatchery.reveal_timeout;
    if !(least..=MAX_REVEAL_TIMEOUT).contains(&given) {
        return Err(ContractError::RevealTimeout { given, least, most: MAX_REVEAL_TIMEOUT });
    }
    // A key tells everything. While meteors can be minted or revealed it must stay secret.
    let least = mint_window.saturating_add(given);
    if !(least..=MAX_KEY_WINDOW).contains(crack_window) {
        return Err(ContractError::CrackWindow { given: *crack_window, least, most: MAX_KEY_WINDOW });
    }
    if key_window <= crack_window || *key_window > MAX_KEY_WINDOW {
        return Err(ContractError::KeyWindow {
            given: *key_window,
            crack_window: *crack_window,
            most: MAX_KEY_WINDOW,
        });
    }
    // The last of all deadlines must fit block time.
    schedule
        .closes_at(schedule.count)
        .and_then(|close| close.checked_add(*key_window))
        .and_then(|deadline| deadline.checked_mul(NANOS_PER_SECOND))
        .ok_or(ContractError::DeadlineTooLate)?;
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
    Ok(())
}

fn check_money(msg: &InstantiateMsg) -> Result<(), ContractError> {
    // The SDK's pattern: [a-zA-Z][a-zA-Z0-9/:._-]{2,127}
    let (least, most) = DENOM;
    let fits = (least..=most).contains(&msg.denom.len())
        && msg.denom.starts_with(|first: char| first.is_ascii_alphabetic())
        && msg.denom.chars().all(|c| c.is_ascii_alphanumeric() || "/:._-".contains(c));
    if !fits {
        return Err(ContractError::BadDenom { given: msg.denom.chars().take(most).collect() });
    }
    if msg.holdback_bp > MAX_HOLDBACK_BP {
        return Err(ContractError::Holdback { given: msg.holdback_bp, most: MAX_HOLDBACK_BP });
    }
    if msg.minimum.is_zero() {
        return Err(ContractError::ZeroMinimum);
    }
    if msg.payees.is_empty() || msg.payees.len() > MAX_PAYEES {
        return Err(ContractError::PayeeCount { given: msg.payees.len(), most: MAX_PAYEES });
    }
    let mut seen = BTreeSet::new();
    let mut sum = 0u64;
    for shower::Payee { address, share_bp } in &msg.payees {
        if !seen.insert(address) {
            return Err(ContractError::PayeeTwice { address: address.clone() });
        }
        if *share_bp == 0 {
            return Err(ContractError::ZeroShare { address: address.clone() });
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
pub(crate) fn reply(deps: DepsMut, env: &Env, reply: Reply) -> Result<Response, ContractError> {
    match reply.id {
        METEORS_REPLY => {
            let address = instantiated(deps.api, reply)?;
            METEORS.save(deps.storage, &address)?;
            let hatchery = PENDING.load(deps.storage)?.hatchery;
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
            let hatchery = instantiated(deps.api, reply)?;
            HATCHERY.save(deps.storage, &hatchery)?;
            let pending = PENDING.load(deps.storage)?;
            PENDING.remove(deps.storage);
            let meteors = METEORS.load(deps.storage)?;
            check_made(deps.querier, &env.contract.address, &meteors, &hatchery, pending)?;
            Ok(Response::new().add_event(Collection { kind: "hatchery".into(), address: hatchery.into() }))
        }
        id => Err(KitError::UnknownReply { id }.into()),
    }
}

/// Checks what can be known only once every contract exists: who is admin, and that no money goes to a
/// contract of the event, from where it would never leave.
fn check_made(
    querier: QuerierWrapper,
    own: &Addr,
    meteors: &Addr,
    hatchery: &Addr,
    pending: Pending,
) -> Result<(), ContractError> {
    let admin = querier.query_wasm_contract_info(own)?.admin.map(String::from);
    if admin != pending.admin {
        let name = |admin: Option<String>| admin.unwrap_or_else(|| "nobody".into());
        return Err(ContractError::Admin { admin: name(admin), named: name(pending.admin) });
    }
    let made: hatchery::ConfigResponse =
        querier.query_wasm_smart(hatchery, &hatchery::QueryMsg::Config {})?;
    let made = [own.as_str(), meteors.as_str(), hatchery.as_str(), &made.eggs, &made.dust];
    match pending.paid.into_iter().find(|address| made.contains(&address.as_str())) {
        Some(address) => Err(ContractError::PaysItself { address }),
        None => Ok(()),
    }
}
