//! `meteor art identify`: the catalogue of pictures that a team made itself.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;

use anyhow::{Context, Result, bail, ensure};
use meteor_art::contents;
use meteor_art::generate::{CATALOGUE, CONTENTS};
use meteor_art::identify::{Identified, identify};
use meteor_art::whole;

use super::listed;
use crate::commands::Command;
use crate::out::{self, report, say, tell};
use crate::progress::Progress;
use crate::{catalogue, preset};

/// Pictures between two reports of how far it is.
const REPORTED: u64 = 500;

/// Name pictures of your own: write their catalogue, with CID, length and hash of each.
///
/// The folder has TIER/INDEX.png (or .jpg, .jpeg, .webp, .gif). The traits are CSV with a line for each, tier by tier:
/// tier,index and the traits, each as its number or as holders see it. A column image after index may be there, empty.
/// Of eggs/TIER/INDEX.png and dust/TIER/INDEX.png it writes contents.toml, for the preset.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example: meteor art identify art --traits traits.csv --preset levana-2021")]
pub(super) struct Identify {
    /// The folder
    folder: PathBuf,
    /// The traits of the pictures
    #[arg(long, value_name = "FILE")]
    traits: PathBuf,
    /// Name or path of the preset whose meteors the pieces are for
    #[arg(long)]
    preset: String,
    /// Write JSON, a line for each object, for programs
    #[arg(long)]
    json: bool,
}

impl Command for Identify {
    async fn run(self) -> Result<ExitCode> {
        if self.json {
            out::json();
        }
        let template = preset::read(&self.preset)?.meteors.template;
        let list = std::fs::read(&self.traits);
        let list = list.with_context(|| format!("reading {}", self.traits.display()))?;
        let folder = listed(&self.folder)?;
        let lines = u64::try_from(list.split(|byte| *byte == b'\n').count().saturating_sub(1))?;
        let work = move || {
            let progress = Mutex::new(Progress::new("reading pictures".to_owned(), lines));
            identify(&list, &folder, &template, &|done| {
                if let (true, Ok(mut progress)) = (done.is_multiple_of(REPORTED), progress.lock()) {
                    let fields = || serde_json::json!({"done": done, "pictures": lines});
                    progress.at(done, "reading", fields, format_args!("{done} of {lines} pictures are read"));
                }
            })
        };
        let Identified { catalogue, file, warnings } = match tokio::task::spawn_blocking(work).await? {
            Ok(named) => named,
            Err(findings) => {
                let lines: Vec<String> = catalogue::lines(&findings).collect();
                bail!("{} can't become a catalogue:\n{}", self.traits.display(), lines.join("\n"));
            }
        };
        for warning in catalogue::lines(&warnings) {
            tell!("warning: {warning}");
        }
        let found = contents::read(&self.folder)?;
        let found: Vec<_> = found.iter().map(|it| (it.kind, it.tier, it.image.cid.to_string())).collect();
        let path = self.folder.join(CATALOGUE);
        write(&path, &file)?;
        let pictures = file.lines().count().saturating_sub(1);
        report!("identified", {"catalogue": path, "pictures": pictures, "contents": found.len()},
            "named {pictures} pictures: {}", path.display());
        if let Some(text) = contents::for_preset(&found) {
            let path = self.folder.join(CONTENTS);
            write(&path, &text)?;
            say!("images of eggs and dust, for the preset: {}", path.display());
        }
        for line in catalogue::shown(&catalogue)? {
            say!("{line}");
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Writes a file, but never over one that says something else: a launch may have committed to it.
fn write(path: &Path, text: &str) -> Result<()> {
    let same = std::fs::read(path).map(|there| there == text.as_bytes());
    ensure!(same.unwrap_or(true), "{} is there and says something else: move it away first", path.display());
    whole::write(path, text.as_bytes()).with_context(|| format!("writing {}", path.display()))
}
