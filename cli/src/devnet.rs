//! `meteor devnet`: the dev chain with the contracts on it.

mod codes;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::Result;
use cosmwasm_std::Decimal;
use meteor_devnet::{Blocks, Clock, Config, DevBeacon, Devnet};
use meteor_operator::beacon::{Network, PublicKey};
use meteor_operator::gas::GasPrice;
use tokio_util::sync::CancellationToken;

pub use self::codes::{HATCHERY_CODE, NFT_CODE, SHOWER_CODE, codes};
use crate::demo::Chain;

/// How the dev chain can be changed.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Where the `CometBFT` RPC listens
    #[arg(long, default_value = "127.0.0.1:26657")]
    pub rpc: SocketAddr,
    /// Where the REST API listens
    #[arg(long, default_value = "127.0.0.1:1317")]
    pub rest: SocketAddr,
    /// The chain's id
    #[arg(long, default_value = "localterra")]
    pub chain_id: String,
    /// Prefix of addresses
    #[arg(long, default_value = "terra")]
    pub prefix: String,
    /// SLIP-44 coin type of the funded accounts
    #[arg(long, default_value_t = 330)]
    pub coin_type: u32,
    /// How many accounts are funded
    #[arg(long, default_value_t = 10)]
    pub accounts: u32,
    /// Milliseconds between blocks; 0 makes a block for each transaction and when `dev_mine` asks
    #[arg(long, default_value_t = 1000)]
    pub block_ms: u64,
    /// Seconds that pass on the chain in one second
    #[arg(long, default_value_t = 1)]
    pub speed: u32,
    /// Terra Classic's tax on transfers, for example 0.005; without it there is none
    #[arg(long)]
    pub burn_tax: Option<Decimal>,
}

/// A dev chain on free ports, for a demo or a test.
///
/// # Errors
/// If it can't start.
pub async fn embedded(interval: Duration) -> Result<Devnet> {
    taxed(interval, None).await
}

/// The same with Terra Classic's tax on transfers, if there is a rate.
///
/// # Errors
/// If it can't start.
pub async fn taxed(interval: Duration, burn_tax: Option<Decimal>) -> Result<Devnet> {
    let any = (Ipv4Addr::LOCALHOST, 0).into();
    let config =
        Config { blocks: Blocks::Interval(interval), burn_tax, rpc: any, rest: any, ..Config::default() };
    start(config).await
}

/// What clients of the dev beacon configure.
///
/// # Errors
/// None: the key is one.
pub fn beacon() -> Result<Network> {
    let beacon = DevBeacon::own()?;
    Ok(Network {
        public_key: PublicKey::new(*beacon.public_key())?,
        genesis: beacon.genesis(),
        period: beacon.period().into(),
        chain_hash: Some(beacon.chain_hash()),
    })
}

/// A dev chain with the contracts on it.
///
/// # Errors
/// If it can't start.
pub async fn start(config: Config) -> Result<Devnet> {
    Ok(meteor_devnet::start(config, codes()).await?)
}

/// What a job needs to know of such a chain.
pub fn chain(devnet: &Devnet) -> Chain {
    let defaults = Config::default();
    Chain {
        rpc: devnet.rpc_url(),
        mnemonic: defaults.mnemonic,
        prefix: defaults.prefix,
        denom: "uusd".into(),
        gas_price: GasPrice { denom: "uluna".into(), millionths: 10_000 },
        shower_code: SHOWER_CODE,
        nft_code: NFT_CODE,
        hatchery_code: HATCHERY_CODE,
        beacon_url: devnet.rest_url(),
    }
}

/// Runs the dev chain until `stop`.
///
/// # Errors
/// If it can't start, for example because a port is in use.
pub async fn run(options: Options, stop: &CancellationToken) -> Result<()> {
    let config = Config {
        chain_id: options.chain_id,
        prefix: options.prefix,
        coin_type: options.coin_type,
        accounts: options.accounts,
        burn_tax: options.burn_tax,
        blocks: match options.block_ms {
            0 => Blocks::OnTx,
            ms => Blocks::Interval(Duration::from_millis(ms)),
        },
        clock: Clock::Wall { start: None, speed: options.speed },
        rpc: options.rpc,
        rest: options.rest,
        ..Config::default()
    };
    let mnemonic = config.mnemonic.clone();
    let balances: Vec<String> = config.balances.iter().map(ToString::to_string).collect();
    let chain_id = config.chain_id.clone();
    let devnet = start(config).await?;
    println!("Accounts, each with {}:", balances.join(" and "));
    for account in devnet.accounts() {
        println!("  {}  {}", account.address, account.path);
    }
    println!("\nMnemonic, public by design, never send it real funds:\n  {mnemonic}\n");
    println!(
        "Codes: {SHOWER_CODE} shower, {NFT_CODE} nft, {HATCHERY_CODE} hatchery (instantiate them, or upload their wasm)"
    );
    println!("Chain {chain_id}   RPC {}   REST {}", devnet.rpc_url(), devnet.rest_url());
    println!("Ctrl-C stops it; nothing is kept.");
    stop.cancelled().await;
    devnet.shutdown().await;
    Ok(())
}
