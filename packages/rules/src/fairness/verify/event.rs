//! Steps that concern the whole event.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Outcome::{Failed, NotChecked, Passed};
use super::catalogue;
use super::{Outcome, Step, StepName, held};
use crate::catalogue::{Catalogue, Committed};
use crate::fairness::beacon::Network;
use crate::fairness::evidence::Fairness;
use crate::fairness::hex::Hex32;

/// Checks what concerns the whole event: its beacon, and its catalogue (the file, if there is one).
pub fn verify_event(event: &Fairness, catalogue: Option<&[u8]>) -> Vec<Step> {
    let catalogue = catalogue.map_or_else(
        || {
            NotChecked(
                "the source has no catalogue; the contract mints only pieces that lead to its roots".into(),
            )
        },
        |file| held(pieces(event, file)),
    );
    [(StepName::BeaconRule, beacon(event)), (StepName::Catalogue, catalogue)]
        .into_iter()
        .map(|(name, outcome)| Step::new(name, outcome))
        .collect()
}

fn beacon(event: &Fairness) -> Outcome {
    match event.beacon.network() {
        Ok(Network::Quicknet) => Passed(format!(
            "drand quicknet: genesis {}, period {} s, delay {} s",
            event.beacon.genesis, event.beacon.period, event.beacon.delay
        )),
        Ok(Network::Own) => NotChecked(
            "the key is not quicknet's, so the beacon is one for test chains: who holds its key knew every number \
             ahead"
                .into(),
        ),
        Err(why) => Failed(why.to_string()),
    }
}

fn pieces(event: &Fairness, file: &[u8]) -> Result<String, String> {
    let catalogue = Catalogue::new(catalogue::read(file)?);
    let mut counts = Vec::new();
    for (tier, wanted) in event.catalogue.iter() {
        let Committed { count, root } =
            catalogue.committed(tier).ok_or_else(|| format!("the catalogue has no {tier} piece"))?;
        let root = Hex32(root);
        if (count, root) != (wanted.count, wanted.root) {
            return Err(format!(
                "the catalogue's {count} {tier} pieces lead to {root}, and the chain has {} and {}",
                wanted.count, wanted.root
            ));
        }
        counts.push(format!("{count} {tier}"));
    }
    Ok(format!("pieces: {}", counts.join(", ")))
}
