//! A whole launch whose key is in AWS KMS, from the making of the key to its publishing, against a key service that checks
//! every signature and permission (`scripts/kms/kms.py`).

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use cosmwasm_std::Timestamp;
use meteor_chain::contracts::ShowerContract;
use meteor_cli::chain::Chain;
use meteor_messages::shower::Status;
use meteor_operator::node::Node;
use serde_json::Value;

use crate::common::{self, command, launch_file, meteor, private, until, works};

/// The service, and a user who may make keys and use them.
struct Service {
    process: Child,
    url: String,
    id: String,
    secret: String,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Service {
    /// `None` where it wasn't fetched, which in CI is an error.
    fn start() -> Option<Self> {
        if std::env::var_os("METEOR_KMS_SERVER").is_none_or(|folder| folder.is_empty()) {
            assert!(std::env::var_os("CI").is_none(), "METEOR_KMS_SERVER must be set: scripts/kms/kms.py");
            eprintln!("skipped: METEOR_KMS_SERVER=$(scripts/kms/kms.py) cargo test");
            return None;
        }
        let mut process = Command::new("python3")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/kms/kms.py"))
            .arg("serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let text = |name: &str| ready.get(name).and_then(Value::as_str).unwrap().to_owned();
        Some(Self { process, url: text("url"), id: text("id"), secret: text("secret") })
    }
}

/// The first word of the line that begins with `name`.
fn told<'a>(said: &'a str, name: &str) -> &'a str {
    let line = said.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{said}"));
    line.split_whitespace().next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_launch_with_its_key_in_aws_kms() {
    let Some(service) = Service::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let devnet = common::taxed().await;
    let chain = Chain::of(&devnet);
    private(folder, "words", &chain.mnemonic);
    let profile = |secret: &str| {
        format!("[event]\naws_access_key_id = {}\naws_secret_access_key = {secret}\n", service.id)
    };
    private(folder, "credentials", &profile(&service.secret));
    private(folder, "stolen", &profile("of somebody else"));
    std::fs::write(folder.join("preset.toml"), common::one_shower()).unwrap();
    works(folder, "catalogue catalogue.csv --preset preset.toml --stand-in 3").await;
    let mut address = Vec::new();
    for index in 0..10 {
        address.push(chain.account(index).await.unwrap().address().to_owned());
    }
    let opens_at = devnet.tip().await.unwrap().time.seconds() + common::OPENS_IN;
    let launch = launch_file(&devnet.chain_id(), &chain.rpc, &address, opens_at);
    std::fs::write(folder.join("launch.toml"), &launch).unwrap();
    let planned = meteor(folder, "deploy launch.toml --dry-run").await;
    let planned = String::from_utf8(planned.stdout).unwrap();
    let contract = told(&planned, "contract ").to_owned();

    // The key, with the user's credentials in the environment.
    let at = format!("--kms-region eu-central-1 --kms-endpoint {}", service.url);
    let event = format!("--chain-id {} --contract {contract} --showers 1", devnet.chain_id());
    let mut keygen = command(folder);
    keygen.args(format!("keygen --kms {at} {event} --commitments commitments.json").split_whitespace());
    keygen.env("AWS_ACCESS_KEY_ID", &service.id).env("AWS_SECRET_ACCESS_KEY", &service.secret);
    let made = tokio::task::spawn_blocking(move || keygen.output().unwrap()).await.unwrap();
    let said = String::from_utf8_lossy(&made.stdout) + String::from_utf8_lossy(&made.stderr);
    assert!(made.status.success() && !said.contains(&service.secret), "{said}");
    let arn = told(&said, "New key in AWS KMS: ");
    assert!(arn.starts_with("arn:aws:kms:eu-central-1:") && arn.contains(":key/mrk-"), "{said}");
    // The ARN names the region.
    let service_at = format!("--kms-endpoint {}", service.url);
    let key = format!("--kms-key-id {arn} {service_at} --kms-credentials credentials --kms-profile event");

    // The same again from the key; another's credentials get nothing.
    let again = meteor(folder, &format!("commitments commitments.json {key} {event}")).await;
    assert_eq!(again.status.code(), Some(4), "{}", String::from_utf8_lossy(&again.stderr));
    let stolen = key.replace("--kms-credentials credentials", "--kms-credentials stolen");
    let refused = meteor(folder, &format!("commitments other.json {stolen} {event}")).await;
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(refused.status.code() == Some(1) && said.contains("the key service refused"), "{said}");
    assert!(!folder.join("other.json").exists() && !said.contains("of somebody else"), "{said}");

    works(folder, "deploy launch.toml --signer-file words --account 1 --yes").await;
    let compared = works(folder, &format!("commitments {key}")).await;
    assert!(
        compared.contains("is the key of the 1 shower of") && compared.contains("commitments.json has"),
        "{compared}"
    );

    let node = Node::new(&chain.rpc).unwrap();
    let job = |name: &str, account: u32| format!("{name} --signer-file words --account {account}");
    until(&devnet, &node, &contract, Status::Open).await;
    works(folder, &job("contribute --shower 1 --amount 9000000", 4)).await;
    until(&devnet, &node, &contract, Status::Ended).await;
    works(folder, &job("close", 2)).await;
    let secret = format!("{key} --tables tables.json");
    let drawn =
        works(folder, &format!("{} {secret} --beacon-url {}", job("draw", 2), chain.beacon_url)).await;
    assert!(drawn.contains("drawn, root"), "{drawn}");
    works(folder, &job("mint", 2)).await;
    works(folder, &job("crack --meteor 1", 4)).await;
    let hatched = works(folder, &format!("{} {secret} --once", job("hatch", 7))).await;
    assert!(hatched.contains("revealed 1 meteor\n"), "{hatched}");
    let shown = ShowerContract::new(&node, &contract);
    let closes_at = shown.shower(1).await.unwrap().closes_at;
    let window = shown.fairness().await.unwrap().crack_window;
    devnet.set_time(Timestamp::from_seconds(closes_at + window)).await.unwrap();
    let published = works(folder, &format!("{} {secret} --shower 1 --yes", job("publish-key", 2))).await;
    assert!(published.contains("its key is now public"), "{published}");
    assert!(shown.draw(1).await.unwrap().key.is_some());
    devnet.shutdown().await;
}
