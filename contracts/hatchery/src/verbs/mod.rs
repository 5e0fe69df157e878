//! The verbs of the contract, one file each.

pub(crate) mod crack;
pub(crate) mod reclaim;
pub(crate) mod reveal;

use crate::error::ContractError;

/// A meteor's number from its id: digits, no leading zero, as the collection writes it.
fn number(token_id: &str) -> Result<u64, ContractError> {
    token_id
        .parse()
        .ok()
        .filter(|number: &u64| number.to_string() == token_id)
        .ok_or_else(|| ContractError::BadTokenId { given: token_id.chars().take(32).collect() })
}
