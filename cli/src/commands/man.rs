//! `meteor man`: the manual pages, made from the same texts as `--help`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};

use super::{Command, command};
use crate::out::say;

/// Write the manual pages: meteor.1 and one page for each command.
///
/// Read one with: man -l DIR/meteor-deploy.1
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Man {
    /// The folder to write to; it is created if it does not exist
    dir: PathBuf,
}

impl Command for Man {
    async fn run(self) -> Result<ExitCode> {
        let dir = self.dir.display();
        std::fs::create_dir_all(&self.dir).with_context(|| format!("creating {dir}"))?;
        clap_mangen::generate_to(command(), &self.dir).with_context(|| format!("writing to {dir}"))?;
        say!("the pages are in {dir}");
        Ok(ExitCode::SUCCESS)
    }
}
