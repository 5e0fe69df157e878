//! Amounts as people write them.

pub(crate) use meteor_chain::amounts::{about, coins, counted, grouped, wallets};
use meteor_rules::minimum::{Minimum, MinimumError};

/// What leaves and what of it arrives (both micro-denom), before it is sent: the chain may tax it on the way.
pub(crate) fn payout(leaves: u128, arrives: u128, denom: &str) -> String {
    let [leaves, arrives, taken] =
        [leaves, arrives, leaves.saturating_sub(arrives)].map(|amount| coins(amount, denom));
    format!("{leaves} will leave, {arrives} will arrive (the chain's tax takes {taken})")
}

/// An amount as people write it (micro-denom): "75 UST", or a number of micro-denom.
pub(crate) fn micro(text: &str, denom: &str) -> Result<u128, MinimumError> {
    match text.trim().parse() {
        Ok(micro) => Ok(micro),
        Err(_) => Ok(Minimum::Written(text.to_owned()).micro(denom)?.into()),
    }
}
