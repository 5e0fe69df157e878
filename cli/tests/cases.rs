//! Plays every case of `cases/*.toml` against the built binary and reports all that differ at once. What a case is, and
//! when it is played, says `cases/README.md`.

mod event;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use futures::StreamExt;
use meteor_tests::Target;
use serde::Deserialize;

pub(crate) use self::event::locked;
use self::event::{At, Event, Files};

/// Commands that run at the same time: most of them wait for the node.
const AT_ONCE: usize = 4;
/// Longest run of a command. One that hangs is a case that differs.
const LONGEST: Duration = Duration::from_mins(1);

/// One command line, and what must come of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What the case is about; no two have the same.
    name: String,
    /// When it is played.
    #[serde(default)]
    at: At,
    /// What follows `meteor`, as a shell would read it: only ' quotes.
    run: String,
    /// Variables of its environment, which has no others but `PATH` and `HOME`.
    #[serde(default)]
    env: BTreeMap<String, String>,
    /// What is typed.
    #[serde(default)]
    stdin: String,
    /// Files that it needs besides the event's, for their owner alone.
    #[serde(default)]
    files: BTreeMap<String, String>,
    /// Files of the event that are not there.
    #[serde(default)]
    without: Vec<String>,
    /// Changes of the event's files: name, what is replaced, and by what.
    #[serde(default)]
    edit: Vec<[String; 3]>,
    /// The exit code.
    exit: i32,
    /// The first line on standard output, or the first lines; `…` is any text in a line.
    stdout: Option<String>,
    /// The same on standard error.
    stderr: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

/// The cases in `text`.
fn read(text: &str) -> Result<Vec<Case>, String> {
    let File { case: cases } = toml::from_str(text).map_err(|error| error.to_string())?;
    for Case { name, stdout, stderr, .. } in &cases {
        let says = |line: &Option<String>| {
            line.as_ref().is_some_and(|line| !line.replace('…', "").trim().is_empty())
        };
        if !says(stdout) && !says(stderr) {
            return Err(format!("{name:?} expects nothing: give it a first line of stdout or stderr"));
        }
    }
    Ok(cases)
}

/// Every case of the folder.
fn all() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|kind| kind == "toml"));
    files.sort();
    let mut cases = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        cases.extend(read(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())));
    }
    let mut names = BTreeSet::new();
    for case in &cases {
        assert!(names.insert(&case.name), "two cases are called {:?}", case.name);
    }
    cases
}

/// The words of a command line. What is between two ' is one word.
pub(crate) fn words(line: &str) -> Result<Vec<String>, String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), None::<String>, false);
    for letter in line.chars() {
        match letter {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            letter if letter.is_whitespace() && !quoted => words.extend(word.take()),
            letter => word.get_or_insert_default().push(letter),
        }
    }
    if quoted {
        return Err(format!("a ' is missing: {line}"));
    }
    words.extend(word);
    Ok(words)
}

/// Whether `line` is `pattern`, in which each `…` is any text.
fn fits(pattern: &str, line: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('…') else { return pattern == line };
    let Some(mut line) = line.strip_prefix(first) else { return false };
    let mut parts = rest.split('…').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return line.ends_with(part);
        }
        let Some((_, after)) = line.split_once(part) else { return false };
        line = after;
    }
    true
}

/// As many of the first lines as `wanted` has.
fn first(bytes: &[u8], wanted: &str) -> String {
    let count = wanted.lines().count().max(1);
    String::from_utf8_lossy(bytes).lines().take(count).collect::<Vec<_>>().join("\n")
}

/// Whether each of the first lines fits its pattern.
fn begins(bytes: &[u8], wanted: &str) -> bool {
    let said = first(bytes, wanted);
    wanted.lines().count() == said.lines().count()
        && wanted.lines().zip(said.lines()).all(|(wanted, said)| fits(wanted, said))
}

/// What a command came to; `None` for the code of one that was still running.
struct Ended {
    code: Option<i32>,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

/// Waits for its end, but not for ever.
fn ended(command: &mut Command, folder: &Path, stdin: &str) -> Ended {
    let file = |name: &str| folder.join(name);
    std::fs::write(file(".stdin"), stdin).unwrap();
    command.stdin(std::fs::File::open(file(".stdin")).unwrap());
    command.stdout(std::fs::File::create(file(".stdout")).unwrap());
    command.stderr(std::fs::File::create(file(".stderr")).unwrap());
    let (mut child, start) = (command.spawn().unwrap(), Instant::now());
    let mut status: Option<ExitStatus> = None;
    while status.is_none() && start.elapsed() < LONGEST {
        std::thread::sleep(Duration::from_millis(5));
        status = child.try_wait().unwrap();
    }
    if status.is_none() {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let said = |name| std::fs::read(file(name)).unwrap();
    Ended { code: status.and_then(|status| status.code()), stdout: said(".stdout"), stderr: said(".stderr") }
}

impl Case {
    /// Plays it; answers with how it differs from what it should be.
    fn play(&self, event: &Files) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        event.write(folder);
        for (name, text) in &self.files {
            private(folder, name, event.named(text).as_bytes());
        }
        for name in &self.without {
            std::fs::remove_file(folder.join(name)).unwrap();
        }
        for [name, from, to] in &self.edit {
            let text = std::fs::read_to_string(folder.join(name)).unwrap();
            let (from, to) = (event.named(from), event.named(to));
            assert!(text.contains(&from), "{}: {name} has no {from:?}", self.name);
            private(folder, name, text.replace(&from, &to).as_bytes());
        }
        let line = event.named(&self.run);
        assert!(!line.contains('{'), "{}: unknown name in {line}", self.name);
        let mut command = Command::new(env!("CARGO_BIN_EXE_meteor"));
        command.args(words(&line).unwrap()).current_dir(folder).env_clear().stdin(Stdio::null());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", folder);
        command.env("TZ", "UTC");
        command.envs(self.env.iter().map(|(name, value)| (name, event.named(value))));
        let Ended { code, stdout, stderr } = ended(&mut command, folder, &event.named(&self.stdin));
        let line_fits = |wanted: &Option<String>, said: &[u8]| {
            wanted.as_ref().is_none_or(|wanted| begins(said, &event.named(wanted)))
        };
        if code == Some(self.exit) && line_fits(&self.stdout, &stdout) && line_fits(&self.stderr, &stderr) {
            return None;
        }
        let got = code.map_or_else(|| "none, it was still running".to_owned(), |code| code.to_string());
        let mut told = format!("{}\n  meteor {line}\n", self.name);
        let mut tell = |what: &str, wanted: &str, got: &str| {
            for (which, text) in [("expected", event.named(wanted)), ("got", got.to_owned())] {
                writeln!(told, "  {what} {which}: {}", text.replace('\n', "\n    ")).unwrap();
            }
        };
        tell("exit code", &self.exit.to_string(), &got);
        for (what, wanted, said) in [("stdout", &self.stdout, stdout), ("stderr", &self.stderr, stderr)] {
            let wanted = wanted.as_deref().unwrap_or("…");
            tell(what, wanted, &first(&said, wanted));
        }
        Some(told)
    }
}

/// Writes a file that only its owner reads.
fn private(folder: &Path, name: &str, bytes: &[u8]) {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_case_is_as_it_should_be() {
    if Target::from_env().lacks("cases", "the lines hold times and amounts of the dev chain") {
        return;
    }
    let cases = all();
    let event = Event::start().await;
    let mut differ = Vec::new();
    for at in At::ALL {
        event.advance(at).await;
        let height = event.height().await;
        let now = event.files();
        let played = cases.iter().filter(|case| case.at == at).map(|case| {
            let (case, now) = (case.clone(), now.clone());
            async move { tokio::task::spawn_blocking(move || case.play(&now)).await.unwrap() }
        });
        let told: Vec<_> = futures::stream::iter(played).buffered(AT_ONCE).collect().await;
        differ.extend(told.into_iter().flatten());
        // Cases run side by side: what changes the event has a test of its own.
        if event.height().await != height {
            differ.push(format!("one of the cases that are played at {at:?} changed the chain\n"));
        }
    }
    event.stop().await;
    assert!(differ.is_empty(), "{} of {} cases differ:\n\n{}", differ.len(), cases.len(), differ.join("\n"));
}

#[test]
fn a_case_that_expects_nothing_is_refused() {
    let case = |end: &str| read(&format!("[[case]]\nname = \"a\"\nrun = \"status\"\nexit = 1\n{end}"));
    assert_eq!(case("stderr = \"error: …\"").unwrap().len(), 1);
    for end in ["", "stderr = \"\"", "stdout = \"…\"", "stdout = \"… …\""] {
        assert!(case(end).unwrap_err().contains("expects nothing"), "{end}");
    }
    assert!(case("stdout = \"a\"\nstdot = \"b\"").unwrap_err().contains("stdot"));
    assert!(read("[[case]]\nname = \"a\"\nrun = \"status\"\nstdout = \"a\"").unwrap_err().contains("exit"));
}

#[test]
fn an_ellipsis_is_any_text() {
    for (pattern, line) in [
        ("all", "all"),
        ("a…", "a"),
        ("a…c", "abc"),
        ("…c", "abc"),
        ("a … c … e", "a b c d e"),
        ("a…a", "aa"),
        ("…b…", "abc"),
    ] {
        assert!(fits(pattern, line), "{pattern} {line}");
    }
    for (pattern, line) in
        [("all", "all of it"), ("a…c", "ab"), ("…b", "abc"), ("a…a", "a"), ("a…b…c", "acb")]
    {
        assert!(!fits(pattern, line), "{pattern} {line}");
    }
}

#[test]
fn a_line_is_read_as_a_shell_would() {
    assert_eq!(words("a  'b c' ''d'' ''").unwrap(), ["a", "b c", "d", ""]);
    assert!(words("a 'b").is_err());
}
