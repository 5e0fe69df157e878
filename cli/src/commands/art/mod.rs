//! `meteor art`: pictures of an event, from the collection file to where they are hosted. Each subcommand is a file.

mod generate;
mod pack;
mod sheet;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use meteor_art::folder::Folder;

use super::Command;

/// Make, pack, check and publish the pictures of an event.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Art {
    #[command(subcommand)]
    command: Commands,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum Commands {
    Generate(generate::Generate),
    Pack(pack::Pack),
    Sheet(sheet::Sheet),
}

impl Command for Art {
    async fn run(self) -> Result<ExitCode> {
        match self.command {
            Commands::Generate(command) => command.run().await,
            Commands::Pack(command) => command.run().await,
            Commands::Sheet(command) => command.run().await,
        }
    }
}

/// The images of a folder.
fn listed(folder: &Path) -> Result<Folder> {
    Folder::list(folder).map_err(|(path, error)| {
        anyhow::Error::new(error).context(format!("reading the folder {}", path.display()))
    })
}
