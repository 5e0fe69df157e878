//! A stage for end-to-end tests: a chain with an event on it, real signatures, real HTTP. The dev chain,
//! where time passes when the test says so, or a real node, where it is waited for.
#![allow(clippy::expect_used, clippy::missing_panics_doc, clippy::panic)] // panicking is how a test fails

pub mod crowd;
pub mod proxy;

mod real_node;
mod target;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use cosmwasm_std::{Coin, Decimal, Timestamp};
use meteor_chain::contracts::{Collection, ShowerContract};
use meteor_chain::tx::Included;
use meteor_cli::art::stand_in;
use meteor_cli::chain::Chain;
use meteor_cli::demo::{launch, plan, upload};
use meteor_cli::preset::tables;
use meteor_cli::serve;
use meteor_devnet::{Blocks, Config, DevBeacon, Devnet, Relay};
use meteor_indexer::Server;
use meteor_indexer::audit::Auditor;
use meteor_messages::shower::{Art, ConfigResponse, DrawResponse, ExecuteMsg, ShowerResponse};
use meteor_operator::account::{Account, AccountError};
use meteor_operator::beacon::{BeaconClient, BeaconConfig};
use meteor_operator::gas::coins;
use meteor_operator::jobs::{self, Deployment, Sealer, Withdrawn};
use meteor_operator::keys::MasterKey;
use meteor_operator::node::Node;
use meteor_operator::signer::{COIN_TYPE, Signer};
use meteor_rules::ShowerId;
use meteor_rules::catalogue::file::write;
use meteor_rules::catalogue::{Catalogue, Piece};
use meteor_rules::preset::Preset;
use meteor_rules::schedule::Schedule;
use meteor_rules::tier::Tier;
use serde::Serialize;
use serde_json::Value;

pub use self::real_node::RealNode;
pub use self::target::{Generation, Pace, Target, VARIABLE};

/// Accounts of the dev chain's mnemonic that play wallets; 0 to 3 have roles, 8 and 9 are paid.
pub const WALLETS: [u32; 4] = [4, 5, 6, 7];
/// The key of every event on a stage: bytes that are easy to find wherever they should not be.
pub const MARKER: [u8; 32] = *b"MARKER-KEY-that-must-stay-secret";
const SALT: &str = "stage";
/// The chain itself.
enum Site {
    /// A block for each transaction; time passes when the test says so.
    Devnet { devnet: Devnet, clock: Arc<AtomicU64> },
    /// Blocks and time go on by themselves. The beacon's relay ends with the stage.
    Real { node: Box<RealNode>, _relay: Relay },
}

impl Site {
    /// Starts a chain and its beacon; answers with how jobs reach both, and with the beacon's client.
    async fn start(target: Target) -> (Self, Chain, BeaconClient) {
        match target {
            Target::Devnet => Self::devnet(None, Config::default().tax_cap).await,
            Target::Taxed => Self::devnet(Some(Decimal::permille(5)), Config::default().tax_cap).await,
            Target::Real(generation) => Self::real(generation).await,
        }
    }

    async fn devnet(burn_tax: Option<Decimal>, tax_cap: u128) -> (Self, Chain, BeaconClient) {
        let any = (Ipv4Addr::LOCALHOST, 0).into();
        let blocks = Blocks::OnTx;
        let config = Config { blocks, burn_tax, tax_cap, rpc: any, rest: any, ..Config::default() };
        // The beacon goes by the chain's time, which the test moves.
        let clock = Arc::new(AtomicU64::new(0));
        let network = meteor_cli::devnet::beacon().expect("beacon");
        let ticks = Arc::clone(&clock);
        let router = DevBeacon::own().expect("beacon").router(move || ticks.load(Ordering::Relaxed));
        let devnet = meteor_devnet::start_with(config, meteor_cli::devnet::codes(), router)
            .await
            .expect("dev chain starts");
        let chain = Chain::of(&devnet);
        let relay = BeaconConfig::new(network, vec![chain.beacon_url.clone()]);
        let beacon = BeaconClient::new(relay).expect("beacon client");
        (Self::Devnet { devnet, clock }, chain, beacon)
    }

    async fn real(generation: Generation) -> (Self, Chain, BeaconClient) {
        let node =
            tokio::task::spawn_blocking(move || RealNode::start(generation)).await.expect("node starts");
        let relay = Relay::anywhere().await.expect("beacon serves");
        let network = meteor_cli::devnet::beacon().expect("beacon");
        let mut chain = Chain::at(node.rpc().to_owned(), relay.url.clone());
        let mut owner = chain.account(1).await.expect("owner");
        let artifacts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../artifacts");
        chain.codes = upload(&mut owner, &artifacts).await.expect("uploaded");
        let beacon = BeaconClient::new(BeaconConfig::new(network, vec![relay.url.clone()]));
        (Self::Real { node: Box::new(node), _relay: relay }, chain, beacon.expect("beacon client"))
    }
}

/// A chain with an event on it.
pub struct Stage {
    /// The event's master key and its beacon.
    pub keys: MasterKey,
    /// The chain's beacon.
    pub beacon: BeaconClient,
    site: Site,
    /// Lengths of the event's parts.
    pub pace: Pace,
    /// How jobs reach it.
    pub chain: Chain,
    /// The event's rules.
    pub preset: Preset,
    /// Its catalogue.
    pub catalogue: Catalogue,
    /// Where the event lives.
    pub deployment: Deployment,
    /// Its rules, as the contract has them.
    pub config: ConfigResponse,
    /// Its schedule.
    pub schedule: Schedule,
    /// A node of the chain.
    pub node: Node,
}

impl Stage {
    /// A chain, the one that `METEOR_CHAIN` names, on which an event of `showers` showers was launched.
    pub async fn start(showers: u32) -> Self {
        Self::with_pace(showers, Target::from_env().pace()).await
    }

    /// The same at another pace.
    pub async fn with_pace(showers: u32, pace: Pace) -> Self {
        Self::on(Site::start(Target::from_env()).await, showers, pace, None).await
    }

    /// The same with so many pieces of each tier.
    pub async fn with_pieces(showers: u32, pace: Pace, pieces: u32) -> Self {
        Self::on(Site::start(Target::from_env()).await, showers, pace, Some(pieces)).await
    }

    /// On the dev chain with a tax on transfers, whatever `METEOR_CHAIN` names.
    pub async fn taxed(showers: u32, rate: Decimal) -> Self {
        Self::capped(showers, rate, Config::default().tax_cap).await
    }

    /// The same where the tax takes at most `cap` (micro-denom) of a transfer.
    pub async fn capped(showers: u32, rate: Decimal, cap: u128) -> Self {
        Self::on(Site::devnet(Some(rate), cap).await, showers, Target::Devnet.pace(), None).await
    }

    async fn on(
        (site, chain, beacon): (Site, Chain, BeaconClient),
        showers: u32,
        pace: Pace,
        pieces: Option<u32>,
    ) -> Self {
        let mut preset = Preset::named("demo").expect("preset");
        preset.schedule.first = pace.length;
        preset.schedule.interval = pace.length;
        preset.schedule.count = showers;
        preset.mint_window = pace.mint_window;
        preset.crack.crack_window = pace.crack_window;
        preset.crack.key_window = pace.key_window;
        preset.crack.reveal_timeout = pace.reveal_timeout;
        let node = Node::new(&chain.rpc).expect("node");
        preset.schedule.opens_at = Some(node.time().await.expect("time") + pace.before);
        let keys = MasterKey::from_bytes(&MARKER);
        let mut plan = plan(&chain, preset, SALT).await.expect("plan");
        if let Some(pieces) = pieces {
            let catalogue = stand_in(&plan.preset.meteors.template, 0, pieces);
            plan = plan.with_catalogue(catalogue);
        }
        let deployment = launch(&chain, &mut plan, &keys).await.expect("deployed");
        assert_eq!(deployment.shower, plan.contract, "the address is as predicted");
        let schedule = plan.message(chain.codes).expect("message").schedule;
        let (preset, catalogue) = (plan.preset, plan.catalogue.expect("catalogue"));
        let config = ShowerContract::new(&node, &deployment.shower).config().await.expect("config");
        Self { keys, beacon, site, pace, chain, preset, catalogue, deployment, config, schedule, node }
    }

    /// The event's shower contract.
    pub fn contract(&self) -> ShowerContract<'_> {
        ShowerContract::new(&self.node, &self.deployment.shower)
    }

    /// The event's meteors.
    pub fn meteors(&self) -> Collection<'_> {
        Collection::new(&self.node, &self.deployment.meteors)
    }

    /// What seals the event's showers with `keys`.
    pub fn sealer<'a, K>(&'a self, keys: &'a K) -> Sealer<'a, K> {
        let Self { deployment, config, preset, .. } = self;
        Sealer { deployment, config, keys, tables: &preset.crack.tables }
    }

    /// Moves the dev chain to `seconds` (Unix time), exactly; on a real chain waits until it is there.
    pub async fn at(&self, seconds: u64) {
        match &self.site {
            Site::Devnet { devnet, clock } => {
                devnet.set_time(Timestamp::from_seconds(seconds)).await.expect("time passes");
                clock.store(seconds, Ordering::Relaxed);
            }
            Site::Real { .. } => self.node.wait_for_time(seconds).await.expect("time passes"),
        }
    }

    /// Moves the beacon's clock alone: relays go by a clock of their own, which may be ahead of the chain's.
    /// Only on the dev chain.
    pub fn beacon_at(&self, seconds: u64) {
        match &self.site {
            Site::Devnet { clock, .. } => clock.store(seconds, Ordering::Relaxed),
            Site::Real { .. } => panic!("the beacon of a real chain goes by the real time"),
        }
    }

    /// From now on the bank refuses to send coins to `address`. Only on the dev chain.
    pub async fn refuse(&self, address: &str) {
        match &self.site {
            Site::Devnet { devnet, .. } => devnet.refuse(address).await.expect("refused"),
            Site::Real { .. } => panic!("a real chain refuses whom it wants"),
        }
    }

    /// The chain itself calls `contract`, in no transaction; returns the block's height. Only on the dev chain.
    ///
    /// # Errors
    /// What the contract says against it.
    pub async fn call_by_the_chain<M: Serialize>(
        &self,
        sender: Option<&str>,
        contract: &str,
        message: &M,
        funds: Vec<Coin>,
    ) -> Result<u64> {
        match &self.site {
            Site::Devnet { devnet, .. } => {
                Ok(devnet.call(sender, contract, serde_json::to_vec(message)?, funds).await?)
            }
            Site::Real { .. } => panic!("a real chain calls what its governance decides"),
        }
    }

    /// Gives the chain another id. Only on the dev chain.
    pub async fn rename(&self, chain_id: &str) {
        match &self.site {
            Site::Devnet { devnet, .. } => {
                devnet.rename(chain_id).await.expect("renamed");
            }
            Site::Real { .. } => panic!("a real chain keeps its name"),
        }
    }

    /// Sends each payee what is booked for it, as anyone can; answers with what left the contract for each
    /// (micro-denom).
    ///
    /// # Panics
    /// If the bank refuses one.
    pub async fn withdraw(&self) -> Vec<u128> {
        let mut anyone = self.account(0).await;
        let mut left = Vec::new();
        for payee in &self.config.payees {
            match jobs::withdraw(&mut anyone, &self.deployment.shower, &payee.address).await {
                Ok(Withdrawn::Sent(amount)) => left.push(amount),
                other => panic!("{} is not paid: {other:?}", payee.address),
            }
        }
        left
    }

    /// Time of the chain's last block (Unix seconds).
    pub async fn time(&self) -> u64 {
        self.node.time().await.expect("time")
    }

    /// Height of the chain's last block.
    pub async fn height(&self) -> u64 {
        self.node.status().await.expect("status").height
    }

    /// Moves the chain to the opening of `shower`.
    pub async fn open(&self, shower: u32) {
        let closes_at = self.schedule.closes_at(shower).expect("a shower of the schedule");
        self.at(closes_at - self.pace.length).await;
    }

    /// Moves the chain to the end of `shower`.
    pub async fn end(&self, shower: u32) {
        self.at(self.schedule.closes_at(shower).expect("a shower of the schedule")).await;
    }

    /// Account `index` of the dev chain.
    pub async fn account(&self, index: u32) -> Account {
        self.chain.account(index).await.expect("account")
    }

    /// Account `index` contributes `amount` (micro-denom) to `shower`.
    ///
    /// # Errors
    /// What the chain says against it.
    pub async fn contribute(&self, index: u32, shower: u32, amount: u128) -> Result<Included, AccountError> {
        let message = ExecuteMsg::Contribute { shower };
        self.account(index).await.execute(&self.deployment.shower, &message, &coins(amount, "uusd")).await
    }

    /// Closes `shower` and commits to its draw, letting time pass until the beacon's round is due.
    pub async fn close_and_draw(&self, shower: u32) -> DrawResponse {
        let contract = &self.deployment.shower;
        let mut operator = self.account(2).await;
        let closed = jobs::close(&mut operator, contract, shower).await.expect("closed");
        let draw = self.contract().draw(shower).await.expect("draw");
        let due = self.beacon.network().due(draw.beacon_round.expect("closed")).expect("a time");
        self.at(due + 1).await;
        let sealer = self.sealer(&self.keys);
        jobs::draw(&mut operator, sealer, &self.beacon, &closed, draw, |_| ()).await.expect("drawn")
    }

    /// The operator mints all of `shower`.
    pub async fn mint(&self, shower: u32) {
        let mut operator = self.account(2).await;
        let contract = &self.deployment.shower;
        let minted = jobs::mint(&mut operator, contract, ShowerId(shower), &self.catalogue, |_| ()).await;
        minted.expect("minted");
    }

    /// The operator's account with its journal in `folder`, over the nodes at `urls`.
    ///
    /// # Errors
    /// If the account can't be opened.
    pub async fn operator(&self, folder: &Path, urls: &[&str]) -> Result<Account> {
        let signer = Signer::from_mnemonic(&self.chain.mnemonic, COIN_TYPE, 2, &self.chain.prefix)?;
        let price = self.chain.gas_price.clone();
        Ok(Account::open_with_journal(Node::pool(urls)?, signer, price, folder).await?)
    }

    /// The results of a block's transactions.
    pub async fn results(&self, height: u64) -> Vec<Value> {
        let url = format!("{}/block_results?height={height}", self.chain.rpc);
        let answer: Value = reqwest::get(url).await.expect("an answer").json().await.expect("JSON");
        answer.pointer("/result/txs_results").and_then(Value::as_array).cloned().unwrap_or_default()
    }

    /// How many bytes each of a block's transactions has.
    pub async fn sizes(&self, height: u64) -> Vec<usize> {
        let url = format!("{}/block?height={height}", self.chain.rpc);
        let answer: Value = reqwest::get(url).await.expect("an answer").json().await.expect("JSON");
        let txs =
            answer.pointer("/result/block/data/txs").and_then(Value::as_array).cloned().unwrap_or_default();
        // In base64, of which four characters are three bytes.
        txs.iter().filter_map(Value::as_str).map(|tx| tx.trim_end_matches('=').len() * 3 / 4).collect()
    }

    /// Account `index` cracks its meteor `token_id`.
    ///
    /// # Errors
    /// What the chain says against it.
    pub async fn crack(&self, index: u32, token_id: u64) -> Result<Included, AccountError> {
        jobs::crack(&mut self.account(index).await, &self.deployment, &[token_id]).await
    }

    /// The contract's own view of `shower`.
    pub async fn shower(&self, shower: u32) -> ShowerResponse {
        self.contract().shower(shower).await.expect("shower")
    }

    /// What an address has of the event's denom (micro-denom).
    pub async fn balance(&self, address: &str) -> u128 {
        self.node.balance(address, "uusd").await.expect("balance")
    }

    /// A message that mints `count` legendary meteors of shower 1 from `first_rank` on.
    pub fn mint_legendary(&self, first_rank: u32, count: u32) -> ExecuteMsg {
        let range = self.catalogue.range(Tier::Legendary, first_rank - 1, count);
        let (pieces, proof) = range.expect("so many pieces");
        let art = |Piece { image, traits }: &Piece| Art { image: image.clone(), traits: traits.clone() };
        ExecuteMsg::Mint {
            shower: 1,
            first_rank,
            art: pieces.iter().map(art).collect(),
            proof: proof.into_iter().map(Into::into).collect(),
        }
    }

    /// Serves the event; with everything applied that is in a block by now.
    pub async fn serve(&self) -> Api {
        self.serve_from(&self.chain.rpc).await
    }

    /// The same, from what the node at `rpc` says.
    pub async fn serve_from(&self, rpc: &str) -> Api {
        let listen = (Ipv4Addr::LOCALHOST, 0).into();
        let tables = tables(&self.preset).expect("tables");
        let poll = Duration::from_millis(20);
        let catalogue = write(&self.catalogue, &self.preset.meteors.template).into_bytes();
        let chain = Chain { rpc: rpc.to_owned(), ..self.chain.clone() };
        let config = serve::config(&chain, &self.deployment, tables, catalogue, poll);
        let server = serve::embedded(config.expect("configuration"), listen, Router::new()).await;
        let server = server.expect("server starts");
        let api = Api { base: format!("http://{}", server.public_addr()), server };
        api.caught_up(self).await;
        api
    }

    /// The real node, to be killed and started again; `None` on the dev chain.
    pub fn real_node(&mut self) -> Option<&mut RealNode> {
        match &mut self.site {
            Site::Real { node, .. } => Some(node),
            Site::Devnet { .. } => None,
        }
    }

    /// Ends the chain.
    pub async fn stop(self) {
        match self.site {
            Site::Devnet { devnet, .. } => devnet.shutdown().await,
            Site::Real { node, .. } => {
                tokio::task::spawn_blocking(move || drop(node)).await.expect("node stops");
            }
        }
    }
}

/// A running indexer.
pub struct Api {
    /// Its public address, for example `http://127.0.0.1:8080`.
    pub base: String,
    /// The indexer.
    pub server: Server,
}

impl Api {
    /// Waits until everything is applied that is in a block by now.
    pub async fn caught_up(&self, stage: &Stage) {
        let height = stage.height().await;
        self.server.wait_applied(height).await.expect("applied");
    }

    /// Compares everything with the contracts, at the height served: whatever differs, by subject.
    pub async fn differences(&self) -> BTreeMap<String, Vec<String>> {
        let app = self.server.app();
        // So often that every token has its turn.
        let mut auditor = Auditor::new(app);
        for _ in 0..=self.server.view().collections.meteors.minted() / 10 {
            auditor.once().await.expect("audited");
        }
        let differ = app.health.checks().into_iter().filter(|(_, check)| !check.equal);
        differ.map(|(subject, check)| (subject, check.differs)).collect()
    }

    /// Status and body of a path, read as JSON.
    pub async fn get(&self, path: &str) -> (u16, Value) {
        let response = reqwest::get(format!("{}{path}", self.base)).await.expect("an answer");
        let status = response.status().as_u16();
        (status, response.json().await.expect("JSON"))
    }

    /// The body of a path that must answer 200.
    pub async fn ok(&self, path: &str) -> Value {
        let (status, body) = self.get(path).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }
}
