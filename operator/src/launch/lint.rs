//! Finds what is wrong or suspicious in a launch before anything is signed: everything at once, by the limits of the
//! contracts and of chains. What only the chain knows is in `chain.rs`.

mod names;
mod people;
mod times;

use meteor_messages::limits::{DENOM, MAX_ROYALTY_BP};
use meteor_messages::shower::MAX_HOLDBACK_BP;
use meteor_rules::odds::{MAX_TILT_BP, monotone};
use meteor_rules::preset::Preset;

use super::finding::Finding;
use super::{Launch, MAX_SALT};
use crate::keys::OtherEvent;

pub(super) use people::is_good;

/// What a launch doesn't say and the caller finds out.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The chain's time, or this machine's where no node answers (Unix seconds).
    pub now: u64,
    /// The address that the contract has or will have, where it can be computed.
    pub contract: Option<String>,
    /// What the commitments file says of another event than this launch.
    pub other_event: Vec<OtherEvent>,
    /// Whether the contract is on the chain already: then its opening may be in the past.
    pub deployed: bool,
    /// Faults of the catalogue's file, each with its line.
    pub catalogue: Vec<String>,
}

/// Chains whose coins are worth something.
const MAINNETS: [&str; 2] = ["columbus-5", "phoenix-1"];
/// Odds are checked for showers of up to this many contributors.
const MOST_CONTRIBUTORS: u32 = if cfg!(test) { 2_000 } else { 100_000 };

/// Everything wrong or suspicious in `launch` and its preset, errors and warnings.
pub fn lint(launch: &Launch, preset: &Preset, known: &Known) -> Vec<Finding> {
    let mut found = of_launch(launch, known);
    let mainnet = is_mainnet(launch);
    times::check(launch, preset, known, mainnet, &mut found);
    names::collections(preset, &mut found);
    rules(preset, &mut found);
    minimum(launch, preset, &mut found);
    if mainnet && launch.preset == "demo" {
        found.push(Finding::DemoPreset);
    }
    found.extend(known.other_event.iter().cloned().map(Finding::OtherEvent));
    found.extend(known.catalogue.iter().cloned().map(Finding::Catalogue));
    found
}

/// The part of [`lint`] for which no preset is needed.
pub fn of_launch(launch: &Launch, known: &Known) -> Vec<Finding> {
    let mut found = Vec::new();
    let mainnet = is_mainnet(launch);
    found.extend(names::fault(&launch.label).map(Finding::Label));
    if !(1..=MAX_SALT).contains(&launch.salt.len()) {
        found.push(Finding::Salt(launch.salt.len()));
    }
    people::check(launch, known, mainnet, &mut found);
    money(launch, mainnet, &mut found);
    if launch.codes.is_some() {
        found.push(Finding::CodesAsTheyAre);
    }
    found
}

fn is_mainnet(launch: &Launch) -> bool {
    MAINNETS.contains(&launch.chain.id.as_str())
}

fn money(launch: &Launch, mainnet: bool, found: &mut Vec<Finding>) {
    let denom = &launch.chain.denom;
    if !is_denom(denom) {
        found.push(Finding::Denom(denom.clone()));
    }
    match launch.gas_price() {
        Ok(price) if price.millionths > 0 && is_denom(&price.denom) => {
            if mainnet && price.denom != "uluna" {
                found.push(Finding::GasDenom { denom: price.denom, chain: launch.chain.id.clone() });
            }
        }
        _ => found.push(Finding::GasPrice(launch.chain.gas_price.clone())),
    }
    let royalties = launch.royalties.as_ref();
    found.extend(
        royalties
            .filter(|given| !(1..=MAX_ROYALTY_BP).contains(&given.share_bp))
            .map(|given| Finding::Royalties(given.share_bp)),
    );
}

/// The SDK's pattern: `[a-zA-Z][a-zA-Z0-9/:._-]{2,127}`.
pub(super) fn is_denom(text: &str) -> bool {
    let (least, most) = DENOM;
    (least..=most).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "/:._-".contains(c))
}

fn minimum(launch: &Launch, preset: &Preset, found: &mut Vec<Finding>) {
    match preset.minimum.micro(&launch.chain.denom) {
        Ok(0) => found.push(Finding::ZeroMinimum),
        Ok(_) => {}
        Err(error) => found.push(Finding::Minimum(error)),
    }
}

/// What the preset says of odds and of money.
fn rules(preset: &Preset, found: &mut Vec<Finding>) {
    let Preset { tiers, eggs, tilt_bp, holdback_bp, .. } = preset;
    let faults = preset.faults();
    let tiers_hold = faults.iter().all(|(key, _)| *key != "tiers");
    for (key, why) in faults {
        found.push(Finding::Preset { key: key.to_owned(), why: chained(&why) });
    }
    if *holdback_bp > MAX_HOLDBACK_BP {
        found.push(Finding::Holdback(*holdback_bp));
    } else if *holdback_bp == 0 {
        found.push(Finding::NoHoldback);
    }
    let sum = eggs.total();
    if sum == 0 || sum > u64::from(u32::MAX) {
        return found.push(Finding::Eggs(sum));
    }
    if *tilt_bp > MAX_TILT_BP {
        return found.push(Finding::Tilt(*tilt_bp));
    }
    if tiers_hold {
        let worse = (1..=MOST_CONTRIBUTORS).find_map(|count| monotone(tiers, eggs, *tilt_bp, count).err());
        found.extend(worse.map(Finding::Odds));
    }
}

/// An error and what it comes from, in one line.
fn chained(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text
}
