//! Where the demo takes place: a dev chain in this process, or a node that is already running.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use cosmwasm_std::{Decimal, Timestamp};
use meteor_devnet::{Devnet, Relay};
use meteor_operator::account::Account;
use meteor_operator::gas::GasPrice;
use meteor_operator::jobs;
use meteor_operator::launch::{Codes, artifacts};
use meteor_operator::node::Node;

use crate::chain::Chain;
use crate::devnet;
use crate::out::say;

/// Which chain.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Where {
    /// Hold the event on a running node (scripts/node/node.py up) at this CometBFT RPC address, instead of on
    /// a chain in this process. The contracts are uploaded, showers last real time, and the dev beacon
    /// decides the draw
    #[arg(long, value_name = "URL", conflicts_with_all = ["block_ms", "burn_tax"])]
    pub node: Option<String>,
    /// With --node: file with the words of accounts that have coins on that chain: 0 funds the wallets, 1 is
    /// the owner, 2 the operator (default: the dev chain's public words, which our own nodes fund)
    #[arg(long, value_name = "FILE", requires = "node")]
    pub mnemonic_file: Option<PathBuf>,
    /// With --node: prefix of that chain's addresses (default: terra)
    #[arg(long, requires = "node")]
    pub prefix: Option<String>,
    /// With --node: denom of contributions (default: uusd)
    #[arg(long, requires = "node")]
    pub denom: Option<String>,
    /// With --node: price of a unit of gas, in another denom than contributions (default: 0.01uluna)
    #[arg(long, requires = "node")]
    pub gas_price: Option<GasPrice>,
    /// With --node: folder of the contracts' wasm and its checksums.txt (default: artifacts)
    #[arg(long, value_name = "DIR", requires = "node")]
    pub artifacts: Option<PathBuf>,
    /// Milliseconds between blocks of the chain in this process
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u64).range(20..=10_000))]
    pub block_ms: u64,
    /// Terra Classic's tax on transfers, on the chain in this process, for example 0.005
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

/// How often the indexer asks a real node for blocks.
const POLL: Duration = Duration::from_millis(100);

impl Site {
    /// The chain that `at` says, with the contracts' codes on it.
    pub(super) async fn open(at: &Where) -> Result<Self> {
        match &at.node {
            Some(node) => Self::real(at, node).await,
            None => Self::embedded(at).await,
        }
    }

    async fn embedded(at: &Where) -> Result<Self> {
        let devnet = devnet::embedded(Duration::from_millis(at.block_ms), at.burn_tax).await?;
        say!("dev chain      {} (RPC)  {} (REST)", devnet.rpc_url(), devnet.rest_url());
        Ok(Self {
            chain: Chain::of(&devnet),
            // A few blocks.
            lead: 1 + at.block_ms.saturating_mul(4).div_ceil(1000),
            poll: Duration::from_millis(at.block_ms / 4 + 10),
            runs: Runs::Devnet(devnet),
        })
    }

    async fn real(at: &Where, rpc: &str) -> Result<Self> {
        let beacon = Relay::anywhere().await?;
        let mut chain = Chain::at(rpc.to_owned(), beacon.url.clone());
        if let Some(file) = &at.mnemonic_file {
            let words =
                std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
            words.trim().clone_into(&mut chain.mnemonic);
        }
        if let Some(prefix) = &at.prefix {
            chain.prefix.clone_from(prefix);
        }
        if let Some(denom) = &at.denom {
            chain.denom.clone_from(denom);
        }
        if let Some(price) = &at.gas_price {
            chain.gas_price.clone_from(price);
        }
        // Otherwise what a wallet has left at the end would depend on the fees that the chain took.
        ensure!(
            chain.gas_price.denom != chain.denom,
            "fees and contributions need two denoms: choose with --gas-price and --denom"
        );
        let started = Instant::now();
        let mut owner = chain.account(1).await.context("the owner, account 1 of the words")?;
        let folder = at.artifacts.clone().unwrap_or_else(|| "artifacts".into());
        chain.codes = upload(&mut owner, &folder).await?;
        let Codes { shower, nft, hatchery } = chain.codes;
        say!("real chain     {rpc} (RPC)  codes {shower}, {nft}, {hatchery} uploaded");
        // Three transactions took this long, so it suits the chain, however long its blocks take.
        let lead = 2 + started.elapsed().as_secs();
        Ok(Self { chain, lead, poll: POLL, runs: Runs::Beside { _beacon: beacon } })
    }

    /// Whether time passes when the demo says so.
    pub(super) const fn moves_time(&self) -> bool {
        match self.runs {
            Runs::Devnet(_) => true,
            Runs::Beside { .. } => false,
        }
    }

    /// Moves the chain in this process on to `seconds` (Unix time); waits until a real one is there.
    pub(super) async fn pass_to(&self, node: &Node, seconds: u64) -> Result<()> {
        match &self.runs {
            Runs::Devnet(devnet) if node.time().await? < seconds => {
                devnet.set_time(Timestamp::from_seconds(seconds)).await?;
            }
            Runs::Devnet(_) => {}
            Runs::Beside { .. } => node.wait_for_time(seconds).await?,
        }
        Ok(())
    }

    /// Ends what was started for the event. A node that was already running goes on.
    pub(super) async fn close(self) {
        if let Runs::Devnet(devnet) = self.runs {
            devnet.shutdown().await;
        }
    }
}

/// Uploads the contracts in `folder`.
pub async fn upload(account: &mut Account, folder: &Path) -> Result<Codes> {
    let mut ids = [0; 3];
    for (id, artifact) in ids.iter_mut().zip(artifacts::read(folder)?) {
        let uploaded = jobs::upload(account, &artifact.wasm).await;
        (*id, _) = uploaded.with_context(|| format!("uploading {}", artifact.name))?;
    }
    let [shower, nft, hatchery] = ids;
    Ok(Codes { shower, nft, hatchery })
}
