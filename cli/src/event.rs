//! The event that a command is about: its nodes, its contract, its showers.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail, ensure};
use meteor_chain::NodeError;
use meteor_chain::contracts::ShowerContract;
use meteor_chain::words::Said;
use meteor_messages::shower::ConfigResponse;
use meteor_operator::gas::GasPrice;
use meteor_operator::jobs::Deployment;
use meteor_operator::launch::Record;
use meteor_operator::node::Node;

use crate::address::address;
use crate::out::tell;
use crate::settings::{File, variable};

/// Price of gas where neither an option nor a deployment file names one.
const GAS_PRICE: &str = "28.325uluna";

/// The deployment file where none is named: `meteor deploy` writes it, and the other commands read it.
pub(crate) const EVENT_FILE: &str = "deployment.json";
/// Addresses of nodes, where neither an option nor a deployment file names one.
const NODES: &str = "METEOR_NODE";
/// The event's file, where no option names one.
const EVENT: &str = "METEOR_EVENT";
/// What a unit of gas costs, where neither an option nor a deployment file says it.
const PRICE: &str = "METEOR_GAS_PRICE";
/// The contract, where neither an option nor a deployment file names one.
const CONTRACT: &str = "METEOR_CONTRACT";

/// Which event, over which nodes. An option counts before the deployment file, and the file before the environment; but
/// two that name different contracts are refused, since one of them is the wrong event.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Event {
    /// The event: the file that meteor deploy wrote, which names nodes, contract and gas price
    /// [default: deployment.json, if it is in this folder]
    #[arg(id = "event", long = "event", value_name = "FILE")]
    file: Option<PathBuf>,
    /// Address of a node (CometBFT RPC), instead of those in the event's file. May be repeated: if one does not answer,
    /// the next is asked
    #[arg(long, value_name = "URL", value_delimiter = ',')]
    pub(crate) node: Vec<String>,
    /// Address of the shower contract, where there is no file of the event
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub(crate) contract: Option<String>,
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
    /// The event's file.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        event_file(self.file.as_deref(), self.contract.as_deref())
    }

    /// Finds the event. `gas_price` takes precedence over the deployment file's.
    pub(crate) async fn find(&self, gas_price: Option<&GasPrice>) -> Result<Found> {
        let file = self.file();
        let deployed = file.as_deref().map(recorded).transpose()?;
        let name = file.as_deref().unwrap_or(Path::new("")).display().to_string();
        let mut named = vec![
            ("--contract".to_owned(), self.contract.clone()),
            (name, deployed.as_ref().map(|(_, event)| event.shower.clone())),
        ];
        named.extend(elsewhere()?);
        let contract = one_event(&named)?;
        let contract = address(&contract).map_err(|why| anyhow!("the event {contract}: {why}"))?;
        let nodes = match &deployed {
            _ if !self.node.is_empty() => self.node.clone(),
            Some((record, _)) => record.nodes.clone(),
            None => variable(NODES).iter().flat_map(|nodes| nodes.split(',')).map(str::to_owned).collect(),
        };
        ensure!(!nodes.is_empty(), "name a node: --node URL, {NODES}, or --event with a file that names one");
        let node = Node::pool(&nodes)?;
        let gas_price = match (gas_price, &deployed) {
            (Some(price), _) => price.clone(),
            (None, Some((record, _))) => record.gas_price.parse()?,
            (None, None) => variable(PRICE).as_deref().unwrap_or(GAS_PRICE).parse()?,
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

/// The contracts that meteor.toml and the environment name, also where the command line has others: one of them would be
/// the wrong event.
fn elsewhere() -> Result<Vec<(String, Option<String>)>> {
    let contract = |path: PathBuf| anyhow::Ok(recorded(&path)?.1.shower);
    let mut named = Vec::new();
    if let Some(settings) = File::load(&crate::commands::command())? {
        if let Some((place, contract)) = settings.says("contract") {
            named.push((place, Some(contract.to_owned())));
        }
        if let (Some((place, _)), Some(path)) = (settings.says("event"), settings.path("event")) {
            named.push((place, Some(contract(path)?)));
        }
    }
    named.push((EVENT.to_owned(), variable(EVENT).map(|path| contract(path.into())).transpose()?));
    named.push((CONTRACT.to_owned(), variable(CONTRACT)));
    Ok(named)
}

/// The event's file: the one that is named, or else the one in this folder, unless the contract that is named is another
/// event's.
pub(crate) fn event_file(named: Option<&Path>, contract: Option<&str>) -> Option<PathBuf> {
    if let Some(file) = named {
        return Some(file.to_owned());
    }
    if let Some(file) = variable(EVENT) {
        return Some(file.into());
    }
    let here = PathBuf::from(EVENT_FILE);
    let ours = match contract {
        None => here.exists(),
        Some(contract) => recorded(&here).is_ok_and(|(_, event)| same(&event.shower, contract)),
    };
    ours.then_some(here)
}

/// Everything fixed of the event at `contract`.
///
/// # Errors
/// If the nodes don't answer, or there is no shower contract.
pub(crate) async fn config(node: &Node, contract: &str) -> Result<ConfigResponse> {
    let error = match ShowerContract::new(node, contract).config().await {
        Ok(config) => return Ok(config),
        Err(error) => error,
    };
    let what = match &error {
        NodeError::Query(refusal) if refusal.said() == Said::NoContract => "no contract",
        NodeError::Query(_) | NodeError::Malformed(_) => "no shower contract",
        _ => return Err(error.into()),
    };
    bail!("{contract} is {what} on this chain: name the one that meteor deploy wrote into the event's file");
}

/// Whether two addresses are one: they have no case.
const fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// The one contract that is named, by whichever name.
pub(crate) fn one_event(named: &[(impl Display, Option<String>)]) -> Result<String> {
    let mut named = named.iter().filter_map(|(by, contract)| Some((by, contract.as_ref()?)));
    let first = named.next();
    let (by, contract) = first
        .with_context(|| format!("no event is named and there is no {EVENT_FILE} here: name one with --event FILE, or with --contract and --node"))?;
    for (other, another) in named {
        ensure!(
            same(another, contract),
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
        assert!(found(None, None, None).unwrap_err().to_string().contains("--event"));
    }
}
