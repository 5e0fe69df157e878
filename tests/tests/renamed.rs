//! A chain that gets another id in the middle of an event: contents and keys are bound to the name that it had at
//! the launch, so nothing is lost.

use meteor_operator::jobs::{self, Deployment, Hatcher};
use meteor_rules::TokenId;
use meteor_tests::{Stage, Target};

const UST: u128 = 1_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_chain_draws_reveals_and_publishes() {
    if Target::from_env().lacks("a_renamed_chain", "a real chain keeps its name") {
        return;
    }
    let stage = Stage::start(2).await;
    let contract = &stage.deployment.shower;
    stage.open(1).await;
    stage.contribute(4, 1, 11 * UST).await.unwrap();
    stage.end(1).await;
    stage.contribute(5, 2, 12 * UST).await.unwrap();
    stage.close_and_draw(1).await;
    stage.mint(1).await;
    stage.crack(4, 1).await.unwrap();

    stage.rename("localterra-2").await;
    assert_eq!(stage.node.status().await.unwrap().chain_id, "localterra-2");
    assert_eq!(stage.contract().config().await.unwrap().chain_id, "localterra", "as at the launch");
    let mut worker = stage.account(2).await;
    let round = Hatcher::new(stage.sealer(&stage.keys)).round(&mut worker).await.unwrap();
    assert_eq!(round.revealed, [TokenId(1)], "cracked before, revealed after");
    // The next shower is drawn, minted and cracked under the new name.
    stage.end(2).await;
    stage.close_and_draw(2).await;
    stage.mint(2).await;
    stage.crack(5, 2).await.unwrap();
    let round = Hatcher::new(stage.sealer(&stage.keys)).round(&mut worker).await.unwrap();
    assert_eq!(round.revealed, [TokenId(2)]);

    // Whoever finds the event by asking the node takes the node's name for it: the key is the same.
    let found = Deployment { chain_id: "localterra-2".into(), ..stage.deployment.clone() };
    for shower in [1, 2] {
        stage.at(stage.schedule.closes_at(shower).unwrap() + stage.pace.crack_window).await;
        assert!(jobs::publish_key(&mut worker, &found, &stage.keys, shower).await.unwrap());
        assert!(stage.shower(shower).await.key_in_time);
        jobs::settle(&mut worker, contract, shower).await.unwrap();
    }
    stage.withdraw().await;
    assert_eq!(stage.balance(contract).await, 0);
    stage.stop().await;
}
