//! `meteor completions`: what a shell needs to complete the commands and options of `meteor`.

use std::process::ExitCode;

use anyhow::Result;
use clap_complete::Shell;

use super::{Command, command};
use crate::out::begin;

/// Print the completions of commands and options for a shell.
///
/// For bash: meteor completions bash > ~/.local/share/bash-completion/completions/meteor
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

impl Command for Completions {
    async fn run(self) -> Result<ExitCode> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command(), "meteor", &mut script);
        begin!("{}", String::from_utf8(script)?);
        Ok(ExitCode::SUCCESS)
    }
}
