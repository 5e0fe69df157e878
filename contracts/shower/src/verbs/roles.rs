//! Who holds the roles: the owner appoints operator and guardian; the owner changes in two steps.

use cosmwasm_std::{Addr, DepsMut, Env, Response};
use cw_ownable::Action;
use meteor_messages::events::Role;

use super::owner_only;
use crate::error::ContractError;
use crate::state::ROLES;

/// Appoints the operator.
pub(crate) fn set_operator(deps: DepsMut, sender: &Addr, address: &str) -> Result<Response, ContractError> {
    owner_only(deps.storage, sender, "SetOperator")?;
    let operator = deps.api.addr_validate(address)?;
    let mut roles = ROLES.load(deps.storage)?;
    roles.operator = operator.clone();
    ROLES.save(deps.storage, &roles)?;
    Ok(Response::new().add_event(role("operator", Some(operator))))
}

/// Appoints the guardian.
pub(crate) fn set_guardian(deps: DepsMut, sender: &Addr, address: &str) -> Result<Response, ContractError> {
    owner_only(deps.storage, sender, "SetGuardian")?;
    let guardian = deps.api.addr_validate(address)?;
    let mut roles = ROLES.load(deps.storage)?;
    roles.guardian = guardian.clone();
    ROLES.save(deps.storage, &roles)?;
    Ok(Response::new().add_event(role("guardian", Some(guardian))))
}

/// Transfers, accepts or renounces ownership; cw-ownable checks who may.
pub(crate) fn update_ownership(
    deps: DepsMut,
    env: &Env,
    sender: &Addr,
    action: Action,
) -> Result<Response, ContractError> {
    let settled = !matches!(action, Action::TransferOwnership { .. });
    let ownership = cw_ownable::update_ownership(deps, &env.block, sender, action)?;
    let mut response = Response::new();
    if settled {
        response = response.add_event(role("owner", ownership.owner));
    }
    Ok(response.add_event(role("pending_owner", ownership.pending_owner)))
}

fn role(role: &str, holder: Option<Addr>) -> Role {
    Role { role: role.into(), address: holder.map(String::from).unwrap_or_default() }
}
