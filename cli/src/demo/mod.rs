//! A whole small event on a dev chain of its own or a running node, watched live and checked at its end.

mod art;
mod books;
mod check;
mod crack;
mod event;
mod faucet;
mod keys;
mod launch;
mod narrate;
mod options;
mod plan;
mod rehearse;
mod report;
mod site;
mod verify;
mod visitors;
mod wallets;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use meteor_chain::contracts::ShowerContract;
use meteor_indexer::Server;
use meteor_messages::shower::ShowerResponse;
use meteor_operator::account::Account;
use meteor_operator::beacon::{BeaconClient, BeaconConfig};
use meteor_operator::jobs::{self, Deployment};
use meteor_operator::keys::MasterKey;
use meteor_operator::node::Node;
use meteor_operator::tax::Tax;
use meteor_rules::catalogue::Catalogue;
use meteor_rules::preset::Preset;
use meteor_rules::schedule::Schedule;
use tokio_util::sync::CancellationToken;

use self::art::Art;
use self::books::Books;
use self::check::Evidence;
use self::event::{Secret, Sent};
pub use self::launch::{launch, plan};
pub use self::options::Options;
use self::plan::Plan;
pub use self::rehearse::{Rehearsal, rehearse};
use self::report::Check;
use self::site::Site;
pub use self::site::{Where, upload};
use self::visitors::{Phase, Visitors};
use self::wallets::Wallets;
use crate::chain::Chain;
use crate::out::say;
use crate::{preset, serve};

/// A demo that is open: where people and their wallets find it.
#[derive(Clone, Debug)]
pub struct Open {
    /// Page and API.
    pub api: SocketAddr,
    /// The chain.
    pub chain: Chain,
    /// The event.
    pub deployment: Deployment,
}

/// What an event came to.
#[derive(Clone, Copy, Debug)]
pub struct Summary {
    /// Contributions in blocks, by the demo's wallets.
    pub contributions: usize,
    /// And by visitors.
    pub by_visitors: usize,
    /// Blocks made while the event ran.
    pub blocks: u64,
    /// The most blocks by which the indexer was behind the chain.
    pub most_behind: u64,
    /// Whether every check held.
    pub good: bool,
}

/// Runs a demo to its end, or until `stop`: then it answers with `None`. Tells `open` once it is served.
///
/// # Errors
/// If something can't start or a transaction fails. A check that fails is no error: the summary is then not
/// good.
pub async fn run(
    options: &Options,
    stop: &CancellationToken,
    open: impl FnOnce(Open),
) -> Result<Option<Summary>> {
    let site = tokio::select! {
        site = Site::open(&options.at) => site?,
        () = stop.cancelled() => return Ok(None),
    };
    let outcome = tokio::select! {
        outcome = Box::pin(event(options, &site, stop, open)) => outcome.map(Some),
        () = stop.cancelled() => Ok(None),
    };
    site.close().await;
    outcome
}

/// Holds the event at `site` and serves it.
async fn event(
    options: &Options,
    site: &Site,
    stop: &CancellationToken,
    open: impl FnOnce(Open),
) -> Result<Summary> {
    let showers = options.showers();
    let chain = &site.chain;
    let started = Instant::now();
    let mut preset = preset::read(&options.preset)?;
    options.fit(&mut preset, site.moves_time());
    let count = usize::try_from(options.wallets)?;
    let node = Node::new(&chain.rpc)?;
    let plan = Plan::new(options.seed, count, showers, options.contributions);
    let (funded, art) = tokio::try_join!(wallets::fund(chain, &plan, showers), Art::draw(&mut preset))?;
    say!("wallets        {count} funded (seed {})", options.seed);

    // With the time in the salt: on a chain that goes on, each demo is another event.
    let salt = format!("{}-{}", options.seed, event::now());
    let mut planned = launch::plan(chain, preset, &salt).await?;
    if let Some(art) = &art {
        say!("pictures       {} drawn, for the meteors' tiers, eggs and dust", art.count);
        planned = planned.with_catalogue(art.catalogue.clone());
    }
    let mut payees = Vec::new();
    for payee in &planned.launch.payees {
        let before = node.balance(&payee.address, &chain.denom).await?;
        payees.push((payee.address.clone(), payee.share_bp, before));
    }
    let relays = vec![chain.beacon_url.clone()];
    let beacon = BeaconClient::new(BeaconConfig::new(crate::devnet::beacon()?, relays))?;
    let secret = Secret { keys: MasterKey::random()?, beacon };
    planned.preset.schedule.opens_at = Some(event::now() + site.lead);
    let deployment = launch::launch(chain, &mut planned, &secret.keys).await;
    let deployment = deployment.context("deploying the contracts")?;
    let schedule = planned.message(chain.codes)?.schedule;
    let catalogue = planned.catalogue.context("a launch without a catalogue")?;
    let preset = planned.preset;
    say!(
        "shower         {}\nmeteors        {}\nhatchery       {}",
        deployment.shower,
        deployment.meteors,
        deployment.hatchery
    );

    let tables = preset::tables(&preset)?;
    let mut config = serve::config(chain, &deployment, tables, planned.catalogue_file, site.poll)?;
    config.images = art.as_ref().map(Art::place);
    let visitors = Visitors::new(chain).await?;
    let server = serve::embedded(config, options.listen, visitors.routes()).await?;
    let api = format!("http://{}", server.public_addr());
    say!("\n  Take part:     {api} (with play money)\n  API:           {api}/docs\n");

    server.wait_applied(deployment.height).await.context("waiting for the indexer")?;
    open(Open { api: server.public_addr(), chain: chain.clone(), deployment: deployment.clone() });
    let most_behind = Arc::new(AtomicU64::new(0));
    let telling = narrate::narrate(api.clone(), schedule, node.clone(), Arc::clone(&most_behind));
    let telling = tokio::spawn(telling);
    let stage = Stage {
        site,
        chain,
        preset: &preset,
        catalogue: &catalogue,
        deployment: &deployment,
        secret: &secret,
        schedule,
        api: &api,
    };
    let minted = CancellationToken::new();
    let held = async {
        let sent = hold(&stage, &plan, &funded).await;
        telling.abort();
        let (sent, height) = (sent?, node.status().await?.height);
        caught_up(&server, &node).await?;
        let given = books::of_visitors(&api, &funded.addresses).await?;
        if !options.exit {
            visitors.wait(!given.is_empty(), stage.latest()?, &api).await;
        }
        visitors.enter(Phase::Finishing);
        minted.cancel();
        anyhow::Ok((sent, given, height))
    };
    let ((sent, given, height), ()) = tokio::try_join!(held, crack::attend(&stage, &minted))?;
    let most_behind = most_behind.load(Ordering::Relaxed);

    let books = Books::new(&sent, &funded.addresses, &given, showers, preset.tiers);
    let checks = wind_up(&stage, &server, &plan, &books, &funded, &payees).await?;
    let (lines, good) = report::checks(&checks);
    say!("{lines}");
    let blocks = height.saturating_sub(deployment.height);
    let visited = if given.is_empty() { String::new() } else { format!(" and {} by visitors", given.len()) };
    say!(
        "{} contributions{visited} in {blocks} blocks; {:.0} s in all; indexer at most {most_behind} blocks behind",
        sent.len(),
        started.elapsed().as_secs_f64()
    );
    if !options.exit && good {
        visitors.enter(Phase::Over);
        say!("\nThe event is over and stays served at {api}; Ctrl-C stops it.");
        stop.cancelled().await;
    }
    server.shutdown().await;
    Ok(Summary { contributions: sent.len(), by_visitors: given.len(), blocks, most_behind, good })
}

/// After the showers: pays, cracks, publishes keys, verifies. Answers with everything that was checked.
async fn wind_up(
    stage: &Stage<'_>,
    server: &Server,
    plan: &Plan,
    books: &Books,
    funded: &Wallets,
    payees: &[(String, u32, u128)],
) -> Result<Vec<Check>> {
    let Stage { chain, preset, deployment, schedule, api, .. } = *stage;
    let node = Node::new(&chain.rpc)?;
    let mut operator = chain.account(2).await?;
    let paid = keys::withdraw(&mut operator, deployment, payees).await?;
    caught_up(server, &node).await?;
    let mut evidence = Evidence {
        plan,
        books,
        addresses: &funded.addresses,
        deployment,
        holdback_bp: preset.holdback_bp,
        late: stage.late(),
        payees,
        paid,
        tax: Tax::of(&node, &chain.denom).await?,
        before: &funded.before,
        denom: &chain.denom,
        node: &node,
        api,
    };
    let mut checks = check::before_keys(&evidence).await;
    let mut states: Vec<ShowerResponse> = Vec::new();
    for shower in 1..=schedule.count {
        states.push(ShowerContract::new(&node, &deployment.shower).shower(shower).await?);
    }
    say!("\n{}", report::showers(&states, &preset.tiers, &preset.eggs));
    let (cracked, hatched) = crack::run(stage, funded, books).await?;
    checks.push(crack::check(stage, &cracked, &hatched).await);
    checks.push(keys::run(stage, &mut operator).await?);
    evidence.paid.extend(keys::withdraw(&mut operator, deployment, payees).await?);
    caught_up(server, &node).await?;
    checks.push(check::money(&evidence).await);
    checks.extend(verify::run(stage, &states).await?);
    Ok(checks)
}

/// Waits until the indexer has everything that is in a block by now.
async fn caught_up(server: &Server, node: &Node) -> Result<()> {
    let height = node.status().await?.height;
    server.wait_applied(height).await.context("waiting for the indexer")
}

/// Where the event takes place, and with what.
struct Stage<'a> {
    site: &'a Site,
    chain: &'a Chain,
    preset: &'a Preset,
    catalogue: &'a Catalogue,
    deployment: &'a Deployment,
    secret: &'a Secret,
    schedule: Schedule,
    api: &'a str,
}

impl Stage<'_> {
    /// The shower whose mint the operator leaves half-way: the second, or the only one.
    fn half(&self) -> u32 {
        self.schedule.count.min(2)
    }

    /// The shower whose key comes too late; `None` in a demo of one shower, whose draw would then be seen late.
    fn late(&self) -> Option<u32> {
        (self.schedule.count > 1).then_some(1)
    }

    /// Until when visitors are waited for at most: where time is waited for, the keys can't wait for them.
    fn latest(&self) -> Result<Option<u64>> {
        let last = self.schedule.closes_at(self.schedule.count).context("a shower without an end")?;
        let over = last.saturating_add(self.preset.crack.crack_window);
        Ok((!self.site.moves_time()).then_some(over))
    }
}

/// Runs the showers one after the other: wallets contribute while the operator works on the previous one.
async fn hold(stage: &Stage<'_>, plan: &Plan, wallets: &Wallets) -> Result<Vec<Sent>> {
    let Stage { chain, deployment, schedule, .. } = *stage;
    let contributing = async {
        let mut sent = Vec::with_capacity(plan.contributions.len());
        for shower in 1..=schedule.count {
            let planned = plan.contributions.iter().filter(|c| c.shower == shower).copied().collect();
            let closes_at = schedule.closes_at(shower).context("a shower without an end")?;
            let opens_at = closes_at.saturating_sub(schedule.interval);
            sent.extend(event::contribute(chain, deployment, wallets, planned, opens_at, closes_at).await?);
        }
        anyhow::Ok(sent)
    };
    let operating = async {
        let mut operator = chain.account(2).await?;
        for shower in 1..=schedule.count {
            operate(stage, &mut operator, shower).await?;
        }
        anyhow::Ok(())
    };
    let (sent, ()) = tokio::try_join!(contributing, operating)?;
    let missing = plan.contributions.len().saturating_sub(sent.len());
    ensure!(missing == 0, "{missing} contributions are missing");
    Ok(sent)
}

/// Does what there is to do after a shower. In one of them the operator stops half-way, and a stranger goes on.
async fn operate(stage: &Stage<'_>, operator: &mut Account, shower: u32) -> Result<()> {
    let Stage { chain, preset, catalogue, deployment, secret, schedule, .. } = *stage;
    let closes_at = schedule.closes_at(shower).context("a shower without an end")?;
    let closed = event::close(operator, deployment, shower, closes_at).await?;
    let contributors = closed.contributors;
    if let Some(line) = verify::before_the_draw(preset, contributors) {
        say!("shower {shower}: {line}");
    }
    event::draw(operator, deployment, secret, preset, &closed).await?;
    if shower == stage.half() && contributors > 1 {
        let left = event::mint(operator, deployment, catalogue, shower, contributors / 2).await?;
        let url = format!("{}/v1/catalogue", stage.api);
        let published = crate::catalogue::read(&url, &preset.meteors.template).await?;
        let mut stranger = chain.account(6).await?;
        event::mint(&mut stranger, deployment, &published, shower, contributors).await?;
        say!(
            "shower {shower}: the operator stopped after {left} of {contributors} meteors; a stranger minted the rest \
             from {url}"
        );
    } else {
        event::mint(operator, deployment, catalogue, shower, contributors).await?;
    }
    let booked = jobs::settle(operator, &deployment.shower, shower).await;
    let booked = booked.with_context(|| format!("settling shower {shower}"))?;
    let booked = report::amount(booked);
    say!("shower {shower}: closed, drawn, minted, settled: {booked} UST booked for the payees");
    Ok(())
}
