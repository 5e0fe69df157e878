//! `meteor verify`, and that the second implementation says the same, word for word.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use meteor_cli::chain::Chain;
use meteor_cli::{demo, evidence};
use meteor_messages::shower::Status;
use meteor_operator::jobs;
use meteor_operator::keys::MasterKey;
use meteor_rules::fairness::evidence::{Contribution, Fairness, write_csv};
use meteor_rules::preset::Preset;
use serde_json::Value;

use crate::common::{OPENS_IN, meteor, taxed, until};

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/fairness/example")
}

/// Exit code and standard output of the script; `None` without Python.
async fn script(folder: &Path, line: &str) -> Option<(Option<i32>, String)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/verify_fairness.py");
    let mut command = Command::new("python3");
    command.current_dir(folder).env("PYTHONDONTWRITEBYTECODE", "1").arg(script).args(line.split_whitespace());
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap();
    let Ok(output) = output else {
        println!("python3 is not installed: the second verifier is skipped");
        return None;
    };
    let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    Some((output.status.code(), said))
}

/// Runs both with the words of `line`, as text and as JSON: exit code, text and JSON.
async fn both(folder: &Path, line: &str) -> (Option<i32>, String, Value) {
    let text = meteor(folder, &format!("verify {line}")).await;
    let said = String::from_utf8(text.stdout).unwrap() + &String::from_utf8(text.stderr).unwrap();
    let json = meteor(folder, &format!("verify {line} --json")).await;
    assert_eq!(json.status.code(), text.status.code(), "{said}");
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    if let Some((code, theirs)) = script(folder, line).await {
        assert_eq!(code, text.status.code(), "the second implementation, {line}: {theirs}");
        let (_, answer) = script(folder, &format!("{line} --json")).await.unwrap();
        let (mut answer, mut ours) = (serde_json::from_str::<Value>(&answer).unwrap(), json.clone());
        if code == Some(0) {
            assert_eq!(theirs, said, "the second implementation, {line}");
        } else {
            // Each tells in its own words what is wrong.
            without_details(&mut answer);
            without_details(&mut ours);
        }
        assert_eq!(answer, ours, "the second implementation, {line}");
    }
    (text.status.code(), said, json)
}

fn without_details(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("detail");
            fields.values_mut().for_each(without_details);
        }
        Value::Array(values) => values.iter_mut().for_each(without_details),
        _ => {}
    }
}

fn last(said: &str) -> &str {
    said.lines().last().unwrap()
}

#[tokio::test]
async fn the_example_is_green_and_says_what_it_rests_on() {
    let folder = example();
    let (code, said, json) = both(&folder, ".").await;
    assert_eq!(code, Some(0), "{said}");
    for part in ["for test chains", "paused during shower 5", "believed of the evidence folder"] {
        assert!(last(&said).contains(part), "{said}");
    }
    assert_eq!(
        (&json["ok"], &json["everything_holds"], &json["beacon"]),
        (&true.into(), &false.into(), &"test".into())
    );
    assert!(!said.contains("Everything holds"), "{said}");
    let (_, said, _) = both(&folder, ". --shower 1").await;
    assert!(
        said.contains("ancient 8/11 (72.72 %) to 20/33 (60.60 %)") && !said.contains("Shower 2"),
        "{said}"
    );
    let (code, said, json) = both(&folder, ". --meteor 42").await;
    assert_eq!(
        (code, &json["meteor"]["odds"]["numerator"], &json["meteor"]["piece"]),
        (Some(0), &"1".into(), &3.into())
    );
    assert!(said.contains("rank 2 (legendary)") && said.contains("an egg, as was revealed"), "{said}");
    let (code, ..) = both(&folder, ". --meteor 60").await;
    assert_eq!(code, Some(0));
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// What a change does to the example: exit code, text and JSON of both.
async fn changed(file: &str, from: &str, to: &str) -> (Option<i32>, String, Value) {
    let folder = tempfile::tempdir().unwrap();
    copy(&example(), folder.path());
    let path = folder.path().join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file}: {from}");
    std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
    both(folder.path(), ".").await
}

#[tokio::test]
async fn what_is_wrong_is_named_by_both() {
    let quicknet = meteor_rules::fairness::beacon::QUICKNET_KEY;
    let event: Fairness =
        serde_json::from_slice(&std::fs::read(example().join("fairness.json")).unwrap()).unwrap();
    let own = event.beacon.public_key.to_string();
    for (file, from, to, step) in [
        ("fairness.json", own.as_str(), quicknet, "beacon-rule"),
        ("fairness.json", "\"tilt_bp\": 2000", "\"tilt_bp\": 1000", "shower 1, step draw"),
        ("fairness.json", "\"rare\": 3", "\"rare\": 0", "shower 1, step odds"),
        ("fairness.json", "\"count\": 9", "\"count\": 8", "catalogue"),
        ("catalogue.csv", "legendary,1,", "legendary,1,x", "catalogue"),
        ("catalogue.csv", "rare,1,", "rare,2,", "catalogue"),
        ("fairness.json", "\"key_in_time\": false", "\"key_in_time\": true", "shower 4, step key"),
        ("fairness.json", "\"cancelled\": false", "\"cancelled\": true", "shower 1, step draw"),
        ("showers/5/reveals.json", "\"found\": \"dust\"", "\"found\": \"eggs\"", "shower 5, step reveals"),
        ("showers/1/contributions.csv", "\n1,", "\n2,", "shower 1, step contributions"),
    ] {
        let (code, said, json) = changed(file, from, to).await;
        assert_eq!((code, &json["ok"]), (Some(1), &false.into()), "{said}");
        assert!(last(&said).starts_with("WRONG") && last(&said).contains(step), "{step}: {said}");
    }
}

#[tokio::test]
async fn what_cant_be_read_is_told_from_what_is_wrong() {
    for (file, from, to) in [
        ("fairness.json", "\"version\": 1", "\"version\": 2"),
        ("fairness.json", "\"tilt_bp\": 2000", "\"tilt_bp\": 10001"),
        ("fairness.json", "\"paused\": false", "\"paused\": null"),
        ("fairness.json", "\"total\": \"844000000\"", "\"total\": \"0844000000\""),
        ("showers/1/contributions.csv", "\n1,", "\n01,"),
        ("showers/5/reveals.json", "\"proof\"", "\"prove\""),
    ] {
        let folder = tempfile::tempdir().unwrap();
        copy(&example(), folder.path());
        let path = folder.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file}: {from}");
        std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
        let output = meteor(folder.path(), "verify .").await;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{to}: {said}");
        assert!(said.starts_with("can't be checked: "), "{said}");
        if let Some((code, said)) = script(folder.path(), ".").await {
            assert_eq!(code, Some(2), "{to}: {said}");
        }
    }
}

/// The evidence of an event as its contract states it, in a folder.
async fn folder_of(
    chain: &Chain,
    contract: &str,
    preset: &Preset,
    rows: &[Contribution],
) -> tempfile::TempDir {
    let node = meteor_operator::node::Node::new(&chain.rpc).unwrap();
    let fairness = evidence::from_chain(&node, contract).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("fairness.json", &serde_json::to_vec(&fairness).unwrap());
    write("tables.json", &meteor_cli::preset::tables(preset).unwrap());
    write("showers/1/contributions.csv", write_csv(rows).as_bytes());
    write("showers/1/reveals.json", b"[]");
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_is_asked_what_the_chain_says() {
    let devnet = taxed().await;
    let chain = Chain::of(&devnet);
    let mut preset = Preset::named("demo").unwrap();
    preset.schedule.count = 2;
    preset.schedule.opens_at = Some(devnet.tip().await.unwrap().time.seconds() + OPENS_IN);
    let mut plan = demo::plan(&chain, preset.clone(), "verify").await.unwrap();
    let event = demo::launch(&chain, &mut plan, &MasterKey::from_bytes(&[7; 32])).await.unwrap();
    let contract = &event.shower;
    let mut anyone = chain.account(0).await.unwrap();
    until(&devnet, anyone.node(), contract, Status::Ended).await;
    jobs::close(&mut anyone, contract, 1).await.unwrap();
    // A block after it, so that its neighbours are both there.
    let height = anyone.node().status().await.unwrap().height;
    while anyone.node().status().await.unwrap().height < height + 2 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    let folder = folder_of(&chain, contract, &preset, &[]).await;
    let line = format!(". --node {} --contract {contract}", chain.rpc);
    let (code, said, json) = both(folder.path(), &line).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("  ok   chain") && said.contains("five contracts run the published code"),
        "{said}"
    );
    assert!(!last(&said).contains("believed"), "{said}");
    let closing = &json["showers"][0]["closing"];
    assert!(closing["height"].as_u64().is_some_and(|height| height > 1), "{json}");
    assert_eq!((&closing["before"], &closing["after"]), (&0.into(), &0.into()), "{json}");
    assert_eq!((&json["believed"], &json["stalled"]), (&Value::Null, &Value::Array(vec![])));

    // Without the address: the source's word for it. Then other code, and a source that lies.
    let (_, said, _) = both(folder.path(), &format!(". --node {}", chain.rpc)).await;
    assert!(said.contains("the source named this address"), "{said}");
    std::fs::write(folder.path().join("sums"), format!("{}  meteor_shower.wasm\n", "0".repeat(64))).unwrap();
    let (code, said, _) = both(folder.path(), &format!("{line} --checksums sums")).await;
    assert_eq!(code, Some(1));
    assert!(last(&said).contains("step code: shower contract"), "{said}");
    let path = folder.path().join("fairness.json");
    let fairness = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, fairness.replacen("\"eggs\":{\"legendary\":3", "\"eggs\":{\"legendary\":4", 1))
        .unwrap();
    let (code, said, _) = both(folder.path(), &line).await;
    assert_eq!(code, Some(1));
    assert!(
        last(&said).contains("step chain") && last(&said).contains("eggs.legendary is 4 and on the chain 3"),
        "{said}"
    );
}
