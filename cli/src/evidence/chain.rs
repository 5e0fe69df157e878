//! What the contract itself states, asked of a node, and where a source says something else.

use anyhow::{Context, Result};
use cosmwasm_std::HexBinary;
use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::CatalogueTier;
use meteor_operator::node::Node;
use meteor_rules::fairness::beacon::BeaconRule;
use meteor_rules::fairness::evidence::{Beacon, CommittedPieces, Fairness, Shower, VERSION};
use meteor_rules::fairness::hex::{Hex, Hex32};
use meteor_rules::tier::PerTier;
use serde_json::{Map, Value, json};

/// Facts of a shower that appear as an event goes on. A source that lacks one is behind, and not wrong.
const LATER: [&str; 6] = ["closed_at", "beacon_round", "beacon_signature", "root", "leaves", "key"];
/// Facts that turn true as an event goes on.
const FLAGS: [&str; 3] = ["key_in_time", "cancelled", "paused"];
/// What doesn't change while a shower is open.
const FIXED: [&str; 3] = ["shower", "closes_at", "commitment"];

/// What the contract itself states, asked of a node.
///
/// # Errors
/// If the node doesn't answer or there is no such contract.
pub async fn from_chain(node: &Node, contract: &str) -> Result<Fairness> {
    let shown = ShowerContract::new(node, contract);
    let (config, fixed) = (shown.config().await?, shown.fairness().await?);
    let mut showers = Vec::new();
    for shower in 1..=config.schedule.count {
        let (state, draw) = (shown.shower(shower).await?, shown.draw(shower).await?);
        showers.push(Shower {
            shower,
            closes_at: state.closes_at,
            closed_at: draw.closed_at,
            commitment: bytes32(&draw.commitment)?,
            beacon_round: draw.beacon_round,
            beacon_signature: draw.beacon.map(|signature| Hex(signature.into())),
            log: bytes32(&state.log)?,
            contributors: state.contributors,
            total: state.total.u128(),
            earlier: state.earlier,
            leaves: draw.root.is_some().then_some(draw.leaves),
            root: draw.root.as_ref().map(bytes32).transpose()?,
            key: draw.key.as_ref().map(bytes32).transpose()?,
            key_in_time: state.key_in_time,
            cancelled: state.cancelled,
            paused: state.paused,
        });
    }
    let BeaconRule { genesis, period, delay } = fixed.beacon;
    let fairness = Fairness {
        version: VERSION,
        chain_id: config.chain_id,
        contract: contract.to_owned(),
        tiers: config.tiers,
        eggs: config.eggs,
        tilt_bp: config.tilt_bp,
        beacon: Beacon { genesis, period, delay, public_key: Hex(fixed.beacon_key.into()) },
        holdback_bp: config.holdback_bp,
        key_window: fixed.key_window,
        tables: bytes32(&fixed.tables)?,
        catalogue: PerTier {
            legendary: pieces(&config.catalogue.legendary)?,
            ancient: pieces(&config.catalogue.ancient)?,
            rare: pieces(&config.catalogue.rare)?,
            common: pieces(&config.catalogue.common)?,
        },
        showers,
    };
    fairness.validate()?;
    Ok(fairness)
}

fn pieces(of: &CatalogueTier) -> Result<CommittedPieces> {
    Ok(CommittedPieces { count: of.count, root: bytes32(&of.root)? })
}

fn bytes32(bytes: &HexBinary) -> Result<Hex32> {
    Ok(Hex32(bytes.as_slice().try_into().context("the contract did not answer with 32 bytes")?))
}

/// Where a source and the chain differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// What the source says and the chain doesn't.
    pub wrong: Vec<String>,
    /// Showers of which the source doesn't have all yet.
    pub behind: Vec<u32>,
}

/// Compares what a source says with what the chain says, field by field.
///
/// # Errors
/// If one of them can't be written as JSON.
pub fn compare(source: &Fairness, chain: &Fairness) -> Result<Differences> {
    let mut found = Differences::default();
    let (ours, theirs) = (fields(source)?, fields(chain)?);
    for (path, value) in &theirs {
        found.same(path, ours.get(path), value);
    }
    found.same("showers", Some(&json!(source.showers.len())), &json!(chain.showers.len()));
    for (ours, theirs) in source.showers.iter().zip(&chain.showers) {
        let (open, number) = (ours.is_open(), theirs.shower);
        if open && !theirs.is_open() {
            found.behind.push(number);
        }
        let (ours, theirs) = (serde_json::to_value(ours)?, serde_json::to_value(theirs)?);
        for (key, value) in theirs.as_object().into_iter().flatten() {
            // What is contributed to an open shower changes from block to block.
            if open && !FIXED.contains(&key.as_str()) {
                continue;
            }
            let given = ours.get(key).unwrap_or(&Value::Null);
            let missing = LATER.contains(&key.as_str()) && given.is_null();
            let not_yet = FLAGS.contains(&key.as_str()) && *given == json!(false);
            if given != value && (missing || not_yet) {
                if found.behind.last() != Some(&number) {
                    found.behind.push(number);
                }
            } else {
                found.same(&format!("{key} of shower {number}"), Some(given), value);
            }
        }
    }
    Ok(found)
}

impl Differences {
    fn same(&mut self, path: &str, given: Option<&Value>, value: &Value) {
        let given = given.unwrap_or(&Value::Null);
        if given != value {
            self.wrong.push(format!("{path} is {given} and on the chain {value}"));
        }
    }
}

/// Every field but the showers, by its path.
fn fields(fairness: &Fairness) -> Result<Map<String, Value>> {
    fn walk(path: &str, value: Value, into: &mut Map<String, Value>) {
        match value {
            Value::Object(inner) => {
                for (key, value) in inner {
                    let below = if path.is_empty() { key } else { format!("{path}.{key}") };
                    walk(&below, value, into);
                }
            }
            plain
            @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
                into.insert(path.to_owned(), plain);
            }
        }
    }
    let mut found = Map::new();
    walk("", serde_json::to_value(Fairness { showers: Vec::new(), ..fairness.clone() })?, &mut found);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Fairness {
        serde_json::from_str(include_str!("../../../docs/fairness/example/fairness.json")).unwrap()
    }

    fn compared(change: impl FnOnce(&mut Fairness)) -> Differences {
        let mut source = example();
        change(&mut source);
        compare(&source, &example()).unwrap()
    }

    #[test]
    fn a_source_that_contradicts_the_chain_is_wrong() {
        assert_eq!(compared(|_| ()), Differences::default());
        let changes: [fn(&mut Fairness); 12] = [
            |f| f.chain_id.push('x'),
            |f| f.contract.push('x'),
            |f| f.tilt_bp += 1,
            |f| f.eggs.rare += 1,
            |f| f.tiers.ancient_bp += 1,
            |f| f.beacon.delay -= 1,
            |f| f.catalogue.common.root.0[5] ^= 1,
            |f| drop(f.showers.pop()),
            |f| f.showers[0].root.as_mut().unwrap().0[0] ^= 1,
            |f| f.showers[0].paused = true,
            |f| f.showers[3].key = Some(Hex32([1; 32])),
            // Fixed even while it is open.
            |f| f.showers[5].commitment.0[3] ^= 1,
        ];
        for (at, change) in changes.into_iter().enumerate() {
            assert_eq!(compared(change).wrong.len(), 1, "change {at}");
        }
    }

    #[test]
    fn a_source_that_lags_is_behind() {
        let behind = |change: fn(&mut Fairness)| {
            let Differences { wrong, behind } = compared(change);
            assert_eq!(wrong, Vec::<String>::new());
            behind
        };
        assert_eq!(behind(|f| f.showers[0].key = None), [1]);
        assert_eq!(behind(|f| f.showers[0].key_in_time = false), [1]);
        assert_eq!(behind(|f| f.showers[4].paused = false), [5]);
        // Still open, with fewer contributions.
        assert_eq!(behind(|f| (f.showers[4].beacon_round, f.showers[4].contributors) = (None, 3)), [5]);
        assert_eq!(behind(|f| f.showers[5].contributors = 1), Vec::<u32>::new());
    }
}
