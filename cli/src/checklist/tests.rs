#![allow(clippy::unwrap_used, clippy::panic)] // that is how tests fail
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::list::{Evidence, Item, Source, items};
use super::live::{Live, Proof};
use super::render::{Title, html, markdown};
use super::run::{Done, Place, Ran, State, file, one, shell};
use super::signoff::{Signatures, read, template};

/// Harmony's list as it was published.
const HARMONY: &str = include_str!("../../../ops/checklist/harmony.txt");

fn repo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn place() -> Place {
    Place { repo: repo(), variables: vec![] }
}

#[test]
fn every_line_of_harmonys_list_is_an_item_and_every_item_of_theirs_a_line() {
    let items = items().unwrap();
    let of = |item: &&Item| item.source == Source::Harmony;
    let mut ours: Vec<&str> =
        items.iter().filter(of).map(|item| item.line.as_deref().unwrap_or_default()).collect();
    let mut theirs: Vec<&str> = HARMONY.lines().filter_map(|line| line.strip_prefix("- ")).collect();
    ours.sort_unstable();
    theirs.sort_unstable();
    assert!(theirs.len() > 70, "the list is there");
    assert_eq!(ours, theirs);
}

#[test]
fn every_item_says_who_and_why_and_has_a_name_of_its_own() {
    let items = items().unwrap();
    let ids: BTreeSet<&str> = items.iter().map(|item| item.id.as_str()).collect();
    assert_eq!(ids.len(), items.len(), "each once");
    for item in &items {
        let prefix = match item.source {
            Source::Harmony => "harmony-",
            Source::Orr => "orr-",
            Source::Ours => "ours-",
        };
        assert!(item.id.starts_with(prefix), "{}", item.id);
        for text in [&item.what, &item.why, &item.owner, &item.section] {
            assert!(!text.trim().is_empty(), "{}", item.id);
        }
        assert!(item.people == 1 || item.sign.is_some(), "{}: nobody signs it", item.id);
    }
}

/// Whether one of the crates' tests has this name.
fn there_is_a_test(repo: &Path, name: &str) -> bool {
    std::process::Command::new("git")
        .args([
            "grep",
            "--quiet",
            "--word-regexp",
            "--extended-regexp",
            &format!("fn {name}\\(\\)"),
            "--",
            "*.rs",
        ])
        .current_dir(repo)
        .status()
        .unwrap()
        .success()
}

/// What is wrong with an item's evidence.
fn wrong(item: &Item, repo: &Path) -> Option<String> {
    let id = &item.id;
    match &item.evidence {
        Evidence::Check(_) => None,
        Evidence::File(path) => match file(repo, path) {
            // That it is there says nothing of what is in it.
            Proof::Holds(_) if item.sign.is_none() => {
                Some(format!("{id}: a file alone proves nothing: name a command, or what people sign"))
            }
            Proof::Holds(_) => None,
            Proof::Fails(why) | Proof::Open(why) => Some(format!("{id}: {why}")),
        },
        Evidence::Command(command) => {
            let mut words = command.split_whitespace();
            match (words.next(), words.next()) {
                (Some("\"$METEOR\""), Some(name)) => {
                    let known = crate::commands::command().find_subcommand(name).is_some();
                    (!known).then(|| format!("{id}: there is no meteor {name}"))
                }
                (Some("make"), Some(target)) => {
                    let makefile = std::fs::read_to_string(repo.join("Makefile")).unwrap();
                    let known = makefile.lines().any(|line| line.starts_with(&format!("{target}:")));
                    (!known).then(|| format!("{id}: there is no make {target}"))
                }
                (Some("scripts/lint"), Some(gate)) => {
                    let text = std::fs::read_to_string(repo.join("scripts/lint")).unwrap();
                    let gates = text.lines().find_map(|line| line.strip_prefix("gates=(")).unwrap();
                    let known = gates.trim_end_matches(')').split(' ').any(|known| known == gate);
                    (!known).then(|| format!("{id}: scripts/lint has no gate {gate}"))
                }
                (Some("scripts/proves"), Some(_)) => words
                    .find(|name| !there_is_a_test(repo, name))
                    .map(|name| format!("{id}: there is no test called {name}")),
                (Some(program), _) => {
                    let runs =
                        repo.join(program).metadata().is_ok_and(|it| it.permissions().mode() & 0o100 != 0);
                    (!runs).then(|| format!("{id}: {program} is no program of the repository"))
                }
                (None, _) => Some(format!("{id}: an empty command")),
            }
        }
    }
}

#[test]
fn every_item_has_evidence_that_is_there() {
    let items = items().unwrap();
    let wrong_ones: Vec<String> = items.iter().filter_map(|item| wrong(item, &repo())).collect();
    assert!(wrong_ones.is_empty(), "{wrong_ones:#?}");
}

#[tokio::test]
async fn a_command_of_several_items_is_run_once() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place { repo: folder.path().to_owned(), variables: vec![] };
    let item = item("evidence = { command = \"echo once >> ran\" }");
    let mut ran = Ran::new();
    for _ in 0..3 {
        let done = one(&item, &place, &Live::default(), &Signatures::new(), &mut ran).await;
        assert_eq!(done.state, State::Pass);
    }
    assert_eq!(std::fs::read_to_string(folder.path().join("ran")).unwrap(), "once\n");
}

/// An item as the file has it.
fn item(evidence: &str) -> Item {
    let text = format!(
        "id = \"ours-a\"\nsource = \"ours\"\nsection = \"s\"\nwhat = \"w\"\nwhy = \"y\"\nowner = \"o\"\n{evidence}\n"
    );
    toml::from_str(&text).unwrap()
}

#[test]
fn an_item_without_evidence_or_with_evidence_that_is_not_there_is_found() {
    let text = "id = \"a\"\nsource = \"ours\"\nsection = \"s\"\nwhat = \"w\"\nwhy = \"y\"\nowner = \"o\"\n";
    let error = toml::from_str::<Item>(text).unwrap_err().to_string();
    assert!(error.contains("missing field `evidence`"), "{error}");
    for (evidence, said) in [
        ("{ file = \"docs/nowhere.md\" }", "there is no docs/nowhere.md"),
        ("{ file = \"README.md#nothing-of-the-kind\" }", "has no heading #nothing-of-the-kind"),
        ("{ command = \"scripts/nothing\" }", "scripts/nothing is no program"),
        ("{ command = \"README.md\" }", "README.md is no program"),
        ("{ command = \"scripts/lint nothing\" }", "scripts/lint has no gate nothing"),
        ("{ command = \"make nothing\" }", "no make nothing"),
        (
            "{ command = \"scripts/proves meteor-cli nothing_of_the_kind\" }",
            "no test called nothing_of_the_kind",
        ),
        ("{ file = \"README.md\" }", "a file alone proves nothing"),
        ("{ command = \"\\\"$METEOR\\\" nothing\" }", "no meteor nothing"),
        ("{ command = \"\" }", "an empty command"),
    ] {
        let found = wrong(&item(&format!("evidence = {evidence}")), &repo()).unwrap();
        assert!(found.contains(said), "{found}");
    }
}

#[test]
fn a_command_passes_by_its_exit_code_and_ends_with_all_it_started() {
    let of = |command: &str| shell(command, &place(), Duration::from_secs(20)).unwrap();
    assert_eq!(of("echo all is well"), Proof::Holds("echo all is well: all is well".into()));
    assert!(matches!(of("echo why >&2; exit 3"), Proof::Fails(why) if why.ends_with("exit status: 3: why")));
    let told = Place { variables: vec![("SITE", "a b".into())], ..place() };
    let said = shell("printf %s \"$SITE\"", &told, Duration::from_secs(20)).unwrap();
    assert!(matches!(said, Proof::Holds(said) if said.ends_with(": a b")));

    // It starts another program, which holds a file that we would wait for.
    let begun = Instant::now();
    let ended = shell("sleep 300 & echo begun; wait", &place(), Duration::from_millis(200)).unwrap();
    assert!(matches!(ended, Proof::Fails(why) if why.contains("was ended after")));
    assert!(begun.elapsed() < Duration::from_mins(4), "it did not wait for the end");
}

async fn stands(item: &Item, signatures: &Signatures) -> (State, String) {
    let done = one(item, &place(), &Live::default(), signatures, &mut Ran::new()).await;
    (done.state, done.said)
}

#[tokio::test]
async fn what_people_confirm_is_manual_until_they_sign() {
    let signed = item("evidence = { file = \"README.md\" }\nsign = \"it was read\"\npeople = 2");
    let with = |text: &str| toml::from_str::<BTreeMap<_, _>>(&format!("[ours-a]\n{text}")).unwrap();
    assert_eq!(stands(&signed, &Signatures::new()).await.0, State::Manual);
    let date = "date = 2026-12-01";
    for (text, state, said) in [
        (
            format!("state = \"pass\"\nby = [\"Ann\", \"Bob\"]\n{date}"),
            State::Pass,
            "signed by Ann and Bob on 2026-12-01",
        ),
        (format!("state = \"pass\"\nby = [\"Ann\", \"\"]\n{date}"), State::Manual, "lacks 1 of 2 names"),
        (format!("state = \"pass\"\nby = [\"Ann\", \"Ann\"]\n{date}"), State::Manual, "lacks 1 of 2 names"),
        ("state = \"pass\"\nby = [\"Ann\", \"Bob\"]".into(), State::Manual, "lacks its date"),
        (format!("by = [\"Ann\", \"Bob\"]\n{date}"), State::Manual, "lacks its state"),
        (
            "state = \"fail\"\nby = [\"Ann\"]\nnote = \"not yet\"".into(),
            State::Fail,
            "Ann found it wanting: not yet",
        ),
    ] {
        let found = stands(&signed, &with(&text)).await;
        assert!(found.0 == state && found.1.contains(said), "{text}: {found:?}");
    }
    // Nobody can sign away what is not there.
    let gone = item("evidence = { file = \"nowhere\" }\nsign = \"it was read\"");
    let text = format!("state = \"pass\"\nby = [\"Ann\"]\n{date}");
    assert_eq!(stands(&gone, &with(&text)).await.0, State::Fail);
    // What can't be checked here is open, and not passed.
    let open = item("evidence = { check = \"alerts\" }\nneeds = [\"alertmanager\"]");
    let found = stands(&open, &Signatures::new()).await;
    assert_eq!(found, (State::Manual, "not checked without --alertmanager".to_owned()));
}

#[test]
fn the_template_is_read_back_and_strange_entries_are_refused() {
    let items = items().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("signoff.toml");
    std::fs::write(&path, template(&items)).unwrap();
    let signatures = read(&path, &items).unwrap();
    assert_eq!(signatures.len(), items.iter().filter(|item| item.sign.is_some()).count());
    assert!(signatures.values().all(|signed| signed.names().is_empty() && signed.state.is_none()));
    std::fs::write(&path, "[harmony-nothing]\nstate = \"pass\"\n").unwrap();
    assert!(read(&path, &items).unwrap_err().to_string().contains("harmony-nothing"));
}

#[test]
fn documents_have_every_item_and_nothing_that_breaks_them() {
    let strange = Item { what: "a | b <script>".into(), ..item("evidence = { file = \"README.md\" }") };
    let done = [Done { item: &strange, state: State::Fail, said: "x & y".into() }];
    let title = Title { of: "launch.toml".into(), at: "2026-12-01T00:00:00Z".into(), by: "meteor".into() };
    let text = markdown(&title, &done);
    assert!(
        text.contains("1 items: 0 PASS, 1 FAIL, 0 MANUAL") && text.contains("| ours-a | FAIL | a \\| b"),
        "{text}"
    );
    let text = html(&title, &done);
    assert!(
        text.contains("a | b &lt;script&gt;") && text.contains("x &amp; y") && !text.contains("<script"),
        "{text}"
    );
    assert_eq!(text.matches("<table>").count(), text.matches("</table>").count());
}
