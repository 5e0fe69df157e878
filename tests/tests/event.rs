//! An event from beginning to end: contributions, floors, mint, settle, caves; restarts; an event that nobody
//! operates.

use meteor_messages::nft;
use meteor_messages::shower::{ExecuteMsg, Status};
use meteor_operator::account::AccountError;
use meteor_operator::jobs;
use meteor_operator::tax::Tax;
use meteor_rules::ShowerId;
use meteor_tests::{Stage, WALLETS};
use serde_json::Value;

const UST: u128 = 1_000_000;

/// Every page of the API that says something of a whole event, whatever the height.
async fn everything(api: &meteor_tests::Api, addresses: &[String]) -> Vec<Value> {
    let mut paths: Vec<String> =
        ["/v1/config", "/v1/showers", "/v1/telescope"].map(ToOwned::to_owned).to_vec();
    for shower in 1..=2 {
        for page in ["", "/ranking", "/floors"] {
            paths.push(format!("/v1/showers/{shower}{page}"));
        }
    }
    for address in addresses {
        paths.push(format!("/v1/wallets/{address}"));
        paths.push(format!("/v1/caves/{address}"));
    }
    let mut pages = Vec::new();
    for path in paths {
        let mut page = api.ok(&path).await;
        // A real node may make another block meanwhile.
        page.as_object_mut().unwrap().remove("height");
        pages.push(page);
    }
    pages
}

#[tokio::test(flavor = "multi_thread")]
async fn floors_and_ranks_move_meteors_arrive_and_payees_are_paid() {
    let stage = Stage::start(2).await;
    let api = stage.serve().await;
    let mut addresses = Vec::new();
    for index in WALLETS {
        addresses.push(stage.account(index).await.address().to_owned());
    }

    stage.open(1).await;
    stage.contribute(4, 1, 10 * UST).await.unwrap();
    stage.contribute(5, 1, 30 * UST).await.unwrap();
    stage.contribute(6, 1, 30 * UST).await.unwrap();
    stage.contribute(7, 1, 8 * UST).await.unwrap();
    api.caught_up(&stage).await;
    let ranking = api.ok("/v1/showers/1/ranking").await;
    let order: Vec<&str> =
        ranking["ranking"].as_array().unwrap().iter().map(|r| r["contributor"].as_str().unwrap()).collect();
    assert_eq!(
        order,
        [&*addresses[1], &*addresses[2], &*addresses[0], &*addresses[3]],
        "a tie goes to the first"
    );
    let floors = api.ok("/v1/showers/1/floors").await;
    assert_eq!(floors["tiers"][0]["floor"], "10000000", "three are Legendary in the demo's rules");

    // A small top-up moves the last to the top; the quote had said so.
    let quote = api.ok(&format!("/v1/showers/1/quote?amount=31000000&address={}", addresses[3])).await;
    assert_eq!((quote["rank"].as_u64(), quote["to_send"].as_str()), (Some(1), Some("23000000")));
    stage.contribute(7, 1, 23 * UST).await.unwrap();
    api.caught_up(&stage).await;
    let wallet = api.ok(&format!("/v1/wallets/{}", addresses[3])).await;
    assert_eq!(
        (wallet["showers"][0]["rank"].as_u64(), wallet["total"].as_str()),
        (Some(1), Some("31000000"))
    );

    stage.end(1).await;
    let payees = [stage.account(8).await.address().to_owned(), stage.account(9).await.address().to_owned()];
    let before = [stage.balance(&payees[0]).await, stage.balance(&payees[1]).await];
    let contract = &stage.deployment.shower;
    let mut operator = stage.account(2).await;
    let closed = jobs::close(&mut operator, contract, 1).await.unwrap();
    assert_eq!((closed.status, closed.contributors, closed.total.u128()), (Status::Closed, 4, 101 * UST));
    stage.close_and_draw(1).await;
    jobs::mint(&mut operator, contract, ShowerId(1), &stage.catalogue, |_| ()).await.unwrap();
    let again = jobs::mint(&mut operator, contract, ShowerId(1), &stage.catalogue, |_| ()).await;
    again.expect("minting again does nothing");
    // Anyone may settle.
    let mut anyone = stage.account(4).await;
    let (held, booked) = (5_050_000, 95_950_000);
    assert_eq!(
        jobs::settle(&mut anyone, contract, 1).await.unwrap(),
        booked,
        "five per cent wait for the key"
    );
    assert_eq!(jobs::settle(&mut anyone, contract, 1).await.unwrap(), 0, "settling again does nothing");
    assert_eq!(stage.withdraw().await, [booked * 8350 / 10_000, booked * 1650 / 10_000]);
    assert_eq!(stage.withdraw().await, [0, 0], "withdrawing again does nothing");
    let paid = [stage.balance(&payees[0]).await - before[0], stage.balance(&payees[1]).await - before[1]];
    let tax = Tax::of(&stage.node, "uusd").await.unwrap();
    assert_eq!(paid, [booked * 8350 / 10_000, booked * 1650 / 10_000].map(|due| tax.arrives(due)));
    assert_eq!(stage.balance(contract).await, held);

    api.caught_up(&stage).await;
    for (place, address) in [(1, 3), (2, 1), (3, 2), (4, 0)] {
        let cave = api.ok(&format!("/v1/caves/{}", addresses[address])).await;
        assert_eq!(cave["count"], 1);
        assert_eq!(cave["nfts"][0]["rank"], place);
        assert_eq!(cave["nfts"][0]["token_id"], place.to_string());
    }
    // The log hash that the fold computed is the contract's.
    let shower = api.ok("/v1/showers/1").await;
    assert_eq!(shower["log"].as_str().unwrap(), stage.shower(1).await.log.to_hex());

    // A meteor given away changes caves.
    let gift = nft::ExecuteMsg::TransferNft { recipient: addresses[0].clone(), token_id: "1".into() };
    stage.account(7).await.execute(&stage.deployment.meteors, &gift, &[]).await.unwrap();
    api.caught_up(&stage).await;
    assert_eq!(api.ok(&format!("/v1/caves/{}", addresses[0])).await["count"], 2);
    assert_eq!(api.ok(&format!("/v1/caves/{}", addresses[3])).await["count"], 0);

    // A restarted indexer, rebuilt from the chain, says the same.
    let first = everything(&api, &addresses).await;
    api.server.shutdown().await;
    let again = stage.serve().await;
    assert_eq!(everything(&again, &addresses).await, first);
    again.server.shutdown().await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_abandoned_event_is_refunded_by_anyone() {
    let stage = Stage::start(1).await;
    let contract = &stage.deployment.shower;
    stage.open(1).await;
    let mut addresses = Vec::new();
    let mut before = Vec::new();
    for index in WALLETS {
        let address = stage.account(index).await.address().to_owned();
        before.push(stage.balance(&address).await);
        stage.contribute(index, 1, (10 + u128::from(index)) * UST).await.unwrap();
        addresses.push(address);
    }
    stage.end(1).await;
    // One meteor is minted, then the operator is gone.
    let mut operator = stage.account(2).await;
    stage.close_and_draw(1).await;
    operator.execute(contract, &stage.mint_legendary(1, 1), &[]).await.unwrap();

    let mut stranger = stage.account(0).await;
    let losers = addresses[..3].to_vec(); // account 7 gave the most and has the meteor
    let refund = ExecuteMsg::Refund { shower: 1, contributors: losers.clone() };
    let early = stranger.execute(contract, &refund, &[]).await.unwrap_err();
    assert!(matches!(early, AccountError::WouldFail(_)), "refused when simulated: {early}");

    stage.at(stage.schedule.first_close + stage.preset.mint_window).await;
    let late = operator.execute(contract, &stage.mint_legendary(2, 1), &[]).await.unwrap_err();
    assert!(late.to_string().contains("deadline"), "{late}");
    stranger.execute(contract, &refund, &[]).await.unwrap();
    assert!(stranger.execute(contract, &refund, &[]).await.is_err(), "only once");
    let minted = ExecuteMsg::Refund { shower: 1, contributors: vec![addresses[3].clone()] };
    assert!(stranger.execute(contract, &minted, &[]).await.is_err(), "who has a meteor is not refunded");
    let tax = Tax::of(&stage.node, "uusd").await.unwrap();
    for ((address, before), index) in losers.iter().zip(&before).zip(WALLETS) {
        let lost = tax.on((10 + u128::from(index)) * UST);
        assert_eq!(stage.balance(address).await, *before - lost, "fees are paid in another denom");
    }
    let held = 850_000;
    assert_eq!(jobs::settle(&mut stranger, contract, 1).await.unwrap(), 17 * UST - held);
    stage.withdraw().await;
    assert_eq!(stage.balance(contract).await, held);

    let api = stage.serve().await;
    assert_eq!(api.ok(&format!("/v1/wallets/{}", losers[0])).await["showers"][0]["state"], "refunded");
    assert_eq!(api.ok(&format!("/v1/wallets/{}", addresses[3])).await["showers"][0]["state"], "minted");

    // Nobody publishes the key either: what was held back of the one minted contribution goes back, too.
    stage.at(stage.schedule.first_close + stage.preset.crack.key_window).await;
    let before = stage.balance(&addresses[3]).await;
    let done = jobs::refund(&mut stranger, contract, 1, |_| ()).await.unwrap();
    assert_eq!((done.count, done.amount), (1, held));
    assert_eq!(stage.balance(&addresses[3]).await - before, tax.arrives(held));
    assert_eq!(stage.balance(contract).await, 0);
    api.caught_up(&stage).await;
    api.server.shutdown().await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_says_why_and_changes_nothing() {
    let stage = Stage::start(1).await;
    let api = stage.serve().await;
    let refused = |outcome: Result<_, AccountError>| match outcome {
        Err(AccountError::WouldFail(refusal)) => refusal.log,
        other => panic!("not refused: {other:?}"),
    };
    assert!(refused(stage.contribute(4, 1, 10 * UST).await).contains("open"));
    stage.open(1).await;
    assert!(refused(stage.contribute(4, 2, 10 * UST).await).contains("shower 1"));
    assert!(refused(stage.contribute(4, 1, 7 * UST).await).contains("8000000"));
    assert!(refused(stage.contribute(4, 1, u128::MAX).await).contains("insufficient funds"));
    let contract = &stage.deployment.shower;
    let mut stranger = stage.account(4).await;
    for verb in [
        ExecuteMsg::Pause {},
        ExecuteMsg::Cancel { shower: 1 },
        ExecuteMsg::Close { shower: 1 },
        ExecuteMsg::SetOperator { address: stranger.address().to_owned() },
        stage.mint_legendary(1, 1),
    ] {
        let outcome = stranger.execute(contract, &verb, &[]).await;
        assert!(outcome.is_err(), "{verb:?}");
    }
    assert_eq!(stage.shower(1).await.contributors, 0);
    assert_eq!(stage.balance(contract).await, 0);

    for (path, status) in [
        ("/v1/showers/0", 404),
        ("/v1/showers/2", 404),
        ("/v1/showers/x", 400),
        ("/v1/caves/terra1nonsense", 400),
        ("/v1/showers/1/ranking?limit=0", 400),
        ("/v1/showers/1/quote?amount=-1", 400),
        ("/v1/nothing", 404),
    ] {
        let (got, problem) = api.get(path).await;
        assert_eq!(got, status, "{path}: {problem}");
        assert_eq!(problem["status"], status, "{path} answers with a problem");
        assert!(!problem["detail"].as_str().unwrap().is_empty(), "{path}");
    }
    let empty = api.ok(&format!("/v1/caves/{contract}")).await;
    assert_eq!(empty["count"], 0, "an unknown address has an empty cave");
    api.server.shutdown().await;
    stage.stop().await;
}
