//! `meteor`: the team's tool. Each command is a module of `meteor_cli::commands`; this file only starts the
//! chosen one.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::Parser;
use meteor_cli::commands::Cli;
use meteor_cli::out;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    // An option says how much is logged, or else RUST_LOG.
    let filter = match cli.log_level() {
        Some(level) => EnvFilter::new(level),
        None => EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn")),
    };
    // Colours are for a terminal whose owner wants them (no-color.org): in a file they are noise.
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A log that can't be written must not end the program: saying so would panic.
    log.with_ansi(std::io::stderr().is_terminal() && !plain).log_internal_errors(false).init();
    // On the heap: some commands hold a lot.
    let code = match Box::pin(cli.run()).await {
        Ok(code) => code,
        Err(error) => {
            out::stderr(format_args!("error: {error:#}\n"));
            ExitCode::FAILURE
        }
    };
    let Some(lost) = out::lost() else { return code };
    out::stderr(format_args!("error: all was done, but not all could be said on standard output: {lost}\n"));
    ExitCode::FAILURE
}
