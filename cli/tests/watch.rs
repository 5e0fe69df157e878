//! `meteor watch` against the dev chain: what is late, which deadline is near, what was missed.

use std::collections::BTreeMap;
use std::path::Path;

use meteor_operator::jobs;
use meteor_operator::launch::Record;
use meteor_tests::{Stage, Target};

use crate::common::meteor;

const UST: u128 = 1_000_000;

/// Writes the event's file.
fn event_file(stage: &Stage, folder: &Path) {
    let record = Record {
        chain_id: stage.deployment.chain_id.clone(),
        nodes: vec![stage.chain.rpc.clone()],
        gas_price: "0.01uluna".into(),
        preset: "preset.toml".into(),
        codes: BTreeMap::new(),
        height: Some(stage.deployment.height),
        tx: None,
        event: Some(stage.deployment.clone()),
    };
    record.save(&folder.join("deployment.json")).unwrap();
}

/// What one look over the relay at `beacon` says of `check`, and its exit code.
async fn one_look(folder: &Path, beacon: &str, check: &str) -> (Option<i32>, String) {
    let output = meteor(folder, &format!("watch --once --beacon-url {beacon}")).await;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).unwrap();
    let line = said.lines().find(|line| line.contains(&format!(" {check}: ")));
    (output.status.code(), line.unwrap_or_else(|| panic!("nothing of {check}: {said}")).to_owned())
}

/// What one look says of deadlines, and its exit code.
async fn deadlines(stage: &Stage, folder: &Path) -> (Option<i32>, String) {
    one_look(folder, &stage.chain.beacon_url, "deadlines").await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_done_is_late_and_then_missed() {
    if Target::from_env().lacks("watch", "only the dev chain's clock moves when it is told to") {
        return;
    }
    let (stage, folder) = (Stage::start(1).await, tempfile::tempdir().unwrap());
    let folder = folder.path();
    event_file(&stage, folder);
    let well = (Some(0), "right    deadlines: nothing is late".to_owned());
    assert_eq!(deadlines(&stage, folder).await, well);
    stage.open(1).await;
    stage.contribute(4, 1, 11 * UST).await.unwrap();
    stage.end(1).await;
    assert_eq!(deadlines(&stage, folder).await, well, "it has only just ended");
    let shower = stage.shower(1).await;
    stage.at(shower.closes_at + 1_000).await;
    let late = (Some(1), "WRONG    deadlines: close is late by 1000 s".to_owned());
    assert_eq!(deadlines(&stage, folder).await, late);
    stage.at(shower.mint_deadline).await;
    let missed = (Some(1), "WRONG    deadlines: shower 1 was not minted by its deadline".to_owned());
    assert_eq!(deadlines(&stage, folder).await, missed);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_beacon_is_late_only_where_a_relay_of_it_says_so() {
    if Target::from_env().lacks("late_beacon", "only the dev chain's beacon stands when it is told to") {
        return;
    }
    let (stage, folder) = (Stage::start(1).await, tempfile::tempdir().unwrap());
    let folder = folder.path();
    event_file(&stage, folder);
    stage.open(1).await;
    stage.contribute(4, 1, 11 * UST).await.unwrap();
    stage.end(1).await;
    jobs::close(&mut stage.account(2).await, &stage.deployment.shower, 1).await.unwrap();
    let round = stage.contract().draw(1).await.unwrap().beacon_round.unwrap();
    let due = stage.beacon.network().due(round).unwrap();
    stage.at(due + 1_000).await;
    // Less than the mint deadline, which would be missed, too.
    assert!(due + 1_000 < stage.shower(1).await.mint_deadline);
    let relay = stage.chain.beacon_url.as_str();
    let draw = "WRONG    deadlines: draw is late by 1000 s".to_owned();
    assert_eq!(
        one_look(folder, relay, "deadlines").await,
        (Some(1), draw.clone()),
        "the relay has the round"
    );
    stage.beacon_at(due - 1);
    let both = format!("{draw}; beacon is late by 1000 s");
    assert_eq!(one_look(folder, relay, "deadlines").await, (Some(1), both));
    // The draw is late all the same, but of the beacon nothing is known.
    for (url, why) in [
        ("http://127.0.0.1:9", "does not answer: nobody listens there"),
        (stage.chain.rpc.as_str(), "is no relay of this beacon: HTTP status 404"),
    ] {
        assert_eq!(one_look(folder, url, "deadlines").await, (Some(1), draw.clone()));
        let unknown =
            format!("unknown  beacon: no relay serves the event's beacon: {url} {why}; check --beacon-url");
        assert_eq!(one_look(folder, url, "beacon").await, (Some(1), unknown));
    }
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reveal_is_late_and_a_key_is_missed() {
    if Target::from_env().lacks("late_reveal", "only the dev chain's clock moves when it is told to") {
        return;
    }
    let (stage, folder) = (Stage::start(1).await, tempfile::tempdir().unwrap());
    let folder = folder.path();
    event_file(&stage, folder);
    stage.open(1).await;
    stage.contribute(4, 1, 11 * UST).await.unwrap();
    stage.end(1).await;
    stage.close_and_draw(1).await;
    stage.mint(1).await;
    stage.crack(4, 1).await.unwrap();
    let well = (Some(0), "right    deadlines: nothing is late".to_owned());
    assert_eq!(deadlines(&stage, folder).await, well, "it has only just been cracked");
    let cracked = stage.time().await;
    stage.at(cracked + 1_000).await;
    let late = (Some(1), "WRONG    deadlines: reveal is late by 1000 s".to_owned());
    assert_eq!(deadlines(&stage, folder).await, late);
    stage.at(stage.shower(1).await.key_deadline).await;
    let (code, said) = deadlines(&stage, folder).await;
    assert!(code == Some(1) && said.contains("the key of shower 1 came too late"), "{said}");
    stage.stop().await;
}
