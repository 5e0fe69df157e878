//! The commands of a running event that need no key of it: `status`, `contribute`, `settle`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use meteor_messages::shower::{ConfigResponse, DrawResponse, Fairness, Status as Stands};
use meteor_messages::shower::{ExecuteMsg, QueryMsg, ShowerResponse};
use meteor_operator::gas::coins;
use meteor_operator::jobs;
use meteor_operator::launch::utc;
use meteor_operator::node::Node;
use meteor_operator::tax::Rate;
use meteor_rules::split::split;

use crate::signing::{Signing, exists, recorded};

/// Where each shower stands.
#[derive(Clone, Debug, clap::Args)]
pub struct Status {
    /// The deployment file that meteor deploy wrote
    #[arg(long)]
    pub deployment: PathBuf,
}

/// Contributes to a shower.
#[derive(Clone, Debug, clap::Args)]
pub struct Contribute {
    #[command(flatten)]
    signing: Signing,
    /// Which shower
    #[arg(long)]
    shower: u32,
    /// How much (micro-denom of the event)
    #[arg(long)]
    amount: u128,
}

/// Pay the payees for what was minted and not yet paid.
///
/// Anyone may sign: the money goes to the payees alone. The command says what will leave and what arrives after the
/// chain's tax before it sends.
#[derive(Clone, Debug, clap::Args)]
pub struct Settle {
    #[command(flatten)]
    signing: Signing,
    /// Which shower; all with something to pay if left out
    #[arg(long)]
    shower: Option<u32>,
}

/// Runs `meteor status`.
///
/// # Errors
/// If the node doesn't answer.
pub async fn status(options: &Status) -> Result<ExitCode> {
    let record = recorded(&options.deployment)?;
    let event = record.event.context("the deployment is not complete")?;
    let node = Node::pool(&record.nodes)?;
    let config: ConfigResponse = node.smart(&event.shower, &QueryMsg::Config {}).await?;
    let fairness: Fairness = node.smart(&event.shower, &QueryMsg::Fairness {}).await?;
    println!("{} on {}{}", event.shower, event.chain_id, if config.paused { ", PAUSED" } else { "" });
    for shower in 1..=config.schedule.count {
        let state: ShowerResponse = node.smart(&event.shower, &QueryMsg::Shower { shower }).await?;
        let draw: DrawResponse = node.smart(&event.shower, &QueryMsg::Draw { shower }).await?;
        println!(
            "shower {shower}: {:?}{}, {} contributors, {} {}, minted {}, settled {}, refunded {}; next: {}",
            state.status,
            window(&state),
            state.contributors,
            state.total,
            config.denom,
            state.minted,
            state.settled,
            state.refunded,
            next(&state, &draw, fairness.crack_window)
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Until when it stays as it is, where only time changes it.
fn window(state: &ShowerResponse) -> String {
    match state.status {
        Stands::Upcoming => format!(" until {}", utc(state.opens_at)),
        Stands::Open => format!(" until {}", utc(state.closes_at)),
        _ => String::new(),
    }
}

fn next(state: &ShowerResponse, draw: &DrawResponse, crack_window: u64) -> String {
    let job = match state.status {
        Stands::Upcoming => "wait for its opening",
        Stands::Open => "wait for its end",
        Stands::Ended => "meteor close",
        Stands::Refunding => "meteor refund",
        _ if state.contributors > 0 && draw.root.is_none() => "meteor draw",
        _ if state.minted < state.contributors => "meteor mint",
        _ if state.settled < state.minted_amount => "meteor settle",
        _ if draw.key.is_some() => "nothing but meteor hatch: its key is public",
        _ => {
            let public = utc(state.closes_at.saturating_add(crack_window));
            return format!("meteor hatch, and meteor publish-key from {public}");
        }
    };
    job.to_owned()
}

/// Runs `meteor contribute`.
///
/// # Errors
/// If the shower is not open, or the chain refuses.
pub async fn contribute(options: &Contribute) -> Result<ExitCode> {
    let (mut account, deployment, config) = options.signing.open().await?;
    let shower = options.shower;
    exists(shower, &config)?;
    ensure!(
        !config.paused,
        "contributing is paused, nothing was sent: the owner lets it go on with meteor resume"
    );
    let state: ShowerResponse =
        account.node().smart(&deployment.shower, &QueryMsg::Shower { shower }).await?;
    let (from, until) = (utc(state.opens_at), utc(state.closes_at));
    ensure!(
        state.status == Stands::Open,
        "shower {shower} is {:?}, nothing was sent: it takes contributions from {from} until {until}",
        state.status
    );
    println!(
        "shower {shower} is open until {until}, the least total of a wallet is {} {}",
        state.minimum, config.denom
    );
    let message = ExecuteMsg::Contribute { shower };
    let funds = coins(options.amount, &config.denom);
    let included = account.execute(&deployment.shower, &message, &funds).await?;
    println!("contributed {} {} in block {}", options.amount, config.denom, included.height);
    Ok(ExitCode::SUCCESS)
}

/// Runs `meteor settle`.
///
/// # Errors
/// If the chain refuses.
pub async fn settle(options: &Settle) -> Result<ExitCode> {
    let (mut account, deployment, config) = options.signing.open().await?;
    if let Some(shower) = options.shower {
        exists(shower, &config)?;
    }
    let rate = Rate::of(account.node()).await.context("asking for the chain's tax")?;
    let shares: Vec<u32> = config.payees.iter().map(|payee| payee.share_bp).collect();
    for shower in 1..=config.schedule.count {
        if options.shower.is_some_and(|only| only != shower) {
            continue;
        }
        let query = QueryMsg::Shower { shower };
        let state: ShowerResponse = account.node().smart(&deployment.shower, &query).await?;
        let leaves = state.minted_amount.saturating_sub(state.settled).u128();
        if leaves == 0 {
            continue;
        }
        // Each payee is paid by itself, so the chain rounds each by itself.
        let arrives = split(leaves, &shares).into_iter().map(|amount| rate.arrives(amount));
        let arrives = arrives.fold(0, u128::saturating_add);
        println!(
            "shower {shower}: {leaves} {} will leave, {arrives} will arrive (the chain's tax takes {})",
            config.denom,
            leaves.saturating_sub(arrives)
        );
        let paid = jobs::settle(&mut account, &deployment.shower, shower).await?;
        println!("shower {shower}: paid {paid} {}", config.denom);
    }
    Ok(ExitCode::SUCCESS)
}
