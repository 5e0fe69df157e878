//! The event's key and tables, for the commands that need them.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use meteor_chain::contracts::ShowerContract;
use meteor_operator::keys::{AnyKey, KeySource as _};
use meteor_operator::node::Node;
use meteor_rules::ShowerId;
use meteor_rules::fairness::Domain;
use meteor_rules::fairness::content::Tables;
use sha2::{Digest, Sha256};

use crate::event::Event;
use crate::keys::KeyOptions;

/// Name of the file that meteor deploy writes beside the event's file.
pub(crate) const TABLES: &str = "tables.json";

/// The key of the event, and the tables of what meteors hold.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Secrets {
    #[command(flatten)]
    key: KeyOptions,
    /// The tables file that meteor deploy wrote: the contract holds its hash. If it is left out, tables.json beside the
    /// event's file
    #[arg(long, value_name = "FILE")]
    tables: Option<PathBuf>,
}

/// Checks that `key` is the event's: what it gives for shower 1 is what the launch committed to. With another one every
/// job would find nothing that it can do.
async fn ours(key: &AnyKey, contract: ShowerContract<'_>) -> Result<()> {
    const FIRST: u32 = 1;
    let (config, draw) = (contract.config().await?, contract.draw(FIRST).await?);
    let id = Domain { chain_id: &config.chain_id, contract: contract.address(), shower: ShowerId(FIRST) };
    let given = key.shower_key(&id).await?.commitment(&id);
    ensure!(
        given.as_slice() == draw.commitment.as_slice(),
        "this is not the key of the event {}: the launch committed to another one. Is it another event's, or is \
         --event?",
        contract.address()
    );
    Ok(())
}

impl Secrets {
    /// Opens both for the event at `contract`, which `event` names.
    pub(crate) async fn open(&self, event: &Event, node: &Node, contract: &str) -> Result<(AnyKey, Tables)> {
        let beside = || event.file().map(|path| path.with_file_name(TABLES));
        let tables = self.tables.clone().or_else(beside).context("name the event's tables: --tables FILE")?;
        let shown = tables.display();
        let bytes = std::fs::read(&tables).with_context(|| format!("reading the tables {shown}"))?;
        let fairness = ShowerContract::new(node, contract).fairness().await?;
        let hash: [u8; 32] = Sha256::digest(&bytes).into();
        ensure!(
            fairness.tables.as_slice() == hash,
            "{shown} is not the tables file of this event: the contract holds another hash"
        );
        let tables = serde_json::from_slice(&bytes).context("reading the tables")?;
        let key = self.key.open()?;
        ours(&key, ShowerContract::new(node, contract)).await?;
        Ok((key, tables))
    }
}
