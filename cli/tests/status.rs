//! `meteor status` against the dev chain, through everything that can become of a shower.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use meteor_messages::shower::ExecuteMsg;
use meteor_operator::jobs;
use meteor_tests::Stage;
use meteor_tests::proxy::Proxy;
use serde_json::Value;

use crate::common::{command, meteor, works};

const UST: u128 = 1_000_000;

fn line(stage: &Stage, rpc: &str, more: &str) -> String {
    format!("status --node {rpc} --contract {} --gas-price 0.01uluna {more}", stage.deployment.shower)
}

/// Looks at shower `number`, alone and among the others.
async fn look(stage: &Stage, folder: &Path, number: u32) -> (String, String) {
    let full = works(folder, &line(stage, &stage.chain.rpc, &format!("--shower {number}"))).await;
    (full, works(folder, &line(stage, &stage.chain.rpc, "")).await)
}

/// Shower `number` is said to be so: its first line begins like this, its next step too, and its line among all has this.
async fn is(stage: &Stage, folder: &Path, number: u32, first: &str, next: &str, short: &str) {
    let (full, all) = look(stage, folder, number).await;
    for line in full.lines().chain(all.lines()) {
        assert!(line.chars().count() <= 80, "too long for a terminal: {line}");
    }
    assert!(full.starts_with(&format!("shower {number} {first}")), "{first}\nis not what begins\n{full}");
    let said = full.lines().find_map(|line| line.strip_prefix("  next      ")).unwrap();
    assert!(said.starts_with(next), "{next}\nis not what begins\n{said}");
    let tight = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(tight(&all).contains(short), "{short}\nis not in\n{all}");
}

async fn refund(stage: &Stage, shower: u32) {
    let contract = &stage.deployment.shower;
    jobs::refund(&mut stage.account(6).await, contract, shower, |_| ()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_shower_is_where_the_chain_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // 1 is minted and its key comes late, 2 stays empty, 3 is cancelled, 4 isn't minted in time.
    let stage = Stage::start(4).await;
    let contract = stage.deployment.shower.as_str();
    let shown = async |number, first, next, short| is(&stage, folder, number, first, next, short).await;
    shown(1, "is not begun, opens at ", "wait until it opens, ", "showers 1-4 not begun 1 opens ").await;
    stage.open(1).await;
    stage.contribute(4, 1, 26 * UST).await.unwrap();
    stage.contribute(5, 1, 25 * UST).await.unwrap();
    shown(1, "is open until ", "wait until it ends, ", "1 open 2 wallets, 51 UST; until ").await;
    stage.end(1).await;
    let close = "1 ended 2 wallets, 51 UST; next: meteor close, by anyone, until ";
    shown(1, "has ended and is not closed\n", "meteor close, by anyone, until ", close).await;
    jobs::close(&mut stage.account(6).await, contract, 1).await.unwrap();
    let draw = "1 closed 2 wallets, 51 UST; next: meteor draw, by operator, from ";
    shown(1, "is closed and not drawn\n", "meteor draw, by operator, from ", draw).await;
    stage.close_and_draw(1).await;
    let mint = "1 drawn 0 of 2 minted, 51 UST; next: meteor mint, by anyone, until ";
    shown(1, "is drawn, and nothing is minted\n", "meteor mint, by anyone, until ", mint).await;
    stage.mint(1).await;
    let settle = "1 minted 2 wallets, 51 UST, 48.45 UST to book; next: meteor settle, by anyone";
    shown(1, "is minted, and not all of it is settled\n", "meteor settle, by anyone", settle).await;
    jobs::settle(&mut stage.account(6).await, contract, 1).await.unwrap();
    let key = "1 settled 51 UST, 2.55 UST held back; next: meteor publish-key, by operator, from ";
    shown(1, "is settled, and its key is not public\n", "meteor publish-key, by operator, from ", key).await;
    let (_, all) = look(&stage, folder, 1).await;
    let owed = " owed 40.45575 UST; next: meteor withdraw, by anyone\n";
    assert!(all.contains(owed), "{all}");
    assert!(
        all.contains("  money     51 UST in, 48.45 UST booked, 48.45 UST owed, 2.55 UST held back\n"),
        "{all}"
    );
    stage.crack(4, 1).await.unwrap();
    let (full, all) = look(&stage, folder, 1).await;
    assert!(full.contains("  next      meteor hatch, by operator, until "), "{full}");
    assert!(all.contains("  worker    1 cracked meteor waits to be revealed, for "), "{all}");
    stage.withdraw().await;

    stage.end(2).await;
    shown(2, "had no contributors\n", "nothing left to do", "2 empty nobody contributed; nothing left to do")
        .await;
    stage.contribute(4, 3, 10 * UST).await.unwrap();
    let mut owner = stage.account(1).await;
    owner.execute(contract, &ExecuteMsg::Cancel { shower: 3 }, &[]).await.unwrap();
    let back = "3 cancelled 1 wallet, 10 UST, 10 UST to send back; next: meteor refund, by anyone";
    shown(3, "is cancelled, and not all of it is sent back\n", "meteor refund, by anyone", back).await;
    refund(&stage, 3).await;
    let done = "3 refunded 10 UST sent back; nothing left to do";
    shown(3, "was cancelled, and all of it is sent back\n", "nothing left to do", done).await;
    stage.end(3).await;
    stage.contribute(5, 4, 9 * UST).await.unwrap();
    let mut guardian = stage.account(3).await;
    guardian.execute(contract, &ExecuteMsg::Pause {}, &[]).await.unwrap();
    let (_, all) = look(&stage, folder, 4).await;
    assert!(all.lines().next().unwrap().ends_with(" on localterra, PAUSED,"), "{all}");
    assert!(all.contains("! paused    nobody can contribute; next: meteor resume, by owner\n"), "{all}");
    stage.at(stage.shower(4).await.mint_deadline).await;
    let back = "4 not minted 1 wallet, 9 UST, 9 UST to send back; next: meteor refund, by anyone";
    shown(4, "was not minted in time, and not all of it is sent back\n", "meteor refund, by anyone", back)
        .await;
    refund(&stage, 4).await;
    let done = "3-4 refunded 19 UST sent back; nothing left to do";
    shown(4, "was not minted in time, and all of it is sent back\n", "nothing left to do", done).await;

    stage.at(stage.shower(1).await.key_deadline).await;
    let late =
        "! showers 1 key late 2 wallets, 51 UST, 2.55 UST to send back; next: meteor refund, by anyone";
    shown(1, "is settled, and its key came late or never\n", "meteor refund, by anyone", late).await;
    let (_, all) = look(&stage, folder, 1).await;
    assert!(all.contains("! keys      4 committed to, 0 public, LATE: 1\n"), "{all}");
    refund(&stage, 1).await;
    let late = "1 settled 51 UST, 0 UST held back; next: meteor publish-key, by operator, late as it is";
    shown(
        1,
        "is settled, and its key is not public\n",
        "meteor publish-key, by operator, late as it is",
        late,
    )
    .await;

    let json = works(folder, &line(&stage, &stage.chain.rpc, "--json")).await;
    let json: Value = serde_json::from_str(&json).unwrap();
    for (at, told) in [
        ("/chain_id", "localterra"),
        ("/money/sent_back", "21550000"),
        ("/showers/0/state", "settled"),
        ("/showers/0/next/0/job", "publish-key"),
        ("/showers/1/state", "empty"),
        ("/showers/3/state", "refunded"),
        ("/accounts/0/role", "operator"),
    ] {
        assert_eq!(json.pointer(at).and_then(Value::as_str), Some(told), "{at} of {json:#}");
    }
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_node_does_not_tell_is_named_and_the_rest_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let stage = Stage::start(2).await;
    // As the query is in a request: JSON in protobuf in hex.
    let custodies = data_encoding::HEXLOWER.encode(br#"{"custodies""#);
    let proxy = Proxy::refusing(&stage.chain.rpc, custodies).await;
    let output = meteor(folder, &line(&stage, &proxy.url, "")).await;
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("\n  showers   1-2      not begun"), "{said}");
    assert!(said.contains("\n! not known the cracked meteors: the node at "), "{said}");
    // A node that tells nothing of the event is an error.
    let proxy = Proxy::refusing(&stage.chain.rpc, "abci_query".into()).await;
    let output = meteor(folder, &line(&stage, &proxy.url, "")).await;
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    let none = format!("error: nothing of the event {} can be seen: the node at ", stage.deployment.shower);
    assert!(said.contains(&none), "{said}");
    stage.stop().await;
}

/// A watch whose output is read here; it has shown the event twice.
async fn watch(stage: &Stage, folder: &Path) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut command = command(folder);
    command.args(line(stage, &stage.chain.rpc, "--watch").split_whitespace()).stdout(Stdio::piped());
    tokio::task::spawn_blocking(move || {
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut shown = 0;
        while shown < 2 {
            let mut line = String::new();
            assert_ne!(lines.read_line(&mut line).unwrap(), 0, "it ended");
            assert!(!line.contains('\x1b'), "this is no terminal: {line}");
            shown += i32::from(line.starts_with("event "));
        }
        (child, lines)
    })
    .await
    .unwrap()
}

async fn code(mut child: Child) -> Option<i32> {
    tokio::task::spawn_blocking(move || child.wait().unwrap().code()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_goes_on_until_it_is_told_or_nobody_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::start(1).await;
    let (child, mut lines) = watch(&stage, folder.path()).await;
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    assert_eq!(code(child).await, Some(130));
    lines.read_to_string(&mut String::new()).unwrap();
    let (child, lines) = watch(&stage, folder.path()).await;
    drop(lines);
    assert_eq!(code(child).await, Some(0));
    stage.stop().await;
}
