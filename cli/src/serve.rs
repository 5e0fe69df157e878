//! `meteor serve`: the indexer embedded, for a team that wants one binary. The public runs `meteor-indexer`, which
//! links nothing that could hold a key.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use meteor_indexer::{Config, Server, Settings};
use meteor_operator::jobs::Deployment;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use crate::demo::Chain;
use crate::signing::recorded;

/// How the indexer is told what to follow; flags win over the environment, the environment over the file.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// A TOML file with the settings below, their names with underscores
    #[arg(long, env = "METEOR_CONFIG")]
    pub config: Option<PathBuf>,
    /// The deployment file that meteor deploy wrote: nodes, contract and height, where not given otherwise
    #[arg(long)]
    pub deployment: Option<PathBuf>,
    /// The settings themselves.
    #[command(flatten)]
    pub settings: Settings,
}

/// Exit code for a configuration that can't be used.
const BAD_CONFIG: u8 = 64;

/// Sends the log to standard error; `RUST_LOG` says how much of it.
pub fn log_to_stderr() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// Follows and serves until `stop`.
///
/// # Errors
/// If a port can't be opened. A bad configuration is no error but exit code 64.
pub async fn run(options: Options, stop: &CancellationToken) -> Result<ExitCode> {
    let file = options.config.as_deref().map(Settings::from_file).transpose();
    let deployed = options.deployment.as_deref().map(deployed).transpose()?.unwrap_or_default();
    let config =
        match file.and_then(|file| options.settings.over(file.unwrap_or_default().over(deployed)).check()) {
            Ok(config) => config,
            Err(error) => {
                eprintln!("error: {:#}", anyhow::Error::from(error));
                return Ok(ExitCode::from(BAD_CONFIG));
            }
        };
    let server = meteor_indexer::start(config).await?;
    println!("page and API: http://{}   admin: http://{}", server.public_addr(), server.admin_addr());
    stop.cancelled().await;
    server.shutdown().await;
    Ok(ExitCode::SUCCESS)
}

/// What a deployment file says of an event to follow.
fn deployed(path: &Path) -> Result<Settings> {
    let record = recorded(path)?;
    let event = record.event.context("the deployment is not complete")?;
    Ok(Settings {
        rpc: record.nodes,
        shower: Some(event.shower),
        chain_id: Some(event.chain_id),
        start_height: Some(event.height),
        ..Settings::default()
    })
}

/// Serves an event with its tables file on `listen`, or on another free port if that one is in use; looks for blocks every `poll`.
///
/// # Errors
/// If no port can be opened.
pub async fn embedded(
    chain: &Chain,
    deployment: &Deployment,
    tables: Vec<u8>,
    listen: SocketAddr,
    poll: Duration,
) -> Result<Server> {
    let mut config = Config::new(std::slice::from_ref(&chain.rpc), &deployment.shower)?;
    config.start_height = deployment.height;
    config.poll = poll;
    config.tables = Some(tables);
    config.admin_listen = (Ipv4Addr::LOCALHOST, 0).into();
    // Somebody else may have the port; a demo should not fail for that.
    let free = tokio::net::TcpListener::bind(listen).await.is_ok();
    config.listen = if free { listen } else { SocketAddr::new(listen.ip(), 0) };
    Ok(meteor_indexer::start(config).await?)
}
