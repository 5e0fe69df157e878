//! `meteor deploy` with its own uploads, killed (SIGKILL) as each of its transactions is in a block, and run
//! again.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::common::{command, fails, launch_file, meteor, partly, private, to_deploy, works};
use meteor_operator::launch::Record;
use meteor_operator::node::Node;
use meteor_tests::Stage;

const DEPLOY: &str = "deploy launch.toml --artifacts artifacts --signer-file words --account 4 --yes";

/// Runs the deployment and kills it once the chain has the account's transaction number `sequence`: before it
/// knows, or just after.
async fn killed_after(folder: &Path, node: &Node, address: &str, sequence: u64) {
    let mut child = command(folder).args(DEPLOY.split(' ')).stdout(Stdio::null()).spawn().unwrap();
    while node.account(address).await.unwrap().value.sequence < sequence {
        assert!(child.try_wait().unwrap().is_none(), "it ended before transaction {sequence}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

/// How much gas a plan says that it takes.
fn gas(plan: &str) -> u64 {
    let line = plan.lines().find(|line| line.starts_with("fees ")).unwrap();
    line.split_whitespace().rev().nth(1).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_killed_between_its_uploads_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // Its own event is not what this is about, but the chain is: METEOR_CHAIN names it.
    let stage = Stage::start(1).await;
    let (chain, node) = (&stage.chain, &stage.node);
    private(folder, "words", &chain.mnemonic);
    private(folder, "passphrase", "a long enough passphrase");
    to_deploy(folder).await;
    let mut address = Vec::new();
    for index in 0..10 {
        address.push(chain.account(index).await.unwrap().address().to_owned());
    }
    let [_, owner, _, _, deployer, admin, ..] = address.as_slice() else { panic!() };
    // The owner signs nothing here: it could be a multisig. Far from opening, so that nothing depends on the
    // pace.
    let opens_at = stage.time().await + 86_400;
    let launch = launch_file(&stage.deployment.chain_id, &chain.rpc, &address, opens_at)
        .replace("codes = { shower = 1, nft = 2, hatchery = 3 }\n", "")
        .replace("[roles]", &format!("[roles]\ndeployer = \"{deployer}\"\nadmin = \"{admin}\""));
    let launch = format!("{launch}[royalties]\naddress = \"{owner}\"\nshare_bp = 500\n");
    std::fs::write(folder.join("launch.toml"), &launch).unwrap();
    let sequence = async || node.account(deployer).await.unwrap().value.sequence;

    let planned = partly(folder, "deploy launch.toml --artifacts artifacts --dry-run").await;
    assert!(
        planned.contains("fees        about") && planned.contains(&format!("admin       {admin} can")),
        "{planned}"
    );
    assert!(!planned.contains("send it the rest"), "{planned}");
    std::fs::write(folder.join("dear.toml"), launch.replace("0.15uluna", "1000000uluna")).unwrap();
    let dear = meteor(folder, "deploy dear.toml --artifacts artifacts --dry-run").await;
    let said = String::from_utf8_lossy(&dear.stdout);
    let lacks = format!("error: dear.toml:16: roles.deployer: {deployer} has ");
    assert!(!dear.status.success() && said.contains(&lacks) && said.contains("send it the rest"), "{said}");
    let keygen = planned.lines().find_map(|line| line.trim().strip_prefix("meteor keygen")).unwrap();
    works(folder, &format!("keygen {keygen} --passphrase-file passphrase")).await;
    let other = fails(folder, &DEPLOY.replace("account 4", "account 1")).await;
    assert!(other.contains("but the deployer is"), "{other}");

    for transaction in 1..=4 {
        killed_after(folder, node, deployer, transaction).await;
        // What is uploaded costs nothing more: whoever sent just enough can go on.
        if transaction == 3 {
            let left = works(folder, "deploy launch.toml --artifacts artifacts --dry-run").await;
            assert!(gas(&left) < gas(&planned) / 2, "{left}");
            // Unless the file is of a chain that was begun anew under the same name.
            let file = folder.join("stale.json");
            let mut stale = Record::load(&folder.join("deployment.json")).unwrap().unwrap();
            for id in [999, stale.codes.get("nft").unwrap().id] {
                stale.codes.get_mut("shower").unwrap().id = id;
                stale.save(&file).unwrap();
                for how in ["--dry-run", "--signer-file words --account 4 --yes"] {
                    let line = format!("deploy launch.toml --artifacts artifacts --event stale.json {how}");
                    let refused = fails(folder, &line).await;
                    let said = format!(
                        "code {id} is not the shower of the deployment file: if this chain was begun anew"
                    );
                    assert!(refused.contains(&said), "{how}: {refused}");
                }
            }
        }
    }
    works(folder, DEPLOY).await;
    assert_eq!(sequence().await, 4, "three uploads and an instantiation, each once");
    let whole = Record::load(&folder.join("deployment.json")).unwrap().unwrap();
    let event = whole.event.as_ref().unwrap();
    assert_eq!(node.contract(&event.shower).await.unwrap().admin, *admin);
    assert_eq!(node.contract(&event.meteors).await.unwrap().admin, "");

    // What of the five contracts is not as the launch file has it is found, wherever it is.
    let other =
        launch.replace("share_bp = 500", "share_bp = 400").replace(&format!("admin = \"{admin}\""), "");
    std::fs::write(folder.join("other.toml"), other).unwrap();
    let compared = meteor(folder, "deploy other.toml --artifacts artifacts").await;
    assert!(!compared.status.success());
    let said = String::from_utf8_lossy(&compared.stdout);
    let differs = said.lines().filter_map(|line| line.strip_prefix("DIFFERS")?.split(':').next());
    let differs: Vec<Vec<&str>> = differs.map(|line| line.split_whitespace().collect()).collect();
    let expected =
        ["shower admin", "meteors royalties.share_bp", "eggs royalties.share_bp", "dust royalties.share_bp"]
            .map(|line| line.split(' ').collect::<Vec<_>>());
    assert_eq!(differs, expected, "{said}");

    // With the file lost nothing is uploaded again: what the event is made of is asked of the chain.
    std::fs::remove_file(folder.join("deployment.json")).unwrap();
    works(folder, DEPLOY).await;
    let found = Record::load(&folder.join("deployment.json")).unwrap().unwrap();
    let ids = |record: &Record| record.codes.values().map(|code| code.id).collect::<Vec<_>>();
    assert!(found.height > whole.height, "the block that made it, not the one before");
    assert_eq!((ids(&found), found.event.unwrap().shower), (ids(&whole), event.shower.clone()));
    assert_eq!(sequence().await, 4);
    stage.stop().await;
}
