//! What stops an event, as its team runs it: appoint, pause, resume, cancel, refund; and the beacon of
//! rehearsals.

use crate::common;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::common::{command, fails, idle, private, taxed, until, works};
use meteor_chain::transactions::hash;
use meteor_cli::chain::Chain;
use meteor_cli::demo;
use meteor_messages::shower::Status;
use meteor_operator::journal::{Intent, Journal};
use meteor_operator::keys::MasterKey;
use meteor_rules::preset::Preset;

/// Runs `meteor` with `line` and types `answer`; whether it succeeded and what it said.
async fn asked(folder: &Path, line: &str, answer: &'static str) -> (bool, String) {
    let mut command = command(folder);
    command.args(line.split_whitespace()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let run = move || {
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(answer.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    (output.status.success(), said.into_owned())
}

/// `line` writes the owner's resuming to standard output alone, unsigned; nothing is sent.
async fn written_for_a_multisig(folder: &Path, line: &str, owner: &str, contract: &str) {
    let written = common::meteor(folder, line).await;
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    let written: serde_json::Value = serde_json::from_slice(&written.stdout).unwrap();
    let message = written.pointer("/body/messages/0").unwrap();
    assert_eq!(message.pointer("/sender").unwrap(), owner);
    assert_eq!(message.pointer("/contract").unwrap(), contract);
    assert_eq!(message.pointer("/msg").unwrap(), &serde_json::json!({"resume": {}}));
    // 300,000 gas at 0.15uluna.
    assert_eq!(written.pointer("/auth_info/fee/amount/0/amount").unwrap(), "45000");
    assert!(fails(folder, &format!("{line} --signer-file words")).await.contains("cannot be used with"));
}

/// A journal as a command leaves it that was killed between signing and sending; too late for a block since.
fn left_under_way(folder: &Path, chain_id: &str, wallet: &str) -> Journal {
    let mut left = Journal::open(&folder.join("journal"), chain_id, wallet).unwrap();
    left.write(Intent {
        chain_id: chain_id.to_owned(),
        address: wallet.to_owned(),
        sequence: 0,
        fee: "1uluna".into(),
        hash: hash(&[0, 0, 0]),
        signed_at: 1,
        timeout_height: 1,
        tx: "AAAA".into(),
    })
    .unwrap();
    left
}

/// What programs are told of it.
fn found_by_a_program() -> String {
    format!(r#"{{"what":"left","outcome":"lost","tx":"{}"}}"#, hash(&[0, 0, 0]))
}

/// A plan of the refund signs nothing, and has what arrives of each; the line of `wallet`.
async fn planned(folder: &Path, refund: &str, wallet: &str) {
    let said = works(folder, &refund.replace("--signer-file words", "--plan refunds.csv")).await;
    assert!(said.contains("19.0001 UST will leave, 18.9051 UST will arrive"), "{said}");
    assert!(said.contains("Nothing was signed"), "{said}");
    let plan = std::fs::read_to_string(folder.join("refunds.csv")).unwrap();
    assert_eq!(plan.lines().next(), Some("shower,contributor,what,amount,arrives,denom"));
    let line = format!("1,{wallet},contribution,10000100,9950100,uusd");
    assert!(plan.lines().count() == 3 && plan.lines().any(|planned| planned == line), "{plan}");
}

#[tokio::test(flavor = "multi_thread")]
async fn paused_resumed_cancelled_and_refunded_with_the_chains_tax() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let devnet = taxed().await;
    let chain = Chain::of(&devnet);
    private(folder, "words", &chain.mnemonic);
    let mut preset = Preset::named("demo").unwrap();
    // Long enough for all below: it is cancelled before its end.
    preset.schedule.first = 600;
    preset.schedule.count = 1;
    let opens_at = devnet.tip().await.unwrap().time.seconds() + common::OPENS_IN;
    preset.schedule.opens_at = Some(opens_at);
    let owner = chain.account(1).await.unwrap();
    let mut plan = demo::plan(&chain, preset, "end").await.unwrap();
    let event = demo::launch(&chain, &mut plan, &MasterKey::from_bytes(&[7; 32])).await.unwrap();
    let node = owner.node().clone();
    // Two nodes, of which the first is none.
    let job = |name: &str, account: u32| {
        format!(
            "{name} --node http://127.0.0.1:1 --node {} --contract {} --signer-file words --gas-price \
             0.15uluna --account {account}",
            chain.rpc, event.shower
        )
    };
    until(&devnet, &node, &event.shower, Status::Open).await;
    let contribute =
        |account, amount: u64| format!("{} --shower 1 --amount {amount}", job("contribute", account));
    let wallet = chain.account(4).await.unwrap().address().to_owned();
    let left = left_under_way(folder, &devnet.chain_id(), &wallet);
    let locked = fails(folder, &contribute(4, 9_000_000)).await;
    assert!(locked.contains("in use: another job signs with this account"), "{locked}");
    drop(left);
    let said = works(folder, &contribute(4, 9_000_000)).await;
    let found = format!("transaction {} under way: it is in no block and never will be\n", hash(&[0, 0, 0]));
    assert!(said.contains(&found), "{said}");
    // No line is begun whose end nobody is told.
    for (option, expected) in [("-q", String::new()), ("--json", found_by_a_program())] {
        drop(left_under_way(folder, &devnet.chain_id(), chain.account(7).await.unwrap().address()));
        let said = idle(folder, &format!("{} {option}", job("close", 7))).await;
        assert_eq!(said.lines().next().unwrap_or_default(), expected);
    }

    let unsigned =
        |line: String| line.replace("--signer-file words", "--generate-only").replace("--account 1", "");
    let [resume, cancel, appoint] = ["resume", "cancel", "appoint"].map(|verb| unsigned(job(verb, 1)));
    written_for_a_multisig(folder, &resume, owner.address(), &event.shower).await;
    // What can't succeed is said before several people sign it.
    assert!(fails(folder, &format!("{cancel} --shower 2")).await.contains("no shower 2"));
    let same = format!("{appoint} --guardian {}", owner.address());
    assert!(fails(folder, &same).await.contains("already has a role"));

    // A guardian whose key is stolen is exchanged by the owner, for somebody without a role.
    let mut addresses = Vec::new();
    for index in 0..8 {
        addresses.push(chain.account(index).await.unwrap().address().to_owned());
    }
    let [_, _, operator, guardian, .., other] = addresses.as_slice() else { panic!() };
    let appoint = |account, address| format!("{} --guardian {address}", job("appoint", account));
    assert!(fails(folder, &job("appoint", 1)).await.contains("--operator"), "one of the two roles");
    assert!(fails(folder, &appoint(3, other)).await.contains("is not the owner"));
    assert!(fails(folder, &appoint(1, operator)).await.contains("already has a role"));
    assert!(works(folder, &appoint(1, other)).await.contains(&format!("{guardian} no longer")));
    assert!(fails(folder, &job("pause", 3)).await.contains("is not the guardian or owner"));
    works(folder, &appoint(1, guardian)).await;
    assert!(idle(folder, &appoint(1, guardian)).await.contains("already"));

    // The guardian pauses, only the owner resumes.
    assert!(fails(folder, &job("pause", 4)).await.contains("is not the guardian or owner"));
    assert!(works(folder, &job("pause", 3)).await.contains("nobody can contribute"));
    assert!(idle(folder, &job("pause", 3)).await.contains("already"));
    assert!(fails(folder, &contribute(5, 10_000_100)).await.contains("paused"));
    assert!(fails(folder, &job("resume", 3)).await.contains("is not the owner"));
    assert!(works(folder, &job("resume", 1)).await.contains("go on"));
    assert!(idle(folder, &job("resume", 1)).await.contains("not paused"));
    works(folder, &contribute(5, 10_000_100)).await;

    // Cancelled only by the number.
    let refund = format!("{} --shower 1", job("refund", 6));
    assert!(fails(folder, &refund).await.contains("once it is cancelled"));
    let cancel = format!("{} --shower 1", job("cancel", 1));
    assert!(fails(folder, &format!("{} --shower 2", job("cancel", 1))).await.contains("no shower 2"));
    for answer in ["", "yes\n", "2\n"] {
        let (worked, said) = asked(folder, &cancel, answer).await;
        assert!(!worked && said.contains("2 contributors") && said.contains("nothing was sent"), "{said}");
    }
    until(&devnet, &node, &event.shower, Status::Open).await;
    assert!(fails(folder, &refund).await.contains("is open"));
    let (worked, said) = asked(folder, &cancel, "1\n").await;
    assert!(worked && said.contains("cancelled; next: meteor refund"), "{said}");
    assert!(idle(folder, &format!("{cancel} --yes")).await.contains("nothing was sent"));

    // 0.5 % of each, rounded down: 45000 and 50000 (of 50000.5).
    let wallet = chain.account(5).await.unwrap().address().to_owned();
    let had = node.balance(&wallet, "uusd").await.unwrap();
    planned(folder, &refund, &wallet).await;
    let said = works(folder, &refund).await;
    assert!(
        said.contains("2 contributions, 0 held parts, 19.0001 UST will leave, 18.9051 UST will arrive"),
        "{said}"
    );
    assert!(said.contains("refunded 2 of 2, 19.0001 UST"), "{said}");
    assert_eq!(node.balance(&wallet, "uusd").await.unwrap() - had, 9_950_100);
    assert!(idle(folder, &refund).await.contains("nothing to refund: nothing left to do"));
    assert_eq!(node.balance(&wallet, "uusd").await.unwrap() - had, 9_950_100);
    devnet.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_beacon_of_rehearsals_says_that_its_key_is_public() {
    let folder = tempfile::tempdir().unwrap();
    let mut beacon = command(folder.path());
    let mut beacon =
        beacon.args(["beacon", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(beacon.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.next().unwrap().contains("KEY OF THIS BEACON IS PUBLIC"));
    let served = lines.find(|line| line.starts_with("Serving ")).unwrap();
    let url = served.split_whitespace().nth(1).unwrap();
    let info = meteor_chain::http::get(&format!("{url}/info")).await.unwrap();
    let info = String::from_utf8(info).unwrap();
    let key = meteor_cli::devnet::beacon().unwrap().public_key.to_string();
    assert!(info.contains(&key), "{info}");
    assert!(Command::new("kill").args(["-INT", &beacon.id().to_string()]).status().unwrap().success());
    assert!(beacon.wait().unwrap().success());
}

#[tokio::test]
async fn help_teaches() {
    let folder = tempfile::tempdir().unwrap();
    for (name, teaches) in [
        ("cancel", "All its contributions can then be refunded"),
        ("refund", "nobody is refunded twice"),
        ("refund", "left out and reported"),
        ("pause", "Only the owner can resume"),
        ("pause", "every shower that is open meanwhile is marked on the chain"),
        ("mint", "what an operator leaves half-way, anyone finishes"),
        ("withdraw", "A payee that the chain refuses is reported and holds up no other"),
        ("return-unasked", "never more than what is left over when everyone who is owed is paid"),
        ("publish-key", "before its key deadline"),
        ("resume", "no deadline moved"),
        ("beacon", "anyone can compute every round"),
        ("settle", "how much will leave and how much will arrive"),
        ("hatch", "an account of its own"),
        ("crack", "their holder can reclaim them"),
        ("appoint", "when a key is stolen"),
    ] {
        let help = works(folder.path(), &format!("{name} --help")).await;
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(help.contains(teaches), "{name}: {help}");
        assert!(name == "beacon" || help.contains("METEOR_JOURNAL"), "{name}: {help}");
    }
}
