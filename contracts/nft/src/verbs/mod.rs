//! The verbs of a collection, one file each.

pub(crate) mod burn;
pub(crate) mod mint;
pub(crate) mod transfer;

use cosmwasm_std::StdError;

use crate::error::ContractError;

/// The number in the id of a stored token; only `mint` writes ids, and always from a number.
fn number(token_id: &str) -> Result<u64, ContractError> {
    token_id.parse().map_err(|_| StdError::generic_err(format!("token id {token_id} is not a number")).into())
}
