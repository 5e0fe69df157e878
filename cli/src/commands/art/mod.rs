//! `meteor art`: pictures of an event, from the collection file to where they are hosted. Each subcommand is a file.

mod generate;

use std::process::ExitCode;

use anyhow::Result;

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
}

impl Command for Art {
    async fn run(self) -> Result<ExitCode> {
        match self.command {
            Commands::Generate(command) => command.run().await,
        }
    }
}
