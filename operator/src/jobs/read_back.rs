//! Reads back the five contracts of a deployment and compares each thing with what was asked for.

use meteor_chain::Pool;
use meteor_chain::contracts::{Collection, HatcheryContract, ShowerContract};
use meteor_messages::nft::CollectionInit;
use meteor_messages::nft::Royalties;
use meteor_messages::shower::{ConfigResponse, InstantiateMsg, MinimumFrom};
use meteor_rules::BASIS_POINTS;
use serde::{Deserialize, Serialize};

use super::differences::{Difference, differences};
use super::{Deployment, JobError};

/// What was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Code of the shower contract.
    pub code_id: u64,
    /// Who signed the instantiation.
    pub creator: &'a str,
    /// Who may migrate the shower contract. Nobody may migrate the contracts that it makes.
    pub admin: Option<&'a str>,
    /// What explorers show.
    pub label: &'a str,
    /// The message it was instantiated with.
    pub message: &'a InstantiateMsg,
}

/// One thing that was read back and compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Of which contract: `shower`, `meteors`, `hatchery`, `eggs` or `dust`.
    pub of: &'static str,
    /// Which thing.
    pub what: &'static str,
    /// Every field that is another; nothing if it is as asked for.
    pub differs: Vec<Difference>,
}

/// The checks so far.
struct Checks(Vec<Check>);

impl Checks {
    fn same<T: PartialEq + Serialize + ?Sized>(
        &mut self,
        of: &'static str,
        what: &'static str,
        held: &T,
        asked: &T,
    ) {
        let differs = if held == asked { vec![] } else { differences(what, held, asked) };
        self.0.push(Check { of, what, differs });
    }
}

/// What cw2 keeps in every contract.
#[derive(Deserialize)]
struct Version {
    contract: String,
}

/// Compares the contract at `shower`, and those that it made, with what was asked for. `height` is before all
/// of it. Answers with every check, those that differ included.
///
/// # Errors
/// If no node answers, or something there is not one of our contracts.
pub async fn read_back(
    node: &Pool,
    shower: String,
    height: u64,
    asked: Asked<'_>,
) -> Result<(Deployment, Vec<Check>), JobError> {
    let message = asked.message;
    let mut checks = Checks(Vec::new());
    let shown = ShowerContract::new(node, &shower);
    let config = shown.config().await?;
    let made = |code_id, creator, label| Made { code_id, creator, admin: None, label };
    let of_shower = Made { admin: asked.admin, ..made(asked.code_id, asked.creator, asked.label) };
    instance(node, &mut checks, "shower", &shower, of_shower, "meteor-shower").await?;
    rules(&mut checks, &config, message);
    let fairness = shown.fairness().await?;
    let asked_fairness = &message.fairness;
    checks.same("shower", "commitments", &fairness.commitments, &asked_fairness.commitments);
    checks.same("shower", "tables", &fairness.tables, &asked_fairness.tables);
    checks.same("shower", "beacon", &fairness.beacon, &asked_fairness.beacon);
    checks.same("shower", "beacon's key", &fairness.beacon_key, &asked_fairness.beacon_key);
    checks.same("shower", "crack window", &fairness.crack_window, &asked_fairness.crack_window);
    checks.same("shower", "key window", &fairness.key_window, &asked_fairness.key_window);

    let (meteors, hatchery) = (&config.meteors, &config.hatchery);
    collection(node, &mut checks, "meteors", meteors, &message.meteors, &shower).await?;
    let of_hatchery = made(message.hatchery.code_id, &shower, "hatchery");
    instance(node, &mut checks, "hatchery", hatchery, of_hatchery, "meteor-hatchery").await?;
    let nest = HatcheryContract::new(node, hatchery).config().await?;
    checks.same("hatchery", "shower contract", &nest.shower, &shower);
    checks.same("hatchery", "meteors' contract", &nest.meteors, meteors);
    checks.same("hatchery", "reveal timeout", &nest.reveal_timeout, &message.hatchery.reveal_timeout);
    collection(node, &mut checks, "eggs", &nest.eggs, &message.hatchery.eggs, hatchery).await?;
    collection(node, &mut checks, "dust", &nest.dust, &message.hatchery.dust, hatchery).await?;
    let chain_id = node.status().await?.chain_id;
    let (meteors, hatchery) = (config.meteors, config.hatchery);
    Ok((Deployment { chain_id, shower, meteors, hatchery, height }, checks.0))
}

/// How a contract should have been made.
struct Made<'a> {
    code_id: u64,
    creator: &'a str,
    admin: Option<&'a str>,
    label: &'a str,
}

async fn instance(
    node: &Pool,
    checks: &mut Checks,
    of: &'static str,
    address: &str,
    made: Made<'_>,
    name: &str,
) -> Result<(), JobError> {
    let held = node.contract(address).await?;
    checks.same(of, "code", &held.code_id, &made.code_id);
    checks.same(of, "creator", held.creator.as_str(), made.creator);
    checks.same(of, "admin", held.admin.as_str(), made.admin.unwrap_or_default());
    checks.same(of, "label", held.label.as_str(), made.label);
    let version: Version = node.raw(address, b"contract_info").await?;
    checks.same(of, "contract's name", &version.contract, &format!("crates.io:{name}"));
    Ok(())
}

fn rules(checks: &mut Checks, config: &ConfigResponse, message: &InstantiateMsg) {
    const OF: &str = "shower";
    checks.same(OF, "owner", &config.owner.as_deref(), &Some(message.owner.as_str()));
    checks.same(OF, "operator", &config.operator, &message.operator);
    checks.same(OF, "guardian", &config.guardian, &message.guardian);
    checks.same(OF, "denom", &config.denom, &message.denom);
    checks.same(OF, "payees", &config.payees, &message.payees);
    let minimum = vec![MinimumFrom { from_shower: 1, minimum: message.minimum }];
    checks.same(OF, "minimum", &config.minimums, &minimum);
    checks.same(OF, "schedule", &config.schedule, &message.schedule);
    checks.same(OF, "mint window", &config.mint_window, &message.mint_window);
    checks.same(OF, "tiers", &config.tiers, &message.tiers);
    checks.same(OF, "eggs", &config.eggs, &message.eggs);
    checks.same(OF, "tilt", &config.tilt_bp, &message.tilt_bp);
    checks.same(OF, "holdback", &config.holdback_bp, &message.holdback_bp);
    checks.same(OF, "catalogue", &config.catalogue, &message.catalogue);
}

/// A CW721 contract that `minter` made and alone may mint.
async fn collection(
    node: &Pool,
    checks: &mut Checks,
    of: &'static str,
    address: &str,
    asked: &CollectionInit,
    minter: &str,
) -> Result<(), JobError> {
    let label: String = asked.name.chars().take(128).collect();
    let made = Made { code_id: asked.code_id, creator: minter, admin: None, label: &label };
    instance(node, checks, of, address, made, "meteor-nft").await?;
    let shown = Collection::new(node, address);
    checks.same(of, "minter", &shown.minter().await?.as_deref(), &Some(minter));
    let held = shown.name().await?;
    checks.same(of, "name", &held.name, &asked.name);
    checks.same(of, "symbol", &held.symbol, &asked.symbol);
    checks.same(of, "template", &shown.template().await?, &asked.template);
    // Of a price of 10,000 the royalty is the share itself; without royalties the answer is empty.
    let held = shown.royalty(BASIS_POINTS.into()).await?;
    let none = Royalties { payment_address: String::new(), share_bp: 0 };
    let asked = asked.royalties.clone().unwrap_or(none);
    // A share beyond 32 bits can't be what was asked for.
    let share_bp = u32::try_from(held.royalty_amount.u128()).unwrap_or(u32::MAX);
    let held = Royalties { payment_address: held.address, share_bp };
    checks.same(of, "royalties", &held, &asked);
    Ok(())
}
