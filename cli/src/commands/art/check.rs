//! `meteor art check`: everything that is wrong with a catalogue and its images, before anything is paid.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;

use anyhow::Result;
use meteor_art::check::{self, Checked, Finding, Severity};
use meteor_art::folder::Folder;

use super::listed;
use crate::commands::Command;
use crate::out::{self, report, say};
use crate::progress::Progress;
use crate::{catalogue, preset};

/// Images between two reports of how far it is.
const REPORTED: u64 = 500;

/// Check a catalogue and all its images before anything is paid.
///
/// It reads every line and every image: counts for each tier, duplicates, CIDs that are none, images that are missing,
/// damaged or too many, traits outside the template, eggs and dust that differ from what the preset names, and what
/// editors and other systems add. All findings are said at once, each with its line or file. It exits with 1 if there is an error; warnings alone are no error.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Check {
    /// The folder, as meteor art generate leaves it
    folder: PathBuf,
    /// Name or path of the preset whose meteors the pieces are for
    #[arg(long)]
    preset: String,
    /// The catalogue, if it is not the folder's catalogue.csv
    #[arg(long, value_name = "FILE")]
    catalogue: Option<String>,
    /// Say how far the pieces go if each shower has so many contributors
    #[arg(long, value_name = "COUNT")]
    contributors: Option<u32>,
    /// Write what is found as JSON, one object a line, instead of lines for people
    #[arg(long)]
    json: bool,
}

impl Command for Check {
    async fn run(self) -> Result<ExitCode> {
        if self.json {
            out::json();
        }
        let preset = preset::read(&self.preset)?;
        let source =
            self.catalogue.unwrap_or_else(|| self.folder.join(catalogue::FILE).display().to_string());
        let checked = check::catalogue(&catalogue::bytes(&source).await?, &preset.meteors.template);
        let folder = listed(&self.folder)?;
        let (of, tables) = (self.folder.clone(), preset.crack.tables.clone());
        let (checked, images) = tokio::task::spawn_blocking(move || {
            let mut found = images(&checked, &folder);
            found.extend(check::contents(&of, &tables)?);
            anyhow::Ok((checked, found))
        })
        .await??;
        let projected = self.contributors.map(|count| catalogue::projected(&checked, &preset, count));
        let findings: Vec<Finding> =
            checked.findings.iter().cloned().chain(images).chain(projected.unwrap_or_default()).collect();
        let (errors, warnings) = catalogue::parted(&findings);
        tell(&errors, &source);
        tell(&warnings, &source);
        let (lines, errors, warnings) = (checked.len(), errors.len(), warnings.len());
        if let (0, Some(described)) = (errors, &checked.described) {
            for line in catalogue::shown(&described.catalogue)? {
                say!("{line}");
            }
        }
        report!("checked", {"pieces": lines, "errors": errors, "warnings": warnings},
            "checked {lines} pieces with their images: {errors} errors, {warnings} warnings");
        Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn images(checked: &Checked, folder: &Folder) -> Vec<Finding> {
    let all = checked.len();
    let progress = Mutex::new(Progress::new("reading images".to_owned(), all));
    checked.images(folder, &|done| {
        if let (true, Ok(mut progress)) = (done.is_multiple_of(REPORTED), progress.lock()) {
            let fields = || serde_json::json!({"done": done, "images": all});
            progress.at(done, "reading", fields, format_args!("{done} of {all} images are read"));
        }
    })
}

/// Says findings: all of them to programs, of many the first to people.
fn tell(findings: &[&Finding], source: &str) {
    for finding in findings.iter().filter(|_| out::is_json()) {
        let severity = severity(finding);
        let (place, said) = (finding.place.to_string(), finding.what.to_string());
        report!("finding", {"severity": severity, "place": place, "said": said}, "");
    }
    if let (false, Some(first)) = (out::is_json(), findings.first()) {
        let severity = severity(first);
        for line in catalogue::lines(findings) {
            let of = if line.starts_with("line ") { format!("{source}, ") } else { String::new() };
            say!("{severity}: {of}{line}");
        }
    }
}

const fn severity(finding: &Finding) -> &'static str {
    match finding.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}
