//! After the showers: half of the wallets crack their meteors, the worker reveals what they hold, the keys
//! are published, and the whole event is verified. One deliberately corrupted copy must not pass.

use anyhow::{Context, Result, ensure};
use meteor_chain::contracts::{Collection, HatcheryContract, ShowerContract};
use meteor_indexer::Server;
use meteor_operator::jobs::{self, Hatcher, Sealer};
use meteor_operator::node::Node;
use meteor_rules::TokenId;

use super::Stage;
use super::event;
use super::report::Check;
use super::wallets::Wallets;
use crate::evidence::{self, Bundle};

/// Cracks, hatches, publishes, verifies.
pub(super) async fn run(
    stage: &Stage<'_>,
    wallets: &Wallets,
    server: &Server,
    api: &str,
) -> Result<Vec<Check>> {
    let Stage { options, chain, preset, catalogue: _, deployment, secret, schedule } = *stage;
    let node = Node::new(&chain.rpc)?;
    let mut operator = chain.account(2).await?;
    let cracked = event::crack(deployment, wallets).await?;
    println!("cracked        {} meteors; the worker reveals what they hold", cracked.len());
    let config = ShowerContract::new(&node, &deployment.shower).config().await?;
    let sealer = Sealer { deployment, config: &config, keys: &secret.keys, tables: &preset.crack.tables };
    let mut hatcher = Hatcher::new(sealer);
    let hatched = hatcher.round(&mut operator).await.context("revealing")?;
    let again = hatcher.round(&mut operator).await.context("revealing again")?;
    ensure!(again.revealed.is_empty(), "the worker revealed something twice");

    // Keys stay secret while meteors are being cracked; the demo's window is short.
    let last = schedule.closes_at(options.showers).context("a shower without an end")?;
    node.wait_for_time(last.saturating_add(preset.crack.crack_window)).await?;
    for shower in 1..=options.showers {
        jobs::publish_key(&mut operator, deployment, &secret.keys, shower).await?;
    }
    let height = node.status().await?.height;
    server.wait_applied(height).await.context("waiting for the indexer")?;
    let bundle = evidence::load(api).await?;
    println!("verify         keys are published: meteor verify {api}");
    Ok(vec![
        Check {
            claim: "every cracked meteor is burnt and its holder has an egg or dust of its number",
            outcome: hatched_well(&node, stage, &cracked, &hatched.revealed).await,
        },
        Check { claim: "the draw of every shower verifies", outcome: verifies(&bundle) },
        Check { claim: "one changed contribution does not", outcome: corrupted_fails(bundle) },
    ])
}

async fn hatched_well(
    node: &Node,
    stage: &Stage<'_>,
    cracked: &[u64],
    revealed: &[TokenId],
) -> Result<String> {
    let mut due = cracked.to_vec();
    let mut done: Vec<u64> = revealed.iter().map(|token_id| token_id.0).collect();
    due.sort_unstable();
    done.sort_unstable();
    ensure!(due == done, "{} meteors were cracked and {} revealed", due.len(), done.len());
    let deployment = stage.deployment;
    let config = HatcheryContract::new(node, &deployment.hatchery).config().await?;
    let [meteors, eggs_left, dust_left] =
        [&deployment.meteors, &config.eggs, &config.dust].map(|address| Collection::new(node, address));
    let mut eggs = 0usize;
    for number in &due {
        ensure!(meteors.owner_of(*number).await.is_err(), "meteor {number} is still there");
        let egg = eggs_left.owner_of(*number).await.is_ok();
        let dust = dust_left.owner_of(*number).await.is_ok();
        ensure!(egg != dust, "meteor {number} left {}", if egg { "egg and dust" } else { "nothing" });
        eggs += usize::from(egg);
        let shown = if egg { eggs_left } else { dust_left }.metadata(*number).await?;
        let from = shown.attributes.iter().find(|a| a.trait_type == "Meteor ID");
        ensure!(
            from.is_some_and(|a| a.value == number.to_string()),
            "what meteor {number} left does not name it"
        );
    }
    Ok(format!("{eggs} eggs, {} dust", due.len() - eggs))
}

fn verifies(bundle: &Bundle) -> Result<String> {
    let reports = bundle.verify(None);
    for report in &reports {
        if let Some(step) = report.first_failure() {
            anyhow::bail!("shower {} fails at {}: {:?}", report.shower, step.name, step.outcome);
        }
        ensure!(
            report.is_complete() || bundle.is_empty(report.shower),
            "shower {}: not every step could be checked: {:?}",
            report.shower,
            report.steps
        );
    }
    Ok(format!("{} showers, every step", reports.len()))
}

fn corrupted_fails(mut bundle: Bundle) -> Result<String> {
    let rows = bundle.showers.iter_mut().map(|(rows, _)| rows).find(|rows| !rows.is_empty());
    let row = rows.and_then(|rows| rows.first_mut()).context("nothing to corrupt")?;
    row.amount ^= 1;
    let reports = bundle.verify(None);
    let found = reports.iter().find_map(|report| report.first_failure());
    Ok(format!("caught at {}", found.context("a corrupted copy passed")?.name))
}
