//! A round: nodes misbehave, replicas follow and are killed, clients compare. Then everything heals, and must be right.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::bucket::Bucket;
use crate::client::Client;
use crate::fault::Fault;
use crate::live::Live;
use crate::node::{Active, Node};
use crate::oracle::Oracle;
use crate::plan::{Event, Plan, Stores};
use crate::record::Recording;
use crate::replica::{Replica, Setup, Store};
use crate::store;
use crate::tally::{Tally, count};

/// The tip moves so often.
const TICK: Duration = Duration::from_millis(50);
/// Blocks from the launch to where the tip is at the start.
const AHEAD: u64 = 8;
/// Blocks at the end of the chain for when all faults are over.
const LEFT: u64 = 150;
/// Pace of the chain then (blocks a second).
const CALM: u64 = 1;
/// How long after the faults a replica may take to be right: the longest pause after failures, and what a node of which
/// it learned to ask less than twice a second owes it of blocks that two nodes must tell before they are stored.
const BACK: Duration = Duration::from_secs(90);
/// How long a start from what is stored may take at most, on a busy machine.
const START: Duration = Duration::from_secs(20);
/// A snapshot may be so many blocks late: they are made every ten.
const LATE: u64 = 30;
/// Of a recovery that took longer the reason is printed.
const SLOW: Duration = Duration::from_secs(10);
/// How long all must have been right.
const GOOD: Duration = Duration::from_millis(1500);

/// What rounds need.
#[derive(Debug)]
pub struct Stand {
    /// The chain.
    pub recording: Arc<Recording>,
    /// What is right.
    pub oracle: Arc<Oracle>,
    /// What is counted.
    pub tally: Arc<Tally>,
    /// The indexer's binary.
    pub program: PathBuf,
    /// The time between two requests of a client.
    pub every: Duration,
}

/// Runs a round. Answers with how long replicas took to be right after the faults, at most.
///
/// # Errors
/// If something of the suite itself fails. What is wrong with a replica is a finding.
pub async fn run(stand: &Stand, plan: &Plan, seed: u64, folder: &Path) -> Result<Duration> {
    let Stand { recording, oracle, tally, .. } = stand;
    let round = format!("seed {seed}");
    let tip = Arc::new(AtomicU64::new(recording.launched + AHEAD));
    let mut nodes = Vec::new();
    for number in 0..plan.nodes {
        nodes.push(Node::start(recording, &tip, seed.wrapping_add(u64::try_from(number)?)).await?);
    }
    let bucket = Bucket::start(seed).await?;
    let mut replicas = Vec::new();
    for number in 0..plan.replicas {
        let mut addresses: Vec<_> = nodes.iter().map(|node| node.addr).collect();
        // Each prefers another node.
        let by = number % addresses.len().max(1);
        addresses.rotate_left(by);
        let store = store_of(plan, number, folder, &bucket);
        let setup = Setup { program: stand.program.clone(), nodes: addresses, store };
        let mut replica = Replica::new(recording, setup, folder, &format!("replica-{number}"))?;
        replica.start()?;
        replicas.push(replica);
    }
    if plan.reader {
        let store = store_of(plan, 0, folder, &bucket);
        let setup = Setup { program: stand.program.clone(), nodes: Vec::new(), store };
        let mut replica = Replica::new(recording, setup, folder, "reader")?;
        replica.start()?;
        replicas.push(replica);
        count(&tally.readers);
    }
    let stop = Arc::new(AtomicBool::new(false));
    let mut clients = JoinSet::new();
    // Two nodes that tell alike of a tip far ahead are believed: then no block is close to it.
    let judged = !plan.faults().any(|fault| fault == Fault::TipAhead);
    let told: Vec<_> = nodes.iter().filter(|_| judged).map(|node| Arc::clone(&node.told)).collect();
    let client = |replica: &Replica| Client {
        replica: replica.public,
        oracle: Arc::clone(oracle),
        tally: Arc::clone(tally),
        every: stand.every,
        ends: Arc::clone(&replica.ends),
        tip: Arc::clone(&tip),
        told: if replica.reads() { Vec::new() } else { told.clone() },
        stop: Arc::clone(&stop),
        round: round.clone(),
    };
    for (number, replica) in (0..).zip(&replicas) {
        for more in 0..2 {
            clients.spawn(client(replica).run(seed.wrapping_mul(31).wrapping_add(number * 2 + more)));
        }
    }

    for replica in &replicas {
        let live = Live {
            replica: replica.public,
            oracle: Arc::clone(oracle),
            tally: Arc::clone(tally),
            stop: Arc::clone(&stop),
            round: round.clone(),
        };
        clients.spawn(live.run());
    }

    misbehave(stand, plan, seed, &nodes, &bucket, &mut replicas, &tip).await?;
    bucket.misbehave(0.0);
    for node in &nodes {
        node.misbehave(vec![]);
    }
    for replica in &mut replicas {
        if replica.ended()?.is_some() {
            tally.found(format!("{round}: a replica ended by itself"));
        }
        if replica.disk.take().is_some() {
            replica.kill()?;
        }
        replica.start_if_down()?;
    }
    let mut took = heal(stand, plan, &round, &replicas, &tip).await?;
    if plan.stores != Stores::None {
        alone(stand, &round, &nodes, &mut replicas).await?;
        took = took.max(heal(stand, plan, &round, &replicas, &tip).await?);
    }
    stop.store(true, Ordering::Relaxed);
    for replica in &mut replicas {
        if client(replica).all().await.is_err() {
            tally.found(format!("{round}: no answer at the end"));
        }
        if !replica.stop().await? {
            tally.found(format!("{round}: a replica did not stop when asked to"));
        }
    }
    while let Some(done) = clients.join_next().await {
        done??;
    }
    stored(stand, plan, &round, &bucket, &replicas)?;
    for node in &nodes {
        tally.gave(&node.given());
    }
    Ok(took)
}

/// Where a replica keeps what it has read.
fn store_of(plan: &Plan, number: usize, folder: &Path, bucket: &Bucket) -> Option<Store> {
    match plan.stores {
        Stores::None => None,
        Stores::Own => Some(Store::Folder(folder.join(format!("store-{number}")))),
        Stores::Shared => Some(Store::Folder(folder.join("store"))),
        Stores::Bucket => Some(Store::Bucket(bucket.addr)),
    }
}

/// What is stored in the end must be that of a clean rebuild.
fn stored(stand: &Stand, plan: &Plan, round: &str, bucket: &Bucket, replicas: &[Replica]) -> Result<()> {
    let Stand { recording, oracle, tally, .. } = stand;
    let folders: BTreeSet<&Path> = replicas.iter().filter_map(Replica::folder).collect();
    let mut stores: Vec<Vec<(String, Vec<u8>)>> = folders.into_iter().map(store::snapshots).collect();
    if plan.stores == Stores::Bucket {
        let objects = bucket.objects("/snapshots/").into_iter();
        stores.push(objects.map(|(name, bytes)| (name, bytes.to_vec())).collect());
    }
    for snapshots in stores {
        let (good, wrong) = store::check(&snapshots, recording, oracle, plan.damages())?;
        tally.snapshots.fetch_add(good, Ordering::Relaxed);
        if good == 0 {
            tally.found(format!("{round}: no good snapshot is stored"));
        }
        for what in wrong {
            tally.found(format!("{round}: {what}"));
        }
    }
    tally.bucket.fetch_add(bucket.given(), Ordering::Relaxed);
    Ok(())
}

/// The part of the round in which everything goes wrong.
async fn misbehave(
    stand: &Stand,
    plan: &Plan,
    seed: u64,
    nodes: &[Node],
    bucket: &Bucket,
    replicas: &mut [Replica],
    tip: &AtomicU64,
) -> Result<()> {
    let (first, last) = (tip.load(Ordering::Relaxed), stand.recording.tape.top().saturating_sub(LEFT));
    let round = format!("seed {seed}");
    let started = Instant::now();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut events = plan.events.iter().peekable();
    let mut ups: Vec<(Duration, usize)> = Vec::new();
    let (mut halted, mut moved) = (false, Duration::ZERO);
    loop {
        let now = started.elapsed();
        while let Some((_, event)) = events.next_if(|(at, _)| *at <= now) {
            match event {
                Event::Faults(node, active) => {
                    if let Some(node) = nodes.get(*node) {
                        node.misbehave(active.clone());
                    }
                }
                Event::Bucket(share) => bucket.misbehave(*share),
                Event::Halt(halts) => halted = *halts,
                Event::Disk(number, most) => {
                    if let Some(replica) = replicas.get_mut(*number) {
                        replica.kill()?;
                        replica.disk = *most;
                        count(&stand.tally.killed);
                        count(&stand.tally.disks);
                        ups.push((now, *number));
                    }
                }
                Event::Kill(number, down, damage) => {
                    if let Some(replica) = replicas.get_mut(*number) {
                        replica.kill()?;
                        count(&stand.tally.killed);
                        if let (Some(damage), Some(folder)) = (damage, replica.folder()) {
                            store::damage(folder, *damage, &mut rng)?;
                            count(&stand.tally.damaged);
                        }
                        ups.push((now + *down, *number));
                    }
                }
                Event::Restart(number) => {
                    if let Some(replica) = replicas.get_mut(*number) {
                        if !replica.stop().await? {
                            stand.tally.found(format!("{round}: a replica did not stop when asked to"));
                        }
                        count(&stand.tally.stopped);
                        ups.push((now, *number));
                    }
                }
            }
        }
        for (_, number) in ups.extract_if(.., |(at, _)| *at <= now) {
            if let Some(replica) = replicas.get_mut(number) {
                replica.start_if_down()?;
            }
        }
        for replica in replicas.iter_mut() {
            if let Some(status) = replica.ended()? {
                stand.tally.found(format!("{round}: a replica ended by itself: {status}"));
                replica.start_if_down()?;
            }
        }
        if now >= plan.length {
            return Ok(());
        }
        tokio::time::sleep(TICK).await;
        if !halted {
            moved += TICK;
            let share = moved.as_secs_f64() / plan.length.as_secs_f64();
            let blocks = Duration::from_secs(last.saturating_sub(first)).mul_f64(share.min(1.0)).as_secs();
            tip.store(first + blocks, Ordering::Relaxed);
        }
    }
}

/// All replicas are killed, and begin with what is stored while every node answers 429.
async fn alone(stand: &Stand, round: &str, nodes: &[Node], replicas: &mut [Replica]) -> Result<()> {
    for node in nodes {
        node.misbehave(vec![Active { fault: Fault::RateLimit, share: 1.0 }]);
    }
    let http = reqwest::Client::builder().timeout(Duration::from_secs(5)).build()?;
    for replica in replicas.iter_mut() {
        replica.kill()?;
        replica.start()?;
    }
    let started = Instant::now();
    for replica in replicas.iter() {
        let ready = format!("http://{}/readyz", replica.admin);
        let ready = async || http.get(&ready).send().await.is_ok_and(|answer| answer.status().is_success());
        while !ready().await && started.elapsed() < START {
            tokio::time::sleep(TICK).await;
        }
        let served = http.get(format!("http://{}/v1/config", replica.public)).send().await;
        // No node has answered it: nobody knows how old that is.
        let state = served.as_ref().ok().and_then(|answer| answer.headers().get("x-meteor-state"));
        if !replica.reads() && served.is_ok() && state.is_none_or(|state| state != "cant_follow") {
            stand.tally.found(format!(
                "{round}: what is served while all nodes refuse is marked as {state:?}, not as cant_follow"
            ));
        }
        if started.elapsed() >= START || !served.is_ok_and(|answer| answer.status().is_success()) {
            let why = replica.status(&http).await;
            stand
                .tally
                .found(format!("{round}: nothing is served from the store while all nodes refuse: {why:?}"));
        }
        let took = u64::try_from(started.elapsed().as_millis())?;
        stand.tally.ready.fetch_max(took, Ordering::Relaxed);
        count(&stand.tally.alone);
    }
    for node in nodes {
        node.misbehave(vec![]);
    }
    Ok(())
}

/// Waits until all replicas are right again; the chain goes on meanwhile.
async fn heal(
    stand: &Stand,
    plan: &Plan,
    round: &str,
    replicas: &[Replica],
    tip: &AtomicU64,
) -> Result<Duration> {
    let http = reqwest::Client::builder().timeout(Duration::from_secs(5)).build()?;
    let patience = BACK + Duration::from_secs(plan.faults().map(Fault::echo).max().unwrap_or_default());
    let (started, from) = (Instant::now(), tip.load(Ordering::Relaxed));
    let mut last = String::new();
    let mut good_since: Option<Instant> = None;
    loop {
        let elapsed = started.elapsed();
        let now = (from + elapsed.as_secs() * CALM).min(stand.recording.tape.top());
        tip.store(now, Ordering::Relaxed);
        let mut bad = Vec::new();
        for replica in replicas {
            match replica.status(&http).await {
                Some(status) => {
                    let why = wrong(plan, replica.reads(), &status, now);
                    bad.extend(why.map(|why| format!("{why}: {status}")));
                }
                None => bad.push("the admin port doesn't answer".to_owned()),
            }
        }
        if bad.is_empty() {
            let since = *good_since.get_or_insert_with(Instant::now);
            if since.elapsed() >= GOOD {
                let took = since.saturating_duration_since(started);
                if took > SLOW {
                    println!("chaos: {round}: until {:.1} s: {last}", took.as_secs_f64());
                }
                return Ok(took);
            }
        } else {
            good_since = None;
            last = bad.join("; ");
        }
        if elapsed > patience {
            for why in bad {
                stand.tally.found(format!("{round}: {} s after the last fault: {why}", elapsed.as_secs()));
            }
            return Ok(elapsed);
        }
        tokio::time::sleep(TICK).await;
    }
}

/// Why a replica isn't right, by what it says itself.
fn wrong(plan: &Plan, reads: bool, status: &Value, tip: u64) -> Option<String> {
    let number = |field: &str| status.get(field).and_then(Value::as_u64).unwrap_or_default();
    if status.get("state").and_then(Value::as_str) != Some("following") {
        return Some("not following".to_owned());
    }
    // Damage raises an alarm.
    if status.get("alarm").and_then(Value::as_bool) != Some(false) && !plan.damages() {
        return Some("an alarm".to_owned());
    }
    if reads {
        // As far behind as what others store.
        return (number("height") + LATE < tip).then(|| format!("at height {} of {tip}", number("height")));
    }
    let stored = status.pointer("/store/snapshot").and_then(Value::as_u64).unwrap_or_default();
    if plan.stores != Stores::None && stored + LATE < tip {
        return Some(format!("the last snapshot is of height {stored}"));
    }
    // A limit that it learned from a node's refusals grows slowly, and real chains make a block every six seconds.
    (number("height") + 5 < tip).then(|| format!("at height {} of {tip}", number("height")))
}
