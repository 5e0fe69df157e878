//! The event itself: wallets contribute with really signed transactions; then showers are closed, drawn and minted.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use futures::{StreamExt, stream};
use meteor_chain::contracts::{Collection, ShowerContract};
use meteor_messages::shower::{ExecuteMsg, ShowerResponse, Status};
use meteor_operator::account::Account;
use meteor_operator::beacon::BeaconClient;
use meteor_operator::gas::coins;
use meteor_operator::jobs::{self, Batches, Deployment, MintProgress, Sealer};
use meteor_operator::keys::MasterKey;
use meteor_operator::node::Node;
use meteor_operator::tx;
use meteor_rules::ShowerId;
use meteor_rules::catalogue::Catalogue;
use meteor_rules::preset::Preset;
use tokio::time::Instant;

use super::plan::Planned;
use super::wallets::{CONTRIBUTE_GAS, PARALLEL, Wallets};
use crate::chain::Chain;

/// A contribution that is in a block.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    /// What was planned.
    pub planned: Planned,
    /// Global sequence number the contract gave it.
    pub seq: u64,
}

/// What the operator's jobs need besides an account.
pub(super) struct Secret {
    /// The key of the event.
    pub(super) keys: MasterKey,
    /// The beacon.
    pub(super) beacon: BeaconClient,
}

/// Wallets that crack at once; each waits for a block.
const PARALLEL_CRACKS: usize = 250;
const POLL: Duration = Duration::from_millis(100);

/// Seconds since the epoch on this machine's clock.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// Makes one shower's planned contributions at their times. Returns what the contract recorded of each.
pub(super) async fn contribute(
    chain: &Chain,
    deployment: &Deployment,
    wallets: &Wallets,
    planned: Vec<Planned>,
    opens_at: u64,
    closes_at: u64,
) -> Result<Vec<Sent>> {
    let length = Duration::from_secs(closes_at.saturating_sub(opens_at));
    let opening = Instant::now() + until(opens_at);
    let node = Node::new(&chain.rpc)?;
    // Block time is behind every clock: what is sent by ours could be in a block from before the opening.
    node.wait_for_time(opens_at).await?;
    let mut by_wallet: BTreeMap<usize, Vec<Planned>> = BTreeMap::new();
    for contribution in planned {
        by_wallet.entry(contribution.wallet).or_default().push(contribution);
    }
    // A task for each wallet: its transactions go in order, those of different wallets in parallel.
    let sending = by_wallet.into_iter().map(|(wallet, planned)| {
        let account = wallets.accounts.get(wallet).cloned();
        let (contract, denom) = (deployment.shower.clone(), chain.denom.clone());
        tokio::spawn(async move {
            let account = account.context("a wallet that is not in the plan")?;
            let mut account = account.lock().await;
            let mut sent = Vec::with_capacity(planned.len());
            for contribution in planned {
                tokio::time::sleep_until(opening + length * contribution.at / 1000).await;
                let message = ExecuteMsg::Contribute { shower: contribution.shower };
                let funds = coins(contribution.amount, &denom);
                let message = tx::execute(account.address(), &contract, &message, &funds)?;
                sent.push((contribution, account.submit(vec![message], CONTRIBUTE_GAS).await?));
            }
            anyhow::Ok(sent)
        })
    });
    let submitted = futures::future::try_join_all(sending).await?;
    let submitted = submitted.into_iter().collect::<Result<Vec<_>>>()?;
    let anyone = chain.account(0).await?;
    let confirmed = stream::iter(submitted.into_iter().flatten())
        .map(|(planned, hash)| {
            let anyone = &anyone;
            async move {
                let included = anyone.wait(&hash).await?;
                if let Some(refusal) = &included.refusal {
                    bail!("contribution {hash} to shower {} failed: {refusal}", planned.shower);
                }
                let event = included.events.iter().find(|event| event.kind == "wasm-contribution");
                let seq = event
                    .and_then(|event| event.value("seq")?.parse().ok())
                    .context("a contribution without a sequence number")?;
                Ok(Sent { planned, seq })
            }
        })
        .buffer_unordered(PARALLEL)
        .collect::<Vec<Result<Sent>>>()
        .await;
    confirmed.into_iter().collect()
}

/// Waits for a shower's end, then closes it.
pub(super) async fn close(
    operator: &mut Account,
    deployment: &Deployment,
    shower: u32,
    closes_at: u64,
) -> Result<ShowerResponse> {
    tokio::time::sleep(until(closes_at)).await;
    let contract = &deployment.shower;
    let state = loop {
        let state = ShowerContract::new(operator.node(), contract).shower(shower).await?;
        match state.status {
            Status::Upcoming | Status::Open => tokio::time::sleep(POLL).await,
            Status::Ended | Status::Closed | Status::Minted | Status::Refunding => break state,
        }
    };
    if state.status == Status::Refunding {
        bail!("shower {shower} can only be refunded");
    }
    jobs::close(operator, contract, shower).await.with_context(|| format!("closing shower {shower}"))
}

/// Waits for the beacon and commits to what the meteors of a closed shower hold.
pub(super) async fn draw(
    operator: &mut Account,
    deployment: &Deployment,
    secret: &Secret,
    preset: &Preset,
    closed: &ShowerResponse,
) -> Result<()> {
    let Secret { keys, beacon } = secret;
    let node = operator.node().clone();
    let shown = ShowerContract::new(&node, &deployment.shower);
    let (config, draw) = (shown.config().await?, shown.draw(closed.shower).await?);
    let sealer = Sealer { deployment, config: &config, keys, tables: &preset.crack.tables };
    let drawn = jobs::draw(operator, sealer, beacon, closed, draw, |_| ()).await;
    drawn.map(|_| ()).with_context(|| format!("drawing shower {}", closed.shower))
}

/// Mints a shower until at least `upto` meteors are there.
pub(super) async fn mint(
    account: &mut Account,
    deployment: &Deployment,
    catalogue: &Catalogue,
    shower: u32,
    upto: u32,
) -> Result<u32> {
    let most = Batches::default();
    let batches = Batches { meteors: usize::try_from(upto)?.clamp(1, most.meteors), ..most };
    let mut minted = 0;
    let progress = |at: MintProgress| {
        minted = at.minted;
        if at.minted < upto { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    jobs::mint_in(batches, account, &deployment.shower, ShowerId(shower), catalogue, progress)
        .await
        .with_context(|| format!("minting shower {shower}"))?;
    Ok(minted)
}

/// Every second wallet cracks its meteors. Returns their numbers.
pub(super) async fn crack(deployment: &Deployment, wallets: &Wallets) -> Result<Vec<u64>> {
    let cracking = wallets.accounts.iter().step_by(2).map(|account| async move {
        let mut account = account.lock().await;
        let collection = Collection::new(account.node(), &deployment.meteors);
        let owned = collection.tokens_of(account.address()).await?;
        let owned: Vec<u64> = owned.iter().map(|token_id| token_id.parse()).collect::<Result<_, _>>()?;
        if !owned.is_empty() {
            jobs::crack(&mut account, deployment, &owned).await.context("cracking meteors")?;
        }
        anyhow::Ok(owned)
    });
    let cracked: Vec<Result<Vec<u64>>> =
        stream::iter(cracking).buffer_unordered(PARALLEL_CRACKS).collect().await;
    Ok(cracked.into_iter().collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
}

fn until(seconds: u64) -> Duration {
    let at = UNIX_EPOCH + Duration::from_secs(seconds);
    at.duration_since(SystemTime::now()).unwrap_or_default()
}
