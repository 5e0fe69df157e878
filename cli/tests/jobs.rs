//! The operator's commands as an operator runs them: the real binary, private files, a dev chain on the
//! wall's clock.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Duration;

use cosmwasm_std::{HexBinary, Timestamp};
use meteor_cli::chain::Chain;
use meteor_cli::{demo, preset};
use meteor_messages::shower::{ExecuteMsg, Status};
use meteor_operator::gas::coins;
use meteor_operator::jobs;
use meteor_operator::keys::{Event, FileKey, PassphraseFile, Unlock, commitments};
use meteor_rules::ShowerId;
use meteor_rules::preset::Preset;

use crate::common::{OPENS_IN, command, fails, idle, meteor, private, until, works};

/// The worker at `admin` tells how it does.
async fn watched(admin: &str) {
    let get = async |path: &str| meteor_chain::http::get(&format!("{admin}{path}")).await;
    assert_eq!(get("/healthz").await.unwrap(), b"alive\n");
    // Not before it has looked once; without that this never ends, and the test's run does.
    while get("/readyz").await.is_err() {
        tokio::task::yield_now().await;
    }
    let metrics = String::from_utf8(get("/metrics").await.unwrap()).unwrap();
    for line in ["hatch_ready 1", "hatch_revealed_total 0", "hatch_waiting{reason=\"unfit\"} 0"] {
        assert!(metrics.lines().any(|said| said == line), "{line}: {metrics}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn from_keygen_to_a_published_key() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let devnet = meteor_cli::devnet::embedded(Duration::from_millis(100), None).await.unwrap();
    let chain = Chain::of(&devnet);
    let passphrase = private(folder, "passphrase", "a long enough passphrase");
    private(folder, "other", "another long passphrase");
    private(folder, "words", &chain.mnemonic);

    let mut preset = Preset::named("demo").unwrap();
    preset.schedule.first = 3_000;
    preset.schedule.count = 1;
    let crack_window = preset.crack.crack_window;

    // The key, committed to for the address that the contract will have.
    let mut plan = demo::plan(&chain, preset, "jobs").await.unwrap();
    let (chain_id, contract) = (devnet.chain_id(), plan.contract.clone());
    let key = "event.age --passphrase-file passphrase";
    let keygen = format!("keygen {key} --chain-id {chain_id} --contract {contract} --showers 1");
    let said = works(folder, &keygen).await;
    let unlock = PassphraseFile(passphrase);
    let opened = FileKey::open(&folder.join("event.age"), Unlock::Passphrase(&unlock)).unwrap();
    let event = Event { chain_id: &chain_id, contract: &contract, showers: 1 };
    let committed = commitments(&opened, &event).await.unwrap();
    assert!(said.contains(&HexBinary::from(committed.first().unwrap()).to_hex()), "{said}");
    // A key is never overwritten.
    fails(folder, &keygen).await;

    plan.preset.schedule.opens_at = Some(devnet.tip().await.unwrap().time.seconds() + OPENS_IN);
    let deployment = demo::launch(&chain, &mut plan, &opened).await.unwrap();
    let catalogue = plan.catalogue.clone().unwrap();
    std::fs::write(folder.join("catalogue.csv"), &plan.catalogue_file).unwrap();
    std::fs::write(folder.join("tables.json"), preset::tables(&plan.preset).unwrap()).unwrap();
    let rehearse = format!("commitments --key-file {key} --node {} --contract {contract}", chain.rpc);
    assert!(works(folder, &rehearse).await.contains("event.age is the key of the 1 shower of"));

    // Two wallets contribute as soon as the chain lets them.
    let mut wallet = chain.account(4).await.unwrap();
    let mut second = chain.account(5).await.unwrap();
    until(&devnet, wallet.node(), &contract, Status::Open).await;
    let contribute = ExecuteMsg::Contribute { shower: 1 };
    wallet.execute(&contract, &contribute, &coins(9_000_000, "uusd")).await.unwrap();
    second.execute(&contract, &contribute, &coins(8_000_000, "uusd")).await.unwrap();
    until(&devnet, wallet.node(), &contract, Status::Ended).await;

    let job = |job: &str| {
        let secrets = "--key-file event.age --passphrase-file passphrase --tables tables.json";
        let secrets = if job.starts_with("close") || job.starts_with("mint") { "" } else { secrets };
        format!(
            "{job} --node {} --contract {contract} --signer-file words --account 2 --gas-price 0.15uluna \
             {secrets}",
            chain.rpc
        )
    };
    let draw = format!("draw --beacon-url {}", chain.beacon_url);
    assert!(works(folder, &job("close")).await.contains("closed, 2 contributors\n"));
    let no_relay = fails(folder, &job("draw")).await;
    assert!(no_relay.contains("--beacon-url"), "only quicknet's relays are known: {no_relay}");
    let drawn = works(folder, &job(&draw)).await;
    assert!(drawn.contains("drawn, root"), "{drawn}");
    let mut operator = chain.account(2).await.unwrap();
    jobs::mint(&mut operator, &contract, ShowerId(1), &catalogue, |_| ()).await.unwrap();
    jobs::crack(&mut wallet, &deployment, &[1]).await.unwrap();
    let hatched = works(folder, &job("hatch --once --audit-log audit.log")).await;
    assert!(hatched.contains("revealed 1 meteor\n"), "{hatched}");
    assert!(idle(folder, &job("hatch --once")).await.contains("nothing to reveal: no meteor is in custody"));
    works(folder, &keygen.replace("event.age", "another.age")).await;
    for name in ["hatch --once", &draw, "publish-key --shower 1 --yes"] {
        let said = fails(folder, &job(name).replace("event.age", "another.age")).await;
        assert!(said.contains("this is not the key of the event"), "{name}: {said}");
    }
    let audit = std::fs::read_to_string(folder.join("audit.log")).unwrap();
    assert!(audit.contains("\"revealed\":[1]") && !audit.contains("egg"), "{audit}");
    // One that can't be written is told, and keeps nobody's meteor waiting.
    jobs::crack(&mut second, &deployment, &[2]).await.unwrap();
    let hatched = meteor(folder, &job("hatch --once --audit-log .")).await;
    let (told, said) = (String::from_utf8_lossy(&hatched.stderr), String::from_utf8_lossy(&hatched.stdout));
    assert!(hatched.status.success() && said.contains("revealed 1 meteor\n"), "{said}{told}");
    assert!(told.contains("the audit log lacks the line of this batch: opening .: "), "{told}");

    // While the worker signs with an account, nobody else does.
    let mut worker = command(folder);
    let line = job("hatch --admin 127.0.0.1:0");
    let mut worker = worker.args(line.split_whitespace()).stdout(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(worker.stdout.take().unwrap()).lines().map(Result::unwrap);
    let admin = said.find_map(|line| line.strip_prefix("admin: ").map(ToOwned::to_owned)).unwrap();
    assert!(said.any(|line| line.contains("signing as")));
    watched(&admin).await;
    let publish = job("publish-key --shower 1 --yes");
    let second = fails(folder, &publish).await;
    worker.kill().unwrap();
    worker.wait().unwrap();
    assert!(second.contains("in use: another job signs with this account"), "{second}");

    // Early it is refused, in time it releases what is held back.
    assert!(idle(folder, &publish).await.contains("stays secret while its meteors are cracked"));
    let closes_at = plan.message(chain.codes).unwrap().schedule.first_close;
    devnet.set_time(Timestamp::from_seconds(closes_at + crack_window)).await.unwrap();
    let published = works(folder, &publish).await;
    assert!(
        published.contains("now public") && published.contains("0.85 UST is no longer held back"),
        "{published}"
    );
    assert!(idle(folder, &publish).await.contains("already public"));

    // Bad input: a shower that does not exist, another passphrase, other tables, an account that never
    // received coins.
    for name in ["close", &draw, "mint --catalogue catalogue.csv", "publish-key"] {
        let said = fails(folder, &job(&format!("{name} --shower 2"))).await;
        assert!(said.contains("there is no shower 2"), "{name}: {said}");
    }
    let wrong = publish.replace("--passphrase-file passphrase", "--passphrase-file other");
    assert!(fails(folder, &wrong).await.contains("passphrase"));
    std::fs::write(folder.join("tables.json"), "{}").unwrap();
    assert!(fails(folder, &job("hatch --once")).await.contains("not the tables file"));
    fails(folder, &job("close").replace("--account 2", "--account 99")).await;
    devnet.shutdown().await;
}
