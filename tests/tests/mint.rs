//! Minting in batches: how many transactions a mint takes, and that none is larger than it may be.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use meteor_operator::OperatorError;
use meteor_operator::account::Account;
use meteor_operator::jobs::{self, Batches, MintProgress};
use meteor_operator::node::Node;
use meteor_operator::signer::{COIN_TYPE, Signer};
use meteor_tests::crowd::Crowd;
use meteor_tests::{Stage, Target};

const WALLETS: usize = 482;

/// Mints up to rank `upto`: where each transaction ended.
async fn mint(stage: &Stage, account: &mut Account, batches: Batches, upto: u32) -> Vec<u32> {
    let mut ends = Vec::new();
    let art = |rank| (rank <= upto).then(|| stage.art(1, rank));
    let progress = |at: MintProgress| ends.push(at.minted);
    match jobs::mint_in(batches, account, &stage.deployment.shower, 1, art, progress).await {
        Ok(()) => assert_eq!(usize::try_from(upto).unwrap(), WALLETS),
        Err(error) => assert!(matches!(error, OperatorError::NotEnoughArt { .. }), "{error}"),
    }
    ends
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mint_takes_as_few_transactions_as_its_bounds_allow() {
    if Target::from_env()
        .lacks("mint", "the bounds are those of any chain; scripts/bench-mint measures real ones")
    {
        return;
    }
    let stage = Stage::start(1).await;
    stage.open(1).await;
    Crowd::fund(&stage, WALLETS).await.unwrap().contribute(&stage).await.unwrap();
    stage.end(1).await;
    stage.close_and_draw(1).await;
    let folder = tempfile::tempdir().unwrap();
    let signer = Signer::from_mnemonic(&stage.chain.mnemonic, COIN_TYPE, 2, &stage.chain.prefix).unwrap();
    let node = Node::new(&stage.chain.rpc).unwrap();
    let price = stage.chain.gas_price.clone();
    let mut account = Account::open_with_journal(node, signer, price, folder.path()).await.unwrap();

    let few = Batches { meteors: 30, ..Batches::default() };
    assert_eq!(mint(&stage, &mut account, few, 80).await, [0, 30, 60, 80]);
    // However little gas is allowed, one goes.
    let one = Batches { gas: 1, ..Batches::default() };
    assert_eq!(mint(&stage, &mut account, one, 82).await, [80, 81, 82]);
    // Four messages, as many as surely fit as long as none was minted to know what one uses.
    assert_eq!(mint(&stage, &mut account, Batches::default(), 482).await, [82, 482]);

    let history = account.journal().history().unwrap();
    assert_eq!(history.len(), 6, "a transaction each");
    assert!(history.iter().all(|line| line.code == 0), "{history:?}");
    for (number, place) in (1..).zip(jobs::ranking(&stage.node, &stage.deployment.shower, 1).await.unwrap()) {
        let query = meteor_messages::nft::QueryMsg::OwnerOf {
            token_id: u32::to_string(&number),
            include_expired: None,
        };
        let owner: serde_json::Value = stage.node.smart(&stage.deployment.meteors, &query).await.unwrap();
        assert_eq!(owner.get("owner").unwrap(), &place.contributor);
    }
    stage.stop().await;
}
