//! Fees: how much gas a transaction may use and what a unit costs.

use cosmwasm_std::Uint128;

pub use meteor_chain::gas::{GasPrice, GasPriceError, least, with_margin, within};

/// What a transaction uses besides the transfers in it.
const TRANSACTION: u64 = 90_000;
/// What each coin of a taxed transfer uses: itself, the tax, and the tax's way to the burner, the oracle and the
/// community. Terra Classic 4 simulates the first alone.
const TAXED_COIN: u64 = 130_000;

/// The least gas limit for a transaction that moves so many coins from wallets on a chain that taxes them: there a
/// simulation tells about a third.
pub const fn taxed_transfers(coins: u64) -> u64 {
    if coins == 0 { 0 } else { TRANSACTION.saturating_add(TAXED_COIN.saturating_mul(coins)) }
}

/// An amount as a list of coins, as fees and funds are written.
pub fn coins(amount: u128, denom: &str) -> Vec<cosmwasm_std::Coin> {
    vec![cosmwasm_std::Coin { denom: denom.to_owned(), amount: Uint128::new(amount) }]
}
