//! The contracts as cw-multi-test stores them: their real code.

use cosmwasm_std::Empty;
use cw_multi_test::{Contract, ContractWrapper};

/// The shower contract.
pub fn shower() -> Box<dyn Contract<Empty>> {
    use meteor_shower::contract::{execute, instantiate, migrate, query, reply};
    Box::new(ContractWrapper::new(execute, instantiate, query).with_reply(reply).with_migrate(migrate))
}

/// The hatchery.
pub fn hatchery() -> Box<dyn Contract<Empty>> {
    use meteor_hatchery::contract::{execute, instantiate, migrate, query, reply};
    Box::new(ContractWrapper::new(execute, instantiate, query).with_reply(reply).with_migrate(migrate))
}

/// The CW721 contract of meteors, eggs and dust.
pub fn nft() -> Box<dyn Contract<Empty>> {
    use meteor_nft::contract::{execute, instantiate, migrate, query};
    Box::new(ContractWrapper::new(execute, instantiate, query).with_migrate(migrate))
}

/// The code that a suite stores. Whoever wants to run other code than the crates' own, such as the wasm
/// artifacts in a real VM, gives it to [`crate::SuiteBuilder::codes`].
#[derive(Clone, Copy, Debug)]
pub struct Codes {
    /// Makes the shower contract.
    pub shower: fn() -> Box<dyn Contract<Empty>>,
    /// Makes the hatchery.
    pub hatchery: fn() -> Box<dyn Contract<Empty>>,
    /// Makes the CW721 contract.
    pub nft: fn() -> Box<dyn Contract<Empty>>,
}

impl Default for Codes {
    fn default() -> Self {
        Self { shower, hatchery, nft }
    }
}
