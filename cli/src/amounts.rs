//! Amounts as people write them.

pub(crate) use meteor_chain::amounts::{about, coins, counted, grouped, wallets};
