//! Amounts as people write them.

pub(crate) use meteor_chain::amounts::{about, coins, counted, grouped, wallets};
use meteor_rules::minimum::{Minimum, MinimumError};

/// An amount as people write it (micro-denom): "75 UST", or a number of micro-denom.
pub(crate) fn micro(text: &str, denom: &str) -> Result<u128, MinimumError> {
    match text.trim().parse() {
        Ok(micro) => Ok(micro),
        Err(_) => Ok(Minimum::Written(text.to_owned()).micro(denom)?.into()),
    }
}
