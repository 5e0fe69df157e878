//! The dev chain with the contracts on it.

mod codes;

use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::Result;
use cosmwasm_std::Decimal;
use meteor_devnet::{Blocks, Config, DevBeacon, Devnet};
use meteor_operator::beacon::{Network, PublicKey};

pub use self::codes::{CODES, codes};

/// Starts one.
pub async fn start(config: Config) -> Result<Devnet> {
    Ok(meteor_devnet::start(config, codes()).await?)
}

/// Starts one on free ports, for a demo or a test, with Terra Classic's tax on transfers if there is a rate.
pub async fn embedded(interval: Duration, burn_tax: Option<Decimal>) -> Result<Devnet> {
    let any = (Ipv4Addr::LOCALHOST, 0).into();
    start(Config { blocks: Blocks::Interval(interval), burn_tax, rpc: any, rest: any, ..Config::default() })
        .await
}

/// What clients of the dev beacon configure.
pub fn beacon() -> Result<Network> {
    let beacon = DevBeacon::own()?;
    Ok(Network {
        public_key: PublicKey::new(*beacon.public_key())?,
        genesis: beacon.genesis(),
        period: beacon.period().into(),
        chain_hash: Some(beacon.chain_hash()),
    })
}
