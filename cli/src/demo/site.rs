//! Where the demo takes place: a dev chain in this process, or a node that runs already.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use cosmwasm_std::Decimal;
use meteor_devnet::{DEV_MNEMONIC, Devnet, Relay};
use meteor_operator::account::Account;
use meteor_operator::gas::GasPrice;
use meteor_operator::jobs;
use meteor_operator::launch::artifacts;

use super::event::{Chain, account};
use crate::devnet;

/// Which chain.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Where {
    /// CometBFT RPC of a node that runs already (scripts/node/node.py up): hold the event there instead of on a chain
    /// in this process. The contracts are uploaded, real time is waited for, the draw's beacon is the dev beacon
    #[arg(long, value_name = "URL", conflicts_with_all = ["block_ms", "burn_tax"])]
    pub rpc: Option<String>,
    /// With --rpc: a file with the words of accounts that have coins on that chain: 0 funds the wallets, 1 is owner,
    /// 2 operator. Without it: the dev chain's public words, which our own nodes know
    #[arg(long, value_name = "FILE", requires = "rpc")]
    pub mnemonic_file: Option<PathBuf>,
    /// With --rpc: prefix of that chain's addresses (default: terra)
    #[arg(long, requires = "rpc")]
    pub prefix: Option<String>,
    /// With --rpc: denom of contributions (default: uusd)
    #[arg(long, requires = "rpc")]
    pub denom: Option<String>,
    /// With --rpc: what a unit of gas costs, in another denom than contributions (default: 0.01uluna)
    #[arg(long, requires = "rpc")]
    pub gas_price: Option<GasPrice>,
    /// With --rpc: folder of the contracts' wasm and its checksums.txt (default: artifacts)
    #[arg(long, value_name = "DIR", requires = "rpc")]
    pub artifacts: Option<PathBuf>,
    /// Milliseconds between blocks of the chain in this process
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u64).range(20..=10_000))]
    pub block_ms: u64,
    /// Terra Classic's tax on transfers, on the chain in this process: for example 0.005
    #[arg(long)]
    pub burn_tax: Option<Decimal>,
}

/// A chain for the event, with what has to run beside it.
pub(super) struct Site {
    /// How to reach it.
    pub chain: Chain,
    /// Seconds until the first shower opens: time for the contracts to be instantiated.
    pub lead: u64,
    /// How often the indexer asks for new blocks.
    pub poll: Duration,
    runs: Runs,
}

enum Runs {
    Devnet(Devnet),
    Beside { _beacon: Relay },
}

/// How often the indexer asks a real node: its blocks come when they come.
const POLL: Duration = Duration::from_millis(100);

impl Site {
    /// The chain that `at` says, with the contracts' codes on it.
    pub(super) async fn open(at: &Where) -> Result<Self> {
        match &at.rpc {
            Some(rpc) => Self::real(at, rpc).await,
            None => Self::embedded(at).await,
        }
    }

    async fn embedded(at: &Where) -> Result<Self> {
        let devnet = devnet::taxed(Duration::from_millis(at.block_ms), at.burn_tax).await?;
        println!("dev chain      {} (RPC)  {} (REST)", devnet.rpc_url(), devnet.rest_url());
        Ok(Self {
            chain: devnet::chain(&devnet),
            // A few blocks.
            lead: 1 + at.block_ms.saturating_mul(4).div_ceil(1000),
            poll: Duration::from_millis(at.block_ms / 4 + 10),
            runs: Runs::Devnet(devnet),
        })
    }

    async fn real(at: &Where, rpc: &str) -> Result<Self> {
        let mnemonic = match &at.mnemonic_file {
            Some(file) => {
                let words = std::fs::read_to_string(file);
                words.with_context(|| format!("reading {}", file.display()))?.trim().to_owned()
            }
            None => DEV_MNEMONIC.to_owned(),
        };
        let beacon = Relay::anywhere().await?;
        let dear = GasPrice { denom: "uluna".into(), millionths: 10_000 };
        let mut chain = Chain {
            rpc: rpc.to_owned(),
            mnemonic,
            prefix: at.prefix.clone().unwrap_or_else(|| "terra".into()),
            denom: at.denom.clone().unwrap_or_else(|| "uusd".into()),
            gas_price: at.gas_price.clone().unwrap_or(dear),
            shower_code: 0,
            nft_code: 0,
            hatchery_code: 0,
            beacon_url: beacon.url.clone(),
        };
        // Else what a wallet has left at the end would depend on what the chain took for gas.
        ensure!(
            chain.gas_price.denom != chain.denom,
            "fees and contributions need two denoms: choose with --gas-price and --denom"
        );
        let started = Instant::now();
        let mut owner = account(&chain, 1).await.context("the owner, account 1 of the words")?;
        let folder = at.artifacts.clone().unwrap_or_else(|| "artifacts".into());
        [chain.shower_code, chain.nft_code, chain.hatchery_code] = upload(&mut owner, &folder).await?;
        println!(
            "real chain     {rpc} (RPC)  codes {}, {}, {} uploaded",
            chain.shower_code, chain.nft_code, chain.hatchery_code
        );
        // Three transactions were waited for, so that this suits the chain whatever its blocks take.
        let lead = 2 + started.elapsed().as_secs();
        Ok(Self { chain, lead, poll: POLL, runs: Runs::Beside { _beacon: beacon } })
    }

    /// Ends what was started for the event; a node that ran already goes on.
    pub(super) async fn close(self) {
        if let Runs::Devnet(devnet) = self.runs {
            devnet.shutdown().await;
        }
    }
}

/// Puts the contracts in `folder` on the chain; the code ids of shower, nft and hatchery.
///
/// # Errors
/// If the folder's files aren't what its list of checksums says, or the chain refuses them.
pub async fn upload(account: &mut Account, folder: &Path) -> Result<[u64; 3]> {
    let mut ids = [0; 3];
    for (id, artifact) in ids.iter_mut().zip(artifacts::read(folder)?) {
        let uploaded = jobs::upload(account, &artifact.wasm).await;
        (*id, _) = uploaded.with_context(|| format!("uploading {}", artifact.name))?;
    }
    Ok(ids)
}
