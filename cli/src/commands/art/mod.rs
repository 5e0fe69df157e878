//! `meteor art`: pictures of an event, from the collection file to where they are hosted. Each subcommand is a file.

mod check;
mod generate;
mod identify;
mod pack;
mod places;
mod publish;
mod sheet;
mod verify;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use meteor_art::check::compared;
use meteor_art::contents::Content;
use meteor_art::folder::Folder;
use meteor_rules::catalogue::described::{self, Described};
use meteor_rules::preset::Preset;

use super::Command;
use crate::catalogue;
use crate::out::tell;

/// Make, pack, check and publish the pictures of an event.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Art {
    #[command(subcommand)]
    command: Commands,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum Commands {
    Generate(generate::Generate),
    Identify(identify::Identify),
    Pack(pack::Pack),
    Sheet(sheet::Sheet),
    Check(check::Check),
    Publish(publish::Publish),
    Verify(verify::Verify),
}

impl Command for Art {
    async fn run(self) -> Result<ExitCode> {
        match self.command {
            Commands::Generate(command) => command.run().await,
            Commands::Identify(command) => command.run().await,
            Commands::Pack(command) => command.run().await,
            Commands::Sheet(command) => command.run().await,
            Commands::Check(command) => command.run().await,
            Commands::Publish(command) => command.run().await,
            Commands::Verify(command) => command.run().await,
        }
    }
}

/// The images of a folder.
fn listed(folder: &Path) -> Result<Folder> {
    Folder::list(folder).map_err(|(path, error)| {
        anyhow::Error::new(error).context(format!("reading the folder {}", path.display()))
    })
}

/// Says how the pictures of eggs and dust in a folder differ from those that the preset names.
fn compare(folder: &Path, contents: &[Content], preset: &Preset) {
    for finding in catalogue::lines(&compared(folder, contents, &preset.crack.tables)) {
        tell!("warning: {finding}");
    }
}

/// The catalogue at a path or an address: its bytes and what they say.
async fn described(source: &str, preset: &Preset) -> Result<(Vec<u8>, Described)> {
    let bytes = catalogue::bytes(source).await?;
    let described = described::read(&bytes, &preset.meteors.template).map_err(|faults| {
        let shown: Vec<String> = catalogue::lines(&faults).collect();
        anyhow!("{}", shown.join("\n"))
    });
    Ok((bytes, described.with_context(|| format!("the catalogue {source} can't be used"))?))
}
