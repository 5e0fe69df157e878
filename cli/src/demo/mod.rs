//! `meteor demo`: a whole small event on a dev chain of its own or a node that runs already, watched live, checked at
//! its end.

mod art;
mod check;
mod crack;
mod event;
mod narrate;
mod plan;
mod report;
mod site;
mod wallets;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use meteor_messages::shower::{QueryMsg, ShowerResponse};
use meteor_operator::beacon::{BeaconClient, BeaconConfig};
use meteor_operator::jobs::{self, Deployment};
use meteor_operator::keys::{self, MasterKey};
use meteor_operator::node::Node;
use meteor_operator::tax::Rate;
use meteor_rules::preset::{Preset, PresetError};
use meteor_rules::schedule::Schedule;
use tokio_util::sync::CancellationToken;

pub use self::art::art;
use self::check::Check;
use self::check::Evidence;
use self::event::Secret;
use self::event::Sent;
pub use self::event::{Chain, DemoKey, account, launch, tables};
use self::plan::Plan;
use self::site::Site;
pub use self::site::{Where, upload};

const AFTER_HELP: &str = "\
On a real node:
  scripts/node/node.py up --gen 0.61 --home /tmp/chain    (builds it once, prints its RPC address)
  meteor demo --rpc http://127.0.0.1:PORT
Where blocks take longer, showers should too: --seconds 120 for blocks of six seconds.";

/// How the demo can be changed.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Options {
    /// How many showers
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub showers: u32,
    /// Wallets that take part; most join each shower
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    pub wallets: u32,
    /// Length of a shower in seconds
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(3..=86_400))]
    pub seconds: u64,
    /// Most contributions of a wallet in a shower; in a demo of one shower every wallet makes so many
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=20))]
    pub contributions: u32,
    /// The same seed is the same wallets, amounts and moments
    #[arg(long, default_value_t = 2021)]
    pub seed: u64,
    /// Where page and API are served; another free port is taken if this one is in use
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Whose tiers, eggs and names: demo, levana-2021, or the path of a preset file
    #[arg(long, default_value = "demo")]
    pub preset: String,
    /// Stop when the event is over and checked, instead of serving it until Ctrl-C
    #[arg(long)]
    pub exit: bool,
    /// Which chain.
    #[command(flatten)]
    pub at: Where,
}

/// What an event came to.
#[derive(Clone, Copy, Debug)]
pub struct Summary {
    /// Contributions in blocks.
    pub contributions: usize,
    /// Blocks made while the event ran.
    pub blocks: u64,
    /// The most blocks by which the indexer was behind the chain.
    pub most_behind: u64,
    /// Whether every check held.
    pub good: bool,
}

/// Runs a demo to its end, or until `stop`; answers with `None` if it was stopped before.
///
/// # Errors
/// If something can't start or a transaction fails. A check that doesn't hold is no error but a summary that isn't
/// good.
pub async fn run(options: &Options, stop: &CancellationToken) -> Result<Option<Summary>> {
    let site = tokio::select! {
        site = Site::open(&options.at) => site?,
        () = stop.cancelled() => return Ok(None),
    };
    let outcome = tokio::select! {
        outcome = event(options, &site, stop) => outcome.map(Some),
        () = stop.cancelled() => Ok(None),
    };
    site.close().await;
    outcome
}

/// The preset of that name or path.
///
/// # Errors
/// If there is none, or it can't be read.
pub fn preset(name: &str) -> Result<Preset> {
    match Preset::named(name) {
        Err(PresetError::Unknown { .. }) if Path::new(name).exists() => {
            let text = std::fs::read_to_string(name).with_context(|| format!("reading {name}"))?;
            Preset::parse(&text).with_context(|| format!("the preset {name}"))
        }
        other => Ok(other?),
    }
}

/// Holds the event at `site` and serves it.
async fn event(options: &Options, site: &Site, stop: &CancellationToken) -> Result<Summary> {
    let chain = &site.chain;
    let started = Instant::now();
    let mut preset = preset(&options.preset)?;
    preset.schedule.opens_at = None;
    preset.schedule.first = options.seconds;
    preset.schedule.interval = options.seconds;
    preset.schedule.count = options.showers;
    // The demo cracks right after the last shower; nobody should have to wait for the keys.
    preset.crack.crack_window = 5;
    let count = usize::try_from(options.wallets)?;
    let node = Node::new(&chain.rpc)?;
    let plan = Plan::new(options.seed, count, options.showers, options.contributions);
    let tax = Rate::of(&node).await?;
    let funded = wallets::fund(chain, &plan, options.showers, tax).await?;
    println!("wallets        {count} funded (seed {})", options.seed);

    // The key is made before anything else, and committed to for the address that the contract will have.
    let mut owner = event::account(chain, 1).await?;
    // With the time in it: on a chain that goes on, each demo is another event.
    let salt = [options.seed.to_be_bytes(), event::now().to_be_bytes()].concat();
    let contract = jobs::address(&owner, chain.shower_code, &salt).await?;
    let (chain_id, _) = node.status().await?;
    let keys = DemoKey(MasterKey::random()?);
    let about = keys::Event { chain_id: &chain_id, contract: &contract, showers: options.showers };
    let commitments = keys::commitments(&keys, &about).await?;
    let beacon =
        BeaconClient::new(BeaconConfig::new(crate::devnet::beacon()?, vec![chain.beacon_url.clone()]))?;
    let secret = Secret { keys, beacon };

    let opens_at = event::now() + site.lead;
    let launch = event::launch(chain, &preset, opens_at, &commitments)?;
    let schedule = launch.schedule;
    let mut payees = Vec::new();
    for payee in &launch.payees {
        let before = node.balance(&payee.address, &chain.denom).await?;
        payees.push((payee.address.clone(), payee.share_bp, before));
    }
    let deployment = jobs::deploy(&mut owner, chain.shower_code, "meteor shower demo", &salt, &launch)
        .await
        .context("deploying the contracts")?;
    println!(
        "shower         {}\nmeteors        {}\nhatchery       {}",
        deployment.shower, deployment.meteors, deployment.hatchery
    );

    let tables = event::tables(&preset)?;
    let server = crate::serve::embedded(chain, &deployment, tables, options.listen, site.poll).await?;
    let api = format!("http://{}", server.public_addr());
    println!("\n  Watch it live: {api}\n  API:           {api}/docs\n");

    server.wait_applied(deployment.height).await.context("waiting for the indexer")?;
    let most_behind = Arc::new(AtomicU64::new(0));
    let telling = narrate::narrate(api.clone(), schedule, node.clone(), Arc::clone(&most_behind));
    let telling = tokio::spawn(telling);
    let stage = Stage { options, chain, preset: &preset, deployment: &deployment, secret: &secret, schedule };
    let sent = showers(&stage, &plan, &funded).await;
    telling.abort();
    let sent = sent?;
    let most_behind = most_behind.load(Ordering::Relaxed);

    let (_, height) = node.status().await?;
    server.wait_applied(height).await.context("waiting for the indexer")?;
    let evidence = Evidence {
        plan: &plan,
        sent: &sent,
        addresses: &funded.addresses,
        deployment: &deployment,
        tiers: preset.tiers,
        payees: &payees,
        tax,
        before: &funded.before,
        denom: &chain.denom,
        showers: options.showers,
        node: &node,
        api: &api,
    };
    let checks = check::all(&evidence).await;
    let mut states: Vec<ShowerResponse> = Vec::new();
    for shower in 1..=options.showers {
        states.push(node.smart(&deployment.shower, &QueryMsg::Shower { shower }).await?);
    }
    println!("\n{}", report::showers(&states, &preset.tiers, &preset.eggs));
    let checks: Vec<Check> =
        checks.into_iter().chain(crack::run(&stage, &funded, &server, &api).await?).collect();
    let (lines, good) = report::checks(&checks);
    println!("{lines}");
    let blocks = height.saturating_sub(deployment.height);
    println!(
        "{} contributions in {blocks} blocks; {:.0} s in all; indexer at most {most_behind} blocks behind",
        sent.len(),
        started.elapsed().as_secs_f64()
    );
    if !options.exit && good {
        println!("\nThe event is over and stays served at {api}; Ctrl-C stops it.");
        stop.cancelled().await;
    }
    server.shutdown().await;
    Ok(Summary { contributions: sent.len(), blocks, most_behind, good })
}

/// Where the event takes place, and with what.
struct Stage<'a> {
    options: &'a Options,
    chain: &'a Chain,
    preset: &'a Preset,
    deployment: &'a Deployment,
    secret: &'a Secret,
    schedule: Schedule,
}

/// Runs the showers one after the other: wallets contribute while the operator works on the one before.
async fn showers(stage: &Stage<'_>, plan: &Plan, wallets: &wallets::Wallets) -> Result<Vec<Sent>> {
    let Stage { options, chain, preset, deployment, secret, schedule } = *stage;
    let contributing = async {
        let mut sent = Vec::with_capacity(plan.contributions.len());
        for shower in 1..=options.showers {
            let planned = plan.contributions.iter().filter(|c| c.shower == shower).copied().collect();
            let closes_at = schedule.closes_at(shower).context("a shower without an end")?;
            let opens_at = closes_at.saturating_sub(options.seconds);
            sent.extend(event::contribute(chain, deployment, wallets, planned, opens_at, closes_at).await?);
        }
        anyhow::Ok(sent)
    };
    let operating = async {
        let mut operator = event::account(chain, 2).await?;
        for shower in 1..=options.showers {
            let closes_at = schedule.closes_at(shower).context("a shower without an end")?;
            let paid =
                event::operate(&mut operator, deployment, secret, preset, options.seed, shower, closes_at)
                    .await?;
            println!(
                "shower {shower}: closed, drawn, minted, settled: {} UST sent to the payees",
                report::amount(paid)
            );
        }
        anyhow::Ok(())
    };
    let (sent, ()) = tokio::try_join!(contributing, operating)?;
    ensure!(sent.len() == plan.contributions.len(), "{} contributions are missing", plan.contributions.len());
    Ok(sent)
}
