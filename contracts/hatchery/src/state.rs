//! What is stored.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, StdResult, Storage};
use cw_storage_plus::{Item, Map};
use meteor_rules::fairness::content::Kind;

/// Name of the contract, as cw2 stores it.
pub const NAME: &str = concat!("crates.io:", env!("CARGO_PKG_NAME"));
/// Version of the contract, as cw2 stores it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Storage keys. Items are raw keys, so none may begin another's.
mod namespace {
    pub(super) const CONFIG: &str = "config";
    pub(super) const EGGS: &str = "eggs";
    pub(super) const DUST: &str = "dust";
    pub(super) const CUSTODY: &str = "C";
}

/// What is fixed; never written again.
pub const CONFIG: Item<Config> = Item::new(namespace::CONFIG);
/// The eggs' CW721 contract, which this one instantiated and alone may mint; never written again.
pub const EGGS: Item<Addr> = Item::new(namespace::EGGS);
/// The dust's CW721 contract, likewise.
pub const DUST: Item<Addr> = Item::new(namespace::DUST);
/// By number: meteors that were cracked and wait.
pub const CUSTODY: Map<u64, Custody> = Map::new(namespace::CUSTODY);

/// What is fixed.
#[cw_serde]
pub struct Config {
    /// The shower contract, which instantiated this one and knows the roots.
    pub shower: Addr,
    /// The meteors' CW721 contract.
    pub meteors: Addr,
    /// How long a meteor may wait (seconds).
    pub reveal_timeout: u64,
    /// The chain's id when the contract was made. Leaves are bound to it, whatever the chain is called later.
    pub chain_id: String,
}

/// A meteor that was cracked and waits.
#[cw_serde]
pub struct Custody {
    /// Who gets what it holds.
    pub holder: Addr,
    /// Block time at which it came (nanoseconds).
    pub since: u64,
}

impl Custody {
    /// From this block time (nanoseconds) on the meteor can't be revealed, only taken back.
    pub fn reclaim_at(&self, config: &Config) -> u64 {
        // Instantiation bounds the timeout; saturated, the meteor could be revealed for longer.
        let timeout = config.reveal_timeout.saturating_mul(meteor_rules::NANOS_PER_SECOND);
        self.since.saturating_add(timeout)
    }
}

/// The collection of one kind.
pub fn collection(storage: &dyn Storage, kind: Kind) -> StdResult<Addr> {
    match kind {
        Kind::Egg => EGGS.load(storage),
        Kind::Dust => DUST.load(storage),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_namespace_begins_another() {
        let names = [
            CONFIG.as_slice().to_vec(),
            EGGS.as_slice().to_vec(),
            DUST.as_slice().to_vec(),
            CUSTODY.namespace_bytes().to_vec(),
            cw2::CONTRACT.as_slice().to_vec(),
        ];
        for (at, a) in names.iter().enumerate() {
            for (other, b) in names.iter().enumerate() {
                assert!(at == other || !b.starts_with(a), "{a:?} begins {b:?}");
            }
        }
    }
}
