//! What the rehearsal saw: a line for each step, and the report made of them, which is written anew after each.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use meteor_chain::time::utc;

use crate::demo::event::now;
use crate::out::report;

/// A step that was done and checked.
struct Step {
    /// When it ended (Unix seconds, by this machine's clock).
    at: u64,
    /// How long it took (milliseconds).
    took: u64,
    name: &'static str,
    seen: String,
}

/// How the rehearsal stands.
enum Verdict {
    Running,
    Held,
    Failed(String),
}

/// The rehearsal so far, and the file that has it.
pub(super) struct Notes {
    file: PathBuf,
    /// The chain, in words.
    place: String,
    begun: (u64, Instant),
    last: Instant,
    steps: Vec<Step>,
    figures: Vec<(&'static str, String)>,
    /// What this rehearsal can't say.
    not_shown: Vec<&'static str>,
    verdict: Verdict,
}

impl Notes {
    /// Begins the report in `file`, which is there and still empty.
    pub(super) fn new(file: &Path) -> Self {
        let start = Instant::now();
        Self {
            file: file.to_owned(),
            place: "no chain yet".into(),
            begun: (now(), start),
            last: start,
            steps: vec![],
            figures: vec![],
            not_shown: vec![],
            verdict: Verdict::Running,
        }
    }

    /// It takes place on chain `id`; `moves_time` says whether hours pass there when the rehearsal says so.
    pub(super) fn on(&mut self, id: &str, moves_time: bool) -> Result<()> {
        self.place = if moves_time {
            format!("the dev chain ({id}), where hours pass in a moment")
        } else {
            id.to_owned()
        };
        self.write()
    }

    /// A step is done; since the one before it all time was its own.
    pub(super) fn done(&mut self, name: &'static str, seen: String) -> Result<()> {
        let took = u64::try_from(self.last.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last = Instant::now();
        report!("step", {"name": name, "seen": seen, "ms": took}, "{name:<14} {seen}");
        self.steps.push(Step { at: now(), took, name, seen });
        self.write()
    }

    /// A number that people compare from one rehearsal to the next.
    pub(super) fn figure(&mut self, what: &'static str, value: impl ToString) {
        self.figures.push((what, value.to_string()));
    }

    /// Something that this rehearsal could have shown and did not, with the reason.
    pub(super) fn not_shown(&mut self, what: &'static str) {
        report!("not_shown", {"said": what}, "{:<14} {what}", "NOT SHOWN");
        self.not_shown.push(what);
    }

    /// It has ended: well, or with an error.
    pub(super) fn end(&mut self, outcome: &Result<()>) -> Result<()> {
        self.verdict = match outcome {
            Ok(()) => Verdict::Held,
            Err(error) => Verdict::Failed(crate::out::in_words(error)),
        };
        self.write()
    }

    fn write(&self) -> Result<()> {
        std::fs::write(&self.file, self.markdown())
            .with_context(|| format!("writing the report {}", self.file.display()))
    }

    /// The report.
    fn markdown(&self) -> String {
        let (begun, start) = self.begun;
        let time = |at: u64| utc(at).unwrap_or_default();
        let mut text = format!(
            "# Rehearsal of {}\n\nWritten by `meteor rehearse` {}, on {}. {} steps took {:.0} s.\n",
            time(begun).split('T').next().unwrap_or_default(),
            concat!(env!("CARGO_PKG_VERSION"), " (", env!("METEOR_BUILT_FROM"), ")"),
            self.place,
            self.steps.len(),
            start.elapsed().as_secs_f64(),
        );
        let verdict = match &self.verdict {
            Verdict::Running => "**It is running, or was killed after the last step below.**".to_owned(),
            Verdict::Held => "Everything below held.".to_owned(),
            Verdict::Failed(why) => format!("**It failed after the last step below:** {why}"),
        };
        let _ = writeln!(text, "\n{verdict}");
        for what in &self.not_shown {
            let _ = writeln!(text, "\n**Not shown:** {what}");
        }
        let _ = writeln!(text, "\n| step | ended (UTC) | took | what was seen |\n|---|---|---|---|");
        for Step { at, took, name, seen } in &self.steps {
            let clock = time(*at);
            let clock = clock.split('T').nth(1).unwrap_or_default();
            let seconds = Seconds(*took);
            let _ = writeln!(text, "| {name} | {clock} | {seconds} s | {} |", seen.replace('|', "/"));
        }
        let _ = writeln!(text, "\n| figure | value |\n|---|---|");
        for (what, value) in &self.figures {
            let _ = writeln!(text, "| {what} | {value} |");
        }
        text
    }
}

/// Milliseconds as seconds with a place.
struct Seconds(u64);

impl std::fmt::Display for Seconds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0 / 1_000, self.0 % 1_000 / 100)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_report_is_written_after_each_step_and_says_what_failed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("night.md");
        let written = || std::fs::read_to_string(&file).unwrap();
        let mut notes = Notes::new(&file);
        notes.on("a-1", false).unwrap();
        assert!(
            written().contains("on a-1. 0 steps") && written().contains("It is running"),
            "{}",
            written()
        );
        notes.figure("wallets", 4);
        notes.done("deploy", "a | b".into()).unwrap();
        assert!(written().contains("\n| deploy | ") && written().contains(" | a / b |\n"), "{}", written());
        assert!(written().contains("\n| wallets | 4 |\n"), "{}", written());
        notes.not_shown("the moon");
        notes.end(&Err(anyhow::anyhow!("no more"))).unwrap();
        assert!(
            written().contains("last step below:** no more\n\n**Not shown:** the moon\n"),
            "{}",
            written()
        );
        notes.end(&Ok(())).unwrap();
        assert!(written().contains("\nEverything below held.\n"), "{}", written());
        assert_eq!(Seconds(12_345).to_string(), "12.3");
    }
}
