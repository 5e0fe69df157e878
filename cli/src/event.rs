//! The event that a command is about: its nodes, its contract, its showers.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::ConfigResponse;
use meteor_operator::gas::GasPrice;
use meteor_operator::jobs::Deployment;
use meteor_operator::launch::Record;
use meteor_operator::node::Node;

/// Price of gas where neither an option nor a deployment file names one.
const GAS_PRICE: &str = "28.325uluna";

/// Which event, over which nodes.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Event {
    /// The deployment file that meteor deploy wrote: it names nodes, contract and gas price
    #[arg(long)]
    pub(crate) deployment: Option<PathBuf>,
    /// CometBFT RPC address of a node, instead of those in the deployment file. May be repeated: if one does
    /// not answer, the next is asked
    #[arg(long, env = "METEOR_RPC", value_delimiter = ',', required_unless_present = "deployment")]
    pub(crate) rpc: Vec<String>,
    /// Address of the shower contract
    #[arg(long, env = "METEOR_SHOWER", required_unless_present = "deployment")]
    pub(crate) shower_contract: Option<String>,
}

/// An event that was found.
pub(crate) struct Found {
    /// Its nodes.
    pub(crate) node: Node,
    /// Its chain.
    pub(crate) chain_id: String,
    /// Its shower contract.
    pub(crate) contract: String,
    /// No earlier block holds anything of the event.
    pub(crate) height: u64,
    /// What a unit of gas costs.
    pub(crate) gas_price: GasPrice,
}

impl Event {
    /// Finds the event. `gas_price` takes precedence over the deployment file's.
    pub(crate) async fn find(&self, gas_price: Option<&GasPrice>) -> Result<Found> {
        let deployed = self.deployment.as_deref().map(recorded).transpose()?;
        let node = match &deployed {
            Some((record, _)) if self.rpc.is_empty() => Node::pool(&record.nodes)?,
            _ => Node::pool(&self.rpc)?,
        };
        let contract = self.shower_contract.as_ref().or(deployed.as_ref().map(|(_, event)| &event.shower));
        let contract = contract.context("name the contract: --shower-contract or --deployment")?.clone();
        let gas_price = match (gas_price, &deployed) {
            (Some(price), _) => price.clone(),
            (None, Some((record, _))) => record.gas_price.parse()?,
            (None, None) => GAS_PRICE.parse()?,
        };
        let chain_id = node.one_chain().await?;
        if let Some((_, Deployment { chain_id: launched, .. })) = &deployed
            && *launched != chain_id
        {
            // A chain that was renamed still has the contract of then. Another chain doesn't.
            let held = ShowerContract::new(&node, &contract).config().await.ok();
            let same = held.is_some_and(|config| config.chain_id == *launched);
            ensure!(same, "the node is on {chain_id}, the event on {launched}");
            eprintln!("this chain was {launched} at the launch and is {chain_id} now");
        }
        let height = deployed.map_or(1, |(_, event)| event.height);
        Ok(Found { node, chain_id, contract, height, gas_price })
    }
}

/// A complete deployment file: the record and the event in it.
pub(crate) fn recorded(path: &Path) -> Result<(Record, Deployment)> {
    let record = Record::load(path)?.with_context(|| format!("there is no {}", path.display()))?;
    let event = record.event.clone();
    let event =
        event.with_context(|| format!("{} is not complete: run meteor deploy again", path.display()))?;
    Ok((record, event))
}

/// Checks that `shower` is one of the event's.
pub(crate) fn exists(shower: u32, config: &ConfigResponse) -> Result<()> {
    let last = config.schedule.count;
    ensure!((1..=last).contains(&shower), "there is no shower {shower}: they are numbered 1 to {last}");
    Ok(())
}

/// The showers that a command is about: the one it names, or all.
pub(crate) fn chosen(only: Option<u32>, config: &ConfigResponse) -> Result<RangeInclusive<u32>> {
    let Some(shower) = only else { return Ok(1..=config.schedule.count) };
    exists(shower, config)?;
    Ok(shower..=shower)
}
