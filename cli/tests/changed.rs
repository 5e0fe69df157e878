//! `meteor watch` of an event that is not as it was: other code, an admin that nobody named, an API that contradicts the
//! contract.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use meteor_cli::chain::Chain;
use meteor_cli::demo;
use meteor_operator::jobs::Deployment;
use meteor_operator::keys::MasterKey;
use meteor_operator::launch::{Code, Record};
use meteor_rules::preset::Preset;
use meteor_tests::proxy::serve;
use meteor_tests::{MARKER, Stage, Target};
use serde_json::json;

use crate::common::{fails, meteor};

const UST: u128 = 1_000_000;

/// Writes the event's file, with these codes.
fn event_file(chain: &Chain, event: &Deployment, codes: BTreeMap<String, Code>, folder: &Path) {
    let record = Record {
        chain_id: event.chain_id.clone(),
        nodes: vec![chain.rpc.clone()],
        gas_price: "0.01uluna".into(),
        preset: "preset.toml".into(),
        codes,
        height: Some(event.height),
        tx: None,
        event: Some(event.clone()),
    };
    record.save(&folder.join("deployment.json")).unwrap();
}

/// An event of one shower whose file is in `folder`; `None` where time can't be moved.
async fn watched(folder: &Path) -> Option<Stage> {
    if Target::from_env().lacks("watch", "only the dev chain's clock moves when it is told to") {
        return None;
    }
    let stage = Stage::start(1).await;
    event_file(&stage.chain, &stage.deployment, BTreeMap::new(), folder);
    Some(stage)
}

#[tokio::test(flavor = "multi_thread")]
async fn other_code_and_another_admin_than_the_files_say_are_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let devnet = meteor_cli::devnet::embedded(Duration::from_millis(100), None).await.unwrap();
    let chain = Chain::of(&devnet);
    let admin = chain.signer(5).unwrap().address().to_owned();
    let mut preset = Preset::named("demo").unwrap();
    preset.schedule.opens_at = Some(devnet.tip().await.unwrap().time.seconds() + 1_000);
    let mut plan = demo::plan(&chain, preset, "watch").await.unwrap();
    plan.launch.roles.admin = Some(admin.clone());
    let event = demo::launch(&chain, &mut plan, &MasterKey::from_bytes(&MARKER)).await.unwrap();

    event_file(&chain, &event, BTreeMap::new(), folder);
    let said = fails(folder, "watch --once").await;
    assert!(said.contains(&format!("WRONG    admin: {admin} can replace a contract's code")), "{said}");
    assert!(!said.contains("code:"), "{said}");

    let other = |id| Code { id, checksum: "0".repeat(64), tx: None };
    let names = ["shower", "nft", "hatchery"].map(str::to_owned);
    event_file(&chain, &event, names.into_iter().zip([1, 2, 3].map(other)).collect(), folder);
    let said = fails(folder, "watch --once").await;
    assert!(said.contains("WRONG    code: ") && said.contains("runs other code"), "{said}");
    devnet.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_that_contradicts_the_contract_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let Some(stage) = watched(folder).await else { return };
    stage.open(1).await;
    stage.contribute(4, 1, 11 * UST).await.unwrap();
    stage.end(1).await;
    let log = stage.shower(1).await.log.to_hex();
    let look = async |contributors: u32, log: &str| {
        let told = json!({"showers": [{"shower": 1, "contributors": contributors, "log": log}]}).to_string();
        let site = serve(Router::new().route("/v1/showers", get(async move || told))).await;
        let output =
            meteor(folder, &format!("watch --once --site {site} --release {}", "0".repeat(64))).await;
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        said.lines().find(|line| line.contains(" api_showers: ")).unwrap().to_owned()
    };
    let right = "right    api_showers: the API and the contract agree on 1 shower that ended";
    assert_eq!(look(1, &log).await, right);
    let wrong = "WRONG    api_showers: the API tells of shower 1 something else than the contract";
    assert_eq!(look(2, &log).await, wrong);
    assert_eq!(look(1, &"0".repeat(64)).await, wrong);
    stage.stop().await;
}
