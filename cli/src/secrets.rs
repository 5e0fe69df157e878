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

use crate::keys::KeyOptions;

/// The key of the event, and the tables of what meteors hold.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Secrets {
    #[command(flatten)]
    key: KeyOptions,
    /// The tables file that meteor deploy wrote: the contract holds its hash
    #[arg(long)]
    tables: PathBuf,
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
    /// Opens both for the event at `contract`.
    pub(crate) async fn open(&self, node: &Node, contract: &str) -> Result<(AnyKey, Tables)> {
        let bytes = std::fs::read(&self.tables)
            .with_context(|| format!("reading the tables {}", self.tables.display()))?;
        let fairness = ShowerContract::new(node, contract).fairness().await?;
        let hash: [u8; 32] = Sha256::digest(&bytes).into();
        ensure!(
            fairness.tables.as_slice() == hash,
            "{} is not the tables file of this event: the contract holds another hash",
            self.tables.display()
        );
        let tables = serde_json::from_slice(&bytes).context("reading the tables")?;
        let key = self.key.open()?;
        ours(&key, ShowerContract::new(node, contract)).await?;
        Ok((key, tables))
    }
}
