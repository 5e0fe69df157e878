//! After the showers: half of the wallets crack their meteors, and the worker reveals what they hold.

use anyhow::{Context, Result, ensure};
use meteor_chain::contracts::{Collection, HatcheryContract, ShowerContract};
use meteor_operator::jobs::{Hatched, Hatcher, Sealer};
use meteor_operator::node::Node;
use meteor_rules::TokenId;

use super::Stage;
use super::event;
use super::report::Check;
use super::wallets::Wallets;

/// Cracks and hatches: which meteors were cracked, and which revealed.
pub(super) async fn run(stage: &Stage<'_>, wallets: &Wallets) -> Result<(Vec<u64>, Vec<TokenId>)> {
    let Stage { chain, preset, deployment, secret, .. } = *stage;
    let mut worker = chain.account(7).await?;
    let cracked = event::crack(deployment, wallets).await?;
    println!("cracked        {} meteors; the worker reveals what they hold", cracked.len());
    let config = ShowerContract::new(worker.node(), &deployment.shower).config().await?;
    let sealer = Sealer { deployment, config: &config, keys: &secret.keys, tables: &preset.crack.tables };
    let mut hatcher = Hatcher::new(sealer);
    let hatched = hatcher.round(&mut worker).await.context("revealing")?;
    let again = hatcher.round(&mut worker).await.context("revealing again")?;
    ensure!(again == Hatched::default(), "the worker left something, or revealed it twice: {again:?}");
    Ok((cracked, hatched.revealed))
}

/// What became of the cracked meteors.
pub(super) async fn check(stage: &Stage<'_>, cracked: &[u64], revealed: &[TokenId]) -> Check {
    let claim = "every cracked meteor is burnt and its holder has an egg or dust of its number";
    let outcome = match Node::new(&stage.chain.rpc) {
        Ok(node) => hatched_well(&node, stage, cracked, revealed).await,
        Err(error) => Err(error.into()),
    };
    Check { claim, outcome }
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
