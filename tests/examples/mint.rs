//! Measures minting: N wallets contribute to each shower, then the operator's own job mints, and every token on the chain
//! is compared with its line of the plan. `scripts/bench-mint` runs it.

use std::ffi::OsStr;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use meteor_chain::contracts::{Collection, ShowerContract};
use meteor_cli::commands::Cli;
use meteor_operator::account::Account;
use meteor_operator::jobs::{self, Batches, Minter};
use meteor_operator::journal::Committed;
use meteor_operator::node::Node;
use meteor_operator::plan::{Row, line};
use meteor_operator::signer::{COIN_TYPE, Signer};
use meteor_rules::catalogue::file::write;
use meteor_rules::{ShowerId, TokenId};
use meteor_tests::crowd::Crowd;
use meteor_tests::{Pace, Stage};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Measures minting: N wallets contribute to each shower, the showers are closed and drawn, then the operator's own
/// job mints, and every meteor is compared with the line that meteor plan wrote before. scripts/bench-mint --gen 0.46
/// takes the older generation of nodes, --gen devnet the dev chain.
#[derive(Debug, Parser)]
struct Options {
    /// Wallets with one contribution each
    #[arg(long, default_value_t = 1_000)]
    meteors: usize,
    /// Showers, to each of which every wallet contributes
    #[arg(long, default_value_t = 1)]
    showers: u32,
    /// Pieces of each tier in the catalogue
    #[arg(long, default_value_t = 100)]
    pieces: u32,
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
const PARALLEL: u64 = 16;
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
    let showers = options.showers;
    let mut stage = Stage::with_pieces(showers, pace, options.pieces).await;
    let started = Instant::now();
    let crowd = Arc::new(Crowd::fund_for(&stage, options.meteors, showers).await?);
    println!("funded {wallets} wallets in {} s", started.elapsed().as_secs());
    let started = Instant::now();
    let from = stage.height().await;
    stage.open(1).await;
    // Each of the others opened when the one before it ended.
    for shower in 1..=showers {
        crowd.contribute_to(&stage, shower).await?;
        stage.end(shower).await;
        stage.close_and_draw(shower).await;
    }
    let blocks = stage.height().await.saturating_sub(from);
    println!(
        "{wallets} contributions to each of {showers} showers in {} s, {blocks} blocks",
        started.elapsed().as_secs()
    );

    let journal = tempfile::tempdir()?;
    let plan = Box::pin(planned(&stage, journal.path())).await?;
    println!(
        "| meteors | a transaction | transactions | blocks | seconds | gas | gas a meteor | fee (uluna) | at Terra Classic: minutes | LUNC |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    let rows = options.batch.len().max(1);
    let all = usize::try_from(showers)?.saturating_mul(options.meteors);
    for (row, batch) in options.batch.iter().enumerate() {
        let upto = u32::try_from(all.saturating_mul(row.saturating_add(1)) / rows)?;
        let batches = match *batch {
            0 => Batches::default(),
            meteors => Batches { meteors, gas: u64::MAX },
        };
        mint(&mut stage, journal.path(), batches, upto, options.kills).await?;
    }
    as_planned(&stage, &plan, all).await?;
    stage.stop().await;
    Ok(())
}

/// The lines of the plan, as `meteor plan` writes them.
async fn planned(stage: &Stage, folder: &Path) -> Result<Vec<String>> {
    let started = Instant::now();
    let (file, catalogue) = (folder.join("plan.csv"), folder.join("catalogue.csv"));
    std::fs::write(&catalogue, write(&stage.catalogue, &stage.preset.meteors.template))?;
    let (rpc, contract) = (stage.chain.rpc.as_str(), stage.deployment.shower.as_str());
    let options = ["meteor", "plan", "--node", rpc, "--contract", contract, "--catalogue"].map(OsStr::new);
    let files = [catalogue.as_os_str(), OsStr::new("--out"), file.as_os_str()];
    Box::pin(Cli::try_parse_from(options.into_iter().chain(files))?.run()).await?;
    let lines: Vec<String> = std::fs::read_to_string(&file)?.lines().map(str::to_owned).collect();
    println!("planned {} meteors in {:.1} s", lines.len().saturating_sub(1), started.elapsed().as_secs_f64());
    Ok(lines)
}

/// Mints up to rank `upto` and prints what it took; the node is killed `kills` times meanwhile.
async fn mint(stage: &mut Stage, journal: &Path, batches: Batches, upto: u32, kills: u32) -> Result<()> {
    let before = stage.operator(journal, &[&stage.chain.rpc]).await?.journal().history()?.len();
    let mut minted = 0u32;
    for shower in stage.contract().showers().await? {
        minted = minted.saturating_add(shower.minted);
    }
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
                let mut minter = Minter::new(&account, batches).await?;
                let states = ShowerContract::new(account.node(), &contract).showers().await?;
                let mut before = 0u32;
                for state in states {
                    // The row ends with the transaction that reaches it.
                    let progress = |at: jobs::MintProgress| {
                        let done = before.saturating_add(at.minted);
                        tell.send_replace(done);
                        if done < upto { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
                    };
                    let id = ShowerId(state.shower);
                    minter.mint(&mut account, &contract, id, &catalogue, progress).await?;
                    before = before.saturating_add(state.contributors);
                    if before >= upto {
                        break;
                    }
                }
                anyhow::Ok(())
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

/// Every token on the chain is its line of the plan, and there are no others.
async fn as_planned(stage: &Stage, plan: &[String], meteors: usize) -> Result<()> {
    let started = Instant::now();
    let total = stage.meteors().count().await?;
    ensure!(total == u64::try_from(meteors)?, "{total} exist where {meteors} are due");
    ensure!(plan.len() == meteors.saturating_add(1), "the plan has {} lines", plan.len());
    let mut tasks = JoinSet::new();
    for worker in 0..PARALLEL {
        let (node, collection) = (stage.node.clone(), stage.deployment.meteors.clone());
        let template = stage.preset.meteors.template.clone();
        let mine: Vec<(u64, String)> = (1..)
            .zip(plan.iter().skip(1).cloned())
            .filter(|(number, _)| number % PARALLEL == worker)
            .collect();
        tasks.spawn(async move {
            let collection = Collection::new(&node, &collection);
            for (number, planned) in mine {
                let owner = collection.owner_of(number).await?;
                let shown = collection.metadata(number).await?;
                let row = Row { token_id: TokenId(number), owner: &owner, shown, is_final: true };
                let is = line(&template, &row);
                ensure!(is.trim_end() == planned, "planned: {planned}\nminted: {is}");
            }
            anyhow::Ok(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    // As many as lines, and each line is another number: none is there twice.
    let seconds = started.elapsed().as_secs();
    println!("{meteors} tokens are what the plan said, line by line (looked at in {seconds} s)");
    Ok(())
}
