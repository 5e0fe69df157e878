//! The event that a command is about: its nodes, its contract, its showers.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use crate::out::tell;
use anyhow::{Context, Result, ensure};
use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::ConfigResponse;
use meteor_operator::gas::GasPrice;
use meteor_operator::jobs::Deployment;
use meteor_operator::launch::Record;
use meteor_operator::node::Node;

/// Price of gas where neither an option nor a deployment file names one.
const GAS_PRICE: &str = "28.325uluna";

/// Addresses of nodes, where neither an option nor a deployment file names one.
const NODES: &str = "METEOR_RPC";
/// The contract, where neither an option nor a deployment file names one.
const CONTRACT: &str = "METEOR_SHOWER";

/// Which event, over which nodes. An option counts before the deployment file, and the file before the environment; but
/// two that name different contracts are refused, since one of them is the wrong event.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Event {
    /// The deployment file that meteor deploy wrote: it names nodes, contract and gas price
    #[arg(long)]
    pub(crate) deployment: Option<PathBuf>,
    /// CometBFT RPC address of a node, instead of those in the deployment file or in `METEOR_RPC`. May be
    /// repeated: if one does not answer, the next is asked
    #[arg(long, value_delimiter = ',')]
    pub(crate) rpc: Vec<String>,
    /// Address of the shower contract, where there is no deployment file; or `METEOR_SHOWER`
    #[arg(long)]
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
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let contract = one_event(&[
            ("--shower-contract", self.shower_contract.clone()),
            ("the deployment file", deployed.as_ref().map(|(_, event)| event.shower.clone())),
            (CONTRACT, variable(CONTRACT)),
        ])?;
        let nodes = match &deployed {
            _ if !self.rpc.is_empty() => self.rpc.clone(),
            Some((record, _)) => record.nodes.clone(),
            None => variable(NODES).iter().flat_map(|nodes| nodes.split(',')).map(str::to_owned).collect(),
        };
        ensure!(!nodes.is_empty(), "name a node: --rpc, {NODES}, or --deployment with a file that names one");
        let node = Node::pool(&nodes)?;
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
            tell!("this chain was {launched} at the launch and is {chain_id} now");
        }
        let height = deployed.map_or(1, |(_, event)| event.height);
        Ok(Found { node, chain_id, contract, height, gas_price })
    }
}

/// The one contract that is named, by whichever name.
pub(crate) fn one_event(named: &[(&str, Option<String>)]) -> Result<String> {
    let mut named = named.iter().filter_map(|(by, contract)| Some((by, contract.as_ref()?)));
    let first = named.next();
    let (by, contract) = first
        .with_context(|| format!("name the event: --deployment FILE, --shower-contract, or {CONTRACT}"))?;
    for (other, another) in named {
        ensure!(
            another.eq_ignore_ascii_case(contract),
            "{by} is the event {contract}, but {other} is {another}: nothing was done. Leave one of them out"
        );
    }
    Ok(contract.clone())
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn two_names_of_different_events_are_refused() {
        let some = |contract: &str| Some(contract.to_owned());
        let found =
            |option, file, variable| one_event(&[("option", option), ("file", file), ("variable", variable)]);
        assert_eq!(found(None, some("a"), None).unwrap(), "a");
        assert_eq!(found(None, None, some("a")).unwrap(), "a");
        assert_eq!(found(some("a"), some("A"), some("a")).unwrap(), "a", "addresses have no case");
        for (option, file, variable) in
            [(some("a"), some("b"), None), (some("a"), None, some("b")), (None, some("a"), some("b"))]
        {
            let error = found(option, file, variable).unwrap_err().to_string();
            assert!(error.contains("nothing was done"), "{error}");
        }
        assert!(found(None, None, None).unwrap_err().to_string().contains("--deployment"));
    }
}
