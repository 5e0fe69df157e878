//! What `meteor watch` sees: the site as a visitor gets it (`site`), and the event on the chain (`chain`), each compared
//! with the event's file. A look gives findings and figures; `metrics` serves them to Prometheus.

pub(crate) mod chain;
pub(crate) mod metrics;
pub(crate) mod site;
#[cfg(test)]
mod tests;

use serde::Serialize;

/// What became of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// It is as it should be.
    Right,
    /// It is not.
    Wrong,
    /// It could not be looked at.
    Unknown,
}

/// One check and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    /// Which check; the label `check` of the metrics.
    pub(crate) check: &'static str,
    pub(crate) verdict: Verdict,
    /// What was seen, in words.
    pub(crate) says: String,
}

/// A figure for the metrics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Figure {
    /// The metric's name, one of `metrics::FAMILIES`.
    pub(crate) name: &'static str,
    /// The value of its label, if it has one.
    pub(crate) label: Option<String>,
    pub(crate) value: String,
}

/// Everything that one look saw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) findings: Vec<Finding>,
    pub(crate) figures: Vec<Figure>,
}

impl Look {
    fn find(&mut self, check: &'static str, verdict: Verdict, says: String) {
        self.findings.push(Finding { check, verdict, says });
    }

    fn right(&mut self, check: &'static str, says: impl Into<String>) {
        self.find(check, Verdict::Right, says.into());
    }

    fn wrong(&mut self, check: &'static str, says: impl Into<String>) {
        self.find(check, Verdict::Wrong, says.into());
    }

    fn unknown(&mut self, check: &'static str, says: impl Into<String>) {
        self.find(check, Verdict::Unknown, says.into());
    }

    /// Right with `good`, or wrong with everything in `faults`.
    fn judge(&mut self, check: &'static str, good: impl Into<String>, faults: &[String]) {
        if faults.is_empty() { self.right(check, good) } else { self.wrong(check, faults.join("; ")) }
    }

    fn figure(&mut self, name: &'static str, label: Option<&str>, value: impl ToString) {
        self.figures.push(Figure { name, label: label.map(str::to_owned), value: value.to_string() });
    }

    /// Adds what another look saw.
    pub(crate) fn add(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.figures.extend(other.figures);
    }

    /// Whether any check has this verdict.
    pub(crate) fn has(&self, verdict: Verdict) -> bool {
        self.findings.iter().any(|finding| finding.verdict == verdict)
    }
}
