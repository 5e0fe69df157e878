//! `meteor`: the team's tool. Each command is a module of `meteor_cli::commands`; this file only starts the
//! chosen one.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::FromArgMatches as _;
use clap::error::{ContextKind, ContextValue};
use meteor_cli::commands::{Cli, command};
use meteor_cli::out;
use meteor_cli::settings::{File, takes, usage, without_excluded};
use tracing_subscriber::EnvFilter;

/// Exit code of a command line or file of settings that can't be used.
const USAGE: u8 = 2;

/// What was asked for: the command line, and meteor.toml where it says less.
fn cli() -> Result<Cli, ExitCode> {
    let given: Vec<_> = std::env::args_os().collect();
    let mut known = command();
    known.build();
    let file = if takes(&known, &given) { File::load(&known) } else { Ok(None) };
    let file = file.map_err(|error| {
        out::stderr(format_args!("error: {}\n", out::in_words(&error)));
        ExitCode::from(USAGE)
    })?;
    let line = file.as_ref().map_or_else(|| given.clone(), |file| file.fill(&known, &given));
    // What the file says counts before variables, too.
    let matches = without_excluded(command(), &line)
        .try_get_matches_from(line)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    matches.map_err(|mut error| {
        if error.get(ContextKind::Usage).is_some() {
            error.insert(ContextKind::Usage, ContextValue::StyledStr(usage(&known, &given)));
        }
        let _ = error.print();
        let of = error.get(ContextKind::InvalidArg).map(ToString::to_string).unwrap_or_default();
        if let Some(place) = file.and_then(|file| file.place_of(&of)) {
            out::stderr(format_args!("{place} says so\n"));
        }
        ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(USAGE))
    })
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = match cli() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    // An option says how much is logged, or else RUST_LOG.
    let filter = match cli.log_level() {
        Some(level) => EnvFilter::new(level),
        None => EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(cli.logs())),
    };
    // Colours are for a terminal whose owner wants them (no-color.org): in a file they are noise.
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| out::Log);
    // A log that can't be written must not end the program: saying so would panic.
    log.with_ansi(std::io::stderr().is_terminal() && !plain).log_internal_errors(false).init();
    // On the heap: some commands hold a lot.
    let code = match Box::pin(cli.run()).await {
        Ok(code) => code,
        Err(error) => {
            let said = out::in_words(&error);
            if out::is_json() {
                out::reported("error", || serde_json::json!({ "error": said }), format_args!(""));
            }
            out::stderr(format_args!("error: {said}\n"));
            ExitCode::FAILURE
        }
    };
    let Some(lost) = out::lost() else { return code };
    let lost = out::unnumbered(lost.to_string());
    out::stderr(format_args!("error: all was done, but not all could be said on standard output: {lost}\n"));
    ExitCode::FAILURE
}
