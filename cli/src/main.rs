//! `meteor`: the team's tool. Each command is a module of `meteor_cli::commands`; this file only starts the
//! chosen one.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::Parser;
use meteor_cli::commands::Cli;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    // RUST_LOG says how much is logged.
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    // Colours are for a terminal: in a file they are noise.
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    log.with_ansi(std::io::stderr().is_terminal()).init();
    // On the heap: some commands hold a lot.
    match Box::pin(cli.run()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
