//! `meteor watch` against the dev chain: what is late, which deadline is near, what was missed.

use std::collections::BTreeMap;
use std::path::Path;

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

/// What one look says of deadlines, and its exit code.
async fn deadlines(stage: &Stage, folder: &Path) -> (Option<i32>, String) {
    let line = format!("watch --once --beacon-url {}", stage.chain.beacon_url);
    let output = meteor(folder, &line).await;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).unwrap();
    let line = said.lines().find(|line| line.contains(" deadlines: "));
    (output.status.code(), line.unwrap_or_else(|| panic!("nothing of deadlines: {said}")).to_owned())
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
