//! What the tests of the commands share: private files, runs of `meteor`, waits that end.

use std::net::Ipv4Addr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use cosmwasm_std::{Decimal, Timestamp};
use meteor_chain::contracts::ShowerContract;
use meteor_devnet::{Blocks, Config, Devnet};
use meteor_messages::shower::Status;
use meteor_operator::node::Node;

/// Seconds to a launch's opening: more than any machine needs for what is done before. `until` lets them pass.
pub(crate) const OPENS_IN: u64 = 1_800;

/// A dev chain with Terra Classic's tax.
pub(crate) async fn taxed() -> Devnet {
    let any = (Ipv4Addr::LOCALHOST, 0).into();
    let blocks = Blocks::Interval(Duration::from_millis(100));
    let burn_tax = Some(Decimal::permille(5));
    meteor_cli::devnet::start(Config { blocks, burn_tax, rpc: any, rest: any, ..Config::default() })
        .await
        .unwrap()
}

/// Writes a file that only its owner reads.
pub(crate) fn private(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    path
}

/// The demo's preset with one shower, into which contributions fit however slow the machine: `until` ends it.
pub(crate) fn one_shower() -> String {
    let preset = include_str!("../../../packages/rules/presets/demo.toml");
    preset.replace("first = 20", "first = 3_000").replace("count = 4", "count = 1")
}

/// What a launch of one shower is deployed with: artifacts, preset.toml and catalogue.csv.
pub(crate) async fn to_deploy(folder: &Path) {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../artifacts");
    std::os::unix::fs::symlink(built.canonicalize().unwrap(), folder.join("artifacts")).unwrap();
    std::fs::write(folder.join("preset.toml"), one_shower()).unwrap();
    works(folder, "catalogue catalogue.csv --preset preset.toml --stand-in 2").await;
}

/// `meteor` in `folder`, with its journals there too.
pub(crate) fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meteor"));
    command.current_dir(folder).env("METEOR_JOURNAL", folder.join("journal")).env("TZ", "UTC");
    command
}

/// Runs `meteor` in `folder` with the words of `line`.
pub(crate) async fn meteor(folder: &Path, line: &str) -> Output {
    let mut command = command(folder);
    command.args(line.split_whitespace());
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// Runs it and answers with all it said; it must succeed.
pub(crate) async fn works(folder: &Path, line: &str) -> String {
    let output = meteor(folder, line).await;
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{line}: {said}");
    said.into_owned()
}

/// Runs it and answers with what it said; it must find nothing to do.
pub(crate) async fn idle(folder: &Path, line: &str) -> String {
    let output = meteor(folder, line).await;
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{line}: {said}");
    said.into_owned()
}

/// Runs it and answers with what it said; it must do all but what it says.
pub(crate) async fn partly(folder: &Path, line: &str) -> String {
    let output = meteor(folder, line).await;
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{line}: {said}");
    said.into_owned()
}

/// Runs it and answers with its error; it must fail.
pub(crate) async fn fails(folder: &Path, line: &str) -> String {
    let output = meteor(folder, line).await;
    assert!(!output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A launch of one shower on the chain at `rpc`, signed by its accounts at `address`.
pub(crate) fn launch_file(chain_id: &str, rpc: &str, address: &[String], opens_at: u64) -> String {
    let [_, owner, operator, guardian, .., artists, pool] = address else { panic!() };
    let network = meteor_cli::devnet::beacon().unwrap();
    format!(
        r#"
label = "rehearsal"
salt = "rehearsal"
preset = "preset.toml"
opens_at = {}
commitments = "commitments.json"
catalogue = "catalogue.csv"
payees = [{{ address = "{pool}", share_bp = 8350 }}, {{ address = "{artists}", share_bp = 1650 }}]
codes = {{ shower = 1, nft = 2, hatchery = 3 }}
[chain]
id = "{chain_id}"
nodes = ["{rpc}"]
prefix = "terra"
denom = "uusd"
gas_price = "0.15uluna"
[roles]
owner = "{owner}"
operator = "{operator}"
guardian = "{guardian}"
[beacon]
network = "own"
genesis = {}
period = {}
delay = 2
public_key = "{}"
"#,
        meteor_chain::time::utc(opens_at).unwrap(),
        network.genesis,
        network.period,
        cosmwasm_std::HexBinary::from(*network.public_key.as_bytes()).to_hex(),
    )
}

/// Lets the dev chain's time pass until shower 1 is open, or over. A shower that is further already fails the test.
pub(crate) async fn until(devnet: &Devnet, node: &Node, contract: &str, wanted: Status) {
    let contract = ShowerContract::new(node, contract);
    let shower = contract.shower(1).await.unwrap();
    let at = match wanted {
        Status::Open => shower.opens_at,
        Status::Ended => shower.closes_at,
        Status::Upcoming | Status::Closed | Status::Minted | Status::Refunding => {
            panic!("time alone brings no shower to {wanted:?}")
        }
    };
    if shower.status != wanted {
        devnet.set_time(Timestamp::from_seconds(at)).await.unwrap();
    }
    assert_eq!(contract.shower(1).await.unwrap().status, wanted);
}
