//! Fees: how much gas a transaction may use and what a unit costs.

use cosmwasm_std::Uint128;

pub use meteor_chain::gas::{GasPrice, GasPriceError, with_margin, within};

/// An amount as a list of coins, as fees and funds are written.
pub fn coins(amount: u128, denom: &str) -> Vec<cosmwasm_std::Coin> {
    vec![cosmwasm_std::Coin { denom: denom.to_owned(), amount: Uint128::new(amount) }]
}
