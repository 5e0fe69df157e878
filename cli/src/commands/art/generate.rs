//! `meteor art generate`: pictures and their catalogue from a collection file.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::commands::Command;

/// Draw the pictures that a collection file describes, and write their catalogue.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Generate {
    /// The collection file (docs/art.md)
    collection: PathBuf,
}

impl Command for Generate {
    async fn run(self) -> Result<ExitCode> {
        bail!("{}: drawing lands with the next commits", self.collection.display())
    }
}
