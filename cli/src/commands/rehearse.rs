//! `meteor rehearse`: a short event through everything that can happen in its night, and a report of it.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};

use super::{Command, new_file};
use crate::demo::{Rehearsal, rehearse};
use crate::out::{report, say};
use crate::signals::stop_when_told;

/// Hold a short event through everything that can happen in its night, and write a report.
///
/// Deploy, contributions by many wallets, halt and resume, a replica killed and restarted, a cancelled shower refunded,
/// draw, mint by a stranger, crack, reveal, publish-key, verify. With --prometheus it also sees an alert fire, reach its
/// receivers and resolve. It takes some two minutes on a chain in this process, and longer on a --node or with
/// --prometheus. It ends at the first step that fails, with exit code 1. The report is written as it goes, so it always has
/// the steps until then.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  meteor rehearse
  meteor rehearse --prometheus http://127.0.0.1:9095 --alertmanager http://127.0.0.1:9093 \\
      --targets /etc/prometheus/targets/indexer-rehearsal.yml
  meteor rehearse --node http://127.0.0.1:26657 --seconds 120 --report night.md")]
pub(super) struct Rehearse {
    #[command(flatten)]
    options: Rehearsal,
    /// Where to write the report (Markdown); a new file, as a report is never written over
    #[arg(long, value_name = "FILE", default_value = "rehearsal.md")]
    report: PathBuf,
}

impl Command for Rehearse {
    async fn run(self) -> Result<ExitCode> {
        new_file(&self.report, "").context("the report needs a new file: name another with --report")?;
        let outcome = rehearse(&self.options, &self.report, &stop_when_told()).await;
        let file = self.report.display().to_string();
        report!("report", {"file": file, "good": outcome.is_ok()}, "report         {file}");
        outcome?;
        say!("rehearsed      everything held");
        Ok(ExitCode::SUCCESS)
    }
}
