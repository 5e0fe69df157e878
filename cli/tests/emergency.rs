//! What a night needs: halting in one go, a plan of refunds, the whole rehearsal, and procedures whose commands are real.

use std::path::Path;

use meteor_chain::contracts::ShowerContract;
use meteor_cli::commands::command;
use meteor_operator::node::Node;
use meteor_tests::Stage;

use crate::common::{fails, partly, private, works};

#[tokio::test(flavor = "multi_thread")]
async fn the_site_and_the_contract_are_halted_in_one_go() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let stage = Stage::start(1).await;
    private(folder, "words", &stage.chain.mnemonic);
    std::fs::create_dir(folder.join("site")).unwrap();
    let page = folder.join("site/halted.html");
    let contract = stage.deployment.shower.clone();
    let of = |node: &str| {
        format!("--node {node} --contract {contract} --signer-file words --account 3 --gas-price 0.01uluna")
    };
    let node = Node::new(&stage.chain.rpc).unwrap();
    let paused = async || ShowerContract::new(&node, &contract).config().await.unwrap().paused;

    let tried = works(folder, &format!("halt --site site --dry-run {}", of(&stage.chain.rpc))).await;
    assert!(tried.contains("halted.html would be shown") && tried.contains("would send pause"), "{tried}");
    assert!(!page.exists() && !paused().await);

    // Without the chain the page is there all the same, and what is missing is said.
    let away = partly(folder, &format!("halt --site site {}", of("http://127.0.0.1:9"))).await;
    assert!(away.contains("NOT DONE: the contract: the node at 127.0.0.1:9 does not answer"), "{away}");
    assert!(std::fs::read_to_string(&page).unwrap().contains("The showers are halted"));
    std::fs::remove_file(&page).unwrap();

    // And what fails at one place keeps neither the other nor the contract from it.
    let one =
        partly(folder, &format!("halt --site nowhere --site site --with false {}", of(&stage.chain.rpc)))
            .await;
    assert!(one.contains("NOT DONE: nowhere: ") && one.contains("NOT DONE: false: "), "{one}");
    assert!(one.contains("paused in block") && page.exists() && paused().await, "{one}");

    let again = works(folder, &format!("halt --site site --with true {}", of(&stage.chain.rpc))).await;
    assert!(again.contains("already paused"), "{again}");
    let over = works(folder, "halt --off --site site --with true").await;
    assert!(over.contains("until the owner resumes: meteor resume") && !page.exists(), "{over}");
    assert!(paused().await, "only the owner resumes");
    let none = fails(folder, "halt --off").await;
    assert!(none.contains("--site <PLACE>"), "{none}");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rehearsal_goes_through_everything_and_reports_it() {
    let folder = tempfile::tempdir().unwrap();
    let said = works(folder.path(), "rehearse --wallets 6 --seconds 16 --report night.md").await;
    assert!(said.contains("rehearsed      everything held\n"), "{said}");
    let report = std::fs::read_to_string(folder.path().join("night.md")).unwrap();
    let steps: Vec<&str> =
        report.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next()).collect();
    for step in [
        "deploy",
        "contribute",
        "halt",
        "resume",
        "alert fires",
        "alert resolves",
        "cancel",
        "refund",
        "draw",
        "mint",
        "crack",
        "reveal",
        "publish-key",
        "money",
        "verify",
    ] {
        assert!(steps.contains(&step), "{step}: {report}");
    }
    assert!(report.contains("\nEverything held.\n"), "{report}");
}

/// The command lines of `meteor` in a page's blocks of shell, with lines that go on joined.
fn lines(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, block) in page.split("```").enumerate().filter(|(at, _)| at % 2 == 1) {
        let Some(block) = block.strip_prefix("sh\n") else { continue };
        assert!(at > 0);
        let joined = block.replace("\\\n", " ");
        let commands = joined.lines().map(str::trim).filter(|line| line.starts_with("meteor "));
        found.extend(commands.map(|line| line.split(" #").next().unwrap().to_owned()));
    }
    found
}

#[test]
fn every_command_of_the_procedures_is_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/runbooks/procedures");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        for line in lines(&std::fs::read_to_string(&path).unwrap()) {
            let words = line.split_whitespace();
            // An address is checked to the letter; the page's stand for one.
            let known = "terra1x46rqay4d3cssq8gxxvqz8xt6nwlz4td20k38v";
            let words = words.map(|word| if word.starts_with("terra1") { known } else { word });
            let parsed = command().try_get_matches_from(words);
            // --version ends what is parsed, too.
            let wrong = parsed.err().filter(clap_error);
            assert!(wrong.is_none(), "{}: {line}\n{}", path.display(), wrong.unwrap());
            seen += 1;
        }
    }
    assert!(seen > 25, "only {seen} commands were found");
    assert_eq!(lines("```sh\nmeteor a \\\n  b # c\nls\n```\n```\nmeteor d\n```"), ["meteor a    b"]);
}

/// Whether it is an error, and not what was asked for.
fn clap_error(error: &clap::Error) -> bool {
    error.use_stderr()
}
