//! `chaos`: runs rounds of faults and says what was found.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::Parser;
use meteor_chaos::fault::Fault;
use meteor_chaos::oracle::Oracle;
use meteor_chaos::plan::Plan;
use meteor_chaos::record::record;
use meteor_chaos::round::{self, Stand};
use meteor_chaos::tally::Tally;

/// Seeds of the rounds that CI always runs. In the first, one of two nodes lies, a disk is full for a while, and stores are
/// damaged; in the second, two replicas share a bucket that fails. In both another one reads the store alone. The third is
/// [`FOUND`].
const KNOWN: [u64; 3] = [2847, 31, FOUND];
/// A block is doubted just when all before it are verified: a store lost blocks over that, and kept nothing more. It takes
/// all of this seed's faults.
const FOUND: u64 = 39;
/// How long nodes misbehave in CI's rounds (seconds).
const SHORT: u64 = 10;
/// CI's round with a fresh seed is left out if it can't begin by then: a slow machine gets a shorter run, not a red one.
const FRESH: Duration = Duration::from_secs(100);

/// Real indexers on a recorded chain whose nodes misbehave on command; clients compare every answer with a clean
/// rebuild's.
///
/// Each round has a seed. If something was wrong, the arguments that run the same round again are printed. Then the same
/// faults come at the same times; the order of requests differs.
#[derive(Parser)]
struct Cli {
    /// Run for so long
    #[arg(long)]
    minutes: Option<u64>,
    /// Run so many rounds
    #[arg(long, default_value_t = 3)]
    rounds: u64,
    /// Seed of the first round; the next ones count on [default: a fresh one]
    #[arg(long)]
    seed: Option<u64>,
    /// What CI runs, in about two minutes: three known seeds, then a fresh one; rounds are shorter, and no fault makes
    /// a replica wait for a minute
    #[arg(long)]
    short: bool,
    /// One round for each of these faults, alone; `all` for each there is
    #[arg(long, value_delimiter = ',')]
    fault: Vec<String>,
    /// How long nodes misbehave in a round (seconds) [default: 14; 10 with --short]
    #[arg(long)]
    seconds: Option<u64>,
    /// Milliseconds between two requests of a client
    #[arg(long, default_value_t = 20)]
    every: u64,
    /// The indexer [default: beside this program]
    #[arg(long)]
    indexer: Option<PathBuf>,
    /// Where logs of the indexers go [default: a folder that is removed unless something was wrong]
    #[arg(long)]
    logs: Option<PathBuf>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("chaos: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(chaos(&cli)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("chaos: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The rounds to run, by seed.
fn rounds(cli: &Cli) -> Result<Vec<(u64, Plan)>> {
    let length = Duration::from_secs(cli.seconds.unwrap_or(if cli.short { SHORT } else { 14 }));
    let fresh = rand::random::<u32>().into();
    let first = cli.seed.unwrap_or(fresh);
    if !cli.fault.is_empty() {
        let all = <Fault as clap::ValueEnum>::value_variants();
        let named = |fault: &Fault| cli.fault.iter().any(|name| name == "all" || *name == fault.name());
        let chosen: Vec<Fault> = all.iter().copied().filter(named).collect();
        let names = || all.iter().map(|fault| fault.name()).collect::<Vec<_>>().join(", ");
        anyhow::ensure!(!chosen.is_empty(), "there is no such fault; there are: {}", names());
        return Ok(chosen.into_iter().map(|fault| (first, Plan::alone(fault, length))).collect());
    }
    let seeds: Vec<u64> = match (cli.seed, cli.minutes) {
        (_, Some(_)) => (first..first.saturating_add(100_000)).collect(),
        (None, None) if cli.short => KNOWN.into_iter().chain([fresh]).collect(),
        (_, None) => (first..first.saturating_add(cli.rounds)).collect(),
    };
    let plan = |seed| {
        let mut plan = Plan::of(seed, length);
        if cli.short && seed != FOUND {
            plan.without_echoes();
        }
        (seed, plan)
    };
    Ok(seeds.into_iter().map(plan).collect())
}

/// The arguments that run a round again.
fn again(cli: &Cli, seed: u64, plan: &Plan) -> String {
    let short = if cli.short { " --short" } else { "" };
    let seconds = cli.seconds.map(|seconds| format!(" --seconds {seconds}")).unwrap_or_default();
    let fault = plan.faults().next().filter(|_| !cli.fault.is_empty());
    let fault = fault.map(|fault| format!(" --fault {}", fault.name())).unwrap_or_default();
    format!("--seed {seed} --rounds 1{short}{seconds}{fault}")
}

async fn chaos(cli: &Cli) -> Result<bool> {
    let started = Instant::now();
    let beside = std::env::current_exe()?.with_file_name("meteor-indexer");
    let program = cli.indexer.clone().unwrap_or(beside);
    let folder = tempfile::tempdir()?;
    let (recording, stage) = record(folder.path()).await.context("recording the chain")?;
    let oracle = Arc::new(Oracle::new(&recording).context("folding the chain")?);
    println!(
        "chaos: recorded {} blocks and a fork of {} in {:.1} s; {} pages at {} heights are known",
        recording.tape.top(),
        recording.fork.top(),
        started.elapsed().as_secs_f64(),
        oracle.paths.len(),
        recording.tape.top() + 1 - oracle.start
    );
    let tally = Arc::new(Tally::default());
    let every = Duration::from_millis(cli.every);
    let stand =
        Stand { recording: Arc::clone(&recording), oracle, tally: Arc::clone(&tally), program, every };
    let logs = cli.logs.clone().unwrap_or_else(|| folder.path().join("logs"));
    let (mut done, mut longest) = (0_u64, Duration::ZERO);
    let until = match (cli.minutes, cli.seed) {
        (Some(minutes), _) => Some(Duration::from_secs(minutes * 60)),
        (None, None) if cli.short => Some(FRESH),
        (None, _) => None,
    };
    for (seed, plan) in rounds(cli)? {
        let known = cli.short && KNOWN.contains(&seed);
        if !known && until.is_some_and(|until| started.elapsed() >= until) {
            break;
        }
        let before = tally.wrong.load(Ordering::Relaxed);
        let faults: std::collections::BTreeSet<String> = plan.faults().map(Fault::name).collect();
        let names: Vec<String> = faults.into_iter().collect();
        println!(
            "chaos: {:>5.0} s  seed {seed}: {} node(s), {} replica(s){}, store {:?}: {}",
            started.elapsed().as_secs_f64(),
            plan.nodes,
            plan.replicas,
            if plan.reader { " and a reader" } else { "" },
            plan.stores,
            names.join(" ")
        );
        let folder = logs.join(format!("{seed}-{done}"));
        std::fs::create_dir_all(&folder)?;
        let took = round::run(&stand, &plan, seed, &folder).await?;
        longest = longest.max(took);
        done += 1;
        let wrong = tally.wrong.load(Ordering::Relaxed) - before;
        println!(
            "chaos: {:>5.0} s  seed {seed}: right again after {:.1} s, {wrong} wrong, {} answers compared so far",
            started.elapsed().as_secs_f64(),
            took.as_secs_f64(),
            tally.compared.load(Ordering::Relaxed)
        );
        if wrong == 0 {
            std::fs::remove_dir_all(&folder)?;
        } else {
            println!("chaos: the same round again: make chaos ARGS=\"{}\"", again(cli, seed, &plan));
        }
    }
    drop(stand);
    println!("\n{}rounds {done:>20}\nlongest recovery {:>8.1} s", tally.table(), longest.as_secs_f64());
    let findings = tally.findings();
    for finding in &findings {
        println!("WRONG: {finding}");
    }
    if !findings.is_empty() {
        println!("logs of the indexers: {}", folder.keep().display());
    }
    stage.stop().await;
    Ok(findings.is_empty())
}

#[cfg(test)]
mod tests {
    use meteor_chaos::fault::Shows;
    use meteor_chaos::plan::{Event, Stores};

    use super::*;

    #[test]
    fn the_known_seeds_are_what_they_were_chosen_for() {
        let [first, second, _] = KNOWN.map(|seed| Plan::of(seed, Duration::from_secs(SHORT)));
        assert_eq!((first.nodes, first.replicas, first.stores), (2, 2, Stores::Own));
        assert!(first.faults().any(|fault| fault.shows() == Shows::AnotherNode) && first.damages());
        assert!(first.events.iter().any(|(_, event)| matches!(event, Event::Disk(_, Some(_)))));
        assert_eq!((second.replicas, second.stores), (2, Stores::Bucket));
        assert!(first.reader && second.reader);
        assert!(second.events.iter().any(|(_, event)| matches!(event, Event::Bucket(share) if *share > 0.0)));
    }
}
