//! `meteor rehearse`: on a chain in its own process, on one that runs apart, and where it fails.

use std::path::{Path, PathBuf};
use std::time::Duration;

use cosmwasm_std::Timestamp;
use meteor_chain::contracts::ShowerContract;
use meteor_cli::devnet::embedded;
use meteor_devnet::Devnet;
use meteor_operator::node::Node;
use meteor_tests::{RealNode, Target};

use crate::common::{fails, works};

/// The steps that every rehearsal's report must have, in order.
const STEPS: [&str; 22] = [
    "fund",
    "deploy",
    "serve",
    "replica",
    "contribute",
    "replica lost",
    "halt",
    "resume",
    "contribute",
    "replica back",
    "cancel",
    "refund",
    "close",
    "draw",
    "mint",
    "settle",
    "crack",
    "reveal",
    "publish-key",
    "settle",
    "money",
    "verify",
];

fn held(folder: &Path) {
    let report = std::fs::read_to_string(folder.join("night.md")).unwrap();
    let steps = report.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let steps: Vec<&str> = steps.skip(1).take(STEPS.len()).collect();
    assert_eq!(steps, STEPS, "{report}");
    assert!(report.contains("\nEverything below held.\n"), "{report}");
    assert!(report.contains("\n**Not shown:** that an alert fires, reaches its receivers"), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rehearsal_goes_through_everything_and_reports_it() {
    if Target::from_env().lacks("a_rehearsal", "it brings a dev chain of its own") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let line = "rehearse --wallets 6 --seconds 16 --report night.md";
    let said = works(folder, line).await;
    assert!(said.contains("rehearsed      everything held\n"), "{said}");
    held(folder);
    // A report is not written over, and nothing is begun.
    let again = fails(folder, line).await;
    assert!(again.contains("the report needs a new file: name another with --report"), "{again}");
    held(folder);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rehearsal_that_fails_has_a_report_until_then() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let said = fails(folder, "rehearse --node http://127.0.0.1:9").await;
    let report = std::fs::read_to_string(folder.join("rehearsal.md")).unwrap();
    assert!(report.contains("**It failed after the last step below:** "), "{report}");
    assert!(report.contains("127.0.0.1:9 does not answer"), "{said}{report}");
}

/// A chain that runs apart from the rehearsal.
enum Apart {
    Devnet(Devnet),
    Real(Box<RealNode>),
}

impl Apart {
    async fn start() -> Self {
        match Target::from_env() {
            Target::Devnet => Self::Devnet(embedded(Duration::from_millis(100), None).await.unwrap()),
            Target::Taxed => {
                let tax = Some(cosmwasm_std::Decimal::permille(5));
                Self::Devnet(embedded(Duration::from_millis(100), tax).await.unwrap())
            }
            Target::Real(generation) => {
                let node = tokio::task::spawn_blocking(move || RealNode::start(generation)).await.unwrap();
                Self::Real(Box::new(node))
            }
        }
    }

    fn rpc(&self) -> String {
        match self {
            Self::Devnet(devnet) => devnet.rpc_url(),
            Self::Real(node) => node.rpc().to_owned(),
        }
    }

    /// Once the report says that all is revealed the dev chain's time passes: the rehearsal waits for the end of the crack
    /// window, and would wait for minutes. On a real chain it does.
    async fn pass(&self, report: PathBuf) {
        let Self::Devnet(devnet) = self else { return };
        let report = loop {
            let report = std::fs::read_to_string(&report).unwrap_or_default();
            if report.contains("\n| reveal | ") || report.contains("It failed") {
                break report;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        let contract = report.split([' ', ',']).find(|word| word.starts_with("terra1")).unwrap();
        let node = Node::new(&self.rpc()).unwrap();
        let contract = ShowerContract::new(&node, contract);
        let window = contract.fairness().await.unwrap().crack_window;
        let closed = contract.shower(1).await.unwrap().closes_at;
        devnet.set_time(Timestamp::from_seconds(closed + window)).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rehearsal_on_a_chain_that_runs_apart() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let chain = Apart::start().await;
    let artifacts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../artifacts");
    let line = format!(
        "rehearse --wallets 6 --seconds 20 --report night.md --node {} --artifacts {}",
        chain.rpc(),
        artifacts.display()
    );
    let (said, ()) = tokio::join!(works(folder, &line), chain.pass(folder.join("night.md")));
    assert!(said.contains("rehearsed      everything held\n"), "{said}");
    held(folder);
    match chain {
        Apart::Devnet(devnet) => devnet.shutdown().await,
        Apart::Real(node) => tokio::task::spawn_blocking(move || drop(node)).await.unwrap(),
    }
}
