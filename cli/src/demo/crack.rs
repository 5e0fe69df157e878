//! Cracking: the worker reveals what visitors crack, at any time. After the showers half of the demo's wallets crack
//! theirs, and everything about that is checked.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use meteor_chain::contracts::{Collection, HatcheryContract, ShowerContract};
use meteor_operator::jobs::{Hatched, Hatcher, Sealer};
use meteor_operator::node::Node;
use meteor_rules::TokenId;
use tokio_util::sync::CancellationToken;

use super::Stage;
use super::books::Books;
use super::event;
use super::report::Check;
use super::wallets::Wallets;
use crate::out::{say, tell};

/// The worker's account of the words.
const WORKER: u32 = 7;
/// How often the worker looks for what visitors cracked.
const LOOK: Duration = Duration::from_secs(1);

/// Reveals what visitors crack until `stop`. After it [`run`] may use the worker's account.
pub(super) async fn attend(stage: &Stage<'_>, stop: &CancellationToken) -> Result<()> {
    let Stage { chain, preset, deployment, secret, .. } = *stage;
    let mut worker = chain.account(WORKER).await?;
    let config = ShowerContract::new(worker.node(), &deployment.shower).config().await?;
    let sealer = Sealer { deployment, config: &config, keys: &secret.keys, tables: &preset.crack.tables };
    let mut hatcher = Hatcher::new(sealer);
    let mut trouble = String::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(LOOK) => {}
        }
        // Not part of the select: a round that has begun is finished.
        match hatcher.round(&mut worker).await {
            Ok(hatched) if hatched.revealed.is_empty() => {}
            Ok(hatched) => {
                say!("revealed       {} meteors that visitors cracked", hatched.revealed.len());
            }
            // The next round may do better, and what is left at the end fails there.
            Err(error) => {
                let error = crate::out::in_words(&error.into());
                if error != trouble {
                    tell!("the worker has trouble revealing what visitors cracked: {error}");
                    trouble = error;
                }
            }
        }
    }
}

/// Cracks and hatches: which meteors were cracked, and which revealed.
pub(super) async fn run(
    stage: &Stage<'_>,
    wallets: &Wallets,
    books: &Books,
) -> Result<(Vec<u64>, Vec<TokenId>)> {
    let Stage { chain, preset, deployment, secret, .. } = *stage;
    let mut worker = chain.account(WORKER).await?;
    let cracked = event::crack(deployment, wallets).await?;
    say!("cracked        {} meteors; the worker reveals what they hold", cracked.len());
    let config = ShowerContract::new(worker.node(), &deployment.shower).config().await?;
    let sealer = Sealer { deployment, config: &config, keys: &secret.keys, tables: &preset.crack.tables };
    let mut hatcher = Hatcher::new(sealer);
    let hatched = hatcher.round(&mut worker).await.context("revealing")?;
    let again = hatcher.round(&mut worker).await.context("revealing again")?;
    // Visitors may crack at any time, also between the two rounds.
    let of_visitors: BTreeSet<u64> = books.of_visitors().map(|ranked| ranked.meteor).collect();
    ensure!(
        without(again.clone(), &of_visitors) == Hatched::default(),
        "the worker left something, or revealed it twice: {again:?}"
    );
    Ok((cracked, without(hatched, &of_visitors).revealed))
}

/// What the worker did, less what concerns these meteors.
fn without(mut hatched: Hatched, meteors: &BTreeSet<u64>) -> Hatched {
    let Hatched { revealed, left, held, unfit: _, refused } = &mut hatched;
    for list in [revealed, left, held] {
        list.retain(|token_id| !meteors.contains(&token_id.0));
    }
    refused.retain(|token_id, _| !meteors.contains(&token_id.0));
    hatched
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
