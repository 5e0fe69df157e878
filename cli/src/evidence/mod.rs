//! The evidence of an event: read from a server's API, a folder or the chain, and checked with
//! `rules::fairness`.

mod chain;
mod closing;
mod code;
mod source;

use meteor_rules::fairness::evidence::{Contribution, Fairness, Reveal};
use meteor_rules::fairness::verify::{Checks, Evidence, Report, Step, verify, verify_event};

pub use chain::{Differences, compare, from_chain};
pub use closing::{Closing, closing};
pub use code::{Checksums, Code, code};
pub use source::{Source, load};

/// Everything there is to check an event by.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// The event as the chain states it.
    pub fairness: Fairness,
    /// The tables file, byte for byte.
    pub tables: Vec<u8>,
    /// The catalogue file, if the source has it.
    pub catalogue: Option<Vec<u8>>,
    /// For each shower its contributions and what was revealed.
    pub showers: Vec<(Vec<Contribution>, Vec<Reveal>)>,
}

impl Bundle {
    /// Whether nobody contributed to `shower` (1-based): then there is nothing to draw.
    pub fn is_empty(&self, shower: u32) -> bool {
        self.fairness.shower(shower).is_none_or(|shower| shower.contributors == 0)
    }

    /// The steps that concern the whole event.
    pub fn verify_event(&self) -> Vec<Step> {
        verify_event(&self.fairness, self.catalogue.as_deref())
    }

    /// The report of every shower, or of one.
    pub fn verify(&self, only: Option<u32>) -> Vec<Report> {
        self.each()
            .filter(|evidence| only.is_none_or(|shower| evidence.shower.shower == shower))
            .map(|evidence| self.with_checks(|checks| verify(&evidence, checks)))
            .collect()
    }

    /// The evidence of each shower.
    pub(crate) fn each(&self) -> impl Iterator<Item = Evidence<'_>> {
        self.fairness.showers.iter().zip(&self.showers).map(|(shower, (contributions, reveals))| Evidence {
            event: &self.fairness,
            shower,
            contributions,
            tables: &self.tables,
            reveals,
        })
    }

    /// Runs `check` with what the rules can't do themselves: verify the beacon's signatures and read the
    /// tables.
    pub(crate) fn with_checks<T>(&self, check: impl FnOnce(&Checks<'_>) -> T) -> T {
        let public_key = self.fairness.beacon.public_key.0.clone();
        let beacon = move |round, signature: &[u8]| {
            meteor_beacon::check(&public_key, round, signature).map_err(|error| error.to_string())
        };
        let tables = |bytes: &[u8]| serde_json::from_slice(bytes).map_err(|error| error.to_string());
        check(&Checks { beacon: Some(&beacon), tables: &tables })
    }
}
