//! Runs the items: evidence first, then signatures.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process_group};
use serde::Serialize;

use super::list::{Evidence, Item, Need};
use super::live::{Live, Proof};
use super::signoff::{Signatures, Verdict};

/// How long a command may take if its item doesn't say.
const SECONDS: u64 = 120;
/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// Most of a command's last line that is shown (characters).
const SHOWN: usize = 200;

/// Where an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum State {
    /// It is proven, and signed where people have to sign.
    Pass,
    /// Its evidence is missing, or says the opposite.
    Fail,
    /// People have to look and sign.
    Manual,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Pass => "PASS",
            Self::Fail => "FAIL",
            Self::Manual => "MANUAL",
        })
    }
}

/// What became of an item.
#[derive(Clone, Debug)]
pub(crate) struct Done<'a> {
    /// The item.
    pub(crate) item: &'a Item,
    /// Where it stands.
    pub(crate) state: State,
    /// Why, in a line.
    pub(crate) said: String,
}

/// What commands are run with.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The repository.
    pub(crate) repo: PathBuf,
    /// The variables `METEOR`, `LAUNCH`, `EVENT`, `SITE`, as far as they are known.
    pub(crate) variables: Vec<(&'static str, String)>,
}

/// What commands came to. Several items may rest on one, which is run once.
pub(crate) type Ran = BTreeMap<String, Proof>;

/// Runs an item.
pub(crate) async fn one<'a>(
    item: &'a Item,
    place: &Place,
    live: &Live,
    signatures: &Signatures,
    ran: &mut Ran,
) -> Done<'a> {
    let done = |state, said| Done { item, state, said };
    let lacks: Vec<&str> =
        item.needs.iter().filter(|need| !live.has(**need)).map(|need| option(*need)).collect();
    let proof = if lacks.is_empty() {
        prove(item, place, live, ran).await
    } else {
        Proof::Open(format!("not checked without {}", lacks.join(" and ")))
    };
    let (open, said) = match proof {
        Proof::Holds(said) => (false, said),
        Proof::Open(why) => (true, why),
        Proof::Fails(why) => return done(State::Fail, why),
    };
    let Some(sign) = &item.sign else {
        return done(if open { State::Manual } else { State::Pass }, said);
    };
    let Some(signed) = signatures.get(&item.id) else {
        return done(State::Manual, format!("{said}; to be signed: {sign}"));
    };
    let (names, date) = (signed.names(), signed.date);
    let note = if signed.note.is_empty() { String::new() } else { format!(": {}", signed.note) };
    match (signed.state, date) {
        (Some(Verdict::Fail), _) => {
            done(State::Fail, format!("{} found it wanting{note}", names.join(" and ")))
        }
        (Some(Verdict::Pass), Some(date)) if names.len() >= item.people => {
            done(State::Pass, format!("{said}; signed by {} on {date}{note}", names.join(" and ")))
        }
        (Some(Verdict::Pass) | None, _) => {
            let missing = item.people.saturating_sub(names.len());
            let lacks = match (missing, date) {
                (0, Some(_)) => "its state".to_owned(),
                (0, None) => "its date".to_owned(),
                (missing, _) => format!("{missing} of {} names", item.people),
            };
            done(State::Manual, format!("{said}; its sign-off lacks {lacks}: {sign}"))
        }
    }
}

/// The option that gives what an item needs.
pub(crate) const fn option(need: Need) -> &'static str {
    match need {
        Need::Chain => "--launch or --event",
        Need::Launch => "--launch",
        Need::Event => "--event",
        Need::Site => "--site",
        Need::Alertmanager => "--alertmanager",
    }
}

async fn prove(item: &Item, place: &Place, live: &Live, ran: &mut Ran) -> Proof {
    match &item.evidence {
        Evidence::File(path) => file(&place.repo, path),
        Evidence::Check(check) => live.check(*check).await,
        Evidence::Command(command) => {
            if let Some(proof) = ran.get(command) {
                return proof.clone();
            }
            let limit = Duration::from_secs(item.seconds.unwrap_or(SECONDS));
            let (of, place) = (command.clone(), place.clone());
            let proof = match tokio::task::spawn_blocking(move || shell(&of, &place, limit)).await {
                Ok(Ok(proof)) => proof,
                Ok(Err(error)) => Proof::Fails(crate::out::in_words(&error)),
                Err(error) => Proof::Fails(error.to_string()),
            };
            ran.insert(command.clone(), proof.clone());
            proof
        }
    }
}

/// Whether a file of the repository is there, with its heading.
pub(crate) fn file(repo: &Path, path: &str) -> Proof {
    let (name, heading) = path.split_once('#').map_or((path, None), |(name, heading)| (name, Some(heading)));
    let full = repo.join(name);
    if !full.exists() {
        return Proof::Fails(format!("there is no {name}: name the repository with --repo"));
    }
    let Some(heading) = heading else { return Proof::Holds(name.to_owned()) };
    let text = std::fs::read_to_string(full).unwrap_or_default();
    let there: BTreeSet<String> = text.lines().filter(|line| line.starts_with('#')).map(anchor).collect();
    if there.contains(heading) {
        Proof::Holds(path.to_owned())
    } else {
        Proof::Fails(format!("{name} has no heading #{heading}"))
    }
}

/// A heading as a link to it has it.
fn anchor(heading: &str) -> String {
    let words = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = words.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// Runs a command with everything that it starts, and ends all of it when its time is over.
pub(crate) fn shell(command: &str, place: &Place, limit: Duration) -> Result<Proof> {
    let mut output = tempfile::tempfile()?;
    let variables = place.variables.iter().map(|(name, value)| (*name, value.as_str()));
    let mut child = Command::new("sh")
        .args(["-c", command])
        .current_dir(&place.repo)
        .envs(variables)
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output.try_clone()?)
        .process_group(0)
        .spawn()
        .with_context(|| format!("running {command}"))?;
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if begun.elapsed() >= limit {
            if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
                // It may have ended just now.
                let _ = kill_process_group(group, Signal::KILL);
            }
            child.wait()?;
            break None;
        }
        std::thread::sleep(LOOK);
    };
    let last = last_line(&mut output)?;
    let seconds = limit.as_secs();
    Ok(match status {
        None => Proof::Fails(format!("{command} was ended after {seconds} s: {last}")),
        Some(status) if status.success() => Proof::Holds(format!("{command}: {last}")),
        Some(status) => Proof::Fails(format!("{command} ended with {status}: {last}")),
    })
}

/// The last line that says something.
fn last_line(output: &mut std::fs::File) -> Result<String> {
    use std::io::{Read as _, Seek as _, SeekFrom};
    /// Enough for the last lines of any command.
    const TAIL: u64 = 8_192;
    let length = output.metadata()?.len();
    output.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut bytes = Vec::new();
    output.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let last = text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or("it said nothing");
    Ok(last.chars().take(SHOWN).collect())
}
