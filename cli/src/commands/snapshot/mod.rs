//! `meteor snapshot`: what an indexer keeps, seen from outside. Each subcommand is a file.

mod export;
mod ls;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use meteor_indexer::Settings;
use meteor_indexer::store::{Files, Held};

use super::Command;

/// List, verify or export the snapshots that an indexer keeps.
///
/// An indexer (meteor serve --store) keeps snapshots of its state and the blocks that led to them, so that a restart
/// asks no node for history. These commands read such a store and change nothing in it; the indexer may run meanwhile.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  meteor snapshot ls /var/lib/meteor
  meteor snapshot verify s3://bucket/meteor --store-region eu-central-1
  meteor snapshot export /var/lib/meteor --height 1200 --to tables")]
pub(super) struct Snapshot {
    #[command(subcommand)]
    command: Commands,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum Commands {
    Ls(ls::Ls),
    Verify(verify::Verify),
    Export(export::Export),
}

impl Command for Snapshot {
    async fn run(self) -> Result<ExitCode> {
        match self.command {
            Commands::Ls(command) => command.run().await,
            Commands::Verify(command) => command.run().await,
            Commands::Export(command) => command.run().await,
        }
    }
}

/// Which store, and of which event in it.
#[derive(Clone, Debug, clap::Args)]
struct Of {
    /// The store, as meteor serve names it: a folder, or `s3://bucket/prefix` [default: that of meteor serve]
    #[arg(env = "METEOR_STORE")]
    store: Option<String>,
    /// Only of this shower contract
    #[arg(long, value_name = "ADDRESS", env = "METEOR_CONTRACT")]
    contract: Option<String>,
    /// Address of an S3-compatible store [default: that of AWS]
    #[arg(long, env = "METEOR_STORE_ENDPOINT")]
    store_endpoint: Option<String>,
    /// Its region
    #[arg(long, env = "METEOR_STORE_REGION")]
    store_region: Option<String>,
    /// A file with credentials, as ~/.aws/credentials [default: what the environment gives]
    #[arg(long, env = "METEOR_STORE_CREDENTIALS", hide_env_values = true)]
    store_credentials: Option<PathBuf>,
}

impl Of {
    /// The store and the events in it that are meant; at least one.
    async fn held(self) -> Result<(Arc<Files>, Vec<Held>)> {
        let settings = Settings {
            store: self.store,
            store_endpoint: self.store_endpoint,
            store_region: self.store_region,
            store_credentials: self.store_credentials,
            ..Settings::default()
        };
        let place = settings.place()?.context("a store is needed: a folder, or s3://bucket/prefix")?;
        if let meteor_indexer::store::Place::Folder(path) = &place
            && !path.is_dir()
        {
            bail!("there is no folder {}: nothing is stored there", path.display());
        }
        let files = Arc::new(Files::open(&place)?);
        let mut held = Held::all(&files).await?;
        if let Some(contract) = &self.contract {
            held.retain(|held| held.bound.contract == *contract);
        }
        if held.is_empty() {
            let of = self.contract.map(|contract| format!(" of {contract}")).unwrap_or_default();
            bail!("{place} holds nothing{of}");
        }
        Ok((files, held))
    }
}

/// Names an event in a line.
fn title(Held { bound, .. }: &Held) -> String {
    format!("{} on {}, from block {}", bound.contract, bound.chain_id, bound.start_height)
}
