//! What only the chain knows of a launch: whether it has the denom, whether the payees can be paid and the signer can pay,
//! and whether it would take each transaction. Everything is simulated; nothing is signed.

use cosmrs::Any;
use meteor_chain::NodeError;
use meteor_chain::words::Said;

use super::artifacts::{Artifact, file_of};
use super::estimate;
use super::finding::Finding;
use super::lint::{is_denom, is_good};
use super::{Launch, MAX_WASM};
use crate::gas::{least, with_margin};
use crate::jobs::{self, JobError, Payable};
use crate::node::Node;
use crate::tx;

/// What a deployment will send.
#[derive(Clone, Copy, Debug)]
pub struct Sends<'a> {
    /// The contracts' wasm to upload, without what is on the chain already.
    pub uploads: &'a [&'a Artifact],
    /// How many showers the event has.
    pub showers: u32,
    /// The instantiation, where its codes are on the chain.
    pub instantiate: Option<&'a Any>,
}

/// What the chain told.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// Sum of the gas limits of all transactions.
    pub gas: u64,
}

/// Asks the chain about a launch that is not deployed yet.
///
/// # Errors
/// If no node answers.
pub async fn ask(node: &Node, launch: &Launch, sends: Sends<'_>) -> Result<Told, JobError> {
    let mut told = Told::default();
    let denom = &launch.chain.denom;
    if is_denom(denom) && node.supply(denom).await? == 0 {
        told.findings.push(Finding::NoSupply { denom: denom.clone(), chain: launch.chain.id.clone() });
    }
    payees(node, launch, &mut told).await?;
    gas_price(node, launch, &mut told).await?;
    // What is no address was said with its line.
    let signs = is_good(launch.deployer(), &launch.chain.prefix);
    let sequence = match node.account(launch.deployer()).await {
        _ if !signs => None,
        Ok(account) => Some(account.value.sequence),
        // It never had coins, which the balance below says.
        Err(NodeError::Query(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let most = node.block_gas().await?;
    let add = |told: &mut Told, what: &str, gas: u64| {
        told.gas = told.gas.saturating_add(gas);
        if let Some(most) = most.filter(|most| gas > *most) {
            told.findings.push(Finding::BlockGas { what: what.to_owned(), gas, most });
        }
    };
    for artifact in sends.uploads {
        let (file, bytes) = (file_of(artifact.name), artifact.wasm.len());
        if bytes > MAX_WASM {
            told.findings.push(Finding::WasmSize { file, bytes });
            continue;
        }
        let what = format!("the upload of {file}");
        let upload = jobs::store(launch.deployer(), &artifact.wasm)?;
        let gas = simulated(node, sequence, upload, &what, &mut told).await?;
        add(&mut told, &what, gas.unwrap_or_else(|| estimate::upload(bytes)));
    }
    let what = "the instantiation";
    let gas = match sends.instantiate {
        Some(instantiate) => simulated(node, sequence, instantiate.clone(), what, &mut told).await?,
        None => None,
    };
    add(&mut told, what, gas.unwrap_or_else(|| estimate::instantiate(sends.showers)));
    if signs {
        balance(node, launch, &mut told).await?;
    }
    Ok(told)
}

/// The gas limit of a transaction with this message alone; `None` if that can't be known, or it is refused.
async fn simulated(
    node: &Node,
    sequence: Option<u64>,
    message: Any,
    what: &str,
    told: &mut Told,
) -> Result<Option<u64>, JobError> {
    let Some(sequence) = sequence else { return Ok(None) };
    match node.simulate(tx::unsigned_by_anyone(sequence, vec![message])).await {
        Ok(gas) => Ok(Some(with_margin(gas))),
        // A transaction of the signer's came in between: nothing is wrong with this one.
        Err(NodeError::Query(refusal)) if refusal.said() == Said::WrongSequence => Ok(None),
        Err(NodeError::Query(refusal)) => {
            told.findings.push(Finding::Refused { what: what.to_owned(), why: refusal.to_string() });
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether the node takes transactions at the launch's price.
async fn gas_price(node: &Node, launch: &Launch, told: &mut Told) -> Result<(), JobError> {
    let (Ok(price), Some(list)) = (launch.gas_price(), node.least_gas_price().await?) else { return Ok(()) };
    if let Some(least) = least(&list, &price.denom).filter(|least| price.millionths < least.millionths) {
        told.findings.push(Finding::GasPriceLow { least: least.decimal(), denom: least.denom });
    }
    Ok(())
}

async fn balance(node: &Node, launch: &Launch, told: &mut Told) -> Result<(), JobError> {
    let Ok(price) = launch.gas_price() else { return Ok(()) };
    let (fee, signer) = (price.fee(told.gas), launch.deployer());
    let has = node.balance(signer, &price.denom).await?;
    if has < fee {
        let key = if launch.roles.deployer.is_some() { "roles.deployer" } else { "roles.owner" };
        told.findings.push(Finding::Balance { key, signer: signer.to_owned(), has, fee, denom: price.denom });
    }
    Ok(())
}

/// Whether the chain would pay each payee, and royalties.
async fn payees(node: &Node, launch: &Launch, told: &mut Told) -> Result<(), JobError> {
    let (chain, roles) = (&launch.chain, &launch.roles);
    let good = |address: &&str| is_good(address, &chain.prefix);
    let payees: Vec<&str> = launch.payees.iter().map(|payee| payee.address.as_str()).filter(good).collect();
    let royalties = launch.royalties.iter().map(|royalties| royalties.address.as_str()).filter(good);
    let senders = [launch.deployer(), &roles.owner, &roles.operator, &roles.guardian];
    let senders: Vec<&str> = senders.into_iter().chain(payees.iter().copied()).filter(good).collect();
    let price = launch.gas_price().ok();
    // Whom a chain pays doesn't depend on the denom, so fees' will do where nobody has the event's yet.
    let denoms = [Some(chain.denom.as_str()), price.as_ref().map(|price| price.denom.as_str())];
    let denoms: Vec<&str> = denoms.into_iter().flatten().filter(|denom| is_denom(denom)).collect();
    let paid: Vec<&str> = payees.iter().copied().chain(royalties).collect();
    let Payable { refused, untried } = jobs::payable(node, &senders, &denoms, &paid).await?;
    for (at, payee) in (1..).zip(&launch.payees) {
        let refusal = refused.iter().find(|(address, _)| *address == payee.address);
        told.findings.extend(refusal.map(|(address, why)| Finding::PayeeRefused {
            at,
            address: address.clone(),
            why: why.clone(),
        }));
    }
    if let Some(royalties) = &launch.royalties {
        let refusal = refused.iter().find(|(address, _)| *address == royalties.address);
        told.findings.extend(
            refusal.map(|(address, why)| Finding::RoyaltiesRefused {
                address: address.clone(),
                why: why.clone(),
            }),
        );
    }
    told.findings.extend(untried.map(Finding::PayeesUntried));
    Ok(())
}
