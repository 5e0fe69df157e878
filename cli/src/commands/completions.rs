//! `meteor completions`: what a shell needs to complete the commands and options of `meteor`.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;
use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, Command};

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
        clap_complete::generate(self.shell, &mut Cli::command(), "meteor", &mut script);
        // A reader that has seen enough, such as `head`, is no reason to fail.
        let _ = std::io::stdout().write_all(&script);
        Ok(ExitCode::SUCCESS)
    }
}
