//! The verbs of a collection, one file each.

pub(crate) mod burn;
pub(crate) mod mint;
pub(crate) mod transfer;

use cosmwasm_std::{StdError, Storage};
use cw721::state::NftInfo;

use crate::error::ContractError;
use crate::row::Row;
use crate::state::cw721;

/// The stored token, for its owner before a verb changes it.
fn token(storage: &dyn Storage, token_id: &str) -> Result<NftInfo<Row>, ContractError> {
    cw721()
        .nft_info
        .may_load(storage, token_id)?
        .ok_or_else(|| ContractError::NoSuchToken { token_id: token_id.to_owned() })
}

/// The number in the id of a stored token; only `mint` writes ids, and always from a number.
fn number(token_id: &str) -> Result<u64, ContractError> {
    token_id.parse().map_err(|_| StdError::generic_err(format!("token id {token_id} is not a number")).into())
}
