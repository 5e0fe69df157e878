//! The dev chain as its owner sees it: start, addresses, controls, shutdown.
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use cosmrs::tendermint::chain;
use cosmwasm_std::{Coin, Timestamp};
use tokio::sync::broadcast;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::accounts::{self, Account};
use crate::app::execute::App;
use crate::app::ledger;
use crate::app::store::Store;
use crate::app::tax::BurnTax;
use crate::app::vm::Vm;
use crate::beacon::{DevBeacon, now};
use crate::chain::block::Validator;
use crate::chain::blocks::SharedBlocks;
use crate::chain::clock::Ticker;
use crate::chain::mempool::Mempool;
use crate::chain::node::{Facts, Node};
use crate::chain::produce::{BlockCall, Chain};
use crate::config::{Blocks, Code, Config};
use crate::error::DevnetError;
use crate::{rest, rpc, serve};

/// Blocks a slow subscriber may fall behind before it is cut off.
const NEWS: usize = 256;

/// A running dev chain. Dropping it stops it too; [`Devnet::shutdown`] waits for the end.
pub struct Devnet {
    node: Node,
    accounts: Vec<Account>,
    mnemonic: String,
    rpc: SocketAddr,
    rest: SocketAddr,
    stop: CancellationToken,
    servers: Vec<JoinHandle<()>>,
}

/// Height and time of the latest block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tip {
    /// Height.
    pub height: u64,
    /// Block time.
    pub time: Timestamp,
}

/// Starts a chain with these codes and makes its first block. Its beacon is served on the REST address, by this
/// machine's clock, or by the chain's time once that was moved ahead of it: no draw waits for hours that were skipped.
pub async fn start(config: Config, codes: Vec<Code>) -> Result<Devnet, DevnetError> {
    let beacon = DevBeacon::own()?;
    start_and(config, codes, |node| {
        let node = node.clone();
        beacon.router(move || {
            let tip = node.blocks().read().last().map_or(0, |block| block.header.time.unix_timestamp());
            u64::try_from(tip).unwrap_or_default().max(now())
        })
    })
    .await
}

/// Like [`start`], with these routes on the REST listener instead of the beacon's.
pub async fn start_with(config: Config, codes: Vec<Code>, extra: Router) -> Result<Devnet, DevnetError> {
    start_and(config, codes, |_| extra).await
}

/// Starts it, with the routes that `extra` makes for it on the REST listener.
async fn start_and(
    config: Config,
    codes: Vec<Code>,
    extra: impl FnOnce(&Node) -> Router,
) -> Result<Devnet, DevnetError> {
    config.check()?;
    let accounts = accounts::derive(&config.mnemonic, &config.prefix, config.coin_type, config.accounts)?;
    let rpc_bound = serve::bind(config.rpc).await?;
    let rest_bound = serve::bind(config.rest).await?;
    let blocks = SharedBlocks::default();
    let (news, _) = broadcast::channel(NEWS);
    let facts = Facts {
        prefix: config.prefix.clone(),
        taxed: config.burn_tax.is_some(),
        max_gas: config.max_gas,
        validator: Validator::new()?,
        blocks: blocks.clone(),
        news: news.clone(),
    };
    let addresses: Vec<_> = accounts.iter().map(|account| account.address.clone()).collect();
    let (mnemonic, when) = (config.mnemonic.clone(), config.blocks);
    let make = move || genesis(config, codes, &addresses, blocks, news);
    let node = Node::start(facts, when, make).await?;
    let stop = CancellationToken::new();
    let (rpc, rest) = (rpc_bound.addr, rest_bound.addr);
    let servers = vec![
        rpc_bound.serve(rpc::router(node.clone()), stop.clone()),
        rest_bound.serve(rest::router(node.clone(), extra(&node)), stop.clone()),
    ];
    Ok(Devnet { node, accounts, mnemonic, rpc, rest, stop, servers })
}

fn genesis(
    config: Config,
    codes: Vec<Code>,
    addresses: &[String],
    blocks: SharedBlocks,
    news: broadcast::Sender<std::sync::Arc<crate::chain::block::Block>>,
) -> Result<Chain, DevnetError> {
    let creator = addresses.first().map_or("", String::as_str);
    let fee_collector = module_account(&config.prefix, "fee_collector")?;
    let [community, oracle, burner] = [
        module_account(&config.prefix, "distribution")?,
        module_account(&config.prefix, "oracle")?,
        module_account(&config.prefix, "burn")?,
    ];
    let tax = config.burn_tax.map(|rate| BurnTax {
        rate,
        cap: config.tax_cap.into(),
        fee_collector: fee_collector.clone(),
        community: community.clone(),
        oracle: oracle.clone(),
        burner: burner.clone(),
    });
    let vm = Vm::new(&config.prefix, codes, tax.clone());
    let odd = |error: crate::error::AppError| DevnetError::Config(error.log);
    let mut state = Store::default();
    vm.register(&mut state, creator);
    for module in &config.refused_modules {
        ledger::refuse(&mut state, &module_account(&config.prefix, module)?);
    }
    for address in addresses {
        for coin in &config.balances {
            ledger::set_balance(&mut state, address, coin).map_err(odd)?;
        }
        // With no balances configured the accounts exist all the same.
        crate::app::auth::ensure(&mut state, address);
    }
    let id: chain::Id =
        config.chain_id.parse().map_err(|_| DevnetError::Config("chain_id is no chain id".into()))?;
    let app = App {
        vm,
        chain_id: config.chain_id,
        fee_collector,
        governance: module_account(&config.prefix, "gov")?,
        gas_prices: config.gas_prices,
        max_gas: config.max_gas,
        tax,
    };
    Ok(Chain {
        app,
        id,
        validator: Validator::new()?,
        blocks,
        ticker: Ticker::new(config.clock),
        mempool: Mempool::new(config.mempool),
        pending: state.branch(),
        state,
        past: std::collections::VecDeque::new(),
        snapshots: std::collections::BTreeMap::new(),
        next_snapshot: 1,
        keep_blocks: config.keep_blocks,
        keep_states: config.keep_states,
        news,
    })
}

/// The SDK's address of a module's account: 20 bytes of a hash of its name.
///
/// # Errors
/// If `prefix` is no bech32 prefix.
pub fn module_account(prefix: &str, name: &str) -> Result<String, DevnetError> {
    use sha2::{Digest, Sha256};
    let bytes: Vec<u8> = Sha256::digest(name).into_iter().take(20).collect();
    let odd = || DevnetError::Config("prefix is not a bech32 prefix".into());
    let hrp = bech32::Hrp::parse(prefix).map_err(|_| odd())?;
    bech32::encode::<bech32::Bech32>(hrp, &bytes).map_err(|_| odd())
}

impl Devnet {
    /// Where the CometBFT RPC listens, like `http://127.0.0.1:26657`.
    pub fn rpc_url(&self) -> String {
        format!("http://{}", self.rpc)
    }

    /// Where the REST API listens, like `http://127.0.0.1:1317`.
    pub fn rest_url(&self) -> String {
        format!("http://{}", self.rest)
    }

    /// Chain id; [`Devnet::rename`] changes it.
    pub fn chain_id(&self) -> String {
        self.node.chain_id()
    }

    /// The funded accounts.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// The mnemonic behind them, for [`signing_key`](crate::signing_key).
    pub fn mnemonic(&self) -> &str {
        &self.mnemonic
    }

    /// Height and time of the latest block.
    pub async fn tip(&self) -> Result<Tip, DevnetError> {
        let tip = self.node.call(|worker| worker.chain.tip()).await?;
        Ok(Tip { height: tip.height, time: tip.time })
    }

    /// Makes `count` blocks now; returns the height reached.
    pub async fn mine(&self, count: u32) -> Result<u64, DevnetError> {
        self.node.call(move |worker| worker.chain.mine(count)).await?
    }

    /// Moves the clock forward and makes a block there.
    pub async fn advance_time(&self, by: Duration) -> Result<Tip, DevnetError> {
        let tip = self.node.call(move |worker| worker.chain.advance_time(by)).await??;
        Ok(Tip { height: tip.height, time: tip.time })
    }

    /// Makes a block at exactly this time, which must be after the tip's; the clock goes on from there.
    pub async fn set_time(&self, time: Timestamp) -> Result<Tip, DevnetError> {
        let tip = self.node.call(move |worker| worker.chain.set_time(time)).await??;
        Ok(Tip { height: tip.height, time: tip.time })
    }

    /// Sets a balance, and the supply with it.
    pub async fn set_balance(&self, address: &str, coin: Coin) -> Result<(), DevnetError> {
        let address = address.to_string();
        self.node.call(move |worker| worker.chain.set_balance(&address, &coin)).await?
    }

    /// From now on the bank refuses to send coins to `address`, as it does for a module's account on a real
    /// chain.
    pub async fn refuse(&self, address: &str) -> Result<(), DevnetError> {
        let address = address.to_string();
        self.node.call(move |worker| worker.chain.refuse(&address)).await?
    }

    /// The chain calls a contract by itself, as governance, cron and callbacks do: in a block made now, in no
    /// transaction. The events are that block's own. Returns its height.
    ///
    /// # Errors
    /// If the contract refuses: then the block is made, and the call changed nothing.
    pub async fn call(
        &self,
        sender: Option<&str>,
        contract: &str,
        msg: Vec<u8>,
        funds: Vec<Coin>,
    ) -> Result<u64, DevnetError> {
        let (sender, contract) = (sender.map(str::to_owned), contract.to_owned());
        let call = BlockCall { sender, contract, msg, funds };
        self.node.call(move |worker| worker.chain.call(&call)).await?
    }

    /// Gives the chain another id from the next block on, which is made now; returns its height.
    pub async fn rename(&self, chain_id: &str) -> Result<u64, DevnetError> {
        let chain_id = chain_id.to_owned();
        self.node.call(move |worker| worker.chain.rename(&chain_id)).await?
    }

    /// Remembers the chain as it is; the id goes to [`Devnet::revert`].
    pub async fn snapshot(&self) -> Result<u64, DevnetError> {
        self.node.call(|worker| worker.chain.snapshot()).await
    }

    /// Goes back to a snapshot, which is used up; returns the height. Block hashes change after it.
    pub async fn revert(&self, snapshot: u64) -> Result<u64, DevnetError> {
        self.node.call(move |worker| worker.chain.revert(snapshot)).await?
    }

    /// Changes when blocks are made.
    pub async fn set_blocks(&self, blocks: Blocks) -> Result<(), DevnetError> {
        self.node.call(move |worker| worker.set_blocks(blocks)).await
    }

    /// Closes the listeners, ends the chain's thread, and waits for both.
    pub async fn shutdown(mut self) {
        self.stop.cancel();
        for server in std::mem::take(&mut self.servers) {
            let _ = server.await;
        }
        self.node.stop().await;
    }
}

impl std::fmt::Debug for Devnet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Without the mnemonic, although the default one is public: somebody may configure their own.
        f.debug_struct("Devnet")
            .field("chain_id", &self.chain_id())
            .field("rpc", &self.rpc)
            .field("rest", &self.rest)
            .field("accounts", &self.accounts)
            .finish_non_exhaustive()
    }
}

impl Drop for Devnet {
    fn drop(&mut self) {
        self.stop.cancel();
        self.node.close();
    }
}
