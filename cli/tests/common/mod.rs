//! What the tests of the commands share: private files, runs of `meteor`, waits that end.

use std::net::Ipv4Addr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use cosmwasm_std::Decimal;
use meteor_chain::contracts::ShowerContract;
use meteor_devnet::{Blocks, Config, Devnet};
use meteor_messages::shower::Status;
use meteor_operator::node::Node;

/// Longer than any shower here, so that a stalled chain fails the test instead of hanging it.
const END: Duration = Duration::from_mins(2);

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

/// What a launch of one shower is deployed with: artifacts, preset.toml and catalogue.csv.
pub(crate) async fn to_deploy(folder: &Path) {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../artifacts");
    std::os::unix::fs::symlink(built.canonicalize().unwrap(), folder.join("artifacts")).unwrap();
    let preset = include_str!("../../../packages/rules/presets/demo.toml");
    std::fs::write(folder.join("preset.toml"), preset.replace("count = 4", "count = 1")).unwrap();
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

fn stage(status: Status) -> u8 {
    match status {
        Status::Upcoming => 0,
        Status::Open => 1,
        Status::Ended => 2,
        Status::Closed => 3,
        Status::Minted => 4,
        Status::Refunding => 5,
    }
}

/// Waits until shower 1 is at `wanted` or past it: one that was missed must not be waited for.
pub(crate) async fn until(node: &Node, contract: &str, wanted: Status) {
    let reached = async {
        loop {
            let state = ShowerContract::new(node, contract).shower(1).await.unwrap();
            if stage(state.status) >= stage(wanted) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(END, reached).await.unwrap_or_else(|_| panic!("never {wanted:?}"));
}
