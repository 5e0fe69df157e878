//! What the rehearsal saw: a line for each step, and the report made of them.

use std::fmt::Write as _;
use std::time::Instant;

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

/// The rehearsal so far.
pub(super) struct Notes {
    chain_id: String,
    /// Whether hours pass when the rehearsal says so.
    moves_time: bool,
    begun: (u64, Instant),
    last: Instant,
    steps: Vec<Step>,
    figures: Vec<(&'static str, String)>,
    failed: Option<String>,
}

impl Notes {
    pub(super) fn new(chain_id: String, moves_time: bool) -> Self {
        let start = Instant::now();
        Self {
            chain_id,
            moves_time,
            begun: (now(), start),
            last: start,
            steps: vec![],
            figures: vec![],
            failed: None,
        }
    }

    /// A step is done; since the one before it all time was its own.
    pub(super) fn done(&mut self, name: &'static str, seen: String) {
        let took = u64::try_from(self.last.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last = Instant::now();
        report!("step", {"name": name, "seen": seen, "ms": took}, "{name:<14} {seen}");
        self.steps.push(Step { at: now(), took, name, seen });
    }

    /// A number that people compare from one rehearsal to the next.
    pub(super) fn figure(&mut self, what: &'static str, value: impl ToString) {
        self.figures.push((what, value.to_string()));
    }

    pub(super) fn failed(&mut self, error: &anyhow::Error) {
        self.failed = Some(format!("{error:#}"));
    }

    /// The report.
    pub(super) fn markdown(&self) -> String {
        let (begun, start) = self.begun;
        let time = |at: u64| utc(at).unwrap_or_default();
        let mut text = format!(
            "# Rehearsal of {}\n\nWritten by `meteor rehearse` {}, on {}. All {} steps took {:.0} s.\n",
            time(begun).split('T').next().unwrap_or_default(),
            concat!(env!("CARGO_PKG_VERSION"), " (", env!("METEOR_BUILT_FROM"), ")"),
            if self.moves_time {
                format!("the dev chain ({}), where hours pass in a moment", self.chain_id)
            } else {
                self.chain_id.clone()
            },
            self.steps.len(),
            start.elapsed().as_secs_f64(),
        );
        let verdict = match &self.failed {
            None => "Everything held.".to_owned(),
            Some(why) => format!("**It failed after the last step below:** {why}"),
        };
        let _ =
            writeln!(text, "\n{verdict}\n\n| step | ended (UTC) | took | what was seen |\n|---|---|---|---|");
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
mod tests {
    use super::*;

    #[test]
    fn a_report_says_what_failed_and_where() {
        let mut notes = Notes::new("a-1".into(), false);
        notes.done("deploy", "a | b".into());
        notes.figure("wallets", 4);
        assert!(notes.markdown().contains("\nEverything held.\n"));
        notes.failed(&anyhow::anyhow!("no more"));
        let text = notes.markdown();
        assert!(text.contains("last step below:** no more\n") && text.contains("\n| deploy | "), "{text}");
        assert!(text.contains(" | a / b |\n") && text.contains("\n| wallets | 4 |\n"), "{text}");
        assert_eq!(Seconds(12_345).to_string(), "12.3");
    }
}
