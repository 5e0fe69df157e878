//! `meteor rehearse`: a short event through everything that can happen in its night, and a report of it.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};

use super::Command;
use crate::demo::{Rehearsal, rehearse};
use crate::out::{report, say};
use crate::signals::stop_when_told;

/// Hold a short event through everything that can happen in its night, and write a report.
///
/// Deploy, contributions by many wallets, halt and resume, a replica killed and restarted with its alert fired and
/// resolved, a cancelled shower refunded, draw, mint by a stranger, crack, reveal, publish-key, verify. It takes some two
/// minutes on a chain in this process, and longer on a --node. It ends at the first step that fails, with exit code 1;
/// the report has the steps until then.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  meteor rehearse
  meteor rehearse --node http://127.0.0.1:26657 --seconds 120 --report night.md")]
pub(super) struct Rehearse {
    #[command(flatten)]
    options: Rehearsal,
    /// Where to write the report (Markdown)
    #[arg(long, value_name = "FILE", default_value = "rehearsal.md")]
    report: PathBuf,
}

impl Command for Rehearse {
    async fn run(self) -> Result<ExitCode> {
        let (text, outcome) = rehearse(&self.options, &stop_when_told()).await?;
        std::fs::write(&self.report, text).with_context(|| format!("writing {}", self.report.display()))?;
        let file = self.report.display().to_string();
        report!("report", {"file": file, "good": outcome.is_ok()}, "report         {file}");
        outcome?;
        say!("rehearsed      everything held");
        Ok(ExitCode::SUCCESS)
    }
}
