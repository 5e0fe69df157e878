//! What each step of a shower checks (`docs/fairness.md`, "Steps").

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use sha2::{Digest, Sha256};

use super::Outcome::{Failed, NotChecked, Passed};
use super::{Checks, Evidence, Outcome, StepName, after};
use crate::eggs::issue;
use crate::fairness::beacon::Network;
use crate::fairness::content::{Recipe, Source, Tables};
use crate::fairness::evidence::Reveal;
use crate::fairness::hex::Hex32;
use crate::fairness::key::commitment;
use crate::fairness::sealed::{Inputs, Sealed};
use crate::fairness::tree::{Leaf, leaf_hash, root_from};
use crate::fairness::{Bytes32, Domain};
use crate::ids::TokenId;
use crate::odds::{Weights, monotone};

/// The steps that the draw depends on.
pub(super) const DRAW_NEEDS: [StepName; 6] = [
    StepName::Contributions,
    StepName::Ranking,
    StepName::BeaconRound,
    StepName::Beacon,
    StepName::Key,
    StepName::Tables,
];

/// Recomputes the odds, and that a better rank is never worse off.
pub(super) fn odds(evidence: &Evidence<'_>) -> Outcome {
    let (event, facts) = (evidence.event, evidence.shower);
    if facts.contributors == 0 {
        return Passed("nobody contributed: no eggs".into());
    }
    if facts.cancelled {
        return NotChecked("cancelled: no meteors, so no eggs".into());
    }
    if let Err(why) = monotone(&event.tiers, &event.eggs, event.tilt_bp, facts.contributors) {
        return Failed(format!("rank {} has worse odds than the rank after it", why.rank));
    }
    let sizes = event.tiers.sizes(facts.contributors);
    let issued = issue(&event.eggs, &sizes).eggs;
    let tiers: Vec<String> = sizes
        .iter()
        .filter(|(_, size)| **size > 0)
        .map(|(tier, size)| {
            let weights = Weights::new(*size, *issued.get(tier), event.tilt_bp);
            let shown = |place| {
                let odds = weights.odds(place);
                format!("{}/{} ({} %)", odds.numerator, odds.denominator, odds.percent())
            };
            let (first, last) = (shown(0), shown(size.saturating_sub(1)));
            if first == last { format!("{tier} {first}") } else { format!("{tier} {first} to {last}") }
        })
        .collect();
    Passed(format!("eggs by rank: {}", tiers.join(", ")))
}

/// Whether the round is the one that the rule names.
pub(super) fn beacon_round(evidence: &Evidence<'_>) -> Outcome {
    let facts = evidence.shower;
    if let Err(why) = evidence.event.beacon.network() {
        return Failed(why.to_string());
    }
    let Some(round) = facts.beacon_round else {
        if facts.root.is_some() || facts.beacon_signature.is_some() {
            return Failed("the shower was drawn, and no beacon round was fixed for it".into());
        }
        return NotChecked("cancelled before a round was fixed".into());
    };
    let rule = evidence.event.beacon.rule();
    let Some(expected) = rule.round(facts.closed_at.unwrap_or(facts.closes_at), facts.closes_at) else {
        return Failed("the beacon's times are beyond 64 bits".into());
    };
    match facts.closed_at {
        Some(_) if round == expected => Passed(format!("round {round}")),
        Some(closed_at) => Failed(format!(
            "for a shower closed at {closed_at} the rule names round {expected}, and the chain has {round}"
        )),
        None if round < expected => Failed(format!(
            "the chain has round {round}, and no round before {expected} may decide this shower"
        )),
        None => Passed(format!(
            "round {round} is late enough; without the time of the close it can't be said that it is the first such"
        )),
    }
}

/// Whether the beacon's signature is genuine.
pub(super) fn beacon(evidence: &Evidence<'_>, checks: &Checks<'_>) -> Outcome {
    let facts = evidence.shower;
    match (&facts.beacon_signature, facts.beacon_round, checks.beacon) {
        (None, _, _) if facts.root.is_some() => {
            Failed("the shower was drawn, and no beacon signature is stored".into())
        }
        (None, _, _) => NotChecked("not drawn".into()),
        (Some(_), None, _) => after(StepName::BeaconRound),
        (Some(_), Some(_), None) => {
            NotChecked("skipped as asked: whether the beacon is genuine is NOT known".into())
        }
        (Some(signature), Some(round), Some(check)) => match check(round, &signature.0) {
            Ok(()) if evidence.event.beacon.network() == Ok(Network::Quicknet) => {
                Passed(format!("signature of round {round}, drand quicknet"))
            }
            Ok(()) => Passed(format!(
                "signature of round {round}, by a beacon for test chains: who holds its key knew rounds ahead"
            )),
            Err(why) => Failed(format!("the signature of round {round} is not the beacon's: {why}")),
        },
    }
}

/// Whether the key is the one committed to.
pub(super) fn key(evidence: &Evidence<'_>) -> Outcome {
    let facts = evidence.shower;
    match &facts.key {
        None if facts.key_in_time => Failed("the key is said to have come in time, and there is none".into()),
        None if facts.cancelled || facts.contributors == 0 => {
            NotChecked("not published; nothing was drawn with it".into())
        }
        None => NotChecked(format!(
            "not published yet; after {} (Unix seconds) contributors take back what was held back",
            facts.closes_at.saturating_add(evidence.event.key_window)
        )),
        Some(key) if commitment(&evidence.event.id(facts.shower), &key.0) == facts.commitment.0 => {
            let when = if facts.key_in_time { "in time" } else { "late" };
            Passed(format!("commitment {}, published {when}", facts.commitment))
        }
        Some(_) => Failed("the published key is not the one committed to".into()),
    }
}

/// Whether the tables are the chain's, and give every meteor its content.
pub(super) fn tables(evidence: &Evidence<'_>, checks: &Checks<'_>) -> Result<Tables, String> {
    let hash = Hex32(Sha256::digest(evidence.tables).into());
    if hash != evidence.event.tables {
        return Err(format!("the file hashes to {hash} and the chain has {}", evidence.event.tables));
    }
    let read = (checks.tables)(evidence.tables).and_then(|tables| {
        whole("egg", &tables.egg)?;
        whole("dust", &tables.dust)?;
        Ok(tables)
    });
    read.map_err(|why| format!("the chain's tables can't be used: {why}"))
}

/// Whether a recipe has something to pick from wherever it picks.
fn whole(kind: &str, recipe: &Recipe) -> Result<(), String> {
    if let Some((tier, _)) = recipe.images.iter().find(|(_, images)| images.is_empty()) {
        return Err(format!("{kind} has no image for the tier {tier}"));
    }
    let nothing = |weights: &Vec<u32>| weights.iter().all(|weight| *weight == 0);
    for (place, source) in recipe.sources.iter().enumerate() {
        let empty = match source {
            Source::Weights(weights) => nothing(weights),
            Source::TierWeights(tiers) => {
                tiers.iter().any(|(_, weights)| !weights.is_empty() && nothing(weights))
            }
            Source::Range(from, to) => from > to,
            Source::Tier | Source::Rank | Source::Shower | Source::Meteor => false,
        };
        if empty {
            return Err(format!(
                "source {place} of {kind} has only weights of 0, or a range that ends before it begins"
            ));
        }
    }
    Ok(())
}

/// Draws again. Gives the outcome, and what was recomputed if that was possible.
pub(super) fn draw(evidence: &Evidence<'_>, tables: &Tables) -> (Outcome, Option<Sealed>) {
    let (event, facts) = (evidence.event, evidence.shower);
    let (root, leaves) = match (facts.root, facts.leaves) {
        (Some(root), Some(leaves)) => (root, leaves),
        (None, None) => return (not_drawn(evidence), None),
        (Some(_), None) | (None, Some(_)) => {
            return (Failed("root and number of leaves come together, and one is missing".into()), None);
        }
    };
    if facts.cancelled {
        return (Failed("the shower was drawn and cancelled: one excludes the other".into()), None);
    }
    if facts.contributors != leaves {
        let why = format!("the sealed tree has {leaves} leaves for {} contributors", facts.contributors);
        return (Failed(why), None);
    }
    if leaves == 0 {
        return (Failed("a root was sealed for nobody".into()), None);
    }
    let (Some(key), Some(signature)) = (&facts.key, &facts.beacon_signature) else {
        let why = "needs the key: until it is published, the root is on the chain and can't be changed";
        return (NotChecked(why.into()), None);
    };
    let inputs = Inputs {
        id: event.id(facts.shower),
        key: &key.0,
        beacon_signature: &signature.0,
        log: &facts.log.0,
        contributors: facts.contributors,
        earlier: facts.earlier,
        tiers: &event.tiers,
        eggs: &event.eggs,
        tilt_bp: event.tilt_bp,
        tables,
    };
    match Sealed::make(&inputs) {
        Err(why) => (Failed(why.to_string()), None),
        Ok(sealed) if sealed.root() != root.0 => {
            let why = format!(
                "drawing again leads to {}, and the operator sealed {root}: this draw was not honest",
                Hex32(sealed.root())
            );
            (Failed(why), None)
        }
        Ok(sealed) => {
            let eggs = sealed.issue().eggs.total();
            (Passed(format!("root {root}; {eggs} eggs in {leaves} meteors")), Some(sealed))
        }
    }
}

/// Of a shower without root and leaves.
fn not_drawn(evidence: &Evidence<'_>) -> Outcome {
    let facts = evidence.shower;
    if facts.beacon_signature.is_some() {
        return Failed("a beacon signature is stored without a root: they come together".into());
    }
    if facts.contributors == 0 {
        return Passed("nobody contributed: nothing was to be drawn".into());
    }
    let why = if facts.cancelled { "cancelled before the draw: no meteors" } else { "not drawn yet" };
    NotChecked(why.into())
}

/// Compares every reveal with the root. Where drawing again led to the root too, what leads to it is what was drawn.
pub(super) fn reveals(evidence: &Evidence<'_>, drawn: bool) -> Outcome {
    let (facts, count) = (evidence.shower, evidence.reveals.len());
    if count == 0 {
        return NotChecked("no meteor was revealed".into());
    }
    let (root, leaves) = match (facts.root, facts.leaves) {
        (Some(root), Some(leaves)) => (root, leaves),
        (None, None) => {
            return Failed(format!("{count} meteors are said to be revealed, and nothing was drawn"));
        }
        (Some(_), None) | (None, Some(_)) => return after(StepName::Draw),
    };
    let id = evidence.event.id(facts.shower);
    let mut seen = BTreeSet::new();
    for reveal in evidence.reveals {
        let Reveal { token_id, index, .. } = *reveal;
        let number = facts.earlier.checked_add(u64::from(index)).and_then(|before| before.checked_add(1));
        if index >= leaves || number != Some(token_id) {
            return Failed(format!("meteor {token_id} does not stand at place {index} of this shower"));
        }
        if !seen.insert(index) {
            return Failed(format!("meteor {token_id} is listed twice"));
        }
        if !proves(&id, &root.0, leaves, reveal) {
            return Failed(format!("what meteor {token_id} was revealed to hold does not lead to the root"));
        }
    }
    let drawn = if drawn { " and as drawn" } else { "; the draw was not recomputed" };
    Passed(format!("{count} of {leaves} meteors revealed, each proven to be sealed under the root{drawn}"))
}

/// Whether a reveal's proof leads to the root: what the hatchery checks.
fn proves(id: &Domain<'_>, root: &Bytes32, leaves: u32, reveal: &Reveal) -> bool {
    let content = reveal.content().bytes();
    let proof: Vec<Bytes32> = reveal.proof.iter().map(|hash| hash.0).collect();
    let (index, token_id) = (reveal.index, TokenId(reveal.token_id));
    let leaf = Leaf { index, token_id, content: &content, salt: reveal.salt.0 };
    root_from(leaf_hash(id, &leaf), index, leaves, &proof) == Some(*root)
}
