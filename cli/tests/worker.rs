//! The reveal worker near the reclaim time. A reveal that came too late would tell the holder what the meteor
//! holds and give it back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use meteor_chain::contracts::{HatcheryContract, ShowerContract};
use meteor_cli::chain::Chain;
use meteor_cli::demo;
use meteor_messages::hatchery::ExecuteMsg;
use meteor_messages::shower::ExecuteMsg::Contribute;
use meteor_operator::account::Account;
use meteor_operator::beacon::{BeaconClient, BeaconConfig};
use meteor_operator::gas::coins;
use meteor_operator::jobs::{self, Hatched, Hatcher, Sealer};
use meteor_operator::keys::{KeyError, KeySource, MasterKey, ShowerKey};
use meteor_operator::node::Node;
use meteor_rules::fairness::Domain;
use meteor_rules::fairness::content::Source;
use meteor_rules::preset::Preset;
use meteor_rules::{ShowerId, TokenId};
use meteor_tests::proxy::{Fault, Proxy};
use meteor_tests::{MARKER, Stage, Target};

const UST: u128 = 1_000_000;
/// Twice the time of a reveal's ten blocks: on the dev chain a block counts as a second.
const MARGIN: u64 = 20;

/// A shower whose meteor 1, of account 4, is in custody; from when on it can be reclaimed.
async fn cracked(name: &str) -> Option<(Stage, u64)> {
    if Target::from_env().lacks(name, "only the dev chain's clock moves when it is told to") {
        return None;
    }
    let stage = Stage::start(1).await;
    stage.open(1).await;
    stage.contribute(4, 1, 11 * UST).await.unwrap();
    stage.end(1).await;
    stage.close_and_draw(1).await;
    stage.mint(1).await;
    stage.crack(4, 1).await.unwrap();
    let custody = HatcheryContract::new(&stage.node, &stage.deployment.hatchery).custody(1).await.unwrap();
    Some((stage, custody.unwrap().reclaim_at))
}

/// Transactions of account 6, the worker's, that are in blocks.
async fn sent(stage: &Stage) -> u64 {
    let worker = stage.account(6).await.address().to_owned();
    stage.node.account(&worker).await.unwrap().value.sequence
}

/// The holder takes meteor 1 back.
async fn reclaimed(stage: &Stage) {
    let reclaim = ExecuteMsg::Reclaim { token_id: "1".into() };
    let mut holder = stage.account(4).await;
    holder.execute(&stage.deployment.hatchery, &reclaim, &[]).await.unwrap();
    assert_eq!(stage.meteors().owner_of(1).await.unwrap(), holder.address());
}

/// Nothing was revealed, because the time was too near.
fn left() -> Hatched {
    Hatched { left: vec![TokenId(1)], ..Hatched::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_come_too_late_is_not_revealed() {
    let Some((stage, reclaim_at)) = cracked("too_late").await else { return };
    let mut worker = stage.account(6).await;
    stage.at(reclaim_at - MARGIN).await;
    let round = Hatcher::new(stage.sealer(&stage.keys)).round(&mut worker).await.unwrap();
    assert_eq!(round, left());
    assert_eq!(sent(&stage).await, 0, "nobody saw what it holds");
    stage.at(reclaim_at).await;
    reclaimed(&stage).await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_surely_comes_in_time_is_revealed() {
    let Some((stage, reclaim_at)) = cracked("in_time").await else { return };
    let mut worker = stage.account(6).await;
    stage.at(reclaim_at - MARGIN - 1).await;
    let round = Hatcher::new(stage.sealer(&stage.keys)).round(&mut worker).await.unwrap();
    assert_eq!(round, Hatched { revealed: vec![TokenId(1)], ..Hatched::default() });
    stage.stop().await;
}

/// A key service that takes its time.
struct Slow<'a> {
    stage: &'a Stage,
    until: u64,
}

impl KeySource for Slow<'_> {
    async fn shower_key(&self, id: &Domain<'_>) -> Result<ShowerKey, KeyError> {
        self.stage.at(self.until).await;
        Ok(MasterKey::from_bytes(&MARKER).shower_key(id))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_is_taken_after_everything_that_takes_time() {
    let Some((stage, reclaim_at)) = cracked("slow_keys").await else { return };
    let mut worker = stage.account(6).await;
    let keys = Slow { stage: &stage, until: reclaim_at - 1 };
    let round = Hatcher::new(stage.sealer(&keys)).round(&mut worker).await.unwrap();
    assert_eq!(round, left());
    assert_eq!(sent(&stage).await, 0, "nobody saw what it holds");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reveal_that_was_held_up_is_in_no_later_block() {
    let Some((stage, reclaim_at)) = cracked("held_up").await else { return };
    // All broadcasts are lost until the reclaim time is over: what arrives then must not get into a block.
    let lost = Arc::new(AtomicBool::new(true));
    let (seen, loses) = (Arc::new(AtomicBool::new(false)), Arc::clone(&lost));
    let told = Arc::clone(&seen);
    let plan = move |_: usize, method: &str| {
        let broadcast = method == "broadcast_tx_sync";
        told.fetch_or(broadcast, Ordering::SeqCst);
        (broadcast && loses.load(Ordering::SeqCst)).then_some(Fault::LostRequest)
    };
    let proxy = Proxy::start(&stage.chain.rpc, Box::new(plan)).await;
    let node = Node::new(&proxy.url).unwrap();
    let signer = stage.chain.signer(6).unwrap();
    let mut worker = Account::open(node, signer, stage.chain.gas_price.clone()).await.unwrap();
    let mut hatcher = Hatcher::new(stage.sealer(&stage.keys));
    let late = async {
        while !seen.load(Ordering::SeqCst) {
            tokio::task::yield_now().await;
        }
        // As many blocks as it may wait, and the reclaim time with them.
        for second in 0..14 {
            stage.at(reclaim_at + second).await;
        }
        lost.store(false, Ordering::SeqCst);
    };
    let (round, ()) = tokio::join!(hatcher.round(&mut worker), late);
    assert_eq!(round.unwrap(), Hatched::default(), "it goes on in the next round");
    assert_eq!(hatcher.round(&mut worker).await.unwrap(), left());
    assert_eq!(sent(&stage).await, 0, "no block has it");
    reclaimed(&stage).await;
    stage.stop().await;
}

/// A recipe that gives the egg of rank 3 a trait which its column doesn't have: the chain refuses that reveal. The
/// meteors beside it in the batch are revealed all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_meteor_that_the_chain_refuses_is_reported_and_holds_up_no_other() {
    let devnet = meteor_cli::devnet::embedded(Duration::from_millis(100), None).await.unwrap();
    let chain = Chain::of(&devnet);
    let mut preset = Preset::named("demo").unwrap();
    preset.schedule.first = 8;
    preset.schedule.count = 1;
    let genus = preset.crack.tables.egg.sources.get_mut(12).unwrap();
    assert_eq!(*genus, Source::Weights(vec![100, 50, 33]), "a text of three values");
    *genus = Source::Rank;
    let mut worker = chain.account(6).await.unwrap();
    let node = worker.node().clone();
    let opens_at = node.time().await.unwrap() + 4;
    preset.schedule.opens_at = Some(opens_at);
    let keys = MasterKey::from_bytes(&MARKER);
    let mut plan = demo::plan(&chain, preset, "refused").await.unwrap();
    let event = demo::launch(&chain, &mut plan, &keys).await.unwrap();
    let contract = &event.shower;
    node.wait_for_time(opens_at).await.unwrap();
    for (index, amount) in [(3, 30), (4, 20), (5, 10)] {
        let mut wallet = chain.account(index).await.unwrap();
        let contribute = Contribute { shower: 1 };
        wallet.execute(contract, &contribute, &coins(amount * UST, "uusd")).await.unwrap();
    }
    node.wait_for_time(plan.message(chain.codes).unwrap().schedule.first_close).await.unwrap();
    let mut operator = chain.account(2).await.unwrap();
    let closed = jobs::close(&mut operator, contract, 1).await.unwrap();
    let shown = ShowerContract::new(&node, contract);
    let (config, draw) = (shown.config().await.unwrap(), shown.draw(1).await.unwrap());
    let tables = &plan.preset.crack.tables;
    let sealer = Sealer { deployment: &event, config: &config, keys: &keys, tables };
    let relay = BeaconConfig::new(meteor_cli::devnet::beacon().unwrap(), vec![chain.beacon_url.clone()]);
    jobs::draw(&mut operator, sealer, &BeaconClient::new(relay).unwrap(), &closed, draw, |_| ())
        .await
        .unwrap();
    let catalogue = plan.catalogue.as_ref().unwrap();
    jobs::mint(&mut operator, contract, ShowerId(1), catalogue, |_| ()).await.unwrap();
    for (index, meteor) in [(3, 1), (4, 2), (5, 3)] {
        jobs::crack(&mut chain.account(index).await.unwrap(), &event, &[meteor]).await.unwrap();
    }
    let round = Hatcher::new(sealer).round(&mut worker).await.unwrap();
    assert_eq!(round.revealed, [TokenId(1), TokenId(2)], "{round:?}");
    assert_eq!(round.refused.keys().collect::<Vec<_>>(), [&TokenId(3)]);
    assert!(round.refused.values().all(|why| why.contains("picks none of them")), "{round:?}");
    devnet.shutdown().await;
}
