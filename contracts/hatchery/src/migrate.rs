//! Migration: only this contract, only forward.

use cosmwasm_std::{Response, Storage};

use crate::contract::{NAME, VERSION};
use crate::error::ContractError;

/// Checks name and version and writes the new version. State has had one form so far.
pub(crate) fn migrate(storage: &mut dyn Storage) -> Result<Response, ContractError> {
    let stored = cw2::get_contract_version(storage)?;
    if stored.contract != NAME {
        return Err(ContractError::WrongContract { stored: stored.contract, expected: NAME });
    }
    cw2::ensure_from_older_version(storage, NAME, VERSION)
        .map_err(|_| ContractError::Downgrade { stored: stored.version.clone(), offered: VERSION })?;
    Ok(Response::new()
        .add_attribute("action", "migrate")
        .add_attribute("from_version", stored.version)
        .add_attribute("to_version", VERSION))
}
