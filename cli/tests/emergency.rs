//! What a night needs: halting in one go, and runbooks whose commands are real.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use meteor_chain::contracts::ShowerContract;
use meteor_cli::commands::command;
use meteor_operator::node::Node;
use meteor_tests::Stage;

use crate::cases::words;
use crate::common::{fails, meteor, partly, private, works};

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

/// A program for --with in `folder`, that runs until the test opens its file `go`, and then ends with `code`.
fn edge(folder: &Path, code: u8) {
    let text = format!("#!/bin/sh\necho \"$1\" >called\ncat go\nexit {code}\n");
    std::fs::write(folder.join("edge"), text).unwrap();
    std::fs::set_permissions(folder.join("edge"), std::fs::Permissions::from_mode(0o700)).unwrap();
    let made = Command::new("mkfifo").arg(folder.join("go")).status().unwrap();
    assert!(made.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_is_paused_while_the_program_runs_and_each_outcome_is_told() {
    let stage = Stage::start(1).await;
    let node = Node::new(&stage.chain.rpc).unwrap();
    let paused = async || ShowerContract::new(&node, &stage.deployment.shower).config().await.unwrap().paused;
    let terms = format!("--contract {} --signer-file words --gas-price 0.01uluna", stage.deployment.shower);
    for (shown, reached) in [(true, true), (false, true), (true, false), (false, false)] {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        private(folder, "words", &stage.chain.mnemonic);
        edge(folder, u8::from(!shown));
        let rpc = if reached { &stage.chain.rpc } else { "http://127.0.0.1:9" };
        let line = format!("halt --with ./edge --account 3 --node {rpc} {terms}");
        let told = async {
            // The program has not ended, and the contract is paused all the same.
            while reached && !paused().await {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            let go = folder.join("go");
            tokio::task::spawn_blocking(move || std::fs::write(go, "").unwrap()).await.unwrap();
        };
        let (output, ()) = tokio::join!(meteor(folder, &line), told);
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        let code = if shown && reached { 0 } else { 3 };
        assert_eq!(output.status.code(), Some(code), "{shown} {reached}: {said}");
        assert_eq!(std::fs::read_to_string(folder.join("called")).unwrap(), "on\n");
        let program = if shown { "./edge: done" } else { "NOT DONE: ./edge: it ended with exit status: 1" };
        let contract = if reached { "paused in block" } else { "NOT DONE: the contract: the node at" };
        assert!(said.contains(program) && said.contains(contract), "{shown} {reached}: {said}");
        assert_eq!(paused().await, reached);
        if reached {
            works(folder, &format!("resume --account 1 --node {rpc} {terms}")).await;
        }
    }
    stage.stop().await;
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

/// The command lines of `meteor` between backticks in a page's text, with options.
fn named(page: &str) -> Vec<String> {
    let text: Vec<&str> = page.split("```").step_by(2).collect();
    let text = text.concat().replace('\n', " ");
    let spans = text.split('`').skip(1).step_by(2).map(|span| span.split_whitespace().collect::<Vec<_>>());
    // `meteor mint` alone names the command, and says nothing of its options.
    spans
        .filter(|words| words.first() == Some(&"meteor") && words.len() > 2)
        .map(|words| words.join(" "))
        .collect()
}

/// All pages of this folder and of those in it.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { pages(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .collect()
}

#[test]
fn every_command_of_the_runbooks_and_of_docs_run_is_one() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let mut seen = 0;
    for path in ["runbooks", "run"].into_iter().flat_map(|folder| pages(&docs.join(folder))) {
        let page = std::fs::read_to_string(&path).unwrap();
        for line in lines(&page).into_iter().chain(named(&page)) {
            // What follows in a pipe or a file is the shell's.
            let words = words(&line).unwrap().into_iter();
            let words = words.take_while(|word| !matches!(&**word, "|" | ">" | ">>" | "&"));
            // An address is checked to the letter; the page's stand for one.
            let known = "terra1x46rqay4d3cssq8gxxvqz8xt6nwlz4td20k38v";
            let words = words.map(|word| if word.starts_with("terra1") { known.into() } else { word });
            let parsed = command().try_get_matches_from(words);
            // --version ends what is parsed, too.
            let wrong = parsed.err().filter(clap_error);
            assert!(wrong.is_none(), "{}: {line}\n{}", path.display(), wrong.unwrap());
            seen += 1;
        }
    }
    assert!(seen > 60, "only {seen} commands were found");
    assert_eq!(lines("```sh\nmeteor a \\\n  b # c\nls\n```\n```\nmeteor d\n```"), ["meteor a    b"]);
    assert_eq!(named("`meteor a\n b` `meteor c` `x`\n```sh\nmeteor d e\n```"), ["meteor a b"]);
}

/// Whether it is an error, and not what was asked for.
fn clap_error(error: &clap::Error) -> bool {
    error.use_stderr()
}
