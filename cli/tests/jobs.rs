//! The operator's commands as an operator runs them: the real binary, private files, a dev chain on the wall's clock.

use crate::common;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use crate::common::private;
use cosmwasm_std::Binary;
use meteor_cli::art::stand_in;
use meteor_cli::chain::Chain;
use meteor_cli::demo;
use meteor_cli::preset::tables as tables_of;
use meteor_messages::nft;
use meteor_messages::shower::{ExecuteMsg, Status};
use meteor_operator::gas::coins;
use meteor_operator::jobs;
use meteor_operator::keys::{Event, FileKey, PassphraseFile, Unlock, commitments};
use meteor_rules::preset::Preset;

const PASSPHRASE: &str = "a long enough passphrase";

async fn meteor(folder: &Path, arguments: &[String]) -> Output {
    let mut command = common::command(folder);
    command.args(arguments);
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

async fn works(folder: &Path, arguments: &[String]) -> String {
    let output = meteor(folder, arguments).await;
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    said.into_owned()
}

async fn fails(folder: &Path, arguments: &[String]) -> String {
    let output = meteor(folder, arguments).await;
    assert!(!output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn from_keygen_to_a_published_key() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let devnet = meteor_cli::devnet::embedded(Duration::from_millis(100), None).await.unwrap();
    let chain = Chain::of(&devnet);
    let passphrase = private(folder, "passphrase", PASSPHRASE);
    let signer = private(folder, "words", &chain.mnemonic);
    let key = folder.join("event.age");
    let path = |path: &Path| path.to_str().unwrap().to_owned();

    let mut preset = Preset::named("demo").unwrap();
    // The contribution has to fit in, however slow the machine.
    preset.schedule.first = 20;
    preset.schedule.count = 1;
    preset.crack.crack_window = 0;

    // The key, committed to for the address that the contract will have.
    let mut plan = demo::plan(&chain, preset, "jobs").await.unwrap();
    let contract = plan.contract.clone();
    let mut keygen = words(&["keygen", &path(&key), "--passphrase-file", &path(&passphrase)]);
    keygen.extend(words(&["--chain-id", devnet.chain_id(), "--contract", &contract, "--showers", "1"]));
    let said = works(folder, &keygen).await;
    let opened = FileKey::open(&key, Unlock::Passphrase(&PassphraseFile(passphrase.clone()))).unwrap();
    let event = Event { chain_id: devnet.chain_id(), contract: &contract, showers: 1 };
    let committed = commitments(&opened, &event).await.unwrap();
    assert!(said.contains(&cosmwasm_std::HexBinary::from(committed.first().unwrap()).to_hex()), "{said}");
    // A key is never overwritten.
    fails(folder, &keygen).await;

    plan.preset.schedule.opens_at = Some(devnet.tip().await.unwrap().time.seconds() + 5);
    let deployment = demo::launch(&chain, &mut plan, &opened).await.unwrap();
    let preset = plan.preset;
    let tables = folder.join("tables.json");
    std::fs::write(&tables, tables_of(&preset).unwrap()).unwrap();
    let mut rehearse = words(&["keygen", &path(&key), "--passphrase-file", &path(&passphrase)]);
    rehearse.extend(words(&["--verify", &chain.rpc, "--contract", &contract]));
    assert!(works(folder, &rehearse).await.contains("is the key of all 1 showers"));

    // A wallet contributes as soon as the chain lets it.
    let mut wallet = chain.account(4).await.unwrap();
    common::until(wallet.node(), &contract, Status::Open).await;
    let contribute = ExecuteMsg::Contribute { shower: 1 };
    wallet.execute(&contract, &contribute, &coins(9_000_000, "uusd")).await.unwrap();
    common::until(wallet.node(), &contract, Status::Ended).await;

    let job = |name: &str, more: &[&str]| {
        let mut job = words(&[name, "--rpc", &chain.rpc, "--shower-contract", &contract]);
        job.extend(words(&["--signer-file", &path(&signer), "--account", "2", "--gas-price", "0.15uluna"]));
        if !["close", "mint"].contains(&name) {
            job.extend(words(&["--key-file", &path(&key), "--passphrase-file", &path(&passphrase)]));
            job.extend(words(&["--tables", &path(&tables)]));
        }
        job.extend(words(more));
        job
    };
    assert!(works(folder, &job("close", &[])).await.contains("1 contributors"));
    let drawn = works(folder, &job("draw", &["--beacon-url", &chain.beacon_url])).await;
    assert!(drawn.contains("drawn, root"), "{drawn}");
    let mut operator = chain.account(2).await.unwrap();
    let art = |rank| Some(stand_in(&preset.meteors.template, 1, 1, rank));
    jobs::mint(&mut operator, &contract, 1, art, |_| ()).await.unwrap();
    let crack = nft::ExecuteMsg::SendNft {
        contract: deployment.hatchery.clone(),
        token_id: "1".into(),
        msg: Binary::default(),
    };
    wallet.execute(&deployment.meteors, &crack, &[]).await.unwrap();
    let log = folder.join("audit.log");
    let hatched = works(folder, &job("hatch", &["--once", "--audit-log", &path(&log)])).await;
    assert!(hatched.contains("revealed 1 meteors"), "{hatched}");
    let audit = std::fs::read_to_string(&log).unwrap();
    assert!(audit.contains("\"revealed\":[1]") && !audit.contains("egg"), "{audit}");

    // While the worker signs with an account, nobody else does.
    let mut worker = common::command(folder);
    let mut worker = worker.args(job("hatch", &[])).stdout(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(worker.stdout.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap().contains("signing as")));
    let second = meteor(folder, &job("publish-key", &["--shower", "1"])).await;
    worker.kill().unwrap();
    worker.wait().unwrap();
    let second = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(second.contains("in use: another job signs with this account"), "{second}");

    assert!(works(folder, &job("publish-key", &["--shower", "1"])).await.contains("now public"));
    assert!(works(folder, &job("publish-key", &["--shower", "1"])).await.contains("already public"));

    // Bad input: a shower that there is not, another passphrase, another file of tables, an account without funds.
    for (name, more) in [
        ("close", &[][..]),
        ("draw", &["--beacon-url", &chain.beacon_url]),
        ("mint", &["--art", "words"]),
        ("publish-key", &[]),
    ] {
        let said = fails(folder, &job(name, &[more, &["--shower", "2"]].concat())).await;
        assert!(said.contains("there is no shower 2"), "{name}: {said}");
    }
    let other = private(folder, "other", "another long passphrase");
    let mut wrong = job("publish-key", &["--shower", "1"]);
    for argument in &mut wrong {
        if *argument == path(&passphrase) {
            *argument = path(&other);
        }
    }
    assert!(fails(folder, &wrong).await.contains("passphrase"));
    std::fs::write(&tables, "{}").unwrap();
    assert!(fails(folder, &job("hatch", &["--once"])).await.contains("not the tables file"));
    let mut poor = job("close", &[]);
    for (at, argument) in poor.iter_mut().enumerate() {
        if at > 0 && argument == "2" {
            *argument = "99".into();
        }
    }
    // An account that never received coins.
    fails(folder, &poor).await;
    devnet.shutdown().await;
}
