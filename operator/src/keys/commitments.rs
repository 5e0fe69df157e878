//! What a key commits its event to, and whether a key is the one of an event.

use meteor_rules::ShowerId;
use meteor_rules::fairness::{Bytes32, Domain};

use super::{KeyError, KeySource, MasterKey};

/// An event: its chain, its contract and how many showers it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// The chain's id.
    pub chain_id: &'a str,
    /// Address of the shower contract.
    pub contract: &'a str,
    /// How many showers it has.
    pub showers: u32,
}

impl<'a> Event<'a> {
    /// The showers of the event in order.
    pub fn ids(&self) -> impl Iterator<Item = Domain<'a>> + use<'a> {
        let Self { chain_id, contract, showers } = *self;
        (1..=showers).map(move |shower| Domain { chain_id, contract, shower: ShowerId(shower) })
    }

    pub(super) fn commitments(&self, key: &MasterKey) -> Vec<Bytes32> {
        self.ids().map(|id| key.shower_key(&id).commitment(&id)).collect()
    }

    fn count(&self, expected: &[Bytes32]) -> Result<(), KeyError> {
        if u32::try_from(expected.len()).is_ok_and(|len| len == self.showers) {
            return Ok(());
        }
        Err(KeyError::Count { showers: self.showers, given: expected.len() })
    }
}

fn compare(found: &[Bytes32], expected: &[Bytes32]) -> Result<(), KeyError> {
    let mut differing =
        (1..).zip(found.iter().zip(expected)).filter(|(_, (found, expected))| found != expected);
    match differing.next() {
        None => Ok(()),
        Some((shower, _)) => Err(KeyError::OtherEvent {
            shower,
            differing: differing.count().saturating_add(1),
            showers: expected.len(),
        }),
    }
}

/// The commitments of an event's showers, that of shower 1 first. Its contract is instantiated with them.
///
/// # Errors
/// If the key is not available.
pub async fn commitments(source: &impl KeySource, event: &Event<'_>) -> Result<Vec<Bytes32>, KeyError> {
    let mut commitments = Vec::new();
    for id in event.ids() {
        commitments.push(source.shower_key(&id).await?.commitment(&id));
    }
    Ok(commitments)
}

/// Checks that the key is the one that an event's commitments were made with.
///
/// # Errors
/// [`KeyError::OtherEvent`] with the first shower that differs, [`KeyError::Count`], or if the key is not
/// available.
pub async fn verify(
    source: &impl KeySource,
    event: &Event<'_>,
    expected: &[Bytes32],
) -> Result<(), KeyError> {
    event.count(expected)?;
    compare(&commitments(source, event).await?, expected)
}
