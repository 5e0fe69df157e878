//! Measures minting on a real node: N wallets contribute, then the operator's own job mints.
//! `scripts/bench-mint` runs it.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use meteor_chain::contracts::Collection;
use meteor_operator::account::Account;
use meteor_operator::jobs::{self, Batches};
use meteor_operator::journal::Committed;
use meteor_operator::node::Node;
use meteor_operator::signer::{COIN_TYPE, Signer};
use meteor_rules::ShowerId;
use meteor_tests::crowd::Crowd;
use meteor_tests::{Pace, Stage};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Measures minting on a real node: N wallets contribute, the shower is closed and drawn, then the operator's
/// own job mints, and every meteor is looked for. scripts/bench-mint --gen 0.46 takes the older generation of
/// nodes.
#[derive(Debug, Parser)]
struct Options {
    /// Wallets with one contribution each
    #[arg(long, default_value_t = 1_000)]
    meteors: usize,
    /// Meteors a transaction, one row of the table each; each row mints an equal part. 0: the job's own
    /// choice
    #[arg(long, value_delimiter = ',', default_value = "0")]
    batch: Vec<usize>,
    /// Kill the node (SIGKILL) and start it again this often during the mint
    #[arg(long, default_value_t = 0)]
    kills: u32,
    /// How long the shower is open (seconds); 0: 60 and one for each 50 wallets
    #[arg(long, default_value_t = 0)]
    seconds: u64,
}

/// Seconds between two blocks of Terra Classic.
const TERRA_BLOCK: u64 = 6;
/// What a unit of gas costs on Terra Classic (millionths of uluna).
const TERRA_PRICE: u64 = 28_325_000;
/// Owners asked for at once.
const PARALLEL: u32 = 16;
const AGAIN: Duration = Duration::from_secs(1);

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let wallets = u64::try_from(options.meteors)?;
    let length = if options.seconds == 0 { 60 + wallets / 50 } else { options.seconds };
    let pace = Pace {
        before: 5,
        length,
        mint_window: 7_200,
        crack_window: 10_800,
        key_window: 14_400,
        reveal_timeout: 3_600,
    };
    let mut stage = Stage::with_pace(1, pace).await;
    let started = Instant::now();
    let crowd = Crowd::fund(&stage, options.meteors).await?;
    println!("funded {wallets} wallets in {} s", started.elapsed().as_secs());
    stage.open(1).await;
    let started = Instant::now();
    let from = stage.height().await;
    crowd.contribute(&stage).await?;
    let blocks = stage.height().await.saturating_sub(from);
    println!("{wallets} contributions in {} s, {blocks} blocks", started.elapsed().as_secs());
    stage.end(1).await;
    stage.close_and_draw(1).await;
    println!("closed and drawn");

    let journal = tempfile::tempdir()?;
    println!(
        "| meteors | a transaction | transactions | blocks | seconds | gas | gas a meteor | fee (uluna) | at Terra Classic: minutes | LUNC |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    let rows = options.batch.len().max(1);
    for (row, batch) in options.batch.iter().enumerate() {
        let upto = u32::try_from(options.meteors.saturating_mul(row.saturating_add(1)) / rows)?;
        let batches = match *batch {
            0 => Batches::default(),
            meteors => Batches { meteors, gas: u64::MAX },
        };
        mint(&mut stage, journal.path(), batches, upto, options.kills).await?;
    }
    each_once(&stage, options.meteors).await?;
    stage.stop().await;
    Ok(())
}

/// Mints up to rank `upto` and prints what it took; the node is killed `kills` times meanwhile.
async fn mint(stage: &mut Stage, journal: &Path, batches: Batches, upto: u32, kills: u32) -> Result<()> {
    let before = stage.operator(journal, &[&stage.chain.rpc]).await?.journal().history()?.len();
    let minted = stage.shower(1).await.minted;
    let started = Instant::now();
    let from = stage.height().await;
    let (tell, told) = watch::channel(minted);
    let (catalogue, contract) = (stage.catalogue.clone(), stage.deployment.shower.clone());
    let chain = stage.chain.clone();
    let folder = journal.to_owned();
    let job = tokio::spawn(async move {
        let mut ended = 0u32;
        loop {
            let run = async {
                let signer = Signer::from_mnemonic(&chain.mnemonic, COIN_TYPE, 2, &chain.prefix)?;
                let node = Node::new(&chain.rpc)?;
                let price = chain.gas_price.clone();
                let mut account = Account::open_with_journal(node, signer, price, &folder).await?;
                // The row ends with the transaction that reaches it.
                let progress = |at: jobs::MintProgress| {
                    tell.send_replace(at.minted);
                    if at.minted < upto { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
                };
                let id = ShowerId(1);
                anyhow::Ok(jobs::mint_in(batches, &mut account, &contract, id, &catalogue, progress).await?)
            };
            match run.await {
                Ok(()) => return ended,
                // As its operator would, who reads this and runs it again.
                Err(error) => {
                    ended += 1;
                    eprintln!("the job ended: {error}");
                    tokio::time::sleep(AGAIN).await;
                }
            }
        }
    });
    for kill in 1..=kills {
        let part = upto.saturating_sub(minted) / kills.saturating_add(1);
        let due = minted.saturating_add(part.saturating_mul(kill));
        told.clone().wait_for(|minted| *minted >= due).await?;
        let node = stage.real_node().context("there is no node to kill on the dev chain")?;
        tokio::task::block_in_place(|| node.restart());
        eprintln!("killed at {} meteors, and started again", *told.borrow());
    }
    let ended = job.await?;
    let seconds = started.elapsed().as_secs_f64();
    let blocks = stage.height().await.saturating_sub(from);
    let history = stage.operator(journal, &[&stage.chain.rpc]).await?.journal().history()?;
    let sent = history.get(before..).unwrap_or_default();
    row(sent, upto.saturating_sub(minted), blocks, seconds)?;
    if kills > 0 {
        println!("the node was killed {kills} times; the job ended {ended} times and was run again");
    }
    Ok(())
}

/// Prints a row of the table.
fn row(sent: &[Committed], meteors: u32, blocks: u64, seconds: f64) -> Result<()> {
    let gas: u64 = sent.iter().map(|one| one.gas_used).sum();
    let fee = |one: &Committed| one.fee.trim_end_matches(char::is_alphabetic).parse::<u128>();
    let fees: u128 = sent.iter().map(fee).sum::<Result<u128, _>>()?;
    // Fees go by the limit of gas, which is more than what was used: here 0.01uluna a unit.
    let at_terra = fees.saturating_mul(u128::from(TERRA_PRICE)) / 10_000 / 1_000_000;
    let count = u64::try_from(sent.len())?;
    // A transaction waits for the next block, and the job sees it there before it signs another.
    let minutes = count.saturating_mul(TERRA_BLOCK).div_ceil(60);
    println!(
        "| {meteors} | {} | {count} | {blocks} | {seconds:.1} | {gas} | {} | {fees} | {minutes} | {at_terra} |",
        u64::from(meteors).checked_div(count).unwrap_or_default(),
        gas.checked_div(u64::from(meteors)).unwrap_or_default(),
    );
    let failed = sent.iter().filter(|one| one.code != 0).count();
    ensure!(failed == 0, "{failed} transactions failed");
    Ok(())
}

/// Every meteor exists, once, and is its rank's.
async fn each_once(stage: &Stage, meteors: usize) -> Result<()> {
    let started = Instant::now();
    let total = stage.meteors().count().await?;
    ensure!(total == u64::try_from(meteors)?, "{total} exist where {meteors} are due");
    let places = stage.contract().ranking(1).await?;
    ensure!(places.len() == meteors, "{} are ranked", places.len());
    let mut tasks = JoinSet::new();
    for worker in 0..PARALLEL {
        let (node, collection) = (stage.node.clone(), stage.deployment.meteors.clone());
        let mine: Vec<(u32, String)> = (1..)
            .zip(places.iter().map(|place| place.contributor.clone()))
            .filter(|(rank, _)| rank % PARALLEL == worker)
            .collect();
        tasks.spawn(async move {
            for (rank, contributor) in mine {
                let owner = Collection::new(&node, &collection).owner_of(rank.into()).await?;
                ensure!(owner == contributor, "{rank} is {owner}'s instead of {contributor}'s");
            }
            anyhow::Ok(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    // As many as ranks, and each rank has its own: none is there twice.
    println!("every meteor exists once and is its rank's (looked at in {} s)", started.elapsed().as_secs());
    let contract = stage.shower(1).await;
    ensure!(usize::try_from(contract.minted)? == meteors, "the contract has minted {}", contract.minted);
    Ok(())
}
