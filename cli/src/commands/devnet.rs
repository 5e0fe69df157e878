//! `meteor devnet`: the dev chain with the contracts on it.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use cosmwasm_std::Decimal;
use meteor_devnet::{Blocks, Clock, Config};

use super::Command;
use crate::devnet::{self, CODES};
use crate::out::say;
use crate::signals::stop_when_told;

/// Run the dev chain with the contracts' code on it, for wallets, scripts and front ends.
///
/// Its accounts and its beacon have public keys. Nothing is kept when it ends.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Devnet {
    /// Where the `CometBFT` RPC listens
    #[arg(long, default_value = "127.0.0.1:26657")]
    rpc: SocketAddr,
    /// Where the REST API listens
    #[arg(long, default_value = "127.0.0.1:1317")]
    rest: SocketAddr,
    /// The chain's id
    #[arg(long, default_value = "localterra")]
    chain_id: String,
    /// Prefix of addresses
    #[arg(long, default_value = "terra")]
    prefix: String,
    /// SLIP-44 coin type of the funded accounts
    #[arg(long, default_value_t = 330)]
    coin_type: u32,
    /// How many accounts are funded
    #[arg(long, default_value_t = 10)]
    accounts: u32,
    /// Milliseconds between blocks; 0 makes a block for each transaction and when `dev_mine` asks
    #[arg(long, default_value_t = 1000)]
    block_ms: u64,
    /// Seconds that pass on the chain in one second
    #[arg(long, default_value_t = 1)]
    speed: u32,
    /// Terra Classic's tax on transfers, for example 0.005; none if left out
    #[arg(long)]
    burn_tax: Option<Decimal>,
    /// With --burn-tax: the most that it takes of one transfer, in micro-denom; no cap if left out
    #[arg(long, requires = "burn_tax")]
    tax_cap: Option<u128>,
}

impl Command for Devnet {
    async fn run(self) -> Result<ExitCode> {
        let stop = stop_when_told();
        let config = Config {
            chain_id: self.chain_id,
            prefix: self.prefix,
            coin_type: self.coin_type,
            accounts: self.accounts,
            burn_tax: self.burn_tax,
            tax_cap: self.tax_cap.unwrap_or(Config::default().tax_cap),
            blocks: match self.block_ms {
                0 => Blocks::OnTx,
                ms => Blocks::Interval(Duration::from_millis(ms)),
            },
            clock: Clock::Wall { start: None, speed: self.speed },
            rpc: self.rpc,
            rest: self.rest,
            ..Config::default()
        };
        let (mnemonic, chain_id) = (config.mnemonic.clone(), config.chain_id.clone());
        let balances: Vec<String> = config.balances.iter().map(ToString::to_string).collect();
        let devnet = devnet::start(config).await?;
        say!("Accounts, each with {}:", balances.join(" and "));
        for account in devnet.accounts() {
            say!("  {}  {}", account.address, account.path);
        }
        say!("\nMnemonic, public by design, never send it real funds:\n  {mnemonic}\n");
        say!(
            "Codes: {} shower, {} nft, {} hatchery (instantiate them, or upload their wasm)",
            CODES.shower,
            CODES.nft,
            CODES.hatchery
        );
        say!("Chain {chain_id}   RPC {}   REST {}", devnet.rpc_url(), devnet.rest_url());
        say!("Ctrl-C stops it; nothing is kept.");
        stop.cancelled().await;
        devnet.shutdown().await;
        Ok(ExitCode::SUCCESS)
    }
}
