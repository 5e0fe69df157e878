//! The contracts as the dev chain runs them: their own entry points, under the checksums of the built
//! artifacts.

use cosmwasm_std::Checksum;
use cw_multi_test::ContractWrapper;
use meteor_devnet::Code;
use meteor_operator::launch::Codes;

/// Their code ids on the dev chain.
pub const CODES: Codes = Codes { shower: 1, nft: 2, hatchery: 3 };

/// Checksums of the contracts' wasm: the dev chain accepts an upload of the same bytes.
const CHECKSUMS: &str = include_str!("../../../artifacts/checksums.txt");

/// The contracts, in the order of [`CODES`].
pub fn codes() -> Vec<Code> {
    let codes = [
        Code::new("shower", || {
            use meteor_shower::contract::{execute, instantiate, migrate, query, reply};
            Box::new(
                ContractWrapper::new(execute, instantiate, query).with_reply(reply).with_migrate(migrate),
            )
        }),
        Code::new("nft", || {
            use meteor_nft::contract::{execute, instantiate, migrate, query};
            Box::new(ContractWrapper::new(execute, instantiate, query).with_migrate(migrate))
        }),
        Code::new("hatchery", || {
            use meteor_hatchery::contract::{execute, instantiate, migrate, query, reply};
            Box::new(
                ContractWrapper::new(execute, instantiate, query).with_reply(reply).with_migrate(migrate),
            )
        }),
    ];
    let with_checksum = |code: Code| match checksum(&format!("meteor_{}.wasm", code.name)) {
        Some(checksum) => code.with_checksum(checksum),
        None => code,
    };
    codes.into_iter().map(with_checksum).collect()
}

/// The SHA-256 of an artifact, if there is one.
fn checksum(file: &str) -> Option<Checksum> {
    let mut lines = CHECKSUMS.lines().filter_map(|line| line.split_once("  "));
    lines.find(|(_, name)| *name == file).and_then(|(hash, _)| Checksum::from_hex(hash).ok())
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_code_has_the_checksum_of_its_artifact() {
        assert!(super::codes().iter().all(|code| code.checksum.is_some()));
    }
}
