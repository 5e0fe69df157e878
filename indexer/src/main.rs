//! `meteor-indexer`: the public half of Meteor Shower. It holds no key.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use meteor_indexer::healthcheck::{Probe, healthcheck};
use meteor_indexer::{Config, ConfigError, Settings, Source, api, start};
use tracing_subscriber::EnvFilter;

const EXAMPLES: &str = "\
Examples:
  meteor-indexer --node http://localhost:26657 --contract terra1…
  meteor-indexer check --config indexer.toml

indexer.toml has the same settings, with underscores:
  node = [\"http://localhost:26657\", \"https://rpc.example.com\"]
  contract = \"terra1…\"
  start_height = 15000000
  gas_price = \"28.325uluna\"";

/// Follows the chain, folds the contracts' events, serves the public API and page.
///
/// Flags override environment variables, and those override the file.
///
/// A restart serves what was kept last (--store) at once, and reads the chain from there. At an event that it can't
/// read, the indexer halts with an error and keeps serving the last good state.
///
/// Exit codes: 0 stopped, 1 failed, 64 bad configuration.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES, max_term_width = 80)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// TOML file with the settings below, with underscores in their names
    #[arg(long, global = true, env = "METEOR_CONFIG")]
    config: Option<PathBuf>,
    /// Format of the log; `RUST_LOG` sets its level
    #[arg(long, global = true, env = "METEOR_LOG", value_enum, default_value_t = LogForm::Text)]
    log: LogForm,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Subcommand)]
enum Command {
    /// Follow and serve (the default)
    Serve,
    /// Check the configuration and print a summary
    Check,
    /// Print the API description (OpenAPI)
    Openapi,
    /// Ask the indexer that runs with these settings how it is; exit code 1 if it isn't well
    Healthcheck {
        /// What to ask
        #[arg(long, value_enum, default_value_t)]
        probe: Probe,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum LogForm {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(64) } else { ExitCode::SUCCESS };
        }
    };
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("meteor-indexer: {error:#}");
            if error.is::<ConfigError>() { ExitCode::from(64) } else { ExitCode::FAILURE }
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<()> {
    if let Some(Command::Openapi) = cli.command {
        print!("{}", api::openapi()?);
        return Ok(());
    }
    let file = cli.config.as_deref().map(Settings::from_file).transpose()?.unwrap_or_default();
    let settings = cli.settings.over(file);
    if let Some(Command::Healthcheck { probe }) = cli.command {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        println!("{}", runtime.block_on(healthcheck(settings.admin_listen()?, probe))?);
        return Ok(());
    }
    let config = settings.check()?;
    if let Some(Command::Check) = cli.command {
        println!(
            "good: follows {} through {} from height {}, keeps {}, serves on {}, admin on {}",
            config.shower,
            match config.source {
                Source::Node => config.node_names().join(", "),
                Source::Store => "the store".to_owned(),
            },
            config.start_height,
            config.store.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string),
            config.listen,
            config.admin_listen
        );
        return Ok(());
    }
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // Colours are for a terminal. A log that can't be written must not end the server: saying so would panic.
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .log_internal_errors(false);
    match cli.log {
        LogForm::Text => log.init(),
        LogForm::Json => log.json().init(),
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(config))
}

async fn serve(config: Config) -> anyhow::Result<()> {
    let server = start(config).await?;
    println!("page and API: http://{}  docs: http://{0}/docs", server.public_addr());
    stop_signal().await?;
    tracing::info!("stopping");
    server.shutdown().await;
    Ok(())
}

/// Ctrl-C, or a supervisor's SIGTERM.
async fn stop_signal() -> anyhow::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        done = tokio::signal::ctrl_c() => done?,
        _ = terminate.recv() => {}
    }
    Ok(())
}
