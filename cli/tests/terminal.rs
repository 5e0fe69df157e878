//! What commands show on a terminal: bars that fit it while a job goes on, and a cockpit as wide as it is.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use meteor_operator::keys::CommitmentsFile;
use meteor_tests::{MARKER, Stage, WALLETS};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::cases::locked;
use crate::common::{command, launch_file, partly, private, to_deploy, works};

const UST: u128 = 1_000_000;
/// What takes a bar away.
const CLEAR: &str = "\r\x1b[K";
/// A phone's terminal.
const NARROW: u16 = 60;

/// Runs `command` on a terminal of so many columns. Once it asks for something, with a colon and a space, `typed` is
/// typed. Its exit code, and all that it wrote there.
async fn on_a_terminal(
    mut command: Command,
    columns: u16,
    typed: Option<&'static [u8]>,
) -> (Option<i32>, String) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap().into_string().unwrap();
    let theirs = OpenOptions::new().read(true).write(true).open(name).unwrap();
    tcsetwinsize(&theirs, Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    command.env("TERM", "xterm").env_remove("NO_COLOR");
    command.stdin(theirs.try_clone().unwrap()).stdout(theirs.try_clone().unwrap()).stderr(theirs);
    tokio::task::spawn_blocking(move || {
        let mut child = command.spawn().unwrap();
        // It holds the other end of the terminal, which would never close.
        drop(command);
        let (mut written, mut bytes, mut typed) = (Vec::new(), [0; 4096], typed);
        let mut ours = File::from(ours);
        // Once the other end is closed Linux answers with an error, others with nothing.
        while let Ok(count @ 1..) = ours.read(&mut bytes) {
            written.extend_from_slice(bytes.get(..count).unwrap());
            if written.ends_with(b": ")
                && let Some(typed) = typed.take()
            {
                ours.write_all(typed).unwrap();
            }
        }
        (child.wait().unwrap().code(), String::from_utf8(written).unwrap())
    })
    .await
    .unwrap()
}

/// Runs `meteor` with `line` so.
async fn meteor(folder: &Path, line: &str, columns: u16) -> String {
    let mut command = command(folder);
    command.args(line.split_whitespace());
    let (code, written) = on_a_terminal(command, columns, None).await;
    assert_eq!(code, Some(0), "{written}");
    written
}

/// The bars that were shown, in order, and what stands there at the end.
fn bars(written: &str) -> (Vec<String>, String) {
    let (mut bars, mut stays) = (Vec::new(), String::new());
    for line in written.split_inclusive('\n') {
        for part in line.split(CLEAR) {
            if part.ends_with('\n') {
                stays.push_str(part);
            } else {
                bars.push(part.to_owned());
            }
        }
    }
    bars.retain(|bar| !bar.is_empty());
    bars.dedup();
    (bars, stays.replace('\r', ""))
}

#[cfg(target_os = "linux")] // for setsid, which makes it the terminal that is asked on
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_at_the_prompt_for_a_passphrase_ends_a_command() {
    let folder = tempfile::tempdir().unwrap();
    let mut keygen = Command::new("setsid");
    keygen.args(["--ctty", env!("CARGO_BIN_EXE_meteor"), "keygen", "event.age"]).current_dir(folder.path());
    let (code, written) = on_a_terminal(keygen, NARROW, Some(b"secret\x03")).await;
    assert_eq!(code, Some(130), "{written}");
    assert!(!written.contains("error") && !written.contains("secret"), "{written}");
    assert!(!folder.path().join("event.age").exists());
}

/// Meteors of all wallets are in custody, and `folder` has what a worker needs.
async fn cracked(folder: &Path) -> (Stage, String) {
    let stage = Stage::start(1).await;
    stage.open(1).await;
    for wallet in WALLETS {
        stage.contribute(wallet, 1, (10 + u128::from(wallet)) * UST).await.unwrap();
    }
    stage.end(1).await;
    stage.close_and_draw(1).await;
    stage.mint(1).await;
    for (wallet, meteor) in WALLETS.into_iter().rev().zip(1..) {
        stage.crack(wallet, meteor).await.unwrap();
    }
    let (key, identity) = locked(&MARKER);
    let path = folder.join("event.age");
    std::fs::write(&path, key).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    private(folder, "identity", &identity);
    private(folder, "words", &stage.chain.mnemonic);
    std::fs::write(folder.join("tables.json"), meteor_cli::preset::tables(&stage.preset).unwrap()).unwrap();
    let of = format!("--node {} --contract {}", stage.chain.rpc, stage.deployment.shower);
    (stage, format!("{of} --gas-price 0.15uluna"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_and_the_cockpit_fit_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (stage, of) = cracked(folder).await;
    for columns in [100, 80, NARROW] {
        let screen = meteor(folder, &format!("status {of}"), columns).await;
        assert!(!screen.contains('\x1b'), "{screen}");
        for line in screen.lines() {
            // A contract's address is never broken.
            let address = columns == NARROW && line.contains(&stage.deployment.shower);
            assert!(line.chars().count() <= columns.into() || address, "{line}\n{screen}");
        }
    }
    let secrets = "--key-file event.age --identity-file identity --tables tables.json";
    let hatch = format!("hatch {of} --signer-file words --account 2 {secrets} --once");
    let written = meteor(folder, &hatch, NARROW).await;
    let (bars, stays) = bars(&written);
    assert_eq!(
        bars.first().map(String::as_str),
        Some("revealing [                        ] 0 of 4"),
        "{written:?}"
    );
    assert!(bars.iter().all(|bar| bar.chars().count() < usize::from(NARROW)), "{bars:?}");
    assert!(stays.ends_with("\nrevealed 4 meteors\n"), "{written:?}");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_shows_its_steps_on_a_terminal_and_lines_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let stage = Stage::start(1).await;
    let chain = &stage.chain;
    private(folder, "words", &chain.mnemonic);
    to_deploy(folder).await;
    let mut address = Vec::new();
    for index in 0..10 {
        address.push(chain.account(index).await.unwrap().address().to_owned());
    }
    let opens_at = stage.time().await + 86_400;
    let launch = launch_file(&stage.deployment.chain_id, &chain.rpc, &address, opens_at)
        .replace("codes = { shower = 1, nft = 2, hatchery = 3 }\n", "");
    // Twice, as two events.
    for (name, on_a_terminal) in [("bars", true), ("lines", false)] {
        let launch =
            launch.replace("\"rehearsal\"", &format!("\"{name}\"")).replace("commitments.json", name);
        std::fs::write(folder.join("launch.toml"), launch).unwrap();
        let planned = partly(folder, "deploy launch.toml --artifacts artifacts --dry-run").await;
        let keygen = planned.lines().find_map(|line| line.trim().strip_prefix("meteor keygen")).unwrap();
        private(folder, "passphrase", "a long enough passphrase");
        let keygen = keygen.replace("event.age", &format!("{name}.age"));
        works(folder, &format!("keygen {keygen} --passphrase-file passphrase")).await;
        assert!(CommitmentsFile::load(&folder.join(name)).unwrap().is_some());
        let deploy = format!(
            "deploy launch.toml --artifacts artifacts --signer-file words --account 1 --yes --event of-{name}/event.json"
        );
        std::fs::create_dir(folder.join(format!("of-{name}"))).unwrap();
        let written =
            if on_a_terminal { meteor(folder, &deploy, NARROW).await } else { works(folder, &deploy).await };
        let (bars, stays) = bars(&written);
        for line in
            ["\nshower: uploaded as code ", "\nhatchery: uploaded as code ", "\ninstantiated in block "]
        {
            assert!(stays.contains(line), "{line:?}: {written}");
        }
        let steps = bars.iter().map(|bar| bar.rsplit_once("] ").unwrap().1).collect::<Vec<_>>();
        let expected = [
            "0 of 5: uploading shower",
            "1 of 5: uploading nft",
            "2 of 5: uploading hatchery",
            "3 of 5: making the contracts",
            "4 of 5: reading all of it back",
        ];
        assert_eq!(steps, if on_a_terminal { &expected[..] } else { &[] }, "{written:?}");
        assert!(bars.iter().all(|bar| bar.chars().count() < usize::from(NARROW)), "{bars:?}");
        assert_eq!(bars.is_empty(), !written.contains('\x1b'), "{written:?}");
    }
    stage.stop().await;
}
