//! The verbs of the contract, one file each.

pub(crate) mod cancel;
pub(crate) mod close;
pub(crate) mod contribute;
pub(crate) mod draw;
pub(crate) mod minimum;
pub(crate) mod mint;
pub(crate) mod pause;
pub(crate) mod refund;
pub(crate) mod roles;
pub(crate) mod settle;
pub(crate) mod unasked;
pub(crate) mod withdraw;

use cosmwasm_std::{Addr, Storage};

use crate::error::ContractError;

/// Refuses `verb` to anyone but the owner.
fn owner_only(storage: &dyn Storage, sender: &Addr, verb: &'static str) -> Result<(), ContractError> {
    if cw_ownable::is_owner(storage, sender)? {
        Ok(())
    } else {
        Err(ContractError::NotAllowed { verb, role: "owner" })
    }
}
