//! `meteor plan` says what `meteor mint` then does: a stranger with the public catalogue mints a whole event, is killed
//! on the way, goes on, and every token on the chain is its line of the plan.

use std::path::Path;
use std::process::Command;

use meteor_operator::jobs;
use meteor_operator::plan::{Row, header, line};
use meteor_rules::TokenId;
use meteor_tests::proxy::{Fault, Proxy};
use meteor_tests::{Stage, WALLETS};
use serde_json::Value;

use crate::common::{self, fails, meteor, private, works};

const UST: u128 = 1_000_000;

/// The lines of a plan for what the chain has: each token in turn.
async fn on_the_chain(stage: &Stage, count: u64) -> String {
    let template = &stage.preset.meteors.template;
    let mut text = header(template);
    for number in 1..=count {
        let owner = stage.meteors().owner_of(number).await.unwrap();
        let shown = stage.meteors().metadata(number).await.unwrap();
        text += &line(template, &Row { token_id: TokenId(number), owner: &owner, shown, is_final: true });
    }
    text
}

fn objects(said: &str) -> Vec<Value> {
    said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn of<'a>(objects: &'a [Value], what: &str) -> &'a Value {
    objects.iter().find(|object| object["what"] == what).unwrap_or_else(|| panic!("no {what}: {objects:?}"))
}

/// `meteor` in `folder`, without lines for people.
fn spawn(folder: &Path, line: &str) -> std::process::Child {
    let mut meteor: Command = common::command(folder);
    meteor.args(line.split_whitespace()).stdout(std::process::Stdio::null()).spawn().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_mints_the_plan_line_by_line_though_killed_on_the_way() {
    let stage = Stage::start(3).await;
    let api = stage.serve().await;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    private(folder, "words", &stage.chain.mnemonic);
    // All that a stranger has: a node, the contract's address, and a copy of the catalogue.
    let public = format!(
        "--node {} --contract {} --catalogue {}/v1/catalogue",
        stage.chain.rpc, stage.deployment.shower, api.base
    );
    let nobody = meteor(folder, &format!("plan {public}")).await;
    assert_eq!(nobody.status.code(), Some(4), "nobody contributed yet");

    stage.open(1).await;
    for wallet in WALLETS {
        stage.contribute(wallet, 1, (10 + u128::from(wallet)) * UST).await.unwrap();
    }
    stage.end(1).await;
    stage.close_and_draw(1).await;
    for wallet in [4, 5, 6] {
        stage.contribute(wallet, 2, (20 - u128::from(wallet)) * UST).await.unwrap();
    }
    // Shower 2 is open: told as it stands, and marked.
    works(folder, &format!("plan {public} --out now.csv")).await;
    let now = std::fs::read_to_string(folder.join("now.csv")).unwrap();
    let marks: Vec<&str> = now.lines().skip(1).map(|line| line.rsplit_once(',').unwrap().1).collect();
    assert_eq!(marks, ["final", "final", "final", "final", "as of now", "as of now", "as of now"]);
    // Account 6 is the third of shower 2, and then the first.
    let owner =
        |text: &str, line: usize| text.lines().nth(line).unwrap().split(',').nth(1).unwrap().to_owned();
    let sixth = stage.account(6).await.address().to_owned();
    assert_eq!(owner(&now, 7), sixth);
    stage.contribute(6, 2, 9 * UST).await.unwrap();
    stage.end(2).await;
    stage.close_and_draw(2).await;
    // Who contributes to a cancelled shower gets no meteor.
    stage.contribute(4, 3, 9 * UST).await.unwrap();
    jobs::cancel(&mut stage.account(1).await, &stage.deployment.shower, 3).await.unwrap();

    let said = works(folder, &format!("plan {public} --json --out plan.csv")).await;
    let plan = std::fs::read_to_string(folder.join("plan.csv")).unwrap();
    assert_eq!(owner(&plan, 5), sixth, "{plan}");
    assert_eq!(plan.lines().count(), 1 + 7);
    let objects = objects(&said);
    let sums = of(&objects, "planned");
    assert_eq!((&sums["meteors"], &sums["final"], &sums["to_mint"]), (&7.into(), &7.into(), &7.into()));
    // Three of each shower are Legendary.
    let tier = of(&objects, "tier");
    assert_eq!((&tier["tier"], &tier["meteors"], &tier["used"]), (&"legendary".into(), &6.into(), &6.into()));
    assert!(fails(folder, &format!("plan {public} --out plan.csv")).await.contains("plan.csv exists"));
    assert_eq!(std::fs::read_to_string(folder.join("plan.csv")).unwrap(), plan, "never over another one");

    // A dry run foretells all of it and sends nothing.
    let stranger = "--signer-file words --account 0 --gas-price 0.01uluna --batch 2";
    let said = works(folder, &format!("mint {public} {stranger} --dry-run")).await;
    assert!(said.contains("to mint: 7 meteors of 2 showers, in about 4 transactions; fees about "), "{said}");
    assert!(said.contains("would send mint to") && stage.shower(1).await.minted == 0, "{said}");

    // Killed (SIGKILL) when its third transaction is on the way, with shower 1 done and shower 2 begun.
    let sent = std::sync::atomic::AtomicUsize::new(0);
    let third = move |_: usize, method: &str| {
        let broadcasts = method == "broadcast_tx_sync";
        let sent = if broadcasts { sent.fetch_add(1, std::sync::atomic::Ordering::SeqCst) } else { 0 };
        (broadcasts && sent == 2).then_some(Fault::HangAfter)
    };
    let proxy = Proxy::start(&stage.chain.rpc, Box::new(third)).await;
    let over = public.replace(&stage.chain.rpc, &proxy.url);
    let mut killed = spawn(folder, &format!("mint {over} {stranger}"));
    proxy.hung().await;
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert_eq!(stage.shower(1).await.minted, 4);
    let said = works(folder, &format!("mint {public} {stranger}")).await;
    assert!(said.contains("shower 2: minted 3 of 3"), "{said}");

    assert_eq!(stage.meteors().count().await.unwrap(), 7, "none is there twice");
    assert_eq!(on_the_chain(&stage, 7).await, plan);
    works(folder, &format!("plan {public} --out after.csv")).await;
    assert_eq!(std::fs::read_to_string(folder.join("after.csv")).unwrap(), plan, "minting changed no line");
    api.server.shutdown().await;
    stage.stop().await;
}
