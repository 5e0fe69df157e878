//! `meteor catalogue`: checks the file that the launch commits to, or makes a stand-in for rehearsals.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use meteor_rules::catalogue::file::write;

use super::Command;
use crate::art::stand_in;
use crate::out::{self, report, tell};
use crate::{catalogue, preset};

/// Check a catalogue: the file with the art of every meteor, to which the launch commits.
///
/// It is CSV with a line for each piece: tier, index in the tier from 0, bare CID of the image, and a number for
/// each trait. Everything that is wrong is said at once, each with its line. The roots that it shows are what the
/// chain will hold; artists and participants can compare them. meteor deploy makes the same check, and meteor art check reads the images too.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Catalogue {
    /// The file, or the address of one
    file: String,
    /// Name or path of the preset whose meteors the pieces are for
    #[arg(long)]
    preset: String,
    /// Say how far the pieces go if each shower has so many contributors
    #[arg(long, value_name = "COUNT", conflicts_with = "stand_in")]
    contributors: Option<u32>,
    /// Make the file, with so many made-up pieces for each tier, for rehearsals. Nobody hosts the images
    #[arg(long, value_name = "PIECES", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    stand_in: Option<u32>,
    /// With --stand-in: another seed makes other pieces
    #[arg(long, default_value_t = 0, requires = "stand_in")]
    seed: u64,
    /// Write it as JSON, an object a line, instead of lines for people
    #[arg(long)]
    json: bool,
}

impl Command for Catalogue {
    async fn run(self) -> Result<ExitCode> {
        if self.json {
            out::json();
        }
        let preset = preset::read(&self.preset)?;
        let template = &preset.meteors.template;
        let checked = match self.stand_in {
            None => {
                let (read, checked) = catalogue::checked(&self.file, template).await?;
                if let Some(contributors) = self.contributors {
                    for finding in catalogue::projected(&checked, &preset, contributors) {
                        tell!("warning: {finding}");
                    }
                }
                read
            }
            Some(pieces) => {
                let made = stand_in(template, self.seed, pieces);
                let path = PathBuf::from(&self.file);
                // Never over another one: a launch may have committed to it.
                let writing = || format!("writing {}", path.display());
                let file = OpenOptions::new().write(true).create_new(true).open(&path).with_context(writing);
                file?.write_all(write(&made, template).as_bytes()).with_context(writing)?;
                made
            }
        };
        for tier in catalogue::shown(&checked)? {
            let catalogue::Shown { tier: name, pieces, root } = &tier;
            report!("root", {"tier": name, "pieces": pieces, "root": root}, "{tier}");
        }
        Ok(ExitCode::SUCCESS)
    }
}
